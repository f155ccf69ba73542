import { beforeAll, describe, expect, inject, test } from 'vitest';
import { isSecret, newSecret, SECRET_PREFIXES } from '../../src/auth/secret-tokens.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

interface Key {
  readonly key: string;
  readonly apiKey: { readonly id: string; readonly prefix: string; readonly revokedAt: string | null };
}

const CREATE = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { key apiKey { id prefix revokedAt } } }';
let made = 0;

async function createKey(input: Record<string, unknown>, organization = acme): Promise<Key> {
  const answer = await server.query(persona(organization, 'admin'), CREATE, { input: { name: `key ${(made += 1)}`, ...input } });
  expect(answer.errors).toEqual([]);
  return answer.data.createApiKey as Key;
}

const ask = (key: string, query: string) => server.post({ authorization: `Bearer ${key}` }, JSON.stringify({ query }));

describe('the form of a secret', () => {
  test.each(Object.keys(SECRET_PREFIXES) as (keyof typeof SECRET_PREFIXES)[])('a new %s is recognised by prefix and checksum', (kind) => {
    const secret = newSecret(kind);
    expect(secret).toMatch(/^dx[a-z]_[0-9A-Za-z]{46}$/);
    expect(isSecret(kind, secret)).toBe(true);
    for (let place = 0; place < secret.length; place += 1) {
      const mistyped = `${secret.slice(0, place)}${secret[place] === 'x' ? 'y' : 'x'}${secret.slice(place + 1)}`;
      expect(isSecret(kind, mistyped)).toBe(false);
    }
  });
});

describe.each([
  ['shared', acme],
  ['schema', globex],
] as const)('a key of an organization of the %s tier', (_tier, organization) => {
  test('reports and reads what its role may, of its project', async () => {
    const { key, apiKey } = await createKey({ role: 'CI', projectId: organization.project }, organization);
    expect(key.startsWith(apiKey.prefix)).toBe(true);
    const answer = await ask(
      key,
      'mutation { reportTestRun(input: { project: "shop", runKey: "by key", results: [{ name: "a", outcome: PASSED }] }) { receipt { passed } } }',
    );
    expect(answer.data).toEqual({ reportTestRun: { receipt: { passed: 1 } } });
    expect((await ask(key, '{ projects { nodes { slug } } }')).data).toEqual({ projects: { nodes: [{ slug: 'shop' }] } });
    const { rows } = await database.operator.query(
      `select distinct actor from ${organization.home}.audit_logs where target_type = 'test_runs' and actor like 'key:%'`,
    );
    expect(rows).toEqual([{ actor: `key:${apiKey.id}` }]);
  });

  test('is narrowed to its scopes', async () => {
    const { key } = await createKey({ role: 'DEVELOPER', scopes: ['projects:read'] }, organization);
    expect((await ask(key, '{ projects { totalCount } me { permissions } }')).data).toEqual({
      projects: { totalCount: 2 },
      me: { permissions: ['projects:read'] },
    });
    expect((await ask(key, '{ defects { totalCount } tests { totalCount } }')).data).toEqual({
      defects: { totalCount: 0 },
      tests: { totalCount: 0 },
    });
    expectError(
      await ask(key, `mutation { updateDefect(input: { id: "${organization.defect}", patch: { title: "x" } }) { defect { id } } }`),
      'NOT_FOUND',
    );
  });
});

describe('a key', () => {
  test('is refused from the next request on when it is revoked, deleted or expired, and when its project is gone', async () => {
    for (const end of [
      (id: string) => server.query(persona(acme, 'admin'), `mutation { revokeApiKey(input: { id: "${id}" }) { apiKey { revokedAt } } }`),
      (id: string) => server.query(persona(acme, 'admin'), `mutation { deleteApiKey(input: { id: "${id}" }) { apiKey { id } } }`),
      (id: string) => database.operator.query("update app.api_keys set expires_at = now() - interval '1 s' where id = $1", [id]),
    ]) {
      const { key, apiKey } = await createKey({ role: 'MEMBER' });
      expect((await ask(key, '{ projects { totalCount } }')).errors).toEqual([]);
      const ended = await end(apiKey.id);
      if ('errors' in ended) expect(ended.errors).toEqual([]);
      expectError(await ask(key, '{ projects { totalCount } }'), 'UNAUTHENTICATED');
    }
  });

  test('notes its last use, once a minute', async () => {
    const { key, apiKey } = await createKey({ role: 'MEMBER' });
    const lastUse = async () =>
      (
        await database.operator.query<{ at: string; xmin: string }>(
          'select last_used_at as at, xmin::text from app.api_keys where id = $1',
          [apiKey.id],
        )
      ).rows[0];
    expect((await lastUse())?.at).toBeNull();
    await ask(key, '{ __typename }');
    const first = await lastUse();
    expect(first?.at).not.toBeNull();
    await ask(key, '{ __typename }');
    expect(await lastUse()).toEqual(first);
    await database.operator.query("update app.api_keys set last_used_at = now() - interval '61 s' where id = $1", [apiKey.id]);
    await ask(key, '{ __typename }');
    expect((await lastUse())?.at).not.toEqual(first?.at);
  });

  test('is kept as a hash only', async () => {
    const { key } = await createKey({ role: 'MEMBER' });
    for (const table of ['app.api_keys', 'app_private.api_key_hashes', 'app.audit_logs']) {
      const { rows } = await database.operator.query(`select from ${table} as t where t::text like '%' || $1 || '%'`, [key.slice(8)]);
      expect(rows).toEqual([]);
    }
    expect(server.log.join('\n')).not.toContain(key.slice(8));
  });

  test.each([
    ['mistyped', 'dxk_0000000000000000000000000000000000000000000000'],
    ['cut off', 'dxk_'],
    ['of the right form, but never made', newSecret('apiKey')],
  ])('that is %s is refused', async (_what, key) => {
    expectError(await ask(key, '{ __typename }'), 'UNAUTHENTICATED');
  });

  test.each([
    ['an unknown scope', { role: 'CI', scopes: ['everything:write'] }],
    ['a scope beyond its role', { role: 'MEMBER', scopes: ['defects:write'] }],
    ['a project of another organization', { role: 'CI', projectId: globex.project }],
    ['an expiry in the past', { role: 'CI', expiresAt: '2020-01-01T00:00:00Z' }],
    ['an expiry far away', { role: 'CI', expiresAt: '2100-01-01T00:00:00Z' }],
  ])('with %s is not made', async (_what, input) => {
    expectError(await server.query(persona(acme, 'admin'), CREATE, { input: { name: 'refused', ...input } }), 'BAD_USER_INPUT');
  });
});

describe('a role of the organization’s own', () => {
  const triager = { ...persona(acme, 'developer') };
  beforeAll(async () => {
    await database.operator.query('update app.organization_members set role_id = $2 where organization_id = $1 and user_id = $3', [
      acme.id,
      acme.role,
      acme.users.developer,
    ]);
  });
  const UPDATE = 'mutation ($id: UUID!, $patch: DefectPatch!) { updateDefect(input: { id: $id, patch: $patch }) { defect { id } } }';
  const update = (patch: Record<string, unknown>) => server.query(triager, UPDATE, { id: acme.defect, patch });

  test('narrows what its base role may do', async () => {
    expect((await update({ status: 'TRIAGED' })).errors).toEqual([]);
    expectError(await update({ title: 'not mine to change' }), 'FORBIDDEN');
    const seen = await server.query(
      triager,
      '{ defects { totalCount } projects { totalCount } tests { totalCount } auditLogs { totalCount } }',
    );
    expect(seen.data).toEqual({
      defects: { totalCount: 2 },
      projects: { totalCount: 0 },
      tests: { totalCount: 0 },
      auditLogs: { totalCount: 0 },
    });
    const report = await server.query(
      triager,
      'mutation { reportTestRun(input: { project: "shop", runKey: "x", results: [] }) { receipt { passed } } }',
    );
    expectError(report, 'FORBIDDEN');
  });

  test('changes from the next request on', async () => {
    const set = (permissions: string[]) =>
      server.query(
        persona(acme, 'admin'),
        'mutation ($id: UUID!, $p: [String!]!) { setRolePermissions(input: { roleId: $id, permissions: $p }) { role { name } } }',
        {
          id: acme.role,
          p: permissions,
        },
      );
    expect((await set(['projects:read'])).errors).toEqual([]);
    const seen = await server.query(triager, '{ defects { totalCount } projects { totalCount } }');
    expect(seen.data).toEqual({ defects: { totalCount: 0 }, projects: { totalCount: 2 } });
    expectError(await update({ status: 'OPEN' }), 'NOT_FOUND');
    expect((await set(['defects:read', 'defects:triage'])).errors).toEqual([]);
    expect((await update({ status: 'OPEN' })).errors).toEqual([]);
    expectError(await set(['members:write']), 'BAD_USER_INPUT');
    expectError(await set(['no such thing']), 'BAD_USER_INPUT');
  });

  test('gives nobody more than who gives it has', async () => {
    const { rows } = await database.operator.query<{ id: string }>(
      "insert into app.roles (organization_id, name, base_role) values ($1, 'Recruiter', 'admin') returning id",
      [acme.id],
    );
    const recruiter = rows[0]?.id;
    await database.operator.query(
      "insert into app.role_permissions (organization_id, role_id, permission) select $1, $2, unnest(array['members:write', 'roles:write', 'credentials:write'])",
      [acme.id, recruiter],
    );
    const made = await database.operator.query<{ id: string }>(
      'select user_id as id from app.organization_members where organization_id = $1 and user_id <> all ($2) limit 1',
      [acme.id, [acme.users.admin, acme.users.developer, acme.users.ci]],
    );
    const user = made.rows[0]?.id as string;
    await database.operator.query('update app.organization_members set role_id = $2 where organization_id = $1 and user_id = $3', [
      acme.id,
      recruiter,
      user,
    ]);
    const caller = { ...persona(acme, 'admin'), userId: user, actor: `user:${user}` };
    const builtin = await database.operator.query<{ id: string }>(
      "select id from app.roles where name = 'admin' and organization_id is null",
    );
    const promote = await server.query(
      caller,
      'mutation ($u: UUID!, $r: UUID!) { changeMemberRole(input: { userId: $u, roleId: $r }) { member { userId } } }',
      { u: user, r: builtin.rows[0]?.id },
    );
    expectError(promote, 'FORBIDDEN');
    const widen = await server.query(
      caller,
      'mutation ($r: UUID!) { setRolePermissions(input: { roleId: $r, permissions: ["defects:read", "members:write"] }) { role { id } } }',
      { r: recruiter },
    );
    expectError(widen, 'FORBIDDEN');
    const key = await server.query(caller, CREATE, { input: { name: 'too much', role: 'ADMIN' } });
    expectError(key, 'FORBIDDEN');
    expect((await server.query(caller, '{ defects { totalCount } }')).data).toEqual({ defects: { totalCount: 0 } });
  });
});
