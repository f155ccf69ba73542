import { expect, inject, test } from 'vitest';
import { BASE_ROLES, type BaseRole } from '../../src/database/identity.ts';
import { persona, type TestDatabase } from '../support/database.ts';
import { PLAN_KINDS, type PlanKind, type useExplainedServers } from './explained-servers.ts';
import { type Asking, INNER_LISTS, LISTS, LOOKUPS } from './lists.ts';
import { type PlanNode, partsOf, unboundScans } from './plan.ts';
import { sharedTables } from './shared-tables.ts';

const { acme } = inject('fixture');
/** What an organization has most of: to count it must not take reading it. */
const LARGE = [
  'defects',
  'defectOccurrences',
  'testResults',
  'testRuns',
  'tests',
  'auditLogs',
  'deployments',
  'maintenanceRequests',
  'defectDailyStats',
];

/** Whatever may be asked: no plan reads the rows of other organizations, and so none grows with them. */
export function describeEveryList(database: TestDatabase, explain: ReturnType<typeof useExplainedServers>): void {
  test.each([...LISTS, ...INNER_LISTS, { name: 'what is found by a key', askings: LOOKUPS }])(
    '$name, in every way that it can be asked for',
    async ({ askings }) => {
      const [masked, others] = [askings.filter(isMasked), askings.filter((asking) => !isMasked(asking))];
      if (masked.length > 0) await expectBound(masked, 'analyst');
      if (others.length > 0) await expectBound(others, 'admin');
    },
  );

  // Whom other policies hold to their own rows, or to those of a project.
  test.each(BASE_ROLES)('every list as it comes, for the role %s', async (role) => {
    await expectBound(
      LISTS.map(({ askings }) => askings[0] as Asking),
      role,
      true,
    );
  });

  test.each(LARGE)('the totalCount of %s reads an index alone', async (list) => {
    for (const kind of PLAN_KINDS) {
      const { data, plans } = await explain(kind, persona(acme, 'admin'), `{ ${list} { totalCount } }`);
      expect(data[list].totalCount).toBeGreaterThan(100);
      const counts = plans.filter((plan) => plan['Query Text'].includes('count(*)')).flatMap((plan) => scansOf(plan.Plan));
      expect(counts).toEqual(['Index Only Scan']);
    }
  });

  async function expectBound(askings: readonly Asking[], role: BaseRole, mayBeRefused = false): Promise<void> {
    const faults: string[] = [];
    for (const kind of PLAN_KINDS) {
      if ((await faultsOf(askings, role, kind, mayBeRefused)).length === 0) continue;
      // Now one by one, to say which.
      for (const asking of askings) {
        for (const scan of await faultsOf([asking], role, kind, mayBeRefused)) faults.push(`${kind}: ${asking}: ${scan}`);
      }
    }
    expect(faults).toEqual([]);
  }

  async function faultsOf(askings: readonly Asking[], role: BaseRole, kind: PlanKind, mayBeRefused: boolean): Promise<string[]> {
    const shared = await sharedTables(database, acme);
    const document = `{ ${askings.map((asking, n) => `a${n}: ${asking}`).join('\n')} }`;
    const { plans } = await explain(kind, persona(acme, role), document, {}, mayBeRefused ? ['FORBIDDEN'] : []);
    return [...new Set(plans.flatMap((plan) => unboundScans(plan.Plan, shared)))];
  }
}

/** How a plan reads tables. */
function scansOf(node: PlanNode): string[] {
  const own = node['Relation Name'] === undefined ? [] : [node['Node Type']];
  return [...own, ...partsOf(node).flatMap(scansOf)];
}

/** Administrators read in clear; analysts what is masked. */
function isMasked(asking: Asking): boolean {
  return /masked/i.test(asking);
}
