import { afterAll, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { testRedis } from '../support/redis.ts';
import { type GraphQLAnswer, type TestServer, useServer } from '../support/server.ts';
import { expectError } from './answers.ts';

const { acme, initech } = inject('fixture');
const admin = persona(acme, 'admin');
const database = useDatabase();

interface Asked extends GraphQLAnswer {
  readonly headers: Headers;
}

async function ask(server: TestServer, headers: Record<string, string> = {}, method = 'POST'): Promise<Asked> {
  const response = await fetch(`${server.url}/graphql`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: method === 'POST' ? '{"query":"{ __typename }"}' : null,
  });
  const answer = (await response.json()) as Partial<GraphQLAnswer>;
  return { status: response.status, data: answer.data, errors: answer.errors ?? [], headers: response.headers };
}

async function as(server: TestServer, principal = admin): Promise<Record<string, string>> {
  return { authorization: `Bearer ${await server.token(principal)}` };
}

/** The statuses of so many requests, one after the other. */
async function statuses(count: number, once: () => Promise<Asked>): Promise<number[]> {
  const seen: number[] = [];
  for (let n = 0; n < count; n += 1) seen.push((await once()).status);
  return seen;
}

describe('in memory', () => {
  const server = useServer(database, {
    RATE_LIMIT_PER_MINUTE: '3',
    MAX_RATE_LIMIT_PER_MINUTE: '5',
    ANONYMOUS_RATE_LIMIT_PER_MINUTE: '2',
    REFUSED_CREDENTIALS_PER_MINUTE: '4',
    TRUSTED_PROXIES: '127.0.0.1',
  });
  const from = (address: string) => ({ 'x-forwarded-for': address });

  test('a user is told where its count stands, and after how long to try again', async () => {
    const answers = [];
    for (let n = 0; n < 4; n += 1) answers.push(await ask(server, await as(server)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 429]);
    expect(answers.map(({ headers }) => headers.get('ratelimit-remaining'))).toEqual(['2', '1', '0', '0']);
    for (const { headers } of answers) {
      expect(headers.get('ratelimit-limit')).toBe('3');
      expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(50);
      expect(Number(headers.get('ratelimit-reset'))).toBeLessThanOrEqual(60);
    }
    const refused = answers[3] as Asked;
    const { retryAfter } = expectError(refused, 'RATE_LIMITED').extensions;
    expect(refused.headers.get('retry-after')).toBe(String(retryAfter));
    expect(answers[2]?.headers.get('retry-after')).toBeNull();
  });

  test('another user, a key and another organization have counts of their own', async () => {
    for (const principal of [persona(acme, 'developer'), persona(acme, 'ci'), persona(initech, 'admin')]) {
      // A key is its token; a user's tokens count together.
      const key = await as(server, principal);
      const each = async () => ask(server, principal.userId === null ? key : await as(server, principal));
      expect(await statuses(4, each)).toEqual([200, 200, 200, 429]);
    }
  });

  test('it is counted before the body is read', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(await as(server)) },
      body: 'x'.repeat(20_000_000),
    }).catch(() => null);
    // Refused while it is being sent: the answer, or where the sender did not look for one a closed connection; never 413.
    expect([429, undefined]).toContain(response?.status);
  });

  test('an address without a credential is counted, whatever it asks', async () => {
    expect(await statuses(3, () => ask(server, from('192.0.2.1'), 'GET'))).toEqual([405, 405, 429]);
    expect((await ask(server, from('192.0.2.1'))).status).toBe(429);
    expect((await ask(server, from('192.0.2.2'))).status).toBe(200);
  });

  test('of IPv6 the network of one customer is counted', async () => {
    expect((await ask(server, from('2001:db8:1:2::1'))).status).toBe(200);
    expect((await ask(server, from('2001:db8:1:2:ffff::9'))).status).toBe(200);
    expect((await ask(server, from('2001:db8:1:2::2'))).status).toBe(429);
    expect((await ask(server, from('2001:db8:1:3::1'))).status).toBe(200);
  });

  test('a forwarded address that is none does not count, nor reach the database', async () => {
    const answer = await ask(server, { ...(await as(server, persona(initech, 'developer'))), ...from("1.2.3.4'; drop") });
    expect(answer.status).toBe(200);
  });

  test('credentials that are refused are bounded, and then not even looked at', async () => {
    const guess = () => ask(server, { authorization: 'Bearer guess', ...from('192.0.2.9') });
    const answers = [];
    for (let n = 0; n < 6; n += 1) answers.push(await guess());
    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401, 401, 429, 429]);
    expect(answers[0]?.headers.get('ratelimit-limit')).toBe('4');
    expectError(answers[4] as Asked, 'RATE_LIMITED');
    // Not a right one either, or guessing would go on; from another address it is taken.
    const right = await as(server, persona(acme, 'auditor'));
    expect((await ask(server, { ...right, ...from('192.0.2.9') })).status).toBe(429);
    expect((await ask(server, { ...right, ...from('192.0.2.10') })).status).toBe(200);
  });

  test('health and the public keys are not limited', async () => {
    for (const path of ['/health', '/health/live', '/.well-known/jwks.json']) {
      for (let n = 0; n < 8; n += 1) expect((await fetch(server.url + path)).status).toBe(200);
    }
  });
});

describe("an organization's own limit", () => {
  const server = useServer(database, { RATE_LIMIT_PER_MINUTE: '3', MAX_RATE_LIMIT_PER_MINUTE: '5' });
  const limit = async () => (await ask(server, await as(server, persona(acme, 'developer')))).headers.get('ratelimit-limit');

  test('is set by its administrator, and bounded by the operator', async () => {
    const set = (principal: typeof admin, requestsPerMinute: number | null) =>
      server.query(
        principal,
        'mutation ($id: UUID!, $n: Int) { updateOrganization(input: { id: $id, patch: { requestsPerMinute: $n } }) { organization { requestsPerMinute } } }',
        { id: acme.id, n: requestsPerMinute },
      );
    expectError(await set(persona(acme, 'auditor'), 4), 'FORBIDDEN');
    expect(expectError(await set(admin, 0), 'BAD_USER_INPUT').extensions.fields).toEqual(['requestsPerMinute']);
    expect((await set(admin, 50_000)).data.updateOrganization.organization).toEqual({ requestsPerMinute: 50_000 });
    const { rows } = await database.operator.query('select requests_per_minute from app.organizations where id = $1', [acme.id]);
    expect(rows).toEqual([{ requests_per_minute: 50_000 }]);
    // Remembered for 30 seconds, so asked by another server.
  });

  describe('on a server that has not yet asked', () => {
    const fresh = useServer(database, { RATE_LIMIT_PER_MINUTE: '3', MAX_RATE_LIMIT_PER_MINUTE: '5' });

    test('holds for that organization alone', async () => {
      expect(await limit()).toBe('3');
      expect((await ask(fresh, await as(fresh))).headers.get('ratelimit-limit')).toBe('5');
      expect((await ask(fresh, await as(fresh, persona(initech, 'admin')))).headers.get('ratelimit-limit')).toBe('3');
      await database.operator.query('update app.organizations set requests_per_minute = null where id = $1', [acme.id]);
    });
  });
});

describe('without trusted proxies', () => {
  const server = useServer(database, { ANONYMOUS_RATE_LIMIT_PER_MINUTE: '2' });

  test('nobody gives himself another address', async () => {
    let n = 0;
    expect(await statuses(3, () => ask(server, { 'x-forwarded-for': `192.0.2.${(n += 1)}` }))).toEqual([200, 200, 429]);
  });
});

describe('through Redis', async () => {
  const redis = await testRedis();
  beforeAll(() => redis.start());
  const environment = { RATE_LIMIT_PER_MINUTE: '10', REDIS_URL: redis.url } as const;
  const [left, right] = [useServer(database, environment), useServer(database, environment)];
  afterAll(() => redis.kill());

  const remaining = async (server: TestServer, principal = admin) => {
    const { status, headers } = await ask(server, await as(server, principal));
    return [status, Number(headers.get('ratelimit-remaining'))];
  };
  const lines = (words: string) => left.log.filter((line) => line.includes(words)).length;

  test('two servers share a count', async () => {
    await vi.waitFor(async () => {
      const shared = persona(initech, 'engineer');
      const before = (await remaining(left, shared))[1] as number;
      expect((await remaining(right, shared))[1]).toBe(before - 1);
    });
    const seen = [];
    for (let n = 0; n < 6; n += 1) seen.push(await remaining(left), await remaining(right));
    expect(seen).toEqual(
      [9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
        .map((left) => [200, left])
        .concat([
          [429, 0],
          [429, 0],
        ]),
    );
  });

  test('it is killed while requests come: none fails, it is logged once, and is used again when it is back', async () => {
    // Within their limit even where one server counts them all.
    const crowd = Object.keys(acme.users).map((role) => persona(acme, role as 'developer'));
    const asked = Array.from({ length: 40 }, async (_, n) => {
      if (n === 20) await redis.kill();
      return ask(n % 2 === 0 ? left : right, await as(left, crowd[1 + (n % (crowd.length - 1))]));
    });
    expect(new Set((await Promise.all(asked)).map(({ status }) => status))).toEqual(new Set([200]));
    await vi.waitFor(() => expect(lines('Redis does not answer')).toBe(1));
    // Each counts alone now: who had nothing left has its ten from each.
    expect(await remaining(left)).toEqual([200, 9]);
    expect(await remaining(right)).toEqual([200, 9]);
    await redis.start();
    await vi.waitFor(() => expect(lines('Redis answers again')).toBe(1), { timeout: 10_000, interval: 20 });
    await vi.waitFor(async () => {
      const shared = persona(initech, 'developer');
      const before = (await remaining(left, shared))[1] as number;
      expect((await remaining(right, shared))[1]).toBe(before - 1);
    });
    expect(lines('Redis does not answer')).toBe(1);
  });

  test('one that hangs holds up the requests that find out, and no others', async () => {
    const shared = persona(initech, 'auditor');
    expect((await remaining(left, shared))[0]).toBe(200);
    redis.hang();
    try {
      const began = performance.now();
      for (let n = 0; n < 8; n += 1) expect((await remaining(left, shared))[0]).toBe(200);
      expect(performance.now() - began).toBeLessThan(2_000);
      expect(lines('Redis does not answer')).toBe(2);
    } finally {
      redis.resume();
    }
    await vi.waitFor(() => expect(lines('Redis answers again')).toBe(2), { timeout: 10_000, interval: 20 });
  });
});
