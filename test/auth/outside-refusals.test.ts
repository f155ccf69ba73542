import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { ANONYMOUS } from '../../src/database/identity.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useIssuer } from '../support/issuers.ts';
import { type Registered, registrar } from '../support/outside-identities.ts';
import { type GraphQLAnswer, useServer } from '../support/server.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { ALLOW_LOOPBACK_ISSUERS: 'true' });
const directory = useIssuer();
const forger = useIssuer();
const { provider, mapping, ask } = registrar(database, server);

const ME = '{ me { person { id } role } }';
const HEADER = 'x-defectxray-organization';

async function openProvider(organization: typeof acme, input: Record<string, unknown> = {}): Promise<Registered> {
  const made = await provider(organization, directory.url, { createsUsers: true, ...input });
  await mapping(organization, made, 'Developers', 'developer');
  return made;
}

const change = (organization: typeof acme, query: string) => server.query(persona(organization, 'admin'), `mutation { ${query} }`);
const update = (id: string, patch: string) =>
  `updateIdentityProvider(input: { id: "${id}", patch: { ${patch} } }) { identityProvider { id } }`;
const sql = (text: string, values: unknown[]) => database.operator.query(text, values);

describe('a first token that is refused says what to change', () => {
  test.each<[string, Record<string, unknown>, Record<string, unknown>, RegExp]>([
    ['no group is mapped', {}, { groups: ['Others'] }, /No group of the token is mapped/],
    ['it has no groups', {}, {}, /No group of the token is mapped/],
    ['the groups were left out', {}, { _claim_names: { groups: 'src1' } }, /left the groups out.*app roles/],
    ['the groups were left out, in the implicit flow', {}, { hasgroups: true }, /left the groups out/],
    ['nobody is made', { createsUsers: false }, { groups: ['Developers'] }, /no member of the organization/],
    ['the audience is another', {}, { groups: ['Developers'], aud: 'api://elsewhere' }, /fits the token's issuer, audience/],
    ['the issuer is another', {}, { groups: ['Developers'], iss: 'https://elsewhere.example' }, /fits the token's issuer/],
    ['it has expired', {}, { groups: ['Developers'], exp: 1_000 }, /expired/],
    ['it has no subject', {}, { groups: ['Developers'], sub: undefined }, /"sub"/],
  ])('%s', async (_what, input, claims, message) => {
    const open = await openProvider(acme, input);
    const { aud, ...others } = { sub: randomUUID(), aud: open.audience, ...claims };
    const answer = await ask(await directory.token(aud as string, others), ME);
    expect(answer.status).toBe(401);
    expect(expectError(answer, 'UNAUTHENTICATED').message).toMatch(message);
  });

  test('the provider makes users and maps no group', async () => {
    const { audience } = await provider(acme, directory.url, { createsUsers: true });
    const answer = await ask(await directory.token(audience, { sub: randomUUID(), groups: ['Developers'] }), ME);
    expect(expectError(answer, 'UNAUTHENTICATED').message).toMatch(/maps no group to a role/);
  });

  test('but where groups were left out an app role is enough', async () => {
    const open = await openProvider(acme);
    const token = await directory.token(open.audience, { sub: randomUUID(), roles: ['Developers'], _claim_names: { groups: 'src1' } });
    expect((await ask(token, ME)).data?.me.role).toBe('DEVELOPER');
  });
});

describe.each([
  ['shared', acme],
  ['schema', globex],
] as const)('in the %s tier a token that was accepted is refused from the next request on', (_tier, organization) => {
  test.each<[string, (made: Registered, user: string) => Promise<unknown>, string?]>([
    ['its provider is switched off', ({ id }) => change(organization, update(id, 'isEnabled: false'))],
    ['its provider has another audience', ({ id }) => change(organization, update(id, 'audience: "api://next"'))],
    [
      'its provider is deleted',
      ({ id }) => change(organization, `deleteIdentityProvider(input: { id: "${id}" }) { identityProvider { id } }`),
    ],
    [
      'its groups are mapped no more',
      async ({ id }) => {
        const { rows } = await sql('select id from app.group_mappings where provider_id = $1', [id]);
        const others = `createGroupMapping(input: { groupMapping: { providerId: "${id}", groupName: "x", roleId: "${organization.role}" } }) { groupMapping { id } }`;
        return change(organization, `${others} deleteGroupMapping(input: { id: "${rows[0].id}" }) { groupMapping { id } }`);
      },
    ],
    ['the membership is removed', (_, user) => change(organization, `removeMember(input: { userId: "${user}" }) { member { userId } }`)],
    ['the person is deactivated', (_, user) => sql('update app.users set is_active = false where id = $1', [user])],
    ['the person is deleted', (_, user) => sql('update app.users set deleted_at = now() where id = $1', [user])],
    ['the organization is deleted', () => sql('update app.organizations set deleted_at = now() where id = $1', [organization.id])],
  ])('when %s', async (_what, end) => {
    const open = await openProvider(organization);
    const token = await directory.token(open.audience, { sub: randomUUID(), groups: ['Developers'] });
    const before = await ask(token, ME);
    expect(before.errors).toEqual([]);
    const ended = (await end(open, before.data.me.person.id as string)) as Partial<GraphQLAnswer>;
    expect(ended.errors ?? []).toEqual([]);
    expectError(await ask(token, ME), 'UNAUTHENTICATED');
    expectError(await ask(token, '{ __typename }'), 'UNAUTHENTICATED');
    await sql('update app.organizations set deleted_at = null where id = $1', [organization.id]);
  });

  test('a caller whose provider ends between recognition and transaction is refused by the database', async () => {
    const { id } = await openProvider(organization);
    const userId = organization.users.developer;
    const caller = { ...persona(organization, 'developer'), credential: { kind: 'provider', id } as const };
    const attempt = (who = caller) => database.as(who, async () => undefined);
    await expect(attempt()).rejects.toMatchObject({ code: 'DX401' });
    await sql('insert into app.user_identities (organization_id, provider_id, subject, user_id) values ($1, $2, $3, $4)', [
      organization.id,
      id,
      randomUUID(),
      userId,
    ]);
    await attempt();
    const other = organization === acme ? globex : acme;
    await expect(attempt({ ...caller, organizationId: other.id, userId: other.users.developer })).rejects.toMatchObject({ code: 'DX401' });
    await expect(attempt({ ...caller, userId: organization.users.admin, role: 'admin' })).rejects.toMatchObject({ code: 'DX401' });
    await sql('update app.identity_providers set is_enabled = false where id = $1', [id]);
    await expect(attempt()).rejects.toMatchObject({ code: 'DX401' });
  });
});

test('while an organization is upgraded nobody is made in it', async () => {
  const open = await openProvider(globex);
  const sub = randomUUID();
  const token = await directory.token(open.audience, { sub, groups: ['Developers'] });
  await sql("update app_private.tenant_schemas set version = '2000' where name = $1", [globex.home]);
  expectError(await ask(token, ME), 'UNAVAILABLE');
  expect((await sql('select from app.user_identities where subject = $1', [sub])).rows).toEqual([]);
  await sql("update app_private.tenant_schemas set version = (select version from app_private.tenant_schemas where name = 'app')", []);
  expect((await ask(token, ME)).errors).toEqual([]);
});

describe('keys that another organization has entered for the same issuer', () => {
  test('give nothing but what is its own', async () => {
    const mine = await openProvider(acme);
    const sub = randomUUID();
    const claims = { sub, groups: ['Developers'], email: 'auditor@acme.example', email_verified: true };
    const genuine = await directory.token(mine.audience, claims);
    const me = (await ask(genuine, ME)).data.me.person.id as string;

    const theirs = await openProvider(globex, { audience: mine.audience, jwksUri: `${forger.url}/jwks` });
    await sql('update app.identity_providers set is_enabled = $2 where id = $1', [theirs.id, true]);
    const forged = await directory.token(mine.audience, claims, forger);
    const answer = await ask(forged, '{ me { person { id } organization { slug } } projects { nodes { id } } }');
    expect(answer.errors).toEqual([]);
    expect(answer.data.me.organization).toEqual({ slug: 'globex' });
    expect(answer.data.me.person.id).not.toBe(me);
    expect(JSON.stringify(answer.data.projects)).not.toContain(acme.project);
    expectError(await ask(forged, ME, { [HEADER]: 'acme' }), 'UNAUTHENTICATED');
    expectError(await ask(forged, ME, { [HEADER]: acme.id }), 'UNAUTHENTICATED');
    // And what is signed by the issuer's own keys is ours as before, though the other knows the subject as well by now.
    const still = await ask(genuine, '{ me { person { id } organization { slug } } }');
    expect(still.data.me).toEqual({ person: { id: me }, organization: { slug: 'acme' } });
    expectError(await ask(genuine, ME, { [HEADER]: 'globex' }), 'UNAUTHENTICATED');
  });
});

describe('where several organizations have entered the issuer and audience', () => {
  test('who is known to one is of that one; another has to say which', async () => {
    const mine = await openProvider(acme);
    const known = await directory.token(mine.audience, { sub: randomUUID(), groups: ['Developers'] });
    const me = (await ask(known, ME)).data.me.person.id as string;
    await openProvider(globex, { audience: mine.audience });
    expect((await ask(known, ME)).data?.me.person.id).toBe(me);

    const unknown = await directory.token(mine.audience, { sub: randomUUID(), groups: ['Developers'] });
    expect(expectError(await ask(unknown, ME), 'UNAUTHENTICATED').message).toContain('X-DefectXray-Organization');
    const ORGANIZATION = '{ me { organization { slug } } }';
    expect((await ask(unknown, ORGANIZATION, { [HEADER]: 'globex' })).data?.me.organization).toEqual({ slug: 'globex' });
    expect((await ask(unknown, ORGANIZATION)).data?.me.organization).toEqual({ slug: 'globex' });
    expect((await ask(unknown, ORGANIZATION, { [HEADER]: acme.id })).data?.me.organization).toEqual({ slug: 'acme' });
    // Known to both by now.
    expectError(await ask(unknown, ORGANIZATION), 'UNAUTHENTICATED');
  });

  test.each(['initech', 'nowhere', '', "' or true --", 'acme, globex', 'x'.repeat(100), randomUUID()])(
    'the header only narrows: "%s" gives nothing',
    async (organization) => {
      const mine = await openProvider(acme);
      const token = await directory.token(mine.audience, { sub: randomUUID(), groups: ['Developers'] });
      expectError(await ask(token, ME, { [HEADER]: organization }), 'UNAUTHENTICATED');
      expect((await ask(token, ME)).errors).toEqual([]);
    },
  );
});

describe('what a person may do beyond the organization needs a session of their own', () => {
  const asMember = async (organization: typeof acme, role: 'member' | 'admin') => {
    const { audience } = await provider(organization, directory.url);
    const claims = { sub: randomUUID(), email: `${role}@${organization.slug}.example`, email_verified: true };
    return directory.token(audience, claims);
  };

  test.each([
    ['switch to another organization', 'switchOrganization(input: { organization: "initech" }) { accessToken }', 'UNAUTHENTICATED'],
    [
      'change the password',
      'changePassword(input: { currentPassword: "a fine long password", newPassword: "another fine password" }) { done }',
      'FORBIDDEN',
    ],
    ['sign out everywhere', 'signOutEverywhere(input: {}) { endedSessions }', 'FORBIDDEN'],
    ['rename the account', `updateUser(input: { id: "$user", patch: { name: "Forged" } }) { user { name } }`, 'NOT_FOUND'],
    ['end a session of another organization', 'revokeSession(input: { id: "$session" }) { session { id } }', 'NOT_FOUND'],
  ] as const)('to %s', async (_what, mutation, code) => {
    const user = acme.users.member;
    // The same person is a member of another organization.
    await sql(
      `insert into app.organization_members (organization_id, user_id, role_id) select $1, $2, id from app.roles
       where name = 'member' and organization_id is null on conflict do nothing`,
      [initech.id, user],
    );
    const { rows } = await sql(
      "insert into app.sessions (organization_id, user_id, expires_at) values ($1, $2, now() + interval '1 day') returning id",
      [initech.id, user],
    );
    const token = await asMember(acme, 'member');
    expect((await ask(token, ME)).data?.me.person.id).toBe(user);
    const text = `mutation { ${mutation.replace('$user', user).replace('$session', rows[0].id as string)} }`;
    expectError(await ask(token, text), code);
    const after = await sql('select u.name, s.revoked_at from app.users as u join app.sessions as s on s.user_id = u.id where s.id = $1', [
      rows[0].id,
    ]);
    expect(after.rows).toEqual([{ name: 'member of acme', revoked_at: null }]);
  });

  test('and sessions of others are not seen', async () => {
    const { rows } = await sql(
      "insert into app.sessions (organization_id, user_id, expires_at) values ($1, $2, now() + interval '1 day') returning id",
      [initech.id, acme.users.admin],
    );
    const seen = await ask(await asMember(acme, 'admin'), '{ sessions(first: 1000) { nodes { id } } me { session { id } } }');
    expect(seen.errors).toEqual([]);
    expect(JSON.stringify(seen.data)).not.toContain(rows[0].id);
    expect(seen.data.me.session).toBeNull();
  });

  test('by SQL as well', async () => {
    const { id } = await provider(acme, directory.url);
    await sql('insert into app.user_identities (organization_id, provider_id, subject, user_id) values ($1, $2, $3, $4)', [
      acme.id,
      id,
      randomUUID(),
      acme.users.engineer,
    ]);
    const engineer = persona(acme, 'engineer');
    const rename = (caller: typeof engineer) =>
      database.as(caller, async (client) => (await client.query("update users set name = 'x' where id = $1", [engineer.userId])).rowCount);
    expect(await rename(engineer)).toBe(1);
    expect(await rename({ ...engineer, credential: { kind: 'provider', id } })).toBe(0);
  });
});

test('nobody asks the functions of the sign-in but the API itself', async () => {
  for (const who of [ANONYMOUS, persona(acme, 'admin')]) {
    for (const call of [
      "app_private.outside_candidates('x', '{x}', 'x', null)",
      `app_private.sign_in_by_provider('${acme.id}', '${acme.provider}', 'someone', now(), '{Developers}', false, null, null, 'x', '', null, null, '')`,
      `app_private.identify_person('${acme.provider}', 'x', null, null, 'x', true, '${acme.role}')`,
    ]) {
      await expect(database.as(who, (client) => client.query(`select ${call}`))).rejects.toMatchObject({ code: '42501' });
    }
  }
});
