import { FAILSAFE_SCHEMA, load } from 'js-yaml';
import { cutMiddle, DETAILS_LIMIT } from './bounded-text.ts';
import { cleanText } from './illegal-characters.ts';
import type { TestFailure } from './report.ts';
import { testFailure } from './test-failure.ts';

/** Longer blocks are kept as text, not as YAML. */
export const YAML_LIMIT = 65_536;

/** What the block below a test point says, of what runners say there. */
export interface TapDiagnostics {
  /** node and tap: the class of the error; node says of every test whether it is a `test` or a `suite`. */
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly diff: string;
  readonly isSuite: boolean;
  readonly isOfNode: boolean;
  readonly isTimeout: boolean;
  /** The point is no test of its own: the test around it threw, and its name is the message (tap). */
  readonly isCaught: boolean;
  readonly durationMs: number | null;
  /** The file where the test stands. */
  readonly file: string;
}

/**
 * The fields of a YAML block, whose scalars are all taken as text.
 *
 * @throws Error with a sentence, where it is no YAML; js-yaml keeps depth within 100 and never copies what an alias means.
 */
export function tapDiagnostics(yaml: string): TapDiagnostics {
  const block = load(yaml, { schema: FAILSAFE_SCHEMA });
  const fields: Record<string, unknown> = typeof block === 'object' && block !== null && !Array.isArray(block) ? { ...block } : {};
  const text = (key: string): string => {
    const value = fields[key];
    return typeof value === 'string' ? cleanText(value).trim() : '';
  };
  const isOfNode = text('duration_ms') !== '' && /^(?:test|suite)$/.test(text('type'));
  const at = fields.at as { fileName?: unknown } | string | undefined;
  const place = text('location') || (typeof at === 'object' && typeof at?.fileName === 'string' ? at.fileName : '');
  const compared = ['expected', 'actual', 'wanted', 'found'].filter((key) => text(key) !== '').map((key) => `${key}: ${text(key)}`);
  const duration = Number(text('duration_ms') || Number.NaN);
  return {
    type: text('name') || (isOfNode ? '' : text('type')),
    message: text('error') || text('message'),
    stack: text('stack'),
    diff: text('diff') || (text('error') === '' ? compared.join('\n') : ''),
    isSuite: isOfNode && text('type') === 'suite',
    isOfNode,
    isTimeout: /^(?:testTimeoutFailure|cancelledByParent)$/.test(text('failureType')),
    isCaught: text('tapCaught') !== '',
    durationMs: duration >= 0 && duration < 2 ** 31 ? Math.round(duration) : null,
    file: place.replace(/(?::\d+){1,2}$/, ''),
  };
}

/**
 * Why a test point failed: as its block says, else the comments below it, else its name. node and tap write the frames
 * of a stack without the word before them that stacks have.
 */
export function tapFailure(name: string, diagnostics: TapDiagnostics | null, comments: string): TestFailure {
  if (diagnostics === null) return testFailure('', comments === '' ? name : '', comments);
  const { type, diff } = diagnostics;
  const isPlace = /^\(in test file /.test(diagnostics.message);
  const message = diagnostics.message === '' ? name : diagnostics.message;
  const stack = diagnostics.stack.replace(/^(?!\s*at |\s*$)\s*(?=.*:\d+:\d+\)?$)/gm, '    at ');
  const details = [type === '' ? message : `${type}: ${message}`, diff, stack].filter((part) => part !== '').join('\n');
  return testFailure(type, isPlace ? '' : message, cutMiddle(details, DETAILS_LIMIT));
}
