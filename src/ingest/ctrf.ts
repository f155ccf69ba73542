import { cutName } from './bounded-text.ts';
import { ctrfResult, TEST_KEYS, WHOLE_KEYS } from './ctrf-test.ts';
import { type JsonHandler, type JsonScalar, JsonStream } from './json-stream.ts';
import { JsonObject } from './json-value.ts';
import type { TestResult } from './report.ts';
import type { Note, ReportParser } from './report-parser.ts';
import { Spool } from './spool.ts';

const TESTS = '/results/tests';
const SHOWN_KEYS = 5;

/**
 * Reads CTRF (Common Test Report Format, https://ctrf.io), a JSON document whose array `results.tests` is read test by
 * test. The framework is the name of the tool, `results.tool.name`: until it is known, tests wait, in bounded memory.
 */
export class CtrfParser implements ReportParser, JsonHandler {
  readonly #json = new JsonStream(this);
  readonly #note: Note;
  /** The keys of the containers that are open, `''` for those without one. */
  #path: string[] = [];
  #key = '';
  #rootKeys: string[] = [];
  #test: JsonObject | null = null;
  #framework: string | null = null;
  #hasTests = false;
  #tests = 0;
  #counted: number | null = null;
  readonly #held = new Spool<TestResult>();
  #results: TestResult[] = [];

  constructor(note: Note) {
    this.#note = note;
  }

  write(text: string): void {
    this.#json.write(text);
  }

  end(): void {
    this.#json.end();
    if (!this.#hasTests) {
      const keys = this.#rootKeys.length === 0 ? '' : `; it begins with ${this.#rootKeys.join(', ')}`;
      this.#json.fail(`not a CTRF report: it has no array results.tests${keys}`);
    }
    if (this.#counted !== null && this.#counted > this.#tests) {
      this.#note(...this.#json.position, `the summary counts ${this.#counted} tests, the report holds ${this.#tests}`);
    }
  }

  take(): TestResult[] {
    return this.#results.splice(0);
  }

  *rest(): Generator<TestResult> {
    const framework = this.#framework ?? '';
    for (const result of this.#held.items()) yield { ...result, framework };
  }

  dispose(): void {
    this.#held.close();
  }

  open(kind: 'object' | 'array'): void {
    if (this.#test !== null) {
      this.#test.open(kind);
      return;
    }
    if (this.#path.length === 0 && kind === 'array') this.#json.fail('not a CTRF report: it is an array, not an object');
    this.#path.push(this.#path.length === 0 ? '' : this.#key);
    this.#key = '';
    const path = this.#path.join('/');
    if (path === TESTS && kind === 'array') this.#hasTests = true;
    if (path === `${TESTS}/` && kind === 'object') this.#test = new JsonObject(TEST_KEYS, WHOLE_KEYS);
  }

  key(name: string): void {
    this.#key = name;
    this.#test?.key(name);
    if (this.#path.length === 1 && this.#rootKeys.length < SHOWN_KEYS) this.#rootKeys.push(name.slice(0, 40));
  }

  value(value: JsonScalar): void {
    if (this.#test !== null) {
      this.#test.scalar(value);
      return;
    }
    const path = `${this.#path.join('/')}/${this.#key}`;
    if (path === '/results/tool/name' && typeof value === 'string') this.#framework = cutName(value.trim().toLowerCase(), 100);
    if (path === '/results/summary/tests' && typeof value === 'number') this.#counted = value;
    if (this.#path.length === 0) this.#json.fail('not a CTRF report: it is no object');
  }

  close(): void {
    if (this.#test !== null) {
      if (!this.#test.close()) return;
      this.#add(this.#test);
      this.#test = null;
    }
    this.#path.pop();
    this.#key = '';
  }

  #add(test: JsonObject): void {
    this.#tests += 1;
    const result = ctrfResult(test.value, this.#framework ?? '');
    if (result === null) this.#note(...this.#json.position, `test ${this.#tests} has no name: it is left out`);
    else if (this.#framework === null) this.#held.add(result);
    else this.#results.push(result);
  }
}
