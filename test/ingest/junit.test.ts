import { readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readReport } from '../../src/ingest/read-report.ts';
import type { TestResult } from '../../src/ingest/report.ts';
import { all, fixtureOf, fixtures, read } from './reading.ts';

async function readOne(testcase: string): Promise<TestResult> {
  const { results, problems } = await read(`<testsuites><testsuite name="s">${testcase}</testsuite></testsuites>`);
  expect(problems).toEqual([]);
  expect(results).toHaveLength(1);
  return results[0] as TestResult;
}

const REPORTS = readdirSync(fixtures).flatMap((name) => (name.endsWith('.xml') ? [name.slice(0, -4)] : []));
const fixture = (name: string): Buffer => fixtureOf(`${name}.xml`);

describe('reports of real runners', () => {
  it('reads a result in full', async () => {
    const { results } = await read(fixture('playwright'));
    const flaky = results.find((r) => r.name.includes('second attempt'));
    expect(flaky).toMatchObject({ outcome: 'passed', failure: null, parameters: 'api' });
    const declined = results.find((r) => r.name.includes('near its end'));
    expect(declined).toMatchObject({
      suite: 'checkout.spec.js',
      file: 'checkout.spec.js',
      name: 'Checkout › takes a card near its end',
      outcome: 'errored',
      durationMs: expect.any(Number),
      startedAt: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]{12}Z$/),
      failure: { type: 'PaymentError', message: expect.stringContaining('card of "Bo" declined') },
    });
    expect(declined?.failure?.details).toContain('at pay (/tmp/shop/javascript/checkout.js:11:11)');
    expect(declined?.failure?.details).not.toContain('ATTACHMENT');
  });

  it('reads the attempts of Surefire', async () => {
    const { results } = await read(fixture('surefire'));
    const flaky = results.find((r) => r.name === 'answersAtTheThirdAttempt');
    expect(flaky).toMatchObject({
      outcome: 'passed',
      failure: null,
      attempts: [
        {
          outcome: 'errored',
          failure: { type: 'java.lang.IllegalStateException', message: expect.stringMatching(/^order .* there yet$/) },
        },
        { outcome: 'failed', failure: { type: 'org.junit.ComparisonFailure', details: expect.stringMatching(/^org.junit.*\n\tat /) } },
      ],
    });
    const failed = results.find((r) => r.name === 'takesADiscountOfEachLine');
    expect(failed).toMatchObject({ outcome: 'failed', failure: { message: 'expected:<360> but was:<390>' } });
    expect(failed?.attempts.map((attempt) => attempt.failure)).toEqual([failed?.failure, failed?.failure]);
  });

  it('reads the attempts of Playwright', async () => {
    const { results } = await read(fixture('playwright'));
    const attempts = results.map((r) => [r.outcome, ...r.attempts.map((attempt) => attempt.outcome)].join(' '));
    expect(attempts.filter((outcomes) => outcomes.includes(' ')).sort()).toEqual([
      ...Array.from({ length: 6 }, () => 'errored errored'),
      ...Array.from({ length: 2 }, () => 'failed failed'),
      'passed failed',
    ]);
    const declined = results.find((r) => r.name.includes('near its end'));
    expect(declined?.attempts[0]?.failure?.message).not.toBe(declined?.failure?.message);
  });

  it('reads what CTest says of a test by its output', async () => {
    const { results } = await read(fixture('ctest'));
    const failures = Object.fromEntries(results.flatMap((r) => (r.failure ? [[r.name, r.failure]] : [])));
    expect(failures['cart.discount']?.message).toBe('/tmp/shop/cpp/googletest.cpp:14: Failure');
    expect(failures['cart.discount']?.details).not.toContain('NON-XML-CHAR');
    expect(failures['cart.slow']?.message).toBe('cart.slow failed and said nothing');
  });

  it.each([
    ['pytest', 'test_total', ['3-EUR', '7-USD', '1000-\\u5186', '5-a[b]']],
    ['phpunit', 'testTotal', ['#0', 'in dollars', 'in 円']],
    ['playwright', 'Login › opens a session', ['api', 'api-legacy']],
  ])('%s: parameters', async (fixtureName, name, parameters) => {
    const { results } = await read(fixture(fixtureName));
    expect(results.filter((r) => r.name === name).map((r) => r.parameters)).toEqual(parameters);
  });

  it('leaves subtests of Go and rows of JUnit in the name', async () => {
    const go = (await read(fixture('gotestsum'))).results.map((r) => r.name);
    expect(go).toContain('TestTotal/円_(yen)');
    const junit = (await read(fixture('junit5'))).results.map((r) => r.name);
    expect(junit).toContain('addsUp(int, String)[3]');
  });

  it.each([
    ['jest', 'PaymentError'],
    ['node', 'PaymentError'],
    ['jasmine', 'PaymentError'],
    ['pytest', 'shop.checkout.PaymentError'],
    ['pytest', 'ConnectionError'],
    ['phpunit', 'DomainException'],
    ['junit5', 'java.lang.IllegalStateException'],
  ])('%s: finds the error type %s', async (name, type) => {
    const { results } = await read(fixture(name));
    expect(results.map((r) => r.failure?.type)).toContain(type);
  });

  it('takes a message from the text where the runner writes none', async () => {
    const go = (await read(fixture('gotestsum'))).results.find((r) => r.name === 'TestDiscount');
    expect(go?.failure?.message).toBe('Discounted(10) = 390, want 360');
    const jest = (await read(fixture('jest'))).results.find((r) => r.name.startsWith('Cart refuses'));
    expect(jest?.failure).toMatchObject({ type: 'RangeError', message: 'quantity must be positive, got -2' });
    const node = (await read(fixture('node'))).results.find((r) => r.suite.startsWith('Login >'));
    expect(node?.suite).toBe('Login > with a name of "any" script');
  });
});

describe('dialects', () => {
  it('reads a root of either kind, and suites in suites', async () => {
    const bare = await read('<testsuite name="a"><testcase name="t" classname="c"/></testsuite>');
    expect(bare.results).toMatchObject([{ suite: 'c', name: 't', outcome: 'passed', framework: '' }]);
    const nested = await read(
      '<testsuites><testsuite name="a"><testsuite name="b"><testcase name="t"/></testsuite><testcase name="u"/></testsuite></testsuites>',
    );
    expect(nested.results.map((r) => [r.suite, r.name])).toEqual([
      ['a > b', 't'],
      ['a', 'u'],
    ]);
  });

  it('lets the first failure decide and keeps the others', async () => {
    const { outcome, failure } = await readOne(
      '<testcase name="t"><skipped/><error type="A" message="first">one</error><failure type="B" message="second"><![CDATA[two]]></failure></testcase>',
    );
    expect([outcome, failure]).toEqual(['errored', { type: 'A', message: 'first', details: 'one\n\nsecond\ntwo' }]);
  });

  it('takes message or text, whichever there is', async () => {
    expect((await readOne('<testcase name="t"><failure message="m"/></testcase>')).failure).toEqual({
      type: '',
      message: 'm',
      details: 'm',
    });
    expect((await readOne('<testcase name="t"><failure>\n TypeError: x\n at y</failure></testcase>')).failure).toEqual({
      type: 'TypeError',
      message: 'x',
      details: 'TypeError: x\n at y',
    });
  });

  it('takes what a runner repeated as attempts before the last', async () => {
    const flaky = await readOne(
      '<testcase name="t" time="2"><flakyError type="E" message="one" time="0.5"><stackTrace>E: one\n at a</stackTrace><system-out>a</system-out></flakyError>' +
        '<flakyFailure message="two">two\n at b<system-err>b</system-err></flakyFailure></testcase>',
    );
    expect(flaky).toMatchObject({ outcome: 'passed', durationMs: 2_000, failure: null });
    expect(flaky.attempts).toEqual([
      { outcome: 'errored', durationMs: 500, failure: { type: 'E', message: 'one', details: 'E: one\n at a' } },
      { outcome: 'failed', durationMs: null, failure: { type: '', message: 'two', details: 'two\n at b' } },
    ]);
  });

  it('lets the last of several failed attempts decide', async () => {
    const { outcome, failure, attempts } = await readOne(
      '<testcase name="t"><failure message="first">1</failure><rerunFailure message="second"><stackTrace>2</stackTrace></rerunFailure>' +
        '<rerunError message="third" type="E"><stackTrace>3</stackTrace><failure message="no">no</failure></rerunError></testcase>',
    );
    expect([outcome, failure]).toEqual(['errored', { type: 'E', message: 'third', details: '3' }]);
    expect(attempts.map((attempt) => [attempt.outcome, attempt.failure?.message])).toEqual([
      ['failed', 'first'],
      ['failed', 'second'],
    ]);
  });

  it('takes attempts of a test that failed nowhere as before it passed', async () => {
    const { outcome, attempts } = await readOne('<testcase name="t"><rerunFailure message="no"/></testcase>');
    expect([outcome, attempts.map((attempt) => attempt.failure?.message)]).toEqual(['passed', ['no']]);
  });

  it('keeps a hundred attempts, the last among them', async () => {
    const reruns = Array.from({ length: 500 }, (_, n) => `<rerunFailure message="${n}"/>`).join('');
    const { failure, attempts } = await readOne(`<testcase name="t"><failure message="first"/>${reruns}</testcase>`);
    expect([failure?.message, attempts.length]).toEqual(['499', 100]);
  });

  it('passes over elements that are called like what every object has', async () => {
    const { outcome } = await readOne('<testcase name="t"><constructor/><toString>x</toString><__proto__/></testcase>');
    expect(outcome).toBe('passed');
  });

  it('takes what a test wrote for its failure where there is nothing else', async () => {
    const silent = await readOne(
      '<testcase name="t"><failure message=""/><system-out>Running\nx.c:3: Failure\nend</system-out></testcase>',
    );
    expect(silent.failure).toEqual({ type: '', message: 'x.c:3: Failure', details: 'Running\nx.c:3: Failure\nend' });
    expect((await readOne('<testcase name="t"><error/></testcase>')).failure?.message).toBe('t failed and said nothing');
  });

  it('drops what a test wrote', async () => {
    const { failure } = await readOne(
      '<testcase name="t"><system-out>a</system-out><failure message="m">text</failure><system-out>b</system-out><system-err>c</system-err></testcase>',
    );
    expect(failure?.details).toBe('text');
  });

  it.each([
    ['time="1.2345"', 1235],
    ['time="1,234.5"', 1_234_500],
    ['time="-1"', null],
    ['time="NaN"', null],
    ['time="1e30"', null],
    ['time=""', null],
    ['', null],
  ])('%s is %s ms', async (attribute, ms) => {
    expect((await readOne(`<testcase name="t" ${attribute}/>`)).durationMs).toBe(ms);
  });

  it.each([
    ['2026-11-21T08:14:43', '2026-11-21T08:14:43.000Z'],
    ['2026-11-21T08:14:43.5+02:00', '2026-11-21T06:14:43.500Z'],
    ['1970-01-01T00:00:00', null],
    ['yesterday', null],
    ['2026-99-99T99:99:99Z', null],
  ])('a start at %s is %s', async (written, instant) => {
    expect((await readOne(`<testcase name="t" timestamp="${written}"/>`)).startedAt).toBe(instant);
  });

  it('counts what did not run as skipped', async () => {
    expect((await readOne('<testcase name="t" status="notrun"/>')).outcome).toBe('skipped');
  });
});

describe('bounds', () => {
  it('cuts long names and keeps two of them two', async () => {
    const long = 'x'.repeat(2_000);
    const one = await readOne(`<testcase name="${long}1" classname="c.${long}1" file="${long}1"/>`);
    const two = await readOne(`<testcase name="${long}2" classname="c.${long}2" file="${long}2"/>`);
    expect([one.name.length, one.suite.length, one.file.length]).toEqual([500, 300, 500]);
    for (const key of ['name', 'suite', 'file'] as const) expect(one[key]).not.toBe(two[key]);
    const pytest = `<testsuite name="pytest"><testcase name="t[${long}]"/></testsuite>`;
    expect((await read(pytest)).results[0]?.parameters).toHaveLength(500);
  });

  it('cuts a stack of 5 MB in the middle', async () => {
    const line = '    at pay (/tmp/shop/checkout.js:1:1)\n';
    const stack = `PaymentError: begins\n${line.repeat(5_000_000 / line.length)}ends`;
    for (const text of [stack, `<![CDATA[${stack}]]>`]) {
      const { failure } = await readOne(`<testcase name="t"><failure>${text}</failure></testcase>`);
      const details = failure?.details ?? '';
      expect(details.length).toBeLessThanOrEqual(65_536);
      expect(details).toMatch(/^PaymentError: begins\n.*\n… \d+ characters left out …\n.*ends$/s);
      const marker = /\n… (\d+) characters left out …\n/.exec(details);
      expect(Number(marker?.[1]) + details.length - (marker?.[0].length ?? 0)).toBe(stack.length);
    }
  });

  it('reads a huge attribute without keeping it', async () => {
    const huge = 'x'.repeat(3_000_000);
    const { failure } = await readOne(`<testcase name="t"><failure message="${huge}"/></testcase>`);
    expect(failure?.message.length).toBeLessThanOrEqual(8_000);
  });

  it('reads 100,000 tests and 300 MB in bounded memory', async () => {
    const encoder = new TextEncoder();
    const output = `<system-out>${'noise '.repeat(5_000)}</system-out><system-err><![CDATA[${'noise '.repeat(5_000)}]]></system-err>`;
    async function* stream(): AsyncGenerator<Uint8Array> {
      yield encoder.encode('<testsuites><testsuite name="s">');
      for (let n = 0; n < 100_000; n += 1) {
        const noise = n % 30 === 0 ? output : '';
        yield encoder.encode(
          `<testcase name="test ${n}" classname="c" time="0.001"><failure message="m ${n}">text</failure>${noise}</testcase>`,
        );
      }
      // One text of its own that alone would fill the memory.
      yield encoder.encode('<testcase name="last"><failure><![CDATA[');
      for (let n = 0; n < 3_000; n += 1) yield encoder.encode('x'.repeat(65_536));
      yield encoder.encode(']]></failure></testcase></testsuite></testsuites>');
    }
    let tests = 0;
    let peak = 0;
    const before = process.memoryUsage().heapUsed;
    for await (const result of readReport(stream(), 'report.xml', (p) => expect.fail(p.message))) {
      tests += 1;
      if (tests % 1_000 === 0) peak = Math.max(peak, process.memoryUsage().heapUsed - before);
      if (result.name === 'last') expect(result.failure?.details.length).toBeLessThanOrEqual(65_536);
    }
    peak = Math.max(peak, process.memoryUsage().heapUsed - before);
    expect(tests).toBe(100_001);
    expect(peak).toBeLessThan(100 * 1024 * 1024);
  }, 120_000);
});

describe('broken and hostile input', () => {
  const small = ['gotestsum', 'jasmine', 'mocha', 'rspec', 'vitest'];

  it.each(REPORTS)(
    '%s, cut off anywhere',
    async (name) => {
      const bytes = fixture(name);
      const { results } = await read(bytes);
      const step = small.includes(name) ? 1 : 211;
      const rootEnd = bytes.toString('latin1').trimEnd().length;
      for (let length = 0; length < rootEnd; length += step) {
        const cut = await read(bytes.subarray(0, length));
        expect(cut.problems, `at ${length}`).toHaveLength(1);
        expect(cut.results, `at ${length}`).toEqual(results.slice(0, cut.results.length));
      }
    },
    60_000,
  );

  it('says where a report breaks', async () => {
    const { results, problems } = await read('<testsuites>\n<testsuite name="s">\n<testcase name="a"/>\n<testcase name="b">');
    expect(results.map((r) => r.name)).toEqual(['a']);
    expect(problems).toEqual([{ file: 'report.xml', line: 4, column: 19, message: 'the file ends inside <testcase>' }]);
  });

  it.each([
    ['nothing', '<!-- -->', /root element/],
    ['HTML', '<html><testcase name="x"/></html>', /its root is <html> \(a web page\), not <testsuites>, <testsuite>/],
    ['a wrong end', '<testsuites></testsuite>', /close tag/],
    ['a stray &', '<testsuites><testsuite name="a & b"></testsuite></testsuites>', /& is not followed/],
    ['a stray & before a ;', '<testsuites><testsuite name="a & b; c"></testsuite></testsuites>', /entity name/],
    ['an & before megabytes', `<testsuites a="&${'x'.repeat(40_000)}`, /& is not followed/],
    ['two roots', '<testsuites/><testsuites/>', /one root/],
    ['300 attributes', `<testsuites ${Array.from({ length: 300 }, (_, n) => `a${n}="1"`).join(' ')}/>`, /attributes/],
    ['an endless name', `<${'x'.repeat(20_000)}`, /name/],
  ])('%s: one problem', async (_, source, message) => {
    const { problems } = await read(source);
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(message);
    expect(problems[0]?.message.length).toBeLessThanOrEqual(301);
  });

  it('keeps what is complete before a second root', async () => {
    const { results, problems } = await read(
      '<testsuite name="s"><testcase name="a"/></testsuite><testsuite name="s"><testcase name="b"/></testsuite>',
    );
    expect([results.map((r) => r.name), problems.length]).toEqual([['a'], 1]);
  });

  it('never throws on bytes of any kind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), fc.boolean(), fc.nat(), async (noise, within, at) => {
        const valid = fixture('rspec');
        const place = at % valid.length;
        const bytes = within ? Buffer.concat([valid.subarray(0, place), noise, valid.subarray(place)]) : noise;
        const { problems } = await read(bytes);
        expect(problems.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not expand entities of a DTD, nor fetch any', async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite name="s"><testcase name="&c;&constructor;"><failure message="&x;">&c; &amp; &#65;</failure></testcase></testsuite>`;
    const { results, problems } = await read(bomb);
    expect(problems).toEqual([]);
    expect(results).toMatchObject([{ name: '&c;&constructor;', failure: { message: '&x;', details: '&c; & A' } }]);
  });

  it('stops at a depth of 10,000', async () => {
    const { problems } = await read('<testsuite name="s">'.repeat(10_000));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toMatch(/200 deep/);
  });

  it('removes control characters and colours', async () => {
    const { failure, name } = await readOne(
      '<testcase name="a\u0000b\u0007c"><failure message="\u001b[31mred\u001b[0m">\u0001x\u001b[1;32my\uffff</failure></testcase>',
    );
    expect([name, failure?.message, failure?.details]).toEqual(['abc', 'red', 'xy']);
    const split = await read('<testsuite name="s"><testcase name="\u001b[31mred"/></testsuite>', 1);
    expect(split.results[0]?.name).toBe('red');
  });

  it('reads UTF-8 and UTF-16 with their marks, and declared encodings', async () => {
    const xml = '<testsuite name="s"><testcase name="Größe 円 🛒"/></testsuite>';
    const le = Buffer.from(`\ufeff${xml}`, 'utf16le');
    const sources = {
      'UTF-8 with mark': Buffer.from(`\ufeff${xml}`),
      'UTF-16 LE': le,
      'UTF-16 BE': Buffer.from(le).swap16(),
      'UTF-8 that says UTF-16': Buffer.from(`<?xml version="1.0" encoding="utf-16"?>${xml}`),
    };
    for (const [what, bytes] of Object.entries(sources)) {
      for (const size of [1, 7, 65_536]) {
        const { results, problems } = await read(bytes, size);
        expect([problems, results[0]?.name], what).toEqual([[], 'Größe 円 🛒']);
      }
    }
    const latin = `<?xml version="1.0" encoding="ISO-8859-1"?><testsuite name="s"><testcase name="Größe"/></testsuite>`;
    expect((await read(Buffer.from(latin, 'latin1'))).results[0]?.name).toBe('Größe');
  });

  it('passes on an error of the source itself', async () => {
    // biome-ignore lint/correctness/useYield: it fails before it yields
    async function* failing(): AsyncGenerator<Uint8Array> {
      throw new Error('disk gone');
    }
    await expect(all(readReport(failing(), 'report.xml', () => {}))).rejects.toThrow('disk gone');
  });
});
