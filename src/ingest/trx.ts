import { BoundedText, DETAILS_LIMIT } from './bounded-text.ts';
import type { TestResult } from './report.ts';
import type { Note } from './report-parser.ts';
import { TrxJoin } from './trx-join.ts';
import { type TrxDefinition, type TrxResult, trxOutcome, trxResult } from './trx-result.ts';
import type { XmlContent } from './xml-report.ts';

const MAX_TEXT = 2_000;
const BAD_RUN = /^(?:Error|Failed|Aborted|Timeout)$/;
/** What a run says where nothing is wrong but that tests have failed. */
const THAT_TESTS_FAILED = /\[FAIL\]$|^Exit code indicates failure: '2'/;

/** A result that is open, and what its texts say. */
interface OpenResult {
  readonly attributes: Readonly<Record<string, string>>;
  readonly message: BoundedText;
  readonly stack: BoundedText;
  readonly output: BoundedText;
  /** How many results are within it, and whether one of them failed. */
  inner: number;
  innerFailed: boolean;
}

/**
 * Reads TRX, the test results of Visual Studio and VSTest. A result names its test by an id; class, method and assembly
 * are in a definition that mostly comes after all results: they are joined by `TrxJoin`, in bounded memory. Of a result
 * with rows of data the rows are the results; the whole is one only where it failed and none of them did.
 */
export class TrxReader implements XmlContent {
  readonly #note: Note;
  readonly #position: () => [line: number, column: number];
  readonly #join = new TrxJoin();
  readonly #path: string[] = [];
  readonly #open: OpenResult[] = [];
  #definition: { id: string; fields: TrxDefinition } | null = null;
  #text: BoundedText | null = null;
  /** How bad it is what the run says of itself. */
  #runOutcome = '';
  #counted: { readonly total: number; readonly at: [line: number, column: number] } | null = null;
  #seen = 0;
  #results: TestResult[] = [];

  constructor(note: Note, position: () => [line: number, column: number]) {
    this.#note = note;
    this.#position = position;
  }

  take(): TestResult[] {
    return this.#results.splice(0);
  }

  *rest(): Generator<TestResult> {
    for (const [result, definition] of this.#join.rest()) yield trxResult(result, definition);
  }

  dispose(): void {
    this.#join.dispose();
  }

  open(name: string, attributes: Record<string, string>): void {
    const parent = this.#path.at(-1);
    this.#path.push(name);
    const result = this.#open.at(-1);
    if ((parent === 'Results' || parent === 'InnerResults') && name.includes('Result')) this.#openResult(attributes);
    else if (parent === 'ErrorInfo' && name === 'Message') this.#text = result?.message ?? null;
    else if (parent === 'ErrorInfo' && name === 'StackTrace') this.#text = result?.stack ?? null;
    else if (parent === 'Output' && (name === 'StdOut' || name === 'StdErr')) {
      this.#text = result?.output ?? null;
      this.#text?.add('\n');
    } else if (parent === 'TestDefinitions') {
      this.#definition = {
        id: attributes.id ?? '',
        fields: { className: '', method: '', codeBase: attributes.storage ?? '', adapter: '' },
      };
    } else if (name === 'TestMethod' && this.#definition !== null) {
      const { className = '', name: method = '', codeBase = '', adapterTypeName: adapter = '' } = attributes;
      this.#definition.fields = { className, method, codeBase: codeBase || this.#definition.fields.codeBase, adapter };
    } else if (name === 'Counters' && parent === 'ResultSummary') this.#count(attributes.total);
    else if (name === 'Text' && parent === 'RunInfo') this.#text = new BoundedText(MAX_TEXT);
    if (name === 'RunInfo') this.#runOutcome = attributes.outcome ?? '';
  }

  text(text: string): void {
    this.#text?.add(text);
  }

  close(name: string): void {
    this.#path.pop();
    const parent = this.#path.at(-1);
    if ((parent === 'Results' || parent === 'InnerResults') && name.includes('Result')) this.#closeResult();
    else if (parent === 'TestDefinitions' && this.#definition !== null) {
      this.#join.define(this.#definition.id, this.#definition.fields);
      this.#definition = null;
    } else if (name === 'Text' && parent === 'RunInfo' && BAD_RUN.test(this.#runOutcome)) {
      const told = this.#text?.toString().trim() ?? '';
      if (!THAT_TESTS_FAILED.test(told)) this.#note(...this.#position(), `the run says: ${told}`);
    }
    if (parent === 'ErrorInfo' || parent === 'Output' || parent === 'RunInfo') this.#text = null;
  }

  /** Says, at the end, whether there are results that were counted and are not here. */
  end(): void {
    if (this.#counted !== null && this.#counted.total > this.#seen) {
      this.#note(...this.#counted.at, `the report counts ${this.#counted.total} results, and holds ${this.#seen}`);
    }
  }

  #count(total: string | undefined): void {
    this.#counted = { total: Number(total ?? 0), at: this.#position() };
  }

  #openResult(attributes: Record<string, string>): void {
    this.#seen += 1;
    this.#text = null;
    const [message, stack, output] = [new BoundedText(DETAILS_LIMIT), new BoundedText(DETAILS_LIMIT), new BoundedText(DETAILS_LIMIT)];
    this.#open.push({ attributes, message, stack, output, inner: 0, innerFailed: false });
  }

  #closeResult(): void {
    const open = this.#open.pop();
    if (open === undefined) return;
    const { attributes, message, stack, output, inner, innerFailed } = open;
    const outer = this.#open.at(-1);
    const failed = /^(?:failed|errored)$/.test(trxOutcome(attributes.outcome ?? ''));
    if (outer !== undefined) {
      outer.inner += 1;
      outer.innerFailed ||= failed || innerFailed;
    }
    if (inner > 0 && (!failed || innerFailed)) return;
    const result: TrxResult = {
      testId: attributes.testId ?? '',
      outerId: outer?.attributes.testId ?? '',
      outerName: outer?.attributes.testName ?? '',
      name: attributes.testName ?? '',
      row: attributes.dataRowInfo ?? '',
      outcome: attributes.outcome ?? '',
      duration: attributes.duration ?? '',
      startTime: attributes.startTime ?? '',
      message: message.toString(),
      stack: stack.toString(),
      // Needed only where nothing else says why.
      output: failed && message.isEmpty && stack.isEmpty ? output.toString() : '',
    };
    const definition = this.#join.match(result);
    if (definition !== null) this.#results.push(trxResult(result, definition));
  }
}
