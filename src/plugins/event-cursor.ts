import type { EventPosition } from '../database/events.ts';

/** How far a follower has come. Forged, it gives nothing: what is read from there on is read as the follower. */
export interface EventCursor {
  /** When it was made, in milliseconds since 1970. */
  readonly at: number;
  /** The snapshot up to which was read. */
  readonly until: string;
  /** Where more was left to tell between two snapshots: the first of them, and how far between them. */
  readonly rest: { readonly since: string; readonly position: EventPosition } | null;
}

/** Transactions under way that a cursor names; of more it says only which the oldest is, and what came since is told twice. */
const MAX_NAMED = 64;

const SNAPSHOT = String.raw`\d{1,19}:\d{1,19}:(?:\d{1,19}(?:,\d{1,19}){0,${MAX_NAMED - 1}})?`;
const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const FORM = new RegExp(String.raw`^(\d{1,15})/(${SNAPSHOT})(?:/(${SNAPSHOT})/(\d{1,19})/(${UUID}))?$`);

export function encodeEventCursor({ at, until, rest }: EventCursor): string {
  const parts = [at, shortSnapshot(until)];
  if (rest !== null) parts.push(shortSnapshot(rest.since), rest.position.transactionId, rest.position.id);
  return Buffer.from(parts.join('/')).toString('base64url');
}

/** What a cursor says; null where it is none. */
export function decodeEventCursor(text: string): EventCursor | null {
  const found = FORM.exec(Buffer.from(text, 'base64url').toString('latin1'));
  if (found === null) return null;
  const [, at, until = '', since, transactionId, id] = found;
  return {
    at: Number(at),
    until,
    rest: since === undefined || transactionId === undefined || id === undefined ? null : { since, position: { transactionId, id } },
  };
}

/** The number of the first transaction that had not begun when a snapshot was taken. */
export function nextTransaction(snapshot: string): bigint {
  return BigInt(snapshot.split(':')[1] as string);
}

function shortSnapshot(snapshot: string): string {
  const [oldest, , running = ''] = snapshot.split(':');
  return running.split(',').length > MAX_NAMED ? `${oldest}:${oldest}:` : snapshot;
}
