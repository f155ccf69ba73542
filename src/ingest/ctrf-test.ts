import { cutName } from './bounded-text.ts';
import type { JsonValue } from './json-value.ts';
import type { TestAttempt, TestFailure, TestOutcome, TestResult } from './report.ts';
import { errorTypeOf, testFailure } from './test-failure.ts';

const MAX_ATTEMPTS = 100;
const MAX_DURATION_MS = 2_147_483_647;
/** Before this, a start is in seconds: some reporters have written it so, and no CTRF is older than 2001. */
const EARLIEST_MS = 1e12;

export const TEST_KEYS: ReadonlySet<string> = new Set(
  'name status rawStatus duration start message trace suite filePath retries flaky browser device parameters retryAttempts attempt'.split(
    ' ',
  ),
);
/** What a test was run with is kept, whatever its keys. */
export const WHOLE_KEYS: ReadonlySet<string> = new Set(['parameters']);

const ERRORED = /^(?:timed ?out|timeout|interrupted|broken|error(?:ed)?|crashed|aborted)$/i;

type Fields = { readonly [key: string]: JsonValue };

/**
 * The result that a test of a CTRF report stands for; its framework is the report's. Null without a name.
 *
 * | status, or rawStatus                                      | outcome                                     |
 * |-----------------------------------------------------------|---------------------------------------------|
 * | passed                                                    | passed                                      |
 * | failed                                                    | failed                                      |
 * | failed or other, and timedOut, broken, interrupted, error | errored                                     |
 * | skipped, pending                                          | skipped                                     |
 * | other                                                     | errored with a message or trace, else skipped |
 */
export function ctrfResult(test: Fields, framework: string): TestResult | null {
  const whole = text(test.name).trim();
  if (whole === '') return null;
  const outcome = outcomeOf(test);
  const written = suiteOf(test.suite);
  // A reporter of Vitest puts the test into the suite, and the suite into the test.
  const suite = written === whole ? written.split(' > ').slice(0, -1).join(' > ') : written;
  const name = suite !== '' && whole.startsWith(`${suite} > `) ? whole.slice(suite.length + 3) : whole;
  return {
    framework,
    suite: cutName(suite, 300),
    file: cutName(text(test.filePath), 500),
    name: cutName(name, 500),
    parameters: cutName(parametersOf(test), 500),
    outcome,
    durationMs: milliseconds(test.duration),
    startedAt: instant(test.start),
    failure: failureOf(test, outcome),
    attempts: attemptsOf(test, outcome),
  };
}

function outcomeOf(test: Fields): TestOutcome {
  const status = text(test.status).toLowerCase();
  if (status === 'passed') return 'passed';
  if (status === 'skipped' || status === 'pending') return 'skipped';
  if (ERRORED.test(text(test.rawStatus)) || ERRORED.test(status)) return 'errored';
  if (status === 'failed') return 'failed';
  return text(test.message) + text(test.trace) === '' ? 'skipped' : 'errored';
}

function failureOf(test: Fields, outcome: TestOutcome): TestFailure | null {
  if (outcome !== 'failed' && outcome !== 'errored') return null;
  let message = text(test.message).trim();
  const trace = text(test.trace).trim();
  const type = errorTypeOf(trace);
  // Mocha's reporter puts no colon between class and message.
  if (type !== '' && message.startsWith(`${type} `)) message = message.slice(type.length + 1);
  const details = trace.includes(message) ? trace : `${message}\n${trace}`.trim();
  return testFailure(type, message, details);
}

/**
 * The attempts before the last. Reporters differ in whether they list the last one as well: where they say how often
 * the test was repeated, as many attempts came before; else the last one listed is the last if it ended as the test did
 * and a number says that the first one is listed too. Where the attempts are counted and not listed, they failed.
 */
function attemptsOf(test: Fields, outcome: TestOutcome): TestAttempt[] {
  const listed = (Array.isArray(test.retryAttempts) ? test.retryAttempts : []).filter(isFields).map((fields) => {
    const ended = outcomeOf(fields);
    return {
      number: fields.attempt,
      result: { outcome: ended, durationMs: milliseconds(fields.duration), failure: failureOf(fields, ended) },
    };
  });
  const retries = typeof test.retries === 'number' && test.retries >= 0 ? Math.trunc(test.retries) : null;
  if (listed.length === 0) {
    const failed = Math.min(retries ?? 0, MAX_ATTEMPTS) || (test.flaky === true && outcome === 'passed' ? 1 : 0);
    return outcome === 'skipped' ? [] : Array.from({ length: failed }, () => ({ outcome: 'failed', durationMs: null, failure: null }));
  }
  const last = listed.at(-1);
  const endsWithLast = last?.result.outcome === outcome && listed[0]?.number === 1 && last.number === listed.length && listed.length > 1;
  const before = retries !== null ? listed.slice(0, Math.max(retries, listed.length - 1)) : endsWithLast ? listed.slice(0, -1) : listed;
  return before.slice(0, MAX_ATTEMPTS).map(({ result }) => result);
}

/** A list of names, or as older reports have it one text in which ` > ` stands between them. */
function suiteOf(suite: JsonValue | undefined): string {
  return Array.isArray(suite) ? suite.map(text).filter(Boolean).join(' > ') : text(suite).trim();
}

/** What the test was run with, and where: the same test in two browsers is two. A browser's version is no part of it. */
function parametersOf({ parameters, browser, device }: Fields): string {
  const ran = new Map(Object.entries(isFields(parameters) ? parameters : {}));
  if (text(browser) !== '') ran.set('browser', text(browser).replace(/[\s/]v?\d[\w.]*$/, ''));
  if (text(device) !== '') ran.set('device', text(device));
  const sorted = [...ran].sort(([one], [two]) => (one < two ? -1 : 1));
  return sorted.length === 0 ? '' : JSON.stringify(Object.fromEntries(sorted));
}

function isFields(value: JsonValue | undefined): value is { [key: string]: JsonValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';
}

function milliseconds(value: JsonValue | undefined): number | null {
  if (typeof value !== 'number' || !(value >= 0)) return null;
  const whole = Math.round(value);
  return whole <= MAX_DURATION_MS ? whole : null;
}

function instant(value: JsonValue | undefined): string | null {
  if (typeof value !== 'number' || !(value > 0)) return null;
  const date = new Date(value < EARLIEST_MS / 100 ? value * 1000 : value);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999 ? null : date.toISOString();
}
