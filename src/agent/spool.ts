import { createHash, randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Report } from './send-report.ts';

/** What all files of a spool may hold together. */
const MAX_BYTES = 256_000_000;
/** Longer than an agent may run (--timeout); a claim that is older is of one that died on another machine. */
const CLAIM_HOURS = 2;
const VERSION = 1;

const ENTRY = /^\d{15}-[0-9a-f]{8}-\d{6}\.json$/;
const CLAIM = /^(\d{15}-[0-9a-f]{8}-\d{6}\.json)\.([0-9a-f]{8})-(\d+)\.claim$/;
/** What was being written by an agent that died. */
const UNFINISHED = /\.json\.tmp$/;

/** A report that was kept, and is this process's alone until one of its methods is called. */
export interface KeptReport {
  readonly report: Report;
  /** It was stored: the file goes. */
  remove(): Promise<void>;
  /** It is kept on, at its place in the order. */
  release(): Promise<void>;
  /** It will never be taken: the file stays, under another name, and is not sent again. Gives that name. */
  setAside(): Promise<string>;
}

/** There is no room. */
export class SpoolFullError extends Error {
  override name = 'SpoolFullError';
}

/**
 * A directory of reports that could not be sent: one file each, readable by its owner only, written whole before it gets
 * its name, named in the order in which they were kept. Several agents may use one directory: a report is claimed by
 * renaming its file, which one of them alone succeeds in. A claim whose process has died is given back.
 */
export class Spool {
  readonly #directory: string;
  readonly #maxBytes: number;
  readonly #mark = `${String(Date.now()).padStart(15, '0')}-${randomBytes(4).toString('hex')}`;
  readonly #claimed = new Set<string>();
  #count = 0;

  constructor(directory: string, maxBytes = MAX_BYTES) {
    this.#directory = directory;
    this.#maxBytes = maxBytes;
  }

  /**
   * Keeps a report for a server.
   *
   * @throws SpoolFullError where the directory would become too large; the file system's error where it cannot be written.
   */
  async keep(server: string, report: Report): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: 0o700 });
    const text = textOf(server, report);
    if ((await this.#size()) + text.length > this.#maxBytes) {
      throw new SpoolFullError(`The spool ${this.#directory} is full (${Math.round(this.#maxBytes / 1_000_000)} MB).`);
    }
    const name = `${this.#mark}-${String(this.#count).padStart(6, '0')}.json`;
    this.#count += 1;
    const unfinished = join(this.#directory, `${name}.tmp`);
    const file = await open(unfinished, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, join(this.#directory, name));
  }

  /**
   * Claims one report after the other, the oldest first: those that were kept for a server and that no other agent has.
   *
   * @param onProblem given a sentence for each file that cannot be read, which is moved aside.
   */
  async *claim(server: string, onProblem: (sentence: string) => void): AsyncGenerator<KeptReport> {
    await this.#recover();
    for (const name of (await this.#names()).filter((entry) => ENTRY.test(entry)).sort()) {
      const path = join(this.#directory, name);
      const claim = `${path}.${hostTag()}-${process.pid}.claim`;
      try {
        // First the time, then the name: a claim is never older than it is.
        await utimes(path, new Date(), new Date());
        await rename(path, claim);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue;
        throw error;
      }
      this.#claimed.add(claim);
      const release = () => this.#end(claim, path);
      const kept = parse(await readFile(claim, 'utf8'));
      if (kept === null) {
        await this.#end(claim, `${path}.broken`);
        onProblem(`${path} is no report that was kept: it was moved to ${name}.broken.`);
      } else if (kept.server !== server) {
        await release();
      } else {
        yield {
          report: kept.report,
          release,
          remove: async () => {
            await rm(claim);
            this.#claimed.delete(claim);
          },
          setAside: async () => {
            await this.#end(claim, `${path}.refused`);
            return `${name}.refused`;
          },
        };
      }
    }
  }

  async #end(claim: string, path: string): Promise<void> {
    await rename(claim, path);
    this.#claimed.delete(claim);
  }

  /** Gives back what agents that died had claimed, and clears away what they had not finished writing. */
  async #recover(): Promise<void> {
    for (const name of await this.#names()) {
      const path = join(this.#directory, name);
      const [, entry, host, pid] = CLAIM.exec(name) ?? [];
      if (entry === undefined && !UNFINISHED.test(name)) continue;
      const isOld = Date.now() - (await modified(path)) > CLAIM_HOURS * 3_600_000;
      const isDead = host === hostTag() && !this.#claimed.has(path) && (Number(pid) === process.pid || !isAlive(Number(pid)));
      // Another agent may do the same at the same time.
      if (entry !== undefined && (isOld || isDead)) await rename(path, join(this.#directory, entry)).catch(ignoreMissing);
      else if (entry === undefined && isOld) await rm(path).catch(ignoreMissing);
    }
  }

  async #names(): Promise<string[]> {
    try {
      await access(this.#directory);
    } catch {
      return [];
    }
    return readdir(this.#directory);
  }

  async #size(): Promise<number> {
    const sizes = (await this.#names()).map(async (name) =>
      stat(join(this.#directory, name)).then(
        ({ size }) => size,
        () => 0,
      ),
    );
    return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
  }
}

/** The results go in as they are: they are JSON. */
function textOf(server: string, { results, ...run }: Report): Uint8Array {
  const head = JSON.stringify({ version: VERSION, server, run }).slice(0, -1);
  return Buffer.concat([Buffer.from(`${head},"results":`), results, Buffer.from('}\n')]);
}

function parse(text: string): { readonly server: string; readonly report: Report } | null {
  try {
    const kept = JSON.parse(text) as Record<string, unknown> | null;
    const { server, results, version } = kept ?? {};
    const run = kept?.run as Omit<Report, 'results'> | null | undefined;
    const isWhole =
      version === VERSION &&
      typeof server === 'string' &&
      typeof run?.reportId === 'string' &&
      typeof run.project === 'string' &&
      typeof run.runKey === 'string' &&
      Array.isArray(results);
    return isWhole ? { server, report: { ...run, results: Buffer.from(JSON.stringify(results)) } } : null;
  } catch {
    return null;
  }
}

function hostTag(): string {
  return createHash('sha256').update(hostname()).digest('hex').slice(0, 8);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function modified(path: string): Promise<number> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => Date.now(),
  );
}

function ignoreMissing(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
