import { describe, expect, it } from 'vitest';
import type { TestResult } from '../../src/ingest/report.ts';
import { read } from './reading.ts';

const run = (...parts: string[]): string =>
  `<?xml version="1.0" encoding="utf-8"?><TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">${parts.join('')}</TestRun>`;
const results = (...parts: string[]): string => `<Results>${parts.join('')}</Results>`;
const definitions = (...parts: string[]): string => `<TestDefinitions>${parts.join('')}</TestDefinitions>`;
const result = (attributes: string, ...inner: string[]): string => `<UnitTestResult ${attributes}>${inner.join('')}</UnitTestResult>`;
const definition = (id: string, className: string, method: string, adapter = 'executor://mstestadapter/v2'): string =>
  `<UnitTest name="${method}" storage="shop.tests.dll" id="${id}"><Execution id="e"/>` +
  `<TestMethod codeBase="/srv/Shop.Tests.dll" adapterTypeName="${adapter}" className="${className}" name="${method}" /></UnitTest>`;
const error = (message: string, stack = ''): string =>
  `<Output><ErrorInfo><Message>${message}</Message><StackTrace>${stack}</StackTrace></ErrorInfo></Output>`;

async function readOne(source: string): Promise<TestResult> {
  const { results: read_, problems } = await read(source);
  expect(problems).toEqual([]);
  expect(read_).toHaveLength(1);
  return read_[0] as TestResult;
}

describe('a result', () => {
  it('is joined with the definition that comes after it', async () => {
    const attributes =
      'testId="1" testName="Adds" outcome="Failed" duration="01:00:01.2345678" startTime="2026-11-21T09:14:43.7240000+01:00" computerName="x"';
    const failed = error(
      'Test method Shop.Tests.CartTests.Adds threw exception: &#xD;\nSystem.ArgumentException: too many',
      '   at Shop.Cart.Add() in /srv/Cart.cs:line 3&#xD;\n   at Shop.Tests.CartTests.Adds()&#xD;\n',
    );
    expect(await readOne(run(results(result(attributes, failed)), definitions(definition('1', 'Shop.Tests.CartTests', 'Adds'))))).toEqual({
      framework: 'dotnet',
      suite: 'Shop.Tests.CartTests',
      file: '',
      name: 'Adds',
      parameters: '',
      outcome: 'failed',
      durationMs: 3_601_235,
      startedAt: '2026-11-21T08:14:43.724Z',
      failure: {
        type: 'System.ArgumentException',
        message: 'too many',
        details: 'System.ArgumentException: too many\n   at Shop.Cart.Add() in /srv/Cart.cs:line 3\n   at Shop.Tests.CartTests.Adds()',
      },
      attempts: [],
    });
  });

  it('is joined with one that comes before it, too', async () => {
    const source = run(
      definitions(definition('1', 'Shop.CartTests', 'Adds')),
      results(result('testId="1" testName="Adds" outcome="Passed"')),
    );
    expect(await readOne(source)).toMatchObject({ suite: 'Shop.CartTests', name: 'Adds', outcome: 'passed' });
  });

  it.each([
    ['Passed', 'passed'],
    ['PassedButRunAborted', 'passed'],
    ['Warning', 'passed'],
    ['Completed', 'passed'],
    ['Failed', 'failed'],
    ['Error', 'errored'],
    ['Timeout', 'errored'],
    ['Aborted', 'errored'],
    ['Disconnected', 'errored'],
    ['NotRunnable', 'errored'],
    ['InProgress', 'errored'],
    ['', 'errored'],
    ['NotExecuted', 'skipped'],
    ['Inconclusive', 'skipped'],
    ['Pending', 'skipped'],
  ])('%s is %s', async (written, outcome) => {
    const { outcome: found, failure } = await readOne(run(results(result(`testId="1" testName="Adds" outcome="${written}"`))));
    expect(found).toBe(outcome);
    const isBad = outcome === 'failed' || outcome === 'errored';
    expect(failure?.message).toBe(isBad ? `Adds ended with ${written || 'no outcome'}` : undefined);
  });

  it.each([
    ['Shop.CartTests.Adds(price: 3, currency: "EUR")', 'Shop.CartTests', 'Adds', 'Adds', 'price: 3, currency: "EUR"'],
    ['Shop.CartTests.Adds', 'Shop.CartTests', 'Shop.CartTests.Adds', 'Adds', ''],
    ['Adds (3,EUR)', 'Shop.CartTests', 'Adds', 'Adds', '3,EUR'],
    ['adds up (twice)', 'Shop.CartTests', 'Adds', 'adds up (twice)', ''],
    ['Adds(3)', 'Shop.CartTests, Shop.Tests, Version=1.0.0.0', 'Adds', 'Adds', '3'],
  ])('%s of %s, %s', async (testName, className, method, name, parameters) => {
    const written = testName.replaceAll('"', '&quot;');
    const source = run(
      results(result(`testId="1" testName="${written}" outcome="Passed"`)),
      definitions(definition('1', className, method)),
    );
    expect(await readOne(source)).toMatchObject({ suite: 'Shop.CartTests', name, parameters });
  });

  it('of xUnit has the class of its error before a space and a colon', async () => {
    const source = run(results(result('testId="1" testName="a" outcome="Failed"', error('System.Exception : no', '   at A.B()'))));
    expect((await readOne(source)).failure).toMatchObject({ type: 'System.Exception', message: 'no' });
  });

  it('that says nothing else has failed as its output says', async () => {
    const output = '<Output><StdOut>starting\nfatal: no database</StdOut><StdErr>ended</StdErr></Output>';
    const { failure } = await readOne(run(results(result('testId="1" testName="a" outcome="Failed"', output))));
    expect(failure).toEqual({ type: '', message: 'fatal: no database', details: expect.stringContaining('starting') });
  });

  it('without a definition is named by itself', async () => {
    const source = run(results(result('testId="9" testName="Shop.CartTests.Adds(3)" outcome="Passed"')), definitions());
    expect(await readOne(source)).toMatchObject({ framework: '', suite: 'Shop.CartTests', name: 'Adds', parameters: '3' });
  });
});

describe('rows of data', () => {
  const whole = (outcome: string, own: string, ...rows: string[]): string =>
    run(
      results(
        result(
          `testId="1" testName="Adds" outcome="${outcome}" resultType="DataDrivenTest"`,
          own,
          `<InnerResults>${rows.join('')}</InnerResults>`,
        ),
      ),
      definitions(definition('1', 'Shop.CartTests', 'Adds')),
    );
  const row = (n: number, outcome: string, ...inner: string[]): string =>
    result(
      `testId="row-${n}" testName="Adds (Data Row ${n})" dataRowInfo="${n}" outcome="${outcome}" resultType="DataDrivenDataRow"`,
      ...inner,
    );

  it('are the results, and the whole is not', async () => {
    const { results: rows } = await read(whole('Failed', error('1 row failed'), row(0, 'Passed'), row(1, 'Failed', error('no'))));
    expect(rows.map((r) => [r.outcome, r.suite, r.name, r.parameters, r.failure?.message])).toEqual([
      ['passed', 'Shop.CartTests', 'Adds', 'Data Row 0', undefined],
      ['failed', 'Shop.CartTests', 'Adds', 'Data Row 1', 'no'],
    ]);
  });

  it('are not all, where the whole failed by itself', async () => {
    const { results: rows } = await read(whole('Failed', error('the source broke'), row(0, 'Passed')));
    expect(rows.map((r) => [r.outcome, r.parameters, r.failure?.message])).toEqual([
      ['passed', 'Data Row 0', undefined],
      ['failed', '', 'the source broke'],
    ]);
  });

  it('may be known by their number alone', async () => {
    const { results: rows } = await read(whole('Passed', '', result('testId="2" testName="first" dataRowInfo="7" outcome="Passed"')));
    expect(rows).toMatchObject([{ name: 'Adds', parameters: 'row 7' }]);
  });
});

describe('the run', () => {
  const passed = results(result('testId="1" testName="A" outcome="Passed"'));
  const summary = (inner: string): string => `<ResultSummary outcome="Failed">${inner}</ResultSummary>`;
  const info = (outcome: string, text: string): string =>
    `<RunInfos><RunInfo outcome="${outcome}"><Text>${text}</Text></RunInfo></RunInfos>`;

  it.each([
    ['counts more than there is', '<Counters total="3" executed="3"/>', ['the report counts 3 results, and holds 1']],
    ['counts what there is', '<Counters total="1"/>', []],
    ['was aborted', info('Error', 'The active test run was aborted.'), ['the run says: The active test run was aborted.']],
    ['warns', info('Warning', 'slow'), []],
    ['says that a test failed', info('Error', '[xUnit.net 00:00:00.70]     A [FAIL]'), []],
    ['says that tests failed', info('Error', "Exit code indicates failure: '2'. See there."), []],
  ])('%s', async (_, inner, messages) => {
    const { results: read_, problems } = await read(run(passed, summary(inner)));
    expect(read_).toHaveLength(1);
    expect(problems.map((p) => p.message)).toEqual(messages);
  });

  it('that is cut off between results and definitions gives the results, each once', async () => {
    const whole = run(results(result('testId="1" testName="A.B.C" outcome="Passed"'), result('testId="2" testName="d" outcome="Passed"')));
    const { results: read_, problems } = await read(whole.replace('</TestRun>', '<TestDefinitions>'));
    expect(read_.map((r) => [r.suite, r.name])).toEqual([
      ['A.B', 'C'],
      ['', 'd'],
    ]);
    expect(problems).toMatchObject([{ message: 'the file ends inside <TestDefinitions>' }]);
  });

  it('with more definitions than are held at a time joins them all', { timeout: 60_000 }, async () => {
    const count = 120_000;
    const encoder = new TextEncoder();
    async function* chunks(): AsyncGenerator<Uint8Array> {
      yield encoder.encode('<TestRun><Results>');
      for (let n = 0; n < count; n += 1) yield encoder.encode(result(`testId="${(n * 7) % count}" testName="t${n}" outcome="Passed"`));
      yield encoder.encode('</Results><TestDefinitions>');
      for (let n = 0; n < count; n += 1) yield encoder.encode(`<UnitTest id="${n}"><TestMethod className="C${n}" name="m"/></UnitTest>`);
      yield encoder.encode('</TestDefinitions></TestRun>');
    }
    const { readReport } = await import('../../src/ingest/read-report.ts');
    const seen = new Set<string>();
    for await (const { suite, name } of readReport(chunks(), '', (p) => expect.fail(p.message))) {
      seen.add(name);
      if (suite !== `C${(Number(name.slice(1)) * 7) % count}`) expect.fail(`${name} is in ${suite}`);
    }
    expect(seen.size).toBe(count);
  });
});
