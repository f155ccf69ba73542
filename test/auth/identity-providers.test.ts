import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { expectError } from '../http/answers.ts';
import { waitForLock, whileLocked } from '../http/locks.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useIssuer } from '../support/issuers.ts';
import { type Registered, registrar } from '../support/outside-identities.ts';
import { useServer } from '../support/server.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { ALLOW_LOOPBACK_ISSUERS: 'true' });
const directory = useIssuer();
const { provider, mapping, ask } = registrar(database, server);

const ME = '{ me { person { id name email } role } }';
const now = () => Math.floor(Date.now() / 1_000);

async function rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await database.operator.query(text, values)).rows as Row[];
}

/** An identity provider that makes users of the groups Developers and Admins. */
async function openProvider(organization: typeof acme, input: Record<string, unknown> = {}): Promise<Registered> {
  const made = await provider(organization, directory.url, { createsUsers: true, ...input });
  await mapping(organization, made, 'Admins', 'admin', 1);
  await mapping(organization, made, 'Developers', 'developer', 2);
  return made;
}

const tiers = [
  { tier: 'shared', organization: acme, others: [initech, globex] },
  { tier: 'schema', organization: globex, others: [acme, initech] },
];

describe.each(tiers)('a person of an organization of the $tier tier', ({ organization, others }) => {
  test('becomes a member with the first token, in the role of the group, and of this organization only', async () => {
    const { id, audience } = await openProvider(organization);
    const claims = { sub: randomUUID(), groups: ['Others', 'Developers'], name: 'Ada Byron', email: 'ada@elsewhere.example' };
    const answer = await ask(await directory.token(audience, claims), ME);
    expect(answer.errors).toEqual([]);
    const { person, role } = answer.data.me;
    expect({ ...person, role }).toEqual({ id: person.id, name: 'Ada Byron', email: 'ada@elsewhere.example', role: 'DEVELOPER' });
    const audited = await rows(
      `select target_type, action, user_id from ${organization.home}.audit_logs where actor = $1 order by target_type`,
      [`provider:${id}`],
    );
    expect(audited).toEqual([
      { target_type: 'organization_members', action: 'insert', user_id: null },
      { target_type: 'people', action: 'insert', user_id: null },
      { target_type: 'user_identities', action: 'insert', user_id: null },
    ]);

    const token = await directory.token(audience, claims);
    const seen = await ask(token, '{ projects(first: 100) { nodes { id } } people(first: 100) { nodes { id } } }');
    expect(seen.data.projects.nodes.map(({ id: project }: { id: string }) => project).sort()).toEqual(
      [organization.project, organization.otherProject].sort(),
    );
    for (const other of others) {
      expect(JSON.stringify(seen.data)).not.toContain(other.users.admin);
      expect((await ask(token, `{ project(id: "${other.project}") { id } }`)).data).toEqual({ project: null });
    }
    const rename = await ask(
      token,
      `mutation { updateDefect(input: { id: "${organization.defect}", patch: { title: "Mine" } }) { defect { id } } }`,
    );
    expect(rename.errors).toEqual([]);
    const [written] = await rows<{ actor: string; user_id: string }>(
      `select actor, user_id from ${organization.home}.audit_logs where target_id = $1 order by id desc limit 1`,
      [organization.defect],
    );
    expect(written).toEqual({ actor: `user:${person.id}:provider:${id}`, user_id: person.id });
    expect(server.log.join('\n')).not.toContain(token.slice(-40));
  });

  test('has another role with the next token of other groups; an older one does not bring it back', async () => {
    const { id, audience } = await openProvider(organization);
    const sub = randomUUID();
    const role = async (groups: string[], iat: number) =>
      (await ask(await directory.token(audience, { sub, groups, iat }), ME)).data.me.role;
    expect(await role(['Developers'], now() - 100)).toBe('DEVELOPER');
    expect(await role(['Admins', 'Developers'], now() - 50)).toBe('ADMIN');
    expect(await role(['Developers'], now() - 60)).toBe('ADMIN');
    expect(await role(['Developers'], now() - 40)).toBe('DEVELOPER');
    // One that says the same is remembered as well.
    expect(await role(['Developers'], now() - 20)).toBe('DEVELOPER');
    expect(await role(['Admins'], now() - 30)).toBe('DEVELOPER');
    const changes = await rows(
      `select from ${organization.home}.audit_logs where actor = $1 and target_type = 'organization_members' and action = 'update'`,
      [`provider:${id}`],
    );
    expect(changes).toHaveLength(2);
    const people = await rows(
      `select role_name from ${organization.home}.people where id = (select user_id from app.user_identities where subject = $1)`,
      [sub],
    );
    expect(people).toEqual([{ role_name: 'developer' }]);
  });

  test('is one, of however many first requests at once', async () => {
    const { id, audience } = await openProvider(organization);
    const claims = { sub: randomUUID(), groups: ['Developers'], email: `${randomUUID()}@elsewhere.example`, email_verified: true };
    const token = await directory.token(audience, claims);
    // Four have all looked for the person before the first of them goes on.
    const { answers: held } = await whileLocked(database, 'app.users', async () => {
      const asked = Array.from({ length: 4 }, () => ask(token, ME));
      await waitForLock(database, 4);
      return { answers: asked };
    });
    const answers = await Promise.all([...held, ...Array.from({ length: 12 }, () => ask(token, ME))]);
    for (const { errors } of answers) expect(errors).toEqual([]);
    expect(new Set(answers.map(({ data }) => data.me.person.id)).size).toBe(1);
    const made = await rows(
      `select target_type from ${organization.home}.audit_logs where actor = $1 and action = 'insert' order by target_type`,
      [`provider:${id}`],
    );
    expect(made.map((row) => (row as { target_type: string }).target_type)).toEqual(['organization_members', 'people', 'user_identities']);
  });

  test('who is a member already is recognised by an e-mail address that the token says is verified, once', async () => {
    const closed = await provider(organization, directory.url);
    const email = `Engineer@${organization.slug}.example`;
    const sub = randomUUID();
    const token = (changes: Record<string, unknown>) => directory.token(closed.audience, { sub, ...changes });
    for (const claims of [{}, { email }, { email, email_verified: false }, { preferred_username: email, email_verified: true }]) {
      expectError(await ask(await token(claims), ME), 'UNAUTHENTICATED');
    }
    const answer = await ask(await token({ email, email_verified: true }), ME);
    expect(answer.errors).toEqual([]);
    expect(answer.data?.me).toMatchObject({ person: { id: organization.users.engineer }, role: 'ENGINEER' });
    // From then on by the subject.
    expect((await ask(await token({}), ME)).data?.me).toMatchObject({ person: { id: organization.users.engineer } });
    const other = await directory.token(closed.audience, { sub: randomUUID(), email, email_verified: true });
    expectError(await ask(other, ME), 'UNAUTHENTICATED');
  });

  test('of another organization is not: who has only the address in common is another', async () => {
    const open = await openProvider(organization);
    for (const other of others) {
      const email = `developer@${other.slug}.example`;
      const answer = await ask(
        await directory.token(open.audience, { sub: randomUUID(), groups: ['Developers'], email, email_verified: true }),
        ME,
      );
      expect(answer.errors).toEqual([]);
      expect(answer.data.me.person.id).not.toBe(other.users.developer);
      const [user] = await rows<{ email_digest: Buffer | null }>('select email_digest from app.users where id = $1', [
        answer.data.me.person.id,
      ]);
      expect(user?.email_digest).toBeNull();
    }
  });
});

describe('a person who is made by a provider', () => {
  test('does not keep an e-mail address from whom it belongs to', async () => {
    const email = `${randomUUID()}@example.com`;
    const open = await openProvider(acme);
    const squatter = await ask(
      await directory.token(open.audience, { sub: 'squatter', groups: ['Developers'], email, email_verified: true }),
      ME,
    );
    expect(squatter.errors).toEqual([]);
    const { roleId } = registrar(database, server);
    const invited = await server.query(
      persona(globex, 'admin'),
      'mutation ($email: String!, $roleId: UUID!) { inviteMember(input: { email: $email, roleId: $roleId }) { token } }',
      { email, roleId: await roleId('member') },
    );
    const accepted = await server.post(
      {},
      JSON.stringify({
        query:
          'mutation ($t: String!) { acceptInvitation(input: { token: $t, name: "Owner", password: "a fine long password" }) { accessToken } }',
        variables: { t: invited.data.inviteMember.token },
      }),
    );
    expect(accepted.errors).toEqual([]);
    const owner = await ask(accepted.data.acceptInvitation.accessToken as string, ME);
    expect(owner.data.me.person.id).not.toBe(squatter.data.me.person.id);
  });

  test('needs no e-mail address and no name, and may have odd ones', async () => {
    const open = await openProvider(acme);
    const me = async (claims: Record<string, unknown>) => {
      const answer = await ask(await directory.token(open.audience, { groups: ['Developers'], ...claims }), ME);
      expect(answer.errors).toEqual([]);
      return answer.data.me.person;
    };
    expect(await me({ sub: 'bare' })).toMatchObject({ name: 'bare', email: null });
    expect(await me({ sub: 'long', email: `${'x'.repeat(240)}@x.example` })).toMatchObject({ name: 'x'.repeat(200) });
    expect(await me({ sub: 'x'.repeat(500) })).toMatchObject({ name: 'x'.repeat(200) });
    expect(await me({ sub: '\u0001' })).toMatchObject({ name: 'Unnamed' });
    expect(await me({ sub: "'; drop table users; --", email: 'ada@x.example', name: '\u0000\n' })).toMatchObject({ name: 'ada' });
  });
});

describe('the last administrator', () => {
  test('stays one, whatever the groups of a token say', async () => {
    const { audience, id } = await openProvider(initech);
    await database.operator.query(
      'insert into app.user_identities (organization_id, provider_id, subject, user_id) values ($1, $2, $3, $4)',
      [initech.id, id, 'last', initech.users.admin],
    );
    const as = async (group: string) => ask(await directory.token(audience, { sub: 'last', groups: [group] }), ME);
    expect(expectError(await as('Developers'), 'UNAUTHENTICATED').message).toMatch(/administrator/);
    expect((await as('Admins')).data?.me.role).toBe('ADMIN');
    const second = await ask(await directory.token(audience, { sub: 'second', groups: ['Admins'] }), ME);
    expect(second.data?.me.role).toBe('ADMIN');
    expect((await as('Developers')).data?.me.role).toBe('DEVELOPER');
  });
});
