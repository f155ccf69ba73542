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

/** What somebody does to deployments and requests: $who is a person or null, $n one of few, so that changes meet. */
const CHANGES: readonly (readonly [BaseRole, string])[] = [
  ['engineer', "insert into deployments (project_id, version, environment) values ($project, '$n', 'production')"],
  ['admin', "insert into deployments (project_id, version, environment, deployed_by) values ($project, '$n', 'staging', $who)"],
  ['ci', "select start_deployment('shop', '$n', 'production')"],
  ['ci', "update deployments set status = 'success' where status = 'in_progress'"],
  ['engineer', "update deployments set deployed_by = $who where version = '$n'"],
  ['engineer', "update deployments set status = 'in_progress', deployed_by = $who where status = 'pending'"],
  ['admin', "delete from deployments where version = '$n'"],
  [
    'engineer',
    `insert into deployments (project_id, version, environment, deployed_by)
     select $project, n % 5, 'development', (array[$who, $self, null]::uuid[])[1 + n % 3] from generate_series(1, 40) as n`,
  ],
  [
    'admin',
    `with made as (insert into projects (name, slug) values ('Gone $n', 'gone-$n') on conflict do nothing returning id)
     insert into deployments (project_id, version, environment, deployed_by) select id, 'gone', 'production', $who from made`,
  ],
  ['admin', "delete from projects where slug like 'gone-%'"],
  ['member', "insert into maintenance_requests (title) values ('$n')"],
  ['developer', "insert into maintenance_requests (title, assigned_to) values ('$n', $who)"],
  ['engineer', 'insert into maintenance_requests (title, assigned_to) select n % 5, $who from generate_series(1, 30) as n'],
  ['engineer', "update maintenance_requests set assigned_to = $who where title = '$n'"],
  ['developer', 'update maintenance_requests set assigned_to = $who where assigned_to = $self'],
  ['engineer', "update maintenance_requests set status = 'in_progress' where status = 'open' and title = '$n'"],
  ['engineer', "update maintenance_requests set status = 'completed', assigned_to = $who where status = 'in_progress' and title = '$n'"],
  ['member', "update maintenance_requests set status = 'cancelled' where status = 'open' and title = '$n'"],
  ['admin', "delete from maintenance_requests where title = '$n'"],
  [
    'admin',
    `do $$ begin
       update maintenance_requests set assigned_to = $who;
       delete from deployments;
       raise exception 'undone' using errcode = 'P0002';
     exception when no_data_found then null;
     end $$`,
  ],
];

describe.each([acme, globex])('the tallies of $slug', (organization) => {
  const { home, id, users } = organization;
  let pool: pg.Pool;
  beforeAll(() => {
    pool = new pg.Pool({ ...connectionOptions(database.url), max: CLIENTS });
    // The database is dropped while they say goodbye.
    pool.on('connect', (client) => client.on('error', () => {}));
  });
  afterAll(() => pool.end());

  const change = fc.record({
    change: fc.constantFrom(...CHANGES),
    who: fc.constantFrom('admin' as const, 'engineer' as const, 'developer' as const, null),
    n: fc.integer({ min: 0, max: 4 }),
  });
  type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

  const statementOf = ({ change: [role, text], who, n }: Change) =>
    text
      .replaceAll('$project', `'${organization.project}'`)
      .replaceAll('$who', () => (who === null ? 'null' : `'${users[who]}'::uuid`))
      .replaceAll('$self', `'${users[role === 'ci' ? 'engineer' : role]}'::uuid`)
      .replaceAll('$n', String(n));

  /** In a transaction of its own, run again where it has met another: what is updated in different orders may deadlock. */
  async function apply(made: Change, attempts = 10): Promise<void> {
    const client = await pool.connect();
    try {
      await asPrincipal(client, database.keys, persona(organization, made.change[0]), () => client.query(statementOf(made)));
    } catch (error) {
      if ((error as { code?: string }).code !== '40P01' || attempts === 1) throw error;
      return apply(made, attempts - 1);
    } finally {
      client.release();
    }
  }

  /** What engineers_view says, and what the tallies of everybody add up to: the latter against the rows themselves. */
  async function expectCounted(): Promise<void> {
    const { rows: counted } = await database.operator.query<Record<string, number | string>>(
      `select p.id, (p.role_name in ('admin', 'engineer')) as "isEngineer",
         (select count(*)::int from ${home}.maintenance_requests as m where m.assigned_to = p.id) as assigned,
         (select count(*)::int from ${home}.maintenance_requests as m where m.assigned_to = p.id and m.status in ('open', 'in_progress')) as unfinished,
         (select count(*)::int from ${home}.deployments as d where d.deployed_by = p.id) as deployments
       from ${home}.people as p where organization_id = $1 order by id`,
      [id],
    );
    const { rows: tallied } = await database.operator.query(
      `select p.id, (p.role_name in ('admin', 'engineer')) as "isEngineer",
         coalesce(sum(t.amount) filter (where t.counted <> 'deployments'), 0)::int as assigned,
         coalesce(sum(t.amount) filter (where t.counted = 'unfinished_requests'), 0)::int as unfinished,
         coalesce(sum(t.amount) filter (where t.counted = 'deployments'), 0)::int as deployments
       from ${home}.people as p left join ${home}.person_tallies as t on t.organization_id = p.organization_id and t.person_id = p.id
       where p.organization_id = $1 group by p.id, p.role_name order by p.id`,
      [id],
    );
    expect(tallied).toEqual(counted);
    const { rows: seen } = await database.as(persona(organization, 'auditor'), (client) =>
      client.query(
        `select id, true as "isEngineer", assigned_requests as assigned, unfinished_assigned_requests as unfinished, total_deployments as deployments
         from engineers_view order by id`,
      ),
    );
    expect(seen).toEqual(counted.filter(({ isEngineer }) => isEngineer));
    // Of projects as of people.
    const [kept, recounted] = await keptAndRecounted(database, organization);
    expect(kept).toEqual(recounted);
  }

  test('are the numbers of rows, whatever is done to these one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 3, maxLength: 14 }), async (changes) => {
        for (const each of changes) await apply(each);
        await expectCounted();
      }),
      { numRuns: 20 },
    );
  });

  test('are the numbers of rows, whatever is done to these at once', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 30, maxLength: 60 }), async (changes) => {
        await Promise.all(changes.map((each) => apply(each)));
        await expectCounted();
      }),
      { numRuns: 3 },
    );
    // A row is begun where all others are held: there are never more than there are transactions at once.
    const { rows } = await database.operator.query<{ most: number }>(
      `select max(n)::int as most from (select count(*) as n from ${home}.person_tallies group by organization_id, person_id, counted) as each`,
    );
    expect(rows[0]?.most).toBeLessThanOrEqual(CLIENTS);
  });

  test('make nobody wait: who deploys for the same person goes on before the other has ended', async () => {
    const [first, second] = [await pool.connect(), await pool.connect()];
    const deploy = (client: pg.PoolClient) =>
      client.query(
        `insert into deployments (project_id, version, environment, deployed_by) values ('${organization.project}', 'x', 'production', '${users.engineer}')`,
      );
    try {
      await asPrincipal(first, database.keys, persona(organization, 'engineer'), async () => {
        await deploy(first);
        for (let n = 0; n < 3; n += 1) {
          await asPrincipal(second, database.keys, persona(organization, 'admin'), async () => {
            await second.query("set local lock_timeout = '500ms'");
            await deploy(second);
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

  test('count what an operator copies in for an organization, and refuse what is of none', async () => {
    const { operator } = database;
    const copy = `copy ${home}.deployments (organization_id, project_id, version, environment, deployed_by) from program
      'printf "%s\\n" "${id},${organization.project},copied,production,${users.admin}" "${id},${organization.project},copied,production,${users.admin}"' csv`;
    await asPrincipal(operator, database.keys, persona(organization, 'admin'), async () => {
      await operator.query('set local role none');
      await operator.query(copy);
    });
    await expectCounted();
    await expect(operator.query(copy)).rejects.toMatchObject({ code: '42501', message: expect.stringContaining('person_tallies') });
    await expectCounted();
  });
});
