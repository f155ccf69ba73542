import type { Constraint } from '../database/constraints.ts';
import type { ClientError } from './error-codes.ts';

/** What PostgreSQL (or `pg`) says of an error; our own have the codes DX… wherever they arise. */
export interface DatabaseError extends Error {
  readonly code?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly constraint?: string;
  readonly column?: string;
  readonly table?: string;
  /** Seconds; of our own errors. */
  readonly retryAfter?: number;
}

const WRONG_FORM: ClientError = { code: 'BAD_USER_INPUT', message: 'A value has the wrong form, or is out of range.' };

/** A number that is too large for its column: PostgreSQL names the column's type, not the column. */
function outOfRange(detail: string | undefined, constraints: ReadonlyMap<string, Constraint>): ClientError {
  const [, precision, scale, digits] = /precision (\d+), scale (\d+) .* less than 10\^(\d+)/.exec(detail ?? '') ?? [];
  const fields = fieldsOf(constraints.get(`numeric(${precision},${scale})`));
  if (digits === undefined || fields.length === 0) return WRONG_FORM;
  return { code: 'BAD_USER_INPUT', message: `${fields.join(' or ')} must be less than 10^${digits}.`, extensions: { fields } };
}

/** What a client is told of an error of the database; null where it is none that a client could act on. */
export function translateDatabaseError(error: DatabaseError, constraints: ReadonlyMap<string, Constraint>): ClientError | null {
  const constraint = constraints.get(error.constraint ?? '');
  if (error.code === '23503' && error.detail?.includes('still referenced') === true) {
    return { code: 'CONFLICT', message: 'It is still in use: change what uses it first.' };
  }
  switch (error.code) {
    case 'DX400':
      return {
        code: 'BAD_USER_INPUT',
        message: error.message,
        ...(error.column === undefined ? {} : { extensions: { fields: [camelCase(error.column)] } }),
      };
    case 'DX401':
      return { code: 'UNAUTHENTICATED', message: error.message };
    case 'DX403':
      return { code: 'FORBIDDEN', message: error.message };
    case 'DX404':
      return { code: 'NOT_FOUND', message: error.message };
    case 'DX409':
      return {
        code: 'CONFLICT',
        message: error.message,
        ...(error.detail === undefined ? {} : { extensions: { currentVersion: Number(error.detail) } }),
      };
    case 'DX421':
      return {
        code: 'WRONG_REGION',
        message: error.message,
        extensions: {
          fields: error.column === undefined ? [] : [camelCase(error.column)],
          region: error.detail ?? null,
          ...(error.hint ? { endpoint: error.hint } : {}),
        },
      };
    case 'DX429':
      return {
        code: 'RATE_LIMITED',
        message: error.message,
        ...(error.retryAfter === undefined ? {} : { extensions: { retryAfter: error.retryAfter } }),
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
    case '22003': // numeric_value_out_of_range
      return outOfRange(error.detail, constraints);
    case '22P02': // invalid_text_representation
    case '2201W': // invalid_row_count_in_limit_clause
    case '2201X': // invalid_row_count_in_result_offset_clause
    case '22025': // invalid_escape_sequence, of a LIKE
    case '22007': // invalid_datetime_format
    case '22008': // datetime_field_overflow
    case '22009': // invalid_time_zone_displacement_value
      return WRONG_FORM;
    case '54001': // statement_too_complex: JSON nested too deep
      return { code: 'BAD_USER_INPUT', message: 'A value is nested too deep.' };
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
    case '57P05': // idle_session_timeout
    case '3D000': // invalid_catalog_name: the database is gone
    case '25P03': // idle_in_transaction_session_timeout
    case '25P04': // transaction_timeout
    case 'EPIPE':
    case '08006': // connection_failure
    case '08001':
    case 'ECONNREFUSED':
    case 'ECONNRESET':
    case 'ETIMEDOUT':
      return { code: 'UNAVAILABLE', message: 'The database cannot be reached right now: try again in a moment.' };
  }
  return null;
}

function fieldsOf(constraint: Constraint | undefined): string[] {
  return constraint?.columns.map(camelCase) ?? [];
}

function camelCase(column: string): string {
  return column.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
