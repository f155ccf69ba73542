import type { JWK } from 'jose';
import { z } from 'zod';

/** Who signs, and where its keys are: at `jwksUri`, or where its discovery document says. */
export interface Issuer {
  /** The `iss` of its tokens, to the letter. */
  readonly issuer: string;
  readonly jwksUri: string | null;
}

/** How a JSON document is had from an address. */
export type FetchJson = (address: string) => Promise<unknown>;

/** A document that is not what OpenID Connect says it is. */
export class KeySetError extends Error {
  override name = 'KeySetError';
}

const MAX_KEYS = 100;
const RSA_BITS = { least: 2_048, most: 8_192 } as const;
/** FIPS 186-5, 5.4: odd and above 2^16. Under an exponent of 1 anyone could sign; a long one costs us time. */
const RSA_EXPONENT = { least: 65_537, most: 2 ** 32 - 1 } as const;

const text = z.string().max(2_048);
const discovery = z.object({ issuer: text, jwks_uri: text });
const keySet = z.object({ keys: z.array(z.unknown()) });

/** The public members of a key, and nothing else of it: a private one's secrets go no further. */
const common = { kid: text.optional(), alg: text.optional(), use: z.literal('sig').optional(), key_ops: z.array(text).max(8).optional() };
const signatureKey = z.discriminatedUnion('kty', [
  z.object({ ...common, kty: z.literal('RSA'), n: text.refine(isRsaModulus), e: text.refine(isRsaExponent) }),
  z.object({ ...common, kty: z.literal('EC'), crv: z.enum(['P-256', 'P-384', 'P-521']), x: text, y: text }),
  z.object({ ...common, kty: z.literal('OKP'), crv: z.literal('Ed25519'), x: text }),
]);

/** The number that base64url spells, in hexadecimal without leading zeros. */
function hexadecimal(base64url: string): string {
  return Buffer.from(base64url, 'base64url').toString('hex').replace(/^0+/, '');
}

function isRsaModulus(n: string): boolean {
  const digits = hexadecimal(n);
  const bits = digits === '' ? 0 : (digits.length - 1) * 4 + Number.parseInt(digits.charAt(0), 16).toString(2).length;
  return bits >= RSA_BITS.least && bits <= RSA_BITS.most;
}

function isRsaExponent(e: string): boolean {
  const exponent = Number.parseInt(hexadecimal(e), 16);
  return exponent >= RSA_EXPONENT.least && exponent <= RSA_EXPONENT.most && exponent % 2 === 1;
}

/**
 * The keys of a JWK Set that may verify a signature: RSA of 2048 to 8192 bits, the NIST curves and Ed25519, not meant
 * for encryption. The rest is left out, and so is all beyond the first hundred.
 *
 * @throws KeySetError where the document is no JWK Set.
 */
export function signatureKeys(document: unknown): JWK[] {
  const parsed = keySet.safeParse(document);
  if (!parsed.success) throw new KeySetError('The document is not a JWK Set.');
  return parsed.data.keys.slice(0, MAX_KEYS).flatMap((key) => {
    const usable = signatureKey.safeParse(key);
    return usable.success ? [usable.data as JWK] : [];
  });
}

/**
 * Fetches an issuer's keys, through its discovery document unless their address is known.
 *
 * @throws KeySetError where a document is wrong, above all where it names another issuer than was asked for, and what
 * `fetchJson` throws.
 */
export async function fetchKeySet({ issuer, jwksUri }: Issuer, fetchJson: FetchJson): Promise<JWK[]> {
  return signatureKeys(await fetchJson(jwksUri ?? (await discoverKeySet(issuer, fetchJson))));
}

async function discoverKeySet(issuer: string, fetchJson: FetchJson): Promise<string> {
  const document = discovery.safeParse(await fetchJson(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
  if (!document.success) throw new KeySetError('The discovery document names no issuer or no keys.');
  if (document.data.issuer !== issuer) throw new KeySetError('The discovery document is of another issuer.');
  return document.data.jwks_uri;
}
