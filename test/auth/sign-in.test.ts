import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { Passwords } from '../../src/auth/passwords.ts';
import { newSecret, secretHash } from '../../src/auth/secret-tokens.ts';
import { createOrganization } from '../../src/database/organizations.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { type GraphQLAnswer, useServer } from '../support/server.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const PASSWORD = 'correct horse battery staple';

interface Session {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  readonly organization: string;
  readonly role: string;
}

const FIELDS = 'accessToken refreshToken sessionId organization role expiresAt sessionExpiresAt';
const ask = (token: string | null, query: string, variables: Record<string, unknown> = {}) =>
  server.post(token === null ? {} : { authorization: `Bearer ${token}` }, JSON.stringify({ query, variables }));
const signIn = (email: string, password = PASSWORD, organization?: string) =>
  ask(
    null,
    `mutation ($email: String!, $password: String!, $organization: String) { signIn(input: { email: $email, password: $password, organization: $organization }) { ${FIELDS} } }`,
    { email, password, organization },
  );
const refresh = (refreshToken: string) =>
  ask(null, `mutation ($t: String!) { refreshSession(input: { refreshToken: $t }) { ${FIELDS} } }`, { t: refreshToken });
const me = (token: string) => ask(token, '{ me { person { id name } role permissions session { id } } }');

async function signedIn(email: string): Promise<Session> {
  const answer = await signIn(email);
  expect(answer.errors).toEqual([]);
  return answer.data.signIn as Session;
}

async function rows<Row>(text: string, values: unknown[] = []): Promise<Row[]> {
  return (await database.operator.query(text, values)).rows as Row[];
}

beforeAll(async () => {
  const hash = await new Passwords(2).hash(PASSWORD);
  await database.operator.query('insert into app_private.passwords (user_id, hash) select id, $1 from app.users', [hash]);
});

describe.each([
  ['shared', acme],
  ['schema', globex],
] as const)('signing in to an organization of the %s tier', (_tier, organization) => {
  test('gives tokens of the person, in the role the person has', async () => {
    const session = await signedIn(`Developer@${organization.slug}.example`);
    expect(session).toMatchObject({ organization: organization.slug, role: 'DEVELOPER' });
    const answer = await me(session.accessToken);
    expect(answer.errors).toEqual([]);
    expect(answer.data.me).toMatchObject({
      person: { id: organization.users.developer },
      role: 'DEVELOPER',
      session: { id: session.sessionId },
    });
    expect(answer.data.me.permissions).toContain('defects:write');
    const audited = await rows<{ actor: string }>(
      `select actor from ${organization.home}.audit_logs where target_type = 'sessions' and target_id = $1`,
      [session.sessionId],
    );
    expect(audited).toEqual([{ actor: `user:${organization.users.developer}` }]);
  });
});

describe('a sign-in that fails', () => {
  const WRONG = { code: 'UNAUTHENTICATED', message: 'The e-mail address or the password is wrong.' };
  const outcome = ({ errors }: GraphQLAnswer) => ({ code: errors[0]?.extensions.code, message: errors[0]?.message });

  test.each([
    ['a wrong password', 'analyst@acme.example', 'another password'],
    ['an unknown address', 'nobody@acme.example', PASSWORD],
    ['an empty password', 'auditor@acme.example', ''],
    ['no address at all', '', PASSWORD],
    ['an address with odd characters', '\u0001ﷺ"\'; --@\u202E.example', PASSWORD],
    ['an endless address', `${'x'.repeat(100_000)}@acme.example`, PASSWORD],
  ])('by %s says the same, and is recorded', async (_what, email, password) => {
    const [before] = await rows<{ count: string }>("select count(*) from app_private.security_events where action = 'sign_in_failed'");
    const answer = await signIn(email, password);
    expectError(answer, 'UNAUTHENTICATED');
    expect(outcome(answer)).toEqual(WRONG);
    expect(answer.data?.signIn ?? null).toBeNull();
    const [after] = await rows<{ count: string }>("select count(*) from app_private.security_events where action = 'sign_in_failed'");
    expect(Number(after?.count)).toBe(Number(before?.count) + 1);
  });

  test('takes as long for an unknown address as for a wrong password', async () => {
    const time = async (email: string) => {
      const began = performance.now();
      await signIn(email, 'wrong password');
      return performance.now() - began;
    };
    const median = (values: number[]) => values.sort((a, b) => a - b)[1] as number;
    const [known, unknown] = [[] as number[], [] as number[]];
    for (let round = 0; round < 3; round += 1) {
      known.push(await time('engineer@initech.example'));
      unknown.push(await time(`unknown-${round}@initech.example`));
    }
    // Without the comparison with nobody's hash it takes a tenth.
    expect(median(unknown) / median(known)).toBeGreaterThan(0.6);
    expect(median(unknown) / median(known)).toBeLessThan(1.7);
  });

  test('too often closes the door to the account, known or not, and a while longer each time', async () => {
    for (const email of ['member@initech.example', 'never@initech.example']) {
      for (let attempt = 0; attempt < 5; attempt += 1) expectError(await signIn(email, 'wrong password'), 'UNAUTHENTICATED');
      const refused = expectError(await signIn(email), 'RATE_LIMITED');
      expect(refused.extensions.retryAfter).toSatisfy((seconds: number) => seconds > 5 && seconds <= 15);
      const [{ locked }] = (await rows<{ locked: number }>(
        `update app_private.login_throttles set locked_until = now() - interval '1 second' where kind = 'account' and attempts = 5 returning 1 as locked`,
      )) as [{ locked: number }];
      expect(locked).toBe(1);
      expectError(await signIn(email, 'wrong password'), 'UNAUTHENTICATED');
      expect(expectError(await signIn(email), 'RATE_LIMITED').extensions.retryAfter).toSatisfy(
        (seconds: number) => seconds > 15 && seconds <= 30,
      );
      await database.operator.query("delete from app_private.login_throttles where kind = 'account'");
    }
    await signedIn('member@initech.example');
  });

  test('that succeed, many at once for one account, wait for each other and never deadlock', async () => {
    const answers = await Promise.all(Array.from({ length: 12 }, () => signIn('auditor@globex.example')));
    expect(new Set(answers.map(({ errors }) => errors[0]?.extensions.code ?? 'OK'))).toSatisfy((codes: Set<string>) =>
      [...codes].every((code) => code === 'OK' || code === 'RATE_LIMITED'),
    );
    await database.operator.query('delete from app_private.login_throttles');
  });

  test('many at once are all counted', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => signIn('engineer@globex.example', 'wrong password')));
    const codes = answers.map(({ errors }) => errors[0]?.extensions.code);
    expect(codes.filter((code) => code === 'UNAUTHENTICATED').length).toBeLessThanOrEqual(5);
    await database.operator.query('delete from app_private.login_throttles');
  });
});

describe('a session', () => {
  test('is refreshed by its newest token; an older one ends it, for everyone who has a token of it', async () => {
    const first = await signedIn('developer@initech.example');
    const second = (await refresh(first.refreshToken)).data.refreshSession as Session;
    expect(second.sessionId).toBe(first.sessionId);
    expect((await me(second.accessToken)).errors).toEqual([]);

    expectError(await refresh(first.refreshToken), 'UNAUTHENTICATED');
    for (const token of [first.accessToken, second.accessToken]) expectError(await me(token), 'UNAUTHENTICATED');
    expectError(await refresh(second.refreshToken), 'UNAUTHENTICATED');
    const audited = await rows("select from app.audit_logs where target_type = 'sessions' and target_id = $1 and action = 'update'", [
      first.sessionId,
    ]);
    expect(audited).toHaveLength(1);
    const events = await rows("select from app_private.security_events where action = 'refresh_token_reused' and target_id = $1", [
      first.sessionId,
    ]);
    expect(events).toHaveLength(1);
  });

  test('of two that refresh with one token at once, one at most goes on', async () => {
    const { refreshToken } = await signedIn('developer@initech.example');
    const answers = await Promise.all([refresh(refreshToken), refresh(refreshToken), refresh(refreshToken)]);
    expect(answers.filter(({ errors }) => errors.length === 0)).toHaveLength(1);
  });

  test.each(['', 'x', newSecret('refreshToken'), newSecret('apiKey'), `${newSecret('refreshToken')}\n`])(
    'is not refreshed by %s',
    async (token) => {
      expectError(await refresh(token), 'UNAUTHENTICATED');
    },
  );

  test.each<[string, (session: Session) => Promise<unknown>]>([
    ['its person signs out', ({ accessToken }) => ask(accessToken, 'mutation { signOut(input: {}) { signedOut } }')],
    [
      'its person signs out everywhere',
      ({ accessToken }) => ask(accessToken, 'mutation { signOutEverywhere(input: {}) { endedSessions } }'),
    ],
    [
      'an administrator ends it',
      ({ sessionId }) =>
        server.query(persona(acme, 'admin'), 'mutation ($id: UUID!) { revokeSession(input: { id: $id }) { session { revokedAt } } }', {
          id: sessionId,
        }),
    ],
    [
      'it expires',
      ({ sessionId }) => database.operator.query("update app.sessions set expires_at = now() - interval '1 s' where id = $1", [sessionId]),
    ],
    [
      'the person is deactivated',
      () => database.operator.query('update app.users set is_active = false where id = $1', [acme.users.engineer]),
    ],
    [
      'the membership is removed',
      () =>
        server.query(persona(acme, 'admin'), 'mutation ($id: UUID!) { removeMember(input: { userId: $id }) { member { removedAt } } }', {
          id: acme.users.engineer,
        }),
    ],
    [
      'the organization is deleted',
      () => database.operator.query('update app.organizations set deleted_at = now() where id = $1', [acme.id]),
    ],
  ])('is refused from the next request on when %s', async (_what, end) => {
    const session = await signedIn('engineer@acme.example');
    expect((await me(session.accessToken)).errors).toEqual([]);
    const ended = (await end(session)) as Partial<GraphQLAnswer>;
    expect(ended.errors ?? []).toEqual([]);
    expectError(await me(session.accessToken), 'UNAUTHENTICATED');
    expectError(await ask(session.accessToken, '{ me { role } }'), 'UNAUTHENTICATED');
    expectError(await refresh(session.refreshToken), 'UNAUTHENTICATED');
    await database.operator.query('update app.organizations set deleted_at = null');
    await database.operator.query('update app.users set is_active = true');
    await database.operator.query('update app.organization_members set removed_at = null where removed_at is not null');
  });

  test('of others is neither seen nor ended by who may not', async () => {
    const session = await signedIn('member@acme.example');
    for (const caller of [persona(acme, 'developer'), persona(initech, 'admin'), persona(globex, 'admin')]) {
      const end = await server.query(caller, 'mutation ($id: UUID!) { revokeSession(input: { id: $id }) { session { id } } }', {
        id: session.sessionId,
      });
      expectError(end, 'NOT_FOUND');
      const seen = await server.query(caller, '{ sessions(first: 1000) { nodes { id } } }');
      expect(JSON.stringify(seen.data)).not.toContain(session.sessionId);
    }
    expect((await me(session.accessToken)).errors).toEqual([]);
  });

  test('of another organization of the same person is another session', async () => {
    const { id } = await createOrganization(database.operatorUrl, database.encryptionKey, {
      slug: 'hooli',
      name: 'Hooli',
      region: 'eu-central',
      isolation: 'shared',
      members: [{ email: 'auditor@acme.example', name: 'x', role: 'member' }],
      mayKnowMembers: true,
    });
    const session = await signedIn('auditor@acme.example');
    expect(session.organization).toBe('acme');
    const switched = await ask(session.accessToken, `mutation { switchOrganization(input: { organization: "hooli" }) { ${FIELDS} } }`);
    expect(switched.data.switchOrganization).toMatchObject({ organization: 'hooli', role: 'MEMBER' });
    const seen = await ask(switched.data.switchOrganization.accessToken as string, '{ me { organization { id } } }');
    expect(seen.data.me.organization.id).toBe(id);
    const foreign = await ask(session.accessToken, 'mutation { switchOrganization(input: { organization: "globex" }) { sessionId } }');
    expectError(foreign, 'UNAUTHENTICATED');
  });
});

describe('a password', () => {
  const change = (token: string, currentPassword: string, newPassword: string) =>
    ask(token, 'mutation ($c: String!, $n: String!) { changePassword(input: { currentPassword: $c, newPassword: $n }) { done } }', {
      c: currentPassword,
      n: newPassword,
    });

  test('is changed by who knows it, which ends the other sessions', async () => {
    const [one, other] = [await signedIn('analyst@initech.example'), await signedIn('analyst@initech.example')];
    expectError(await change(one.accessToken, 'wrong password', 'another fine password'), 'UNAUTHENTICATED');
    expect((await change(one.accessToken, PASSWORD, 'another fine password')).data).toEqual({ changePassword: { done: true } });
    expect((await me(one.accessToken)).errors).toEqual([]);
    expectError(await me(other.accessToken), 'UNAUTHENTICATED');
    expectError(await signIn('analyst@initech.example'), 'UNAUTHENTICATED');
    expect((await signIn('analyst@initech.example', 'another fine password')).errors).toEqual([]);
  });

  test.each([
    ['too short', 'short'],
    ['too long', 'xyz12'.repeat(60)],
    ['the same again and again', 'aaaaaaaaaaaaaaaa'],
  ])('that is %s is refused with what to change', async (_what, next) => {
    const { accessToken } = await signedIn('member@acme.example');
    expect(expectError(await change(accessToken, PASSWORD, next), 'BAD_USER_INPUT').message).toMatch(/^The password must have/);
  });

  test('counts beyond the 72 bytes that bcrypt reads, and is one however it was typed', async () => {
    const passwords = new Passwords(2);
    const long = 'ẞ'.repeat(40);
    const hash = await passwords.hash(`${long}1`);
    expect(await passwords.matches(`${long}2`, hash)).toBe(false);
    expect(await passwords.matches(`${long}1`, hash)).toBe(true);
    const composed = await passwords.hash('caf\u00e9 au lait, please');
    expect(await passwords.matches('cafe\u0301 au lait, please', composed)).toBe(true);
    const withNul = await passwords.hash('before\u0000after after');
    expect(await passwords.matches('before\u0000other other', withNul)).toBe(false);
    expect(hash).toMatch(/^\$2b\$12\$/);
  });

  test('is no one’s to change but a session’s', async () => {
    expectError(await change(await server.token(persona(acme, 'admin')), PASSWORD, 'another fine password'), 'FORBIDDEN');
  });

  test('is reset by a token of the operator, once, which ends every session', async () => {
    const session = await signedIn('member@globex.example');
    const token = newSecret('passwordReset');
    await database.operator.query(
      "insert into app_private.password_resets (token_hash, user_id, expires_at) values ($1, $2, now() + interval '1 hour')",
      [secretHash(token), globex.users.member],
    );
    const reset = () =>
      ask(null, 'mutation ($t: String!) { resetPassword(input: { token: $t, password: "a third fine password" }) { done } }', { t: token });
    expect((await reset()).data).toEqual({ resetPassword: { done: true } });
    expectError(await me(session.accessToken), 'UNAUTHENTICATED');
    expect((await signIn('member@globex.example', 'a third fine password')).errors).toEqual([]);
    expectError(await reset(), 'UNAUTHENTICATED');
  });
});

describe('an invitation', () => {
  const roleId = async (name: string) =>
    (await rows<{ id: string }>('select id from app.roles where name = $1 and organization_id is null', [name]))[0]?.id as string;
  const invite = async (email: string, role = 'engineer') => {
    const answer = await server.query(
      persona(acme, 'admin'),
      'mutation ($email: String!, $roleId: UUID!) { inviteMember(input: { email: $email, roleId: $roleId }) { token invitation { email } } }',
      { email, roleId: await roleId(role) },
    );
    expect(answer.errors).toEqual([]);
    return answer.data.inviteMember.token as string;
  };
  const accept = (token: string, password = PASSWORD) =>
    ask(
      null,
      `mutation ($t: String!, $p: String!) { acceptInvitation(input: { token: $t, name: "New Person", password: $p }) { ${FIELDS} } }`,
      {
        t: token,
        p: password,
      },
    );

  test('makes a new person a member, once', async () => {
    const token = await invite('new.person@example.com');
    const answer = await accept(token);
    expect(answer.errors).toEqual([]);
    expect(answer.data.acceptInvitation).toMatchObject({ organization: 'acme', role: 'ENGINEER' });
    expect((await signIn('new.person@example.com')).errors).toEqual([]);
    expectError(await accept(token), 'UNAUTHENTICATED');
  });

  test('opens no account that exists, whoever has its token', async () => {
    const token = await invite('admin@globex.example');
    expectError(await accept(token, 'a password of the inviter'), 'UNAUTHENTICATED');
    expectError(await signIn('admin@globex.example', 'a password of the inviter'), 'UNAUTHENTICATED');
    expect((await accept(token)).data.acceptInvitation).toMatchObject({ organization: 'acme' });
  });

  test('is made by administrators only, and is no one’s when it is taken back or over', async () => {
    const email = `${randomUUID()}@example.com`;
    for (const role of ['developer', 'engineer', 'auditor', 'analyst', 'member'] as const) {
      const answer = await server.query(
        persona(acme, role),
        'mutation ($email: String!, $roleId: UUID!) { inviteMember(input: { email: $email, roleId: $roleId }) { token } }',
        { email, roleId: await roleId('admin') },
      );
      expectError(answer, 'FORBIDDEN');
    }
    const late = await invite(email);
    await database.operator.query("update app.invitations set expires_at = now() - interval '1 s' where accepted_at is null");
    expectError(await accept(late), 'UNAUTHENTICATED');
  });

  test('gives no member another role, neither one that is nor one that became one meanwhile', async () => {
    const member = await server.query(
      persona(initech, 'admin'),
      'mutation ($email: String!, $roleId: UUID!) { inviteMember(input: { email: $email, roleId: $roleId }) { token } }',
      { email: 'Admin@initech.example', roleId: await roleId('member') },
    );
    expectError(member, 'CONFLICT');
    const email = `${randomUUID()}@example.com`;
    const [first, second] = [await invite(email), await invite(email)];
    expect((await accept(first)).errors).toEqual([]);
    expectError(await accept(second), 'CONFLICT');
  });

  test('the last administrator neither leaves nor becomes less', async () => {
    const remove = await server.query(
      persona(initech, 'admin'),
      'mutation ($id: UUID!) { removeMember(input: { userId: $id }) { member { userId } } }',
      {
        id: initech.users.admin,
      },
    );
    expectError(remove, 'CONFLICT');
    const change = await server.query(
      persona(initech, 'admin'),
      'mutation ($id: UUID!, $roleId: UUID!) { changeMemberRole(input: { userId: $id, roleId: $roleId }) { member { userId } } }',
      { id: initech.users.admin, roleId: await roleId('member') },
    );
    expectError(change, 'CONFLICT');
  });
});
