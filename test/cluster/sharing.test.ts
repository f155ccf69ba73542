import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { useDatabase } from '../support/database.ts';
import { ask, bearer, metrics, PROXIED, query, serveByTwo, valuesOf } from './served-by-two.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const database = useDatabase();

/** An open socket, or the status with which it was refused. */
function open(url: string, headers: Record<string, string>): Promise<WebSocket | number> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers, handshakeTimeout: 2_000 });
  onTestFinished(() => socket.terminate());
  return new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket));
    socket.once('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.once('error', reject);
  });
}

/** Signs in over a socket; what it is told, or the code with which it is closed. */
function signIn(socket: WebSocket, payload: object): Promise<string | number> {
  return new Promise((resolve) => {
    socket.once('message', (data) => resolve((JSON.parse(String(data)) as { type: string }).type));
    socket.once('close', (code) => resolve(code));
    socket.send(JSON.stringify({ type: 'connection_init', payload }));
  });
}

describe('two processes on one port', () => {
  test('count requests and refused credentials together', async () => {
    const { url } = await serveByTwo(database, {
      ...PROXIED,
      ANONYMOUS_RATE_LIMIT_PER_MINUTE: '4',
      REFUSED_CREDENTIALS_PER_MINUTE: '2',
    });
    const anonymous = { 'x-forwarded-for': '192.0.2.1' };
    const seen = [];
    for (let n = 0; n < 6; n += 1) seen.push(await query(url, '{ __typename }', anonymous));
    expect(seen.map(({ status }) => status)).toEqual([200, 200, 200, 200, 429, 429]);
    expect(seen.map(({ headers }) => headers['ratelimit-remaining'])).toEqual(['3', '2', '1', '0', '0', '0']);
    const served = valuesOf(
      await metrics(url),
      'defectxray_http_request_duration_seconds_count{method="POST",route="/graphql",status="200"',
    );
    expect(served).toEqual({ 0: 2, 1: 2 });

    const guessing = { 'x-forwarded-for': '192.0.2.2', authorization: 'Bearer wrong' };
    // One each: the second process sees that it is the last, and the first has to be told.
    for (let n = 0; n < 2; n += 1) expect((await query(url, '{ __typename }', guessing)).status).toBe(401);
    // It has been when both have answered this.
    for (let n = 0; n < 2; n += 1) await metrics(url);
    const right = await bearer('admin');
    const own = { 'x-forwarded-for': '192.0.2.3', ...right };
    for (let n = 0; n < 4; n += 1) {
      expect((await query(url, '{ __typename }', { 'x-forwarded-for': '192.0.2.2', ...right })).status).toBe(429);
      expect((await query(url, '{ __typename }', own)).status).toBe(200);
    }
  });

  test('count sockets together, and those of a process that has ended no more', async () => {
    const { url, workers } = await serveByTwo(database, {
      ...PROXIED,
      MAX_SOCKETS_PER_ADDRESS: '2',
      MAX_SOCKETS_PER_CALLER: '3',
    });
    const from = (address: string) => open(url, { 'x-forwarded-for': address });
    const held = [await from('192.0.2.1'), await from('192.0.2.1')] as WebSocket[];
    expect(await from('192.0.2.1')).toBe(429);
    held[0]?.close();
    await vi.waitFor(async () => expect(await from('192.0.2.1')).toBeInstanceOf(WebSocket), { timeout: 10_000 });

    const right = await bearer('developer');
    const told: (string | number)[] = [];
    for (const address of ['192.0.2.11', '192.0.2.12', '192.0.2.13', '192.0.2.14', '192.0.2.15']) {
      told.push(await signIn((await from(address)) as WebSocket, right));
    }
    expect(told).toEqual(['connection_ack', 'connection_ack', 'connection_ack', 1013, 1013]);

    process.kill(workers()[0] as number, 'SIGKILL');
    await vi.waitFor(
      async () => {
        const again = await from('192.0.2.21').catch(() => 0);
        expect(again).toBeInstanceOf(WebSocket);
        expect(await signIn(again as WebSocket, right)).toBe('connection_ack');
      },
      { timeout: 30_000 },
    );
  });

  test('hold no more connections of the database together than one may, and run jobs once', async () => {
    const { url } = await serveByTwo(database, { DATABASE_POOL_SIZE: '5', WORKER_DATABASE_URL: database.workerUrl });
    const right = await bearer('admin');
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => query(url, '{ defects(first: 5) { nodes { id title } } projects { totalCount } }', right)),
    );
    expect(new Set(answers.map(({ status, body }) => `${status} ${body.includes('errors')}`))).toEqual(new Set(['200 false']));
    const told = await metrics(url);
    expect(valuesOf(told, 'defectxray_database_pool{state="total"')).toEqual({ 0: 2, 1: 2 });
    const { rows } = await database.operator.query(
      "select count(*)::int as count from pg_stat_activity where datname = $1 and usename = 'app_user' and pid <> $2",
      [database.name, (database.api as unknown as { processID: number }).processID],
    );
    expect(rows).toEqual([{ count: 4 }]);
    expect(valuesOf(told, 'defectxray_jobs_queued')).toEqual({ 0: expect.any(Number) });
    expect(valuesOf(told, 'process_start_time_seconds')).toEqual({ 0: expect.any(Number), 1: expect.any(Number) });
    expect(told.match(/^# TYPE process_start_time_seconds /gm)).toHaveLength(1);
    // Not for who has no token, as with one process.
    expect((await ask(url, '/health/metrics')).status).toBe(401);
  });
});
