import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { batchesOf } from '../../src/agent/batches.ts';
import { ExecutionNumbers } from '../../src/agent/execution-numbers.ts';
import { resultsOf } from '../../src/agent/report-files.ts';
import { reportIdOf } from '../../src/agent/report-id.ts';
import { surveyOf } from '../../src/agent/survey.ts';
import { sampleReport, sampleResult } from './sample-report.ts';

const directory = mkdtempSync(join(tmpdir(), 'defectxray-survey-'));
afterAll(() => rmSync(directory, { recursive: true }));

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

/** A report with so many tests that pass, fail, break and are skipped. */
function suite(passed: number, failed: number, errored = 0, skipped = 0): string {
  const cases = (count: number, content: string) =>
    Array.from({ length: count }, (_, n) => `<testcase name="t${n}" time="0.5">${content}</testcase>`).join('');
  const all = cases(passed, '') + cases(failed, '<failure message="no"/>') + cases(errored, '<error message="no"/>');
  return `<testsuite name="s">${all}${cases(skipped, '<skipped/>')}</testsuite>`;
}

const survey = (...files: string[]) => surveyOf(files, 'auto', (sentence) => expect.fail(sentence));

describe('a failure of the machine', () => {
  test.each([
    [2, 9, 0, 0, true],
    [2, 8, 0, 0, false],
    [20, 80, 0, 0, false],
    [19, 81, 0, 0, true],
    [19, 41, 40, 0, true],
    [0, 9, 0, 0, false],
    [0, 9, 0, 50, false],
    [0, 10, 0, 50, true],
    [0, 0, 0, 100, false],
  ])('%d passed, %d failed, %d errored, %d skipped: %s', async (passed, failed, errored, skipped, expected) => {
    const path = file('machine.xml', suite(passed, failed, errored, skipped));
    expect(await survey(path)).toMatchObject({
      isInfrastructureFailure: expected,
      results: passed + failed + errored + skipped,
      outcomes: { passed, failed, errored, skipped },
    });
  });

  test('is judged by the whole report, not by a file of it', async () => {
    const [bad, good] = [file('bad.xml', suite(0, 10)), file('good.xml', suite(10, 0))];
    expect((await survey(bad)).isInfrastructureFailure).toBe(true);
    expect((await survey(bad, good)).isInfrastructureFailure).toBe(false);
  });
});

describe('times', () => {
  test('are those of the first result and the last', async () => {
    const at = (time: string) => `<testsuite name="s" timestamp="${time}"><testcase name="a" time="2"/></testsuite>`;
    const path = file('times.xml', `<testsuites>${at('2026-11-21T10:00:30')}${at('2026-11-21T10:00:00')}</testsuites>`);
    expect(await survey(path)).toMatchObject({ startedAt: '2026-11-21T10:00:00.000Z', durationMs: 32_000 });
  });

  test('are the sum where nothing has a time of day, and unknown where nothing has any', async () => {
    expect(await survey(file('sum.xml', suite(3, 0)))).toMatchObject({ startedAt: null, durationMs: 1_500 });
    const none = file('none.xml', '<testsuite name="s"><testcase name="a"/></testsuite>');
    expect(await survey(none)).toMatchObject({ startedAt: null, durationMs: null });
  });
});

test('the digest is of every byte, also after a break, and of no name', async () => {
  const broken = '<testsuite name="s"><testcase name="a"/></testsuite><oops';
  const digests = [];
  for (const [name, content] of [
    ['a.xml', `${broken}${' '.repeat(200_000)}1`],
    ['b.xml', `${broken}${' '.repeat(200_000)}2`],
    ['c.xml', `${broken}${' '.repeat(200_000)}1`],
  ] as const) {
    const problems: string[] = [];
    const { digest, results } = await surveyOf([file(name, content)], 'auto', (sentence) => problems.push(sentence));
    expect([results, problems.length]).toEqual([1, 1]);
    digests.push(digest);
    const ofContent = createHash('sha256').update(content).digest();
    expect(digest).toBe(createHash('sha256').update(ofContent).digest('hex'));
  }
  expect(digests[0]).toBe(digests[2]);
  expect(digests[0]).not.toBe(digests[1]);
});

test('a file that cannot be read is said, and the others are read', async () => {
  const secret = file('secret.xml', suite(1, 0));
  chmodSync(secret, 0o000);
  // Whoever may read everything is given a directory instead.
  const unreadable = process.getuid?.() === 0 ? directory : secret;
  const problems: string[] = [];
  const found = await surveyOf([unreadable, file('open.xml', suite(2, 0))], 'auto', (sentence) => problems.push(sentence));
  expect(problems).toEqual([expect.stringMatching(/: it cannot be read \(E(?:ACCES|ISDIR)/)]);
  expect(found).toMatchObject({ results: 2, files: [join(directory, 'open.xml')] });
});

describe('the batches of a report', () => {
  const namesOf = (batches: readonly Uint8Array[]) =>
    batches.flatMap((batch) =>
      JSON.parse(Buffer.from(batch).toString()).map(({ name, executionId }: Record<string, string>) => `${name}/${executionId}`),
    );

  test('are the same whether it is held or read again', async () => {
    const surveyed = await survey(file('held 1.xml', suite(2_500, 500)), file('held 2.xml', suite(1_200, 0)));
    const held = await Array.fromAsync(batchesOf(surveyed));
    expect(surveyed.batches?.map((batch) => namesOf([batch]).length)).toEqual([2_000, 2_000, 200]);
    expect(await Array.fromAsync(batchesOf({ ...surveyed, batches: null }))).toEqual(held);
  });

  test('are held of 10,000 results and 8 MB, and of no more', async () => {
    expect((await survey(file('most.xml', suite(10_000, 0)))).batches).toHaveLength(5);
    const more = await survey(file('more.xml', suite(10_001, 0)));
    expect(more.batches).toBeNull();
    expect(namesOf(await Array.fromAsync(batchesOf(more)))).toEqual(Array.from({ length: 10_001 }, (_, n) => `t${n}/1`));
    const large = `<testcase name="t"><failure message="no">${'x'.repeat(60_000)}</failure></testcase>`.repeat(250);
    expect(await survey(file('large.xml', `<testsuite name="s">${large}</testsuite>`))).toMatchObject({ results: 250, batches: null });
  });

  test('are not held where a file cannot be read: it may have been read to its middle', async () => {
    const found = await surveyOf([directory, file('whole.xml', suite(5, 0))], 'auto', () => {});
    expect(found.batches).toBeNull();
    expect(namesOf(await Array.fromAsync(batchesOf(found)))).toHaveLength(5);
  });
});

describe('executions of a test', () => {
  test('are numbered across files, whatever is between them, and the same each time', async () => {
    const one = file('one.xml', '<testsuite name="s"><testcase name="a"/><testcase name="b"/><testcase name="a"/></testsuite>');
    const two = file('two.xml', '<testsuite name="s"><testcase name="b"/><testcase name="a"/></testsuite>');
    const surveyed = await survey(one, two);
    const numbers = new ExecutionNumbers(surveyed.results);
    const numbered: string[] = [];
    for (const path of [one, two]) {
      for await (const result of resultsOf(path, 'auto', () => {})) numbered.push(`${result.name}${numbers.next(result)}`);
    }
    expect(numbered).toEqual(['a1', 'b1', 'a2', 'b2', 'a3']);
    const [first, again] = await Promise.all([Array.fromAsync(batchesOf(surveyed)), Array.fromAsync(batchesOf(surveyed))]);
    expect(first).toEqual(again);
    expect(JSON.parse(Buffer.concat(first).toString()).map(({ name }: { name: string }) => name)).toEqual(['a', 'b', 'a', 'b', 'a']);
  });

  test('are counted as by a plain map', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.constantFrom('a', 'b', 'ab', ''), fc.constantFrom('a', 'b', 'ab', ''))), (pairs) => {
        const numbers = new ExecutionNumbers(pairs.length);
        const counts = new Map<string, number>();
        for (const [suite_, name] of pairs) {
          const key = JSON.stringify([suite_, name]);
          counts.set(key, (counts.get(key) ?? 0) + 1);
          expect(numbers.next({ ...sampleResult(name), suite: suite_ })).toBe(String(counts.get(key)));
        }
      }),
    );
  });

  test('of a report that has grown since it was surveyed are no endless search', () => {
    const numbers = new ExecutionNumbers(1);
    const grown = () => Array.from({ length: 10 }, (_, n) => numbers.next(sampleResult(`t${n}`)));
    expect(grown).toThrow(/has grown/);
  });
});

describe("a report's id", () => {
  const { reportId: _id, results: _results, ...report } = sampleReport('');

  test('is of its content and of all that is sent with it', () => {
    const { reportId } = reportIdOf(report, 'd1');
    expect(reportIdOf({ ...report }, 'd1').reportId).toBe(reportId);
    const changes = [
      { branch: 'x' },
      { runKey: 'k' },
      { shard: 's' },
      { environment: { os: 'Windows' } },
      { isInfrastructureFailure: true },
    ];
    const others = changes.map((change) => reportIdOf({ ...report, ...change }, 'd1').reportId);
    expect(new Set([reportId, ...others, reportIdOf(report, 'd2').reportId]).size).toBe(7);
  });

  test('names a run that nobody names', () => {
    expect(reportIdOf(report, 'd').runKey).toBe('github-1-1');
    expect(reportIdOf({ ...report, runKey: null }, 'd').runKey).toMatch(/^local-[0-9a-f]{16}$/);
  });
});
