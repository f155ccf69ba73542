/** Every `extensions.code` that a client can meet, with what it means; docs/errors.md is made from this. */
export const ERROR_CODES = {
  UNAUTHENTICATED: 'The credential is missing, wrong, expired, or names who does not exist (any more): sign in again.',
  FORBIDDEN: 'Your role may not do this.',
  NOT_FOUND: 'There is nothing by that name or id that you may see.',
  BAD_USER_INPUT: 'Something you sent is wrong; `fields` names it and the message says what to change.',
  CONFLICT: 'Someone else was faster; `currentVersion` says where the row stands. Read it again and retry.',
  QUERY_TOO_COMPLEX: 'The operation asks for too much; `cost` and `limit` say by how much.',
  RATE_LIMITED: 'Too much in too short a time: try again after `retryAfter` seconds.',
  WRONG_REGION: 'The data belongs to another region; `region` names the right one, and `endpoint` its API where it is known.',
  TIMEOUT: 'It took longer than is allowed: ask for less.',
  UNAVAILABLE: 'Not possible right now: try again in a moment.',
  INTERNAL: 'Our mistake; `id` stands in our log with the reason.',
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

/** An error as a client is told it. */
export interface ClientError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}
