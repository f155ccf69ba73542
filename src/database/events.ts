import type pg from 'pg';

/** What happened, by ids only. */
export interface RecordedEvent {
  readonly id: string;
  readonly kind: string;
  readonly targetId: string;
  /** Whom it is for; null where anyone may follow who may read the target. */
  readonly userId: string | null;
  readonly transactionId: string;
  /** In ISO 8601. */
  readonly occurredAt: string;
}

/** Where one stands among the events between two snapshots, which are in the order of their transactions. */
export interface EventPosition {
  readonly transactionId: string;
  readonly id: string;
}

/** What to read: the events that the one snapshot (`pg_snapshot` as text) does not see and the other does. */
export interface EventRange {
  readonly organizationId: string;
  readonly since: string;
  /** Null for what is there now. */
  readonly until: string | null;
  /** Only what comes after it. */
  readonly position: EventPosition | null;
  readonly pageSize: number;
}

/** Some events, and the snapshot up to which they go. */
export interface EventPage {
  readonly until: string;
  /** When the page was read, in milliseconds since 1970 by the database's clock. */
  readonly at: number;
  readonly events: readonly RecordedEvent[];
}

const FIRST: EventPosition = { transactionId: '0', id: '00000000-0000-0000-0000-000000000000' };

const PAGE = `select s.snapshot::text as until, (extract(epoch from s.at) * 1000)::bigint::float8 as at,
  e.id, e.kind, e.target_id, e.user_id, e.transaction_id::text as transaction_id,
  to_char(e.occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as occurred_at
from (select coalesce($3::pg_snapshot, pg_current_snapshot()) as snapshot, clock_timestamp() as at) as s
left join lateral app_private.events_between($1, $2::pg_snapshot, s.snapshot, $4::xid8, $5, $6) as e on true`;

/** Reads a page of an organization's events, as the API's login: ids only, of which each follower may know but some. */
export async function readEvents(pool: pg.Pool, range: EventRange): Promise<EventPage> {
  const { transactionId, id } = range.position ?? FIRST;
  const { rows } = await pool.query({
    name: 'defectxray_events',
    text: PAGE,
    values: [range.organizationId, range.since, range.until, transactionId, id, range.pageSize],
  });
  return {
    until: rows[0].until,
    at: rows[0].at,
    events: rows.flatMap((row) =>
      row.id === null
        ? []
        : [
            {
              id: row.id,
              kind: row.kind,
              targetId: row.target_id,
              userId: row.user_id,
              transactionId: row.transaction_id,
              occurredAt: row.occurred_at,
            },
          ],
    ),
  };
}

/** The channel that is notified when something happens in an organization. */
export async function eventChannel(pool: pg.Pool, organizationId: string): Promise<string> {
  const { rows } = await pool.query<{ channel: string }>('select app_private.event_channel($1) as channel', [organizationId]);
  return (rows[0] as { channel: string }).channel;
}

/** What is seen now, as text: whatever it does not see is yet to be told. */
export async function currentSnapshot(pool: pg.Pool): Promise<string> {
  const { rows } = await pool.query<{ snapshot: string }>('select pg_current_snapshot()::text as snapshot');
  return (rows[0] as { snapshot: string }).snapshot;
}
