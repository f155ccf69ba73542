import { setTimeout as delay } from 'node:timers/promises';
import { type ParsedCronItem, type Runner, run, type TaskList, type TaskSpec, Logger as WorkerLogger } from 'graphile-worker';
import type pg from 'pg';
import type { Logger } from 'pino';
import { OpenSockets } from '../database/open-sockets.ts';
import { jobPool } from './job-pool.ts';
import { MIGRATION_TOLD, QueueClient } from './queue-client.ts';

/** What a run of the queue is made from. */
export interface QueueRunParts {
  /** The database, as `app_worker`. */
  readonly url: string;
  readonly concurrency: number;
  readonly log: Logger;
  readonly taskList: TaskList;
  readonly cronItems: ParsedCronItem[];
  /** Called when somebody says that the queue was migrated. */
  readonly onMigrationTold: () => void;
}

/** How long jobs under way may take when they are to stop, before what can be given back is. */
const PATIENCE_MS = 5_000;
/** How much longer the library may take to say that it has stopped. */
const LAST_WORD_MS = 2_000;
/** Workers that wait for the same look fail at once; what fails so much later has not looked again. */
const KEPT_MS = 1_000;
/** Connections of the queue: its listener, and those by which jobs are taken and given back. */
const QUEUE_CONNECTIONS = 4;

/**
 * One run of the queue by graphile-worker, on connections of its own. It ends where jobs cannot be given back, as when the database
 * goes away, and then may never say so (0.18 counts what is pending below nothing): after a while it is held to have ended, and its
 * connections are closed.
 */
export class QueueRun {
  /** Resolves when it does nothing any more, and its connections are closed. */
  readonly ended: Promise<void>;
  readonly #runner: Runner;

  /** @throws what the database says where it cannot be reached. */
  static async begin({ url, concurrency, log, taskList, cronItems, onMigrationTold }: QueueRunParts): Promise<QueueRun> {
    const sockets = new OpenSockets();
    const pool = jobPool({ url, log }, QUEUE_CONNECTIONS, sockets, QueueClient);
    pool.on('connect', (client) => void (client as pg.PoolClient).on(MIGRATION_TOLD as 'notice', onMigrationTold));
    releaseOnce(pool);
    const close = () => sockets.close(pool.end());
    try {
      const runner = await run({
        pgPool: pool,
        concurrency,
        // Only so are failures to give back a job reported: otherwise they would end the process.
        preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
        noHandleSignals: true,
        gracefulShutdownAbortTimeout: PATIENCE_MS,
        logger: new WorkerLogger(
          () => (level, message) => log[level === 'warning' ? 'debug' : level === 'error' ? 'warn' : 'trace']({ jobs: true }, message),
        ),
        taskList,
        parsedCronItems: cronItems,
      });
      return new QueueRun(runner, close);
    } catch (error) {
      await close();
      throw error;
    }
  }

  private constructor(runner: Runner, close: () => Promise<void>) {
    this.#runner = runner;
    endWhereFailureIsKept(runner);
    const ending = new Promise<void>((resolve) => runner.events.once('pool:gracefulShutdown', () => resolve()));
    const given = ending.then(() => delay(PATIENCE_MS + LAST_WORD_MS, undefined, { ref: false }));
    // Why it has ended, the library has written to its log.
    this.ended = Promise.race([runner.promise.catch(() => {}), given]).then(close);
  }

  /** @throws what the database says. */
  async addJob(identifier: string, payload: unknown, spec: TaskSpec): Promise<void> {
    await this.#runner.addJob(identifier, payload, spec);
  }

  /** Begins nothing more, lets jobs under way finish, gives back what is not finished then, and closes the connections. */
  async stop(): Promise<void> {
    // Refused where it is stopping already; what counts is the end.
    this.#runner.stop().catch(() => {});
    await this.ended;
  }
}

/**
 * The library looks once which tasks there are, and where that fails gives the failure for every job from then on (0.18): what fails
 * with the very same error a while later is such a run, which is ended, so that another begins.
 */
function endWhereFailureIsKept(runner: Runner): void {
  const since = new WeakMap<object, number>();
  runner.events.on('worker:getJob:error', ({ error }) => {
    const first = since.get(error as object);
    if (first === undefined) since.set(error as object, performance.now());
    else if (performance.now() - first > KEPT_MS) runner.stop().catch(() => {});
  });
}

/** The library gives its listener back twice where it is stopped while that is lost (0.18): the second time would end the process. */
function releaseOnce(pool: pg.Pool): void {
  type Callback = Parameters<typeof pool.connect>[0];
  const connect = pool.connect.bind(pool);
  const once = (callback: Callback): Callback => {
    return (error, client, release) => {
      let released = false;
      callback(error, client, (reason) => {
        if (!released) release(reason);
        released = true;
      });
    };
  };
  pool.connect = ((callback?: Callback) => (callback === undefined ? connect() : connect(once(callback)))) as typeof pool.connect;
}
