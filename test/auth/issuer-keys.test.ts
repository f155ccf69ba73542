import { generateKeyPairSync } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { exportJWK, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { IssuerKeys } from '../../src/auth/issuer-keys.ts';
import { watchEventLoop } from '../support/event-loop.ts';
import { fetchLocal, json, serveLocally } from '../support/issuers.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const ED = await exportJWK(generateKeyPairSync('ed25519').publicKey);
const keyNamed = (kid: string): JWK => ({ ...ED, kid });

/** An issuer whose answers the test changes, and its keys by a clock that the test moves. */
async function startIssuer() {
  const state = { kids: ['1'], now: 0, answer: null as RequestListener | null };
  const server = await serveLocally((request, response) => {
    if (state.answer !== null) return state.answer(request, response);
    json(() => ({ keys: state.kids.map(keyNamed) }))(request, response);
  });
  const keys = new IssuerKeys(fetchLocal, () => state.now);
  const issuer = { issuer: 'https://issuer.example', jwksUri: `${server.url}/keys` };
  /** What comes of looking for a key: `found`, or the name of the error. */
  const look = async (kid: string) => {
    try {
      await keys.of(issuer)({ alg: 'EdDSA', kid }, { payload: '', signature: '' });
      return 'found';
    } catch (error) {
      return (error as Error).name;
    }
  };
  return { state, server, keys, issuer, look, fetches: () => server.asked.length };
}

const UNAVAILABLE = 'IssuerUnavailableError';
const NOT_FOUND = 'JWKSNoMatchingKey';
const DOWN: RequestListener = (_request, response) => response.writeHead(503).end();

test('keys are fetched once, however many ask at once, and not again for ten minutes', async () => {
  const { state, look, fetches } = await startIssuer();
  const looks = await Promise.all(Array.from({ length: 200 }, () => look('1')));
  expect(new Set(looks)).toEqual(new Set(['found']));
  state.now = 10 * MINUTE - 1;
  expect(await look('1')).toBe('found');
  expect(fetches()).toBe(1);
});

test('after ten minutes they are refreshed while they are used', async () => {
  const { state, look, fetches } = await startIssuer();
  await look('1');
  state.now = 10 * MINUTE;
  const held: (() => void)[] = [];
  state.answer = (request, response) => held.push(() => json(() => ({ keys: [keyNamed('2')] }))(request, response));
  // The issuer has not answered when this one is found.
  expect(await look('1')).toBe('found');
  await expect.poll(() => held.length).toBe(1);
  state.answer = null;
  state.kids = ['2'];
  for (const answer of held) answer();
  await expect.poll(() => look('1')).toBe(NOT_FOUND);
  expect(await look('2')).toBe('found');
  expect(fetches()).toBeGreaterThanOrEqual(2);
});

test('after twenty minutes a withdrawn key is not used once more', async () => {
  const { state, look } = await startIssuer();
  await look('1');
  state.kids = ['2'];
  state.now = 20 * MINUTE;
  expect(await look('1')).toBe(NOT_FOUND);
});

describe('a key that is not known', () => {
  test('is asked for at once', async () => {
    const { state, look, fetches } = await startIssuer();
    await look('1');
    state.kids = ['1', '2'];
    expect(await look('2')).toBe('found');
    expect(fetches()).toBe(2);
  });

  test('costs the issuer three requests at most, then one in ten seconds, however many come', async () => {
    const { state, look, fetches } = await startIssuer();
    await look('1');
    for (let round = 0; round < 20; round += 1) {
      expect(new Set(await Promise.all(Array.from({ length: 20 }, (_, index) => look(`${round}-${index}`))))).toEqual(new Set([NOT_FOUND]));
    }
    expect(fetches()).toBe(1 + 3);
    state.now += 10 * SECOND - 1;
    await look('x');
    expect(fetches()).toBe(4);
    state.now += 1;
    for (const kid of ['x', 'y', 'z']) await look(kid);
    expect(fetches()).toBe(5);
    expect(await look('1')).toBe('found');
  });

  test('costs a single request where nobody else asks', async () => {
    const { look, fetches } = await startIssuer();
    await look('1');
    await look('x');
    expect(fetches()).toBe(2);
  });

  test('costs none where the keys have just been fetched for it', async () => {
    const { look, fetches } = await startIssuer();
    expect(await look('x')).toBe(NOT_FOUND);
    expect(fetches()).toBe(1);
  });

  test('is found although an answer older than the key was under way', async () => {
    const { state, look } = await startIssuer();
    await look('1');
    const held: (() => void)[] = [];
    state.answer = (request, response) => held.push(() => json(() => ({ keys: [keyNamed('1')] }))(request, response));
    const stranger = look('x');
    await expect.poll(() => held.length).toBe(1);
    state.answer = null;
    state.kids = ['1', '2'];
    const honest = look('2');
    for (const answer of held) answer();
    expect(await honest).toBe('found');
    expect(await stranger).toBe(NOT_FOUND);
  });

  test('nobody else waits for it', async () => {
    const { state, look } = await startIssuer();
    await look('1');
    state.answer = () => {};
    const stranger = look('x');
    expect(await Promise.race([stranger, look('1')])).toBe('found');
    expect(await stranger).toBe(UNAVAILABLE);
  });
});

describe('an issuer that is down', () => {
  test('its keys stay in use for a day, and it is asked every ten seconds at most', async () => {
    const { state, look, fetches } = await startIssuer();
    await look('1');
    state.answer = DOWN;
    state.now = 30 * MINUTE;
    expect(await look('1')).toBe('found');
    expect(fetches()).toBe(2);
    for (let index = 0; index < 50; index += 1) expect(await look('1')).toBe('found');
    // Nothing can be said of a key that it may have made since.
    expect(await look('2')).toBe(UNAVAILABLE);
    expect(fetches()).toBe(2);
    state.now += 10 * SECOND;
    await look('1');
    await expect.poll(fetches).toBe(3);
    state.now = 24 * 60 * MINUTE - 1;
    expect(await look('1')).toBe('found');
    state.now += 1;
    expect(await look('1')).toBe(UNAVAILABLE);
  });

  test('it is used again as soon as it answers', async () => {
    const { state, look } = await startIssuer();
    state.answer = DOWN;
    expect(await look('1')).toBe(UNAVAILABLE);
    state.answer = null;
    expect(await look('1')).toBe(UNAVAILABLE);
    state.now += 10 * SECOND;
    expect(await look('1')).toBe('found');
  });

  test('one that was never reached is not asked again for ten seconds', async () => {
    const { state, look, fetches } = await startIssuer();
    state.answer = DOWN;
    expect(new Set(await Promise.all(Array.from({ length: 50 }, () => look('1'))))).toEqual(new Set([UNAVAILABLE]));
    expect(await look('1')).toBe(UNAVAILABLE);
    expect(fetches()).toBe(1);
  });

  test('one that does not answer holds up nobody for longer than three seconds, and then nobody', async () => {
    const { state, look, fetches } = await startIssuer();
    state.answer = () => {};
    const begun = performance.now();
    expect(new Set(await Promise.all(Array.from({ length: 100 }, () => look('1'))))).toEqual(new Set([UNAVAILABLE]));
    expect(performance.now() - begun).toBeLessThan(4_500);
    const again = performance.now();
    for (let index = 0; index < 100; index += 1) expect(await look('1')).toBe(UNAVAILABLE);
    expect(performance.now() - again).toBeLessThan(1_000);
    expect(fetches()).toBe(1);
  });

  test.each<[string, () => unknown]>([
    ['no JWK Set', () => ({ error: 'maintenance' })],
    ['keys that are no list', () => ({ keys: { 1: keyNamed('1') } })],
  ])('%s counts as none, so that the known keys stay', async (_name, document) => {
    const { state, look } = await startIssuer();
    await look('1');
    state.answer = json(document);
    state.now = 30 * MINUTE;
    expect(await look('1')).toBe('found');
  });
});

test('an issuer that publishes no keys has none: what it has withdrawn is not used', async () => {
  const { state, look } = await startIssuer();
  await look('1');
  state.kids = [];
  state.now = 30 * MINUTE;
  expect(await look('1')).toBe(NOT_FOUND);
});

test('hostile sets of keys: nested, huge and with one key id for many', async () => {
  const { state, look } = await startIssuer();
  const nested = `{"keys":[${'['.repeat(100_000)}${']'.repeat(100_000)},${JSON.stringify(keyNamed('1'))}]}`;
  state.answer = (_request, response) => response.setHeader('content-type', 'application/json').end(nested);
  const longestTurn = watchEventLoop();
  expect(await look('1')).toBe('found');
  state.now += 20 * MINUTE;
  state.kids = Array(700).fill('1');
  state.answer = null;
  // Which of them is meant cannot be known.
  expect(await look('1')).toBe('JWKSMultipleMatchingKeys');
  expect(longestTurn()).toBeLessThan(100);
});

test('a thousand issuers are remembered; the one not used for longest is forgotten', async () => {
  const { server, keys } = await startIssuer();
  const look = (index: number) =>
    keys.of({ issuer: 'https://issuer.example', jwksUri: `${server.url}/${index}` })(
      { alg: 'EdDSA', kid: '1' },
      { payload: '', signature: '' },
    );
  const times = (index: number) => server.asked.filter((path) => path === `/${index}`).length;
  for (let index = 0; index < 1_000; index += 1) await look(index);
  await look(0);
  expect(times(0)).toBe(1);
  await look(1_000);
  await look(0);
  expect(times(0)).toBe(1);
  await look(1);
  expect(times(1)).toBe(2);
});

test('one issuer at two addresses has two sets of keys', async () => {
  const { state, server, keys, issuer, look } = await startIssuer();
  await look('1');
  state.kids = ['2'];
  await expect(
    keys.of({ ...issuer, jwksUri: `${server.url}/others` })({ alg: 'EdDSA', kid: '1' }, { payload: '', signature: '' }),
  ).rejects.toMatchObject({ name: NOT_FOUND });
  expect(await look('1')).toBe('found');
});
