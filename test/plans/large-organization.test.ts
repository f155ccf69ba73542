import { expect, inject, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { PLAN_KINDS, useExplainedServers } from './explained-servers.ts';
import { rowsRead } from './plan.ts';
import { fillLargeOrganization } from './volume.ts';

const { acme } = inject('fixture');
const ROWS = { projects: 8, tests: 15, defects: 20_000, deployments: 20_000, test_runs: 20_000 };

/** Of each condition, hundreds of rows or all. */
const PAGES = {
  defects:
    '{ defects(condition: { status: OPEN, severity: HIGH }, orderBy: [LAST_SEEN_AT_DESC], first: 20) { nodes { id test { name } } } }',
  deployments: '{ deployments(condition: { environment: PRODUCTION }, orderBy: [DEPLOYED_AT_DESC], first: 20) { nodes { id } } }',
  test_runs: '{ testRuns(orderBy: [STARTED_AT_DESC], first: 20) { nodes { id } } }',
};
const READERS = {
  'a developer': persona(acme, 'developer'),
  'a CI identity that is bound to no project': { ...persona(acme, 'ci'), projectId: null },
};

const database = useDatabase();
const explain = useExplainedServers(database, async () => {
  // As among many neighbours, each with projects of its own: then a condition on the project promises few rows.
  for (const table of Object.keys(PAGES)) {
    await database.operator.query(`alter table app.${table} alter column project_id set (n_distinct = 2000)`);
  }
  await fillLargeOrganization(database, acme, ROWS);
});

// In order, and no further than the page goes: not found by the project, and then sorted.
test.each(
  Object.entries(READERS).flatMap(([who, principal]) => Object.entries(PAGES).map(([table, query]) => ({ who, principal, table, query }))),
)('$who reads a page of $table, not all', async ({ principal, table, query }) => {
  for (const kind of PLAN_KINDS) {
    const { data, plans } = await explain(kind, principal, query);
    expect(Object.values<{ nodes: unknown[] }>(data)[0]?.nodes).toHaveLength(20);
    const read = plans.reduce((sum, { Plan }) => sum + rowsRead(Plan, table), 0);
    expect(read, kind).toBeGreaterThanOrEqual(20);
    expect(read, kind).toBeLessThan(100);
  }
});
