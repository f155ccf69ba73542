import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';
import fc from 'fast-check';
import { CompactSign, exportJWK, type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { describe, expect, test } from 'vitest';
import { IssuerKeys } from '../../src/auth/issuer-keys.ts';
import { type ExpectedToken, peekToken, verifyOutsideToken } from '../../src/auth/outside-tokens.ts';
import { cpuOf } from '../support/event-loop.ts';
import { AUDIENCE, fetchLocal, json, serveLocally } from '../support/issuers.ts';

const ISSUER = 'https://issuer.example';
const now = () => Math.floor(Date.now() / 1_000);
const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** The key pairs of an issuer, one for each algorithm. */
const PAIRS: Record<string, { privateKey: KeyObject; publicKey: KeyObject }> = {
  RS256: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  PS256: generateKeyPairSync('rsa', { modulusLength: 2_048 }),
  ES256: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  ES384: generateKeyPairSync('ec', { namedCurve: 'P-384' }),
  ES512: generateKeyPairSync('ec', { namedCurve: 'P-521' }),
  EdDSA: generateKeyPairSync('ed25519'),
};
const pair = (alg: string) => PAIRS[alg] as { privateKey: KeyObject; publicKey: KeyObject };
const JWKS = {
  keys: await Promise.all(Object.entries(PAIRS).map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid }))),
};

/** An issuer with these keys, and what is asked of its tokens. */
async function startIssuer() {
  const server = await serveLocally(json(() => JWKS));
  const expected: ExpectedToken = { issuer: ISSUER, audience: AUDIENCE, jwksUri: server.url };
  const keys = new IssuerKeys(fetchLocal);
  return { server, expected, keys, verify: (token: string) => verifyOutsideToken(token, expected, keys) };
}

function claims(changes: Record<string, unknown> = {}): JWTPayload {
  return { iss: ISSUER, aud: AUDIENCE, sub: 'someone', iat: now(), exp: now() + 600, ...changes };
}

function sign(payload: JWTPayload, alg = 'ES256', header: Partial<JWTHeaderParameters> = {}, key = pair(alg).privateKey): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg, kid: alg, typ: 'JWT', ...header }).sign(key);
}

const refused = (message: RegExp = /./) => ({ name: 'UnauthenticatedError', message: expect.stringMatching(message) });

describe('what is accepted', () => {
  test.each(Object.keys(PAIRS))('%s', async (alg) => {
    const { verify } = await startIssuer();
    expect(await verify(await sign(claims({ groups: ['QA'] }), alg))).toMatchObject({ issuer: ISSUER, subject: 'someone', groups: ['QA'] });
  });

  test.each<[string, Record<string, unknown>]>([
    ['an audience among others', { aud: ['https://elsewhere.example', AUDIENCE] }],
    ['expired within the tolerance', { exp: now() - 15 }],
    ['not valid yet within the tolerance', { nbf: now() + 15, iat: now() + 15 }],
    ['nearly a day old', { iat: now() - 86_000 }],
  ])('%s', async (_name, changes) => {
    const { verify } = await startIssuer();
    expect(await verify(await sign(claims(changes)))).toMatchObject({ subject: 'someone' });
  });

  test.each(['JWT', 'jwt', 'at+jwt', 'application/at+jwt', undefined])('the type %s', async (typ) => {
    const { verify } = await startIssuer();
    const header = typ === undefined ? {} : { typ };
    const token = await new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: 'ES256', ...header }).sign(pair('ES256').privateKey);
    expect(await verify(token)).toMatchObject({ subject: 'someone' });
  });

  test('groups of a claim of its own', async () => {
    const { expected, keys } = await startIssuer();
    const token = await sign(claims({ 'https://acme.example/groups': ['QA'], groups: ['not'] }));
    expect(await verifyOutsideToken(token, { ...expected, groupClaim: 'https://acme.example/groups' }, keys)).toMatchObject({
      groups: ['QA'],
    });
  });
});

describe('claims that are refused', () => {
  test.each<[string, Record<string, unknown>, RegExp]>([
    ['expired', { exp: now() - 60 }, /expired/],
    ['without an expiry', { exp: undefined }, /"exp"/],
    ['not valid yet', { nbf: now() + 60 }, /"nbf"/],
    ['made in the future', { iat: now() + 60 }, /"iat"/],
    ['without a time of making', { iat: undefined }, /"iat"/],
    ['a day old, though not expired', { iat: now() - 86_500 }, /expired|"iat"/],
    ['another issuer', { iss: 'https://elsewhere.example' }, /"iss"/],
    ['the issuer with a slash more', { iss: `${ISSUER}/` }, /"iss"/],
    ['no issuer', { iss: undefined }, /"iss"/],
    ['another audience', { aud: 'api://elsewhere' }, /"aud"/],
    ['a longer audience', { aud: `${AUDIENCE}/x` }, /"aud"/],
    ['no audience', { aud: undefined }, /"aud"/],
    ['an empty list of audiences', { aud: [] }, /"aud"/],
    ['no subject', { sub: undefined }, /"sub"/],
    ['an empty subject', { sub: '' }, /"sub"/],
    ['a subject that is no text', { sub: 1 }, /"sub"/],
    ['a subject that is too long', { sub: 'x'.repeat(501) }, /"sub"/],
    ['a subject that cannot be stored', { sub: 'x\0' }, /"sub"/],
    ['a subject with half a character', { sub: 'x\ud800' }, /"sub"/],
    ['made at no time', { iat: -1e300 }, /"iat"|expired/],
    ['an expiry that is no time', { exp: 1e300 }, /"exp"/],
  ])('%s', async (_name, changes, message) => {
    const { verify } = await startIssuer();
    // What SignJWT would not sign, CompactSign does.
    const signed = new CompactSign(Buffer.from(JSON.stringify(claims(changes)))).setProtectedHeader({ alg: 'ES256', kid: 'ES256' });
    await expect(verify(await signed.sign(pair('ES256').privateKey))).rejects.toMatchObject(refused(message));
  });

  test.each(['logout+jwt', 'dpop+jwt', 'secevent+jwt', 'JWE', ''])('the type "%s"', async (typ) => {
    const { verify } = await startIssuer();
    await expect(verify(await sign(claims(), 'ES256', { typ }))).rejects.toMatchObject(refused());
  });

  test('a token that is too long', async () => {
    const { verify, server } = await startIssuer();
    expect(await verify(await sign(claims({ padding: 'x'.repeat(11_000) })))).toMatchObject({ subject: 'someone' });
    await expect(verify(await sign(claims({ padding: 'x'.repeat(16_384) })))).rejects.toMatchObject(refused(/too long/));
    expect(server.asked).toHaveLength(1);
  });
});

describe('signatures that are refused', () => {
  test('none, in any spelling', async () => {
    const { verify } = await startIssuer();
    for (const alg of ['none', 'None', 'NONE', '', null, undefined, 1]) {
      await expect(verify(`${encode({ alg, kid: 'ES256' })}.${encode(claims())}.`)).rejects.toMatchObject(refused());
    }
  });

  test('a public key as the secret of HS256', async () => {
    const { verify } = await startIssuer();
    const { publicKey } = pair('RS256');
    for (const secret of [
      publicKey.export({ type: 'spki', format: 'pem' }),
      publicKey.export({ type: 'spki', format: 'der' }),
      JSON.stringify(JWKS.keys[0]),
    ]) {
      for (const alg of ['HS256', 'RS256']) {
        const signed = `${encode({ alg, kid: 'RS256', typ: 'JWT' })}.${encode(claims())}`;
        await expect(verify(`${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`)).rejects.toMatchObject(
          refused(),
        );
      }
    }
  });

  test('a symmetric key that the issuer publishes', async () => {
    const secret = Buffer.alloc(32, 1);
    const server = await serveLocally(json(() => ({ keys: [{ kty: 'oct', k: secret.toString('base64url'), kid: 'x', alg: 'HS256' }] })));
    const token = await new SignJWT(claims()).setProtectedHeader({ alg: 'HS256', kid: 'x' }).sign(secret);
    const verifying = verifyOutsideToken(token, { issuer: ISSUER, audience: AUDIENCE, jwksUri: server.url }, new IssuerKeys(fetchLocal));
    await expect(verifying).rejects.toMatchObject(refused());
  });

  test('a weak key that the issuer publishes', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1_024 });
    const server = await serveLocally(json(() => ({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'x' }] })));
    const signed = `${encode({ alg: 'RS256', kid: 'x' })}.${encode(claims())}`;
    const token = `${signed}.${createSign('sha256').update(signed).sign(privateKey, 'base64url')}`;
    const verifying = verifyOutsideToken(token, { issuer: ISSUER, audience: AUDIENCE, jwksUri: server.url }, new IssuerKeys(fetchLocal));
    await expect(verifying).rejects.toMatchObject(refused(/does not publish/));
  });

  test('another key under a known id, and one that the header brings along or points to', async () => {
    const { verify, server } = await startIssuer();
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const jwk = await exportJWK(other.publicKey);
    const stranger = await serveLocally(json(() => ({ keys: [{ ...jwk, kid: 'ES256' }] })));
    for (const header of [
      {},
      { jwk },
      { jku: stranger.url },
      { x5u: stranger.url },
      { x5c: ['MA=='] },
      { kid: stranger.url },
      { kid: '../keys' },
    ]) {
      await expect(verify(await sign(claims(), 'ES256', header, other.privateKey))).rejects.toMatchObject(refused());
    }
    expect(stranger.asked).toEqual([]);
    expect(server.asked.every((path) => path === '/')).toBe(true);
  });

  test('a key of another issuer', async () => {
    const { keys, expected } = await startIssuer();
    const elsewhere = await serveLocally(json(() => ({ keys: [] })));
    const token = await sign(claims());
    await expect(verifyOutsideToken(token, { ...expected, jwksUri: elsewhere.url }, keys)).rejects.toMatchObject(
      refused(/does not publish/),
    );
  });

  test('a critical extension that is not known', async () => {
    const { verify } = await startIssuer();
    const signed = new SignJWT(claims()).setProtectedHeader({ alg: 'ES256', kid: 'ES256', crit: ['urn:x'], 'urn:x': true });
    await expect(verify(await signed.sign(pair('ES256').privateKey, { crit: { 'urn:x': true } }))).rejects.toMatchObject(refused());
  });
});

describe('a token before it is verified', () => {
  test('whose it claims to be', async () => {
    expect(peekToken(await sign(claims()))).toEqual({ issuer: ISSUER, audiences: [AUDIENCE], subject: 'someone' });
    expect(peekToken(`${encode({})}.${encode({ iss: 'x', aud: ['a', 'b'] })}.`)).toEqual({
      issuer: 'x',
      audiences: ['a', 'b'],
      subject: null,
    });
    expect(peekToken(`x.${encode({ iss: 'x' })}.x`)).toEqual({ issuer: 'x', audiences: [], subject: null });
  });

  test.each<[string, string]>([
    ['nothing', ''],
    ['a word', 'token'],
    ['an API key', 'dxk_abcdefghijklmnopqrstuvwxyz'],
    ['two parts', `${encode({})}.${encode({ iss: 'x' })}`],
    ['five parts', 'a.b.c.d.e'],
    ['no JSON', `${encode({})}.${Buffer.from('{').toString('base64url')}.x`],
    ['a list', `${encode({})}.${encode([{ iss: 'x' }])}.x`],
    ['null', `${encode({})}.${encode(null)}.x`],
    ['no issuer', `${encode({})}.${encode({ sub: 'x' })}.x`],
    ['an issuer that is no text', `${encode({})}.${encode({ iss: ['x'] })}.x`],
    ['an empty issuer', `${encode({})}.${encode({ iss: '' })}.x`],
    ['an issuer that is too long', `${encode({})}.${encode({ iss: 'x'.repeat(2_049) })}.x`],
    ['an audience that is no text', `${encode({})}.${encode({ iss: 'x', aud: { a: 1 } })}.x`],
    ['a subject that is no text', `${encode({})}.${encode({ iss: 'x', sub: 1 })}.x`],
    ['nested', `${encode({})}.${Buffer.from('['.repeat(12_000)).toString('base64url')}.x`],
    ['too long', `${encode({})}.${encode({ iss: 'x', padding: 'x'.repeat(16_384) })}.x`],
    ['far too long', '.'.repeat(10_000_000)],
  ])('%s is refused', (_name, token) => {
    expect(() => peekToken(token)).toThrow(expect.objectContaining(refused()));
  });
});

describe('anything else', () => {
  /** Asks for each input, and holds the answer to the time that it may take: a slow input is slow again, what collects garbage is not. */
  async function holds<Input>(inputs: fc.Arbitrary<Input>, asked: (input: Input) => Promise<void>): Promise<void> {
    await fc.assert(
      fc.asyncProperty(inputs, async (input) => {
        let taken = await cpuOf(() => asked(input));
        if (taken >= 100) taken = await cpuOf(() => asked(input));
        expect(taken).toBeLessThan(100);
      }),
      { numRuns: 1_000 },
    );
  }

  test('a good token with any of its bytes changed is refused', async () => {
    const { verify } = await startIssuer();
    const parts = (await sign(claims({ groups: ['QA'] }))).split('.').map((part) => Buffer.from(part, 'base64url'));
    const changes = fc.array(fc.tuple(fc.nat(1_000), fc.integer({ min: 1, max: 255 })), { minLength: 1, maxLength: 4 });
    await holds(fc.tuple(fc.nat(2), changes), async ([which, bytes]) => {
      const changed = parts.map((part) => Buffer.from(part));
      const part = changed[which] as Buffer;
      for (const [place, mask] of bytes) part[place % part.length] = (part[place % part.length] as number) ^ mask;
      if (part.equals(parts[which] as Buffer)) return;
      await expect(verify(changed.map((one) => one.toString('base64url')).join('.'))).rejects.toMatchObject(refused());
    });
  });

  test('any three parts, and any text, are refused', async () => {
    const { verify, server } = await startIssuer();
    const part = fc.oneof(
      fc.base64String(),
      fc.json().map((text) => Buffer.from(text).toString('base64url')),
      fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64url')),
      fc.record({ alg: fc.constantFrom('RS256', 'ES256', 'EdDSA', 'HS256', 'none'), kid: fc.anything({ maxDepth: 1 }) }).map((header) => {
        try {
          return encode(header);
        } catch {
          return encode({ alg: 'ES256' });
        }
      }),
    );
    const tokens = fc.oneof(
      fc.array(part, { maxLength: 5 }).map((list) => list.join('.')),
      fc.string({ unit: 'binary', maxLength: 300 }),
    );
    await holds(tokens, async (token) => {
      await expect(verify(token)).rejects.toMatchObject(refused());
      try {
        expect(typeof peekToken(token).issuer).toBe('string');
      } catch (error) {
        expect(error).toMatchObject(refused());
      }
    });
    // Whatever key ids they name.
    expect(server.asked.length).toBeLessThanOrEqual(4);
  });

  test('whatever an issuer signs is an identity of the right form, or refused', async () => {
    const { verify } = await startIssuer();
    const value = fc.jsonValue({ maxDepth: 3 });
    const names = [
      'groups',
      'roles',
      'email',
      'email_verified',
      'preferred_username',
      'upn',
      'name',
      'hasgroups',
      '_claim_names',
      'aud',
      'sub',
      'exp',
      '__proto__',
    ];
    const payloads = fc.dictionary(fc.constantFrom(...names), value);
    let accepted = 0;
    await holds(fc.tuple(payloads, fc.boolean()), async ([changes, isWhole]) => {
      const payload = isWhole ? { ...claims(), ...changes } : changes;
      const token = await new CompactSign(Buffer.from(JSON.stringify(payload)))
        .setProtectedHeader({ alg: 'ES256', kid: 'ES256' })
        .sign(pair('ES256').privateKey);
      try {
        const identity = await verify(token);
        accepted += 1;
        expect(identity.groups.every((group) => typeof group === 'string')).toBe(true);
        expect(identity.email === null || typeof identity.email === 'string').toBe(true);
        expect(identity.name === null || typeof identity.name === 'string').toBe(true);
        expect(Number.isFinite(identity.expiresAt.getTime())).toBe(true);
      } catch (error) {
        expect(error).toMatchObject(refused());
      }
    });
    expect(accepted).toBeGreaterThan(50);
  });
});
