import pg from 'pg';

const LOOPBACK = new Set(['localhost', '127.0.0.1', '::1', '[::1]', '']);

/** Whether a connection string points at this machine (or at a Unix socket), where TLS is not asked for. */
export function isLoopback(url: string): boolean {
  const parsed = new URL(url);
  const socket = parsed.searchParams.get('host');
  return socket === null ? LOOPBACK.has(parsed.hostname) : socket.startsWith('/');
}

/**
 * Options of `pg` for a connection string: TLS with a verified certificate for every server but this machine's, unless
 * the string says `sslmode=disable` (refused in production, see config.ts).
 */
export function connectionOptions(url: string): pg.ClientConfig {
  const parsed = new URL(url);
  const disabled = parsed.searchParams.get('sslmode') === 'disable' || isLoopback(url);
  parsed.searchParams.delete('sslmode');
  return {
    connectionString: parsed.toString(),
    ssl: disabled ? false : { rejectUnauthorized: true },
    connectionTimeoutMillis: 5_000,
    application_name: 'defectxray',
  };
}

/** Runs `work` on a connection of its own and closes it, whatever happens. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client(connectionOptions(url));
  // A connection lost between two statements is reported by the next statement; without a listener it would be thrown.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Runs `work` in a transaction; rolls back and throws what `work` throws. */
export async function inTransaction<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    // The error that matters is the first; a connection that is gone has rolled back by itself.
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}
