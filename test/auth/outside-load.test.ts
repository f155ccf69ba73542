import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { authenticate } from '../../src/auth/authenticate.ts';
import { IssuerKeys } from '../../src/auth/issuer-keys.ts';
import { VerifiedTokens } from '../../src/auth/verified-tokens.ts';
import type { Queryable } from '../../src/database/key-envelopes.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { fetchLocal, json, serveIssuer, serveLocally, tokenOf, useIssuer } from '../support/issuers.ts';
import { registrar } from '../support/outside-identities.ts';
import { useServer } from '../support/server.ts';

const { acme } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { ALLOW_LOOPBACK_ISSUERS: 'true' });
const narrow = useServer(database, { ALLOW_LOOPBACK_ISSUERS: 'true', RATE_LIMIT_PER_MINUTE: '3' });
const careful = useServer(database);
const service = useIssuer();
const { provider, trust, mapping, ask } = registrar(database, server);

const QUERY = '{ projects { totalCount } }';
const MEMBER = { email: 'member@acme.example', email_verified: true };

describe('an issuer', () => {
  test('that changes its keys while requests keep coming fails none of them', async () => {
    const issuer = await serveIssuer('key-0');
    const { audience } = await provider(acme, issuer.issuer.url as string);
    const job = await trust(acme, issuer.issuer.url as string, 'repo:acme/web:*');
    let newest = 'key-0';
    let answered = 0;
    const client = async (claims: Record<string, unknown>) => {
      while (newest !== 'done') {
        const answer = await ask(await tokenOf(issuer, newest, claims), QUERY);
        expect(answer.errors).toEqual([]);
        answered += 1;
      }
    };
    const rotate = async () => {
      for (const kid of ['key-1', 'key-2', 'done']) {
        const before = answered;
        await expect.poll(() => answered - before, { timeout: 20_000 }).toBeGreaterThan(30);
        if (kid !== 'done') await issuer.issuer.keys.generate('RS256', { kid });
        newest = kid;
      }
    };
    const person = { aud: audience, sub: 'rotated', ...MEMBER };
    const build = { aud: job.audience, sub: 'repo:acme/web:pull_request' };
    await Promise.all([rotate(), client(person), client(person), client(build), client(build)]);
    expect(answered).toBeGreaterThan(90);
  });

  test('that is down makes its tokens UNAVAILABLE, and nobody else’s', async () => {
    const issuer = await serveIssuer('key');
    const { audience } = await provider(acme, issuer.issuer.url as string);
    const token = await tokenOf(issuer, 'key', { aud: audience, sub: 'waiting', ...MEMBER });
    await issuer.stop();
    const answer = await ask(token, QUERY);
    expect(answer.status).toBe(503);
    expectError(answer, 'UNAVAILABLE');
    expect((await server.query(persona(acme, 'admin'), QUERY)).errors).toEqual([]);
    expect(server.log.join('\n')).not.toContain(token.slice(-40));
  });

  test('of this machine is not asked unless that is allowed', async () => {
    const { audience } = await provider(acme, service.url);
    const before = await service.token(audience, { sub: randomUUID(), ...MEMBER });
    const answer = await careful.post({ authorization: `Bearer ${before}` }, JSON.stringify({ query: QUERY }));
    expectError(answer, 'UNAVAILABLE');
  });

  test('that another organization entered and that never answers keeps nobody waiting who is known', async () => {
    const open = await provider(acme, service.url);
    const token = await service.token(open.audience, { sub: randomUUID(), email: 'developer@acme.example', email_verified: true });
    expect((await ask(token, QUERY)).errors).toEqual([]);
    const silent = await serveLocally(() => undefined);
    await provider(inject('fixture').initech, service.url, { audience: open.audience, jwksUri: silent.url });
    expect((await ask(token, QUERY)).errors).toEqual([]);
    expect(silent.asked).toEqual([]);
  });
});

test('a storm of forged tokens costs one look-up each in the database, and no fetch each', async () => {
  const stranger = await serveIssuer('stranger');
  const keysAsked = await serveLocally(json(() => ({ keys: [] })));
  const { audience } = await provider(acme, service.url, { jwksUri: keysAsked.url });
  let lookUps = 0;
  const counted: Queryable = {
    query: (text, values) => {
      lookUps += 1;
      return database.api.query(text, values);
    },
  };
  const sources = {
    tokens: server.tokens,
    verified: new VerifiedTokens(),
    database: counted,
    keys: database.keys,
    issuerKeys: new IssuerKeys(fetchLocal),
  };
  const origin = { requestId: 'x', ipAddress: null, userAgent: null };
  for (let n = 0; n < 100; n += 1) {
    const forged = await tokenOf(stranger, 'stranger', { iss: service.url, aud: audience, sub: `forged ${n}`, ...MEMBER });
    await expect(authenticate(sources, { authorization: `Bearer ${forged}`, organization: undefined, origin })).rejects.toMatchObject({
      name: 'UnauthenticatedError',
    });
  }
  expect(lookUps).toBe(100);
  expect(keysAsked.asked.length).toBeLessThan(10);
});

describe('requests are counted', () => {
  const statuses = async (tokens: string[]) => {
    const seen: number[] = [];
    for (const token of tokens)
      seen.push((await narrow.post({ authorization: `Bearer ${token}` }, JSON.stringify({ query: QUERY }))).status);
    return seen;
  };

  test('of a person together, whatever the token', async () => {
    const { audience, id } = await provider(acme, service.url, { createsUsers: true });
    await mapping(acme, { audience, id }, 'Developers', 'developer');
    const token = (sub: string, iat = Math.floor(Date.now() / 1_000)) => service.token(audience, { sub, groups: ['Developers'], iat });
    const now = Math.floor(Date.now() / 1_000);
    expect(await statuses([await token('one', now - 1), await token('one', now), await token('one'), await token('one')])).toEqual([
      200, 200, 200, 429,
    ]);
    expect(await statuses([await token('two')])).toEqual([200]);
  });

  test('of all jobs of a trust together', async () => {
    const one = await trust(acme, service.url, 'repo:acme/*:pull_request');
    const two = await trust(acme, service.url, 'repo:acme/*:pull_request');
    const tokens = await Promise.all(
      ['a', 'b', 'c', 'd'].map((name) => service.token(one.audience, { sub: `repo:acme/${name}:pull_request` })),
    );
    expect(await statuses(tokens)).toEqual([200, 200, 200, 429]);
    expect(await statuses([await service.token(two.audience, { sub: 'repo:acme/a:pull_request' })])).toEqual([200]);
  });
});
