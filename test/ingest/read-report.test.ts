import { describe, expect, it } from 'vitest';
import { readReport } from '../../src/ingest/read-report.ts';
import { REPORT_FORMATS } from '../../src/ingest/report-parser.ts';
import { all, fixtureOf, read } from './reading.ts';

const TEXTS = {
  junit: '<testsuite name="s"><testcase name="Größe 円 🛒"/></testsuite>',
  trx: '<TestRun><Results><UnitTestResult testName="Größe 円 🛒" outcome="Passed"/></Results></TestRun>',
  ctrf: '{"results":{"tests":[{"name":"Größe 円 🛒","status":"passed"}]}}',
  tap: '1..1\nok 1 - Größe 円 🛒\n',
};

const formats = Object.entries(TEXTS);

describe('what a report is, its content says', () => {
  it.each(formats)('%s, in any encoding that says what it is', async (_, text) => {
    const le = Buffer.from(`\ufeff${text}`, 'utf16le');
    const bare = Buffer.from(text, 'utf16le');
    const sources = {
      'UTF-8': Buffer.from(text),
      'UTF-8 with its mark': Buffer.from(`\ufeff${text}`),
      'UTF-16 LE': le,
      'UTF-16 BE': Buffer.from(le).swap16(),
      'UTF-16 LE without a mark': bare,
      'UTF-16 BE without a mark': Buffer.from(bare).swap16(),
      'white space first': Buffer.from(`\ufeff\r\n \t\n${text}`),
    };
    for (const [what, bytes] of Object.entries(sources)) {
      for (const size of [1, 3, 65_536]) {
        const { results, problems } = await read(bytes, size);
        expect([problems, results.map((r) => r.name)], what).toEqual([[], ['Größe 円 🛒']]);
      }
    }
  });

  it.each([
    ['iso-8859-1', 'latin1', 'Größe'],
    ['windows-1252', 'latin1', 'Größe'],
    ['UTF-16', 'utf8', 'Größe 円'],
    ['no-such-encoding', 'utf8', 'Größe 円'],
  ] as const)('XML that declares %s', async (declared, written, name) => {
    for (const text of [TEXTS.junit, TEXTS.trx]) {
      const xml = `<?xml version="1.0" encoding="${declared}"?>\n${text.replace('Größe 円 🛒', name)}`;
      expect((await read(Buffer.from(xml, written))).results.map((r) => r.name)).toEqual([name]);
    }
  });

  it.each([
    ['nothing', '', 'the file is empty'],
    ['white space', ' \n\t', 'the file is empty'],
    ['much white space', ' '.repeat(100_000), 'it begins with too much white space'],
    ['an array', '[{"name": "a"}]', 'it looks like a JSON array, which no report is'],
    [
      'events of Go',
      '{"Time":"x","Action":"run","Test":"TestA"}\n{"Action":"pass","Test":"TestA"}\n',
      'it looks like JSON lines, as `go test -json` writes them',
    ],
    ['prose', 'PASS all 12 tests\nok then', 'it looks like plain text, beginning with "PASS all 12 tests"'],
    ['a long log', 'line\n'.repeat(50_000), 'it looks like plain text, beginning with "line"'],
    ['a ZIP archive', Buffer.from('504b0304140000000800', 'hex'), 'it looks like a ZIP archive'],
    ['gzip', Buffer.from('1f8b0800f0f1f2f3f4f5f6f7f8f9fafbfc', 'hex'), 'it looks like something that is no text, such as an archive'],
  ])('%s is none', async (_, source, looks) => {
    for (const size of [1, 65_536]) {
      const { results, problems } = await read(source as string, size);
      expect(results).toEqual([]);
      expect(problems).toEqual([
        { file: 'report.xml', line: 1, column: 1, message: expect.stringContaining(`not a test report: ${looks}`) },
      ]);
    }
  });

  it.each([
    ['<html><body/></html>', /its root is <html> \(a web page\), not <testsuites>, <testsuite>, <TestRun>/],
    ['<assemblies/>', /\(xUnit.net's own format\)/],
    ['<test-run/>', /\(NUnit's own format\)/],
    ['<coverage/>', /\(a coverage report\)/],
    ['{"config": {}, "suites": []}', /not a CTRF report: it has no array results.tests; it begins with config, suites/],
  ])('%s is told what it is', async (source, message) => {
    expect((await read(source)).problems.map((p) => p.message)).toEqual([expect.stringMatching(message)]);
  });

  it('unless it is said', async () => {
    for (const [is, text] of formats) {
      for (const format of REPORT_FORMATS) {
        const { results, problems } = await read(text, 65_536, format);
        // What is no TAP, is the output of a program to TAP.
        expect([results.length, problems.length > 0], `${is} as ${format}`).toEqual(is === format ? [1, false] : [0, true]);
      }
    }
  });
});

it('reads a report that a runner wrote, whatever it is called', async () => {
  const read_ = async (name: string): Promise<number> => (await read(fixtureOf(name))).results.length;
  expect(await Promise.all(['vitest.xml', 'jest.trx', 'jest-ctrf.json', 'node.tap'].map(read_))).toEqual([15, 15, 14, 14]);
});

it('passes on an error of the source itself', async () => {
  // biome-ignore lint/correctness/useYield: it fails before it yields
  async function* failing(): AsyncGenerator<Uint8Array> {
    throw new Error('disk gone');
  }
  await expect(all(readReport(failing(), 'report.xml', () => {}))).rejects.toThrow('disk gone');
});
