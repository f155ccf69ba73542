import { totalmem } from 'node:os';
import { join } from 'node:path';
import { withClient } from '../../src/database/connection.ts';
import { newPassword, setLogin } from '../../src/database/development.ts';
import { startEmbedded } from '../../src/database/embedded.ts';
import { migrate } from '../../src/database/migrate.ts';
import { secretFile } from '../../src/database/secret-file.ts';

/** The embedded PostgreSQL with a data set's database, migrated. */
export interface DataServer {
  readonly apiUrl: string;
  readonly operatorUrl: string;
  readonly workerUrl: string;
  stop(): Promise<void>;
}

const DATABASE = 'defectxray';
const MEGABYTE = 1_048_576;

/** A quarter of the machine's memory, as PostgreSQL's documentation has it; 2 GB at most, for there are others on it. */
const sharedBuffers = `${Math.min(2_048, Math.floor(totalmem() / MEGABYTE / 4))}MB`;

/** The product and its peers, each with a pool of its own, and pgbench beside them. */
const SETTINGS = { max_connections: '200', shared_buffers: sharedBuffers, max_wal_size: '2GB', random_page_cost: '1.1' };

/** While data is loaded: what is lost with the machine is made again. */
const LOADING = { ...SETTINGS, maintenance_work_mem: '512MB', wal_level: 'minimal', max_wal_senders: '0', autovacuum: 'off' };

/**
 * Starts the database in `directory`, and makes it where it is not there; policies that have changed are applied.
 *
 * @param loading with settings for a bulk load, without durability.
 */
export async function startDataServer(directory: string, loading = false): Promise<DataServer> {
  const server = await startEmbedded({ directory, durable: !loading, settings: loading ? LOADING : SETTINGS });
  try {
    await withClient(server.operatorUrl, async (client) => {
      const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
      if (rowCount === 0) await client.query(`create database ${DATABASE}`);
    });
    const operatorUrl = Object.assign(new URL(server.operatorUrl), { pathname: `/${DATABASE}` }).toString();
    await migrate(operatorUrl);
    const password = (login: string) => secretFile(join(directory, `${login}.password`), newPassword);
    return {
      operatorUrl,
      apiUrl: await setLogin(operatorUrl, 'app_user', password('app-user')),
      workerUrl: await setLogin(operatorUrl, 'app_worker', password('app-worker')),
      stop: () => server.stop(),
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}
