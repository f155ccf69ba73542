/** A sighting of a threat indicator, as the mutation `importThreatIndicators` takes it. */
export interface Sighting {
  readonly type: string;
  readonly value: string;
  readonly level: ThreatLevel;
  readonly source: string;
  /** From 0 to 100. */
  readonly confidence: number;
  /** ISO 8601, in UTC. */
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
}

export const THREAT_LEVELS = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;
export type ThreatLevel = (typeof THREAT_LEVELS)[number];

/** What is meant where a feed does not say it. */
export interface SightingDefaults {
  readonly level: ThreatLevel;
  readonly source: string;
  readonly confidence: number;
}

/** A sighting cannot be imported; the message says why, to follow the name of its place. */
export class SightingError extends Error {
  override name = 'SightingError';
}

interface Given {
  readonly type: string;
  readonly value: string;
  readonly level: ThreatLevel;
  readonly source: string;
  readonly confidence: number;
  readonly firstSeen: unknown;
  readonly lastSeen: unknown;
}

const TYPE = /^[a-z0-9][a-z0-9:._-]{0,99}$/;
const LONGEST_VALUE = 2_000;
const LONGEST_SOURCE = 200;
const A_DAY_MS = 86_400_000;
/** RFC 3339, to the day at least; without a zone it is UTC, wherever it is read. */
const TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[+-]\d{2}:?\d{2})?)?$/i;
/** Kinds of values in which capitals say nothing, so that two spellings are one indicator. */
const WITHOUT_CAPITALS = /^(?:domain-name|ipv6-addr|mac-addr|email-addr|file:(?:md5|sha-?\d+|sha\d*-\d+))$/;

/**
 * A sighting as the database takes it: a batch with one that it would not take is refused whole, so what is wrong is found here.
 *
 * @throws SightingError with what is wrong.
 */
export function sightingOf(given: Given, now = Date.now()): Sighting {
  const { type, source, level, confidence } = given;
  if (!TYPE.test(type)) throw new SightingError(`"${type.slice(0, 40)}" is no type such as ipv4-addr, url or file:sha-256`);
  const value = WITHOUT_CAPITALS.test(type) ? given.value.toLowerCase() : given.value;
  const bytes = Buffer.byteLength(value);
  if (bytes === 0 || bytes > LONGEST_VALUE) throw new SightingError(`its value has ${bytes} bytes, not 1 to ${LONGEST_VALUE}`);
  if ([...source].length > LONGEST_SOURCE) throw new SightingError(`its source has more than ${LONGEST_SOURCE} characters`);
  if (!(Number.isInteger(confidence) && confidence >= 0 && confidence <= 100)) {
    throw new SightingError('its confidence is no whole number from 0 to 100');
  }
  const last = timeOf(given.lastSeen, 'it was last seen');
  const first = given.firstSeen === null || given.firstSeen === undefined ? last : timeOf(given.firstSeen, 'it was first seen');
  if (last > now + A_DAY_MS) throw new SightingError('it was last seen in the future');
  if (first > last) throw new SightingError('it was first seen after it was last seen');
  return {
    type,
    value,
    level,
    source,
    confidence,
    firstSeenAt: new Date(first).toISOString(),
    lastSeenAt: new Date(last).toISOString(),
  };
}

/**
 * Milliseconds since 1970 of a time in a feed.
 *
 * @throws SightingError where it is none.
 */
export function timeOf(value: unknown, what: string): number {
  const [, day, time, zone] = TIME.exec(typeof value === 'string' ? value.trim() : '') ?? [];
  const parsed = day === undefined ? Number.NaN : Date.parse(`${day}T${time ?? '00:00'}${zone ?? 'Z'}`);
  // Date.parse makes 2026-02-30 the second of March.
  const real = day !== undefined && !Number.isNaN(parsed) && new Date(`${day}T00:00Z`).toISOString().startsWith(day);
  if (!real) throw new SightingError(`when ${what} is no time such as 2026-11-21T08:00:00Z`);
  return parsed;
}
