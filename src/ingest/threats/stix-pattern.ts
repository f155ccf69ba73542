import { SightingError } from './sighting.ts';

/** One comparison of equality in brackets: `[<object type>:<property path> = '<text>']`; ' and \ are escaped with \. */
const COMPARISON = /^\s*\[\s*([a-z0-9-]{1,50}):([\w.'-]{1,100})\s*=\s*'((?:[^'\\]|\\['\\])*)'\s*\]\s*$/;
const HASH = /^hashes\.(?:'([\w-]{1,40})'|([\w-]{1,40}))$/;
/** What a hash is called where its algorithm is written in more than one way. */
const ALGORITHMS: Readonly<Record<string, string>> = { sha1: 'sha-1', sha256: 'sha-256', sha384: 'sha-384', sha512: 'sha-512' };

/**
 * What a STIX 2.1 pattern looks for, where it is one comparison with a value (`ipv4-addr`, `domain-name`, `url`, …), a hash of a file
 * (`file:sha-256`) or another plain property (`file:name`).
 * https://docs.oasis-open.org/cti/stix/v2.1/os/stix-v2.1-os.html#_e8slinrhxcc9
 *
 * @throws SightingError where it is more, or none.
 */
export function parseStixPattern(pattern: string): { readonly type: string; readonly value: string } {
  const [, object, path = '', escaped = ''] = COMPARISON.exec(pattern) ?? [];
  if (object === undefined) throw new SightingError(`its pattern is not one comparison: ${pattern.slice(0, 80)}`);
  const value = escaped.replace(/\\(['\\])/g, '$1');
  if (path === 'value') return { type: object, value };
  const [, quoted, plain] = object === 'file' ? (HASH.exec(path) ?? []) : [];
  const algorithm = (quoted ?? plain)?.toLowerCase();
  if (algorithm !== undefined) return { type: `file:${ALGORITHMS[algorithm] ?? algorithm}`, value };
  if (!/^[a-z][a-z0-9_.]*$/.test(path)) throw new SightingError(`its pattern looks into "${path}", which is not read`);
  return { type: `${object}:${path}`, value };
}
