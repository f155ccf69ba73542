import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { TestFailure } from '../../src/ingest/report.ts';

/** A failure as a runner reported it on one of two machines, and the bug in the sources that it is of. */
export interface LabelledFailure extends TestFailure {
  readonly bug: string;
  readonly machine: number;
  readonly framework: string;
  readonly suite: string;
  readonly name: string;
  readonly parameters: string;
}

export const CORPUS = fileURLToPath(new URL('../../test/fixtures/failures/', import.meta.url));

/** The labelled failures by runner. A bug's label is the runner's own: no two runners share a bug. */
export function corpus(): ReadonlyMap<string, readonly LabelledFailure[]> {
  const files = readdirSync(CORPUS).filter((file) => file.endsWith('.json'));
  return new Map(files.sort().map((file) => [file.slice(0, -'.json'.length), JSON.parse(readFileSync(CORPUS + file, 'utf8'))]));
}
