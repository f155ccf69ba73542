import { afterAll, beforeAll, inject } from 'vitest';
import { loadSigningKey } from '../../src/auth/signing-key.ts';
import { mintToken } from '../../src/auth/tokens.ts';
import { parseConfig } from '../../src/config.ts';
import type { Principal } from '../../src/database/identity.ts';
import { type TestDatabase, useDatabase } from '../support/database.ts';
import { ask, type Environment, type Running, readyUrl, start } from './command-line.ts';

/** `defectxray serve` on a test file's own database. */
export interface ServedClone {
  readonly database: TestDatabase;
  readonly url: string;
  /** What commands need to reach the database as the API, and as the operator. */
  readonly environment: Environment;
  token(principal: Principal, seconds?: number): Promise<string>;
  // biome-ignore lint/suspicious/noExplicitAny: answers have the shape of the query that asked for them.
  ask(principal: Principal, query: string, variables?: Record<string, unknown>): Promise<any>;
}

/** Serves a clone of the migrated database for this test file, as a process of its own. */
export function useServedClone(): ServedClone {
  const database = useDatabase();
  const clone = { database } as { -readonly [Key in keyof ServedClone]: ServedClone[Key] };
  let server: Running;
  beforeAll(async () => {
    const api = { DATA_DIR: inject('dataDirectory'), DATABASE_URL: database.url };
    const rates = { RATE_LIMIT_PER_MINUTE: '10000', ANONYMOUS_RATE_LIMIT_PER_MINUTE: '10000', REFUSED_CREDENTIALS_PER_MINUTE: '10000' };
    server = start(['serve'], { ...api, ...rates, PORT: '0' });
    const url = await readyUrl(server);
    const config = parseConfig(api);
    const tokens = { key: await loadSigningKey(config), issuer: config.JWT_ISSUER, audience: config.JWT_AUDIENCE };
    const token = (principal: Principal, seconds = 600) => mintToken(tokens, principal, seconds);
    Object.assign(clone, {
      url,
      environment: { ...api, OPERATOR_DATABASE_URL: database.operatorUrl },
      token,
      ask: async (principal, query, variables) => ask(url, await token(principal), query, variables),
    } satisfies Omit<ServedClone, 'database'>);
  });
  afterAll(async () => {
    server.child.kill('SIGTERM');
    await server.ended;
  });
  return clone;
}
