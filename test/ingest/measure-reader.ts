// Reads a report of so many megabytes that never exists as a whole, and says what that took. Its arguments are a format,
// `tests` or `line`, and the megabytes.
import { readReport } from '../../src/ingest/read-report.ts';

const [format = '', shape = '', megabytes = '1'] = process.argv.slice(2);
const size = Number(megabytes) * 1e6;

/** The beginning of a report; a test, the nth; the beginning and end of a failure of any length; the end of the report. */
const SYNTAX: Record<string, { start: string; test: (n: number) => string; open: string; close: string; end: string; separator: string }> =
  {
    junit: {
      start: '<testsuites><testsuite name="s">',
      test: (n) =>
        `<testcase name="test ${n}" classname="c" time="0.001"><failure message="m ${n}">at f${n} (a.js:1:1)</failure></testcase>\n`,
      open: '<testcase name="long"><failure message="m">',
      close: '</failure></testcase>',
      end: '</testsuite></testsuites>',
      separator: '',
    },
    ctrf: {
      // The tool comes last: the tests have to wait for it.
      start: '{"results":{"tests":[',
      test: (n) =>
        `{"name":"test ${n}","status":"failed","duration":1,"message":"m ${n}","trace":"at f${n} (a.js:1:1)","stdout":["noise"]}`,
      open: '{"name":"long","status":"failed","trace":"',
      close: '"}',
      end: '],"tool":{"name":"late"}}}',
      separator: ',',
    },
    trx: {
      start: '<TestRun><Results>',
      test: (n) =>
        `<UnitTestResult testId="${n}" testName="test ${n}" outcome="Failed"><Output><ErrorInfo><Message>m ${n}</Message></ErrorInfo></Output></UnitTestResult>\n`,
      open: '<UnitTestResult testId="0" testName="long" outcome="Failed"><Output><ErrorInfo><Message>',
      close: '</Message></ErrorInfo></Output></UnitTestResult>',
      end: '',
      separator: '',
    },
    tap: {
      start: 'TAP version 14\n',
      test: (n) => `not ok ${n + 1} - test ${n}\n  ---\n  message: m ${n}\n  stack: f${n} (a.js:1:1)\n  ...\n`,
      open: 'not ok - long\n  ---\n  message: "',
      close: '"\n  ...\n',
      end: '',
      separator: '',
    },
  };

async function* report(): AsyncGenerator<Uint8Array> {
  const syntax = SYNTAX[format];
  if (syntax === undefined) throw new Error(`There is no format ${format}.`);
  const encoder = new TextEncoder();
  yield encoder.encode(syntax.start);
  let tests = 0;
  if (shape === 'line') {
    yield encoder.encode(syntax.open);
    const piece = encoder.encode('x'.repeat(65_536));
    for (let written = 0; written < size; written += piece.length) yield piece;
    yield encoder.encode(syntax.close);
    tests = 1;
  } else {
    let piece = '';
    for (let written = 0; written < size; tests += 1) {
      const test = (tests > 0 ? syntax.separator : '') + syntax.test(tests);
      written += test.length;
      piece += test;
      if (piece.length < 65_536) continue;
      yield encoder.encode(piece);
      piece = '';
    }
    yield encoder.encode(piece);
  }
  if (format === 'tap') yield encoder.encode(`1..${tests}\n`);
  if (format === 'trx') {
    yield encoder.encode('</Results><TestDefinitions>');
    for (let n = 0; n < tests; n += 1) yield encoder.encode(`<UnitTest id="${n}"><TestMethod className="C" name="m"/></UnitTest>`);
    yield encoder.encode('</TestDefinitions></TestRun>');
  }
  yield encoder.encode(syntax.end);
}

let results = 0;
let longest = 0;
const problems: string[] = [];
for await (const { failure, suite, framework } of readReport(report(), 'report', (problem) => problems.push(problem.message))) {
  results += 1;
  longest = Math.max(longest, failure?.details.length ?? 0);
  if (format === 'trx' && suite !== 'C') throw new Error('A result has not found its definition.');
  if (format === 'ctrf' && framework !== 'late') throw new Error('A result has not found its tool.');
}
const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
const measured = { results, longest, problems, maxRssMb: Math.round(maxRSS / 1024), cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 };
process.stdout.write(`${JSON.stringify(measured)}\n`);
