import { cutMiddle } from './bounded-text.ts';
import type { TestFailure } from './report.ts';

const MESSAGE_LIMIT = 8_000;
const TYPE_LIMIT = 200;
const LINES_READ = 200;

/** What a runner writes where it has no class of error to name. */
const SAYS_NOTHING = new Set(['', 'exception', 'testCodeFailure', 'Failed', 'failed', 'failure', 'error']);

/**
 * Lines that precede the message in the text: Go's marks, PHPUnit's name of the test, the headings of Jest and
 * Catch2, the places of bats. */
const NOT_A_MESSAGE =
  /^(?:=== [A-Z]+ |--- (?:FAIL|SKIP|PASS): |[\w\\]+::\w+(?: with data set .*)?$|● |FAILED:$|\(?(?:in test file|from function|in file) .*[,)]$)/;

const ERROR_PREFIX = /^(?:Uncaught )?((?:[\w$]+[.\\])*[\w$]*(?:Error|Exception|Failure|Timeout|Warning))(?: \[\w+\])?: /;

/**
 * A failure's class and message where the report names them; else as the first line of its text has them
 * (`RangeError: quantity must be positive`). Jest and PHPUnit write no message, pytest no class, Go neither; Node's
 * class is that of the cause in its text, pytest's fixtures put theirs in quotes.
 */
export function testFailure(type: string, message: string, details: string): TestFailure {
  let found = { type: SAYS_NOTHING.has(type) ? '' : type, message: SAYS_NOTHING.has(message) ? '' : message };
  if (found.message === '') found.message = firstMessageLine(details) || message;
  const fixture = /^failed on (setup|teardown) with "([\w.]+): (.*)"$/s.exec(found.message);
  if (fixture) found = { type: fixture[2] ?? '', message: `failed on ${fixture[1]}: ${fixture[3]}` };
  if (found.type === '') {
    const cause = /^ *cause: (?:Error \[((?!ERR_)\w+)\]|([A-Za-z_$][\w$]*))/m.exec(details.slice(0, MESSAGE_LIMIT));
    const prefix = ERROR_PREFIX.exec(found.message);
    if (type === 'testCodeFailure' && cause) found.type = cause[1] ?? cause[2] ?? '';
    else if (prefix) found = { type: prefix[1] ?? '', message: found.message.slice(prefix[0].length) };
  } else if (found.message.startsWith(`${found.type}: `)) {
    found.message = found.message.slice(found.type.length + 2);
  }
  return {
    type: (found.type || type).slice(0, TYPE_LIMIT),
    message: cutMiddle(found.message, MESSAGE_LIMIT),
    details: details === '' ? cutMiddle(message, MESSAGE_LIMIT) : details,
  };
}

const ERROR_LINE = /^(?:Uncaught )?((?:[\w$]+\.)*[\w$]*(?:Error|Exception|Failure))(?: \[\w+\])?:/;

/** The class that a stack trace begins with; '' where it begins with anything else. */
export function errorTypeOf(trace: string): string {
  return ERROR_LINE.exec(trace)?.[1] ?? '';
}

function firstMessageLine(details: string): string {
  for (const line of details.slice(0, MESSAGE_LIMIT).split('\n', LINES_READ)) {
    const text = line.trim();
    if (text !== '' && !NOT_A_MESSAGE.test(text)) return text.replace(/^[\w./-]+\.go:\d+: /, '');
  }
  return '';
}

const TROUBLE = /\b(?:error|fail(?:ed|ure)?|exception|assert\w*|panic(?:ked)?|fatal|abort(?:ed)?)\b/i;

/**
 * The failure of a test of which there is nothing but what it printed: its message is the first line that speaks of
 * trouble, else the first. A test that printed nothing has failed in its own way, not in that of all silent ones.
 */
export function silentFailure(type: string, name: string, output: string): TestFailure {
  const lines = output.slice(0, MESSAGE_LIMIT).split('\n', LINES_READ);
  const telling = lines.find((line) => TROUBLE.test(line)) ?? lines.find((line) => line.trim() !== '');
  return testFailure(type, telling?.trim() ?? `${name} failed and said nothing`, output);
}
