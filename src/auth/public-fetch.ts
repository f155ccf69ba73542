import { promises as dns, type LookupAddress } from 'node:dns';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopback, isPublicAddress } from './public-address.ts';

/** How long all of it may take: name, connection and body. */
const TIME_LIMIT_MS = 3_000;
/** The body at most; Entra ID's keys take some 15 kB. */
const MAX_BODY_BYTES = 262_144;
const MAX_ADDRESS_LENGTH = 2_048;

const MESSAGES = {
  address: 'The address must be https, without user name or fragment, with no port or one from 1024 on.',
  unreachable: 'Nothing answers at the address.',
  answer: 'The address does not answer with a JSON document of at most 256 kB.',
} as const;

/**
 * A document that could not be had. There are three reasons and no more: whether a name exists, where it leads and
 * what listens there is not told to who chose the address.
 */
export class PublicFetchError extends Error {
  override name = 'PublicFetchError';
  readonly reason: keyof typeof MESSAGES;

  constructor(reason: keyof typeof MESSAGES) {
    super(MESSAGES[reason]);
    this.reason = reason;
  }
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface PublicFetchSettings {
  /** Accepts http, loopback addresses and any port as well: for development and tests, refused in production. */
  readonly allowLoopback: boolean;
  /** How names are resolved; the system's resolver if not given. */
  readonly resolve?: Resolve;
}

const systemResolve: Resolve = (hostname) => dns.lookup(hostname, { all: true });

/**
 * Gets a JSON document from an address that somebody outside has chosen, so that our network is what must be guarded:
 * https with a certificate that holds for the name, no redirects, every address of the name public, and the connection
 * made to one of the addresses that were looked at. Ports below 1024 other than 443 belong to services that are no
 * issuer's; from 1024 on they are allowed, since issuers run by their users are often at 8443. No proxy is used.
 *
 * @throws PublicFetchError and nothing else, after at most three seconds.
 */
export async function fetchPublicJson(address: string, settings: PublicFetchSettings): Promise<unknown> {
  const url = allowedUrl(address, settings.allowLoopback);
  const signal = AbortSignal.timeout(TIME_LIMIT_MS);
  try {
    const addresses = await allowedAddresses(url, settings, signal);
    return await get(url, addresses, signal);
  } catch (error) {
    throw error instanceof PublicFetchError ? error : new PublicFetchError('unreachable');
  }
}

function allowedUrl(address: string, allowLoopback: boolean): URL {
  const url = address.length <= MAX_ADDRESS_LENGTH ? URL.parse(address) : null;
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') throw new PublicFetchError('address');
  const isSecure = url.protocol === 'https:' && (url.port === '' || Number(url.port) >= 1_024);
  if (!isSecure && !(allowLoopback && ['http:', 'https:'].includes(url.protocol))) throw new PublicFetchError('address');
  return url;
}

/** What the host leads to, each address looked at: a name with a single one that is not public is refused as a whole. */
async function allowedAddresses(url: URL, settings: PublicFetchSettings, signal: AbortSignal): Promise<readonly LookupAddress[]> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(host);
  const addresses =
    family === 0 ? await Promise.race([(settings.resolve ?? systemResolve)(host), aborted(signal)]) : [{ address: host, family }];
  const isPlain = url.protocol === 'http:';
  const isAllowed = ({ address }: LookupAddress) =>
    (settings.allowLoopback && isLoopback(address)) || (!isPlain && isPublicAddress(address));
  if (addresses.length === 0 || !addresses.every(isAllowed)) throw new PublicFetchError('unreachable');
  return addresses;
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

/** A `lookup` that asks nobody: the name could lead elsewhere the second time. */
function pinned(addresses: readonly LookupAddress[]): LookupFunction {
  return (_hostname, options, callback) => {
    const [first] = addresses as [LookupAddress];
    if (options.all) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

function get(url: URL, addresses: readonly LookupAddress[], signal: AbortSignal): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? requestHttps : requestHttp;
    const sent = request(url, {
      // A connection of its own: one from a pool may lead to an address that was not looked at.
      agent: false,
      lookup: pinned(addresses),
      rejectUnauthorized: true,
      signal,
      headers: { accept: 'application/json', 'accept-encoding': 'identity', 'user-agent': 'defectxray' },
    });
    let isAnswered = false;
    sent.on('response', (response) => {
      isAnswered = true;
      readJson(response)
        .then(resolve, reject)
        .finally(() => sent.destroy());
    });
    sent.on('error', reject);
    // Neither answer nor error, as after a switch of protocols. What is left of an answer is read after the close.
    sent.on('close', () => {
      if (!isAnswered) reject(new PublicFetchError('unreachable'));
    });
    sent.end();
  });
}

/** The document, from the bytes as they come: nothing is decompressed, so that what is compressed is no JSON. */
async function readJson(response: IncomingMessage): Promise<unknown> {
  const { 'content-type': type = '', 'content-length': length = '0' } = response.headers;
  const isJson = /^application\/(?:[\w.-]+\+)?json *(?:;|$)/i.test(type);
  if (response.statusCode !== 200 || !isJson || Number(length) > MAX_BODY_BYTES) throw new PublicFetchError('answer');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new PublicFetchError('answer');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new PublicFetchError('answer');
  }
}
