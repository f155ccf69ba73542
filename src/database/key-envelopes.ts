import { createCipheriv, createHmac, randomBytes } from 'node:crypto';
import type pg from 'pg';
import type { EncryptionKey } from './encryption-key.ts';

/** Anything that runs a statement: a pool or a client. */
export interface Queryable {
  query<Row extends pg.QueryResultRow>(text: string, values?: unknown[]): Promise<{ rows: Row[] }>;
}

const KEPT_ORGANIZATIONS = 1_000;
const KEPT_MS = 60_000;

/**
 * Hands data keys over to the database: sealed under a secret that only SECURITY DEFINER functions read, so that no log,
 * activity view or setting shows a key. The format stands in db/policies/platform/30_encryption.sql.
 */
export class KeyEnvelopes {
  readonly #database: Queryable;
  readonly #encryptionKey: EncryptionKey;
  readonly #kept = new Map<string, { sealed: Promise<string>; until: number }>();
  #secret: Promise<Buffer> | undefined;

  constructor(database: Queryable, encryptionKey: EncryptionKey) {
    this.#database = database;
    this.#encryptionKey = encryptionKey;
  }

  /**
   * The value of the setting `app.keys` for work in an organization: its newest data key and the platform's. Unwrapped
   * keys are kept for a minute, of at most 1,000 organizations.
   */
  async of(organizationId: string): Promise<string> {
    const now = Date.now();
    const kept = this.#kept.get(organizationId);
    if (kept !== undefined && kept.until > now) return kept.sealed;
    const sealed = this.#seal(organizationId);
    this.#kept.delete(organizationId);
    this.#kept.set(organizationId, { sealed, until: now + KEPT_MS });
    if (this.#kept.size > KEPT_ORGANIZATIONS) this.#kept.delete(this.#kept.keys().next().value as string);
    sealed.catch(() => this.#kept.delete(organizationId));
    return sealed;
  }

  async #seal(organizationId: string): Promise<string> {
    this.#secret ??= this.#readSecret();
    this.#secret.catch(() => (this.#secret = undefined));
    // One after the other: the database may be a single connection.
    const secret = await this.#secret;
    const { rows } = await this.#database.query<{ organization_id: string; key_version: number; wrapped_key: Buffer }>(
      'select organization_id, key_version, wrapped_key from app_private.wrapped_keys($1)',
      [organizationId],
    );
    return rows
      .map((row) => {
        const dataKey = this.#encryptionKey.unwrap(row.wrapped_key, row.organization_id, row.key_version);
        return sealEnvelope(secret, row.organization_id, row.key_version, dataKey);
      })
      .join(' ');
  }

  async #readSecret(): Promise<Buffer> {
    const { rows } = await this.#database.query<{ secret: Buffer }>('select app_private.envelope_secret() as secret');
    if (rows[0] === undefined) throw new Error('The database has no envelope secret: run `defectxray migrate`.');
    return rows[0].secret;
  }
}

/** One envelope in base64: IV 16, AES-256-CBC of organization 16, version 4 and key 32, HMAC-SHA-256 32. */
export function sealEnvelope(secret: Buffer, organizationId: string, version: number, dataKey: Buffer): string {
  const iv = randomBytes(16);
  const cipher = createCipheriv('aes-256-cbc', secret.subarray(0, 32), iv);
  const versionBytes = Buffer.alloc(4);
  versionBytes.writeInt32BE(version);
  const sealed = Buffer.concat([
    iv,
    cipher.update(Buffer.concat([Buffer.from(organizationId.replaceAll('-', ''), 'hex'), versionBytes, dataKey])),
    cipher.final(),
  ]);
  return Buffer.concat([sealed, createHmac('sha256', secret.subarray(32)).update(sealed).digest()]).toString('base64');
}

/** Makes the first data key of an organization, or of the platform, where it does not exist yet. */
export async function ensureDataKey(operator: Queryable, encryptionKey: EncryptionKey, owner: string): Promise<void> {
  await operator.query('select app_private.store_key($1, 1, $2)', [owner, encryptionKey.wrap(randomBytes(32), owner, 1)]);
}
