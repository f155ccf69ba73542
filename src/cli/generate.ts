import './../graphile-env.ts';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { connectionOptions, withClient } from '../database/connection.ts';
import { startDevelopmentDatabase } from '../database/development.ts';
import { generatedFiles } from './generated.ts';

/** `npm run generate`: writes every generated file; with `--check` it only says which are not current. */
const check = process.argv.includes('--check');
const root = new URL('../../', import.meta.url);
const directory = mkdtempSync(join(tmpdir(), 'defectxray-generate-'));
// PostgreSQL does not run as root: its own user must be able to pass through.
chmodSync(directory, 0o711);
const database = await startDevelopmentDatabase({ DATA_DIR: directory });
const api = new pg.Pool({ ...connectionOptions(database.databaseUrl), max: 2 });
// An idle connection that is lost as the database stops is no loss.
api.on('error', () => {});
try {
  const files = await withClient(database.operatorUrl, (operator) => generatedFiles(api, operator));
  const stale = files.filter(({ path, content }) => read(path) !== content);
  for (const { path, content } of check ? [] : stale) writeFileSync(new URL(path, root), content);
  const names = stale.map(({ path }) => path).join(', ');
  process.stdout.write(
    stale.length === 0
      ? `${files.length} generated files are current.\n`
      : check
        ? `Not current: ${names}. Run "npm run generate".\n`
        : `Written: ${names}.\n`,
  );
  process.exitCode = check && stale.length > 0 ? 1 : 0;
} finally {
  await api.end();
  await database.stop();
  rmSync(directory, { recursive: true, force: true });
}

function read(path: string): string | null {
  try {
    return readFileSync(new URL(path, root), 'utf8');
  } catch {
    return null;
  }
}
