import { pino } from 'pino';
import { afterAll, beforeAll, inject } from 'vitest';
import { type RunningServer, startServer } from '../../server.ts';
import { loadSigningKey } from '../../src/auth/signing-key.ts';
import { mintToken, type TokenSettings } from '../../src/auth/tokens.ts';
import { type Config, parseConfig } from '../../src/config.ts';
import type { Principal } from '../../src/database/identity.ts';
import type { TestDatabase } from './database.ts';

export interface GraphQLAnswer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: answers have the shape of the query that asked for them.
  readonly data: any;
  readonly errors: readonly { message: string; path?: (string | number)[]; extensions: { code: string; [key: string]: unknown } }[];
}

/** A real server on a test file's database, spoken to over HTTP. */
export interface TestServer {
  readonly url: string;
  readonly tokens: TokenSettings;
  /** What the server has logged so far, one line a record. */
  readonly log: string[];
  token(principal: Principal): Promise<string>;
  query(principal: Principal, query: string, variables?: Record<string, unknown>): Promise<GraphQLAnswer>;
  /** With any header and body. */
  post(headers: Record<string, string>, body: string): Promise<GraphQLAnswer>;
}

/** Starts a server on a free port for this test file. */
export function useServer(database: TestDatabase, environment: Partial<Record<keyof Config, string>> = {}): TestServer {
  const server = {} as { -readonly [Key in keyof TestServer]: TestServer[Key] };
  let running: RunningServer;
  beforeAll(async () => {
    const config = parseConfig({
      NODE_ENV: 'test',
      PORT: '0',
      DATA_DIR: inject('dataDirectory'),
      DATABASE_URL: database.url,
      DATABASE_POOL_SIZE: '5',
      RATE_LIMIT_PER_MINUTE: '1000000',
      MAX_RATE_LIMIT_PER_MINUTE: '1000000',
      ANONYMOUS_RATE_LIMIT_PER_MINUTE: '1000000',
      REFUSED_CREDENTIALS_PER_MINUTE: '1000000',
      ...environment,
    });
    const log: string[] = [];
    running = await startServer(
      { ...config, DATABASE_URL: database.url },
      pino({ level: config.LOG_LEVEL }, { write: (line: string) => void log.push(line) }),
    );
    const tokens = { key: await loadSigningKey(config), issuer: config.JWT_ISSUER, audience: config.JWT_AUDIENCE };
    const token = (principal: Principal) => mintToken(tokens, principal, 600);
    const post = async (headers: Record<string, string>, body: string): Promise<GraphQLAnswer> => {
      const response = await fetch(`${running.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
      });
      const answer = (await response.json()) as Partial<GraphQLAnswer>;
      return { status: response.status, data: answer.data, errors: answer.errors ?? [] };
    };
    Object.assign(server, {
      url: running.url,
      tokens,
      log,
      token,
      post,
      async query(principal: Principal, query: string, variables: Record<string, unknown> = {}) {
        const authorization: Record<string, string> =
          principal.role === 'anonymous' ? {} : { authorization: `Bearer ${await token(principal)}` };
        return post(authorization, JSON.stringify({ query, variables }));
      },
    } satisfies TestServer);
  });
  afterAll(() => running.stop());
  return server;
}
