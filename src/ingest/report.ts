/** What became of one test in one run. `errored`: it broke outside of an assertion, as the report says it. */
export type TestOutcome = 'passed' | 'failed' | 'errored' | 'skipped';

/**
 * Why a test did not pass. `type` is the error's class, '' where the report names none; `message` is at most 8,000
 * characters; `details` is the whole text of the failure, stack included, at most 65,536 characters (cut in the
 * middle, with a line that says how much was left out).
 */
export interface TestFailure {
  type: string;
  message: string;
  details: string;
}

/** An attempt before the last one: a runner that repeats a test reports what became of each. */
export interface TestAttempt {
  outcome: TestOutcome;
  durationMs: number | null;
  failure: TestFailure | null;
}

/**
 * One result of one test. Framework, suite, name and parameters are the test's identity (with the project); `file` is
 * as the runner wrote it and may be absolute. `durationMs` is whole milliseconds; `startedAt` is ISO 8601 in UTC, of
 * the test where the report has it, else of its suite. `outcome` is the last attempt's; `attempts` are those before it,
 * the first one first, none where the runner did not repeat the test.
 */
export interface TestResult {
  framework: string;
  suite: string;
  file: string;
  name: string;
  parameters: string;
  outcome: TestOutcome;
  durationMs: number | null;
  startedAt: string | null;
  failure: TestFailure | null;
  attempts: TestAttempt[];
}

/** Where and why a report could not be read further: line and column count from 1. */
export interface ReportProblem {
  file: string;
  line: number;
  column: number;
  message: string;
}
