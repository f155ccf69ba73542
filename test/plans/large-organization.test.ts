import { describe, expect, inject, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { PLAN_KINDS, type PlanKind, useExplainedServers } from './explained-servers.ts';
import { LISTS } from './lists.ts';
import { type Plan, rowsRead } from './plan.ts';
import { fillLargeOrganization } from './volume.ts';

const { acme } = inject('fixture');
const COUNT = 20_000;
/** The lists of what an organization has most of, and their tables. */
const TABLES: Readonly<Record<string, string>> = {
  defects: 'defects',
  testRuns: 'test_runs',
  deployments: 'deployments',
  maintenanceRequests: 'maintenance_requests',
  auditLogs: 'audit_logs',
};
/** Conditions that hundreds of rows meet or all, and the order of their pages. */
const CONDITIONS: Readonly<Record<string, string>> = {
  defects: 'condition: { status: OPEN, severity: HIGH }, orderBy: [LAST_SEEN_AT_DESC]',
  deployments: 'condition: { environment: PRODUCTION }, orderBy: [DEPLOYED_AT_DESC]',
  testRuns: 'orderBy: [STARTED_AT_DESC]',
};
/** What no index has. */
const FIELDS: Readonly<Record<string, string>> = { defects: 'title', deployments: 'commitSha', testRuns: 'failedCount' };
const READERS = {
  'a developer': persona(acme, 'developer'),
  'a CI identity that is bound to no project': { ...persona(acme, 'ci'), projectId: null },
};

const database = useDatabase();
const explain = useExplainedServers(database, async () => {
  // As among many small neighbours, each with projects of its own: the planner takes the organization for one like them, with few rows
  // of a project, and fewer of a condition than a page has.
  for (const table of Object.values(TABLES)) {
    const columns = await database.operator.query<{ name: string }>(
      "select attname as name from pg_attribute where attrelid = $1::regclass and attname in ('organization_id', 'project_id')",
      [`app.${table}`],
    );
    for (const { name } of columns.rows) {
      await database.operator.query(`alter table app.${table} alter column ${name} set (n_distinct = 200)`);
    }
  }
  const rows = Object.values(TABLES).map((table) => [table, COUNT]);
  await fillLargeOrganization(database, acme, { projects: 8, tests: 15, ...Object.fromEntries(rows) });
});

// In order, and no further than the page goes: not found by something else, and then sorted.
describe.each(Object.entries(READERS))('%s reads a page, not all', (_, principal) => {
  test.each(Object.entries(CONDITIONS))('of %s, and the next', async (list, condition) => {
    for (const kind of PLAN_KINDS) {
      const first = await page(kind, condition);
      expect(await page(kind, `${condition}, after: "${first}"`)).not.toBe(first);
    }

    async function page(kind: PlanKind, asked: string): Promise<string> {
      const query = `{ list: ${list}(first: 20, ${asked}) { nodes { ${FIELDS[list]} project { name } } pageInfo { endCursor } } }`;
      const { data, plans } = await explain(kind, principal, query);
      expect(data.list.nodes).toHaveLength(20);
      expectPage(plans, list);
      return data.list.pageInfo.endCursor;
    }
  });
});

// The orders by time. Who orders by what many rows have in common, a project say, has its rows sorted.
test.each(LISTS.filter(({ name }) => name in TABLES))('of $name a page is read, by whichever time', async ({ name, askings }) => {
  const orders = askings.filter((asking) => /orderBy: \[\w+_(AT|DATE)_(ASC|DESC)\]/.test(asking));
  expect(orders.length).toBeGreaterThan(1);
  for (const kind of PLAN_KINDS) {
    for (const asking of orders) expectPage((await explain(kind, persona(acme, 'admin'), `{ ${asking} }`)).plans, name);
  }
});

function expectPage(plans: readonly Plan[], list: string): void {
  const read = plans.reduce((sum, { Plan }) => sum + rowsRead(Plan, TABLES[list] as string), 0);
  expect(read).toBeGreaterThanOrEqual(2);
  expect(read).toBeLessThan(100);
}
