import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { REPORT_FORMATS } from '../../src/ingest/report-parser.ts';

const run = promisify(execFile);
const script = fileURLToPath(new URL('measure-reader.ts', import.meta.url));
/** Little memory: what would keep the report runs out of it, and what collects late is not taken for what grows. */
const LIMITS = ['--max-old-space-size=64', '--max-semi-space-size=8'];

interface Measured {
  results: number;
  longest: number;
  problems: string[];
  maxRssMb: number;
  cpuSeconds: number;
}

async function measure(format: string, shape: 'tests' | 'line', megabytes: number): Promise<Measured> {
  const { stdout } = await run(process.execPath, [...LIMITS, script, format, shape, String(megabytes)], { timeout: 240_000 });
  return JSON.parse(stdout);
}

// What a report of any length takes: node itself, the collector's leeway and the buffers of the reader.
const MOST_MB = 200;

it.each(REPORT_FORMATS)('%s: hundreds of thousands of tests take time, and no more memory', { timeout: 240_000 }, async (format) => {
  const few = await measure(format, 'tests', 12);
  const many = await measure(format, 'tests', 60);
  expect([few.problems, many.problems]).toEqual([[], []]);
  expect(many.results / few.results).toBeCloseTo(5, 0);
  expect(many.maxRssMb).toBeLessThan(MOST_MB);
  expect(many.maxRssMb - few.maxRssMb).toBeLessThan(50);
  expect(many.cpuSeconds / few.cpuSeconds).toBeLessThan(12);
});

it.each(REPORT_FORMATS)(
  '%s: a hundred megabytes on one line take a moment, and their beginning and end are kept',
  { timeout: 240_000 },
  async (format) => {
    const measured = await measure(format, 'line', 100);
    expect([measured.results, measured.longest > 60_000 && measured.longest <= 65_536]).toEqual([1, true]);
    // The block of TAP is cut, and so no YAML.
    expect(measured.problems).toHaveLength(format === 'tap' ? 1 : 0);
    expect(measured.maxRssMb).toBeLessThan(MOST_MB);
    expect(measured.cpuSeconds).toBeLessThan(20);
  },
);
