import type { Request, RequestHandler } from 'express';
import { z } from 'zod';

/** A request that is not one for GraphQL; the message says what to send instead. */
export class RequestError extends Error {
  override name = 'RequestError';
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

const ACCEPTED = ['application/graphql-response+json', 'application/json'];

const body = z.object({
  query: z.string(),
  operationName: z.string().nullish(),
  variables: z.record(z.string(), z.unknown()).nullish(),
  extensions: z.record(z.string(), z.unknown()).nullish(),
});

/** Only POST reads or changes anything: a GET could be made by a link, and its address stands in logs. */
export const onlyPost: RequestHandler = (request, response, next) => {
  if (request.method === 'POST') return next();
  response.set('Allow', 'POST');
  throw new RequestError(405, 'GraphQL is asked by POST.');
};

/** One operation as GraphQL over HTTP has it, in JSON; lists of operations are not offered. */
export const oneOperation: RequestHandler = (request, _response, next) => {
  if (request.is('application/json') !== 'application/json') throw new RequestError(415, 'The request must be application/json.');
  if (request.accepts(ACCEPTED) === false)
    throw new RequestError(406, 'The answer is application/json, which the request does not accept.');
  request.body = operationOf(request);
  next();
};

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
