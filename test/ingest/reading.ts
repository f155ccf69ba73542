import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readReport } from '../../src/ingest/read-report.ts';
import type { ReportProblem, TestResult } from '../../src/ingest/report.ts';
import type { ReportFormat } from '../../src/ingest/report-parser.ts';

/** Where the reports of real runners are. */
export const fixtures = fileURLToPath(new URL('../fixtures/reports/', import.meta.url));

export const fixtureOf = (name: string): Buffer => readFileSync(`${fixtures}${name}`);

export interface Reading {
  results: TestResult[];
  problems: ReportProblem[];
}

export async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

export async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/** Reads a report that comes in chunks of so many bytes. */
export async function read(source: string | Uint8Array, size = 65_536, format: ReportFormat | 'auto' = 'auto'): Promise<Reading> {
  const bytes = typeof source === 'string' ? Buffer.from(source) : source;
  const problems: ReportProblem[] = [];
  const results = await all(readReport(inPieces(bytes, size), 'report.xml', (p) => problems.push(p), format));
  return { results, problems };
}

/** What makes a test the same test within a project. */
export const identity = (r: TestResult): string => JSON.stringify([r.framework, r.suite, r.name, r.parameters]);
