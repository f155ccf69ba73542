import { randomBytes } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Config } from '../config.ts';
import { withClient } from './connection.ts';
import { type EmbeddedServer, startEmbedded } from './embedded.ts';
import { migrate, type SchemaResult } from './migrate.ts';
import { scramVerifier } from './scram.ts';
import { secretFile } from './secret-file.ts';

/** Where a database is reached: as the API and, where this machine may, as the operator. */
export interface DatabaseUrls {
  readonly databaseUrl: string;
  readonly operatorUrl: string | undefined;
  /** As background jobs; where this machine runs none there is none. */
  readonly workerUrl: string | undefined;
}

/** The embedded database of `npm start`, migrated. */
export interface DevelopmentDatabase {
  readonly databaseUrl: string;
  readonly operatorUrl: string;
  readonly workerUrl: string;
  /** Resolves if the server ends by itself. */
  readonly exited: Promise<unknown>;
  stop(): Promise<void>;
}

const DATABASE = 'defectxray';
const CONNECTION_FILE = 'connection.json';

/**
 * Starts the embedded PostgreSQL in the data directory, makes the database and its logins at first start, and migrates.
 * While it runs, `connection.json` (0600) tells other commands how to reach it.
 */
export async function startDevelopmentDatabase(
  config: Pick<Config, 'DATA_DIR'>,
  onSchema?: (result: SchemaResult, total: number) => void,
): Promise<DevelopmentDatabase> {
  const directory = resolve(config.DATA_DIR);
  const server = await startEmbedded({ directory });
  try {
    const operatorUrl = await makeDatabase(server);
    await migrate(operatorUrl, onSchema);
    const databaseUrl = await setLogin(operatorUrl, 'app_user', secretFile(join(directory, 'app-user.password'), newPassword));
    const workerUrl = await setLogin(operatorUrl, 'app_worker', secretFile(join(directory, 'app-worker.password'), newPassword));
    const connectionFile = join(directory, CONNECTION_FILE);
    rmSync(connectionFile, { force: true });
    writeFileSync(connectionFile, JSON.stringify({ databaseUrl, operatorUrl, workerUrl }), { mode: 0o600 });
    return {
      databaseUrl,
      operatorUrl,
      workerUrl,
      exited: server.exited,
      async stop() {
        rmSync(connectionFile, { force: true });
        await server.stop();
      },
    };
  } catch (error) {
    await server.stop();
    throw error;
  }
}

/** The connections that a command uses: those of the environment, else those of the embedded server that is running. */
export function databaseUrls(
  config: Pick<Config, 'DATABASE_URL' | 'OPERATOR_DATABASE_URL' | 'WORKER_DATABASE_URL' | 'DATA_DIR'>,
): DatabaseUrls {
  if (config.DATABASE_URL !== undefined) {
    return { databaseUrl: config.DATABASE_URL, operatorUrl: config.OPERATOR_DATABASE_URL, workerUrl: config.WORKER_DATABASE_URL };
  }
  try {
    return JSON.parse(readFileSync(join(config.DATA_DIR, CONNECTION_FILE), 'utf8')) as DatabaseUrls;
  } catch {
    throw new Error('There is no database: start one with "npm start", or set DATABASE_URL (and OPERATOR_DATABASE_URL for operators).');
  }
}

async function makeDatabase(server: EmbeddedServer): Promise<string> {
  await withClient(server.operatorUrl, async (client) => {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`create database ${DATABASE}`);
  });
  const url = new URL(server.operatorUrl);
  url.pathname = `/${DATABASE}`;
  return url.toString();
}

/** Lets a role log in with a password, and gives its connection string. */
export async function setLogin(operatorUrl: string, role: string, password: string): Promise<string> {
  await withClient(operatorUrl, (client) => client.query(`alter role ${role} login password '${scramVerifier(password)}'`));
  const url = new URL(operatorUrl);
  url.username = role;
  url.password = password;
  return url.toString();
}

/** 192 random bits, in characters that need no escaping anywhere. */
export function newPassword(): string {
  return randomBytes(24).toString('base64url');
}
