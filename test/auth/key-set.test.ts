import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, type JWK } from 'jose';
import { describe, expect, test } from 'vitest';
import { fetchKeySet, signatureKeys } from '../../src/auth/key-set.ts';
import { fetchLocal, json, serveLocally } from '../support/issuers.ts';

const rsa = (modulusLength: number, publicExponent = 65_537) =>
  exportJWK(generateKeyPairSync('rsa', { modulusLength, publicExponent }).publicKey);
const RSA = await rsa(2_048);
const EC = await exportJWK(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey);
const KOBLITZ = await exportJWK(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey);
const ED = await exportJWK(generateKeyPairSync('ed25519').publicKey);
const X = await exportJWK(generateKeyPairSync('x25519').publicKey);
const WEAK = await rsa(1_024);
const ALMOST = await rsa(2_040);
const EXPONENT_3 = await rsa(2_048, 3);
/** The modulus of a key of 2048 bits, with zeros before it to look longer. */
const padded = (key: JWK) => Buffer.concat([Buffer.alloc(256), Buffer.from(key.n as string, 'base64url')]).toString('base64url');

test.each<[string, JWK]>([
  ['RSA', RSA],
  ['RSA for signatures', { ...RSA, use: 'sig', alg: 'RS256', kid: '1' }],
  ['RSA of 4096 bits', await rsa(4_096)],
  ['P-256', EC],
  ['Ed25519', ED],
  ['one with certificates, as Entra ID has them', { ...RSA, x5t: 'x', x5c: ['MII='], ...{ issuer: 'https://x' } }],
])('%s is used', (_name, key) => {
  expect(signatureKeys({ keys: [key] })).toHaveLength(1);
});

test.each<[string, unknown]>([
  ['a symmetric key', { kty: 'oct', k: 'c2VjcmV0', alg: 'HS256' }],
  ['RSA for encryption', { ...RSA, use: 'enc' }],
  ['RSA for something else', { ...RSA, use: 'x' }],
  ['RSA of 1024 bits', WEAK],
  ['RSA of 2040 bits', ALMOST],
  ['RSA of 1024 bits behind zeros', { ...WEAK, n: padded(WEAK) }],
  ['RSA that takes long', { ...RSA, n: Buffer.alloc(1_025, 0xff).toString('base64url') }],
  ['RSA without a modulus', { kty: 'RSA', e: 'AQAB' }],
  ['RSA with an empty modulus', { ...RSA, n: '' }],
  ['RSA with the exponent 1', { ...RSA, e: 'AQ' }],
  ['RSA with the exponent 3', EXPONENT_3],
  ['RSA with an even exponent', { ...RSA, e: 'AQAC' }],
  ['RSA with a long exponent', { ...RSA, e: RSA.n }],
  ['RSA with no exponent', { ...RSA, e: '' }],
  ['another curve', KOBLITZ],
  ['X25519', X],
  ['EC without a point', { kty: 'EC', crv: 'P-256' }],
  ['a number', 1],
  ['null', null],
  ['a list', [RSA]],
  ['a kid that is no text', { ...RSA, kid: { toString: 1 } }],
  ['no kty', { ...RSA, kty: undefined }],
])('%s is not', (_name, key) => {
  expect(signatureKeys({ keys: [key, ED] })).toEqual([ED]);
});

test('a private key is used as the public one, its secrets left behind', async () => {
  const secret = await exportJWK(generateKeyPairSync('ed25519').privateKey);
  expect(secret.d).toBeDefined();
  expect(signatureKeys({ keys: [secret] })).toEqual([{ kty: 'OKP', crv: 'Ed25519', x: secret.x }]);
});

test('a hundred keys are looked at and no more', () => {
  const many = Array.from({ length: 150 }, (_, index) => ({ ...ED, kid: `${index}` }));
  expect(signatureKeys({ keys: many }).map(({ kid }) => kid)).toEqual(many.slice(0, 100).map(({ kid }) => kid));
  expect(signatureKeys({ keys: [...Array(100).fill(1), ED] })).toEqual([]);
});

test.each([null, [], {}, { keys: null }, { keys: {} }, { keys: 'x' }, 1, 'keys'])('%j is no JWK Set', (document) => {
  expect(() => signatureKeys(document)).toThrow('The document is not a JWK Set.');
});

describe('discovery', () => {
  /** Serves a discovery document made for the server's own address, and a key. */
  async function discover(document: (url: string) => unknown, asked = (url: string) => url) {
    const server = await serveLocally((request, response) => {
      const isKeys = request.url === '/keys';
      json(() => (isKeys ? { keys: [ED] } : document(server.url)))(request, response);
    });
    return { server, keys: fetchKeySet({ issuer: asked(server.url), jwksUri: null }, fetchLocal) };
  }

  test.each(['', '/', '/tenant/v2.0', '/tenant/'])('an issuer that ends in "%s"', async (path) => {
    const { server, keys } = await discover(
      (url) => ({ issuer: `${url}${path}`, jwks_uri: `${url}/keys` }),
      (url) => `${url}${path}`,
    );
    expect(await keys).toEqual([ED]);
    expect(server.asked).toEqual([`${path.replace(/\/$/, '')}/.well-known/openid-configuration`, '/keys']);
  });

  test.each<[string, (url: string) => unknown]>([
    ['another issuer', (url) => ({ issuer: 'https://elsewhere.example', jwks_uri: `${url}/keys` })],
    ['the issuer with a slash more', (url) => ({ issuer: `${url}/`, jwks_uri: `${url}/keys` })],
    ['the issuer in capitals', (url) => ({ issuer: url.toUpperCase(), jwks_uri: `${url}/keys` })],
    ['any tenant', (url) => ({ issuer: `${url}/{tenantid}/v2.0`, jwks_uri: `${url}/keys` })],
    ['no issuer', (url) => ({ jwks_uri: `${url}/keys` })],
    ['no keys', (url) => ({ issuer: url })],
    ['keys that are no address', (url) => ({ issuer: url, jwks_uri: [`${url}/keys`] })],
    ['no object', () => []],
  ])('%s is refused', async (_name, document) => {
    const { server, keys } = await discover(document);
    await expect(keys).rejects.toMatchObject({ name: 'KeySetError' });
    expect(server.asked).not.toContain('/keys');
  });

  test('keys at an address that is not allowed are not fetched', async () => {
    for (const jwks_uri of ['http://10.0.0.1/keys', 'file:///etc/passwd']) {
      const { keys } = await discover((issuer) => ({ issuer, jwks_uri }));
      await expect(keys).rejects.toMatchObject({ name: 'PublicFetchError' });
    }
  });
});
