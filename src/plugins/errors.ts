import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'postgraphile/graphql';
import type { Constraint } from '../database/constraints.ts';

/** Every `extensions.code` that a client can meet, with what it means; docs/errors.md is made from this. */
export const ERROR_CODES = {
  UNAUTHENTICATED: 'The credential is missing, wrong, expired, or names who does not exist (any more): sign in again.',
  FORBIDDEN: 'Your role may not do this.',
  NOT_FOUND: 'There is nothing by that name or id that you may see.',
  BAD_USER_INPUT: 'Something you sent is wrong; `fields` names it and the message says what to change.',
  CONFLICT: 'Someone else was faster; `currentVersion` says where the row stands. Read it again and retry.',
  QUERY_TOO_COMPLEX: 'The operation asks for too much; `cost` and `limit` say by how much.',
  TIMEOUT: 'It took longer than is allowed: ask for less.',
  UNAVAILABLE: 'Not possible right now: try again in a moment.',
  INTERNAL: 'Our mistake; `id` stands in our log with the reason.',
} as const;
export type ErrorCode = keyof typeof ERROR_CODES;

/** What PostgreSQL (or `pg`) says of an error. */
interface DatabaseError extends Error {
  readonly code?: string;
  readonly detail?: string;
  readonly constraint?: string;
  readonly column?: string;
  readonly table?: string;
}

interface ClientError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** An error of the caller's input, with the fields that are wrong. */
export function badUserInput(message: string, fields: readonly string[]): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'BAD_USER_INPUT', fields } });
}

/** Wraps what a database threw outside of a plan, so that it is translated like what is thrown within one. */
export function asGraphQLError(error: unknown): GraphQLError {
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
    if (original instanceof GraphQLError) {
      if (typeof original.extensions.code === 'string')
        return rebuild(error, { code: original.extensions.code as ErrorCode, message: original.message, extensions: original.extensions });
      // Parsing, validation and coercion: about the caller's own document.
      return rebuild(error, { code: 'BAD_USER_INPUT', message: original.message });
    }
    const known = translate(original as DatabaseError, constraints);
    if (known !== null) return rebuild(error, known);
    const id = randomUUID();
    log(id, original);
    return rebuild(error, { code: 'INTERNAL', message: `Something went wrong on our side (${id}).`, extensions: { id } });
  };
}

function rootCause(error: GraphQLError): unknown {
  let cause: unknown = error;
  while (cause instanceof GraphQLError && cause.originalError != null) cause = cause.originalError;
  return cause;
}

function rebuild(error: GraphQLError, { code, message, extensions }: ClientError): GraphQLError {
  return new GraphQLError(message, { nodes: error.nodes ?? null, path: error.path ?? null, extensions: { ...extensions, code } });
}

function translate(error: DatabaseError, constraints: ReadonlyMap<string, Constraint>): ClientError | null {
  const constraint = constraints.get(error.constraint ?? '');
  switch (error.code) {
    case 'DX400':
      return { code: 'BAD_USER_INPUT', message: error.message };
    case 'DX401':
      return { code: 'UNAUTHENTICATED', message: error.message };
    case 'DX404':
      return { code: 'NOT_FOUND', message: error.message };
    case 'DX409':
      return {
        code: 'CONFLICT',
        message: error.message,
        ...(error.detail === undefined ? {} : { extensions: { currentVersion: Number(error.detail) } }),
      };
    case 'DX503':
      return { code: 'UNAVAILABLE', message: error.message };
    case '42501': // insufficient_privilege: a grant, or the WITH CHECK of a policy
      return { code: 'FORBIDDEN', message: 'Your role may not do this.' };
    case '23505': {
      const fields = fieldsOf(constraint);
      const what = fields.length === 0 ? 'The same' : `Another with this ${fields.join(' and ')}`;
      return { code: 'BAD_USER_INPUT', message: constraint?.sentence ?? `${what} exists already.`, extensions: { fields } };
    }
    case '23503': {
      const fields = fieldsOf(constraint);
      // The same words whether the id never existed or is another organization's.
      return {
        code: 'BAD_USER_INPUT',
        message: `The ${fields.join(' and ') || 'reference'} names nothing that exists.`,
        extensions: { fields },
      };
    }
    case '23502': {
      const fields = error.column === undefined ? [] : [camelCase(error.column)];
      return { code: 'BAD_USER_INPUT', message: `${fields[0] ?? 'A field'} must be given.`, extensions: { fields } };
    }
    case '23514': {
      const fields = fieldsOf(constraint);
      return {
        code: 'BAD_USER_INPUT',
        message: constraint?.sentence ?? `The value of ${fields.join(' and ') || 'a field'} is not allowed.`,
        extensions: { fields },
      };
    }
    case '22001':
      return {
        code: 'BAD_USER_INPUT',
        message: 'A text is too long.',
        extensions: { fields: error.column === undefined ? [] : [camelCase(error.column)] },
      };
    case '22021': // character_not_in_repertoire
    case '22P05': // untranslatable_character
      return { code: 'BAD_USER_INPUT', message: 'A text contains a character that cannot be stored (NUL, or half of a surrogate pair).' };
    case '22P02': // invalid_text_representation
    case '22003': // numeric_value_out_of_range
    case '22007': // invalid_datetime_format
    case '22008': // datetime_field_overflow
      return { code: 'BAD_USER_INPUT', message: 'A value has the wrong form, or is out of range.' };
    case '54000': // program_limit_exceeded: an index entry too large
      return { code: 'BAD_USER_INPUT', message: 'A text is too long.' };
    case '57014': // query_canceled, by statement_timeout
      return { code: 'TIMEOUT', message: 'It took longer than is allowed: ask for less.' };
    case '40001': // serialization_failure
    case '40P01': // deadlock_detected
      return { code: 'CONFLICT', message: 'Others changed the same rows at the same time: try again.' };
    case '55P03': // lock_not_available
    case '53300': // too_many_connections
    case '57P01': // admin_shutdown
    case '57P02': // crash_shutdown
    case '57P03': // cannot_connect_now
    case '08006': // connection_failure
    case '08001':
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ETIMEDOUT':
      return { code: 'UNAVAILABLE', message: 'The database cannot be reached right now: try again in a moment.' };
  }
  if (/^Connection terminated|timeout exceeded when trying to connect/.test(error.message)) {
    return { code: 'UNAVAILABLE', message: 'The database cannot be reached right now: try again in a moment.' };
  }
  // PostGraphile's own words for an update or a delete that found no row, or none that the caller may change.
  if (/^No values were (updated|deleted) in collection/.test(error.message)) {
    return { code: 'NOT_FOUND', message: 'There is nothing by that id that you may change.' };
  }
  return null;
}

function fieldsOf(constraint: Constraint | undefined): string[] {
  return constraint?.columns.map(camelCase) ?? [];
}

function camelCase(column: string): string {
  return column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
