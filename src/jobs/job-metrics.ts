import type pg from 'pg';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What an attempt at a delivery came to: failed is tried again, dead is not; withdrawn was deleted meanwhile. */
export type AttemptOutcome = 'delivered' | 'failed' | 'dead' | 'withdrawn';

/** What is measured of background jobs. No label names an organization, or anything of one. */
export class JobMetrics {
  readonly #runs: Counter<'task' | 'outcome'>;
  readonly #seconds: Histogram<'task'>;
  readonly #attempts: Counter<'outcome'>;
  readonly #attemptSeconds: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#runs = new Counter({
      name: 'defectxray_job_runs_total',
      help: 'Background jobs that have ended, by task and outcome.',
      labelNames: ['task', 'outcome'],
      registers,
    });
    this.#seconds = new Histogram({
      name: 'defectxray_job_duration_seconds',
      help: 'How long background jobs took.',
      labelNames: ['task'],
      buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120],
      registers,
    });
    this.#attempts = new Counter({
      name: 'defectxray_webhook_attempts_total',
      help: 'Attempts to deliver to webhooks, by outcome: delivered, failed (tried again), dead (given up), withdrawn.',
      labelNames: ['outcome'],
      registers,
    });
    this.#attemptSeconds = new Histogram({
      name: 'defectxray_webhook_attempt_duration_seconds',
      help: 'How long endpoints of webhooks took to answer.',
      buckets: [0.05, 0.25, 1, 2.5, 5, 10],
      registers,
    });
  }

  ran(task: string, outcome: 'succeeded' | 'failed', seconds: number): void {
    this.#runs.inc({ task, outcome });
    this.#seconds.observe({ task }, seconds);
  }

  attempted(outcome: string, seconds: number): void {
    this.#attempts.inc({ outcome });
    this.#attemptSeconds.observe(seconds);
  }
}

const QUEUE = `select
  count(*) filter (where attempts < max_attempts)::int as queued,
  count(*) filter (where attempts >= max_attempts and locked_at is null)::int as failed,
  coalesce(extract(epoch from now() - min(run_at) filter (where attempts < max_attempts and locked_at is null and run_at <= now())), 0)::float8 as age
from graphile_worker.jobs`;

/** Measures the queue whenever it is asked for, once for all of it; where the database does not answer the values are left out. */
export function measureQueue(registry: Registry, pool: pg.Pool): void {
  let measured: Promise<Queue | undefined> | undefined;
  const measure = () => {
    measured ??= pool
      .query<Queue>(QUEUE)
      .then(
        ({ rows }) => rows[0],
        () => undefined,
      )
      .finally(() => (measured = undefined));
    return measured;
  };
  for (const [name, help, value] of GAUGES) {
    new Gauge({
      name,
      help,
      registers: [registry],
      async collect() {
        const queue = await measure();
        if (queue === undefined) this.remove();
        else this.set(value(queue));
      },
    });
  }
}

interface Queue {
  readonly queued: number;
  readonly failed: number;
  readonly age: number;
}

const GAUGES: readonly (readonly [string, string, (queue: Queue) => number])[] = [
  ['defectxray_jobs_queued', 'Background jobs that wait or run.', ({ queued }) => queued],
  ['defectxray_jobs_failed', 'Background jobs that were given up.', ({ failed }) => failed],
  ['defectxray_jobs_oldest_age_seconds', 'For how long the oldest background job that is due has been waiting.', ({ age }) => age],
];
