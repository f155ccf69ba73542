import type { TestDatabase } from '../support/database.ts';

/** Runs `work` while nobody else can read or change a table. */
export async function whileLocked<T>({ operator }: TestDatabase, table: string, work: () => Promise<T>): Promise<T> {
  await operator.query(`begin; lock table ${table} in access exclusive mode`);
  try {
    return await work();
  } finally {
    await operator.query('rollback');
  }
}

/** Waits until a connection of the API, or so many of them, wait for a lock; gives the process id of one. */
export async function waitForLock({ operator, name }: TestDatabase, connections = 1): Promise<number> {
  for (;;) {
    // Within a transaction the view is a picture of its first look.
    await operator.query('select pg_stat_clear_snapshot()');
    const { rows } = await operator.query<{ pid: number }>(
      "select pid from pg_stat_activity where datname = $1 and usename = 'app_user' and wait_event_type = 'Lock'",
      [name],
    );
    if (rows[0] !== undefined && rows.length >= connections) return rows[0].pid;
  }
}
