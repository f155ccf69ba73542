import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from './connection.ts';
import { makeDatabase, refuseUnlessWhole } from './embedded-database.ts';
import { EmbeddedServerError, lock, stopOrphans } from './embedded-owner.ts';
import { type Binaries, binariesFor, environment, PASSWORD_FILE, type Place, placeOf } from './embedded-place.ts';
import { endOf, lastLines, logFile, startFailed } from './embedded-process.ts';
import { secretFile } from './secret-file.ts';

export { EmbeddedServerError, type EmbeddedServerErrorCode } from './embedded-owner.ts';

const WRONG_PASSWORD = '28P01';
const READY_MS = 120_000;
const POLL_MS = 20;

export interface EmbeddedOptions {
  /** Made where it is not there. Holds the lock, the password, and the database where PostgreSQL's user can enter it. */
  readonly directory: string;
  /** False: a crash of the machine may lose the database, and it is faster. For tests. Default true. */
  readonly durable?: boolean;
  /** PostgreSQL's settings; not those of what it listens on and of what stays out of its log. */
  readonly settings?: Record<string, string>;
  /** Given each line of PostgreSQL's log instead of the file `postgres.log`. */
  readonly log?: (line: string) => void;
}

export interface EmbeddedServer {
  /** As the superuser `postgres`, to the database `postgres`, with the password. */
  readonly operatorUrl: string;
  readonly port: number;
  /** Whether the database was made by this start. */
  readonly firstStart: boolean;
  /** PostgreSQL's data directory, wherever it had to be put. */
  readonly dataDirectory: string;
  /** Ends connections, writes everything down, stops the server and gives the directory free. May be called again. */
  stop(): Promise<void>;
  /** Resolves if the server ends without `stop`. */
  readonly exited: Promise<{ code: number | null }>;
}

/**
 * Starts the PostgreSQL that comes with the product on the database in `directory`, which it makes at first; on
 * 127.0.0.1 only, on a port of its own choice. Also takes over from an owner that was killed. Signals are the caller's
 * affair: PostgreSQL does not get the terminal's Ctrl-C, so that requests can be drained before `stop`.
 *
 * @throws EmbeddedServerError
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  try {
    // Root's directory can be entered, so that the database can lie in it; its secrets are files with 0600.
    mkdirSync(options.directory, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
    const directory = realpathSync(options.directory);
    const unlock = lock(directory);
    try {
      return await start(directory, options, unlock);
    } catch (error) {
      unlock();
      throw error;
    }
  } catch (error) {
    if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
    throw new EmbeddedServerError(
      'NOT_PERMITTED',
      `The database in ${options.directory} cannot be used by this user: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

async function start(directory: string, options: EmbeddedOptions, unlock: () => void): Promise<EmbeddedServer> {
  const place = await placeOf(directory);
  const data = join(place.path, 'postgres');
  const passwordFile = join(directory, PASSWORD_FILE);
  const firstStart = !existsSync(data);
  if (!firstStart) {
    refuseUnlessWhole(data);
    if (!existsSync(passwordFile))
      throw new EmbeddedServerError(
        'PASSWORD',
        `The database in ${data} is there, but not its password: bring back ${passwordFile}, or move the database away.`,
      );
  }
  const binaries = binariesFor(place.runAs);
  const password = secretFile(passwordFile, () => randomBytes(24).toString('base64url'));
  await stopOrphans(data);
  if (firstStart) await makeDatabase(data, binaries, place, password, options.durable ?? true);

  const log = options.log === undefined ? logFile(join(place.path, 'postgres.log')) : { write: options.log, close: () => {} };
  const { child, ended, port, operatorUrl } = await launch(data, binaries, place, password, options, log.write).catch((error: unknown) => {
    log.close();
    throw error;
  });
  let stopping: Promise<void> | undefined;
  const shutDown = async () => {
    await stopChild(child, ended);
    // Where the server was killed, its children may outlive it for a moment.
    await stopOrphans(data);
    log.close();
    unlock();
  };
  return {
    operatorUrl,
    port,
    firstStart,
    dataDirectory: data,
    stop: () => (stopping ??= shutDown()),
    exited: new Promise((resolve) => {
      void ended.then(() => {
        if (stopping === undefined) resolve({ code: child.exitCode });
      });
    }),
  };
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<void>;
  readonly port: number;
  readonly operatorUrl: string;
}

async function launch(
  data: string,
  binaries: Binaries,
  place: Place,
  password: string,
  options: EmbeddedOptions,
  log: (line: string) => void,
): Promise<Running> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const operatorUrl = `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`;
    const args = Object.entries(settingsOf(port, options)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
    // A session of its own: the terminal's Ctrl-C is for us.
    const child = spawn(binaries.postgres, ['-D', data, ...args], {
      ...place.runAs,
      cwd: '/',
      env: environment,
      detached: true,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const lines = lastLines(child, log);
    const ended = endOf(child);
    stopAtExit(child);
    try {
      if (await isReady(child, data, operatorUrl)) {
        child.unref();
        (child.stderr as Socket).unref();
        return { child, ended, port, operatorUrl };
      }
    } catch (error) {
      await stopChild(child, ended);
      if ((error as { code?: string }).code !== WRONG_PASSWORD) throw error;
      throw new EmbeddedServerError('PASSWORD', `The database in ${data} has another password than the one in ${options.directory}.`, {
        cause: error,
      });
    }
    await stopChild(child, ended);
    // Another process took the port in between, or the children of a killed server are still about to notice.
    const passing = lines.some((line) => /Address already in use|pre-existing shared memory block/.test(line));
    if (!passing || attempt === 10) throw startFailed(`PostgreSQL did not start on ${data}`, lines, password);
    await sleep(attempt * 50);
  }
}

function settingsOf(port: number, options: EmbeddedOptions): Record<string, string> {
  return {
    max_connections: '100',
    ...(options.durable === false ? { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' } : {}),
    ...options.settings,
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    password_encryption: 'scram-sha-256',
    log_destination: 'stderr',
    logging_collector: 'off',
    // What is in rows and parameters stays out of the log.
    log_parameter_max_length: '0',
    log_parameter_max_length_on_error: '0',
    log_error_verbosity: 'terse',
  };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

/** Waits until a connection with the password succeeds; false where the server ends before, or takes too long. */
async function isReady(child: ChildProcess, data: string, operatorUrl: string): Promise<boolean> {
  for (const end = Date.now() + READY_MS; Date.now() < end; await sleep(POLL_MS)) {
    if (hasEnded(child)) return false;
    // Whoever answers on the port may be another; this file is written by our server, for the process that we started.
    const [pid, , , , , , , status] = statusOf(data);
    if (Number(pid) !== child.pid || status?.trim() !== 'ready') continue;
    try {
      await withClient(operatorUrl, (client) => client.query('select 1'));
      return true;
    } catch (error) {
      if ((error as { code?: string }).code === WRONG_PASSWORD) throw error;
    }
  }
  return false;
}

function statusOf(data: string): string[] {
  try {
    return readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

const hasEnded = (child: ChildProcess) => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;

/** Fast shutdown; where that takes too long, the quicker ways, from which the next start recovers. */
async function stopChild(child: ChildProcess, ended: Promise<void>): Promise<void> {
  child.ref();
  for (const [signal, patience] of [
    ['SIGINT', 30_000],
    ['SIGQUIT', 10_000],
    ['SIGKILL', 2_000],
  ] as const) {
    if (hasEnded(child)) break;
    child.kill(signal);
    const timer = new AbortController();
    await Promise.race([ended, sleep(patience, undefined, { signal: timer.signal })]);
    timer.abort();
  }
}

const started = new Set<ChildProcess>();

/** The last resort, for a process that exits without `stop`. */
function stopAtExit(child: ChildProcess): void {
  if (started.size === 0) process.on('exit', interruptAll);
  started.add(child);
  child.once('exit', () => {
    started.delete(child);
    if (started.size === 0) process.off('exit', interruptAll);
  });
}

function interruptAll(): void {
  for (const child of started) child.kill('SIGINT');
}
