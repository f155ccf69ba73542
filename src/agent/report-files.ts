import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { glob } from 'tinyglobby';
import { readReport } from '../ingest/read-report.ts';
import type { ReportProblem, TestResult } from '../ingest/report.ts';
import type { ReportFormat } from '../ingest/report-parser.ts';

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

/** Node.js 20 has no `glob` of its own. */
async function matches(pattern: string): Promise<string[]> {
  // Windows' shells hand on patterns with its separators, which escape in a pattern.
  const portable = process.platform === 'win32' ? pattern.replaceAll('\\', '/') : pattern;
  return glob(portable, { expandDirectories: false, onlyFiles: true });
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}

/**
 * The results in a file as they come; `onChunk` sees all of its bytes, also those after a break. What the file is, its content
 * says, unless `format` does.
 */
export async function* resultsOf(
  file: string,
  format: ReportFormat | 'auto',
  onProblem: (problem: ReportProblem) => void,
  onChunk: (chunk: Uint8Array) => void = () => {},
): AsyncGenerator<TestResult> {
  const stream = createReadStream(file);
  const chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const next = async () => {
    const step = await chunks.next();
    if (step.done !== true) onChunk(step.value);
    return step;
  };
  try {
    // Without `return`, so that a reader that stops early does not close the file.
    yield* readReport({ [Symbol.asyncIterator]: () => ({ next }) }, file, onProblem, format);
    while ((await next()).done !== true);
  } finally {
    stream.destroy();
  }
}
