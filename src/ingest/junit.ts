import { BoundedText, DETAILS_LIMIT } from './bounded-text.ts';
import { testFailure } from './junit-failure.ts';
import { type Attributes, type JunitSuite, testIdentity } from './junit-identity.ts';
import type { ReportProblem, TestFailure, TestOutcome, TestResult } from './report.ts';
import { XmlBreak, type XmlHandler, XmlStream } from './xml-stream.ts';
import { xmlText } from './xml-text.ts';

const OUTCOMES: Readonly<Record<string, TestOutcome>> = { failure: 'failed', error: 'errored', skipped: 'skipped' };
const TELLING_PROPERTIES = new Set(['go.version', 'java.version']);
const MAX_DURATION_MS = 2_147_483_647;

interface OpenTest {
  attributes: Attributes;
  /** Of the outcomes that the test has: the first failure or error, else skipped, else none. */
  outcome: TestOutcome | null;
  type: string;
  message: string;
  details: BoundedText;
}

/**
 * Reads a JUnit XML report as it comes, in memory that does not grow with it, and yields a result for each test that
 * ends. Of a test with several failures the first decides, the others' messages and texts follow in its details.
 * Attempts that a runner repeated (`flakyFailure`, `rerunFailure`, …) are passed over: the final outcome counts.
 *
 * Input that is no XML, no JUnit report or cut off is no exception: what was complete before the break is yielded and
 * `onProblem` is called once, with the place. An error of `chunks` itself is thrown on.
 */
export async function* readJunit(
  chunks: AsyncIterable<Uint8Array>,
  file: string,
  onProblem: (problem: ReportProblem) => void,
): AsyncGenerator<TestResult> {
  const reader = new JunitReader();
  const xml = new XmlStream(reader);
  let problem: ReportProblem | null = null;
  try {
    for await (const text of xmlText(chunks)) {
      xml.write(text);
      yield* reader.take();
    }
    xml.end();
  } catch (error) {
    if (!(error instanceof XmlBreak)) throw error;
    problem = { file, line: error.line, column: error.column, message: error.message };
  }
  yield* reader.take();
  if (problem !== null) onProblem(problem);
}

class JunitReader implements XmlHandler {
  #path: string[] = [];
  #root: Attributes | null = null;
  #suites: JunitSuite[] = [];
  #test: OpenTest | null = null;
  /** Where the text of the failure that is open goes. */
  #text: BoundedText | null = null;
  #results: TestResult[] = [];

  /** The results that have ended since the last call. */
  take(): TestResult[] {
    return this.#results.splice(0);
  }

  open(name: string, attributes: Attributes): string | undefined {
    const parent = this.#path.at(-1);
    if (parent === undefined && name !== 'testsuites' && name !== 'testsuite') {
      return `not a JUnit report: its root is <${name.slice(0, 100)}>, not <testsuites> or <testsuite>`;
    }
    this.#path.push(name);
    const inSuite = parent === 'testsuites' || parent === 'testsuite';
    if (name === 'testsuites' && parent === undefined) this.#root = attributes;
    else if (name === 'testsuite' && (inSuite || parent === undefined)) {
      this.#suites.push({ attributes, properties: new Set() });
    } else if (name === 'property' && parent === 'properties' && TELLING_PROPERTIES.has(attributes.name ?? '')) {
      this.#suites.at(-1)?.properties.add(attributes.name ?? '');
    } else if (name === 'testcase' && inSuite) {
      const details = new BoundedText(DETAILS_LIMIT);
      this.#test = { attributes, outcome: null, type: '', message: '', details };
    } else if (parent === 'testcase' && this.#test !== null) {
      this.#openOutcome(this.#test, name, attributes);
    }
    return undefined;
  }

  #openOutcome(test: OpenTest, name: string, attributes: Attributes): void {
    const outcome = OUTCOMES[name];
    if (outcome === undefined) return;
    const isFirst = test.outcome === null || test.outcome === 'skipped';
    if (outcome === 'skipped') {
      test.outcome ??= outcome;
      return;
    }
    if (isFirst) {
      test.outcome = outcome;
      test.type = attributes.type ?? '';
      test.message = attributes.message ?? '';
    } else {
      test.details.add(`\n\n${attributes.message ?? ''}\n`);
    }
    this.#text = test.details;
  }

  text(text: string): void {
    this.#text?.add(text);
  }

  close(name: string): void {
    this.#path.pop();
    const parent = this.#path.at(-1);
    const inSuite = parent === 'testsuites' || parent === 'testsuite';
    if (name === 'testsuite' && (inSuite || parent === undefined)) this.#suites.pop();
    else if (name === 'testcase' && inSuite && this.#test !== null) {
      this.#results.push(this.#result(this.#test));
      this.#test = null;
    } else if (parent === 'testcase') this.#text = null;
  }

  #result(test: OpenTest): TestResult {
    const suites = this.#suites;
    const testcase = test.attributes;
    const identity = testIdentity({ root: this.#root, suites, testcase });
    return {
      ...identity,
      outcome: test.outcome ?? outcomeOf(testcase),
      durationMs: milliseconds(testcase.time),
      startedAt: instant([testcase, ...suites.map((suite) => suite.attributes).toReversed()]),
      failure: failureOf(test, identity.framework),
    };
  }
}

function failureOf(test: OpenTest, framework: string): TestFailure | null {
  if (test.outcome !== 'failed' && test.outcome !== 'errored') return null;
  const message = framework === 'node' ? test.message.replaceAll('&quot;', '"') : test.message;
  return testFailure(test.type.trim(), message.trim(), test.details.toString().trim());
}

/** A test without an outcome of its own has passed, unless its status says that it did not run (GoogleTest, CTest). */
function outcomeOf(testcase: Attributes): TestOutcome {
  return /^(?:notrun|disabled|skipped|suppressed)$/i.test(testcase.status ?? testcase.result ?? '') ? 'skipped' : 'passed';
}

/** Whole milliseconds of a time in seconds, which Surefire writes with commas between thousands; null for nonsense. */
function milliseconds(time: string | undefined): number | null {
  if (time === undefined || time.trim() === '') return null;
  const value = Math.round(Number(time.replaceAll(',', '')) * 1000);
  return value >= 0 && value <= MAX_DURATION_MS ? value : null;
}

/**
 * The nearest timestamp, in UTC. One without a zone is read as UTC, whatever the zone of the machine that reads; the
 * epoch is what Jest writes for a suite that never began.
 */
function instant(elements: readonly Attributes[]): string | null {
  const written = elements.find((element) => element.timestamp)?.timestamp?.trim();
  if (written === undefined || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(written)) return null;
  const date = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(written) ? written : `${written}Z`);
  return date.getTime() > 0 ? date.toISOString() : null;
}
