import { spawn } from 'node:child_process';
import { chownSync, closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EmbeddedServerError, stopOrphans } from './embedded-owner.ts';
import { type Binaries, environment, type Place } from './embedded-place.ts';
import { endOf, lastLines, startFailed } from './embedded-process.ts';

const VERSION = '18';

/** @throws EmbeddedServerError where the directory is another version's, or half a database; nothing is touched. */
export function refuseUnlessWhole(data: string): void {
  const versionFile = join(data, 'PG_VERSION');
  const version = existsSync(versionFile) ? readFileSync(versionFile, 'utf8').trim() : undefined;
  if (version !== undefined && version !== VERSION) {
    throw new EmbeddedServerError(
      'OTHER_VERSION',
      `The database in ${data} was made by PostgreSQL ${version} and cannot be read by PostgreSQL ${VERSION}, which this is: move the directory away, or dump the database with version ${version}.`,
    );
  }
  if (version === undefined || !existsSync(join(data, 'global', 'pg_control'))) {
    throw new EmbeddedServerError(
      'INCOMPLETE',
      `The directory ${data} is not a whole PostgreSQL database: bring back what is missing, or move it away for a new one.`,
    );
  }
}

/** Makes the database under a temporary name: under its own it is always whole. */
export async function makeDatabase(data: string, binaries: Binaries, place: Place, password: string, durable: boolean): Promise<void> {
  const draft = `${data}.new`;
  const passwordFile = `${data}.pwfile`;
  await stopOrphans(draft);
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  mkdirSync(draft, { mode: 0o700 });
  writeFileSync(passwordFile, password, { flag: 'wx', mode: 0o600 });
  if (place.runAs.uid !== undefined && place.runAs.gid !== undefined) {
    for (const path of [draft, passwordFile]) chownSync(path, place.runAs.uid, place.runAs.gid);
  }
  try {
    const args = ['-D', draft, '--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
    args.push('--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--locale=C', '--data-checksums', '--no-instructions');
    if (!durable) args.push('--no-sync');
    // The working directory tells whose it is, should it outlive us.
    const child = spawn(binaries.initdb, args, { ...place.runAs, cwd: draft, env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
    const lines = lastLines(child);
    await endOf(child);
    if (child.exitCode !== 0) throw startFailed(`PostgreSQL could not make a database in ${data}`, lines, password);
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(draft, data);
  if (durable && process.platform !== 'win32') {
    const parent = openSync(place.path, 'r');
    fsyncSync(parent);
    closeSync(parent);
  }
}
