import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { Deadline, withRetries } from '../../src/agent/retry.ts';
import { SendError } from '../../src/agent/send-mutation.ts';
import { sendReport } from '../../src/agent/send-report.ts';
import { serverAddress } from '../../src/agent/server-address.ts';
import { run } from '../cli/command-line.ts';
import { sampleReport } from './sample-report.ts';
import { refused, type Scripted, type ScriptedServer, scriptedServer, stored } from './scripted-server.ts';

let server: ScriptedServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Sends as the agent does, but waits for nothing; gives what came of it and what it would have waited, in milliseconds. */
async function send(script: readonly Scripted[], settings: { seconds?: number; random?: () => number } = {}) {
  server = await scriptedServer(...script);
  const { url } = server;
  const waits: number[] = [];
  let waited = 0;
  const answer = await withRetries(
    (patience) => sendReport({ server: url, organization: 'acme' }, 'secret-token', sampleReport('r-1'), patience),
    {
      deadline: new Deadline((settings.seconds ?? 300) * 1_000, () => waited),
      onWait: () => {},
      random: settings.random ?? (() => 1),
      wait: async (milliseconds) => {
        waits.push(milliseconds);
        waited += milliseconds;
      },
    },
  ).catch((error: unknown) => error);
  return { answer, waits, asked: server.asked };
}

describe('what passes is tried again', () => {
  test.each<[string, Scripted]>([
    ['a connection that breaks', null],
    ['429', { status: 429, body: {} }],
    ['502', { status: 502, body: '<html>bad gateway</html>' }],
    ['503', { status: 503, body: 'upstream connect error' }],
    ['504', { status: 504, body: '' }],
    ['UNAVAILABLE', refused('UNAVAILABLE', 'Not possible right now.')],
    ['TIMEOUT', refused('TIMEOUT', 'It took too long.')],
    ['RATE_LIMITED', refused('RATE_LIMITED', 'Too many.')],
  ])('%s', async (_, failure) => {
    const { answer, waits, asked } = await send([failure, failure, stored('r-1')]);
    expect(answer).toMatchObject({ reportId: 'r-1', results: 1 });
    expect(waits).toHaveLength(2);
    expect(asked.map(({ body }) => body.variables.input.reportId)).toEqual(['r-1', 'r-1', 'r-1']);
  });

  test('at exponentially growing times, of which a random part is waited', async () => {
    const failures = Array.from({ length: 8 }, () => refused('UNAVAILABLE', 'Not now.'));
    const full = await send([...failures, stored('r-1')]);
    expect(full.waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
    await server?.close();
    const half = await send([...failures, stored('r-1')], { random: () => 0.5 });
    expect(half.waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
  });

  test.each<[string, Scripted, number]>([
    ['retryAfter', refused('RATE_LIMITED', 'Too many requests.', { retryAfter: 7 }), 7_000],
    ['Retry-After in seconds', { status: 429, headers: { 'retry-after': '9' }, body: {} }, 9_000],
  ])('not before the server allows it: %s', async (_, failure, least) => {
    const { waits } = await send([failure, stored('r-1')], { random: () => 0.25 });
    expect(waits).toEqual([least + 125]);
  });

  test('not before the server allows it: Retry-After as a date', async () => {
    const headers = { 'retry-after': new Date(Date.now() + 20_000).toUTCString() };
    const { waits } = await send([{ status: 503, headers, body: {} }, stored('r-1')], { random: () => 0 });
    expect(waits[0]).toBeGreaterThan(10_000);
    expect(waits[0]).toBeLessThanOrEqual(20_000);
  });

  test('until the time is over, and not into it', async () => {
    const { answer, waits, asked } = await send([refused('UNAVAILABLE', 'Not now.')], { seconds: 10 });
    expect(answer).toMatchObject({ code: 'UNAVAILABLE', message: 'UNAVAILABLE: Not now.' });
    expect(waits).toEqual([500, 1_000, 2_000, 4_000]);
    expect(asked).toHaveLength(5);
  });
});

describe('what cannot get better is not', () => {
  test.each<[string, Scripted, string]>([
    [
      'UNAUTHENTICATED',
      { status: 401, ...refused('UNAUTHENTICATED', 'The token has expired.') },
      'UNAUTHENTICATED: The token has expired.',
    ],
    ['FORBIDDEN', refused('FORBIDDEN', 'Your role may not do this.'), 'FORBIDDEN: Your role may not do this.'],
    ['BAD_USER_INPUT', refused('BAD_USER_INPUT', 'Too long.'), 'BAD_USER_INPUT: Too long.'],
    ['NOT_FOUND', refused('NOT_FOUND', 'There is no project.'), 'NOT_FOUND: There is no project.'],
    ['CONFLICT', refused('CONFLICT', 'Used for another report.'), 'CONFLICT: Used for another report.'],
    ['another page', { body: '<html>welcome</html>' }, 'answered with HTTP 200 and no receipt: is it DefectXray?'],
    ['a redirect', { status: 302, headers: { location: '/elsewhere' } }, 'answered with HTTP 302 and no receipt'],
  ])('%s', async (_, failure, sentence) => {
    const { answer, asked } = await send([failure]);
    expect(answer).toBeInstanceOf(SendError);
    expect((answer as Error).message).toContain(sentence);
    expect((answer as Error).message).not.toContain('secret-token');
    expect(asked).toHaveLength(1);
  });
});

test('a request has the token in its header, and nowhere else', async () => {
  const { asked } = await send([stored('r-1')]);
  const [{ headers, body, method, url } = {}] = asked;
  expect([method, url, headers?.authorization]).toEqual(['POST', '/graphql', 'Bearer secret-token']);
  expect(headers?.['user-agent']).toMatch(/^defectxray-report\/\d/);
  expect(JSON.stringify(body)).not.toContain('secret-token');
  expect(body.variables.input.results[0]).toMatchObject({ name: 'adds', outcome: 'PASSED' });
});

describe('to whom a credential is sent', () => {
  test.each([
    'https://dx.example',
    'https://dx.example:8443/',
    'http://localhost:5678',
    'http://127.0.0.1:5678',
    'http://127.9.9.9',
    'http://[::1]:1',
  ])('%s', (address) => expect(serverAddress(address).href).toContain(new URL(address).host));

  test.each([
    ['http://dx.example', /in the clear/],
    ['http://127.0.0.1.example', /in the clear/],
    ['http://localhost.example', /in the clear/],
    ['http://128.0.0.1', /in the clear/],
    ['http://0.0.0.0:5678', /in the clear/],
    ['http://[::2]', /in the clear/],
    ['ftp://dx.example', /begins with ftp:/],
    ['dx.example', /is none/],
    ['', /is none/],
    ['https://user:password@dx.example', /holds a user or a password/],
  ])('not %s', (address, sentence) => {
    expect(() => serverAddress(address)).toThrow(sentence);
    expect(() => serverAddress(address)).not.toThrow(/:password@/);
  });

  test('nobody whose certificate is not trusted, whatever the environment says', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'defectxray-tls-'));
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ed25519', '-nodes', '-days', '1', '-keyout', key, '-out', cert, ...subject], {
      stdio: 'ignore',
    });
    let asked = 0;
    const secure = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
      asked += 1;
      request.resume().on('end', () => response.end(JSON.stringify(stored('r')?.body)));
    }).listen(0, '127.0.0.1');
    await once(secure, 'listening');
    const url = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    const file = join(directory, 'a.xml');
    writeFileSync(file, '<testsuite name="s"><testcase name="a"/></testsuite>');
    const args = ['report', file, '--project', 'shop', '--server', url, '--timeout', '1s', '--json'];
    const distrusted = await run(args, { DEFECTXRAY_TOKEN: 'x', NODE_TLS_REJECT_UNAUTHORIZED: '0' });
    expect(JSON.parse(distrusted.stdout).problems).toEqual([
      expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED is ignored/),
      expect.stringMatching(/self-signed certificate/),
    ]);
    expect(asked).toBe(0);
    const trusted = await run(args, { DEFECTXRAY_TOKEN: 'x', NODE_EXTRA_CA_CERTS: cert });
    expect(JSON.parse(trusted.stdout)).toMatchObject({ problems: [], results: 1 });
    secure.close();
    rmSync(directory, { recursive: true });
  });
});
