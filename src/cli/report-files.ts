import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { glob, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readJunit } from '../ingest/junit.ts';
import type { ReportProblem, TestResult } from '../ingest/report.ts';

/** Results in one request, and bytes of them: well below what the server takes. */
const BATCH_RESULTS = 2_000;
const BATCH_BYTES = 4_000_000;

/** The files that patterns mean, each once, in the order of their names; `onUnmatched` is given each pattern that means none. */
export async function filesOf(patterns: readonly string[], onUnmatched: (pattern: string) => void): Promise<string[]> {
  const found = new Map<string, string>();
  for (const pattern of patterns) {
    // A file may be called what would also be a pattern: TEST-cart[chrome].xml.
    const files = (await isFile(pattern)) ? [pattern] : await matches(pattern);
    if (files.length === 0) onUnmatched(pattern);
    for (const file of files) found.set(resolve(file), file);
  }
  return [...found.values()].sort();
}

async function matches(pattern: string): Promise<string[]> {
  const files: string[] = [];
  for await (const path of glob(pattern)) if (await isFile(path)) files.push(path);
  return files;
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/** SHA-256, in hexadecimal, of what is said of a report and of the content of its files, whatever they are called. */
export async function digestOf(said: readonly (string | undefined)[], files: readonly string[]): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(said.map((part) => part ?? '')));
  for (const file of files) {
    const content = createHash('sha256');
    for await (const chunk of createReadStream(file)) content.update(chunk as Buffer);
    hash.update(content.digest());
  }
  return hash.digest('hex');
}

/** The results in the files, in batches that are the same each time; `onProblem` is told where a file breaks. */
export async function* batches(files: readonly string[], onProblem: (problem: ReportProblem) => void): AsyncGenerator<TestResult[]> {
  let batch: TestResult[] = [];
  let bytes = 0;
  for (const file of files) {
    for await (const result of readJunit(createReadStream(file), file, onProblem)) {
      batch.push(result);
      // As it is sent: escaped, and in UTF-8, a text can be several times as long as its characters.
      bytes += Buffer.byteLength(JSON.stringify(result));
      if (batch.length >= BATCH_RESULTS || bytes >= BATCH_BYTES) {
        yield batch;
        batch = [];
        bytes = 0;
      }
    }
  }
  if (batch.length > 0) yield batch;
}
