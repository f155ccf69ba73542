import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import type { Principal } from '../../src/database/identity.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { registrar } from '../support/outside-identities.ts';
import { useServer } from '../support/server.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const { provider, mapping, trust, roleId } = registrar(database, server);

const ISSUER = 'https://directory.example';
const CREATE =
  'mutation ($provider: IdentityProviderInput!) { createIdentityProvider(input: { identityProvider: $provider }) { identityProvider { id } } }';
const create = (input: Record<string, unknown>, who: Principal = persona(acme, 'admin')) =>
  server.query(who, CREATE, { provider: { name: randomUUID(), issuer: ISSUER, audience: randomUUID(), ...input } });
const map = (input: Record<string, unknown>, who: Principal = persona(acme, 'admin')) =>
  server.query(
    who,
    'mutation ($mapping: GroupMappingInput!) { createGroupMapping(input: { groupMapping: $mapping }) { groupMapping { id } } }',
    { mapping: { groupName: randomUUID(), ...input } },
  );

describe('an identity provider is registered', () => {
  test.each<Record<string, unknown>>([
    { issuer: 'https://login.microsoftonline.com/833ced3d-cb2e-41de-92f1-29e2af035ddc/v2.0' },
    { issuer: 'https://sts.windows.net/833ced3d-cb2e-41de-92f1-29e2af035ddc/' },
    { issuer: 'https://acme.okta.com/oauth2/default', audience: 'api://default' },
    { issuer: 'https://keycloak.example:8443/realms/acme', groupClaim: 'realm_access.roles' },
    { issuer: 'http://localhost:8080', audience: 'My API' },
    { jwksUri: 'https://acme.b2clogin.example/discovery/v2.0/keys?p=policy' },
  ])('%j', async (input) => {
    expect((await create(input)).errors).toEqual([]);
  });

  test.each<[string, Record<string, unknown>]>([
    ...[
      'http://directory.example',
      'ftp://directory.example',
      'https://',
      'https:///x',
      'https://user@directory.example',
      'https://directory.example?x',
      'https://directory.example/#x',
      'https://directory.example\\x',
      'https://directory.example/ x',
      'https://directory.example/é',
      'http://localhost.example',
      'http://127.0.0.1@directory.example',
      `https://directory.example/${'x'.repeat(500)}`,
      '',
    ].map((issuer): [string, Record<string, unknown>] => ['issuer', { issuer }]),
    ['audience', { audience: 'x'.repeat(501) }],
    ['audience', { audience: 'x\n' }],
    ['jwksUri', { jwksUri: 'https://user:password@directory.example' }],
    ['jwksUri', { jwksUri: 'https://directory.example/keys#x' }],
    ['groupClaim', { groupClaim: '' }],
    ['name', { name: '' }],
  ])('but not with a wrong %s: %j', async (field, input) => {
    const { extensions, message } = expectError(await create(input), 'BAD_USER_INPUT');
    expect(extensions.fields).toEqual([field]);
    expect(message).toMatch(/characters|begins with https/);
  });

  test('once with an issuer and audience, and once under a name', async () => {
    const made = await provider(acme, ISSUER, { name: 'Once' });
    expect(expectError(await create({ audience: made.audience }), 'BAD_USER_INPUT').message).toMatch(/issuer and audience already/);
    expect(expectError(await create({ name: 'Once' }), 'BAD_USER_INPUT').message).toMatch(/of this name already/);
    // Another organization may, and is told nothing of it.
    expect((await create({ audience: made.audience, name: 'Once' }, persona(globex, 'admin'))).errors).toEqual([]);
  });

  test('and keeps its issuer', async () => {
    const { id } = await provider(acme, ISSUER);
    const answer = await server.query(
      persona(acme, 'admin'),
      `mutation { updateIdentityProvider(input: { id: "${id}", patch: { issuer: "https://x.example" } }) { identityProvider { id } } }`,
    );
    expectError(answer, 'BAD_USER_INPUT');
  });
});

describe('a group is mapped', () => {
  test('to a role of the organization, or to a built-in one for people', async () => {
    const { id } = await provider(acme, ISSUER);
    expect((await map({ providerId: id, roleId: acme.role })).errors).toEqual([]);
    expect((await map({ providerId: id, roleId: await roleId('admin') })).errors).toEqual([]);
    expect(expectError(await map({ providerId: id, roleId: await roleId('ci') }), 'BAD_USER_INPUT').message).toMatch(/for machines/);
    for (const role of [globex.role, randomUUID()]) {
      expect(expectError(await map({ providerId: id, roleId: role }), 'BAD_USER_INPUT').message).toBe(
        'The roleId names nothing that exists.',
      );
    }
  });

  test('once, of a provider of the organization', async () => {
    const made = await provider(acme, ISSUER);
    await mapping(acme, made, 'QA', 'member');
    const again = await map({ providerId: made.id, groupName: 'QA', roleId: acme.role });
    expect(expectError(again, 'BAD_USER_INPUT').message).toBe('The group is mapped already.');
    for (const providerId of [globex.provider, randomUUID()]) {
      expectError(await map({ providerId, roleId: acme.role }), 'BAD_USER_INPUT');
    }
  });

  test('to a role that is then not deleted', async () => {
    const { id } = await provider(acme, ISSUER);
    await map({ providerId: id, roleId: acme.role });
    const gone = await server.query(persona(acme, 'admin'), `mutation { deleteRole(input: { id: "${acme.role}" }) { role { id } } }`);
    expectError(gone, 'CONFLICT');
  });
});

test('an administrator without credentials:write changes none of it', async () => {
  const { rows } = await database.operator.query<{ id: string }>(
    "insert into app.roles (organization_id, name, base_role) values ($1, 'No keeper', 'admin') returning id",
    [acme.id],
  );
  await database.operator.query(
    `insert into app.role_permissions (organization_id, role_id, permission)
     select $1, $2, p.permission from app.role_permissions as p join app.roles as r on r.id = p.role_id
     where r.organization_id is null and r.name = 'admin' and p.permission <> 'credentials:write'`,
    [acme.id, rows[0]?.id],
  );
  await database.operator.query('update app.organization_members set role_id = $2 where organization_id = $1 and user_id = $3', [
    acme.id,
    rows[0]?.id,
    acme.users.auditor,
  ]);
  const who: Principal = { ...persona(acme, 'auditor'), role: 'admin' };
  const attempt = (text: string) =>
    database.as(who, (client) =>
      client.query(text).then(
        ({ rowCount }) => rowCount,
        (error: { code: string }) => error.code,
      ),
    );
  for (const insert of [
    "identity_providers (name, issuer, audience) values ('x', 'https://x.example', 'x')",
    `group_mappings (provider_id, group_name, role_id) values ('${acme.provider}', 'x', '${acme.role}')`,
    `ci_trusts (project_id, name, issuer, audience, subject_pattern) values ('${acme.project}', 'x', 'https://x.example', 'x', 'repo:a/b:*')`,
  ]) {
    expect(await attempt(`insert into ${insert}`)).toBe('42501');
  }
  for (const table of ['identity_providers', 'group_mappings', 'user_identities', 'ci_trusts']) {
    expect(await attempt(`select from ${table}`)).toBeGreaterThan(0);
    expect(await attempt(`delete from ${table}`)).toBe(0);
  }
  for (const change of [
    'identity_providers set is_enabled = false',
    'group_mappings set position = 1',
    'ci_trusts set is_enabled = false',
  ]) {
    expect(await attempt(`update ${change}`)).toBe(0);
  }
});

describe('an administrator without every permission', () => {
  let lesser: Principal;
  let full: string;
  beforeAll(async () => {
    const { rows } = await database.operator.query<{ id: string }>(
      "insert into app.roles (organization_id, name, base_role) values ($1, 'Keeper of credentials', 'admin') returning id",
      [acme.id],
    );
    full = await roleId('admin');
    await database.operator.query(
      `insert into app.role_permissions (organization_id, role_id, permission)
       select $1::uuid, $2::uuid, 'credentials:write' union all
       select $1, $2, permission from app.role_permissions where role_id = $3`,
      [acme.id, rows[0]?.id, await roleId('analyst')],
    );
    await database.operator.query('update app.organization_members set role_id = $2 where organization_id = $1 and user_id = $3', [
      acme.id,
      rows[0]?.id,
      acme.users.engineer,
    ]);
    lesser = { ...persona(acme, 'engineer'), role: 'admin' };
  });
  const ask = (query: string) => server.query(lesser, `mutation { ${query} }`);

  test('does not say who calls, which could be anyone', async () => {
    expectError(await create({}, lesser), 'FORBIDDEN');
    const { id } = await provider(acme, ISSUER);
    const update = (patch: string) =>
      ask(`updateIdentityProvider(input: { id: "${id}", patch: { ${patch} } }) { identityProvider { id } }`);
    for (const patch of [
      'jwksUri: "https://mine.example"',
      'createsUsers: true',
      'groupClaim: "x"',
      'isEnabled: false, audience: "mine"',
    ]) {
      expectError(await update(patch), 'FORBIDDEN');
    }
    expect((await update('isEnabled: false')).errors).toEqual([]);
    expectError(await update('isEnabled: true'), 'FORBIDDEN');
    expect((await ask(`deleteIdentityProvider(input: { id: "${id}" }) { identityProvider { id } }`)).errors).toEqual([]);
  });

  test('gives groups no role beyond their own, by no change of the mappings', async () => {
    const made = await provider(acme, ISSUER);
    expectError(await map({ providerId: made.id, roleId: full }, lesser), 'FORBIDDEN');
    expect((await map({ providerId: made.id, roleId: await roleId('analyst') }, lesser)).errors).toEqual([]);
    const admins = await mapping(acme, made, 'Admins', 'admin', 2);
    const update = (patch: string) => ask(`updateGroupMapping(input: { id: "${admins}", patch: { ${patch} } }) { groupMapping { id } }`);
    expectError(await update('groupName: "Everyone"'), 'FORBIDDEN');
    expectError(await update('position: 0'), 'FORBIDDEN');
    const before = await mapping(acme, made, 'Contractors', 'member', 1);
    // Who is in both groups would be an administrator without it.
    expectError(await ask(`deleteGroupMapping(input: { id: "${before}" }) { groupMapping { id } }`), 'FORBIDDEN');
  });

  test('trusts no CI beyond their own permissions, and may switch a trust off', async () => {
    const narrow = { name: randomUUID(), projectId: acme.project, issuer: ISSUER, audience: 'x', subjectPattern: 'repo:acme/web:*' };
    const createTrust = (input: object) =>
      server.query(lesser, 'mutation ($trust: CiTrustInput!) { createCiTrust(input: { ciTrust: $trust }) { ciTrust { id } } }', {
        trust: { ...narrow, ...input },
      });
    expectError(await createTrust({}), 'FORBIDDEN');
    expect((await createTrust({ scopes: ['projects:read'] })).errors).toEqual([]);
    const { id } = await trust(acme, ISSUER, 'repo:acme/web:*');
    const update = (patch: string) => ask(`updateCiTrust(input: { id: "${id}", patch: { ${patch} } }) { ciTrust { id } }`);
    expectError(await update('subjectPattern: "repo:mine/web:*"'), 'FORBIDDEN');
    expect((await update('isEnabled: false')).errors).toEqual([]);
    expectError(await update('isEnabled: true'), 'FORBIDDEN');
  });
});
