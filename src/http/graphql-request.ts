import type { Request, RequestHandler } from 'express';
import { z } from 'zod';
import type { ErrorCode } from '../plugins/error-codes.ts';
import { fieldAt } from '../plugins/input-place.ts';
import type { InlinedValues } from './inlined-values.ts';
import { documentHash, type TrustedDocuments } from './trusted-documents.ts';

/** A request that is not one for GraphQL; the message says what to send instead. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly status: number;
  readonly code: ErrorCode;
  /** The fields of the input that are wrong, where it is about its values. */
  readonly fields: readonly string[] | undefined;

  constructor(status: number, message: string, code: ErrorCode = 'BAD_USER_INPUT', fields?: readonly string[]) {
    super(message);
    this.status = status;
    this.code = code;
    this.fields = fields;
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
export function oneOperation(trusted: TrustedDocuments, inlined: InlinedValues): RequestHandler {
  return (request, _response, next) => {
    if (request.is('application/json') !== 'application/json') throw new RequestError(415, 'The request must be application/json.');
    const type = answerType(request);
    if (type === null) throw new RequestError(406, 'The answer is application/json, which the request does not accept.');
    // grafserv would choose the newer type for who accepts any.
    request.headers.accept = type;
    request.body = inlined.lift(readOperation(request.body, trusted));
    next();
  };
}

/**
 * The operation in a body, or in a message that asks for a subscription, with the text of its document.
 *
 * @throws RequestError where there is none.
 */
export function readOperation(value: unknown, trusted: TrustedDocuments) {
  const { documentId, ...operation } = operationOf(value);
  return { ...operation, query: textOf(operation.query, documentHash(documentId, operation.extensions), trusted) };
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

function operationOf(value: unknown): z.infer<typeof body> {
  refuseValues(value);
  const parsed = body.safeParse(value);
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

/** A value of the body, with the way to it. */
interface Found {
  readonly value: unknown;
  readonly key: string;
  readonly within: Found | null;
}

/**
 * Refuses values that cannot be kept as they are: PostgreSQL has no NUL; half of a surrogate pair has no form in UTF-8 and a
 * number beyond a JavaScript number's range none in JSON, so either would be stored as another value, without a word.
 *
 * @throws RequestError
 */
function refuseValues(root: unknown): void {
  let level: Found[] = [{ value: root, key: '', within: null }];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > MAX_NESTING) throw refusal(level[0] as Found, `is nested more than ${MAX_NESTING} levels deep`);
    const next: Found[] = [];
    for (const found of level) {
      const { value } = found;
      if (typeof value === 'string') refuseText(value, found);
      else if (typeof value === 'number' && !Number.isFinite(value)) throw refusal(found, 'is a number that is too large');
      if (typeof value !== 'object' || value === null) continue;
      for (const key in value) {
        refuseText(key, found);
        next.push({ value: (value as Record<string, unknown>)[key], key, within: found });
      }
    }
    level = next;
  }
}

function refuseText(text: string, found: Found): void {
  if (text.includes('\0')) throw refusal(found, 'contains a NUL character');
  if (!text.isWellFormed()) throw refusal(found, 'contains half of a surrogate pair');
}

/** Names what is beneath the variables by its field, the rest of the request by its part. Of a long way the beginning says enough. */
function refusal(found: Found, fault: string): RequestError {
  const path: string[] = [];
  for (let at: Found | null = found; at?.within != null; at = at.within) path.unshift(at.key);
  if (path[0] !== 'variables' || path.length === 1) {
    return new RequestError(400, `The request${path[0] === undefined ? '' : `'s "${path[0].slice(0, 100)}"`} ${fault}.`);
  }
  const place = path.slice(1, 8).map((key) => key.slice(0, 100));
  return new RequestError(400, `${place.join('.')} ${fault}.`, 'BAD_USER_INPUT', [
    place.length <= 3 ? fieldAt(place) : place.slice(1).join('.'),
  ]);
}
