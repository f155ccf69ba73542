import type { IncomingMessage } from 'node:http';
import type pg from 'pg';
import { loadSigningKey } from '../../src/auth/signing-key.ts';
import { verifyToken } from '../../src/auth/tokens.ts';
import { inTransaction } from '../../src/database/connection.ts';
import { localEncryptionKey } from '../../src/database/encryption-key.ts';
import { ANONYMOUS, identityStatement, type Principal } from '../../src/database/identity.ts';
import { KeyEnvelopes } from '../../src/database/key-envelopes.ts';
import type { PeerOptions } from './peer.ts';

/** Tells a peer who calls, by the product's own tokens and keys. */
export interface Callers {
  /** Who sends a request: nobody without a token. @throws UnauthenticatedError */
  readonly of: (request: IncomingMessage) => Promise<Principal>;
  /** The statement that gives a transaction the caller's identity. */
  readonly identity: (principal: Principal) => Promise<ReturnType<typeof identityStatement>>;
}

const ORIGIN = { requestId: '', ipAddress: null, userAgent: null };
const STATEMENT_TIMEOUT_MS = 10_000;

/** @param pool connections as the API's login. */
export async function readCallers(pool: pg.Pool, { dataDirectory }: PeerOptions): Promise<Callers> {
  const key = await loadSigningKey({ DATA_DIR: dataDirectory, JWT_PRIVATE_KEY: undefined });
  const tokens = { key, issuer: 'defectxray', audience: 'defectxray' };
  const keys = new KeyEnvelopes(pool, localEncryptionKey({ DATA_DIR: dataDirectory, ENCRYPTION_KEY: undefined }));
  return {
    async of({ headers: { authorization } }) {
      return authorization === undefined ? ANONYMOUS : verifyToken(tokens, authorization.replace(/^Bearer +/i, ''));
    },
    async identity(principal) {
      const sealed = principal.organizationId === null ? '' : await keys.of(principal.organizationId);
      return identityStatement(principal, ORIGIN, sealed, STATEMENT_TIMEOUT_MS);
    },
  };
}

const SETTINGS = ['role', 'search_path', 'statement_timeout', 'jit'];
const OWN_SETTINGS = [
  ...[
    'organization_id',
    'base_role',
    'user_id',
    'session_id',
    'project_id',
    'provider_id',
    'home',
    'region',
    'permissions',
    'actor',
    'keys',
  ],
];
const KEPT_MS = 60_000;

/**
 * The settings of an identity, as the product would have made them in the transaction. They are kept for a minute: whoever asks
 * again costs nothing, and what was revoked in between is not seen, to the advantage of who uses this.
 */
export class KnownSettings {
  readonly #pool: pg.Pool;
  readonly #callers: Callers;
  readonly #kept = new Map<string, { settings: Promise<Record<string, string>>; until: number }>();

  constructor(pool: pg.Pool, callers: Callers) {
    this.#pool = pool;
    this.#callers = callers;
  }

  of(principal: Principal): Promise<Record<string, string>> {
    const { role, organizationId, userId, projectId, scopes, actor } = principal;
    const name = JSON.stringify([role, organizationId, userId, projectId, scopes, actor]);
    const kept = this.#kept.get(name);
    if (kept !== undefined && kept.until > Date.now()) return kept.settings;
    const settings = this.#read(principal);
    settings.catch(() => this.#kept.delete(name));
    this.#kept.set(name, { settings, until: Date.now() + KEPT_MS });
    return settings;
  }

  async #read(principal: Principal): Promise<Record<string, string>> {
    const identity = await this.#callers.identity(principal);
    const client = await this.#pool.connect();
    try {
      return await inTransaction(client, async () => {
        await client.query(identity);
        const names = [...SETTINGS, ...OWN_SETTINGS.map((name) => `app.${name}`)];
        const { rows } = await client.query<{ name: string; value: string }>(
          "select name, coalesce(current_setting(name, true), '') as value from unnest($1::text[]) as name",
          [names],
        );
        return Object.fromEntries(rows.map(({ name, value }) => [name, value]));
      });
    } finally {
      client.release();
    }
  }
}
