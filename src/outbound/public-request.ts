import { promises as dns, type LookupAddress } from 'node:dns';
import type { ClientRequest } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { isLoopback, isPublicAddress } from './public-address.ts';

const MAX_ADDRESS_LENGTH = 2_048;

/** Why nothing could be had: whether a name exists, where it leads and what listens there is not told to who chose the address. */
export type Unreached = 'address' | 'unreachable';

/** An address that is not asked, or that nothing answers at. */
export class UnreachedError extends Error {
  override name = 'UnreachedError';
  readonly reason: Unreached;

  constructor(reason: Unreached) {
    super(reason);
    this.reason = reason;
  }
}

/** All addresses of a name. */
export type Resolve = (hostname: string) => Promise<readonly LookupAddress[]>;

export interface PublicSettings {
  /** Accepts http, loopback addresses and any port as well: for development and tests, refused in production. */
  readonly allowLoopback: boolean;
  /** How names are resolved; the system's resolver if not given. */
  readonly resolve?: Resolve;
}

/** What is sent. */
export interface PublicRequest {
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  /** Ends it, wherever it stands. */
  readonly signal: AbortSignal;
}

const systemResolve: Resolve = (hostname) => dns.lookup(hostname, { all: true });

/**
 * Opens a request to an address that somebody outside has chosen, so that our network is what must be guarded: https with a
 * certificate that holds for the name, no redirects, every address of the name public, and the connection made to one of the
 * addresses that were looked at. Ports below 1024 other than 443 belong to services of other kinds; from 1024 on they are
 * allowed, since what people run by themselves is often at 8443. No proxy is used.
 *
 * @returns the request, not yet ended: its events are the caller's affair.
 * @throws UnreachedError, or the signal's reason.
 */
export async function requestPublic(address: string, settings: PublicSettings, wanted: PublicRequest): Promise<ClientRequest> {
  const url = allowedUrl(address, settings.allowLoopback);
  const addresses = await allowedAddresses(url, settings, wanted.signal);
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  return request(url, {
    // A connection of its own: one from a pool may lead to an address that was not looked at.
    agent: false,
    lookup: pinned(addresses),
    rejectUnauthorized: true,
    signal: wanted.signal,
    method: wanted.method,
    headers: { 'accept-encoding': 'identity', 'user-agent': 'defectxray', ...wanted.headers },
  });
}

function allowedUrl(address: string, allowLoopback: boolean): URL {
  const url = address.length <= MAX_ADDRESS_LENGTH ? URL.parse(address) : null;
  if (url === null || url.username !== '' || url.password !== '' || url.hash !== '') throw new UnreachedError('address');
  const isSecure = url.protocol === 'https:' && (url.port === '' || Number(url.port) >= 1_024);
  if (!isSecure && !(allowLoopback && ['http:', 'https:'].includes(url.protocol))) throw new UnreachedError('address');
  return url;
}

/** What the host leads to, each address looked at: a name with a single one that is not public is refused as a whole. */
async function allowedAddresses(url: URL, settings: PublicSettings, signal: AbortSignal): Promise<readonly LookupAddress[]> {
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const family = isIP(host);
  const addresses =
    family === 0 ? await Promise.race([(settings.resolve ?? systemResolve)(host), aborted(signal)]) : [{ address: host, family }];
  const isPlain = url.protocol === 'http:';
  const isAllowed = ({ address }: LookupAddress) =>
    (settings.allowLoopback && isLoopback(address)) || (!isPlain && isPublicAddress(address));
  if (addresses.length === 0 || !addresses.every(isAllowed)) throw new UnreachedError('unreachable');
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
