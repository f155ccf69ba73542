import { afterEach, beforeEach, expect, inject, test, vi } from 'vitest';
import { authenticate } from '../../src/auth/authenticate.ts';
import { IssuerKeys } from '../../src/auth/issuer-keys.ts';
import { mintToken, UnauthenticatedError } from '../../src/auth/tokens.ts';
import { VerifiedTokens } from '../../src/auth/verified-tokens.ts';
import { persona, useDatabase } from '../support/database.ts';
import { fetchLocal } from '../support/issuers.ts';
import { useServer } from '../support/server.ts';

const acme = inject('fixture').acme;
const database = useDatabase();
const server = useServer(database);
const origin = { requestId: 'r', ipAddress: null, userAgent: null };

beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
afterEach(() => void vi.useRealTimers());

/** As a server does, with what it has verified before. */
function caller() {
  const sources = {
    tokens: server.tokens,
    verified: new VerifiedTokens(),
    database: database.api,
    keys: database.keys,
    issuerKeys: new IssuerKeys(fetchLocal),
  };
  return (token: string) => authenticate(sources, { authorization: `Bearer ${token}`, organization: undefined, origin });
}

test('a token that was verified is somebody until it expires, and not a moment longer', async () => {
  const call = caller();
  const token = await mintToken(server.tokens, persona(acme, 'member'), 60);
  const first = await call(token);
  expect(await call(token)).toBe(first);
  vi.setSystemTime(Math.floor(Date.now() / 1_000) * 1_000 + 59_000);
  expect(await call(token)).toBe(first);
  vi.setSystemTime(Date.now() + 1_000);
  await expect(call(token)).rejects.toThrow(UnauthenticatedError);
  await expect(call(token)).rejects.toThrow('The token has expired.');
});

test('a token of other bytes is another token, however much of it is the same', async () => {
  const call = caller();
  const token = await mintToken(server.tokens, persona(acme, 'member'), 60);
  await call(token);
  const [header, , signature] = token.split('.');
  const admin = await mintToken(server.tokens, persona(acme, 'admin'), 60);
  const forged = [header, admin.split('.')[1], signature].join('.');
  await expect(call(forged)).rejects.toThrow('The token is not valid.');
  await expect(call(forged)).rejects.toThrow('The token is not valid.');
  expect((await call(admin)).role).toBe('admin');
  expect((await call(token)).role).toBe('member');
});

test('however many tokens there are, the latest used ones are remembered', () => {
  const verified = new VerifiedTokens();
  const principal = persona(acme, 'member');
  const until = Date.now() + 60_000;
  verified.keep('first', principal, until);
  for (let n = 0; n < 9_999; n += 1) verified.keep(`token ${n}`, principal, until);
  expect(verified.of('first')).toBe(principal);
  verified.keep('one more', principal, until);
  expect(verified.of('token 0')).toBeUndefined();
  expect(verified.of('first')).toBe(principal);
});
