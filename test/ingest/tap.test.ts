import { describe, expect, it } from 'vitest';
import type { TestResult } from '../../src/ingest/report.ts';
import { fixtureOf, read } from './reading.ts';

/** Outcome, suite and name of each result, and the problems with their lines. */
async function told(...lines: string[]): Promise<{ results: string[]; problems: string[] }> {
  const { results, problems } = await read(lines.join('\n'));
  return {
    results: results.map((r) => [r.outcome, r.suite, r.name].join(' | ')),
    problems: problems.map((p) => `${p.line}:${p.column}: ${p.message}`),
  };
}

async function readOne(...lines: string[]): Promise<TestResult> {
  const { results, problems } = await read(['1..1', ...lines].join('\n'));
  expect(problems).toEqual([]);
  expect(results).toHaveLength(1);
  return results[0] as TestResult;
}

describe('a test point', () => {
  it.each([
    ['ok', 'passed', '(no name)'],
    ['ok 1', 'passed', '(no name)'],
    ['ok 1 - adds up', 'passed', 'adds up'],
    ['ok 1 adds up', 'passed', 'adds up'],
    ['ok - adds up', 'passed', 'adds up'],
    ['not ok 1 - adds up', 'failed', 'adds up'],
    ['ok 1 - adds up\r', 'passed', 'adds up'],
    ['ok 1 - no \\# 3 \\\\ of # 5', 'passed', 'no # 3 \\ of # 5'],
    ['ok 1 - adds up # SKIP soon', 'skipped', 'adds up'],
    ['not ok 1 - adds up # skipped: soon', 'skipped', 'adds up'],
    ['ok 1 # skip', 'skipped', '(no name)'],
    ['not ok 1 - adds up # TODO soon', 'skipped', 'adds up'],
    ['ok 1 - adds up #todo', 'skipped', 'adds up'],
    ['ok 1 - keeps the \\# skip', 'passed', 'keeps the # skip'],
    ['not ok 1 - adds up # timeout after 1s', 'errored', 'adds up'],
  ])('%j: %s', async (line, outcome, name) => {
    expect(await readOne(line)).toMatchObject({ outcome, name });
  });

  it.each([
    ['ok 1 - adds up # time=12.6ms', 13],
    ['ok 1 - adds up # time=1.5s', 1_500],
    ['ok 1 - adds up in 12ms', 12],
    ['ok 1 - adds up in 2sec # skip', 2_000],
    ['ok 1 - adds up', null],
  ])('%j took %s ms, which is no part of its name', async (line, durationMs) => {
    expect(await readOne(line)).toMatchObject({ durationMs, name: 'adds up' });
  });

  it('is no prose', async () => {
    expect(await told('1..1', 'okay 1', 'ok: fine', 'notok 1', 'ok 1 - adds up', '  ok 2', 'TAP version 13')).toEqual({
      results: ['passed |  | adds up'],
      problems: [],
    });
  });
});

describe('why it failed', () => {
  it('is what its block says', async () => {
    const { failure, durationMs } = await readOne(
      'not ok 1 - adds up',
      '  ---',
      '  name: RangeError',
      '  duration_ms: 12.4',
      '  message: |-',
      '    too many',
      '      of them',
      '  stack: |-',
      '    add (/srv/cart.js:1:2)',
      '    at /srv/x.js:3:4',
      '  ...',
    );
    const details = 'RangeError: too many\n  of them\n    at add (/srv/cart.js:1:2)\nat /srv/x.js:3:4';
    expect([failure, durationMs]).toEqual([{ type: 'RangeError', message: 'too many\n  of them', details }, 12]);
  });

  it('is what was compared', async () => {
    const { failure } = await readOne('not ok 1 - adds up', '  ---', '  wanted: 3', '  found: "4"', '  ...');
    expect(failure).toEqual({ type: '', message: 'adds up', details: 'adds up\nwanted: 3\nfound: 4' });
  });

  it('is what the comments below say, else its name', async () => {
    const { failure } = await readOne('not ok 1 - adds up', '# (in test file cart.bats, line 3)', "#   `false' failed");
    expect(failure).toEqual({ type: '', message: "`false' failed", details: "(in test file cart.bats, line 3)\n  `false' failed" });
    expect((await readOne('not ok 1 - adds up')).failure).toEqual({ type: '', message: 'adds up', details: 'adds up' });
  });

  it('is no YAML: it is kept as text, and the line is told', async () => {
    const { results, problems } = await read('1..1\nnot ok 1 - a\n  ---\n  a: [\n  b\n  ...\n');
    expect(results[0]?.failure?.details).toBe('a: [\nb');
    expect(problems).toMatchObject([{ line: 3, column: 3, message: expect.stringMatching(/^the block that begins here is no YAML: /) }]);
  });

  it.each([
    ['is cut off by a line further out', '1..1\nnot ok 1\n  ---\n  a: b\n# later', 3],
    ['is cut off by the end', '1..1\nnot ok 1\n  ---\n  a: b', 3],
  ])('%s', async (_, text, line) => {
    const { results, problems } = await read(text);
    expect(results).toMatchObject([{ outcome: 'failed', failure: { details: expect.stringContaining('a: b') } }]);
    expect(problems).toMatchObject([{ line, message: 'a YAML block begins here and has no end' }]);
  });

  it('of a test that threw is named by the test, not by the message', async () => {
    const { results } = await read(fixtureOf('tap.tap'));
    expect(results.find((r) => r.name === 'takes a card near its end')).toMatchObject({
      suite: 'tap/cart.test.js',
      file: 'tap/cart.test.js',
      failure: { type: 'PaymentError', message: expect.stringMatching(/^card of "Bo" declined/) },
    });
  });
});

describe('subtests', () => {
  it('are suites, named before by a comment, in either indentation', async () => {
    const lines = ['# Subtest: a', '    # Subtest: b', '        ok 1 - one', '        1..1', '    ok 1 - b', '    1..1', 'ok 1 - a'];
    expect(await told(...lines, '    # Subtest: c', '    ok 1 - two', '    1..1', 'ok 2 - c', '1..2')).toEqual({
      results: ['passed | a > b | one', 'passed | c | two'],
      problems: [],
    });
  });

  it('are named after by the test point that ends them', async () => {
    const lines = ['    ok 1 - one', '        ok 1 - two', '        1..1', '    ok 2 - b', '    1..2', 'ok 1 - a', 'ok 2 - c', '1..2'];
    expect(await told('TAP version 14', ...lines)).toEqual({
      results: ['passed | a | one', 'passed | a > b | two', 'passed |  | c'],
      problems: [],
    });
  });

  it('stay without a name where they have too many tests before it', async () => {
    const points = Array.from({ length: 3_000 }, (_, n) => `    ok ${n + 1} - t${n}`);
    const { results, problems } = await read(['TAP version 14', ...points, '    1..3000', 'ok 1 - a', '1..1'].join('\n'));
    expect([results.length, new Set(results.map((r) => r.suite))]).toEqual([3_000, new Set([''])]);
    expect(problems).toMatchObject([{ message: 'a subtest has more than 1000 tests before its name: they are reported without it' }]);
  });

  it('are tests where they failed by themselves, and where nothing ran in them', async () => {
    const own = ['# Subtest: a', '    ok 1 - one', '    1..1', 'not ok 1 - a'];
    const skipped = ['# Subtest: b', '    1..0 # SKIP soon', 'ok 2 # skip'];
    const inner = ['# Subtest: c', '    not ok 1 - two', '    1..1', 'not ok 3 - c'];
    expect((await told(...own, ...skipped, ...inner, '1..3')).results).toEqual([
      'passed | a | one',
      'failed |  | a',
      'skipped |  | b',
      'failed | c | two',
    ]);
  });

  it('may be nested 200 deep', async () => {
    const { results, problems } = await read(Array.from({ length: 1_000 }, (_, n) => `${' '.repeat(4 * n)}ok 1 - t${n}`).join('\n'));
    expect(problems.at(-1)).toMatchObject({ line: 202, column: 805, message: 'subtests are nested more than 200 deep' });
    expect(results).toHaveLength(201);
  });
});

describe('the report', () => {
  it.each([
    ['more', ['1..3', 'ok 1 - a'], '1:1: the plan is for 3 tests, and there are 1'],
    ['fewer', ['ok 1 - a', 'ok 2 - b', '', '1..1'], '4:1: the plan is for 1 test, and there are 2'],
    [
      'more in a subtest',
      ['# Subtest: s', '    1..2', '    ok 1 - a', 'ok 1 - s', '1..1'],
      '2:1: the plan is for 2 tests, and there are 1',
    ],
    ['nothing', ['TAP version 14', 'ok 1 - a', 'ok 2 - b'], '3:1: the report has no plan: it may be cut off'],
  ])('plans %s', async (_, lines, problem) => {
    expect((await told(...lines)).problems).toEqual([problem]);
  });

  it('may hold none', async () => {
    expect(await told('TAP version 13', '1..0 # SKIP no database')).toEqual({ results: [], problems: [] });
  });

  it('ends where the run bails out; what came before is kept', async () => {
    expect(await told('1..9', 'ok 1 - a', 'not ok 2 - b', 'Bail out! no database', 'ok 3 - c')).toEqual({
      results: ['passed |  | a', 'failed |  | b'],
      problems: ['4:1: the run bailed out: no database'],
    });
  });

  it('may forbid what is no TAP', async () => {
    const lines = ['TAP version 14', 'fine', 'pragma +strict', 'ok 1 - a', 'not fine', 'pragma -strict', 'fine', '1..1'];
    expect((await told(...lines)).problems).toEqual(['5:1: this line is no TAP, and the pragma strict asks for nothing else']);
  });

  it('may come after what a build printed', async () => {
    expect((await told('> shop@1.0.0 test', '> tap', '', 'TAP version 14', 'ok 1 - a', '1..1')).results).toEqual(['passed |  | a']);
  });

  it('tells of node where a test stands, and what became of it', async () => {
    const { results } = await read(fixtureOf('node.tap'));
    expect(results.find((r) => r.name === 'takes a card near its end')).toMatchObject({
      suite: 'Checkout',
      file: '/tmp/shop/node/checkout.test.js',
      durationMs: expect.any(Number),
      failure: { type: 'PaymentError', details: expect.stringContaining('\n    at pay (file:///tmp/shop/javascript/checkout.js:11:11)') },
    });
  });
});
