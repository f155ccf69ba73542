import { JunitReader } from './junit.ts';
import type { TestResult } from './report.ts';
import type { Note, ReportFormat, ReportParser } from './report-parser.ts';
import { TrxReader } from './trx.ts';
import { XmlStream } from './xml-stream.ts';

/** Reads the elements of one kind of report; the root is the first to be opened. */
export interface XmlContent {
  open(name: string, attributes: Record<string, string>): void;
  text(text: string): void;
  close(name: string): void;
  /** The results that have ended since the last call. */
  take(): TestResult[];
  /** Where results have to wait: those, once there is no more; and what it holds outside of memory is given back. */
  rest?(): Iterable<TestResult>;
  dispose?(): void;
  /** Says what can be said only at the end. */
  end?(): void;
}

const ROOTS = new Map<string, ReportFormat>([
  ['testsuites', 'junit'],
  ['testsuite', 'junit'],
  ['TestRun', 'trx'],
]);

/** Reports that are XML and are not read, by their root: what they are. */
const OTHERS = new Map([
  ['assemblies', "xUnit.net's own format"],
  ['assembly', "xUnit.net's own format"],
  ['test-run', "NUnit's own format"],
  ['test-results', "NUnit's own format"],
  ['testng-results', "TestNG's own format"],
  ['robot', "Robot Framework's own format"],
  ['testExecutions', "Sonar's generic format"],
  ['coverage', 'a coverage report'],
  ['checkstyle', 'a Checkstyle report'],
  ['html', 'a web page'],
]);

/** Reads a report that is XML, of which the root says what it is. */
export class XmlParser implements ReportParser {
  readonly #formats: ReadonlySet<ReportFormat>;
  readonly #xml: XmlStream;
  readonly #note: Note;
  #content: XmlContent | null = null;

  /** @param formats which of the formats that are XML it may be */
  constructor(formats: readonly ReportFormat[], note: Note) {
    this.#note = note;
    this.#formats = new Set(formats);
    this.#xml = new XmlStream({
      open: (name, attributes) => {
        this.#content ??= this.#contentOf(name);
        this.#content.open(name, attributes);
      },
      text: (text) => this.#content?.text(text),
      close: (name) => this.#content?.close(name),
    });
  }

  write(text: string): void {
    this.#xml.write(text);
  }

  end(): void {
    this.#xml.end();
    this.#content?.end?.();
  }

  take(): TestResult[] {
    return this.#content?.take() ?? [];
  }

  rest(): Iterable<TestResult> {
    return this.#content?.rest?.() ?? [];
  }

  dispose(): void {
    this.#content?.dispose?.();
  }

  #contentOf(root: string): XmlContent {
    const format = ROOTS.get(root);
    if (format !== undefined && this.#formats.has(format)) {
      return format === 'trx' ? new TrxReader(this.#note, () => this.#xml.position) : new JunitReader();
    }
    const known = OTHERS.get(root);
    const roots = [...ROOTS].flatMap(([name, of]) => (this.#formats.has(of) ? [`<${name}>`] : []));
    const is = known === undefined ? '' : ` (${known})`;
    return this.#xml.fail(`not a test report that is read: its root is <${root.slice(0, 100)}>${is}, not ${roots.join(', ')}`);
  }
}
