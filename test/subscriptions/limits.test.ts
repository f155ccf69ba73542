import { request } from 'node:http';
import { connect as connectSocket } from 'node:net';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { WebSocket } from 'ws';
import { startServer } from '../../server.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { subscribers } from '../support/subscriber.ts';
import { writer } from './writing.ts';

const { acme } = inject('fixture');
const database = useDatabase();
const server = useServer(database, {
  MAX_SOCKETS_PER_CALLER: '2',
  MAX_SOCKETS_PER_ADDRESS: '10',
  MAX_SUBSCRIPTIONS_PER_SOCKET: '3',
  MAX_SOCKET_MESSAGE_BYTES: '2000',
  MAX_SOCKET_MESSAGES_PER_MINUTE: '40',
  SOCKET_INIT_TIMEOUT_MS: '300',
  SOCKET_PING_MS: '300',
  MAX_QUERY_DEPTH: '8',
  MAX_QUERY_COST: '500',
});
const { as, connect } = subscribers(server);
const DEFECTS = 'subscription { defectReported { cursor } }';

/** A socket without a client's manners: what it is sent, and how it is closed. */
function raw(path = '/graphql', protocols = ['graphql-transport-ws']) {
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}${path}`, protocols);
  const received: { type: string; id?: string; payload?: unknown }[] = [];
  socket.on('message', (data) => received.push(JSON.parse(String(data))));
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  const failed = new Promise<Error>((resolve) => socket.on('error', resolve));
  const opened = new Promise<void>((resolve) => socket.on('open', resolve));
  return { socket, received, closed, failed, opened, send: (message: object) => socket.send(JSON.stringify(message)) };
}

const init = async (role: 'admin' | 'developer' | 'member' = 'admin') => {
  const open = raw();
  await open.opened;
  open.send({ type: 'connection_init', payload: { Authorization: `Bearer ${await server.token(persona(acme, role))}` } });
  await expect.poll(() => open.received).toEqual([{ type: 'connection_ack' }]);
  return open;
};

describe('a WebSocket', () => {
  test('is closed if nobody signs in', async () => {
    expect(await raw().closed).toMatchObject({ code: 4408 });
  });

  test('is closed if it speaks another protocol', async () => {
    expect(await raw('/graphql', []).closed).toMatchObject({ code: 4406 });
  });

  test('is closed if it asks before it has signed in', async () => {
    const open = raw();
    await open.opened;
    open.send({ type: 'subscribe', id: '1', payload: { query: DEFECTS } });
    expect(await open.closed).toMatchObject({ code: 4401 });
  });

  test('is not opened elsewhere', async () => {
    expect(String(await raw('/').failed)).toContain('404');
  });

  test.each(['//', 'http://[', '//:0/graphql', '/%', '*'])('is not opened at %s, and the server goes on', async (path) => {
    const { hostname, port } = new URL(server.url);
    const socket = connectSocket(Number(port), hostname);
    onTestFinished(() => void socket.destroy());
    const upgrade = [
      'Connection: upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ];
    socket.write([`GET ${path} HTTP/1.1`, 'Host: localhost', ...upgrade, '', ''].join('\r\n'));
    const answer = await new Promise<string>((resolve) => socket.on('data', (data) => resolve(String(data))));
    expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
    expect((await fetch(`${server.url}/health/live`)).status).toBe(200);
  });

  test('is closed if a message is too large', async () => {
    const open = await init();
    open.send({ type: 'ping', payload: { filler: 'x'.repeat(2_000) } });
    expect(await open.closed).toMatchObject({ code: 1009 });
  });

  test('is closed after too many messages', async () => {
    const open = await init();
    for (let index = 0; index < 40; index += 1) open.send({ type: 'ping' });
    expect(await open.closed).toMatchObject({ code: 1008 });
  });

  test('is closed if its messages are binary, or no JSON', async () => {
    const binary = await init();
    binary.socket.send(Buffer.from('{"type":"ping"}'));
    expect(await binary.closed).toMatchObject({ code: 1008 });
    const broken = await init();
    broken.socket.send('{');
    expect(await broken.closed).toMatchObject({ code: 4400 });
  });

  test('is cut off if it does not answer pings', async () => {
    const open = await init();
    open.socket.pong = () => {};
    // The client's own answer is sent below that.
    (open.socket as unknown as { _receiver: { removeAllListeners(name: string): void } })._receiver.removeAllListeners('ping');
    expect(await open.closed).toMatchObject({ code: 1006 });
  });

  test('is one of at most two of a caller', async () => {
    const [first] = [await init('member'), await init('member')];
    const third = connect(`Bearer ${await server.token(persona(acme, 'member'))}`);
    expect(await third.subscribe(DEFECTS).ended()).toMatchObject({
      code: 1013,
      reason: 'You have too many WebSockets open: close one first.',
    });
    first?.socket.close();
    await first?.closed;
    await expect.poll(() => init('member').then(() => true)).toBe(true);
  });

  test('is one of at most ten of an address', async () => {
    const open = Array.from({ length: 12 }, () => raw());
    const refused = await Promise.race(open.map(({ failed }) => failed));
    expect(String(refused)).toContain('429');
    await Promise.all(open.map(({ closed }) => closed));
  });

  test('has at most three subscriptions', async () => {
    const subscriber = await as(persona(acme, 'developer'));
    for (let index = 0; index < 3; index += 1)
      subscriber
        .subscribe(DEFECTS)
        .next(1_000)
        .catch(() => {});
    onTestFinished(() => subscriber.cut());
    expect(await subscriber.subscribe(DEFECTS).ended()).toMatchObject([
      { message: expect.stringContaining('at most 3 subscriptions'), extensions: { code: 'BAD_USER_INPUT' } },
    ]);
  });

  test('has no more of them by using an id again', async () => {
    const open = await init('developer');
    onTestFinished(() => open.socket.terminate());
    const subscribe = (id: string) => open.send({ type: 'subscribe', id, payload: { query: DEFECTS } });
    for (let index = 0; index < 6; index += 1) {
      subscribe('1');
      open.send({ type: 'complete', id: '1' });
    }
    for (const id of ['2', '3', '4']) subscribe(id);
    // The first is still beginning, so there is no room for the last.
    await expect.poll(() => open.received.filter(({ type }) => type === 'error').map(({ id }) => id)).toContain('4');
    const write = await writer(database, acme);
    onTestFinished(() => write.end());
    const told = () => open.received.filter(({ type }) => type === 'next').map(({ id }) => id);
    const toldAfterWriting = async () => {
      await write.write();
      return told();
    };
    await expect.poll(toldAfterWriting).toEqual(expect.arrayContaining(['2', '3']));
    open.send({ type: 'complete', id: '2' });
    subscribe('5');
    await expect.poll(toldAfterWriting).toContain('5');
    expect(told()).not.toContain('1');
  });

  test('what offers another protocol than WebSocket is answered as if it had not', async () => {
    const status = await new Promise((resolve, reject) => {
      request(`${server.url}/health/live`, { headers: { connection: 'upgrade', upgrade: 'h2c' } }, ({ statusCode }) => resolve(statusCode))
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
  });
});

describe('a subscription is refused', () => {
  test.each([
    ['a query', '{ eventCursor }', 'BAD_USER_INPUT', 'by POST'],
    ['a mutation', 'mutation { signOut(input: {}) { signedOut } }', 'BAD_USER_INPUT', 'by POST'],
    ['what is no GraphQL', 'subscription {', 'BAD_USER_INPUT', 'Syntax Error'],
    ['two fields', 'subscription { defectReported { cursor } deploymentChanged { cursor } }', 'BAD_USER_INPUT', 'one top level field'],
    ['a field in a fragment', 'subscription { ... on Subscription { defectReported { cursor } } }', 'BAD_USER_INPUT', 'by itself'],
    ['a field under a condition', 'subscription { defectReported @skip(if: false) { cursor } }', 'BAD_USER_INPUT', 'by itself'],
    ['what never happens', 'subscription { __typename }', 'BAD_USER_INPUT', ''],
    ['a project that is no id', 'subscription { defectReported(projectId: "x") { cursor } }', 'BAD_USER_INPUT', 'UUID'],
    [
      'what is too deep',
      'subscription { defectReported { defect { project { defects { nodes { project { defects { nodes { id } } } } } } } } }',
      'QUERY_TOO_COMPLEX',
      'levels',
    ],
    [
      'what costs too much',
      'subscription { defectReported { defect { project { defects(first: 1000) { nodes { id } } } } } }',
      'QUERY_TOO_COMPLEX',
      'values',
    ],
    ['half a surrogate pair', 'subscription { defectReported { cursor } } # \ud800', 'BAD_USER_INPUT', 'surrogate'],
  ])('for %s', async (_what, query, code, words) => {
    const subscriber = await as(persona(acme, 'developer'));
    expect(await subscriber.subscribe(query).ended()).toMatchObject([{ message: expect.stringContaining(words), extensions: { code } }]);
    subscriber.cut();
    await subscriber.closed;
  });

  test('over HTTP, with the words for where it is asked', async () => {
    const { errors } = await server.query(persona(acme, 'developer'), DEFECTS);
    expect(errors[0]?.message).toContain('WebSocket');
  });
});

describe('a server of its own', () => {
  const start = async (environment: Record<string, string>) => {
    const { parseConfig } = await import('../../src/config.ts');
    const config = parseConfig({ NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: inject('dataDirectory'), ...environment });
    return startServer({ ...config, DATABASE_URL: database.url });
  };

  test('closes its WebSockets when it stops', async () => {
    const running = await start({});
    const socket = new WebSocket(`${running.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    const closed = new Promise((resolve) => socket.on('close', resolve));
    await new Promise((resolve) => socket.on('open', resolve));
    const began = performance.now();
    await running.stop();
    expect(await closed).toBe(1001);
    expect(performance.now() - began).toBeLessThan(5_000);
  });

  test('closes the WebSocket of a client that takes nothing', { timeout: 60_000 }, async () => {
    const running = await start({ MAX_WAITING_RESULTS: '20' });
    const write = await writer(database, acme);
    const admin = persona(acme, 'admin');
    const socket = new WebSocket(`${running.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    try {
      const message = () => new Promise<string>((resolve) => socket.once('message', (data) => resolve(String(data))));
      const closed = new Promise<[number, string]>((resolve) => socket.once('close', (code, reason) => resolve([code, String(reason)])));
      await new Promise((resolve) => socket.once('open', resolve));
      socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${await server.token(admin)}` } }));
      await message();
      const fields = Array.from({ length: 40 }, (_, index) => `f${index}: environment`).join(' ');
      socket.send(
        JSON.stringify({ type: 'subscribe', id: '1', payload: { query: `subscription { defectReported { defect { ${fields} } } }` } }),
      );
      let isTold = false;
      void message().then(() => {
        isTold = true;
      });
      while (!isTold) await write.write(1, 19_000);
      // 760 kB each: the network and the kernel hold a few, then they wait in the server.
      socket.pause();
      for (let turn = 0; turn < 10; turn += 1) await write.write(10, 19_000);
      setTimeout(() => socket.resume(), 3_000);
      expect(await closed).toEqual([1013, 'Too slow: connect again, and go on from your last cursor.']);
    } finally {
      socket.terminate();
      await write.end();
      await running.stop();
    }
  });

  test('counts subscriptions as requests', async () => {
    const running = await start({ RATE_LIMIT_PER_MINUTE: '3' });
    try {
      const { connect: connectTo } = subscribersOf(running.url);
      const subscriber = connectTo(`Bearer ${await server.token(persona(acme, 'admin'))}`);
      const ask = () => subscriber.subscribe('subscription { nothing }').ended();
      const codes = [];
      for (let index = 0; index < 3; index += 1) codes.push((await ask()) as { extensions: { code: string } }[]);
      expect(codes.map(([error]) => error?.extensions.code)).toEqual(['BAD_USER_INPUT', 'BAD_USER_INPUT', 'RATE_LIMITED']);
    } finally {
      await running.stop();
    }
  });
});

function subscribersOf(url: string) {
  return subscribers({ ...server, url });
}
