import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { EncryptionKey } from '../database/encryption-key.ts';
import { newestQueueVersion } from '../database/expected-versions.ts';
import { KeyEnvelopes } from '../database/key-envelopes.ts';
import { OpenSockets } from '../database/open-sockets.ts';
import type { PublicSettings } from '../outbound/public-request.ts';
import { WebhookDelivery } from './deliver-webhooks.ts';
import { EventChannels } from './event-channels.ts';
import { JobMetrics, measureQueue } from './job-metrics.ts';
import { jobPool } from './job-pool.ts';
import { JobsError } from './jobs-error.ts';
import { QueueRun } from './queue-run.ts';
import { cronItems, jobKey, taskList } from './tasks.ts';

/** What background jobs are made from. */
export interface JobParts {
  /** The database, as `app_worker`. */
  readonly url: string;
  readonly encryptionKey: EncryptionKey;
  readonly concurrency: number;
  readonly outbound: PublicSettings;
  readonly registry: Registry;
  readonly log: Logger;
}

/** How long is waited before jobs are run again that the database's going away has ended. */
const RESTART_MS = 5_000;
/** How long all of stopping may take, when the database is away and nothing can be given back. */
const STOP_MS = 9_000;
const TRACE = console.trace;
/** Background jobs of this process. Any number of processes may run them on one database. */
export class JobRunner {
  readonly #parts: JobParts;
  /** By which jobs do their work; the queue has connections of its own, so that neither waits for the other. */
  readonly #pool: pg.Pool;
  readonly #sockets = new OpenSockets();
  readonly #stopping = new AbortController();
  readonly #channels: EventChannels;
  readonly #delivery: WebhookDelivery;
  readonly #metrics: JobMetrics;
  #queue: QueueRun | undefined;
  #lookingAtQueue = false;
  #supervised: Promise<void> = Promise.resolve();

  /**
   * Begins to run jobs.
   *
   * @throws JobsError where the queue is not there or too old, or what the database says where it cannot be reached.
   */
  static async start(parts: JobParts): Promise<JobRunner> {
    const runner = new JobRunner(parts);
    try {
      await runner.#requireQueue();
      await runner.#run();
      measureQueue(parts.registry, runner.#pool);
    } catch (error) {
      await runner.stop();
      throw error;
    }
    return runner;
  }

  private constructor(parts: JobParts) {
    this.#parts = parts;
    this.#pool = jobPool(parts, parts.concurrency, this.#sockets);
    this.#metrics = new JobMetrics(parts.registry);
    const database = { pool: this.#pool, keys: new KeyEnvelopes(this.#pool, parts.encryptionKey) };
    this.#delivery = new WebhookDelivery(database, parts.outbound, this.#metrics);
    this.#channels = new EventChannels({
      url: parts.url,
      pool: this.#pool,
      log: parts.log,
      onEvent: (organization) => void this.#wake(organization),
    });
    this.database = database;
  }

  private readonly database: { readonly pool: pg.Pool; readonly keys: KeyEnvelopes };

  /**
   * Begins nothing more, lets jobs under way finish for five seconds, gives back what is not finished then, and closes the
   * connections.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    // The library writes there, with a stack, what it says in its log as well: that the database was gone before it had stopped.
    console.trace = () => {};
    const ended = Promise.allSettled([this.#channels.stop(), this.#queue?.stop(), this.#supervised]);
    await Promise.race([ended, delay(STOP_MS, undefined, { ref: false })]);
    await this.#sockets.close(this.#pool.end());
    console.trace = TRACE;
  }

  async #requireQueue(): Promise<void> {
    const version = await this.#queueVersion();
    if (version < newestQueueVersion()) {
      throw new JobsError(
        `The queue of jobs is at version ${version}, this program needs ${newestQueueVersion()}: run "defectxray migrate".`,
      );
    }
  }

  /** Ends the jobs where a migration has made the queue another than this program knows. */
  async #lookAtQueue(): Promise<void> {
    if (this.#lookingAtQueue || this.#stopping.signal.aborted) return;
    this.#lookingAtQueue = true;
    try {
      if ((await this.#queueVersion()) <= newestQueueVersion()) return;
      this.#parts.log.error('the queue of jobs is newer than this program: background jobs end here; start the present version');
      this.#stopping.abort();
      await this.#queue?.stop();
    } catch (error) {
      this.#parts.log.warn({ error: (error as Error).message }, 'the version of the queue of jobs cannot be read');
    } finally {
      this.#lookingAtQueue = false;
    }
  }

  async #queueVersion(): Promise<number> {
    const { rows } = await this.#pool.query<{ version: number }>('select app_private.job_queue_version() as version');
    return rows[0]?.version ?? 0;
  }

  async #run(): Promise<void> {
    const { url, concurrency, log } = this.#parts;
    const queue = await QueueRun.begin({
      url,
      concurrency,
      log,
      taskList: taskList({
        database: this.database,
        delivery: this.#delivery,
        metrics: this.#metrics,
        log,
        stopping: this.#stopping.signal,
      }),
      cronItems: cronItems(),
      onMigrationTold: () => void this.#lookAtQueue(),
    });
    this.#queue = queue;
    if (this.#stopping.signal.aborted) return void (await queue.stop());
    this.#supervised = queue.ended.then(() => this.#runAgain());
    await this.#channels.refresh();
  }

  /** The library ends its runner where the database goes away for long. */
  async #runAgain(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#parts.log.error('background jobs have ended; they are run again in a moment');
      await delay(RESTART_MS, undefined, { signal: this.#stopping.signal, ref: false }).catch(() => {});
      if (this.#stopping.signal.aborted) return;
      try {
        return await this.#run();
      } catch (error) {
        this.#parts.log.warn({ error: (error as Error).message }, 'background jobs cannot be run');
      }
    }
  }

  async #wake(organization: string): Promise<void> {
    // What cannot be asked for now is found by the jobs of the next minute.
    await this.#queue
      ?.addJob('fan_out_events', { organization }, { jobKey: jobKey('fan_out_events', organization), maxAttempts: 1 })
      .catch((error: Error) => this.#parts.log.warn({ error: error.message }, 'a background job cannot be asked for'));
  }
}
