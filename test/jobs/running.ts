import { pino } from 'pino';
import { Registry } from 'prom-client';
import { onTestFinished } from 'vitest';
import { JobRunner } from '../../src/jobs/job-runner.ts';
import type { TestDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';

/** Background jobs that run for the rest of the test, unless they are stopped before. */
export async function runJobs(database: TestDatabase, { allowLoopback = true } = {}) {
  const registry = new Registry();
  const log: string[] = [];
  const jobs = await JobRunner.start({
    url: database.workerUrl,
    encryptionKey: database.encryptionKey,
    concurrency: 4,
    outbound: { allowLoopback },
    registry,
    log: pino({ level: 'info' }, { write: (line: string) => void log.push(line) }),
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= jobs.stop());
  onTestFinished(stop);
  return { registry, log, stop };
}

/** Has jobs look for work of an organization now, as an event would. */
export async function wake({ operator }: TestDatabase, { id }: FixtureOrganization): Promise<void> {
  await operator.query("select pg_notify(app_private.event_channel($1), '')", [id]);
}

/** Lets no time pass: what is to be tried again is due. */
export async function comeDue(database: TestDatabase, organization: FixtureOrganization, webhook: string): Promise<void> {
  await database.operator.query(
    `update ${organization.home}.webhook_deliveries set next_attempt_at = now() where webhook_id = $1 and status = 'pending'`,
    [webhook],
  );
  await wake(database, organization);
}
