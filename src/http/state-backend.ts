import { createHash } from 'node:crypto';
import express, { type Request, type RequestHandler, type Response } from 'express';
import type pg from 'pg';
import { UnauthenticatedError } from '../auth/tokens.ts';
import type { Constraint } from '../database/constraints.ts';
import { ANONYMOUS, identityStatement, type RequestOrigin } from '../database/identity.ts';
import type { KeyEnvelopes } from '../database/key-envelopes.ts';
import { RequestTransaction } from '../database/request-transaction.ts';
import { type DatabaseError, translateDatabaseError } from '../plugins/database-errors.ts';
import type { ErrorCode } from '../plugins/error-codes.ts';
import { RequestError } from './graphql-request.ts';

/** What Terraform's HTTP backend is served from. */
export interface StateBackendParts {
  readonly pool: pg.Pool;
  readonly keys: KeyEnvelopes;
  readonly constraints: ReadonlyMap<string, Constraint>;
  readonly maxStateBytes: number;
  /** How long a statement may run, in milliseconds. */
  readonly timeoutMs: number;
}

/** Where a state is, of a design's workspace; `LOCK` and `UNLOCK` go there too. */
const STATE_PATH = '/terraform/states/:designId/:workspace';
/** For a `lock_method` and `unlock_method` of POST, PUT and DELETE. */
const LOCK_PATH = `${STATE_PATH}/lock`;

const MAX_LOCK_BYTES = 65_536;
/** The SQLSTATE of a state that somebody else has locked; its detail is the holder's lock info. */
const LOCKED = 'DX423';

type Action = 'read' | 'write' | 'delete' | 'lock' | 'unlock';

const ON_STATE: Readonly<Record<string, Action>> = {
  GET: 'read',
  POST: 'write',
  PUT: 'write',
  DELETE: 'delete',
  LOCK: 'lock',
  UNLOCK: 'unlock',
};
const ON_LOCK: Readonly<Record<string, Action>> = { POST: 'lock', PUT: 'lock', LOCK: 'lock', DELETE: 'unlock', UNLOCK: 'unlock' };

const STATEMENTS: Readonly<Record<Action, string>> = {
  read: 'select read_state($1, $2) as state',
  write: 'select write_state($1, $2, $3, $4)',
  delete: 'select delete_state($1, $2, $3)',
  lock: 'select lock_state($1, $2, $3)',
  unlock: 'select unlock_state($1, $2, $3)',
};

const STATUS: Partial<Record<ErrorCode, number>> = {
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  BAD_USER_INPUT: 400,
  CONFLICT: 409,
  TIMEOUT: 504,
  UNAVAILABLE: 503,
};

/**
 * Terraform's HTTP backend: carries a request to the function of the database that does it, as the caller, and its answer back. What
 * a state and a lock may be, and whose, is the database's to say (75_state_backend.sql).
 */
export function stateBackend(parts: StateBackendParts): express.Router {
  const router = express.Router({ caseSensitive: true, strict: true });
  router.all(LOCK_PATH, serve(parts, ON_LOCK));
  router.all(STATE_PATH, serve(parts, ON_STATE));
  return router;
}

function serve(parts: StateBackendParts, actions: Readonly<Record<string, Action>>): RequestHandler {
  const state = express.raw({ type: () => true, limit: parts.maxStateBytes });
  const lock = express.raw({ type: () => true, limit: MAX_LOCK_BYTES });
  return (request, response, next) => {
    const action = actions[request.method];
    if (action === undefined) {
      response.set('Allow', Object.keys(actions).join(', '));
      throw new RequestError(405, `This address takes ${Object.keys(actions).join(', ')}.`);
    }
    if ((request.principal ?? ANONYMOUS).organizationId === null) {
      throw new UnauthenticatedError('Give an API key or an access token as the password (TF_HTTP_PASSWORD).');
    }
    const parse = action === 'write' ? state : lock;
    parse(request, response, (error?: unknown) => {
      if (error !== undefined) return next(error);
      answer(parts, action, request, response).catch(next);
    });
  };
}

async function answer(parts: StateBackendParts, action: Action, request: Request, response: Response): Promise<void> {
  const { designId, workspace } = request.params as { designId: string; workspace: string };
  const body = textOf(request);
  const values: Readonly<Record<Action, unknown[]>> = {
    read: [],
    write: [body, lockIdOf(request)],
    delete: [lockIdOf(request)],
    lock: [body],
    unlock: [body],
  };
  try {
    const rows = await runAs(parts, request, STATEMENTS[action], [designId, workspace, ...values[action]]);
    response.set('Cache-Control', 'no-store');
    if (action !== 'read') return void response.status(200).end();
    const state = rows[0]?.state;
    if (state === null || state === undefined) return void response.status(204).end();
    const bytes = Buffer.from(state, 'utf8');
    response.status(200).type('application/json').set('Content-MD5', md5(bytes)).end(bytes);
  } catch (error) {
    const { code, detail } = error as DatabaseError;
    // As Terraform wants to read it, to say who holds the lock.
    if (code === LOCKED) return void response.status(423).type('application/json').end(detail);
    const known = translateDatabaseError(error as DatabaseError, parts.constraints);
    if (known === null) throw error;
    throw new RequestError(STATUS[known.code] ?? 400, known.message, known.code);
  }
}

/** The body as it was sent, which is what its checksum is of; an empty text where there is none. */
function textOf(request: Request): string {
  const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
  const checksum = request.get('content-md5');
  if (checksum !== undefined && checksum !== md5(bytes)) {
    throw new RequestError(400, 'The body is not what its Content-MD5 says: it was changed on the way, send it again.');
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new RequestError(400, 'The body must be UTF-8.');
  }
}

/** The lock that a request says it holds. */
function lockIdOf({ query }: Request): string | null {
  return typeof query.ID === 'string' && query.ID !== '' ? query.ID : null;
}

function md5(bytes: Buffer): string {
  return createHash('md5').update(bytes).digest('base64');
}

/** Runs one statement in a transaction of the caller's. */
async function runAs(
  { pool, keys, timeoutMs }: StateBackendParts,
  request: Request,
  text: string,
  values: unknown[],
): Promise<readonly { readonly state?: string | null }[]> {
  const principal = request.principal ?? ANONYMOUS;
  const transaction = new RequestTransaction({
    pool,
    // Reading leaves a trace too.
    kind: 'mutation',
    statementTimeoutMs: timeoutMs,
    deadline: performance.now() + 2 * timeoutMs,
    organizationId: principal.organizationId,
    role: principal.role,
    identity: async (milliseconds) =>
      identityStatement(principal, request.origin as RequestOrigin, await keys.of(principal.organizationId as string), milliseconds),
  });
  transaction.expectOne();
  try {
    const { rows } = await transaction.withPgClient(null, (client) => client.query<{ state?: string | null }>({ text, values }));
    await transaction.end(true);
    return rows;
  } catch (error) {
    await transaction.end(false).catch(() => undefined);
    throw error;
  }
}
