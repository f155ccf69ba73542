import { createCipheriv, createHash, createHmac, createSecretKey, type KeyObject, randomBytes } from 'node:crypto';

/**
 * What encrypts the texts of one column of one organization as the trigger `encrypt_columns` would have: the format stands in
 * db/policies/platform/30_encryption.sql. In this process, since pgcrypto would need longer for a million stack traces than
 * everything else together; that the product reads them is checked when a data set has been made.
 *
 * @param dataKey the organization's data key, 32 bytes.
 * @param place `table.column`
 */
export function textSealer(dataKey: Buffer, version: number, place: string): (text: string) => string {
  const placeKey = createHmac('sha256', dataKey).update(place).digest();
  const tokenKey = createSecretKey(placeKey);
  // One salt for all: what makes equal texts differ is the random start of each.
  const salt = randomBytes(8);
  const key = createSecretKey(createHash('sha256').update(salt).update(placeKey.toString('hex')).digest());
  // Symmetric-key encrypted session key, version 4: AES-256 (9), salted S2K (1) by SHA-256 (8).
  const sessionKey = packet(3, Buffer.concat([Buffer.from([4, 9, 1, 8]), salt]));
  return (text) => {
    const token = createHmac('sha256', tokenKey).update(`token:${text}`).digest('hex').slice(0, 32);
    return `dx1.${version}.${token}.${Buffer.concat([sessionKey, sealedPacket(key, Buffer.from(text))]).toString('base64')}`;
  };
}

/** OpenPGP's integrity protected data (RFC 4880, 5.13): AES-256 in CFB mode, not compressed. */
function sealedPacket(key: KeyObject, text: Buffer): Buffer {
  const start = randomBytes(16);
  // Literal data: text, without a file name, of no date.
  const literal = packet(11, Buffer.concat([Buffer.from([0x74, 0, 0, 0, 0, 0]), text]));
  const clear = Buffer.concat([start, start.subarray(14), literal, Buffer.from([0xd3, 20])]);
  const digest = createHash('sha1').update(clear).digest();
  const cipher = createCipheriv('aes-256-cfb', key, Buffer.alloc(16));
  return packet(18, Buffer.concat([Buffer.from([1]), cipher.update(clear), cipher.update(digest), cipher.final()]));
}

/** A packet with a header in the new format, its length in five bytes. */
function packet(tag: number, body: Buffer): Buffer {
  const header = Buffer.from([0xc0 | tag, 0xff, 0, 0, 0, 0]);
  header.writeUInt32BE(body.length, 2);
  return Buffer.concat([header, body]);
}
