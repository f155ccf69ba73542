import { createHash } from 'node:crypto';
import { projectFrames } from './frames.ts';
import { normalizeMessage } from './normalize.ts';
import type { TestFailure } from './report.ts';

export { normalizeMessage, projectFrames };

/** Raised whenever a rule changes, so that old and new fingerprints never meet. */
export const FINGERPRINT_VERSION = 1;

const TITLE_LIMIT = 200;
const TITLE_READ = 1_000;

/** Where a message ends and a comparison begins, which repeats the values without quotes. */
const COMPARISON = /\n|\s{3,}|\bDiff:|@@|--- Expected|[-+] (?:actual|expected) [-+] /;

/**
 * The identity of a defect: two failures with the same error type, the same normalised message and the same places in
 * the project are one, on whatever machine, line or run.
 *
 * It is the SHA-256 (32 bytes) of the UTF-8 of a JSON array, whose quoting leaves no two inputs the same text:
 *
 * | element | what                                                  |
 * |---------|-------------------------------------------------------|
 * | 0       | `FINGERPRINT_VERSION`, a number                       |
 * | 1       | the error type, as reported, white space folded       |
 * | 2       | `normalizeMessage(message)`                           |
 * | 3       | `projectFrames(details)`, an array, innermost first   |
 */
export function fingerprint(failure: TestFailure): Uint8Array {
  const type = failure.type.replace(/\s+/g, ' ').trim();
  const identity = [FINGERPRINT_VERSION, type, normalizeMessage(failure.message), projectFrames(failure.details)];
  return new Uint8Array(createHash('sha256').update(JSON.stringify(identity)).digest());
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
