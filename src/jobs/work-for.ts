import type pg from 'pg';
import { inTransaction } from '../database/connection.ts';
import type { KeyEnvelopes } from '../database/key-envelopes.ts';

/** What jobs work with. */
export interface JobDatabase {
  /** Connections as `app_worker`. */
  readonly pool: pg.Pool;
  readonly keys: KeyEnvelopes;
}

const STATEMENT_TIMEOUT_MS = 60_000;

const BEGIN_JOB = `select set_config('search_path', app_private.begin_job($1, $2, $3), true), set_config('statement_timeout', $4, true),
  set_config('jit', 'off', true)`;

/**
 * Runs `work` in a transaction that works for one organization, within its bounds: what `app_worker` may do there is to call
 * the functions that are granted to it.
 *
 * @param task which job the audit trail names.
 * @throws the database's error: DX404 for an organization that is none, DX503 while it is upgraded.
 */
export async function workFor<T>(
  { pool, keys }: JobDatabase,
  organization: string,
  task: string,
  work: (client: pg.PoolClient) => Promise<T>,
): Promise<T> {
  const sealed = await keys.of(organization);
  const client = await pool.connect();
  let broken = false;
  try {
    return await inTransaction(client, async () => {
      await client.query(BEGIN_JOB, [organization, task, sealed, String(STATEMENT_TIMEOUT_MS)]);
      return work(client);
    });
  } catch (error) {
    // The server's own errors have a code of five characters, those that end the connection of class 57 or 08; any other may have
    // left it anywhere.
    broken = !/^(?!57|08)[0-9A-Z]{5}$/.test((error as { code?: string }).code ?? '');
    throw error;
  } finally {
    client.release(broken);
  }
}
