import type { ClientError } from './error-codes.ts';

const UNREACHABLE: ClientError = { code: 'UNAVAILABLE', message: 'The database cannot be reached right now: try again in a moment.' };

/** Errors that libraries know by their words alone, with what a client is told instead. */
const KNOWN: readonly [RegExp, ClientError][] = [
  [/^Connection terminated|^Client has encountered a connection error|timeout exceeded when trying to connect/, UNREACHABLE],
  [/^No values were deleted in collection/, { code: 'NOT_FOUND', message: 'There is nothing by that id that you may change.' }],
  [
    /^Attempted to update a record, but no new values/,
    { code: 'BAD_USER_INPUT', message: 'The patch changes nothing: give it a field.', extensions: { fields: ['patch'] } },
  ],
  [
    /^Invalid .*cursor/,
    {
      code: 'BAD_USER_INPUT',
      message: 'The cursor is not one of this list in this order: use one of an earlier page, or none.',
      extensions: { fields: ['after'] },
    },
  ],
  [
    /^(Empty objects|Null literals) are forbidden in filter/,
    { code: 'BAD_USER_INPUT', message: 'A filter has something empty or null in it: leave it out.', extensions: { fields: ['filter'] } },
  ],
  // GraphQL.js gives up comparing fields of the same name.
  [/^Validation aborted/, { code: 'QUERY_TOO_COMPLEX', message: 'The operation asks for the same too often.' }],
  [/^Maximum call stack size exceeded/, { code: 'QUERY_TOO_COMPLEX', message: 'The operation is nested too deep.' }],
];

/** What a client is told of an error of PostGraphile, its plugins, `pg` or the runtime; null where it is our mistake. */
export function translateLibraryError(error: Error): ClientError | null {
  return KNOWN.find(([words]) => words.test(error.message))?.[1] ?? null;
}
