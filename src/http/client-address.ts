import { isIP, isIPv6 } from 'node:net';
import type { Request } from 'express';
import ipaddr from 'ipaddr.js';

/**
 * The address that a request comes from, in its plain form: as trusted proxies give it (Express' `trust proxy`), else
 * the connection's own. Null where the connection has none.
 */
export function clientAddress(request: Request): string | null {
  return plain(request.ip) ?? plain(request.socket.remoteAddress);
}

/** What the requests of an address are counted under: itself, or of IPv6 its /64, which is what one customer is given. */
export function addressKey(address: string | null): string {
  if (address === null || !isIPv6(address)) return address ?? 'unknown';
  const { parts } = ipaddr.IPv6.parse(address);
  return `${parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}

/** Without the prefix of an IPv4 address in IPv6, the interface of a link-local one, or the port that some proxies add. */
function plain(address: string | undefined): string | null {
  const bare = address
    ?.replace(/^::ffff:(?=[\d.]+$)/i, '')
    .replace(/%.*$/, '')
    .replace(/^([\d.]+):\d+$/, '$1');
  return bare !== undefined && isIP(bare) !== 0 ? bare : null;
}
