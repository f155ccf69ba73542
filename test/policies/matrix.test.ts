import { beforeAll, describe, expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { BASE_ROLES, type BaseRole, type Principal } from '../../src/database/identity.ts';
import { persona, useDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';
import { useServer } from '../support/server.ts';
import { conditionOf, MATRIX, type MatrixRow } from './matrix.ts';

const fixture = inject('fixture');
const tiers = [
  { tier: 'shared', own: fixture.acme, others: [fixture.initech, fixture.globex] },
  { tier: 'schema', own: fixture.globex, others: [fixture.acme, fixture.initech] },
];
const database = useDatabase();
const server = useServer(database);

beforeAll(async () => {
  // The engineers leave a trace of their own in the audit trail, for the rows that are "own".
  for (const { own } of tiers) {
    await asPrincipal(database.api, database.keys, persona(own, 'engineer'), () =>
      database.api.query("update projects set description = 'looked at'"),
    );
  }
});

/** The ids of an organization's rows, as a superuser sees them. */
async function idsOf(row: MatrixRow, organization: FixtureOrganization): Promise<string[]> {
  const tenant = `select distinct ${row.id}::text as id from ${sourceOf(row, organization)} where organization_id = '${organization.id}'`;
  const platform: Record<string, string> = {
    regions: 'select code::text as id from app.regions',
    permissions: 'select name as id from app.permissions',
    organizations: `select id::text from app.organizations where id = '${organization.id}'`,
    users: `select user_id::text as id from app.organization_members where organization_id = '${organization.id}'`,
    sessions: `select id::text from app.sessions where organization_id = '${organization.id}'`,
    invitations: `select id::text from app.invitations where organization_id = '${organization.id}'`,
    api_keys: `select id::text from app.api_keys where organization_id = '${organization.id}'`,
    masking_policies: `select id::text from app.masking_policies where organization_id = '${organization.id}'`,
    identity_providers: `select id::text from app.identity_providers where organization_id = '${organization.id}'`,
    group_mappings: `select id::text from app.group_mappings where organization_id = '${organization.id}'`,
    user_identities: `select id::text from app.user_identities where organization_id = '${organization.id}'`,
    ci_trusts: `select id::text from app.ci_trusts where organization_id = '${organization.id}'`,
    roles: `select id::text from app.roles where organization_id is null or organization_id = '${organization.id}'`,
    role_permissions: `select distinct role_id::text as id from app.role_permissions where organization_id is null or organization_id = '${organization.id}'`,
    organization_members: `select user_id::text as id from app.organization_members where organization_id = '${organization.id}'`,
  };
  const text = row.kind === 'platform' ? (platform[row.table] as string) : tenant;
  const { rows } = await database.operator.query<{ id: string }>(`${text} order by 1`);
  return rows.map(({ id }) => id);
}

/** A superuser sees a view's rows through its source: the view itself asks for the session's organization. */
function sourceOf(row: MatrixRow, { home }: FixtureOrganization): string {
  return row.source === undefined ? `${row.kind === 'platform' ? 'app' : home}.${row.table}` : row.source.replaceAll('$home', home);
}

/** The condition by which rows are a person's own. */
function ownRows(row: MatrixRow, organization: FixtureOrganization, role: BaseRole): string {
  return conditionOf(row.own ?? "user_id = '$self'", organization, role);
}

/** What a role must see of its own organization. */
async function expectedIds(row: MatrixRow, organization: FixtureOrganization, role: BaseRole): Promise<string[]> {
  const all = await idsOf(row, organization);
  switch (row.access[role].rows) {
    case 'all':
      return all;
    case 'own':
      return own(
        `select id::text from ${sourceOf(row, organization)} where organization_id = '${organization.id}' and ${ownRows(row, organization, role)} order by 1`,
      );
    case 'self':
      return all.filter((id) => id === organization.users[role]);
    case 'project': {
      if (row.table === 'projects') return [organization.project];
      const column =
        row.project !== undefined
          ? conditionOf(row.project, organization, role)
          : row.table === 'project_groups'
            ? `id = (select group_id from ${organization.home}.projects where id = '${organization.project}')`
            : `project_id = '${organization.project}'`;
      return own(`select ${row.id}::text as id from ${organization.home}.${row.table} where ${column} order by 1`);
    }
  }
}

async function own(text: string): Promise<string[]> {
  const { rows } = await database.operator.query<{ id: string }>(text);
  return rows.map(({ id }) => id);
}

/** A member in a role; CI with the scopes that it must name to have anything of a table. */
function callerOf(row: MatrixRow, organization: FixtureOrganization, role: BaseRole | 'anonymous'): Principal {
  const caller = persona(organization, role);
  return role === 'ci' ? { ...caller, scopes: row.scopes ?? [] } : caller;
}

/** Runs a statement as a role: the number of rows, or the SQLSTATE. */
async function attempt(
  row: MatrixRow,
  organization: FixtureOrganization,
  role: BaseRole | 'anonymous',
  text: string,
): Promise<number | string> {
  return database.as(callerOf(row, organization, role), (client) =>
    client.query(text).then(
      ({ rowCount }) => rowCount ?? 0,
      (error: { code: string }) => error.code,
    ),
  );
}

const FORBIDDEN = '42501';

function insertOf(row: MatrixRow, organization: FixtureOrganization, role: BaseRole = 'admin'): string {
  const columns = row.create ?? {};
  const values = Object.values(columns).map((value) =>
    value
      .replace('$project', `'${organization.project}'`)
      .replace('$self', `'${organization.users[role]}'`)
      .replace('$defect', `'${organization.defect}'`)
      .replace('$role', `'${organization.role}'`)
      .replace('$provider', `'${organization.provider}'`)
      .replace('$user', `'${organization.users.member}'`),
  );
  return `insert into ${row.table} (${Object.keys(columns).join(', ')}) values (${values.join(', ')})`;
}

describe.each(tiers)('in the $tier tier', ({ own: organization, others }) => {
  describe.each(MATRIX)('$table', (row) => {
    test.each(BASE_ROLES)('%s reads exactly its share, by SQL and by GraphQL', async (role) => {
      const { operations } = row.access[role];
      const expected = operations.includes('R') ? await expectedIds(row, organization, role) : FORBIDDEN;
      // The other tenants' rows exist, or their absence would prove nothing.
      if (row.kind === 'tenant') for (const other of others) expect(await idsOf(row, other)).not.toHaveLength(0);

      const seen = await database.as(callerOf(row, organization, role), (client) =>
        client.query<{ id: string }>(`select distinct ${row.id}::text as id from ${row.table} order by 1`).then(
          ({ rows }) => rows.map(({ id }) => id),
          (error: { code: string }) => error.code,
        ),
      );
      expect(seen).toEqual(expected);
      if (operations.includes('R')) expect(seen).not.toHaveLength(0);

      if (row.list === null) return;
      const field = row.id.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
      const answer = await server.query(
        callerOf(row, organization, role),
        `{ list: ${row.list}(first: 1000) { totalCount nodes { ${field} } } }`,
      );
      if (expected === FORBIDDEN) {
        expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
        expect(answer.data?.list ?? null).toBeNull();
      } else {
        expect(answer.errors).toEqual([]);
        const ids = (answer.data.list.nodes as Record<string, string>[]).map((node) =>
          row.table === 'regions' ? node[field]?.toLowerCase().replaceAll('_', '-') : node[field],
        );
        expect([...new Set(ids)].sort()).toEqual(expected);
      }
    });

    test.each(BASE_ROLES)('%s reads nothing of others, whichever schema it names', async (role) => {
      for (const other of others) {
        for (const schema of new Set(row.kind === 'tenant' ? [other.home, organization.home] : ['app'])) {
          const seen = await attempt(row, organization, role, `select from ${schema}.${row.table} where ${otherRows(row, other)}`);
          expect([0, FORBIDDEN]).toContain(seen);
        }
      }
    });

    test('nobody signed in sees or changes anything', async () => {
      expect(await attempt(row, organization, 'anonymous', `select from ${row.table}`)).toSatisfy(closed);
      if (row.create !== undefined) expect(await attempt(row, organization, 'anonymous', insertOf(row, organization))).toSatisfy(closed);
      if (row.list !== null) {
        const answer = await server.query(persona(organization, 'anonymous'), `{ list: ${row.list} { totalCount } }`);
        expect(answer.errors[0]?.extensions.code).toBe('FORBIDDEN');
        expect(answer.data?.list ?? null).toBeNull();
      }
    });

    // A view is only read.
    if (row.create === undefined) return;

    test.each(BASE_ROLES)('%s creates, updates and deletes what it may, and no more', async (role) => {
      const { operations, changes } = row.access[role];
      expect(await attempt(row, organization, role, insertOf(row, organization, role))).toBe(operations.includes('C') ? 1 : FORBIDDEN);

      const seen = await expectedIds(row, organization, role);
      const canChange = row.changeable === undefined ? 'true' : conditionOf(row.changeable, organization, role);
      const changeable = await own(`select ${row.id}::text as id from ${sourceOf(row, organization)} where ${canChange}`);
      const owned =
        changes === 'own' && /[UD]/.test(operations)
          ? await own(`select id::text from ${sourceOf(row, organization)} where ${ownRows(row, organization, role)}`)
          : seen;
      const first = seen.find((id) => changeable.includes(id) && owned.includes(id));
      const target = changes === 'self' ? organization.users[role] : first;
      const update = `update ${row.table} set ${row.update} where ${row.id}::text = '${target}'`;
      expect(await attempt(row, organization, role, update)).toBe(operations.includes('U') ? 1 : FORBIDDEN);
      // A row of somebody else, which is read and not changed.
      const another =
        changes === 'self' ? organization.users[role === 'admin' ? 'member' : 'admin'] : seen.find((id) => !owned.includes(id));
      if (changes !== 'all') {
        expect(another).toBeDefined();
        for (const [operation, text] of [
          ['U', `update ${row.table} set ${row.update} where ${row.id} = '${another}'`],
          ['D', `delete from ${row.table} where ${row.id} = '${another}'`],
        ] as const) {
          expect(await attempt(row, organization, role, text)).toBe(operations.includes(operation) ? 0 : FORBIDDEN);
        }
      }
      const removed = await attempt(
        row,
        organization,
        role,
        `delete from ${row.table} where ${row.id}::text = '${first}' and ${canChange}`,
      );
      expect(removed).toBe(operations.includes('D') ? 1 : FORBIDDEN);
    });

    test.each(BASE_ROLES)('%s changes nothing of others', async (role) => {
      for (const other of others) {
        for (const schema of new Set(row.kind === 'tenant' ? [other.home, organization.home] : ['app'])) {
          expect([0, FORBIDDEN]).toContain(
            await attempt(row, organization, role, `update ${schema}.${row.table} set ${row.update} where ${otherRows(row, other)}`),
          );
          expect([0, FORBIDDEN]).toContain(
            await attempt(row, organization, role, `delete from ${schema}.${row.table} where ${otherRows(row, other)}`),
          );
        }
        if (row.kind === 'tenant') {
          const planted = insertOf(row, organization).replace(
            /\((.*?)\) values \((.*)\)$/,
            `(organization_id, $1) values ('${other.id}', $2)`,
          );
          expect(await attempt(row, organization, role, planted)).toBe(FORBIDDEN);
        }
      }
    });
  });
});

function closed(outcome: number | string): boolean {
  return outcome === FORBIDDEN;
}

/** The condition that finds another organization's rows of a table. */
function otherRows(row: MatrixRow, other: FixtureOrganization): string {
  switch (row.table) {
    case 'regions':
    case 'permissions':
    case 'role_permissions':
      return 'false'; // The same for everyone.
    case 'organizations':
      return `id = '${other.id}'`;
    case 'users':
      return `id = '${other.users.admin}'`;
    default:
      return `organization_id = '${other.id}'`;
  }
}

test('every table and view of the schema has a row in the matrix', async () => {
  const { rows } = await database.operator.query<{ name: string }>(
    "select relname as name from pg_class where relnamespace = 'app'::regnamespace and relkind in ('r', 'v', 'm', 'p') order by 1",
  );
  expect(rows.map(({ name }) => name)).toEqual(MATRIX.map(({ table }) => table).sort());
});
