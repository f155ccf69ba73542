import { type CronItem, type JobHelpers, parseCronItems, type TaskList } from 'graphile-worker';
import type { Logger } from 'pino';
import type { WebhookDelivery } from './deliver-webhooks.ts';
import type { JobMetrics } from './job-metrics.ts';
import { type JobDatabase, workFor } from './work-for.ts';

/** What tasks are made from. */
export interface TaskParts {
  readonly database: JobDatabase;
  readonly delivery: WebhookDelivery;
  readonly metrics: JobMetrics;
  readonly log: Logger;
  /** Aborts when no more is to be begun. */
  readonly stopping: AbortSignal;
}

/** What a task does for one organization. */
type Work = (organization: string, helpers: JobHelpers) => Promise<unknown>;

interface TaskKind {
  /** Whether it is for organizations that have webhooks only. */
  readonly onlyWithWebhooks: boolean;
  /** When it is done for all of them, in UTC; null where other jobs ask for it. */
  readonly at: string | null;
  /** How often a job is tried; what is done every minute anyway is tried once. */
  readonly attempts: number;
  readonly work: (parts: TaskParts) => Work;
  /** What is done once, before it is done for all of them. */
  readonly before?: (parts: TaskParts) => Promise<unknown>;
}

/**
 * What is due already while a job ends is being served by another, or is left for the next turn: without this wait jobs would
 * follow one another for as long as an endpoint is slow.
 */
const NEXT_TURN_MS = 1_000;
/** How many rows are deleted at once. */
const PURGED_AT_ONCE = 5_000;

const KINDS: Readonly<Record<string, TaskKind>> = {
  // Finds what is due to be sent as well, should the job that was to do that be lost.
  fan_out_events: { onlyWithWebhooks: true, at: '* * * * *', attempts: 1, work: fanOut },
  deliver_webhooks: { onlyWithWebhooks: true, at: null, attempts: 1, work: deliver },
  verify_residency: { onlyWithWebhooks: false, at: '10 3 * * *', attempts: 5, work: verifyResidency },
  purge_events: { onlyWithWebhooks: false, at: '40 2 * * *', attempts: 5, work: purge, before: purgeFailedJobs },
};

/** One job of a task for one organization, at most, beside the one that runs. */
export function jobKey(task: string, organization: string): string {
  return `${task}:${organization}`;
}

/** The tasks by name: each for one organization, or, without one, for all that it is for, a job each. */
export function taskList(parts: TaskParts): TaskList {
  return Object.fromEntries(
    Object.entries(KINDS).map(([task, kind]) => {
      const work = observed(task, parts, kind.work(parts));
      return [
        task,
        async (payload: unknown, helpers: JobHelpers) => {
          const { organization } = (payload ?? {}) as { organization?: string };
          if (organization !== undefined) return void (await work(organization, helpers));
          await kind.before?.(parts);
          const { rows } = await parts.database.pool.query<{ id: string }>('select app_private.job_organizations($1) as id', [
            kind.onlyWithWebhooks,
          ]);
          await helpers.addJobs(
            rows.map(({ id }) => ({
              identifier: task,
              payload: { organization: id },
              jobKey: jobKey(task, id),
              maxAttempts: kind.attempts,
            })),
          );
        },
      ];
    }),
  );
}

/** When each task is done for all organizations. */
export function cronItems() {
  const items = Object.entries(KINDS).flatMap(([task, { at, attempts }]): CronItem[] =>
    at === null
      ? []
      : [
          {
            task,
            match: at,
            identifier: task,
            options: {
              jobKey: task,
              maxAttempts: attempts,
              // What was to be done once a day while nothing ran is done when something does.
              backfillPeriod: attempts === 1 ? 0 : 86_400_000,
            },
          },
        ],
  );
  return parseCronItems(items);
}

/** Counts what comes of a task, and has administrators told where it keeps failing. */
function observed(task: string, { database, metrics, log }: TaskParts, work: Work): Work {
  const note = (organization: string, failed: boolean) =>
    workFor(database, organization, task, (client) => client.query('select note_job_outcome($1, $2)', [task, failed]));
  return async (organization, helpers) => {
    const began = performance.now();
    try {
      await work(organization, helpers);
      await note(organization, false);
      metrics.ran(task, 'succeeded', (performance.now() - began) / 1_000);
    } catch (error) {
      metrics.ran(task, 'failed', (performance.now() - began) / 1_000);
      const { message, code } = error as Error & { code?: string };
      log.error({ task, organization, code, message }, 'a background job failed');
      // The failure itself is what counts, and is thrown; that administrators are not told of it is said here alone.
      await note(organization, true).catch((refused: Error) =>
        log.warn({ task, organization, message: refused.message }, 'a failure cannot be noted'),
      );
      throw error;
    }
  };
}

function fanOut({ database }: TaskParts): Work {
  return async (organization, { addJob }) => {
    const due = await workFor(database, organization, 'fan_out_events', async (client) => {
      await client.query('select fan_out_events()');
      const { rows } = await client.query<{ due: boolean }>('select exists (select due_webhooks()) as due');
      return rows[0]?.due === true;
    });
    if (due) await addJob('deliver_webhooks', { organization }, { jobKey: jobKey('deliver_webhooks', organization), maxAttempts: 1 });
  };
}

function deliver({ delivery, stopping }: TaskParts): Work {
  return async (organization, { abortSignal, addJob }) => {
    const next = await delivery.deliver(organization, stopping, abortSignal as AbortSignal);
    if (next === null) return;
    // Under a key of its own: it must not put off what somebody else wants done now.
    await addJob(
      'deliver_webhooks',
      { organization },
      {
        jobKey: jobKey('deliver_webhooks_later', organization),
        maxAttempts: 1,
        runAt: new Date(Math.max(next.getTime(), Date.now() + NEXT_TURN_MS)),
      },
    );
  };
}

function verifyResidency({ database }: TaskParts): Work {
  return (organization) => workFor(database, organization, 'verify_residency', (client) => client.query('select verify_residency()'));
}

/** Jobs that were given up are kept for a week, to be looked at. */
function purgeFailedJobs({ database }: TaskParts): Promise<unknown> {
  return database.pool.query(
    `delete from graphile_worker._private_jobs
     where attempts >= max_attempts and locked_at is null and updated_at < now() - interval '7 days'`,
  );
}

function purge({ database, stopping }: TaskParts): Work {
  return async (organization) => {
    for (const text of ['select purge_events($1) as gone', 'select purge_webhook_deliveries($1) as gone']) {
      let gone = PURGED_AT_ONCE;
      while (gone === PURGED_AT_ONCE && !stopping.aborted) {
        gone = await workFor(database, organization, 'purge_events', async (client) => {
          const { rows } = await client.query<{ gone: number }>(text, [PURGED_AT_ONCE]);
          return rows[0]?.gone ?? 0;
        });
      }
    }
  };
}
