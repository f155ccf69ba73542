import { request } from 'node:http';
import { inject, onTestFinished } from 'vitest';
import { loadSigningKey } from '../../src/auth/signing-key.ts';
import { mintToken } from '../../src/auth/tokens.ts';
import { parseConfig } from '../../src/config.ts';
import type { BaseRole } from '../../src/database/identity.ts';
import { clearAway, descendants, type Environment, type Running, readyUrl, start, temporaryDirectory } from '../cli/command-line.ts';
import { persona, type TestDatabase } from '../support/database.ts';

export const METRICS_TOKEN = 'a-token-of-32-characters-or-more';
export const PROXIED = { TRUSTED_PROXIES: '127.0.0.1' };

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
}

/** A server of two processes on a test's database, ended with the test. */
export interface ServedByTwo {
  readonly server: Running;
  readonly url: string;
  /** The processes that serve. */
  workers(): number[];
}

export async function serveByTwo(database: TestDatabase, environment: Environment = {}): Promise<ServedByTwo> {
  const { server } = beginByTwo({ DATABASE_URL: database.url, DATA_DIR: inject('dataDirectory'), ...environment });
  return { server, url: await readyUrl(server), workers: () => descendants(server.pid) };
}

/** The same, that need not have a database or become ready. */
export function beginByTwo(environment: Environment): { server: Running; directory: string } {
  const directory = temporaryDirectory();
  const rates = { RATE_LIMIT_PER_MINUTE: '10000', ANONYMOUS_RATE_LIMIT_PER_MINUTE: '10000', REFUSED_CREDENTIALS_PER_MINUTE: '10000' };
  const server = start(['serve'], {
    DATA_DIR: directory,
    PORT: '0',
    WORKERS: '2',
    METRICS_TOKEN,
    LOG_LEVEL: 'warn',
    ...rates,
    ...environment,
  });
  onTestFinished(() => clearAway(directory, [server]));
  return { server, directory };
}

/** Asks over a connection of its own, which the processes are given in turn. */
export function ask(url: string, path: string, headers: Record<string, string> = {}, body?: unknown): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const json = body === undefined ? {} : { 'content-type': 'application/json' };
    const asked = request(`${url}${path}`, { agent: false, method: body === undefined ? 'GET' : 'POST', headers: { ...json, ...headers } });
    asked.on('error', reject);
    asked.on('response', async (response) => {
      let text = '';
      for await (const chunk of response.setEncoding('utf8')) text += chunk;
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text });
    });
    asked.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** The header by which a member of the fixture's organization asks. */
export async function bearer(role: BaseRole): Promise<{ authorization: string }> {
  const config = parseConfig({ DATA_DIR: inject('dataDirectory') });
  const tokens = { key: await loadSigningKey(config), issuer: config.JWT_ISSUER, audience: config.JWT_AUDIENCE };
  return { authorization: `Bearer ${await mintToken(tokens, persona(inject('fixture').acme, role), 600)}` };
}

export const query = (url: string, text: string, headers: Record<string, string> = {}) => ask(url, '/graphql', headers, { query: text });

export async function metrics(url: string): Promise<string> {
  return (await ask(url, '/health/metrics', { authorization: `Bearer ${METRICS_TOKEN}` })).body;
}

/** The values of the lines that begin so, by process. */
export function valuesOf(text: string, begin: string): Record<string, number> {
  const lines = text.split('\n').filter((line) => line.startsWith(begin));
  return Object.fromEntries(lines.map((line) => [/worker="(\d)"/.exec(line)?.[1] ?? '', Number(line.split(' ').at(-1))]));
}
