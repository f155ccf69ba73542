import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, linkSync, readdirSync, readFileSync, readlinkSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * - `ALREADY_RUNNING`: a living process has this directory's server.
 * - `INCOMPLETE`: what is there is not a whole database; nothing was touched.
 * - `OTHER_VERSION`: another PostgreSQL made the database; nothing was touched.
 * - `PASSWORD`: the database is there, its password is not, or is not the right one.
 * - `NOT_PERMITTED`: this user may not read or write what it must.
 * - `NO_USER`: run as root on a machine without an unprivileged user.
 * - `NO_BINARIES`: PostgreSQL's programs are not installed for this platform, or do not run on it.
 * - `START_FAILED`: PostgreSQL refused; the message ends with its own log.
 */
export type EmbeddedServerErrorCode =
  | 'ALREADY_RUNNING'
  | 'INCOMPLETE'
  | 'OTHER_VERSION'
  | 'PASSWORD'
  | 'NOT_PERMITTED'
  | 'NO_USER'
  | 'NO_BINARIES'
  | 'START_FAILED';

/** Why the embedded server did not start. */
export class EmbeddedServerError extends Error {
  override readonly name = 'EmbeddedServerError';
  readonly code: EmbeddedServerErrorCode;

  constructor(code: EmbeddedServerErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Makes this process the one owner of `directory`, until the function that is given back is called or the process ends,
 * however it ends: the lock of a dead process is taken over.
 *
 * @throws EmbeddedServerError ALREADY_RUNNING, with the owner's process id.
 */
export function lock(directory: string): () => void {
  const path = join(directory, 'postgres.lock');
  const mine = `${process.pid}\n${startOf(process.pid) ?? ''}\n`;
  const draft = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, mine, { flag: 'wx', mode: 0o644 });
  try {
    for (let attempt = 0; attempt < 100; attempt++) {
      if (linked(draft, path)) {
        const release = () => {
          process.off('exit', release);
          if (contentOf(path) === mine) unlinkSync(path);
        };
        process.on('exit', release);
        return release;
      }
      const found = contentOf(path);
      if (found === undefined) continue;
      refuseIfHeld(found, directory);
      takeAway(path, `${draft}.stale`, found);
    }
  } finally {
    unlinkSync(draft);
  }
  throw new EmbeddedServerError('ALREADY_RUNNING', `The database in ${directory} is being started by another process.`);
}

function refuseIfHeld(content: string, directory: string): void {
  const [pid = '', start = ''] = content.split('\n');
  const current = startOf(Number(pid));
  if (current === undefined || (start !== '' && current !== '' && current !== start)) return;
  throw new EmbeddedServerError(
    'ALREADY_RUNNING',
    `The database in ${directory} is already in use, by process ${pid}: stop that one first.`,
  );
}

/** Removes the lock if it is still the stale one: two processes may have found it at once, and one of them have its own there by now. */
function takeAway(path: string, aside: string, stale: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (contentOf(aside) !== stale) linked(aside, path);
  unlinkSync(aside);
}

/** Unlike a rename, a link appears with its content and never replaces. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** What tells a process from a later one with its id; '' where it lives but that cannot be learned, undefined where it does not live. */
function startOf(pid: number): string | undefined {
  if (!isAlive(pid)) return undefined;
  if (process.platform === 'linux') {
    // The name in brackets may hold anything; after it come the state and, as the 20th field, the start in ticks since boot.
    const fields = contentOf(`/proc/${pid}/stat`)
      ?.replace(/^.*\) /s, '')
      .split(' ');
    if (fields === undefined) return '';
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    return `${fields[19]} ${contentOf('/proc/sys/kernel/random/boot_id')?.trim()}`;
  }
  if (process.platform === 'win32') return '';
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Stops what an owner that was killed has left running on a data directory: the server, or the `initdb` that was making
 * it. Only processes that are PostgreSQL's and work on that very directory are ever signalled.
 *
 * @throws EmbeddedServerError START_FAILED where they do not stop, NOT_PERMITTED where they are another user's.
 */
export async function stopOrphans(data: string): Promise<void> {
  if (!existsSync(data)) return;
  const pidFile = join(data, 'postmaster.pid');
  const server = Number(contentOf(pidFile)?.split('\n')[0]);
  for (const [signal, patience] of [
    ['SIGINT', 20_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 2_000],
  ] as const) {
    let running = processesOn(data);
    if (running.length === 0) break;
    // The server stops its own children; they are signalled only where it is gone.
    for (const pid of running.includes(server) ? [server] : running) send(pid, signal, data);
    for (const end = Date.now() + patience; running.length > 0 && Date.now() < end; running = processesOn(data)) await sleep(20);
  }
  const left = processesOn(data);
  if (left.length > 0)
    throw new EmbeddedServerError('START_FAILED', `Process ${left.join(', ')} still works on ${data} and does not stop.`);
  // PostgreSQL refuses to start while its old process id belongs to whatever other process of the same user.
  if (isAlive(server)) rmSync(pidFile, { force: true });
}

function send(pid: number, signal: NodeJS.Signals, data: string): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return;
    throw new EmbeddedServerError('NOT_PERMITTED', `Process ${pid} works on ${data} and belongs to another user: stop it first.`, {
      cause: error,
    });
  }
}

const PROGRAMS = new Set(['postgres', 'initdb']);

/** The processes of PostgreSQL that work on a data directory. */
function processesOn(data: string): number[] {
  if (process.platform === 'linux') {
    return readdirSync('/proc')
      .filter((entry) => /^\d+$/.test(entry) && PROGRAMS.has(contentOf(`/proc/${entry}/comm`)?.trim() ?? '') && worksOn(entry, data))
      .map(Number);
  }
  if (process.platform === 'win32') return [];
  return execFileSync('ps', ['-axo', 'pid=,command='], { encoding: 'utf8', maxBuffer: 64 << 20 })
    .split('\n')
    .map((line) => /^\s*(\d+) (\S+) (.*)$/.exec(line))
    .filter((match) => match !== null && PROGRAMS.has(basename(match[2] ?? '')) && ` ${match[3]} `.includes(` -D ${data} `))
    .map((match) => Number(match?.[1]));
}

function worksOn(pid: string, data: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === data;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    // In a container root may not look at other users' working directories (no CAP_SYS_PTRACE); the command line is open to all.
    const words = contentOf(`/proc/${pid}/cmdline`)?.split('\0') ?? [];
    return words[words.indexOf('-D') + 1] === data;
  }
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = codeOf(error);
    // A process that ends while it is read gives ESRCH.
    if (code === 'ENOENT' || code === 'ESRCH' || (path.startsWith('/proc/') && code === 'EACCES')) return undefined;
    throw error;
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException).code;
}
