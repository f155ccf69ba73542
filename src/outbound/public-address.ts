import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

const GLOBAL_UNICAST = ipaddr.IPv6.parseCIDR('2000::/3');
const MAPPED = ipaddr.IPv6.parseCIDR('::ffff:0:0/96');
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');
/** The IPv4-compatible form as resolvers write it, which ipaddr.js takes for the mapped one. */
const COMPATIBLE = /^::\d+\./;

/** Azure answers a virtual machine's own questions here (DHCP, DNS, its agent), though the range is a public one. */
const AZURE_PLATFORM = '168.63.129.16';

function isPublicIpv4(address: ipaddr.IPv4): boolean {
  return address.range() === 'unicast' && address.toString() !== AZURE_PLATFORM;
}

/** The IPv4 address that stands in the last 32 bits. */
function embedded(address: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

/**
 * Whether an IP address is a public unicast one: not private, loopback, link-local, shared, reserved or a tunnel's.
 *
 * An IPv4-mapped address and one of NAT64's well-known prefix reach the IPv4 address in them, so that is what counts.
 * 6to4, Teredo, a local NAT64 prefix and the old IPv4-compatible form are refused whatever is in them: nobody serves
 * keys there, and what they reach is for a gateway to say.
 */
export function isPublicAddress(address: string): boolean {
  // ipaddr.js also reads short and octal forms of IPv4, which others read differently.
  if (isIP(address) === 0 || COMPATIBLE.test(address)) return false;
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) return isPublicIpv4(parsed);
  if (parsed.match(MAPPED) || parsed.match(NAT64)) return isPublicIpv4(embedded(parsed));
  return parsed.match(GLOBAL_UNICAST) && parsed.range() === 'unicast';
}

/** Whether an IP address is this machine's own loopback. */
export function isLoopback(address: string): boolean {
  return isIP(address) !== 0 && ipaddr.process(address).range() === 'loopback';
}
