import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, inject, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { persona, useDatabase } from '../support/database.ts';
import { type TestServer, useServer } from '../support/server.ts';
import { expectError } from './answers.ts';

const { acme } = inject('fixture');
const database = useDatabase();
const APP = 'https://app.example.com';

const preflight = (server: TestServer, origin: string) =>
  fetch(`${server.url}/graphql`, {
    method: 'OPTIONS',
    headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization,content-type' },
  });
const simple = (server: TestServer, headers: Record<string, string>) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: '{"query":"{ __typename }"}',
  });

/** Writes raw bytes to the server and gives what it answers until it closes. */
async function raw(server: TestServer, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (text: string) => (answer += text));
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('from other sites', () => {
  const server = useServer(database, { CORS_ORIGINS: `${APP},https://other.example.com` });

  test('a page of an origin that is named may ask', async () => {
    const asked = await preflight(server, APP);
    expect(asked.status).toBe(204);
    expect(asked.headers.get('access-control-allow-origin')).toBe(APP);
    expect(asked.headers.get('access-control-allow-methods')).toBe('POST');
    expect(asked.headers.get('access-control-allow-credentials')).toBeNull();
    expect(asked.headers.get('access-control-allow-headers')).toContain('X-DefectXray-Organization');
    const { headers } = await simple(server, { origin: APP });
    expect(headers.get('access-control-allow-origin')).toBe(APP);
    expect(headers.get('vary')).toContain('Origin');
    for (const name of ['RateLimit-Remaining', 'Retry-After', 'X-Request-Id']) {
      expect(headers.get('access-control-expose-headers')).toContain(name);
    }
  });

  test.each(['https://app.example.com.evil.example', 'http://app.example.com', 'https://evil.example', 'null', 'https://APP.example.com'])(
    'a page of %s may not',
    async (origin) => {
      expect((await preflight(server, origin)).headers.get('access-control-allow-origin')).toBeNull();
      expect((await simple(server, { origin })).headers.get('access-control-allow-origin')).toBeNull();
    },
  );

  test('what a form can send is refused, with cookies or without', async () => {
    for (const type of [
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'text/plain',
      'text/plain; application/json',
    ]) {
      const response = await simple(server, { 'content-type': type, cookie: 'session=1', origin: 'https://evil.example' });
      expect(response.status).toBe(415);
    }
  });

  test('a cookie is no credential', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', cookie: `authorization=Bearer ${await server.token(persona(acme, 'admin'))}` },
      body: '{"query":"{ projects { totalCount } }"}',
    });
    expect(((await response.json()) as { data: unknown }).data).toEqual({ projects: null });
    expect(response.headers.get('set-cookie')).toBeNull();
  });

  test.each(['*', 'app.example.com', 'https://app.example.com/', 'https://app.example.com/path', 'ftp://a.example', `${APP},*`])(
    'the setting refuses %s',
    (CORS_ORIGINS) => {
      expect(() => parseConfig({ CORS_ORIGINS })).toThrow('The setting CORS_ORIGINS must be origins');
    },
  );
});

describe('the headers of an answer', () => {
  const server = useServer(database);

  test('forbid everything but the answer; the page of the IDE may load its own parts', async () => {
    const policy = async (path: string) =>
      (await fetch(server.url + path, { headers: { accept: 'text/html' } })).headers.get('content-security-policy');
    expect(await policy('/health')).toBe("default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'");
    expect(await policy('/graphql')).toBe(await policy('/health'));
    expect(await policy('/')).toMatch(/^default-src 'none';script-src 'self' 'nonce-[^']+';style-src /);
    expect(await policy('/')).not.toBe(await policy('/'));
  });

  test('name the request as the server does, not as a stranger', async () => {
    expect((await simple(server, { 'x-request-id': 'mine' })).headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('cannot be written into by what is sent', async () => {
    const answer = await raw(
      server,
      'GET /graphql?a=%0d%0aSet-Cookie:%20a=b HTTP/1.1\r\nHost: a\r\nX-Request-Id: a\r\n b\r\nConnection: close\r\n\r\n',
    );
    expect(answer).not.toMatch(/set-cookie/i);
    for (const odd of ['a\0b', 'a\u007fb'])
      expect(await raw(server, `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${odd}\r\n\r\n`)).toMatch(/^HTTP\/1.1 400 /);
    const smuggled = 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';
    expect(await raw(server, smuggled)).toMatch(/^HTTP\/1.1 400 /);
    expect(await raw(server, `GET / HTTP/1.1\r\nHost: a\r\nX-A: ${'x'.repeat(20_000)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 /);
  });
});

describe('through a trusted proxy', () => {
  const server = useServer(database, { TRUSTED_PROXIES: '127.0.0.0/8,::1' });

  test("its request's id and address stand in the trail, where they are of the right form", async () => {
    const rename = async (headers: Record<string, string>) => {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await server.token(persona(acme, 'admin'))}`, ...headers },
        body: JSON.stringify({
          query: `mutation { createProjectGroup(input: { projectGroup: { name: "${Math.random()}" } }) { projectGroup { id } } }`,
        }),
      });
      const { data } = (await response.json()) as { data: { createProjectGroup: { projectGroup: { id: string } } } };
      const { rows } = await database.operator.query('select request_id, host(ip_address) as ip from app.audit_logs where target_id = $1', [
        data.createProjectGroup.projectGroup.id,
      ]);
      expect(rows).toHaveLength(1);
      expect(rows[0].request_id).toBe(response.headers.get('x-request-id'));
      return rows[0] as { request_id: string; ip: string };
    };
    expect(await rename({ 'x-request-id': 'lb-7.a_1', 'x-forwarded-for': '192.0.2.7' })).toEqual({
      request_id: 'lb-7.a_1',
      ip: '192.0.2.7',
    });
    expect((await rename({ 'x-request-id': 'a b' })).request_id).toMatch(/^[0-9a-f-]{36}$/);
    expect((await rename({ 'x-request-id': 'x'.repeat(65) })).request_id).toMatch(/^[0-9a-f-]{36}$/);
    // The last that is not a trusted proxy's: what is before it, anybody may have written.
    expect((await rename({ 'x-forwarded-for': '203.0.113.9, 192.0.2.7' })).ip).toBe('192.0.2.7');
    expect((await rename({ 'x-forwarded-for': "no address'" })).ip).toBe('127.0.0.1');
    expect((await rename({ 'x-forwarded-for': '192.0.2.7:4711' })).ip).toBe('192.0.2.7');
  });

  test.each(['nobody', '10.0.0.0/33', '10.0.0.1,', '-1', '*'])('the setting refuses %s', (TRUSTED_PROXIES) => {
    expect(() => parseConfig({ TRUSTED_PROXIES })).toThrow('The setting TRUSTED_PROXIES must be');
  });
});

describe('a request that does not arrive', () => {
  const server = useServer(database, { RECEIVE_TIMEOUT_MS: '300' });

  test.each([
    ['half a header', 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-'],
    ['half a body', 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"query":'],
  ])('whole is not waited for: %s', async (_name, bytes) => {
    const began = performance.now();
    expect(await raw(server, bytes)).toMatch(/^HTTP\/1.1 408 /);
    expect(performance.now() - began).toBeLessThan(3_000);
    expect((await simple(server, {})).status).toBe(200);
  });
});

describe('in production', () => {
  const server = useServer(database, { NODE_ENV: 'production' });

  test('there is no introspection, no suggestion and no IDE', async () => {
    for (const query of [
      '{ __schema { types { name } } }',
      '{ __type(name: "Defect") { name } }',
      '{ ... { ...F } } fragment F on Query { a: __schema { description } }',
    ]) {
      const answer = await server.query(persona(acme, 'admin'), query);
      expect(new Set(answer.errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['BAD_USER_INPUT']));
      expect(answer.data).toBeUndefined();
    }
    for (const query of [
      '{ projectz { totalCount } }',
      '{ projects(frist: 1) { totalCount } }',
      '{ projects(orderBy: NAME_ASCC) { totalCount } }',
      'query ($a: UUIDD) { __typename }',
      'query { ... on Qery { __typename } }',
    ]) {
      const { message } = (await server.query(persona(acme, 'admin'), query)).errors[0] as { message: string };
      expect(message).not.toMatch(/did you mean/i);
    }
    const variable = await server.query(persona(acme, 'admin'), 'query ($o: [ProjectOrderBy!]) { projects(orderBy: $o) { totalCount } }', {
      o: ['NAME_ASCC'],
    });
    expect(expectError(variable, 'BAD_USER_INPUT').message).not.toMatch(/did you mean/i);
    for (const path of ['/', '/ruru-static/ruru.js', '/ide/sign-in.js', '/ide/session.js']) {
      const response = await fetch(server.url + path, { headers: { accept: 'text/html' } });
      expect(response.status).toBe(404);
      expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
    }
    expect((await fetch(`${server.url}/health`)).headers.get('strict-transport-security')).toContain('max-age=');
    expect((await server.query(persona(acme, 'admin'), '{ __typename projects { totalCount } }')).errors).toEqual([]);
  });

  describe('with INTROSPECTION on', () => {
    const open = useServer(database, { NODE_ENV: 'production', INTROSPECTION: 'on' });

    test('the schema may be asked for', async () => {
      expect((await open.query(persona(acme, 'admin'), '{ __type(name: "Defect") { name } }')).data).toEqual({
        __type: { name: 'Defect' },
      });
    });
  });

  test('no issuer of this machine is believed', () => {
    const parse = (ALLOW_LOOPBACK_ISSUERS: string, NODE_ENV = 'production') => parseConfig({ NODE_ENV, ALLOW_LOOPBACK_ISSUERS });
    expect(() => parse('true')).toThrow('The setting ALLOW_LOOPBACK_ISSUERS must not be true in production.');
    expect(() => parse('yes', 'development')).toThrow('The setting ALLOW_LOOPBACK_ISSUERS must be true or false.');
    expect(parse('', 'development').ALLOW_LOOPBACK_ISSUERS).toBe('false');
    expect(parse('true', 'development').ALLOW_LOOPBACK_ISSUERS).toBe('true');
  });

  test('Redis is spoken to with TLS, but on this machine', () => {
    const production = (REDIS_URL: string) => parseConfig({ NODE_ENV: 'production', REDIS_URL }).REDIS_URL;
    expect(() => production('redis://redis.example.com')).toThrow('The setting REDIS_URL must use TLS');
    expect(() => production('redis://127.0.0.1.example.com')).toThrow('The setting REDIS_URL must use TLS');
    for (const url of ['rediss://redis.example.com', 'redis://localhost:6379', 'redis://127.0.0.1', 'redis://[::1]'])
      expect(production(url)).toBe(url);
  });
});
