import { expect, test } from 'vitest';
import { IssuerKeys } from '../../src/auth/issuer-keys.ts';
import { verifyOutsideToken } from '../../src/auth/outside-tokens.ts';
import { watchEventLoop } from '../support/event-loop.ts';
import { AUDIENCE, fetchLocal, serveIssuer, tokenOf } from '../support/issuers.ts';

test('tokens hold while its keys change under load', async () => {
  const server = await serveIssuer('key-0');
  const keys = new IssuerKeys(fetchLocal);
  const expected = { issuer: server.issuer.url as string, audience: AUDIENCE, jwksUri: null };
  const longestTurn = watchEventLoop();
  let verified = 0;
  let newest = 'key-0';
  /** A client: a token of the newest key, verified, until the keys have changed thrice. */
  const client = async () => {
    while (newest !== 'done') {
      const token = await tokenOf(server, newest);
      expect(await verifyOutsideToken(token, expected, keys)).toMatchObject({ subject: 'someone' });
      verified += 1;
    }
  };
  const rotate = async () => {
    for (const kid of ['key-1', 'key-2', 'key-3']) {
      const before = verified;
      await expect.poll(() => verified - before, { timeout: 10_000 }).toBeGreaterThan(60);
      await server.issuer.keys.generate('RS256', { kid });
      newest = kid;
    }
    const before = verified;
    await expect.poll(() => verified - before, { timeout: 10_000 }).toBeGreaterThan(60);
    newest = 'done';
  };
  await Promise.all([rotate(), ...Array.from({ length: 20 }, client)]);
  expect(verified).toBeGreaterThan(240);
  expect(longestTurn()).toBeLessThan(100);
});

test('a token of a withdrawn key holds until the keys are refreshed, and through an outage', async () => {
  const first = await serveIssuer('old');
  const issuer = first.issuer.url as string;
  let time = 0;
  const keys = new IssuerKeys(fetchLocal, () => time);
  const verify = (token: string) => verifyOutsideToken(token, { issuer, audience: AUDIENCE, jwksUri: null }, keys);
  const old = await tokenOf(first, 'old');
  expect(await verify(old)).toMatchObject({ issuer });
  await first.stop();
  time += 30 * 60_000;
  expect(await verify(old)).toMatchObject({ issuer });
  const second = await serveIssuer('new', Number(new URL(issuer).port));
  expect(second.issuer.url).toBe(issuer);
  const fresh = await tokenOf(second, 'new');
  // The failure is still remembered: of a key it cannot know, the answer is to try again.
  await expect(verify(fresh)).rejects.toMatchObject({ name: 'IssuerUnavailableError' });
  time += 10_000;
  expect(await verify(fresh)).toMatchObject({ issuer });
  await expect(verify(old)).rejects.toMatchObject({ name: 'UnauthenticatedError', message: expect.stringMatching(/does not publish/) });
});

test('an issuer that was never there', async () => {
  const server = await serveIssuer('key');
  const token = await tokenOf(server, 'key');
  await server.stop();
  const verifying = verifyOutsideToken(
    token,
    { issuer: server.issuer.url as string, audience: AUDIENCE, jwksUri: null },
    new IssuerKeys(fetchLocal),
  );
  await expect(verifying).rejects.toMatchObject({ name: 'IssuerUnavailableError' });
});
