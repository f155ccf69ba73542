import type pg from 'pg';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { BASE_ROLES, type BaseRole } from '../../src/database/identity.ts';
import { persona, useDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';
import { conditionOf, MATRIX, type MatrixRow } from './matrix.ts';

const fixture = inject('fixture');
const database = useDatabase();
const tiers = [
  { tier: 'shared', organization: fixture.acme },
  { tier: 'schema', organization: fixture.globex },
];
const FORBIDDEN = '42501';
const NOT_FOUND = 'DX404';

beforeAll(async () => {
  // The engineers leave a trace of their own in the audit trail, for the rows that are "own".
  for (const { organization } of tiers) {
    await asPrincipal(database.api, database.keys, persona(organization, 'engineer'), () =>
      database.api.query("update projects set description = 'looked at'"),
    );
  }
});

type Key = Readonly<Record<string, string>>;

/** The keys of an organization's rows, as a superuser sees them; of the audit trail one for each person. */
async function keysOf(
  row: MatrixRow,
  organization: FixtureOrganization,
  role: BaseRole,
): Promise<{ key: Key; changeable: boolean; alike: boolean }[]> {
  const { id, home, users } = organization;
  const schema = row.kind === 'tenant' ? home : 'app';
  const source = row.source?.replaceAll('$home', home) ?? `${schema}.${row.table}`;
  const { rows: columns } = await database.operator.query<{ name: string }>(
    `select a.attname as name from pg_constraint as k join pg_attribute as a on a.attrelid = k.conrelid and a.attnum = any (k.conkey)
     where k.conrelid = $1::regclass and k.contype = 'p' and a.attname <> 'organization_id'`,
    [`${schema}.${row.keyOf ?? row.table}`],
  );
  const { rows: which, changes, operations } = row.access[role];
  // What the matrix has a role make is the caller's own, or of the first project, where it is bound to that.
  const isOwn = operations.includes('C') && (which === 'own' || changes === 'own');
  const isOfProject = which === 'project' && (row.create?.project_id !== undefined || row.project !== undefined);
  const own = row.alike === undefined ? `${row.maker ?? 'user_id'} = '${users[role]}'` : conditionOf(row.alike, organization, role);
  const isAlike = isOwn ? own : isOfProject ? conditionOf(row.project ?? "project_id = '$project'", organization, role) : 'true';
  const key = `jsonb_build_object(${columns.map(({ name }) => `'${name}', t.${name}`).join(', ')})`;
  const members = `('${Object.values(users).join("', '")}')`;
  const conditions: Record<string, string> = {
    regions: "code in ('us-east', 'eu-central')",
    permissions: "name like 'audit:%'",
    organizations: `id = '${id}'`,
    users: `id in ${members}`,
    roles: `name in ('admin', 'ci') or organization_id = '${id}'`,
    role_permissions: `permission = 'audit:read' and organization_id is null or organization_id = '${id}'`,
    organization_members: `user_id in ${members}`,
    sessions: `organization_id = '${id}'`,
    invitations: `organization_id = '${id}'`,
    api_keys: `organization_id = '${id}'`,
    masking_policies: `organization_id = '${id}'`,
    audit_logs: `organization_id = '${id}' and id in (select distinct on (user_id) a.id from ${home}.audit_logs as a where a.organization_id = '${id}' order by user_id)`,
  };
  const { rows } = await database.operator.query<{ key: Key; changeable: boolean; alike: boolean }>(
    `select ${key} as key, ${conditionOf(row.changeable ?? 'true', organization, role)} as changeable, coalesce(${isAlike}, false) as alike from (select * from ${source}) as t
     where ${conditions[row.table] ?? `organization_id = '${id}'`} order by 1`,
  );
  return rows;
}

/** Runs a statement and takes it back: its number of rows, or the SQLSTATE. */
async function attempt(client: pg.Client, text: string, values: unknown[] = []): Promise<number | string> {
  await client.query('savepoint attempt');
  const outcome = await client.query(text, values).then(
    ({ rowCount }) => rowCount ?? 0,
    (error: { code: string }) => error.code,
  );
  await client.query('rollback to attempt');
  return outcome;
}

function statement(row: MatrixRow, operation: string, key: Key, organization: FixtureOrganization, role: BaseRole): string {
  const where = Object.entries(key)
    .map(([column, value]) => `${column} = '${value}'`)
    .join(' and ');
  switch (operation) {
    case 'select':
      return `select from ${row.table} where ${where}`;
    case 'update':
      return `update ${row.table} set ${row.update} where ${where}`;
    case 'delete':
      return `delete from ${row.table} where ${where}`;
    default: {
      const values = Object.values(row.create ?? {}).map((value) =>
        value
          .replace('$project', `'${organization.project}'`)
          .replace('$self', `'${organization.users[role]}'`)
          .replace('$defect', `'${organization.defect}'`)
          .replace('$role', `'${organization.role}'`)
          .replace('$provider', `'${organization.provider}'`)
          .replace('$user', `'${organization.users.member}'`),
      );
      return `insert into ${row.table} (${Object.keys(row.create ?? {}).join(', ')}) values (${values.join(', ')})`;
    }
  }
}

interface Explained {
  readonly allowed: boolean;
  readonly refusal: string | null;
}

/** Whether an operation is allowed, as `explain_access` has it, or the SQLSTATE with which it answers. */
async function explain(client: pg.Client, values: readonly unknown[]): Promise<Explained | string> {
  await client.query('savepoint explain');
  try {
    const { rows } = await client.query<{ explained: Explained }>('select explain_access($1, $2, $3, $4, $5, $6) as explained', [
      ...values,
    ]);
    return (rows[0] as { explained: Explained }).explained;
  } catch (error) {
    await client.query('rollback to explain');
    return (error as { code: string }).code;
  }
}

/** What really happens to each operation of a role with each row, and what is said of it by the role and by others. */
async function compare(row: MatrixRow, organization: FixtureOrganization, role: BaseRole) {
  const operations = row.create === undefined ? ['select'] : ['select', 'insert', 'update', 'delete'];
  const cases = (await keysOf(row, organization, role)).flatMap(({ key, changeable, alike }) =>
    // Of what nobody can make there is no other like it.
    operations.filter((operation) => operation !== 'insert' || (changeable && alike)).map((operation) => ({ key, operation })),
  );
  const { userId, projectId } = persona(organization, role);
  const really = await database.as(persona(organization, role), async (client) => {
    const outcomes: { outcome: number | string; said: Explained | string }[] = [];
    for (const { key, operation } of cases) {
      const said = await explain(client, [row.table, key, operation, null, null, null]);
      // Right after it, in the same transaction: as the role itself, whatever was evaluated under which identity.
      outcomes.push({ said, outcome: await attempt(client, statement(row, operation, key, organization, role)) });
    }
    return outcomes;
  });
  const toOthers: Record<'admin' | 'auditor', (Explained | string)[]> = { admin: [], auditor: [] };
  for (const asker of ['admin', 'auditor'] as const) {
    await database.as(persona(organization, asker), async (client) => {
      for (const { key, operation } of cases)
        toOthers[asker].push(await explain(client, [row.table, key, operation, role, userId, projectId]));
    });
  }
  return cases.map((one, index) => ({
    ...one,
    ...(really[index] as (typeof really)[number]),
    toAdmin: toOthers.admin[index],
    toAuditor: toOthers.auditor[index],
  }));
}

describe.each(tiers)('in the $tier tier', ({ organization }) => {
  describe.each(MATRIX)('$table', (row) => {
    test.each(BASE_ROLES)('what is said of %s is what happens', async (role) => {
      const compared = await compare(row, organization, role);
      expect(compared).not.toHaveLength(0);
      for (const { key, operation, outcome, said, toAdmin, toAuditor } of compared) {
        const what = `${operation} ${JSON.stringify(key)}: ${outcome}`;
        expect([0, 1, FORBIDDEN], what).toContain(outcome);
        const expected = { allowed: outcome === 1, ...(outcome === 1 ? { refusal: null } : {}) };
        // What another project has is not there for a credential of one project, not even to be explained.
        if (role === 'ci' && said === NOT_FOUND) expect(outcome, what).not.toBe(1);
        else expect(said, what).toMatchObject(expected);
        expect(toAdmin, what).toMatchObject(expected);
        expect(toAuditor, what).toEqual(toAdmin);
        // Without a grant PostgreSQL says so; a policy hides the row, or refuses what is written.
        if (operation === 'select' && outcome === FORBIDDEN) expect(toAdmin).toMatchObject({ refusal: 'no_grant' });
        // So does a permission that the role has only where a credential's scopes name it.
        const hidden = role === 'ci' && row.scopes !== undefined ? ['no_policy', 'restrictive_policy'] : ['no_policy'];
        if (operation === 'select' && outcome === 0) expect(hidden).toContain((toAdmin as Explained).refusal);
      }
    });
  });
});
