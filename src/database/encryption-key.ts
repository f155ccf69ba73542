import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { secretFile } from './secret-file.ts';

/** The organization of what belongs to none (users' e-mail addresses): the nil UUID. */
export const PLATFORM = '00000000-0000-0000-0000-000000000000';

/**
 * The key-encryption key: wraps the data key of each organization (envelope encryption) and never reaches the database.
 */
export interface EncryptionKey {
  /** Names the key without telling anything of it. */
  readonly id: string;
  /** AES-256-GCM of a 32-byte data key, bound to its organization and version: nonce 12, ciphertext 32, tag 16. */
  wrap(dataKey: Buffer, organizationId: string, version: number): Buffer;
  /** @throws Error where the wrapped key is another organization's, another version's, or wrapped by another key. */
  unwrap(wrapped: Buffer, organizationId: string, version: number): Buffer;
}

/** The key-encryption key of `ENCRYPTION_KEY`, or of the file `encryption.key` in the data directory. */
export function localEncryptionKey(config: Pick<Config, 'ENCRYPTION_KEY' | 'DATA_DIR'>): EncryptionKey {
  const encoded = config.ENCRYPTION_KEY ?? secretFile(join(config.DATA_DIR, 'encryption.key'), () => randomBytes(32).toString('base64'));
  const key = Buffer.from(encoded, 'base64');
  if (key.length !== 32) throw new Error('The key-encryption key must be 32 bytes in base64.');
  const boundTo = (organizationId: string, version: number) => Buffer.from(`defectxray:data-key:${organizationId}:${version}`);
  return {
    id: `local:${createHash('sha256').update('defectxray:key-id').update(key).digest('hex').slice(0, 16)}`,
    wrap(dataKey, organizationId, version) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(organizationId, version));
      return Buffer.concat([nonce, cipher.update(dataKey), cipher.final(), cipher.getAuthTag()]);
    },
    unwrap(wrapped, organizationId, version) {
      const decipher = createDecipheriv('aes-256-gcm', key, wrapped.subarray(0, 12)).setAAD(boundTo(organizationId, version));
      decipher.setAuthTag(wrapped.subarray(-16));
      try {
        return Buffer.concat([decipher.update(wrapped.subarray(12, -16)), decipher.final()]);
      } catch {
        throw new Error(`The data key of organization ${organizationId} was not wrapped by this key-encryption key.`);
      }
    },
  };
}
