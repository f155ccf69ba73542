import pg from 'pg';
import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { connectionOptions } from './connection.ts';
import { type Constraint, readConstraints } from './constraints.ts';
import { OpenSockets } from './open-sockets.ts';
import { type IntrospectionResult, readIntrospection } from './pg-service.ts';

/** The database that the API serves from, and what is asked of it before anything else. */
export interface ApiDatabase {
  readonly pool: pg.Pool;
  readonly constraints: Promise<ReadonlyMap<string, Constraint>>;
  /** What the schema is made from, as the library's query gives it. */
  readonly introspection: Promise<IntrospectionResult>;
  /** Closes all connections, at most a second after the database stops answering. Never fails. */
  close(): Promise<void>;
}

/**
 * Connects, and asks for what every start needs. The answers are not waited for: they are made while the caller loads modules,
 * which takes as long.
 *
 * @throws what the driver says where the database cannot be reached.
 */
export async function openApiDatabase(config: Config & { DATABASE_URL: string }, log: Logger): Promise<ApiDatabase> {
  const sockets = new OpenSockets();
  const pool = new pg.Pool({
    ...connectionOptions(config.DATABASE_URL),
    // What is sent does not wait for the answer to what was sent before.
    pipeline: true,
    stream: sockets.stream,
    max: config.DATABASE_POOL_SIZE,
    idleTimeoutMillis: 30_000,
    connectionTimeoutMillis: 2_000,
  });
  pool.on('error', (error) => {
    // While it is being closed the database may be stopping as well.
    if (!pool.ending) log.warn({ error: error.message }, 'an idle database connection was lost');
  });
  // One that is lost while a request has it is reported by the request's statements; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}));
  const close = () => sockets.close(pool.end());
  try {
    const client = await pool.connect();
    const constraints = readConstraints(client);
    const introspection = readIntrospection(client);
    // Where they fail, whoever waits for them is told.
    void Promise.allSettled([constraints, introspection]).then(() => client.release());
    return { pool, constraints, introspection, close };
  } catch (error) {
    await close();
    throw error;
  }
}
