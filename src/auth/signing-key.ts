import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { join } from 'node:path';
import { calculateJwkThumbprint, exportJWK, type JSONWebKeySet } from 'jose';
import type { Config } from '../config.ts';
import { secretFile } from '../database/secret-file.ts';

/** The Ed25519 key pair that signs the product's own tokens. */
export interface SigningKey {
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** RFC 7638 thumbprint of the public key. */
  readonly kid: string;
  /** What /.well-known/jwks.json publishes. */
  readonly jwks: JSONWebKeySet;
}

/**
 * The key of `JWT_PRIVATE_KEY`, or of the file `jwt.key` in the data directory, which is made at first start (0600).
 *
 * @throws Error where the key is not an Ed25519 key.
 */
export async function loadSigningKey(config: Pick<Config, 'JWT_PRIVATE_KEY' | 'DATA_DIR'>): Promise<SigningKey> {
  const pem =
    config.JWT_PRIVATE_KEY ??
    secretFile(join(config.DATA_DIR, 'jwt.key'), () =>
      generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    );
  const privateKey = createPrivateKey(pem);
  if (privateKey.asymmetricKeyType !== 'ed25519') throw new Error('JWT_PRIVATE_KEY must be an Ed25519 key.');
  const publicKey = createPublicKey(privateKey);
  const jwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  return { privateKey, publicKey, kid, jwks: { keys: [{ ...jwk, kid, alg: 'EdDSA', use: 'sig' }] } };
}
