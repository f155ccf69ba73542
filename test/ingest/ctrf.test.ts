import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { readReport } from '../../src/ingest/read-report.ts';
import type { TestResult } from '../../src/ingest/report.ts';
import { fixtureOf, read } from './reading.ts';

const report = (tests: unknown[], results: Record<string, unknown> = {}): string =>
  JSON.stringify({
    reportFormat: 'CTRF',
    specVersion: '1.0.0',
    results: { tool: { name: 'Shop Runner' }, summary: {}, tests, ...results },
  });

async function readOne(test: Record<string, unknown>): Promise<TestResult> {
  const { results, problems } = await read(report([{ name: 't', status: 'passed', duration: 1, ...test }]));
  expect(problems).toEqual([]);
  return results[0] as TestResult;
}

const attempt = (number: number, status: string): Record<string, unknown> => ({
  attempt: number,
  status,
  duration: number,
  message: `m${number}`,
});

describe('a test', () => {
  it('is read in full', async () => {
    const test = {
      name: 'takes a card',
      status: 'failed',
      duration: 12.6,
      start: 1_795_248_883_724,
      suite: ['checkout', 'cards'],
      filePath: '/srv/checkout.js',
      message: 'PaymentError: \u001b[31mdeclined\u001b[0m',
      trace: 'PaymentError: declined\n    at pay (/srv/checkout.js:1:1)',
      parameters: { currency: 'EUR', amount: 3, of: { __proto__: 1 } },
      browser: 'firefox 132.0.1',
      stdout: ['x'],
      extra: { name: 'not this' },
      attachments: [{ name: 'nor this', contentType: 'text/plain', path: 'a' }],
    };
    expect((await read(report([test]))).results).toEqual([
      {
        framework: 'shop runner',
        suite: 'checkout > cards',
        file: '/srv/checkout.js',
        name: 'takes a card',
        parameters: '{"amount":3,"browser":"firefox","currency":"EUR","of":{}}',
        outcome: 'failed',
        durationMs: 13,
        startedAt: '2026-11-21T08:14:43.724Z',
        failure: { type: 'PaymentError', message: 'declined', details: 'PaymentError: declined\n    at pay (/srv/checkout.js:1:1)' },
        attempts: [],
      },
    ]);
  });

  it.each([
    [{ status: 'failed' }, 'failed'],
    [{ status: 'failed', rawStatus: 'timedOut' }, 'errored'],
    [{ status: 'other', rawStatus: 'interrupted' }, 'errored'],
    [{ status: 'other', rawStatus: 'todo' }, 'skipped'],
    [{ status: 'other', message: 'broke' }, 'errored'],
    [{ status: 'skipped' }, 'skipped'],
    [{ status: 'pending' }, 'skipped'],
    [{ status: 'error' }, 'errored'],
    [{ status: 7 }, 'skipped'],
  ])('%j: %s', async (test, outcome) => {
    expect((await readOne(test)).outcome).toBe(outcome);
  });

  it.each([
    [-1, null],
    [1e300, null],
    ['12', null],
    [null, null],
    [0, 0],
  ])('duration %j: %s', async (duration, ms) => {
    expect((await readOne({ duration })).durationMs).toBe(ms);
  });

  it.each([
    [1_795_248_883, '2026-11-21T08:14:43.000Z'],
    [0, null],
    [1e300, null],
    ['today', null],
  ])('start %j: %s', async (start, instant) => {
    expect((await readOne({ start })).startedAt).toBe(instant);
  });
});

describe('attempts', () => {
  it.each([
    [
      'the last one is listed too',
      { status: 'passed', flaky: true, retries: 2, retryAttempts: [attempt(1, 'failed'), attempt(2, 'failed'), attempt(3, 'passed')] },
      ['m1', 'm2'],
    ],
    ['the last one is not', { status: 'failed', retries: 1, retryAttempts: [attempt(1, 'failed')] }, ['m1']],
    [
      'how often is not said, and the last one is listed',
      { status: 'passed', retryAttempts: [attempt(1, 'failed'), attempt(2, 'passed')] },
      ['m1'],
    ],
    [
      'how often is not said, and the last one is not',
      { status: 'passed', retryAttempts: [attempt(1, 'failed'), attempt(2, 'failed')] },
      ['m1', 'm2'],
    ],
    ['counted only', { status: 'failed', retries: 2 }, [null, null]],
    ['flaky, and no more', { status: 'passed', flaky: true }, [null]],
    ['none', { status: 'passed', flaky: false, retries: 0, retryAttempts: [attempt(1, 'passed')] }, []],
    ['skipped', { status: 'skipped', retries: 2 }, []],
  ])('%s', async (_, test, messages) => {
    const { attempts } = await readOne(test);
    expect(attempts.map((one) => one.failure?.message ?? null)).toEqual(
      messages.filter((m, n) => m !== null || n === 0 || messages[0] === null),
    );
  });

  it('have outcome, duration and failure of their own', async () => {
    const { results } = await read(fixtureOf('playwright-ctrf.json'));
    const flaky = results.find((r) => r.attempts.length > 0 && r.outcome === 'passed');
    expect(flaky?.name).toBe('answers at the second attempt');
    expect(flaky?.attempts).toEqual([
      {
        outcome: 'failed',
        durationMs: expect.any(Number),
        failure: { type: 'Error', message: expect.stringMatching(/^expect/), details: expect.any(String) },
      },
    ]);
  });

  it('are a hundred at most', async () => {
    expect((await readOne({ status: 'failed', retries: 1e9 })).attempts).toHaveLength(100);
    const retryAttempts = Array.from({ length: 5_000 }, (_, n) => attempt(n + 1, 'failed'));
    expect((await readOne({ status: 'failed', retries: 5_000, retryAttempts })).attempts).toHaveLength(100);
  });
});

describe('the document', () => {
  it('may name its tool after the tests, however many they are, and leaves no file behind', async () => {
    const before = readdirSync(tmpdir()).filter((name) => name.startsWith('defectxray-report-'));
    const tests = Array.from({ length: 300 }, (_, n) => ({
      name: `test ${n} 円`,
      status: 'failed',
      message: `m${n}`,
      trace: 'x'.repeat(60_000),
    }));
    const text = `{"results": {"tests": ${JSON.stringify(tests)}, "tool": {"name": "Late"}}}`;
    const { results, problems } = await read(text);
    expect(problems).toEqual([]);
    expect(results.map((r) => [r.framework, r.name])).toEqual(tests.map((t) => ['late', t.name]));
    expect(results[299]?.failure?.details).toContain('x'.repeat(60_000));
    expect(readdirSync(tmpdir()).filter((name) => name.startsWith('defectxray-report-'))).toEqual(before);
  });

  // Open files are counted in /proc, which only Linux has.
  it.runIf(process.platform === 'linux')('gives back its file when a reader stops early', async () => {
    const tests = Array.from({ length: 300 }, (_, n) => ({ name: `t${n}`, status: 'failed', trace: 'x'.repeat(60_000) }));
    const bytes = Buffer.from(`{"results": {"tests": ${JSON.stringify(tests)}}}`);
    async function* once(): AsyncGenerator<Uint8Array> {
      yield bytes;
    }
    const open = (): number => readdirSync('/proc/self/fd').length;
    const before = open();
    for await (const result of readReport(once(), '', () => {})) {
      expect(result.name).toBe('t0');
      expect(open()).toBe(before + 1);
      break;
    }
    expect(open()).toBe(before);
  });

  it('says how many tests are missing, and which have no name', async () => {
    const { results, problems } = await read(report([{ status: 'passed' }, { name: 'a', status: 'passed' }], { summary: { tests: 5 } }));
    // JSON.stringify keeps the summary where it stood, before the tests.
    expect(results.map((r) => r.name)).toEqual(['a']);
    expect(problems.map((p) => p.message)).toEqual([
      'test 1 has no name: it is left out',
      'the summary counts 5 tests, the report holds 2',
    ]);
  });

  it('says the first twenty things that are wrong, and how many more there are', async () => {
    const { problems } = await read(report(Array.from({ length: 1_000 }, () => ({}))));
    expect(problems).toHaveLength(21);
    expect(problems[20]?.message).toBe('and 980 more like these, the last of them here');
  });

  it.each([
    ['{"results": {"tool": {"name": "x"}}}', 'not a CTRF report: it has no array results.tests; it begins with results'],
    [
      '{"numTotalTests": 1, "testResults": []}',
      'not a CTRF report: it has no array results.tests; it begins with numTotalTests, testResults',
    ],
    ['{}', 'not a CTRF report: it has no array results.tests'],
  ])('%s is none', async (text, message) => {
    expect((await read(text)).problems.map((p) => p.message)).toEqual([message]);
  });

  it.each(['7', '"a"', '[]', 'null'])('%s is none, even where one is asked for', async (text) => {
    const { problems } = await read(text, 7, 'ctrf');
    expect(problems.map((p) => p.message)).toEqual([expect.stringMatching(/^not a CTRF report/)]);
  });
});
