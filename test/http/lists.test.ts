import fc from 'fast-check';
import { beforeAll, expect, inject, test } from 'vitest';
import { useComparedStatements } from '../support/compared-statements.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme } = inject('fixture');
const admin = persona(acme, 'admin');
useComparedStatements();
const database = useDatabase();
const server = useServer(database);

const SEVERITIES = ['low', 'medium', 'high', 'critical'];

beforeAll(async () => {
  // Names that repeat, so that an order by name alone would not tell rows apart.
  await database.operator.query(
    `insert into app.tests (organization_id, project_id, name, parameters, suite)
     select $1, $2, 'test ' || n % 10, n, case when n % 3 = 0 then 'cart' else 'checkout' end from generate_series(1, 120) as n`,
    [acme.id, acme.project],
  );
  await database.operator.query(
    `with identity as (select app_private.work_for($1))
     insert into app.defects (organization_id, project_id, title, error_type, severity, last_seen_at)
     select $1, $2, 'defect ' || n, 'Error' || n % 4, ($3::text[])[n % 4 + 1], timestamptz '2026-01-01 00:00Z' + n * interval '1 hour'
     from identity, generate_series(1, 40) as n`,
    [acme.id, acme.project, SEVERITIES],
  );
});

async function idsOf(condition: string, order = 'id'): Promise<string[]> {
  const { rows } = await database.operator.query<{ id: string }>(`select id from ${condition} order by ${order}`);
  return rows.map(({ id }) => id);
}

test('paging by cursor gives every row exactly once, in any order and page size', async () => {
  const all = await idsOf(`app.tests where organization_id = '${acme.id}'`);
  expect(all.length).toBeGreaterThan(120);
  const orders = fc.constantFrom(
    ['NAME_ASC'],
    ['NAME_DESC', 'SUITE_ASC'],
    ['PRIMARY_KEY_DESC'],
    ['SUITE_DESC', 'PRIMARY_KEY_ASC'],
    undefined,
  );
  await fc.assert(
    fc.asyncProperty(orders, fc.integer({ min: 9, max: 150 }), async (orderBy, first) => {
      const seen: string[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const { data, errors } = await server.query(
          admin,
          `query ($first: Int!, $after: Cursor, $orderBy: [TestOrderBy!]) {
            tests(first: $first, after: $after, orderBy: $orderBy) { totalCount nodes { id } pageInfo { hasNextPage endCursor } }
          }`,
          { first, after, orderBy },
        );
        expect(errors).toEqual([]);
        expect(data.tests.totalCount).toBe(all.length);
        expect(data.tests.nodes.length).toBeLessThanOrEqual(first);
        seen.push(...data.tests.nodes.map(({ id }: { id: string }) => id));
        ({ hasNextPage: more, endCursor: after } = data.tests.pageInfo);
      }
      expect(seen.toSorted()).toEqual(all);
    }),
    { numRuns: 12 },
  );
});

test('rows come in the order asked for', async () => {
  const { data } = await server.query(admin, '{ defects(orderBy: [LAST_SEEN_AT_DESC, PRIMARY_KEY_ASC], first: 1000) { nodes { id } } }');
  const ids = data.defects.nodes.map(({ id }: { id: string }) => id);
  expect(ids).toEqual(await idsOf(`app.defects where organization_id = '${acme.id}'`, 'last_seen_at desc, id'));
});

test.each([
  ['{ severity: { equalTo: CRITICAL } }', "severity = 'critical'"],
  ['{ severity: { in: [LOW, HIGH] } }', "severity in ('low', 'high')"],
  ['{ severity: { notIn: [LOW, HIGH] }, status: { equalTo: OPEN } }', "severity not in ('low', 'high') and status = 'open'"],
  ['{ errorType: { startsWith: "Error", notEqualTo: "Error1" } }', "error_type like 'Error%' and error_type <> 'Error1'"],
  ['{ lastSeenAt: { lessThan: "2026-01-02T00:00:00Z" } }', "last_seen_at < '2026-01-02'"],
  ['{ or: [{ severity: { equalTo: LOW } }, { testExists: true }] }', "severity = 'low' or test_id is not null"],
  ['{ not: { severity: { equalTo: LOW } } }', "severity <> 'low'"],
  ['{ project: { slug: { equalTo: "billing" } } }', `project_id = '${acme.otherProject}'`],
  ['{ occurrencesExist: true }', 'id in (select defect_id from app.defect_occurrences)'],
])('filter %s', async (filter, condition) => {
  const { data, errors } = await server.query(admin, `{ defects(filter: ${filter}, first: 1000) { totalCount nodes { id } } }`);
  expect(errors).toEqual([]);
  const expected = await idsOf(`app.defects where organization_id = '${acme.id}' and (${condition})`);
  expect(expected).not.toEqual([]);
  expect(data.defects.nodes.map(({ id }: { id: string }) => id).sort()).toEqual(expected);
  expect(data.defects.totalCount).toBe(expected.length);
});

test('a condition, an offset and a list within a row', async () => {
  const { data, errors } = await server.query(
    admin,
    `{ project(id: "${acme.project}") { defects(condition: { severity: HIGH }, first: 3, offset: 2, orderBy: [PRIMARY_KEY_ASC]) { totalCount nodes { id } } } }`,
  );
  expect(errors).toEqual([]);
  const expected = await idsOf(`app.defects where project_id = '${acme.project}' and severity = 'high'`);
  expect(data.project.defects.totalCount).toBe(expected.length);
  expect(data.project.defects.nodes.map(({ id }: { id: string }) => id)).toEqual(expected.slice(2, 5));
});

test.each([
  ['defects', persona(acme, 'member')],
  ['maskedDefects', persona(acme, 'analyst')],
])('%s are counted by severity and by project', async (list, who) => {
  const { data, errors } = await server.query(
    who,
    `{ ${list}(first: 1) {
      bySeverity: groupedAggregates(groupBy: [SEVERITY]) { keys distinctCount { id } }
      resolvedByProject: groupedAggregates(groupBy: [PROJECT_ID, STATUS]) { keys distinctCount { id } }
    } }`,
  );
  expect(errors).toEqual([]);
  for (const [counted, columns] of [
    [data[list].bySeverity, 'severity'],
    [data[list].resolvedByProject, 'project_id, status'],
  ] as const) {
    const { rows } = await database.operator.query({
      text: `select ${columns}, count(*) from app.defects where organization_id = $1 group by ${columns}`,
      values: [acme.id],
      rowMode: 'array',
    });
    const told = counted.map(({ keys, distinctCount }: { keys: string[]; distinctCount: { id: string } }) => [...keys, distinctCount.id]);
    expect(told.sort()).toEqual(rows.sort());
  }
});
