import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { run, start } from '../cli/command-line.ts';
import { asking } from '../operations/asking.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { receive } from './receiver.ts';
import { comeDue, runJobs, wake } from './running.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const PATIENCE = { timeout: 25_000, interval: 20 };
let made = 0;

/** A webhook of an organization, with events that no worker has seen. */
async function webhookWith(organization: typeof acme, url: string, events: number): Promise<string> {
  const { createWebhook } = await asking(server, organization).data(
    'admin',
    'mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { webhook { id } } }',
    { input: { name: `worker ${(made += 1)}`, url, eventKinds: ['DEFECT_REPORTED'] } },
  );
  await database.operator.query(
    `insert into ${organization.home}.events (organization_id, kind, target_id) select $1, 'defect_reported', gen_random_uuid() from generate_series(1, $2)`,
    [organization.id, events],
  );
  return createWebhook.webhook.id;
}

async function statuses(organization: typeof acme, webhook: string): Promise<Record<string, number>> {
  const { rows } = await database.operator.query<{ status: string; n: number }>(
    `select status, count(*)::int as n from ${organization.home}.webhook_deliveries where webhook_id = $1 group by 1`,
    [webhook],
  );
  return Object.fromEntries(rows.map(({ status, n }) => [status, n]));
}

const workerEnvironment = () => ({
  DATA_DIR: inject('dataDirectory'),
  WORKER_DATABASE_URL: database.workerUrl,
  ALLOW_LOOPBACK_WEBHOOKS: 'true',
  JOB_CONCURRENCY: '3',
});

/** `defectxray worker` as a process of its own, once it runs jobs. */
async function startWorker(environment: Record<string, string> = {}) {
  const worker = start(['worker', '--json'], { ...workerEnvironment(), ...environment });
  onTestFinished(async () => {
    if (worker.child.exitCode === null) worker.child.kill('SIGKILL');
    await worker.ended;
  });
  await vi.waitFor(() => expect(worker.stdout, worker.stderr).toContain('concurrency'), PATIENCE);
  return worker;
}

describe.each([{ organization: acme }, { organization: globex }])('jobs for $organization.slug', ({ organization }) => {
  test('two workers deliver each of 200 deliveries once', async () => {
    const receiver = await receive();
    receiver.answer = (response) => void setTimeout(() => response.writeHead(204).end(), 20 * Math.random());
    const webhook = await webhookWith(organization, receiver.url, 200);
    await Promise.all([runJobs(database), runJobs(database)]);
    await wake(database, organization);
    await vi.waitFor(async () => expect(await statuses(organization, webhook)).toEqual({ delivered: 200 }), PATIENCE);
    expect(receiver.received).toHaveLength(200);
    expect(new Set(receiver.received.map(({ delivery }) => delivery)).size).toBe(200);
    expect(new Set(receiver.received.map(({ event }) => event.id)).size).toBe(200);
  });

  test('while an endpoint is slow its other deliveries wait, and no job runs again and again to find that out', async () => {
    const receiver = await receive();
    const held: (() => void)[] = [];
    receiver.answer = (response) => void held.push(() => response.writeHead(204).end());
    const webhook = await webhookWith(organization, receiver.url, 30);
    const { registry } = await runJobs(database);
    await wake(database, organization);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(10), PATIENCE);
    const runs = async () =>
      Number(/job_runs_total\{task="deliver_webhooks",outcome="succeeded"\} (\d+)/.exec(await registry.metrics())?.[1] ?? 0);
    const before = await runs();
    await wake(database, organization);
    await vi.waitFor(async () => expect(await runs()).toBeGreaterThan(before), PATIENCE);
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    expect((await runs()) - before).toBeLessThan(5);
    receiver.answer = (response) => void response.writeHead(204).end();
    for (const answer of held) answer();
    await vi.waitFor(async () => expect(await statuses(organization, webhook)).toEqual({ delivered: 30 }), PATIENCE);
  });

  test('what a killed worker had under way is delivered by another, under the same id', async () => {
    const receiver = await receive();
    let hold = true;
    const held: (() => void)[] = [];
    receiver.answer = (response) => (hold ? void held.push(() => response.destroy()) : void response.writeHead(204).end());
    const webhook = await webhookWith(organization, receiver.url, 5);
    const worker = await startWorker();
    await vi.waitFor(() => expect(receiver.received).toHaveLength(5), PATIENCE);
    worker.child.kill('SIGKILL');
    await worker.ended;
    hold = false;
    const before = receiver.received.map(({ delivery, body }) => `${delivery} ${body}`).sort();
    expect(await statuses(organization, webhook)).toEqual({ pending: 5 });
    // While it could still be alive nobody takes them over.
    const next = await startWorker();
    await wake(database, organization);
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(receiver.received).toHaveLength(5);
    await comeDue(database, organization, webhook);
    await vi.waitFor(async () => expect(await statuses(organization, webhook)).toEqual({ delivered: 5 }), PATIENCE);
    expect(
      receiver.received
        .slice(5)
        .map(({ delivery, body }) => `${delivery} ${body}`)
        .sort(),
    ).toEqual(before);
    next.child.kill('SIGTERM');
    expect(await next.ended).toMatchObject({ code: 0 });
  });

  test('a worker that is told to stop finishes what it can, gives back the rest, and ends with 0', async () => {
    const receiver = await receive();
    const slow = await receive();
    receiver.answer = (response) => void setTimeout(() => response.writeHead(204).end(), 1_000);
    // Never answers.
    slow.answer = () => {};
    const [finished, givenBack] = [await webhookWith(organization, receiver.url, 1), await webhookWith(organization, slow.url, 1)];
    const worker = await startWorker();
    await vi.waitFor(() => expect([receiver.received.length > 0, slow.received.length > 0]).toEqual([true, true]), PATIENCE);
    const began = performance.now();
    worker.child.kill('SIGTERM');
    expect(await worker.ended).toMatchObject({ code: 0 });
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await statuses(organization, finished)).toMatchObject({ delivered: expect.any(Number) });
    const { rows } = await database.operator.query(
      `select status, attempt_count, next_attempt_at <= now() as due from ${organization.home}.webhook_deliveries where webhook_id = $1`,
      [givenBack],
    );
    expect(rows).toContainEqual({ status: 'pending', attempt_count: 0, due: true });
    await asking(server, organization).remove('admin', 'Webhook', givenBack);
  });

  test('an event that is committed after later ones have been sent is sent all the same', async () => {
    const receiver = await receive();
    const webhook = await webhookWith(organization, receiver.url, 0);
    const { client, event } = await lateEvent(organization);
    await runJobs(database);
    await database.operator.query(
      `insert into ${organization.home}.events (organization_id, kind, target_id) values ($1, 'defect_reported', gen_random_uuid())`,
      [organization.id],
    );
    await wake(database, organization);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), PATIENCE);
    await client.query('commit');
    await wake(database, organization);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), PATIENCE);
    expect(receiver.received[1]?.event.id).toBe(event);
    expect(await statuses(organization, webhook)).toMatchObject({});
  });

  test('in a restored database, whose transactions begin anew, what happens is sent', async () => {
    const receiver = await receive();
    const webhook = await webhookWith(organization, receiver.url, 0);
    await database.operator.query(`update ${organization.home}.webhooks set fanned_until = '4000000000000' where id = $1`, [webhook]);
    await runJobs(database);
    await database.operator.query(
      `insert into ${organization.home}.events (organization_id, kind, target_id) values ($1, 'defect_reported', gen_random_uuid())`,
      [organization.id],
    );
    await wake(database, organization);
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), PATIENCE);
  });
});

/** An event of a transaction that is under way, older than what happens next. */
async function lateEvent(organization: typeof acme) {
  const pg = (await import('pg')).default;
  const { connectionOptions } = await import('../../src/database/connection.ts');
  const client = new pg.Client(connectionOptions(database.operatorUrl));
  await client.connect();
  onTestFinished(() => client.end());
  await client.query('begin');
  const { rows } = await client.query<{ id: string }>(
    `insert into ${organization.home}.events (organization_id, kind, target_id) values ($1, 'defect_reported', gen_random_uuid()) returning id`,
    [organization.id],
  );
  return { client, event: rows[0]?.id };
}

test('jobs go on after the database has thrown them out', async () => {
  const receiver = await receive();
  const webhook = await webhookWith(acme, receiver.url, 0);
  const { log } = await runJobs(database);
  await database.operator.query(
    "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app_worker' and datname = current_database()",
  );
  await database.operator.query(
    `insert into app.events (organization_id, kind, target_id) values ($1, 'defect_reported', gen_random_uuid())`,
    [acme.id],
  );
  await vi.waitFor(
    async () => {
      await wake(database, acme);
      expect(receiver.received.length, log.join('')).toBeGreaterThan(0);
    },
    // A connection that is waited for may take half a minute to be given up.
    { timeout: 80_000, interval: 500 },
  );
  expect(await statuses(acme, webhook)).toMatchObject({ delivered: 1 });
}, 90_000);

test('jobs go on after the database has thrown them out as they began', async () => {
  const receiver = await receive();
  const webhook = await webhookWith(acme, receiver.url, 0);
  await database.operator.query('begin');
  await database.operator.query('lock table graphile_worker._private_tasks in access exclusive mode');
  await runJobs(database);
  const waiting =
    "select pid from pg_stat_activity where usename = 'app_worker' and wait_event_type = 'Lock' and datname = current_database()";
  await vi.waitFor(async () => expect((await database.operator.query(waiting)).rows).not.toEqual([]), PATIENCE);
  await database.operator.query(`select pg_terminate_backend(pid) from (${waiting}) as w`);
  await database.operator.query(
    `insert into app.events (organization_id, kind, target_id) values ($1, 'defect_reported', gen_random_uuid())`,
    [acme.id],
  );
  await database.operator.query('commit');
  const delivered = async () => {
    await wake(database, acme);
    expect(await statuses(acme, webhook)).toMatchObject({ delivered: 1 });
  };
  await vi.waitFor(delivered, { timeout: 50_000, interval: 500 });
}, 60_000);

test('jobs go on when somebody says that the queue was migrated, and end when it was', async () => {
  const receiver = await receive();
  const webhook = await webhookWith(acme, receiver.url, 0);
  const { log } = await runJobs(database);
  const tell = () => database.operator.query(`select pg_notify('worker:migrate', '{"breaking": true, "migrationNumber": 99}')`);
  for (let n = 0; n < 5; n += 1) await tell();
  await database.operator.query(
    `insert into app.events (organization_id, kind, target_id) values ($1, 'defect_reported', gen_random_uuid())`,
    [acme.id],
  );
  await wake(database, acme);
  await vi.waitFor(async () => expect(await statuses(acme, webhook)).toMatchObject({ delivered: 1 }), PATIENCE);
  expect(log.join('')).not.toContain('background jobs');
  expect(process.exitCode).toBeUndefined();

  await database.operator.query('insert into graphile_worker.migrations (id, breaking) values (999999, true)');
  onTestFinished(async () => void (await database.operator.query('delete from graphile_worker.migrations where id = 999999')));
  await tell();
  await vi.waitFor(() => expect(log.join('')).toContain('newer than this program'), PATIENCE);
});

test('the command says what is missing, and what it is', async () => {
  const { WORKER_DATABASE_URL: _, ...environment } = workerEnvironment();
  expect(await run(['worker'], { ...environment, DATABASE_URL: database.url })).toMatchObject({
    code: 1,
    stderr: 'Set WORKER_DATABASE_URL: the connection of background jobs, as app_worker.\n',
  });
  expect((await run(['worker', '--help'])).stdout).toContain('run background jobs');
  const unreachable = await run(['worker', '--json'], {
    ...environment,
    WORKER_DATABASE_URL: 'postgres://app_worker:secret-word@127.0.0.1:1/x',
  });
  expect(unreachable.code).toBe(1);
  expect(JSON.parse(unreachable.stderr)).toEqual({ error: expect.any(String) });
  expect(unreachable.stderr).not.toContain('secret-word');
  // As the API's login: jobs are none of its business.
  const wrong = await run(['worker', '--json'], { ...environment, WORKER_DATABASE_URL: database.url });
  expect(wrong.code).toBe(1);
});

test('app_worker is bound: no table, no role, no other way to an identity', async () => {
  const pg = (await import('pg')).default;
  const client = new pg.Client({ connectionString: database.workerUrl });
  await client.connect();
  onTestFinished(() => client.end());
  for (const text of [
    'select from app.webhooks',
    'select from app.defects',
    `select from ${globex.home}.events`,
    'select from app_private.webhook_secrets',
    'set role app_admin',
    'set role app_definer',
    `select app_private.work_for('${acme.id}')`,
    `select app_private.authenticate('${acme.id}', 'admin', null, null, null, '', null, 'x', '', null, null, '')`,
    'select app.notify_admins($$job_failed$$, $$x$$, $$x$$)',
    'create schema x',
  ]) {
    await expect(client.query(text), text).rejects.toMatchObject({ code: '42501' });
  }
  // Whom it works for bounds what its functions find.
  await client.query('begin');
  const { rows: paths } = await client.query<{ path: string }>("select app_private.begin_job($1, 'test', '') as path", [acme.id]);
  expect(paths[0]?.path).toBe('app, pg_temp');
  await client.query(`set local search_path = ${paths[0]?.path}`);
  const { rows } = await client.query('select due_webhooks() as id');
  const { rows: mine } = await database.operator.query<{ id: string }>('select id from app.webhooks where organization_id = $1', [acme.id]);
  for (const { id } of rows) expect(mine.map((webhook) => webhook.id)).toContain(id);
  // In another's schema it works for nobody.
  expect((await client.query(`select count(*)::int as n from ${globex.home}.due_webhooks()`)).rows).toEqual([{ n: 0 }]);
  await client.query('rollback');
  await expect(client.query("select app_private.begin_job('00000000-0000-7000-8000-000000000000', 'test', '')")).rejects.toMatchObject({
    code: 'DX404',
  });
});

test('requests call none of its functions', async () => {
  for (const text of [
    'select begin_job(null, null, null)',
    'select app.fan_out_events()',
    'select app.purge_events(1)',
    "select app.note_job_outcome('x', true)",
  ]) {
    await database.as(persona(acme, 'admin'), async (client) => {
      await expect(client.query(text.replace('begin_job', 'app_private.begin_job'))).rejects.toMatchObject({ code: '42501' });
    });
  }
});
