import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { withClient } from '../src/database/connection.ts';
import type { DataSet } from './data/data-set.ts';
import { PRODUCT } from './documents.ts';
import type { PeerDocuments } from './peers/peer.ts';
import { type PeerName, peer } from './peers/start.ts';
import { parentOf } from './processes.ts';
import { endingWithUs, ready, serve, stop } from './served.ts';

/** A server that is asked, in a process of its own. */
export interface Server {
  readonly name: string;
  /** Where GraphQL is answered. */
  readonly url: string;
  readonly origin: string;
  readonly pid: number;
  /** PostgreSQL's first process. */
  readonly databasePid: number;
  readonly documents: PeerDocuments;
  stop(): Promise<void>;
}

/** As in production, with limits that a benchmark does not meet, and without background jobs: peers have none. */
export const PRODUCTION = { NODE_ENV: 'production', GRAPHILE_ENV: 'production', MAX_RATE_LIMIT_PER_MINUTE: '1000000', LOG_LEVEL: 'warn' };

/** The product on a data set; `environment` may lead it to its database another way. */
export async function startProduct(data: DataSet, environment: Readonly<Record<string, string>> = {}): Promise<Server> {
  const child = serve(data.directory, { ...data.environment, ...PRODUCTION, ...environment });
  return running('product', child, PRODUCT, data);
}

/** A peer on a data set, through the database URL that is given or straight. */
export async function startPeer(name: PeerName, data: DataSet, databaseUrl = data.apiUrl): Promise<Server> {
  const main = fileURLToPath(new URL('main.ts', import.meta.url));
  const child = endingWithUs(
    spawn(process.execPath, [main, '--json', 'peer', name, '--port', '0', '--database-url', databaseUrl], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { PATH: process.env.PATH, ...data.environment, DATABASE_URL: databaseUrl, NODE_ENV: 'production', GRAPHILE_ENV: 'production' },
    }),
  );
  return running(name, child, (await peer(name)).documents, data);
}

async function running(name: string, child: ChildProcess, documents: PeerDocuments, data: DataSet): Promise<Server> {
  const { origin } = new URL(await ready(child));
  const pid = child.pid as number;
  return { name, url: `${origin}/graphql`, origin, pid, databasePid: await databasePid(data), documents, stop: () => stop(child) };
}

async function databasePid({ operatorUrl }: DataSet): Promise<number> {
  return withClient(operatorUrl, async (client) => parentOf((await client.query('select pg_backend_pid() as pid')).rows[0].pid));
}
