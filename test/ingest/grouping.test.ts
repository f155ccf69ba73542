import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { corpus, type LabelledFailure } from '../../bench/grouping/corpus.ts';
import { measure, together } from '../../bench/grouping/measure.ts';
import { fingerprint } from '../../src/ingest/fingerprint.ts';

const failures = corpus();
const grouped = (failure: LabelledFailure): string => Buffer.from(fingerprint(failure, failure)).toString('hex');

/** What is reached of precision, recall and stability, by runner; docs/grouping.md has the reasons for what is missing. */
const REACHED: Readonly<Record<string, readonly [precision: number, recall: number, stability: number]>> = {
  catch2: [1, 0.33, 1],
  gotestsum: [1, 0.29, 1],
  gtest: [1, 0.38, 1],
  jest: [1, 0.79, 1],
  junit5: [1, 0.6, 0.95],
  mocha: [1, 0.83, 1],
  node: [1, 0.86, 1],
  phpunit: [0.88, 0.65, 1],
  playwright: [1, 0.82, 1],
  pytest: [1, 0.58, 1],
  rspec: [1, 0.69, 1],
  vitest: [1, 0.79, 1],
};

describe('real failures', () => {
  it('are enough to judge by', () => {
    const { failures: count, bugs } = together([...failures.values()].map((ones) => measure(ones)));
    expect([...failures.keys()].sort()).toEqual(Object.keys(REACHED).sort());
    expect(count).toBeGreaterThan(500);
    expect(bugs).toBeGreaterThan(200);
  });

  it.each(Object.entries(REACHED))('of %s are grouped no worse than before', (runner, [precision, recall, stability]) => {
    const reached = measure(failures.get(runner) ?? [], grouped);
    expect(reached.precision).toBeGreaterThanOrEqual(precision);
    expect(reached.recall).toBeGreaterThanOrEqual(recall);
    expect(reached.stability).toBeGreaterThanOrEqual(stability);
  });
});

/** The directories of the two machines, in an address or not. */
const ROOT = /(file:\/\/)?(?:\/home\/runner\/work\/shop\/shop|\/builds\/acme\/shop)((?:\/[\w.@-]+)*)/g;
/** The position in a source file, as runners write it; those of the frames of other tools stay. */
const POSITION = /(?<=\.(?:js|py|rb|go|php|cc|cpp|java))(:|", line |\()(\d+)(?=$|[^\w.])/gm;

function elsewhere(failure: LabelledFailure, root: string, lines: number): LabelledFailure {
  const moved = (text: string) =>
    text
      .replace(ROOT, (_, scheme = '', path) => {
        if (scheme !== '') return `file://${root.startsWith('/') ? '' : '/'}${root.replaceAll('\\', '/')}${path}`;
        return root + (root.includes('\\') ? path.replaceAll('/', '\\') : path);
      })
      .replace(POSITION, (_, before, line) => `${before}${Number(line) + lines}`);
  return { ...failure, message: moved(failure.message), details: moved(failure.details) };
}

const segment = fc
  .stringMatching(/^[a-z][a-z0-9_-]{0,11}$/)
  .filter((name) => !/^(?:src|lib|tests?|specs?|e2e|cypress|internal|cmd)$|[-_]tests?$/.test(name));
const root = fc.oneof(
  fc.constantFrom(
    '/home/vsts/work/1/s',
    'C:\\agent\\_work\\1\\s',
    'D:\\a\\shop\\shop',
    '/var/lib/jenkins/workspace/shop@2',
    '/usr/src/app',
  ),
  fc.array(segment, { minLength: 1, maxLength: 6 }).map((path) => `/${path.join('/')}`),
);

describe.each([...failures])('failures of %s', (_, ones) => {
  it('are the same in any directory, on any line', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ones), root, fc.integer({ min: 0, max: 9_999 }), (failure, directory, lines) => {
        expect(grouped(elsewhere(failure, directory, lines))).toBe(grouped(failure));
      }),
      { numRuns: 300 },
    );
  });

  it('are grouped the same in any order', () => {
    const before = ones.map(grouped);
    fc.assert(
      fc.property(fc.shuffledSubarray([...ones.keys()], { minLength: ones.length }), (order) => {
        for (const n of order) expect(grouped(ones[n] as LabelledFailure)).toBe(before[n]);
      }),
      { numRuns: 5 },
    );
  });
});
