import { createHash } from 'node:crypto';
import { type ProjectStack, projectStack } from './frames.ts';
import { normalizeMessage } from './normalize.ts';
import type { TestFailure } from './report.ts';
import { type FailedTest, isOfTest, testPlace } from './test-place.ts';

/** Raised whenever a rule changes, so that old and new fingerprints never meet. */
export const FINGERPRINT_VERSION = 1;

/** How a project wants its failures grouped, beside what holds for all. */
export interface FingerprintRules {
  /** How many of the innermost frames count: 0 to 10, 5 by default. */
  readonly frames?: number;
  /** Whether the message counts, as it does by default. */
  readonly message?: boolean;
  /** Texts that do not count, in which `*` stands for any characters of a line. */
  readonly ignore?: readonly string[];
}

const DEFAULT_FRAMES = 5;
const MAX_FRAMES = 10;

const TITLE_LIMIT = 200;
const TITLE_READ = 1_000;

/** Where a message ends and a comparison begins, which repeats the values without quotes. */
const COMPARISON = /\n|\s{3,}|\bDiff:|@@|--- Expected|[-+] (?:actual|expected) [-+] /;

/**
 * The identity of a defect: two failures with the same error type, the same normalised message and the same places in
 * the project are one, on whatever machine, line or run. Where nothing says in which place of a test it failed, the test
 * itself is the place.
 *
 * It is the SHA-256 (32 bytes) of the UTF-8 of a JSON array, whose quoting leaves no two inputs the same text:
 *
 * | element | what                                                                                          |
 * |---------|-----------------------------------------------------------------------------------------------|
 * | 0       | `FINGERPRINT_VERSION`, a number                                                               |
 * | 1       | the error type, as reported, white space folded                                               |
 * | 2       | `normalizeMessage(message)`                                                                   |
 * | 3       | the frames of `projectStack(details)`, an array, innermost first                              |
 * | 4       | suite and name of the test, numbers and ids as in a message; '' where the test does not count |
 *
 * `isOfTest` says when the test counts. The rules of a project leave out parts of elements 2 and 3, and the test with all of
 * the frames.
 */
export function fingerprint(failure: TestFailure, test: FailedTest, rules: FingerprintRules = {}): Uint8Array {
  return new FailureIdentity(failure, test).fingerprint(rules);
}

/** What a fingerprint is made of, in lines that people read: version, type, message, frames, and the test where it counts. */
export function explainFingerprint(failure: TestFailure, test: FailedTest, rules: FingerprintRules = {}): string {
  return new FailureIdentity(failure, test).explanation(rules);
}

type Identity = readonly [version: number, type: string, message: string, frames: readonly string[], test: string];

/** What tells a failure from others, by whatever rules: its stack and its message, which are the most of the work, are read once. */
export class FailureIdentity {
  readonly #failure: TestFailure;
  readonly #test: FailedTest;
  readonly #stack: ProjectStack;
  #message: string | null = null;

  constructor(failure: TestFailure, test: FailedTest) {
    this.#failure = failure;
    this.#test = test;
    this.#stack = projectStack(failure.details, MAX_FRAMES);
  }

  /** As `fingerprint` gives it. */
  fingerprint(rules: FingerprintRules): Uint8Array {
    return new Uint8Array(
      createHash('sha256')
        .update(JSON.stringify(this.#by(rules)))
        .digest(),
    );
  }

  /** As `explainFingerprint` gives it. */
  explanation(rules: FingerprintRules): string {
    const [version, type, message, frames, place] = this.#by(rules);
    const lines = [`version ${version}`, `type ${type}`, `message ${message}`, ...frames.map((frame) => `frame ${frame}`)];
    return [...lines, ...(place === '' ? [] : [`test ${place}`])].join('\n');
  }

  #by({ frames: limit = DEFAULT_FRAMES, message: counts = true, ignore = [] }: FingerprintRules): Identity {
    const { type, message } = this.#failure;
    return [
      FINGERPRINT_VERSION,
      type.replace(/\s+/g, ' ').trim(),
      counts ? this.#messageWithout(ignore) : '',
      this.#stack.frames.slice(0, limit),
      limit > 0 && isOfTest(type, message, this.#stack) ? testPlace(this.#test) : '',
    ];
  }

  #messageWithout(ignore: readonly string[]): string {
    if (ignore.length > 0) return normalizeMessage(withoutIgnored(this.#failure.message, ignore));
    this.#message ??= normalizeMessage(this.#failure.message);
    return this.#message;
  }
}

const IGNORED_READ = 4_000;

/** A message with what its project ignores left out, and cut where nothing is read any more. */
function withoutIgnored(message: string, ignore: readonly string[]): string {
  return ignore.reduce(
    (text, pattern) => {
      // Between two stars the text is looked for as it is: no repetition can match in two ways.
      const [first = '', ...rest] = pattern.split('*').filter((part, n, parts) => part !== '' || n === 0 || n === parts.length - 1);
      return text
        .split('\n')
        .map((line) => leaveOut(line, first, rest))
        .join('\n');
    },
    message.slice(0, IGNORED_READ),
  );
}

/** A line with the first place left out in which the parts stand one after the other; to its end where the last is empty. */
function leaveOut(line: string, first: string, rest: readonly string[]): string {
  const begin = line.indexOf(first);
  if (begin < 0) return line;
  let end = begin + first.length;
  for (const [n, part] of rest.entries()) {
    if (part === '' && n === rest.length - 1) return line.slice(0, begin);
    const found = line.indexOf(part, end);
    if (found < 0) return line;
    end = found + part.length;
  }
  return line.slice(0, begin) + line.slice(end);
}

/**
 * One line of at most 200 characters that everyone may read: error type and the message's first line, both normalised,
 * so that no address, key, quoted value or credential gets into it. Nothing is taken from the details, nor from the
 * comparison of values that some messages go on with.
 */
export function defectTitle(failure: TestFailure): string {
  const type =
    normalizeMessage(failure.type)
      .split(/[.\\]|::/)
      .at(-1) ?? '';
  const [firstLine = ''] = failure.message.trim().slice(0, TITLE_READ).split(COMPARISON, 1);
  const message = normalizeMessage(firstLine).replace(/ ?:$/, '');
  const title = type === '' || message.startsWith(type) ? message : message === '' ? type : `${type}: ${message}`;
  if (title === '') return 'Test failed';
  return title.length <= TITLE_LIMIT ? title : `${title.slice(0, TITLE_LIMIT - 1).replace(/(?:<\w*|[\ud800-\udbff]|\s)$/, '')}…`;
}
