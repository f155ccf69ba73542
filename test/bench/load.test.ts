import { createServer, type RequestListener, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { inlined, PRODUCT } from '../../bench/documents.ts';
import { CURSOR, type Plan, runPlan, type Script } from '../../bench/load/closed-loop.ts';
import { delayedDatabase, measureDelay } from '../../bench/load/delayed.ts';
import { parse } from '../../bench/load/http-connection.ts';

const script: Script = { token: 'a token', body: '{"query":"{ first }"}', expect: 'wanted' };

async function listening(handle: RequestListener): Promise<Omit<Plan, 'clients'>> {
  const server: Server = createServer(handle).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  onTestFinished(() => void server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`, seconds: 0.2, from: 0, once: false };
}

test('clients ask in turn, with their token, and go on to the next page by the cursor', async () => {
  const asked: string[] = [];
  const plan = await listening((request, response) => {
    let body = '';
    request.on('data', (text) => (body += text));
    request.on('end', () => {
      asked.push(`${request.headers.authorization} ${body}`);
      response.end('{"data":{"wanted":1,"endCursor":"page 2"}}');
    });
  });
  const { figures, answers } = await runPlan({ ...plan, clients: 1 }, [{ ...script, next: `{"after":"${CURSOR}"}` }]);
  expect(asked.slice(0, 3)).toEqual([
    'Bearer a token {"query":"{ first }"}',
    'Bearer a token {"after":"page 2"}',
    'Bearer a token {"query":"{ first }"}',
  ]);
  expect(answers).toBe(asked.length);
  expect(figures.requests).toBeLessThanOrEqual(answers);
  expect(figures.requestsPerSecond).toBe(figures.requests / 0.2);
  expect(figures.p50Ms).toBeLessThanOrEqual(figures.p99Ms);
});

test('of bodies that may be sent in its place each is sent', async () => {
  const asked = new Set<string>();
  const plan = await listening((request, response) => {
    request.on('data', (text) => asked.add(String(text)));
    request.on('end', () => response.end('wanted'));
  });
  await runPlan({ ...plan, clients: 4 }, [{ ...script, or: ['second', 'third'] }]);
  expect([...asked].sort()).toEqual(['second', 'third', script.body]);
});

test.each([
  ['an error in it', 200, '{"errors":[{"message":"too slow, wanted"}]}', 'has an error'],
  ['another status', 503, '{"data":{"wanted":1}}', 'was 503'],
  ['nothing in it', 200, '{"data":{"defect":null}}', 'lacks wanted'],
])('an answer with %s fails the run, and is shown', async (_what, status, body, message) => {
  const plan = await listening((_request, response) => void response.writeHead(status).end(body));
  const error = await runPlan({ ...plan, clients: 2 }, [script]).catch((error: Error) => error);
  expect(String(error)).toContain(message);
  expect(String(error)).toContain(body);
});

test('texts that may be asked once are not asked twice', async () => {
  const plan = await listening((_request, response) => void response.end('wanted'));
  await expect(runPlan({ ...plan, clients: 1, once: true }, [script, script])).rejects.toThrow('There were only 2 different texts.');
});

test('a server that closes the connection fails the run', async () => {
  const plan = await listening((request) => void request.socket.destroy());
  await expect(runPlan({ ...plan, clients: 1 }, [script])).rejects.toThrow();
});

test('an answer is read by its length or in chunks, however it is cut', () => {
  const whole = Buffer.from('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody');
  const chunked = Buffer.from('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nbod\r\n1\r\ny\r\n0\r\n\r\n');
  for (const answer of [whole, chunked]) {
    expect(parse(answer)).toMatchObject({ status: 200, body: Buffer.from('body') });
    for (let end = 0; end < answer.length; end += 1) expect(parse(answer.subarray(0, end))).toBeUndefined();
  }
  expect(() => parse(Buffer.from('HTTP/1.1 200 OK\r\n\r\nbody'))).toThrow('neither a length nor chunks');
});

test('a network of 1 ms takes that much longer, and not much more', async () => {
  const { delayedMs, directMs } = await measureDelay(1, 100);
  expect(delayedMs - directMs).toBeGreaterThanOrEqual(1);
  expect(delayedMs - directMs).toBeLessThan(5);
});

test('round trips are counted on the way: what is sent before the answer is one', async () => {
  const echo = createTcpServer((socket) => void socket.pipe(socket)).listen(0, '127.0.0.1');
  await new Promise((resolve) => echo.once('listening', resolve));
  const delayed = await delayedDatabase(`postgres://user@127.0.0.1:${(echo.address() as AddressInfo).port}/database`, 1);
  const socket = connect(Number(new URL(delayed.url).port), '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
    delayed.stop();
    echo.close();
  });
  let received = '';
  const until = (text: string) =>
    new Promise<void>((resolve) => {
      const look = (data: Buffer) => {
        received += data;
        if (!received.endsWith(text)) return;
        socket.off('data', look);
        resolve();
      };
      socket.on('data', look);
    });
  socket.write('one');
  await until('one');
  expect(await delayed.flights()).toBe(1);
  // Two pieces, the second before the first is answered.
  socket.setNoDelay(true);
  socket.write('two');
  await nextTurn();
  socket.write('three');
  await until('three');
  expect(await delayed.flights()).toBe(1);
  expect(received).toBe('onetwothree');
});

test('a document with its variables written into it asks the same', () => {
  const id = '01890000-0000-7000-8000-000000000000';
  expect(inlined(PRODUCT.point, { id })).toContain(`defect(id: "${id}")`);
  expect(inlined(PRODUCT.list, { severity: 'HIGH' })).toContain('severity: HIGH }, orderBy: [LAST_SEEN_AT_DESC], first: 20, after: null');
  for (const document of [PRODUCT.point, PRODUCT.list, PRODUCT.update])
    expect(inlined(document, { id, status: 'OPEN' })).not.toContain('$');
});
