import { CtrfParser } from './ctrf.ts';
import { detectFormat } from './detect-format.ts';
import type { ReportProblem, TestResult } from './report.ts';
import { ReportBreak } from './report-break.ts';
import type { Note, ReportFormat, ReportParser } from './report-parser.ts';
import { reportText } from './report-text.ts';
import { TapParser } from './tap.ts';
import { XmlParser } from './xml-report.ts';

const MAX_NOTES = 20;

/**
 * Reads a test report as it comes, in memory that does not grow with it, and yields its results. What it is, its content
 * says, and not the name of the file, unless `format` does.
 *
 * Input that is no report, or is cut off, is no exception: what was complete before the break is yielded, and `onProblem`
 * is told the place; so it is, up to twenty times, of what is wrong with a report that can be read on. An error of
 * `chunks` itself is thrown on.
 */
export async function* readReport(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  onProblem: (problem: ReportProblem) => void,
  format: ReportFormat | 'auto' = 'auto',
): AsyncGenerator<TestResult> {
  const problems: ReportProblem[] = [];
  let notes = 0;
  const note: Note = (line, column, message) => {
    notes += 1;
    if (notes <= MAX_NOTES) problems.push({ file, line, column, message });
    else problems[MAX_NOTES] = { file, line, column, message: `and ${notes - MAX_NOTES} more like these, the last of them here` };
  };
  let parser = format === 'auto' ? null : parserOf(format, note);
  let start = '';
  /** Looked at again when it is twice as long: chunks may be of one byte. */
  let looked = 0;
  try {
    try {
      for await (const text of reportText(chunks)) {
        if (parser === null) {
          start += text;
          if (start.length < looked) continue;
          looked = 2 * start.length;
          parser = detected(start, false, note);
          parser?.write(start);
        } else {
          parser.write(text);
        }
        yield* parser?.take() ?? [];
      }
      if (parser === null) {
        parser = detected(start, true, note);
        parser?.write(start);
      }
      parser?.end();
    } catch (error) {
      if (!(error instanceof ReportBreak)) throw error;
      problems.push({ file, line: error.line, column: error.column, message: error.message });
    }
    yield* parser?.take() ?? [];
    yield* parser?.rest() ?? [];
  } finally {
    parser?.dispose();
  }
  for (const problem of problems) onProblem(problem);
}

/** The parser for what begins so; null where more of it is needed. */
function detected(start: string, isWhole: boolean, note: Note): ReportParser | null {
  const found = detectFormat(start, isWhole);
  if (found === null) return null;
  if ('looksLike' in found) throw new ReportBreak(`not a test report: ${found.looksLike}`, 1, 1);
  return parserOf(found.format, note);
}

function parserOf(format: ReportFormat | 'xml', note: Note): ReportParser {
  if (format === 'ctrf') return new CtrfParser(note);
  if (format === 'tap') return new TapParser(note);
  return new XmlParser(format === 'xml' ? ['junit', 'trx'] : [format], note);
}
