import { cutMiddle } from './bounded-text.ts';
import type { TestFailure } from './report.ts';

const MESSAGE_LIMIT = 8_000;
const TYPE_LIMIT = 200;
const LINES_READ = 200;

/** What a runner writes where it has no class of error to name. */
const SAYS_NOTHING = new Set(['', 'exception', 'testCodeFailure', 'Failed', 'failed']);

/** Lines that precede the message in the text: Go's marks, PHPUnit's name of the test, Jest's heading. */
const NOT_A_MESSAGE = /^(?:=== [A-Z]+ |--- (?:FAIL|SKIP|PASS): |[\w\\]+::\w+(?: with data set .*)?$|● )/;

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

function firstMessageLine(details: string): string {
  for (const line of details.slice(0, MESSAGE_LIMIT).split('\n', LINES_READ)) {
    const text = line.trim();
    if (text !== '' && !NOT_A_MESSAGE.test(text)) return text.replace(/^[\w./-]+\.go:\d+: /, '');
  }
  return '';
}
