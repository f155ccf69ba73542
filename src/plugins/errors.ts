import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'postgraphile/graphql';
import type { Constraint } from '../database/constraints.ts';
import { type DatabaseError, translateDatabaseError } from './database-errors.ts';
import type { ClientError, ErrorCode } from './error-codes.ts';
import { fieldAt } from './input-place.ts';
import { translateLibraryError } from './library-errors.ts';

/** An error of the caller's input, with the fields that are wrong. */
export function badUserInput(message: string, fields: readonly string[]): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', fields } });
}

/** An error for an id that names nothing, or nothing that the caller may change. */
export function notFound(): GraphQLError {
  return new GraphQLError('There is nothing by that id that you may change.', { extensions: { code: 'NOT_FOUND' } });
}

/** Wraps what a database threw outside of a plan, so that it is translated like what is thrown within one. */
export function asGraphQLError(error: unknown): GraphQLError {
  if (error instanceof GraphQLError) return error;
  const original = error instanceof Error ? error : new Error(String(error));
  return new GraphQLError(original.message, { originalError: original });
}

/**
 * Makes the translator of every error that leaves the server: to a code, a sentence that the client can act on, and
 * nothing of SQL, tables or stacks. What it does not know is INTERNAL, with an id under which `log` has the reason.
 */
export function errorTranslator(constraints: ReadonlyMap<string, Constraint>, log: (id: string, error: unknown) => void) {
  return (error: GraphQLError): GraphQLError => {
    const original = rootCause(error);
    const known =
      coercionError(error) ??
      (original instanceof GraphQLError ? translateGraphQLError(original) : translateOriginal(original, constraints));
    if (known !== null) return rebuild(error, known);
    const id = randomUUID();
    log(id, original);
    return rebuild(error, { code: 'INTERNAL', message: `Something went wrong on our side (${id}).`, extensions: { id } });
  };
}

/** An error without the names that GraphQL.js suggests for a mistyped one: they spell the schema out, guess by guess. */
export function withoutSuggestion(error: GraphQLError): GraphQLError {
  error.message = error.message.replace(/ Did you mean [\s\S]*\?$/, '');
  return error;
}

function translateGraphQLError(error: GraphQLError): ClientError | null {
  if (typeof error.extensions.code === 'string') {
    return { code: error.extensions.code as ErrorCode, message: error.message, extensions: error.extensions };
  }
  // A null where the schema promises a value is ours.
  if (error.message.startsWith('Cannot return null for non-nullable')) return null;
  // Parsing, validation and coercion: about the caller's own document.
  return translateLibraryError(error) ?? { code: 'BAD_USER_INPUT', message: error.message };
}

const MAX_ECHO = 300;

/**
 * What a client is told of a variable that is not of its type: where, and what it must be. GraphQL.js says it with the whole
 * input before it, passwords and all; null for any other error.
 */
function coercionError(error: GraphQLError): ClientError | null {
  for (let outer: unknown = error; outer instanceof GraphQLError; outer = outer.originalError) {
    const inner = outer.originalError;
    const variable = /^Variable "\$(\w+)" got invalid value /.exec(outer.message)?.[1];
    if (variable === undefined || inner == null) continue;
    const place = / at "([\w.[\]]+)"; $/.exec(outer.message.slice(0, -inner.message.length))?.[1] ?? variable;
    const path = place.split(/[.[\]]+/).filter((key) => key !== '');
    const missing = /^Field "(\w+)" of required type/.exec(inner.message)?.[1];
    return {
      code: 'BAD_USER_INPUT',
      message: `${place}: ${inner.message.length > MAX_ECHO ? `${inner.message.slice(0, MAX_ECHO)}…` : inner.message}`,
      extensions: { fields: [fieldAt(missing === undefined ? path : [...path, missing])] },
    };
  }
  return null;
}

function translateOriginal(error: unknown, constraints: ReadonlyMap<string, Constraint>): ClientError | null {
  return translateDatabaseError(error as DatabaseError, constraints) ?? translateLibraryError(error as Error);
}

/** What a client is told where the database cannot be asked right now; null for any other error. */
export function translateUnavailable(error: unknown): ClientError | null {
  const known = translateOriginal(error, new Map());
  return known?.code === 'UNAVAILABLE' ? known : null;
}

function rootCause(error: GraphQLError): unknown {
  let cause: unknown = error;
  while (cause instanceof GraphQLError && cause.originalError != null) cause = cause.originalError;
  return cause;
}

function rebuild(error: GraphQLError, { code, message, extensions }: ClientError): GraphQLError {
  return new GraphQLError(message, { nodes: error.nodes ?? null, path: error.path ?? null, extensions: { ...extensions, code } });
}
