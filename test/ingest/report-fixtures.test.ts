import { createReadStream, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { fingerprint } from '../../src/ingest/fingerprint.ts';
import { readReport } from '../../src/ingest/read-report.ts';
import type { ReportProblem, TestResult } from '../../src/ingest/report.ts';
import { all, fixtureOf, fixtures, identity, read } from './reading.ts';

// passed, failed, errored, skipped
const COUNTS: Record<string, [framework: string, number, number, number, number]> = {
  'bats.xml': ['bats', 3, 4, 0, 1],
  'catch2.xml': ['catch2', 2, 1, 1, 1],
  'ctest.xml': ['ctest', 1, 2, 0, 3],
  'googletest.xml': ['gtest', 6, 2, 0, 2],
  'gotestsum.xml': ['go', 6, 4, 0, 1],
  'jasmine.xml': ['jasmine', 6, 6, 0, 2],
  // jest-junit reports `it.todo` as passed, and a file that does not load once as an error and once as a failure.
  'jest.xml': ['jest', 7, 7, 1, 1],
  'jest-again.xml': ['jest', 7, 7, 1, 1],
  'junit5.xml': ['junit', 4, 2, 2, 1],
  'mocha.xml': ['mocha', 6, 6, 0, 2],
  'mocha-attachments.xml': ['mocha', 1, 3, 0, 0],
  'node.xml': ['node', 6, 6, 0, 2],
  'phpunit.xml': ['phpunit', 4, 2, 3, 2],
  'playwright.xml': ['playwright', 8, 2, 6, 2],
  'pytest.xml': ['pytest', 6, 5, 3, 2],
  'pytest-legacy.xml': ['pytest', 6, 5, 3, 2],
  'rspec.xml': ['rspec', 4, 5, 0, 2],
  'surefire.xml': ['junit', 2, 2, 1, 2],
  'surefire-again.xml': ['junit', 2, 2, 1, 2],
  'vitest.xml': ['vitest', 6, 7, 0, 2],
  'vitest-again.xml': ['vitest', 6, 7, 0, 2],
  'jest-ctrf.json': ['jest', 6, 6, 0, 2],
  'mocha-ctrf.json': ['mocha', 7, 9, 0, 2],
  'playwright-ctrf.json': ['playwright', 8, 8, 0, 2],
  'playwright-ctrf-again.json': ['playwright', 8, 8, 0, 2],
  'jest.trx': ['', 6, 7, 0, 2],
  'mocha.trx': ['', 7, 8, 1, 2],
  'mocha-again.trx': ['', 7, 8, 1, 2],
  // TAP says nothing of who wrote it; node alone is known by its blocks.
  'bats.tap': ['', 3, 4, 0, 1],
  'bats-tap13.tap': ['', 3, 4, 0, 1],
  'node.tap': ['node', 6, 6, 0, 2],
  'node-again.tap': ['node', 6, 6, 0, 2],
  'perl.tap': ['', 4, 2, 0, 3],
  'tap.tap': ['', 6, 5, 0, 2],
  'tap-again.tap': ['', 6, 5, 0, 2],
  'vitest-ctrf.json': ['vitest', 6, 6, 0, 2],
};

/** Of these, what they say is that they are wrong. */
const PROBLEMS: Record<string, RegExp[]> = {};

const reports = readdirSync(fixtures).filter((name) => !['README.md', 'sources'].includes(name));
const pairs = reports.filter((name) => name.includes('-again.'));

describe('reports of real runners', () => {
  it('has a count for every fixture', () => {
    expect(reports).toEqual(Object.keys(COUNTS).sort());
  });

  it.each(Object.entries(COUNTS))('%s', async (name, [framework, passed, failed, errored, skipped]) => {
    const problems: ReportProblem[] = [];
    const results = await all(readReport(createReadStream(`${fixtures}${name}`), name, (p) => problems.push(p)));
    expect(problems.map(({ message }) => message)).toEqual((PROBLEMS[name] ?? []).map((message) => expect.stringMatching(message)));
    const count = (outcome: string): number => results.filter((r) => r.outcome === outcome).length;
    expect([count('passed'), count('failed'), count('errored'), count('skipped')]).toEqual([passed, failed, errored, skipped]);
    for (const result of results) {
      expect(result.framework).toBe(framework);
      expect(result.name).not.toBe('');
      expect(result.failure !== null).toBe(result.outcome === 'failed' || result.outcome === 'errored');
      if (result.failure) expect(result.failure.message).not.toBe('');
    }
    const identities = new Set(results.map(identity));
    expect(identities.size).toBe(/^jest(?:-again)?\.xml$/.test(name) ? results.length - 1 : results.length);
  });

  it.each(pairs)('%s is another run of the same tests, with the same defects', async (again) => {
    const name = again.replace('-again', '');
    const [one, two] = await Promise.all([read(fixtureOf(name)), read(fixtureOf(again))]);
    expect(fixtureOf(again)).not.toEqual(fixtureOf(name));
    const told = (result: TestResult): string => {
      const failures = [result.failure, ...result.attempts.map(({ failure }) => failure)];
      return JSON.stringify([identity(result), result.outcome, ...failures.map((failure) => defect(failure, result))]);
    };
    expect(two.results.map(told).sort()).toEqual(one.results.map(told).sort());
  });

  it.each(reports)('%s gives the same however its bytes come in', async (name) => {
    const whole = await read(fixtureOf(name));
    for (const size of [1, 97]) expect(await read(fixtureOf(name), size)).toEqual(whole);
  });
});

function defect(failure: TestResult['failure'], test: TestResult): string | null {
  return failure && Buffer.from(fingerprint(failure, test)).toString('hex');
}
