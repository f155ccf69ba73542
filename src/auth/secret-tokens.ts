import { createHash, randomInt } from 'node:crypto';
import { crc32 } from 'node:zlib';

/**
 * Secrets that are handed out once and kept as their SHA-256: 238 random bits need no slow hash. (What webhooks are signed with is
 * kept encrypted: it is needed again.) Each begins with what it is, and
 * ends with a checksum, so that a secret scanner recognises it without asking anyone.
 */
export const SECRET_PREFIXES = {
  apiKey: 'dxk_',
  refreshToken: 'dxr_',
  invitation: 'dxi_',
  passwordReset: 'dxp_',
  webhook: 'dxw_',
} as const;
export type SecretKind = keyof typeof SECRET_PREFIXES;

const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const RANDOM_LENGTH = 40;
const CHECKSUM_LENGTH = 6;

/** A new secret: prefix, 40 random characters of base 62, and 6 of its checksum. */
export function newSecret(kind: SecretKind): string {
  const random = Array.from({ length: RANDOM_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  const body = `${SECRET_PREFIXES[kind]}${random}`;
  return body + checksum(body);
}

/** Whether a text has the form of a secret of a kind, its checksum (CRC-32 of all before it, in base 62) included. */
export function isSecret(kind: SecretKind, text: string): boolean {
  const prefix = SECRET_PREFIXES[kind];
  if (text.length !== prefix.length + RANDOM_LENGTH + CHECKSUM_LENGTH || !text.startsWith(prefix)) return false;
  if (!/^[0-9A-Za-z]+$/.test(text.slice(prefix.length))) return false;
  return text.slice(-CHECKSUM_LENGTH) === checksum(text.slice(0, -CHECKSUM_LENGTH));
}

/** How a secret is kept: its SHA-256, 32 bytes. */
export function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

function checksum(body: string): string {
  let value = crc32(body);
  let text = '';
  for (let place = 0; place < CHECKSUM_LENGTH; place += 1) {
    text = ALPHABET[value % ALPHABET.length] + text;
    value = Math.floor(value / ALPHABET.length);
  }
  return text;
}
