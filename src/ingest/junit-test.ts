import { BoundedText, DETAILS_LIMIT } from './bounded-text.ts';
import type { Attributes } from './junit-identity.ts';
import type { TestAttempt, TestFailure, TestOutcome, TestResult } from './report.ts';
import { silentFailure, testFailure } from './test-failure.ts';

const MAX_DURATION_MS = 2_147_483_647;
const MAX_ATTEMPTS = 100;

const VERDICTS = new Map<string, TestOutcome>([
  ['failure', 'failed'],
  ['error', 'errored'],
]);
const EARLIER = new Map<string, TestOutcome>([
  ['flakyFailure', 'failed'],
  ['flakyError', 'errored'],
]);
const LATER = new Map<string, TestOutcome>([
  ['rerunFailure', 'failed'],
  ['rerunError', 'errored'],
]);
const OUTPUT = new Set(['system-out', 'system-err']);

/** One element that says why an attempt did not pass. */
class Verdict {
  readonly outcome: TestOutcome;
  readonly attributes: Attributes;
  readonly details = new BoundedText(DETAILS_LIMIT);
  readonly output = new BoundedText(DETAILS_LIMIT);

  constructor(outcome: TestOutcome, attributes: Attributes) {
    this.outcome = outcome;
    this.attributes = attributes;
  }

  /** Of a runner that writes nothing into the failure (CTest), what the test named `name` printed is all there is. */
  failure(name: string, read: (text: string) => string): TestFailure {
    const type = this.attributes.type?.trim() ?? '';
    const message = read(this.attributes.message ?? '').trim();
    const details = this.details.toString().trim();
    return details === '' && message === ''
      ? silentFailure(type, name, this.output.toString().trim())
      : testFailure(type, message, details);
  }

  attempt(name: string, read: (text: string) => string): TestAttempt {
    return { outcome: this.outcome, durationMs: milliseconds(this.attributes.time), failure: this.failure(name, read) };
  }
}

/**
 * What stands between `<testcase>` and its end. A runner that repeats tests writes, where the test passed in the end,
 * `flakyFailure` and `flakyError` for the attempts before; where it never did, the first attempt as `failure` or
 * `error` and the others as `rerunFailure` and `rerunError`, of which the last decides. Of several failures in one
 * attempt the first decides, the others' messages and texts follow in its details.
 */
export class JunitTest {
  readonly attributes: Attributes;
  #verdict: Verdict | null = null;
  #isSkipped = false;
  #mayFail = false;
  readonly #earlier: Verdict[] = [];
  readonly #later: Verdict[] = [];
  readonly #output = new BoundedText(DETAILS_LIMIT);
  /** The attempt that is open, if one is. */
  #attempt: Verdict | null = null;
  /** Where text goes. */
  #text: BoundedText | null = null;

  constructor(attributes: Attributes) {
    this.attributes = attributes;
  }

  /** An element of the test's own. */
  open(name: string, attributes: Attributes): void {
    const verdict = VERDICTS.get(name);
    const repeated = EARLIER.get(name) ?? LATER.get(name);
    if (repeated !== undefined) {
      this.#attempt = new Verdict(repeated, attributes);
      const attempts = EARLIER.has(name) ? this.#earlier : this.#later;
      attempts[Math.min(attempts.length, MAX_ATTEMPTS - 1)] = this.#attempt;
      this.#text = this.#attempt.details;
    } else if (verdict !== undefined) {
      if (this.#verdict === null) this.#verdict = new Verdict(verdict, attributes);
      else this.#verdict.details.add(`\n\n${attributes.message ?? ''}\n`);
      this.#text = this.#verdict.details;
    } else if (name === 'skipped') {
      this.#isSkipped = true;
      // Catch2 adds the failure that a test is allowed.
      this.#mayFail ||= attributes.message?.endsWith('tagged with !mayfail') ?? false;
    } else if (OUTPUT.has(name)) {
      this.#text = this.#output;
      this.#text.add('\n');
    }
  }

  /** An element within an element of the test: Surefire and Playwright write into an attempt what it printed. */
  openWithin(name: string): void {
    if (this.#attempt === null) return;
    this.#text = name === 'stackTrace' ? this.#attempt.details : OUTPUT.has(name) ? this.#attempt.output : null;
  }

  closeWithin(): void {
    if (this.#attempt !== null) this.#text = this.#attempt.details;
  }

  text(text: string): void {
    this.#text?.add(text);
  }

  close(): void {
    this.#attempt = null;
    this.#text = null;
  }

  /** How the test ended; `read` undoes what a framework does to its messages. */
  ending(read: (text: string) => string): Pick<TestResult, 'outcome' | 'durationMs' | 'failure' | 'attempts'> {
    const name = this.attributes.name ?? '';
    const durationMs = milliseconds(this.attributes.time);
    this.#verdict?.output.add(this.#output.toString());
    const failures = this.#verdict === null || this.#mayFail ? [] : [this.#verdict, ...this.#later];
    const last = failures.pop();
    // An attempt that is said to come later, of a test that failed nowhere, came before it passed.
    const before = [...this.#earlier, ...(last === undefined ? this.#later : failures)];
    const attempts = before.slice(0, MAX_ATTEMPTS).map((attempt) => attempt.attempt(name, read));
    return { outcome: last?.outcome ?? this.#outcome(), durationMs, failure: last?.failure(name, read) ?? null, attempts };
  }

  /** A test without a verdict has passed, unless its status says that it did not run (GoogleTest, CTest). */
  #outcome(): TestOutcome {
    if (this.#isSkipped) return 'skipped';
    const { status, result } = this.attributes;
    return /^(?:notrun|disabled|skipped|suppressed)$/i.test(status ?? result ?? '') ? 'skipped' : 'passed';
  }
}

/** Whole milliseconds of a time in seconds, which Surefire writes with commas between thousands; null for nonsense. */
export function milliseconds(time: string | undefined): number | null {
  if (time === undefined || time.trim() === '') return null;
  const value = Math.round(Number(time.replaceAll(',', '')) * 1000);
  return value >= 0 && value <= MAX_DURATION_MS ? value : null;
}
