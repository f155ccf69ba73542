import { readFileSync } from 'node:fs';
import type { RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { fetchPublicJson } from '../../src/outbound/public-fetch.ts';
import type { Resolve } from '../../src/outbound/public-request.ts';
import { watchEventLoop } from '../support/event-loop.ts';
import { fetchLocal, json, serveLocally } from '../support/issuers.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const MAX_BODY_BYTES = 262_144;

/** A JSON text of exactly so many bytes. */
const textOf = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

const BOMB = gzipSync(textOf(1e8));

const refused = (reason: string) => ({ name: 'PublicFetchError', reason });
const leadsTo =
  (...addresses: string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));

describe('what is accepted', () => {
  test.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON', 'application/jwk-set+json', 'application/json ;x'])(
    'the type %s',
    async (type) => {
      const { url } = await serveLocally((_request, response) => response.setHeader('content-type', type).end('{"a":[1]}'));
      expect(await fetchLocal(url)).toEqual({ a: [1] });
    },
  );

  test('the largest body, in pieces', async () => {
    const { url } = await serveLocally((_request, response) => {
      const text = textOf(MAX_BODY_BYTES);
      response.writeHead(200, JSON_TYPE).write(text.slice(0, 10));
      response.end(text.slice(10));
    });
    expect(await fetchLocal(url)).toHaveLength(MAX_BODY_BYTES - 2);
  });

  test('it asks for JSON, uncompressed, and brings nothing of ours', async () => {
    const { url } = await serveLocally((request, response) => response.writeHead(200, JSON_TYPE).end(JSON.stringify(request.headers)));
    expect(await fetchLocal(url)).toEqual({
      accept: 'application/json',
      'accept-encoding': 'identity',
      connection: 'close',
      host: new URL(url).host,
      'user-agent': 'defectxray',
    });
  });
});

describe('addresses that are refused as they stand', () => {
  test.each([
    'http://issuer.example/keys',
    'ftp://issuer.example/keys',
    'file:///etc/passwd',
    'data:application/json,{}',
    'https://user@issuer.example/keys',
    'https://user:password@issuer.example/keys',
    'https://issuer.example/keys#fragment',
    'https://issuer.example:22/keys',
    'https://issuer.example:80/keys',
    'https://issuer.example:1023/keys',
    `https://issuer.example/${'x'.repeat(2_048)}`,
    'issuer.example',
    '//issuer.example',
    '',
  ])('%s', async (address) => {
    const resolve: Resolve = () => expect.unreachable('the name was resolved');
    await expect(fetchPublicJson(address, { allowLoopback: false, resolve })).rejects.toMatchObject(refused('address'));
  });

  test('ports from 1024 on are looked at', async () => {
    const asked: string[] = [];
    const resolve: Resolve = async (name) => {
      asked.push(name);
      return [];
    };
    for (const address of ['https://issuer.example/', 'https://issuer.example:443/', 'https://issuer.example:8443/']) {
      await expect(fetchPublicJson(address, { allowLoopback: false, resolve })).rejects.toMatchObject(refused('unreachable'));
    }
    expect(asked).toEqual(['issuer.example', 'issuer.example', 'issuer.example']);
  });
});

describe('addresses that lead inside', () => {
  /** A TLS server of this machine that would answer, and counts who connects. */
  async function serveTls() {
    const [key, cert] = ['key', 'certificate'].map((name) => readFileSync(new URL(`../fixtures/tls/${name}.pem`, import.meta.url), 'utf8'));
    let connections = 0;
    const server = createTlsServer(
      { key, cert },
      json(() => 'reached'),
    ).on('connection', () => (connections += 1));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void server.close());
    return { port: (server.address() as AddressInfo).port, cert: cert as string, connections: () => connections };
  }

  test.each([
    ['127.0.0.1'],
    ['::ffff:127.0.0.1'],
    ['10.0.0.1'],
    ['169.254.169.254'],
    ['8.8.8.8', '127.0.0.1'],
    ['127.0.0.1', '8.8.8.8'],
    ['2606:4700:4700::1111', '::1'],
  ])('a name that resolves to %s %s', async (...addresses) => {
    const { port, connections } = await serveTls();
    const fetching = fetchPublicJson(`https://issuer.test:${port}/`, {
      allowLoopback: false,
      resolve: leadsTo(...addresses.filter(Boolean)),
    });
    await expect(fetching).rejects.toMatchObject(refused('unreachable'));
    expect(connections()).toBe(0);
  });

  test.each(['127.0.0.1', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1', '127.1', '0', 'localhost', 'localhost.'])(
    'the host %s',
    async (host) => {
      const { port, connections } = await serveTls();
      await expect(fetchPublicJson(`https://${host}:${port}/`, { allowLoopback: false })).rejects.toMatchObject(refused('unreachable'));
      expect(connections()).toBe(0);
    },
  );

  test('private addresses and plain http to public ones, loopback allowed or not', async () => {
    for (const address of ['https://10.0.0.1:8443/', 'http://192.168.0.1/', 'http://8.8.8.8/', 'http://[fe80::1]/']) {
      await expect(fetchLocal(address)).rejects.toMatchObject(refused('unreachable'));
    }
  });

  test('a name is resolved once, and that very address connected to', async () => {
    const { url } = await serveLocally(json(() => 'reached'));
    let times = 0;
    const resolve: Resolve = async () => {
      times += 1;
      return [{ address: times === 1 ? '127.0.0.1' : '10.0.0.1', family: 4 }];
    };
    // No resolver knows this name: only the address given here can have been used.
    expect(await fetchPublicJson(`http://issuer.invalid:${new URL(url).port}/`, { allowLoopback: true, resolve })).toBe('reached');
    expect(times).toBe(1);
  });

  test('a certificate that is not trusted, or of another name', async () => {
    const { port, cert } = await serveTls();
    const get = (name: string) => fetchPublicJson(`https://${name}:${port}/`, { allowLoopback: true, resolve: leadsTo('127.0.0.1') });
    await expect(get('issuer.test')).rejects.toMatchObject(refused('unreachable'));
    const trusted = getCACertificates('default');
    onTestFinished(() => setDefaultCACertificates(trusted));
    setDefaultCACertificates([...trusted, cert]);
    expect(await get('issuer.test')).toBe('reached');
    await expect(get('other.test')).rejects.toMatchObject(refused('unreachable'));
  });
});

/** Writes without end, as fast as it is read. */
function pour(response: ServerResponse, chunk: string): void {
  while (response.writable && response.write(chunk));
  response.once('drain', () => pour(response, chunk));
}

describe('hostile servers', () => {
  test.each<[string, string, RequestListener]>([
    ['a byte too much', 'answer', (_, response) => response.writeHead(200, JSON_TYPE).end(textOf(MAX_BODY_BYTES + 1))],
    ['a length that is too much', 'answer', (_, response) => response.writeHead(200, { ...JSON_TYPE, 'content-length': 1e12 }).write('[')],
    ['no end', 'answer', (_, response) => pour(response.writeHead(200, JSON_TYPE), ' '.repeat(65_536))],
    ['a redirect', 'answer', (_, response) => response.writeHead(302, { ...JSON_TYPE, location: '/elsewhere' }).end('{}')],
    ['a permanent redirect', 'answer', (_, response) => response.writeHead(308, { ...JSON_TYPE, location: '/elsewhere' }).end('{}')],
    ['an error', 'answer', (_, response) => response.writeHead(500, JSON_TYPE).end('{}')],
    ['another success', 'answer', (_, response) => response.writeHead(203, JSON_TYPE).end('{}')],
    ['nothing', 'answer', (_, response) => response.writeHead(200, JSON_TYPE).end()],
    ['no JSON', 'answer', (_, response) => response.writeHead(200, JSON_TYPE).end('<html>')],
    [
      'half of it',
      'unreachable',
      (_, response) => response.writeHead(200, { ...JSON_TYPE, 'content-length': 9 }).write('[1', () => response.destroy()),
    ],
    ['no type', 'answer', (_, response) => response.writeHead(200).end('{}')],
    ['HTML', 'answer', (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('{}')],
    ['nearly JSON', 'answer', (_, response) => response.writeHead(200, { 'content-type': 'application/jsonp' }).end('{}')],
    ['a gzip bomb', 'answer', (_, response) => response.writeHead(200, { ...JSON_TYPE, 'content-encoding': 'gzip' }).end(BOMB)],
    ['gzip without saying so', 'answer', (_, response) => response.writeHead(200, JSON_TYPE).end(gzipSync('{}'))],
    ['a hung-up connection', 'unreachable', (request) => request.socket.destroy()],
    ['something that is not HTTP', 'unreachable', (request) => request.socket.end('hello\r\n\r\n')],
    [
      'endless headers',
      'unreachable',
      (request) => pour(request.socket as unknown as ServerResponse, 'HTTP/1.1 200 OK\r\nx: y\r\n'.repeat(99)),
    ],
    ['another protocol', 'unreachable', (request) => request.socket.end('HTTP/1.1 101 X\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n')],
    ['no answer', 'unreachable', () => {}],
    [
      'a byte at a time',
      'unreachable',
      (_, response) => {
        response.writeHead(200, JSON_TYPE);
        const drip = setInterval(() => response.write(' '), 50);
        response.on('close', () => clearInterval(drip));
      },
    ],
  ])('%s', async (_name, reason, listener) => {
    const { url, asked } = await serveLocally(listener);
    const longestTurn = watchEventLoop();
    const begun = performance.now();
    await expect(fetchLocal(url)).rejects.toMatchObject(refused(reason));
    expect(performance.now() - begun).toBeLessThan(4_500);
    expect(longestTurn()).toBeLessThan(100);
    // Redirects are not followed.
    expect(asked).toEqual(['/']);
  });

  test('a body nested as deep as fits is read without harm', async () => {
    const { url } = await serveLocally((_, response) => response.writeHead(200, JSON_TYPE).end('['.repeat(130_000) + ']'.repeat(130_000)));
    const longestTurn = watchEventLoop();
    expect(await fetchLocal(url)).toBeInstanceOf(Array);
    expect(longestTurn()).toBeLessThan(100);
  });

  test('nobody, and a resolver that does not answer, fails or knows nothing', async () => {
    const { url, server } = await serveLocally(() => {});
    await new Promise((resolve) => server.close(resolve));
    await expect(fetchLocal(url)).rejects.toMatchObject(refused('unreachable'));
    const resolvers: Resolve[] = [() => new Promise(() => {}), () => Promise.reject(new Error('ENOTFOUND')), async () => []];
    for (const resolve of resolvers) {
      const fetching = fetchPublicJson('https://issuer.example/', { allowLoopback: false, resolve });
      await expect(fetching).rejects.toMatchObject(refused('unreachable'));
    }
  });
});
