import { describe, expect, inject, test } from 'vitest';
import { mintToken } from '../../src/auth/tokens.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { subscribers } from '../support/subscriber.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { CORS_ORIGINS: 'https://app.example.com' });
const { as, connect, now } = subscribers(server);

const DEFECTS = 'subscription ($after: Cursor) { defectReported(after: $after) { cursor defect { id } } }';

describe.each([{ organization: acme }, { organization: globex }])('who follows in $organization.slug', ({ organization }) => {
  const create = async () => {
    const { data } = await server.query(
      persona(organization, 'admin'),
      `mutation { createDefect(input: { defect: { projectId: "${organization.project}", title: "Told" } }) { defect { id } } }`,
    );
    return data.createDefect.defect.id;
  };

  test('a token that expires ends the subscription and the connection', async () => {
    const token = await mintToken(server.tokens, persona(organization, 'admin'), 2);
    const subscriber = connect(`Bearer ${token}`);
    const subscription = subscriber.subscribe(DEFECTS, { after: await now(persona(organization, 'admin')) });
    const id = await create();
    expect((await subscription.next()).defect.id).toBe(id);
    expect(await subscription.ended()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await subscriber.closed).toMatchObject({ code: 4403 });
  });

  test('a session that is revoked is told of nothing any more', async () => {
    const { rows } = await database.operator.query<{ id: string }>(
      "insert into app.sessions (organization_id, user_id, expires_at) values ($1, $2, now() + interval '1 day') returning id",
      [organization.id, organization.users.developer],
    );
    const session = (rows[0] as { id: string }).id;
    const principal = { ...persona(organization, 'developer'), credential: { kind: 'session', id: session } } as const;
    const subscriber = await as(principal);
    const subscription = subscriber.subscribe(DEFECTS, { after: await now(principal) });
    const id = await create();
    expect((await subscription.next()).defect.id).toBe(id);
    await database.operator.query('update app.sessions set revoked_at = now() where id = $1', [session]);
    await create();
    expect(await subscription.ended()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
    expect(await subscriber.closed).toMatchObject({ code: 4403 });
  });

  test('a member who is removed is told of nothing any more', async () => {
    const principal = persona(organization, 'engineer');
    const subscription = (await as(principal)).subscribe(DEFECTS, { after: await now(principal) });
    const id = await create();
    expect((await subscription.next()).defect.id).toBe(id);
    await database.operator.query('update app.organization_members set removed_at = now() where organization_id = $1 and user_id = $2', [
      organization.id,
      principal.userId,
    ]);
    await create();
    expect(await subscription.ended()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });

  test('a permission that is taken away holds at the next event', async () => {
    const principal = persona(organization, 'auditor');
    const subscriber = await as(principal);
    const after = await now(principal);
    const defects = subscriber.subscribe(DEFECTS, { after });
    const deployments = subscriber.subscribe('subscription ($after: Cursor) { deploymentChanged(after: $after) { eventId } }', { after });
    const id = await create();
    expect((await defects.next()).defect.id).toBe(id);
    const become = (role: string) =>
      database.operator.query(
        `update app.organization_members set role_id = (
           select id from app.roles where (organization_id = $1 or organization_id is null) and name = $3)
         where organization_id = $1 and user_id = $2`,
        [organization.id, principal.userId, role],
      );
    await database.operator.query(
      `with made as (insert into app.roles (organization_id, name, base_role) values ($1, 'No defects', 'auditor') returning id)
       insert into app.role_permissions (organization_id, role_id, permission) select $1, id, 'deployments:read' from made`,
      [organization.id],
    );
    await become('No defects');
    await create();
    await server.query(
      persona(organization, 'admin'),
      'mutation { startDeployment(input: { project: "shop", version: "9.1", environment: STAGING }) { isNew } }',
    );
    // The same identity is told in the order in which it happened: by then the defect was looked at.
    await deployments.next();
    await become('auditor');
    const last = await create();
    expect((await defects.next()).defect.id).toBe(last);
  });

  test('an API key that is revoked is told of nothing any more', async () => {
    const { data, errors } = await server.query(
      persona(organization, 'admin'),
      'mutation { createApiKey(input: { name: "live", role: MEMBER, scopes: ["defects:read"] }) { key } }',
    );
    expect(errors).toEqual([]);
    const subscription = connect(`Bearer ${data.createApiKey.key}`).subscribe(DEFECTS, {
      after: await now(persona(organization, 'admin')),
    });
    const id = await create();
    expect((await subscription.next()).defect.id).toBe(id);
    await database.operator.query("update app.api_keys set revoked_at = now() where organization_id = $1 and name = 'live'", [
      organization.id,
    ]);
    await create();
    expect(await subscription.ended()).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }]);
  });
});

test.each(['', 'Bearer nonsense', 'Bearer dxk_nonsense'])('nobody follows with "%s"', async (authorization) => {
  expect(await connect(authorization).subscribe(DEFECTS).ended()).toMatchObject({ code: 4401 });
});

test('a credential may be in the header of the upgrade, but not another in the payload', async () => {
  const authorization = `Bearer ${await server.token(persona(acme, 'admin'))}`;
  const other = connect(authorization, { headers: { authorization: 'Bearer another' } }).subscribe(DEFECTS);
  expect(await other.ended()).toMatchObject({ code: 4401, reason: 'There must be one credential.' });
  const same = connect(authorization, { headers: { authorization } }).subscribe('subscription { nothing }');
  expect(await same.ended()).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});

test.each([
  ['https://evil.example', false],
  ['null', false],
  ['https://app.example.com', true],
])('a page of %s may connect: %s', async (origin, allowed) => {
  const error = await (await as(persona(acme, 'admin'), { headers: { origin } })).subscribe('subscription { nothing }').ended();
  if (allowed) expect(error).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
  else expect(String((error as { message?: string }).message)).toContain('403');
});

test("a page of the server's own may connect", async () => {
  const subscriber = await as(persona(acme, 'admin'), { headers: { origin: new URL(server.url).origin } });
  expect(await subscriber.subscribe('subscription { nothing }').ended()).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
});
