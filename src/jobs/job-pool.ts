import pg from 'pg';
import type { Logger } from 'pino';
import { connectionOptions } from '../database/connection.ts';
import type { OpenSockets } from '../database/open-sockets.ts';

/** How long a job waits for a connection, before it has failed. */
const CONNECTION_PATIENCE_MS = 30_000;

/** Connections as `app_worker`, `max` at most; one that is lost is reported by its statement, or in the log while it is idle. */
export function jobPool(
  { url, log }: { readonly url: string; readonly log: Logger },
  max: number,
  { stream }: OpenSockets,
  Client: typeof pg.Client = pg.Client,
): pg.Pool {
  const pool = new pg.Pool({
    ...connectionOptions(url),
    Client,
    stream,
    max,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: CONNECTION_PATIENCE_MS,
  });
  pool.on('error', (error) => {
    // While it is being closed the database may be stopping as well.
    if (!pool.ending) log.warn({ error: error.message }, 'an idle database connection of jobs was lost');
  });
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}
