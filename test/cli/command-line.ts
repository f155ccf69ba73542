import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export type Environment = Record<string, string | undefined>;

/** A command that runs, with what it has said so far. */
export interface Running {
  readonly child: ChildProcess;
  readonly pid: number;
  stdout: string;
  stderr: string;
  /** Resolves when the process and all that it wrote have ended. */
  readonly ended: Promise<Finished>;
}

export interface Finished {
  /** Null where a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `defectxray` with an environment of its own: nothing of the tests' reaches it but the PATH. */
export function start(args: readonly string[], environment: Environment = {}): Running {
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH: process.env.PATH, ...environment }, stdio: 'pipe' });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, stdout: running.stdout, stderr: running.stderr }));
  const running: Running = { child, pid: child.pid as number, stdout: '', stderr: '', ended };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (running.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (running.stderr += text));
  child.stdin.end();
  return running;
}

/** Runs a command to its end. */
export function run(args: readonly string[], environment: Environment = {}): Promise<Finished> {
  return start(args, environment).ended;
}

/** The address at which `serve` says that it is ready. */
export async function readyUrl(server: Running): Promise<string> {
  const ready = /ready at (http:\S+)/;
  await vi.waitFor(() => expect(ready.test(server.stdout) || server.child.exitCode !== null, server.stderr).toBe(true), PATIENCE);
  const url = ready.exec(server.stdout)?.[1];
  if (url === undefined) throw new Error(`serve ended with exit code ${server.child.exitCode}: ${server.stderr}`);
  return url;
}

/** How long a condition is waited for, and how often it is looked at. */
export const PATIENCE = { timeout: 60_000, interval: 10 };

/** A directory that PostgreSQL's user can enter. */
export function temporaryDirectory(): string {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'defectxray-cli-')));
  chmodSync(path, 0o711);
  return path;
}

/** Ends what a test left running on a data directory, by process id, and removes the directory. */
export async function clearAway(directory: string, servers: readonly Running[]): Promise<void> {
  for (const { pid, child, ended } of servers) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    const family = descendants(pid);
    child.kill('SIGKILL');
    await ended;
    for (const process_ of family.filter(isAlive)) process.kill(process_, 'SIGKILL');
  }
  const postmaster = postmasterOf(directory);
  if (postmaster !== null && isAlive(postmaster)) process.kill(postmaster, 'SIGQUIT');
  rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}

/** The server process that PostgreSQL's own note in a data directory names. */
export function postmasterOf(directory: string): number | null {
  try {
    return Number(readFileSync(join(directory, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]) || null;
  } catch {
    return null;
  }
}

/** The processes that a process has started, and those that they have. */
export function descendants(pid: number): number[] {
  const rows = execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const parents = rows.map((row) => row.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] => parents.flatMap(([id, of]) => (of === parent && id !== undefined ? [id, ...below(id)] : []));
  return below(pid);
}

/** Whether a process runs; one that has ended and only waits for its parent to take note does not. */
export function isAlive(pid: number): boolean {
  try {
    return !execFileSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' }).startsWith('Z');
  } catch {
    // There is no such process.
    return false;
  }
}

/** Asks a server as the bearer of a token; throws what it says is wrong. */
// biome-ignore lint/suspicious/noExplicitAny: answers have the shape of the query that asked for them.
export async function ask(url: string, token: string, query: string, variables: Record<string, unknown> = {}): Promise<any> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = (await response.json()) as { data: unknown; errors?: { message: string }[] };
  if (errors !== undefined) throw new Error(errors.map(({ message }) => message).join(' '));
  return data;
}
