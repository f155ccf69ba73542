import { createHash } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { connectionOptions } from '../../src/database/connection.ts';
import { persona, useDatabase } from '../support/database.ts';

const fixture = inject('fixture');
const database = useDatabase();
const tiers = [{ organization: fixture.acme }, { organization: fixture.globex }];
const WRITERS = 32;

const fingerprintOf = (name: string) => createHash('sha256').update(name).digest('hex');
const failed = (name: string, fields: object = {}) => ({
  name,
  outcome: 'failed',
  fingerprint: fingerprintOf(name),
  title: name,
  errorType: 'E',
  failureDetails: `of ${name}`,
  ...fields,
});
const passed = (name: string) => ({ name, outcome: 'passed' });

describe.each(tiers)('report_test_run in $organization.slug', ({ organization }) => {
  let pool: pg.Pool;
  beforeAll(() => {
    pool = new pg.Pool({ ...connectionOptions(database.url), max: WRITERS });
    // The database is dropped while they say goodbye.
    pool.on('connect', (client) => client.on('error', () => {}));
  });
  afterAll(() => pool.end());

  async function report(content: object): Promise<Record<string, number | boolean | string>> {
    const client = await pool.connect();
    try {
      return await asPrincipal(client, database.keys, persona(organization, 'ci'), async () => {
        const { rows } = await client.query('select report_test_run($1::json) as receipt', [
          JSON.stringify({ project: 'shop', isInfrastructureFailure: false, ...content }),
        ]);
        return rows[0].receipt;
      });
    } finally {
      client.release();
    }
  }
  const one = async (text: string) =>
    (await database.operator.query(text.replaceAll('$home', organization.home).replaceAll('$project', `'${organization.project}'`)))
      .rows[0];
  const countsOf = (prefix: string) =>
    one(`select (select count(*)::int from $home.tests where name like '${prefix}%') as tests,
      (select count(*)::int from $home.defects where title like '${prefix}%') as defects,
      (select coalesce(sum(occurrence_count), 0)::int from $home.defects where title like '${prefix}%') as counted,
      (select count(*)::int from $home.defect_occurrences as o join $home.defects as d on d.id = o.defect_id where d.title like '${prefix}%') as occurrences`);

  test('stores tests, the run, defects, occurrences and counts, exactly', async () => {
    const before = await one(
      'select coalesce(sum(opened), 0)::int as opened, coalesce(sum(occurrences), 0)::int as occurrences from $home.defect_daily_stats where project_id = $project',
    );
    const receipt = await report({
      runKey: 'exact',
      results: [
        passed('exact a'),
        failed('exact b'),
        failed('exact b', { parameters: '2' }),
        failed('exact c', { severity: 'high' }),
        { name: 'exact d', outcome: 'skipped' },
      ],
    });
    expect(receipt).toMatchObject({
      replayed: false,
      results: 5,
      passed: 1,
      failed: 3,
      errored: 0,
      skipped: 1,
      newTests: 5,
      newDefects: 2,
      knownDefects: 0,
      regressedDefects: 0,
    });
    expect(await countsOf('exact')).toEqual({ tests: 5, defects: 2, counted: 3, occurrences: 3 });
    expect(await one("select passed_count, failed_count, skipped_count from $home.test_runs where run_key = 'exact'")).toEqual({
      passed_count: 1,
      failed_count: 3,
      skipped_count: 1,
    });
    const after = await one(
      'select sum(opened)::int as opened, sum(occurrences)::int as occurrences from $home.defect_daily_stats where project_id = $project',
    );
    expect(after).toEqual({ opened: before.opened + 2, occurrences: before.occurrences + 3 });
  });

  test('gives the first receipt to the same report, and changes nothing', async () => {
    for (const content of [
      { runKey: 'again', reportId: 'again-1', results: [failed('again a')] },
      { runKey: 'again', results: [failed('again b')] },
    ]) {
      const first = await report(content);
      const counts = await countsOf('again');
      expect(await report(content)).toEqual({ ...first, replayed: true });
      expect(await countsOf('again')).toEqual(counts);
    }
  });

  test('stores a report once that arrives many times at once', async () => {
    const receipts = await Promise.all(
      Array.from({ length: WRITERS }, () => report({ runKey: 'storm', reportId: 'storm', results: [failed('storm a')] })),
    );
    expect(receipts.filter(({ replayed }) => replayed === false)).toHaveLength(1);
    expect(await countsOf('storm')).toEqual({ tests: 1, defects: 1, counted: 1, occurrences: 1 });
  });

  test('refuses another report under an id that was used', async () => {
    await report({ runKey: 'clash', reportId: 'clash', results: [failed('clash a')] });
    await expect(report({ runKey: 'clash', reportId: 'clash', results: [failed('clash b')] })).rejects.toMatchObject({ code: 'DX409' });
    expect(await countsOf('clash b')).toEqual({ tests: 0, defects: 0, counted: 0, occurrences: 0 });
  });

  test(`${WRITERS} writers of the same failures in any order leave exact counts, and none deadlocks`, async () => {
    const names = Array.from({ length: 200 }, (_, n) => `many ${n}`);
    const shuffled = () =>
      names
        .map((name) => ({ name, at: Math.random() }))
        .sort((a, b) => a.at - b.at)
        .map(({ name }) => failed(name));
    await Promise.all(
      Array.from({ length: WRITERS }, (_, n) =>
        report({ runKey: `many ${n % 4}`, shard: String(n), reportId: `many ${n}`, results: shuffled() }),
      ),
    );
    expect(await countsOf('many')).toEqual({ tests: 200, defects: 200, counted: 200 * WRITERS, occurrences: 200 * WRITERS });
  }, 120_000);

  test('reopens a resolved defect that comes back', async () => {
    await report({ runKey: 'back 1', results: [failed('back a')] });
    await asPrincipal(database.api, database.keys, persona(organization, 'developer'), () =>
      database.api.query("update defects set status = 'resolved' where title = 'back a'"),
    );
    expect((await one("select resolved_at from $home.defects where title = 'back a'")).resolved_at).not.toBeNull();
    expect(await report({ runKey: 'back 2', results: [failed('back a')] })).toMatchObject({
      newDefects: 0,
      knownDefects: 0,
      regressedDefects: 1,
    });
    expect(await one("select status, resolved_at, occurrence_count from $home.defects where title = 'back a'")).toEqual({
      status: 'open',
      resolved_at: null,
      occurrence_count: 2,
    });
    expect((await one('select sum(resolved)::int as resolved from $home.defect_daily_stats where project_id = $project')).resolved).toBe(1);
  });

  test('does not reopen what was resolved after the failure that comes late', async () => {
    await report({ runKey: 'late 1', results: [failed('late a')] });
    await asPrincipal(database.api, database.keys, persona(organization, 'developer'), () =>
      database.api.query("update defects set status = 'resolved' where title = 'late a'"),
    );
    const receipt = await report({ runKey: 'late 2', startedAt: '2025-01-01T00:00:00Z', results: [failed('late a')] });
    expect(receipt).toMatchObject({ regressedDefects: 0, knownDefects: 1 });
    expect(
      await one(
        "select d.status, r.run_key, d.first_seen_at < '2025-02-01' as early from $home.defects as d join $home.test_runs as r on r.id = d.last_run_id where d.title = 'late a'",
      ),
    ).toEqual({ status: 'resolved', run_key: 'late 1', early: true });
  });

  test('takes the first result for when a run began, where nobody says', async () => {
    await report({
      runKey: 'began',
      results: [
        { ...passed('began a'), startedAt: '2026-01-02T00:00:00Z' },
        { ...passed('began b'), startedAt: '2026-01-01T00:00:00Z' },
      ],
    });
    expect((await one("select started_at from $home.test_runs where run_key = 'began'")).started_at).toEqual(
      new Date('2026-01-01T00:00:00Z'),
    );
  });

  test.each(['defects', 'tests'])('loses no failure when its row of %s is deleted meanwhile', async (table) => {
    const name = `gone ${table}`;
    await report({ runKey: `${name} 1`, results: [failed(name)] });
    const deleter = new pg.Client(connectionOptions(database.operatorUrl));
    await deleter.connect();
    await deleter.query(
      `begin; select app_private.work_for('${organization.id}'); delete from ${organization.home}.${table} where ${table === 'tests' ? 'name' : 'title'} = '${name}'`,
    );
    const waiting = report({ runKey: `${name} 2`, results: [failed(name)] });
    await expect
      .poll(async () => (await one('select count(*)::int as n from pg_locks where not granted and pid <> pg_backend_pid()')).n, {
        timeout: 10_000,
      })
      .toBeGreaterThan(0);
    await deleter.query('commit');
    await deleter.end();
    expect(await waiting).toMatchObject({ failed: 1, newDefects: table === 'defects' ? 1 : 0, newTests: table === 'tests' ? 1 : 0 });
    const counts = await countsOf(name);
    expect(counts).toMatchObject({ tests: 1, defects: 1, counted: counts.occurrences });
  });

  test('makes no conflict for a person who edits, since counting does not raise the version', async () => {
    await report({ runKey: 'calm 1', results: [failed('calm a')] });
    await report({ runKey: 'calm 2', results: [failed('calm a')] });
    expect(await one("select version, occurrence_count from $home.defects where title = 'calm a'")).toEqual({
      version: 1,
      occurrence_count: 2,
    });
  });

  test('knows no other project than the one that the identity is bound to', async () => {
    await expect(report({ project: 'billing', runKey: 'x', results: [] })).rejects.toMatchObject({ code: 'DX404' });
    await expect(report({ project: 'nowhere', runKey: 'x', results: [] })).rejects.toMatchObject({ code: 'DX404' });
  });

  test('stores nothing of a report with one bad result', async () => {
    for (const bad of [
      { name: '', outcome: 'passed' },
      { name: 'half b', outcome: 'exploded' },
      failed('half b', { severity: 'awful' }),
      { name: 'x'.repeat(700), outcome: 'passed' },
    ]) {
      await expect(report({ runKey: 'half', results: [failed('half a'), bad] })).rejects.toMatchObject({ code: '23514' });
    }
    expect(await countsOf('half')).toEqual({ tests: 0, defects: 0, counted: 0, occurrences: 0 });
    expect(await one("select count(*)::int as n from $home.test_runs where run_key = 'half'")).toEqual({ n: 0 });
  });

  test.each(['engineer', 'auditor', 'analyst', 'member'] as const)('is not for a %s', async (role) => {
    await expect(database.as(persona(organization, role), (client) => client.query("select report_test_run('{}')"))).rejects.toMatchObject({
      code: '42501',
    });
  });
});
