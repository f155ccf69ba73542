import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { EmbeddedServerError } from './embedded-owner.ts';

const LOG_BYTES = 5 << 20;
const LOG_LINES_IN_ERROR = 15;

/** Resolves when the process has ended, or could not be started, and its last words are read. */
export function endOf(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
    // Children of a killed server may hold its log open.
    child.once('exit', () => setTimeout(resolve, 500).unref());
  });
}

/** The last lines of a process's log, as they come. */
export function lastLines(child: ChildProcess, log?: (line: string) => void): string[] {
  const lines: string[] = [];
  child.once('error', (error) => lines.push(error.message));
  if (child.stderr === null) return lines;
  createInterface({ input: child.stderr }).on('line', (line) => {
    lines.push(line);
    if (lines.length > LOG_LINES_IN_ERROR) lines.shift();
    log?.(line);
  });
  return lines;
}

/** What is thrown where a program of PostgreSQL has failed: its own last words, without the password. */
export function startFailed(what: string, lines: readonly string[], password: string): EmbeddedServerError {
  return new EmbeddedServerError('START_FAILED', `${what}: ${lines.join('\n').replaceAll(password, '***') || 'it said nothing'}`);
}

/** A log of bounded size: the file and the one before it. */
export function logFile(path: string): { write(line: string): void; close(): void } {
  const open = () => openSync(path, 'a', 0o600);
  let file: number | undefined = open();
  let size = fstatSync(file).size;
  return {
    write(line) {
      if (file === undefined) return;
      try {
        if (size > LOG_BYTES) {
          renameSync(path, `${path}.1`);
          closeSync(file);
          file = open();
          size = 0;
        }
        size += writeSync(file, `${line}\n`);
      } catch {
        // A full disk is PostgreSQL's to report; losing a line of its log stops nothing.
      }
    },
    close() {
      if (file !== undefined) closeSync(file);
      file = undefined;
    },
  };
}
