import { cutMiddle, cutName, DETAILS_LIMIT } from './bounded-text.ts';
import type { TestFailure, TestOutcome, TestResult } from './report.ts';
import { errorTypeOf, silentFailure, testFailure } from './test-failure.ts';

const MAX_DURATION_MS = 2_147_483_647;

/** A result as it stands in the file; of a row of data, also the result around it. */
export interface TrxResult {
  readonly testId: string;
  readonly outerId: string;
  readonly outerName: string;
  readonly name: string;
  readonly row: string;
  readonly outcome: string;
  readonly duration: string;
  readonly startTime: string;
  readonly message: string;
  readonly stack: string;
  readonly output: string;
}

/** The code that a test is; '' where the file says nothing. */
export interface TrxDefinition {
  readonly className: string;
  readonly method: string;
  readonly codeBase: string;
  readonly adapter: string;
}

const OUTCOMES = new Map<string, TestOutcome>([
  ['passed', 'passed'],
  ['passedbutrunaborted', 'passed'],
  ['warning', 'passed'],
  ['completed', 'passed'],
  ['failed', 'failed'],
  ['notexecuted', 'skipped'],
  ['inconclusive', 'skipped'],
  ['pending', 'skipped'],
]);

/**
 * | outcome                                                              | is      |
 * |----------------------------------------------------------------------|---------|
 * | Passed, PassedButRunAborted, Warning, Completed                      | passed  |
 * | Failed                                                               | failed  |
 * | Error, Timeout, Aborted, Disconnected, NotRunnable, InProgress, none | errored |
 * | NotExecuted, Inconclusive, Pending                                   | skipped |
 */
export function trxOutcome(outcome: string): TestOutcome {
  return OUTCOMES.get(outcome.toLowerCase()) ?? 'errored';
}

/** The result of a test: its suite is the class; what follows the method in brackets, or the row of data, its parameters. */
export function trxResult(result: TrxResult, definition: TrxDefinition): TestResult {
  const outcome = trxOutcome(result.outcome);
  const className = said(definition.className).split(',', 1)[0] ?? '';
  const { suite, name, parameters } = nameOf(result, className, said(definition.method));
  const isAssembly = /\.(?:dll|exe)$/i.test(definition.codeBase);
  return {
    framework: isAssembly || /^executor:/i.test(definition.adapter) ? 'dotnet' : '',
    suite: cutName(suite, 300),
    file: cutName(isAssembly ? '' : definition.codeBase, 500),
    name: cutName(name || '(no name)', 500),
    parameters: cutName(parameters, 500),
    outcome,
    durationMs: milliseconds(result.duration),
    startedAt: instant(result.startTime),
    failure: outcome === 'failed' || outcome === 'errored' ? failureOf(result) : null,
    attempts: [],
  };
}

/** A writer that has no classes calls them `none`. */
function said(name: string): string {
  return name === 'none' ? '' : name.trim();
}

function nameOf(result: TrxResult, className: string, method: string): { suite: string; name: string; parameters: string } {
  const written = result.name.trim();
  const own = className !== '' && written.startsWith(`${className}.`) ? written.slice(className.length + 1) : written;
  const plain = className !== '' && method.startsWith(`${className}.`) ? method.slice(className.length + 1) : method;
  const call = /^([^\s(]+) ?\((.*)\)$/s.exec(own);
  const called = call?.[1] === plain || (call !== null && plain === '' && /^[\w.+`]+$/.test(call[1] ?? ''));
  const base = called ? (call?.[1] ?? '') : own;
  const parameters = called ? (call?.[2] ?? '') : '';
  if (result.row !== '' && parameters === '')
    return { suite: className, name: result.outerName.trim() || base, parameters: `row ${result.row}` };
  // Without a definition, a name that is qualified says the class.
  const qualified = className === '' && /^[\w.+`]+\.\w+$/.test(base) ? base.lastIndexOf('.') : -1;
  return {
    suite: qualified < 0 ? className : base.slice(0, qualified),
    name: qualified < 0 ? base : base.slice(qualified + 1),
    parameters,
  };
}

function failureOf({ message, stack, output, outcome, name }: TrxResult): TestFailure {
  const text = message
    .replaceAll('\r', '')
    .trim()
    // MSTest says first which test it was, xUnit and NUnit put a space before the colon.
    .replace(/^Test method \S+ threw exception: *\n?/, '')
    .replace(/^((?:[\w]+\.)*\w*(?:Exception|Error)) : /, '$1: ');
  const trace = stack.replaceAll('\r', '').trimEnd();
  if (text === '' && trace === '') {
    return output.trim() === ''
      ? testFailure('', `${name} ended with ${outcome || 'no outcome'}`, '')
      : silentFailure('', name, output.trim());
  }
  const [first = ''] = text.split('\n', 1);
  const details = trace.includes(first) ? trace.trim() : `${text}\n${trace}`.trim();
  // Jest's writer puts the stack into the message.
  const frames = trace === '' ? text.search(/\n\s+at /) : -1;
  return testFailure(errorTypeOf(details), frames < 0 ? text : text.slice(0, frames), cutMiddle(details, DETAILS_LIMIT));
}

/** Whole milliseconds of `[days.]hours:minutes:seconds`; null for nonsense. */
function milliseconds(duration: string): number | null {
  const match = /^(?:(\d{1,4})\.)?(\d{1,4}):(\d\d):(\d\d(?:\.\d{1,9})?)$/.exec(duration.trim());
  if (match === null) return null;
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
  const ms = Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000);
  return ms <= MAX_DURATION_MS ? ms : null;
}

/** An instant without a zone is read as UTC; .NET's first year is what a test has that did not run. */
function instant(written: string): string | null {
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(written)) return null;
  const date = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(written) ? written : `${written}Z`);
  return date.getTime() > 0 ? date.toISOString() : null;
}
