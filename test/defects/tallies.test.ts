import { createHash } from 'node:crypto';
import fc from 'fast-check';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { connectionOptions } from '../../src/database/connection.ts';
import type { BaseRole } from '../../src/database/identity.ts';
import { persona, useDatabase } from '../support/database.ts';
import { keptAndRecounted } from '../support/tallies.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const CLIENTS = 12;

const some = (limit: number) =>
  `(select array_agg(id) as ids from (select id from defects where project_id = $project and title like 'Tally%' order by id limit ${limit}) as d)`;

/** What changes what dashboards count: $n is one of few, so that changes meet, $report what CI sends. */
const CHANGES: readonly (readonly [BaseRole, string])[] = [
  ['developer', "insert into defects (project_id, title, severity) values ($project, 'Tally $n', $severity)"],
  [
    'admin',
    `insert into defects (project_id, title, severity)
     select $project, 'Tally ' || k % 5, (array['low', 'medium', 'high', 'critical'])[1 + k % 4] from generate_series(1, 30) as k`,
  ],
  ['developer', "update defects set severity = $severity where title = 'Tally $n'"],
  ['engineer', "update defects set status = 'resolved' where title = 'Tally $n'"],
  ['engineer', "update defects set status = 'in_progress' where status in ('open', 'resolved') and title like 'Tally%'"],
  ['developer', "update defects set status = 'ignored', severity = $severity where title = 'Tally $n'"],
  ['admin', "delete from defects where title = 'Tally $n'"],
  ['ci', "select report_test_run('$report')"],
  ['ci', "select report_test_run('$report')"],
  ['ci', "select report_test_run('$report')"],
  ['developer', `select merge_defects(x.ids[1], x.ids[2:4]) from ${some(4)} as x where cardinality(x.ids) > 1`],
  [
    'developer',
    `select split_defect(d.id, array[(select min(o.test_id::text)::uuid from defect_occurrences as o where o.defect_id = d.id)])
     from defects as d where d.id = (
       select o.defect_id from defect_occurrences as o group by o.defect_id having count(distinct o.test_id) > 1 order by 1 limit 1)`,
  ],
  ['admin', "delete from tests where name = 'tally $n'"],
  [
    'admin',
    `with made as (insert into projects (name, slug) values ('Gone $n', 'tallied-$n') on conflict do nothing returning id)
     insert into defects (project_id, title, severity) select id, 'Gone', $severity from made`,
  ],
  ['admin', "select report_test_run('$elsewhere') from projects where slug = 'tallied-$n'"],
  ['admin', "delete from projects where slug like 'tallied-%'"],
  [
    'admin',
    `do $$ begin
       update defects set severity = $severity;
       delete from tests where name like 'tally%';
       raise exception 'undone' using errcode = 'P0002';
     exception when no_data_found then null;
     end $$`,
  ],
];
/** Who is named to a function was deleted by another; of what is deleted and stored at once, one is refused. */
const LATE = new Set(['DX400', 'DX404', '23503']);

describe.each([acme, globex])('what is counted of defects of $slug', (organization) => {
  let pool: pg.Pool;
  let reports = 0;
  beforeAll(async () => {
    // What is changed in different orders meets often here.
    await database.operator.query(`alter database ${database.name} set deadlock_timeout = '50ms'`);
    pool = new pg.Pool({ ...connectionOptions(database.url), max: CLIENTS });
    // The database is dropped while they say goodbye.
    pool.on('connect', (client) => client.on('error', () => {}));
  });
  afterAll(() => pool.end());

  const change = fc.record({
    change: fc.constantFrom(...CHANGES),
    severity: fc.constantFrom('low', 'medium', 'high', 'critical'),
    n: fc.integer({ min: 0, max: 4 }),
    daysAgo: fc.integer({ min: 0, max: 120 }),
  });
  type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

  /** A run in which one test fails that may have passed on the commit, one passes after a failed attempt, one fails with the others' fault. */
  function reportOf(project: string, { n, severity, daysAgo }: Change): string {
    const failure = (title: string) => ({
      ...{ outcome: 'failed', title, errorType: 'E', severity, fingerprint: createHash('sha256').update(title).digest('hex') },
    });
    reports += 1;
    return JSON.stringify({
      project,
      runKey: `tally ${reports}`,
      commitSha: String(n).repeat(40),
      startedAt: new Date(Date.now() - daysAgo * 86_400_000).toISOString(),
      isInfrastructureFailure: false,
      results: [
        { name: `tally ${n}`, ...(reports % 2 === 0 ? failure(`Tally ${n}`) : { outcome: 'passed' }) },
        { name: `tally ${(n + 1) % 5}`, outcome: 'passed', attempts: [{ outcome: 'failed' }] },
        { name: `tally ${(n + 2) % 5}`, ...failure('Tally of all') },
      ],
    });
  }

  const statementOf = (made: Change) =>
    made.change[1]
      .replaceAll('$project', `'${organization.project}'::uuid`)
      .replaceAll('$severity', `'${made.severity}'`)
      .replaceAll('$report', () => reportOf('shop', made))
      .replaceAll('$elsewhere', () => reportOf(`tallied-${made.n}`, made))
      .replaceAll('$n', String(made.n));

  /** In a transaction of its own, run again where it has met another: what is changed in different orders may deadlock. */
  async function apply(made: Change, attempts = 20): Promise<void> {
    const client = await pool.connect();
    try {
      await asPrincipal(client, database.keys, persona(organization, made.change[0]), () => client.query(statementOf(made)));
    } catch (error) {
      const { code } = error as { code: string };
      if (LATE.has(code)) return;
      if (code !== '40P01' || attempts === 1) throw error;
      return apply(made, attempts - 1);
    } finally {
      client.release();
    }
  }

  async function expectCounted(): Promise<void> {
    const [kept, recounted] = await keptAndRecounted(database, organization);
    expect(kept).toEqual(recounted);
    expect(recounted.length).toBeGreaterThan(0);
  }

  test('is what the rows say, whatever is done to these one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 5, maxLength: 15 }), async (changes) => {
        for (const each of changes) await apply(each);
        await expectCounted();
      }),
      { numRuns: 20 },
    );
  });

  test('is what the rows say, whatever is done to these at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 30, maxLength: 50 }), async (changes) => {
        await Promise.all(changes.map((each) => apply(each)));
        await expectCounted();
      }),
      { numRuns: 3 },
    );
    // A row is begun where all others are held: there are never more than there are transactions at once.
    const { rows } = await database.operator.query<{ most: number }>(
      `select max(n)::int as most from (
         select count(*) as n from ${organization.home}.project_tallies group by organization_id, project_id, counted
         union all
         select count(*) from ${organization.home}.day_tallies group by organization_id, day, severity
       ) as each`,
    );
    expect(rows[0]?.most).toBeLessThanOrEqual(CLIENTS);
  }, 120_000);

  test('makes nobody wait: a defect of the same project and severity is opened before the other transaction has ended', async () => {
    const [first, second] = [await pool.connect(), await pool.connect()];
    const open = (client: pg.PoolClient) =>
      client.query("insert into defects (project_id, title, severity) values ($1, 'Meeting', 'high')", [organization.project]);
    try {
      await asPrincipal(first, database.keys, persona(organization, 'developer'), async () => {
        await open(first);
        for (let n = 0; n < 3; n += 1) {
          await asPrincipal(second, database.keys, persona(organization, 'admin'), async () => {
            await second.query("set local lock_timeout = '500ms'");
            await open(second);
          });
        }
        await first.query('rollback');
        await first.query('begin');
      });
    } finally {
      first.release();
      second.release();
    }
    await expectCounted();
  });

  test('is refused where it changes for no organization, and can be recounted for one only', async () => {
    const { operator } = database;
    const { home, id, project } = organization;
    await expect(
      operator.query(`insert into ${home}.defects (organization_id, project_id, title) values ($1, $2, 'Nobody')`, [id, project]),
    ).rejects.toMatchObject({ code: '42501', message: expect.stringContaining('project_tallies') });
    await expect(operator.query(`select ${home}.recount_tallies()`)).rejects.toMatchObject({
      code: 'DX400',
      message: expect.stringContaining('work_for'),
    });
    for (const role of ['admin', 'ci'] as const)
      await expect(database.as(persona(organization, role), (client) => client.query('select recount_tallies()'))).rejects.toMatchObject({
        code: '42501',
      });
    await expectCounted();
  });
});
