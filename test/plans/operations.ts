import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, inject, test } from 'vitest';
import type { BaseRole } from '../../src/database/identity.ts';
import { persona, type TestDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';
import { PLAN_KINDS, type PlanKind, type useExplainedServers } from './explained-servers.ts';
import { type Plan, readsTable, shapeOf, unboundScans } from './plan.ts';
import { sharedTables } from './shared-tables.ts';
import { rowId } from './volume.ts';

/** Who asks an operation, and with what: `<table>` is the id of a row of it, `<endCursor of operation>` where its page ends. */
interface Asked {
  readonly as: BaseRole;
  readonly variables?: Readonly<Record<string, string>>;
}

const { acme, globex } = inject('fixture');
const directory = new URL('./operations/', import.meta.url);
const OPERATIONS: Readonly<Record<string, Asked>> = JSON.parse(readFileSync(new URL('operations.json', directory), 'utf8'));
const textOf = (name: string) => readFileSync(new URL(`${name}.graphql`, directory), 'utf8');

/**
 * The operations that are asked most, each with the plans that it had when they were looked at last. After a look at the difference,
 * `npx vitest run test/plans -u` writes those that it has now.
 */
export function describeOperations(database: TestDatabase, explain: ReturnType<typeof useExplainedServers>): void {
  describe.each(Object.entries(OPERATIONS))('%s', (name, { as, variables = {} }) => {
    test('is planned as it was', async () => {
      const sections: string[] = [];
      const faults: string[] = [];
      for (const organization of [acme, globex]) {
        const shared = await sharedTables(database, organization);
        const principal = persona(organization, as);
        const shapes: string[] = [];
        for (const kind of PLAN_KINDS) {
          const { plans } = await explain(kind, principal, textOf(name), await valuesOf(variables, organization, kind));
          faults.push(...plans.flatMap((plan) => unboundScans(plan.Plan, shared)).map((scan) => `${organization.slug}, ${kind}: ${scan}`));
          shapes.push(shapeOfAll(plans));
        }
        const tier = organization === acme ? 'shared tables' : 'a schema of its own';
        if (shapes[0] === shapes[1]) sections.push(`# ${tier}\n${shapes[0]}`);
        else for (const [n, kind] of PLAN_KINDS.entries()) sections.push(`# ${tier}, ${kind} plan\n${shapes[n]}`);
      }
      expect(faults).toEqual([]);
      const snapshots = `snapshots/postgresql-${await majorVersion(database)}`;
      // Versions choose differently. Of those that have no snapshots, what is checked above is enough.
      if (existsSync(new URL(snapshots, import.meta.url))) {
        await expect(sections.join('\n')).toMatchFileSnapshot(`${snapshots}/${name}.txt`);
      }
    });
  });

  async function valuesOf(variables: Readonly<Record<string, string>>, organization: FixtureOrganization, kind: PlanKind) {
    const values = Object.entries(variables).map(async ([name, value]) => [name, await valueIn(value, organization, kind)] as const);
    return Object.fromEntries(await Promise.all(values));
  }

  async function valueIn(value: string, organization: FixtureOrganization, kind: PlanKind): Promise<string> {
    const [, table, whole] = /^<(?:endCursor of (.*)|(.*))>$/.exec(value) ?? [];
    if (table !== undefined) {
      const { data } = await explain(kind, persona(organization, OPERATIONS[table]?.as as BaseRole), textOf(table));
      return data[Object.keys(data)[0] as string].pageInfo.endCursor;
    }
    if (whole === undefined) return value;
    return rowId(database, whole, organization);
  }
}

/** The shapes of plans, each once, without those of the statement that says who is calling, and of statements that read nothing. */
function shapeOfAll(plans: readonly Plan[]): string {
  const identity = plans.findLastIndex((plan) => plan['Query Text'].includes('app_private.authenticate('));
  const shapes = plans
    .slice(identity + 1)
    .filter((plan) => readsTable(plan.Plan))
    .map((plan) => shapeOf(plan.Plan).join('\n'));
  return `${[...new Set(shapes)].join('\n\n')}\n`;
}

async function majorVersion({ operator }: TestDatabase): Promise<number> {
  const { rows } = await operator.query<{ version: number }>("select current_setting('server_version_num')::integer / 10000 as version");
  return rows[0]?.version as number;
}
