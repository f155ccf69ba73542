import pg from 'pg';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { asking } from '../operations/asking.ts';
import { useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { runJobs, wake } from './running.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const PATIENCE = { timeout: 20_000, interval: 50 };

describe.each([{ organization: acme }, { organization: globex }])('in $organization.slug', ({ organization }) => {
  const { data } = asking(server, organization);
  const told = async (role: 'admin' | 'developer') =>
    (await data(role, '{ notifications(orderBy: ID_ASC) { nodes { kind title body } } }')).notifications.nodes.filter(
      ({ kind }: { kind: string }) => kind === 'JOB_FAILED',
    );

  test('a job that keeps failing is told to administrators once, and again only after it has worked', async () => {
    const { registry, log } = await runJobs(database);
    // What begins with the start has ended.
    await vi.waitFor(async () => expect(await registry.metrics()).toMatch(/task="fan_out_events",outcome="succeeded"\} [3-9]/), PATIENCE);
    const failed = async () =>
      Number(/defectxray_job_runs_total\{task="fan_out_events",outcome="failed"\} (\d+)/.exec(await registry.metrics())?.[1] ?? 0);
    const fail = async (times: number) => {
      for (let round = 0; round < times; round += 1) {
        const before = await failed();
        await wake(database, organization);
        await vi.waitFor(async () => expect(await failed()).toBeGreaterThan(before), PATIENCE);
      }
    };
    const forbid = () => database.operator.query(`revoke execute on function ${organization.home}.fan_out_events() from app_worker`);
    const allow = () => database.operator.query(`grant execute on function ${organization.home}.fan_out_events() to app_worker`);
    await forbid();
    await fail(4);
    const once = [{ kind: 'JOB_FAILED', title: 'A background job keeps failing', body: 'fan_out_events' }];
    expect(await told('admin')).toEqual(once);
    expect(await told('developer')).toEqual([]);
    expect(log.join()).toContain('a background job failed');

    await allow();
    await wake(database, organization);
    const failures = async () =>
      (await database.operator.query('select from app_private.job_failures where organization_id = $1', [organization.id])).rowCount;
    await vi.waitFor(async () => expect(await failures()).toBe(0), PATIENCE);
    await forbid();
    await fail(3);
    await allow();
    expect(await told('admin')).toEqual([...once, ...once]);
  });
});

test('the third failure in a row is told, and no other', async () => {
  const worker = new pg.Client({ connectionString: database.workerUrl });
  await worker.connect();
  onTestFinished(() => worker.end());
  const note = async (failed: boolean) => {
    await worker.query('begin');
    await worker.query("select set_config('search_path', app_private.begin_job($1, 'test', ''), true)", [acme.id]);
    const { rows } = await worker.query<{ n: number }>("select note_job_outcome('verify_residency', $1) as n", [failed]);
    await worker.query('commit');
    const told = await database.operator.query("select from app.notifications where organization_id = $1 and body = 'verify_residency'", [
      acme.id,
    ]);
    return [rows[0]?.n, told.rowCount];
  };
  const counts = [];
  for (const failed of [true, true, true, true, true, false, true, true, true]) counts.push(await note(failed));
  expect(counts).toEqual([
    [1, 0],
    [2, 0],
    [3, 1],
    [4, 1],
    [5, 1],
    [0, 1],
    [1, 1],
    [2, 1],
    [3, 2],
  ]);
});

test('the daily jobs work for every organization: residency is verified, what is old is deleted', async () => {
  for (const { home, id } of [acme, globex]) {
    await database.operator.query(`delete from ${home}.regional_data where organization_id = $1 and verified_at is not null`, [id]);
    await database.operator.query(
      `insert into ${home}.events (organization_id, kind, target_id, created_at)
       select $1, 'defect_reported', gen_random_uuid(), now() - make_interval(days => d) from unnest(array[6, 8, 9]) as d`,
      [id],
    );
    await database.operator.query(
      `update ${home}.webhook_deliveries set created_at = now() - interval '31 days' where organization_id = $1`,
      [id],
    );
  }
  const { registry } = await runJobs(database);
  for (const task of ['verify_residency', 'purge_events']) {
    await database.operator.query('select graphile_worker.add_job($1)', [task]);
  }
  const count = async (text: string) => Number((await database.operator.query<{ n: string }>(text)).rows[0]?.n);
  for (const { home, id } of [acme, globex]) {
    await vi.waitFor(async () => {
      expect(
        await count(`select count(*) as n from ${home}.regional_data where organization_id = '${id}' and verified_at is not null`),
      ).toBeGreaterThan(10);
      expect(
        await count(`select count(*) as n from ${home}.events where organization_id = '${id}' and created_at < now() - interval '7 days'`),
      ).toBe(0);
      expect(await count(`select count(*) as n from ${home}.webhook_deliveries where organization_id = '${id}'`)).toBe(0);
    }, PATIENCE);
    expect(
      await count(`select count(*) as n from ${home}.events where organization_id = '${id}' and created_at < now() - interval '5 days'`),
    ).toBe(1);
    // In the trail it is the job's doing.
    expect(
      await count(`select count(*) as n from ${home}.audit_logs where organization_id = '${id}' and actor = 'job:verify_residency'`),
    ).toBeGreaterThan(0);
  }
  expect(await registry.metrics()).toMatch(
    /defectxray_jobs_queued \d+\n[\s\S]*defectxray_jobs_failed \d+\n[\s\S]*defectxray_jobs_oldest_age_seconds [\d.e-]+\n/,
  );
});
