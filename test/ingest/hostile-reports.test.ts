import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { REPORT_FORMATS, type ReportFormat } from '../../src/ingest/report-parser.ts';
import { fixtureOf, identity, read } from './reading.ts';

const VSTEST = `<?xml version="1.0" encoding="utf-8"?>
<TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010">
  <Results>
    <UnitTestResult testId="1" testName="Adds" outcome="Passed" duration="00:00:00.1" />
    <UnitTestResult testId="2" testName="Rows" outcome="Failed"><InnerResults>
      <UnitTestResult testId="2" testName="Rows (1)" outcome="Failed"><Output><ErrorInfo><Message>no</Message></ErrorInfo></Output></UnitTestResult>
    </InnerResults></UnitTestResult>
  </Results>
  <TestDefinitions>
    <UnitTest id="1"><TestMethod className="Shop.CartTests" name="Adds" codeBase="Shop.dll" /></UnitTest>
    <UnitTest id="2"><TestMethod className="Shop.CartTests" name="Rows" codeBase="Shop.dll" /></UnitTest>
  </TestDefinitions>
</TestRun>`;
const CTRF = JSON.stringify(
  {
    reportFormat: 'CTRF',
    results: {
      tool: { name: 'shop' },
      summary: { tests: 2 },
      tests: [
        { name: 'adds "up" 円', status: 'passed', duration: 1.5, suite: ['cart', 'totals'] },
        {
          name: 'pays',
          status: 'failed',
          message: 'E: \u001b[31mno',
          flaky: false,
          retries: 1,
          retryAttempts: [{ attempt: 1, status: 'failed' }],
        },
      ],
    },
  },
  null,
  1,
);
const WHOLE: Record<ReportFormat, [name: string, bytes: Buffer][]> = {
  junit: [
    ['googletest.xml', fixtureOf('googletest.xml')],
    ['bats.xml', fixtureOf('bats.xml')],
  ],
  ctrf: [['a small one', Buffer.from(CTRF)]],
  trx: [['as VSTest orders it', Buffer.from(VSTEST)]],
  tap: [
    ['perl.tap', fixtureOf('perl.tap')],
    ['node.tap', fixtureOf('node.tap').subarray(0, 2_500)],
  ],
};
const wholes = REPORT_FORMATS.flatMap((format) => WHOLE[format].map(([name, bytes]) => [format, name, bytes] as const));

describe('cut off at any byte', () => {
  it.each(wholes)('%s, %s: what was complete is there, and that it is cut is said', { timeout: 120_000 }, async (format, _, bytes) => {
    const whole = (await read(bytes)).results.map(identity);
    const end = bytes.toString('latin1').trimEnd().length;
    for (let length = 0; length < end; length += 1) {
      const { results, problems } = await read(bytes.subarray(0, length));
      const found = results.map(identity);
      // The last test of TAP is complete when the next begins; results of TRX lack the classes that come after them.
      const sure = format === 'tap' ? found.slice(0, -1) : format === 'trx' ? [] : found;
      expect(sure, `at ${length}`).toEqual(whole.slice(0, sure.length));
      expect(found.length, `at ${length}`).toBeLessThanOrEqual(whole.length);
      // The plan of TAP is kept once the last test has begun, whatever else is to be said of it.
      if (format !== 'tap' || found.length < whole.length) expect(problems.length, `at ${length}`).toBeGreaterThan(0);
      for (const { line, column } of problems) expect(line > 0 && column > 0, `at ${length}`).toBe(true);
    }
  });
});

describe('anything at all', () => {
  const noise = fc.oneof(
    fc.uint8Array({ maxLength: 200 }),
    fc
      .constantFrom(
        '\u0000',
        '\ufeff',
        '\ud800',
        '&a;',
        '<![CDATA[',
        '<!DOCTYPE a [',
        ']]>',
        '\\u00',
        '"',
        '{',
        '[',
        '}',
        '---\n',
        '...\n',
        'ok',
        '1..9',
        '    ok 1',
        '# ',
      )
      .map((text) => Buffer.from(text)),
  );

  it.each(wholes)('in %s, %s: an end, and few problems', { timeout: 120_000 }, async (format, _, bytes) => {
    const most = (await read(bytes)).results.length;
    await fc.assert(
      fc.asyncProperty(noise, fc.nat(), fc.nat({ max: 400 }), fc.boolean(), async (inserted, at, removed, forced) => {
        const place = at % bytes.length;
        const changed = Buffer.concat([bytes.subarray(0, place), inserted, bytes.subarray(place + removed)]);
        const { results, problems } = await read(changed, 1_000, forced ? format : 'auto');
        expect(problems.length).toBeLessThanOrEqual(22);
        expect(results.length).toBeLessThanOrEqual(most + 40);
        for (const { name, outcome, failure } of results) {
          expect(name).not.toBe('');
          expect(failure !== null).toBe(outcome === 'failed' || outcome === 'errored');
          expect(JSON.stringify([name, failure])).not.toMatch(/\\u0000|\\ud[89a-f]/);
        }
      }),
      { numRuns: 300 },
    );
  });

  it.each(REPORT_FORMATS)('instead of %s', async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
        const { problems } = await read(bytes, 97, format);
        expect(problems.length).toBeGreaterThan(0);
        expect(problems.length).toBeLessThanOrEqual(22);
      }),
    );
  });
});

describe('what would explode', () => {
  const entities = '<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>';

  it('entities of TRX are not expanded, and none is fetched', async () => {
    const { results, problems } = await read(
      `${entities}<TestRun><Results><UnitTestResult testName="&b;&x;" outcome="Failed"><Output><ErrorInfo><Message>&x;</Message></ErrorInfo></Output></UnitTestResult></Results></TestRun>`,
    );
    expect(problems).toEqual([]);
    expect(results).toMatchObject([{ name: '&b;&x;', failure: { message: '&x;' } }]);
  });

  it.each([
    ['elements', 'trx', '<TestRun>'.repeat(10_000), /200 deep/],
    ['arrays', 'ctrf', `{"a":${'['.repeat(10_000)}`, /200 deep/],
    ['objects in a test', 'ctrf', `{"results":{"tests":[{"parameters":${'{"a":'.repeat(10_000)}`, /200 deep/],
    ['YAML in flow', 'tap', `1..1\nnot ok 1\n  ---\n  ${'['.repeat(10_000)}\n  ...\n`, /no YAML.*depth/i],
    [
      'YAML in blocks',
      'tap',
      `1..1\nnot ok 1\n  ---\n${Array.from({ length: 200 }, (_, n) => `${' '.repeat(n + 2)}a:`).join('\n')}\n  ...\n`,
      /no YAML.*depth/i,
    ],
  ] as const)('%s, 10,000 deep: %s', async (_, format, text, message) => {
    const { problems } = await read(text, 65_536, format);
    expect(problems.map((p) => p.message)).toEqual([expect.stringMatching(message)]);
  });

  it('aliases of YAML are not copied', async () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefghi'.split('').map((n, at) => `${n}: &${n} [${Array(9).fill(`*${'abcdefgh'[at]}`).join(',')}]`),
      'message: no',
    ];
    const before = process.threadCpuUsage();
    const { results } = await read(['1..1', 'not ok 1 - t', '  ---', ...bomb.map((line) => `  ${line}`), '  ...'].join('\n'));
    const { user, system } = process.threadCpuUsage(before);
    expect(results[0]?.failure?.message).toBe('no');
    expect(user + system).toBeLessThan(2e6);
  });

  it.each([
    ['[', 'ctrf'],
    ['{"a":', 'ctrf'],
    ['"\\u0041', 'ctrf'],
    ['<a ', 'junit'],
    ['&', 'junit'],
    ['<!--', 'trx'],
    ['ok # # ', 'tap'],
    ['ok 1 \\#', 'tap'],
    ['    ', 'tap'],
    ['not ok\n  ---\n', 'tap'],
    ['not ok\n  ---\n  ? ? ? ? ? ? ? ? ? ? ? ?\n  ...\n', 'tap'],
    ['[NON-XML-CHAR-0x', 'tap'],
    ['\u001b[', 'tap'],
  ] as const)('%j, again and again, takes linear time', { timeout: 60_000 }, async (part, format) => {
    const before = process.threadCpuUsage();
    await read(part.repeat(Math.ceil(1_000_000 / part.length)), 65_536, format);
    const { user, system } = process.threadCpuUsage(before);
    expect((user + system) / 1e6).toBeLessThan(20);
  });
});
