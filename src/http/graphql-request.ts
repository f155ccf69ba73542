import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { ErrorCode } from '../plugins/error-codes.ts';
import { documentHash, type TrustedDocuments } from './trusted-documents.ts';

/** A request that is not one for GraphQL; the message says what to send instead. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly status: number;
  readonly code: ErrorCode;

  constructor(status: number, message: string, code: ErrorCode = 'BAD_USER_INPUT') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** The first is what who does not say is answered with. */
const ANSWERS = ['application/json', 'application/graphql-response+json'];

// A record of zod's looks at each key, and there may be many.
const map = z.custom<Record<string, unknown>>((value) => typeof value === 'object' && value !== null && !Array.isArray(value));
const body = z.object({
  query: z.string().nullish(),
  documentId: z.string().nullish(),
  operationName: z.string().nullish(),
  variables: map.nullish(),
  extensions: map.nullish(),
});

/** Only POST reads or changes anything: a GET could be made by a link, and its address stands in logs. */
export const onlyPost: RequestHandler = (request, response, next) => {
  if (request.method === 'POST') return next();
  response.set('Allow', 'POST');
  throw new RequestError(405, 'GraphQL is asked by POST.');
};

/** One operation as GraphQL over HTTP has it, in JSON; lists of operations are not offered. */
export function oneOperation(trusted: TrustedDocuments): RequestHandler {
  return (request, _response, next) => {
    if (request.is('application/json') !== 'application/json') throw new RequestError(415, 'The request must be application/json.');
    const type = answerType(request);
    if (type === null) throw new RequestError(406, 'The answer is application/json, which the request does not accept.');
    // grafserv would choose the newer type for who accepts any.
    request.headers.accept = type;
    const { documentId, ...operation } = operationOf(request);
    request.body = { ...operation, query: textOf(operation.query, documentHash(documentId, operation.extensions), trusted) };
    next();
  };
}

/** The text of an operation: the trusted one of its hash, or what was sent. */
function textOf(query: string | null | undefined, hash: string | undefined, { texts, only }: TrustedDocuments): string {
  const text = hash === undefined ? undefined : texts.get(hash);
  if (text !== undefined) return text;
  if (only && hash === undefined) throw new RequestError(400, 'Only trusted documents are accepted: send the "documentId" of one.');
  if (hash !== undefined && (only || query == null)) throw new RequestError(404, 'There is no trusted document of that hash.', 'NOT_FOUND');
  if (query == null) throw new RequestError(400, `The request's "query" is missing or not what GraphQL over HTTP has there.`);
  return query;
}

/** The media type that an answer to a request has; null where it accepts none that there is. */
export function answerType(request: Request): string | null {
  return request.accepts(ANSWERS) || null;
}

function operationOf(request: Request): z.infer<typeof body> {
  const refusal = refuseValue(request.body);
  if (refusal !== null) throw new RequestError(400, refusal);
  const parsed = body.safeParse(request.body);
  if (parsed.success) return parsed.data;
  const field = parsed.error.issues[0]?.path[0];
  throw new RequestError(
    400,
    field === undefined
      ? 'The request must be one object with "query" and, where it has any, "variables".'
      : `The request's "${String(field)}" is missing or not what GraphQL over HTTP has there.`,
  );
}

/** How deep JSON may be nested: what handles it further on goes into it by recursion. */
const MAX_NESTING = 200;

/**
 * Why a value cannot be taken, or null: half of a surrogate pair has no form in UTF-8 and would be stored as another
 * character, without a word.
 */
function refuseValue(root: unknown): string | null {
  let level: unknown[] = [root];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING) return `The request is nested more than ${MAX_NESTING} levels deep.`;
    const next: unknown[] = [];
    for (const value of level) {
      if (typeof value === 'string' && !value.isWellFormed()) return 'A text contains half of a surrogate pair.';
      if (typeof value !== 'object' || value === null) continue;
      for (const key in value) {
        if (!key.isWellFormed()) return 'A text contains half of a surrogate pair.';
        next.push((value as Record<string, unknown>)[key]);
      }
    }
    level = next;
  }
  return null;
}
