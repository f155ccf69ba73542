import { expect } from 'vitest';
import { ERROR_CODES, type ErrorCode } from '../../src/plugins/error-codes.ts';
import type { GraphQLAnswer } from '../support/server.ts';

/** Words of the database and of the code, which no client may meet. */
const INTERNAL_WORDS =
  /\b(relation|violates|constraint|column|tuple|policy|row-level|permission denied|input syntax|duplicate key|null value|SQL(STATE)?|select|insert into|pg_\w+|app_\w+|app\.|tenant_\w+|\w+_(check|fkey|key|pkey|idx))\b|\bat .*:\d+:\d+|\/src\/|node_modules|[a-z]:\\/i;

/** Asserts that nothing internal is in an answer, and that its codes are those that are documented. */
export function expectNothingInternal(answer: GraphQLAnswer): void {
  for (const error of answer.errors) {
    expect(Object.keys(ERROR_CODES)).toContain(error.extensions.code);
    expect(error.message).not.toBe('');
    // The caller's own names (in `path`) are not ours.
    expect(`${error.message} ${JSON.stringify(error.extensions)}`).not.toMatch(INTERNAL_WORDS);
    expect(Object.keys(error).filter((key) => !['message', 'locations', 'path', 'extensions'].includes(key))).toEqual([]);
  }
}

/** Asserts that an answer is one error with a code, and gives the error. */
export function expectError(answer: GraphQLAnswer, code: ErrorCode): GraphQLAnswer['errors'][number] {
  expectNothingInternal(answer);
  expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual([code]);
  return answer.errors[0] as GraphQLAnswer['errors'][number];
}
