import { createHmac, generateKeyPairSync, randomUUID } from 'node:crypto';
import { request } from 'node:http';
import fc from 'fast-check';
import { exportJWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, initech } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const admin = persona(acme, 'admin');
const QUERY = '{ __typename projects { nodes { id } } }';

const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const now = () => Math.floor(Date.now() / 1000);

/** The claims of a good token, of which each test spoils one. */
function claims(changes: JWTPayload = {}): JWTPayload {
  return { iss: 'defectxray', aud: 'defectxray', iat: now(), exp: now() + 600, jti: randomUUID(), ...GOOD, ...changes };
}
const GOOD = { sub: acme.users.admin, org: acme.id, role: 'admin' };

function sign(payload: JWTPayload, header: Record<string, unknown> = {}, key = server.tokens.key.privateKey): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'EdDSA', kid: server.tokens.key.kid, typ: 'JWT', ...header }).sign(key);
}

function without(payload: JWTPayload, claim: string): JWTPayload {
  return Object.fromEntries(Object.entries(payload).filter(([name]) => name !== claim));
}

/** Asks with a credential that must be refused at the door: nothing is answered, not even what needs no database. */
async function expectRefused(authorization: string): Promise<void> {
  const answer = await server.post({ authorization }, JSON.stringify({ query: QUERY }));
  expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
  expect(answer).toMatchObject({ status: 401, data: undefined });
  // The answer repeats nothing of the credential.
  const token = authorization.replace(/^Bearer +/, '');
  if (token.length > 20) expect(JSON.stringify(answer)).not.toContain(token.slice(0, 20));
}

/** Asks with a well-signed token whose identity the database refuses. */
async function expectDenied(payload: JWTPayload): Promise<void> {
  const answer = await server.post({ authorization: `Bearer ${await sign(payload)}` }, JSON.stringify({ query: QUERY }));
  expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['UNAUTHENTICATED']);
  expect(answer.data).toBeUndefined();
}

/** Sends headers as they are: `fetch` would join, trim or refuse them. */
function rawPost(headers: string[]): Promise<{ status: number; body: string }> {
  const body = JSON.stringify({ query: QUERY });
  return new Promise((resolve, reject) => {
    const sent = request(
      `${server.url}/graphql`,
      {
        method: 'POST',
        headers: ['Host', 'localhost', 'Content-Type', 'application/json', 'Content-Length', `${body.length}`, ...headers],
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }));
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

test('a good token is accepted, so that what follows is refused for its own reason', async () => {
  const answer = await server.post({ authorization: `Bearer ${await sign(claims())}` }, JSON.stringify({ query: QUERY }));
  expect(answer.errors).toEqual([]);
  expect(answer.data.projects.nodes).toHaveLength(2);
});

describe('a signature that is not ours', () => {
  test('a changed payload', async () => {
    const [header, , signature] = (await sign(claims())).split('.');
    await expectRefused(`Bearer ${header}.${encode(claims({ org: initech.id, sub: initech.users.admin }))}.${signature}`);
  });

  test('a changed header', async () => {
    const [, payload, signature] = (await sign(claims())).split('.');
    await expectRefused(`Bearer ${encode({ alg: 'EdDSA', kid: 'another' })}.${payload}.${signature}`);
  });

  test('any changed bit of the signature', async () => {
    const [header, payload, signature] = (await sign(claims())).split('.');
    const bytes = Buffer.from(signature as string, 'base64url');
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length * 8 - 1), async (bit) => {
        const changed = Buffer.from(bytes);
        changed[bit >> 3] = (changed[bit >> 3] as number) ^ (1 << (bit & 7));
        await expectRefused(`Bearer ${header}.${payload}.${changed.toString('base64url')}`);
      }),
      { numRuns: 50 },
    );
  });

  test('none, with the algorithm "none" in any spelling', async () => {
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '']) {
      await expectRefused(`Bearer ${encode({ alg, typ: 'JWT' })}.${encode(claims())}.`);
    }
    const [header, payload] = (await sign(claims())).split('.');
    await expectRefused(`Bearer ${header}.${payload}.`);
  });

  test('HS256 with the public key as its secret', async () => {
    const { publicKey, jwks } = server.tokens.key;
    const x = jwks.keys[0]?.x as string;
    const secrets = [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
      x,
      Buffer.from(x, 'base64url'),
      JSON.stringify(jwks.keys[0]),
    ];
    for (const secret of secrets) {
      for (const alg of ['HS256', 'EdDSA']) {
        const signed = `${encode({ alg, kid: server.tokens.key.kid, typ: 'JWT' })}.${encode(claims())}`;
        await expectRefused(`Bearer ${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`);
      }
    }
  });

  test('another Ed25519 key under our key id', async () => {
    await expectRefused(`Bearer ${await sign(claims(), {}, generateKeyPairSync('ed25519').privateKey)}`);
  });

  test('another key that the header brings along', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const jwk = await exportJWK(publicKey);
    const tricks = [
      { jwk },
      { jku: `${server.url}/.well-known/jwks.json` },
      { x5u: 'https://localhost/key.pem' },
      { x5c: ['MA=='] },
      { jwk, kid: '../../x' },
    ];
    for (const header of tricks) await expectRefused(`Bearer ${await sign(claims(), header, privateKey)}`);
  });

  test('our own with a critical extension that we do not know', async () => {
    const signed = new SignJWT(claims()).setProtectedHeader({ alg: 'EdDSA', crit: ['urn:x'], 'urn:x': true });
    await expectRefused(`Bearer ${await signed.sign(server.tokens.key.privateKey, { crit: { 'urn:x': true } })}`);
  });
});

describe('claims', () => {
  test.each<[string, JWTPayload]>([
    ['expired', { exp: 1 }],
    ['expired a second ago', { exp: Math.floor(Date.now() / 1000) - 1 }],
    ['not valid yet', { nbf: 4_000_000_000 }],
    ['another issuer', { iss: 'elsewhere' }],
    ['another audience', { aud: 'elsewhere' }],
    ['no audience', { aud: [] }],
    ['an unknown role', { role: 'superuser' }],
    ['the role "owner"', { role: 'owner' }],
    ['the role "anonymous"', { role: 'anonymous' }],
    ['the role "user"', { role: 'user' }],
    ['the role "definer"', { role: 'definer' }],
    ['a role that is none', { role: null }],
    ['a role of several', { role: ['admin'] }],
    ['an organization that is no id', { org: "' or true --" }],
    ['no organization', { org: null }],
    ['a user that is no id', { sub: 'admin' }],
    ['a project that is no id', { project: '*' }],
    ['a token id that is no id', { jti: '1' }],
  ])('%s', async (_name, change) => {
    await expectRefused(`Bearer ${await sign(claims(change))}`);
  });

  test.each(['exp', 'iat', 'jti', 'iss', 'aud', 'org', 'role'])('without %s', async (claim) => {
    await expectRefused(`Bearer ${await sign(without(claims(), claim))}`);
  });
});

describe('an identity that does not stand (any more)', () => {
  const other = persona(acme, 'developer');

  afterAll(async () => {
    await database.operator.query('update app.users set is_active = true, deleted_at = null');
  });

  test('an unknown organization', () => expectDenied(claims({ org: randomUUID(), sub: randomUUID() })));
  test('a user of another organization', () => expectDenied(claims({ sub: initech.users.admin })));
  test('an unknown user', () => expectDenied(claims({ sub: randomUUID() })));
  test("a role that is not the member's", () => expectDenied(claims({ sub: acme.users.member, role: 'admin' })));

  test.each<[string, string, string]>([
    ['a deactivated user', 'update app.users set is_active = false where id = $1', other.userId as string],
    ['a deleted user', 'update app.users set is_active = true, deleted_at = now() where id = $1', other.userId as string],
    ['a removed member', 'update app.organization_members set removed_at = now() where user_id = $1', acme.users.engineer],
    ['a provisioning organization', "update app.organizations set provisioning_state = 'provisioning' where id = $1", initech.id],
    ['a deleted organization', "update app.organizations set provisioning_state = 'ready', deleted_at = now() where id = $1", initech.id],
  ])('%s', async (_name, change, id) => {
    const who =
      id === initech.id
        ? { org: initech.id, sub: initech.users.admin }
        : { sub: id, role: id === acme.users.engineer ? 'engineer' : 'developer' };
    // The identity stood before the change, or was spoiled by an earlier change of the same row.
    const { rowCount } = await database.operator.query(change, [id]);
    expect(rowCount).toBe(1);
    await expectDenied(claims(who));
  });

  test('a project of another organization', () => expectDenied(without(claims({ role: 'ci', project: initech.project }), 'sub')));
  test('an unknown project', () => expectDenied(without(claims({ role: 'ci', project: randomUUID() }), 'sub')));
});

describe('the header', () => {
  let token: string;
  beforeAll(async () => {
    token = await server.token(admin);
  });

  test('other schemes, none, and nothing after it', async () => {
    const schemes = [
      `Basic ${token}`,
      `Token ${token}`,
      token,
      'Bearer',
      'Bearer  ',
      `Bearer ${token} ${token}`,
      `Bearer ${token},x`,
      'Negotiate x',
      `Bearer: ${token}`,
    ];
    for (const scheme of schemes) await expectRefused(scheme);
  });

  test('one that is empty', async () => {
    expect(await rawPost(['Authorization', ''])).toMatchObject({ status: 401, body: expect.stringContaining('UNAUTHENTICATED') });
  });

  test('two of them, even where both are good, or one is', async () => {
    for (const [first, second] of [
      [token, token],
      [token, 'x'],
      ['x', token],
    ]) {
      const answer = await rawPost(['Authorization', `Bearer ${first}`, 'Authorization', `Bearer ${second}`]);
      expect(answer).toMatchObject({ status: 401, body: expect.stringContaining('UNAUTHENTICATED') });
    }
  });

  test('a token too long, for us or for HTTP', async () => {
    await expectRefused(`Bearer ${'a'.repeat(10_000)}`);
    await expectRefused(`Bearer ${await sign(claims({ padding: 'x'.repeat(8_000) }))}`);
    expect((await rawPost(['Authorization', `Bearer ${'a'.repeat(40_000)}`])).status).toBe(431);
  });

  test('any bytes are refused, and never by an error of ours', async () => {
    const visible = fc.array(
      fc.integer({ min: 0x20, max: 0xff }).filter((code) => code !== 0x7f),
      { maxLength: 200 },
    );
    await fc.assert(
      fc.asyncProperty(visible, fc.constantFrom('', 'Bearer ', 'bearer '), async (codes, prefix) => {
        const { status, body } = await rawPost(['Authorization', prefix + String.fromCharCode(...codes)]);
        expect(status).toBe(401);
        expect(body).not.toContain('data');
      }),
      { numRuns: 200 },
    );
  });
});

test('the published keys are the public key, and nothing secret', async () => {
  const response = await fetch(`${server.url}/.well-known/jwks.json`);
  const { x } = await exportJWK(server.tokens.key.publicKey);
  expect(await response.json()).toEqual({
    keys: [{ kty: 'OKP', crv: 'Ed25519', x, kid: server.tokens.key.kid, alg: 'EdDSA', use: 'sig' }],
  });
});
