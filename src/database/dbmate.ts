import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { resolveBinary } from 'dbmate';
import { isLoopback } from './connection.ts';

/** A migration that failed; the message is what dbmate said of it, without the connection string. */
export class MigrationError extends Error {
  override name = 'MigrationError';
}

/**
 * Brings one schema to the newest migration of a folder, as `app_owner`. dbmate commits a file at a time, so after a
 * failure the schema stands at the last file that succeeded.
 *
 * @param searchPath what unqualified names in the migrations mean, the schema first.
 * @param table where dbmate notes what is applied, qualified.
 * @throws MigrationError
 */
export async function runDbmate(operatorUrl: string, folder: 'platform' | 'tenant', searchPath: string, table: string): Promise<void> {
  const url = new URL(operatorUrl);
  url.searchParams.set('search_path', searchPath.replaceAll(' ', ''));
  url.searchParams.set('role', 'app_owner');
  if (!url.searchParams.has('sslmode')) {
    url.searchParams.set('sslmode', isLoopback(operatorUrl) ? 'disable' : 'verify-full');
  }
  const child = spawn(resolveBinary(), ['--no-dump-schema', 'migrate', '--strict'], {
    // By the environment, not by arguments: those are in every process list.
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: url.toString(),
      DBMATE_MIGRATIONS_DIR: fileURLToPath(new URL(`../../db/migrations/${folder}`, import.meta.url)),
      DBMATE_MIGRATIONS_TABLE: table,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) {
    const lines = output.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('Applied') && !line.includes('://'));
    throw new MigrationError(lines.slice(-6).join('\n').trim() || `dbmate ended with exit code ${code}`);
  }
}
