/** The base roles, each of which is the database role `app_<role>`. */
export const BASE_ROLES = ['admin', 'developer', 'engineer', 'auditor', 'analyst', 'member', 'ci'] as const;
export type BaseRole = (typeof BASE_ROLES)[number];

/** What a caller was recognised by: a row of `sessions`, `api_keys`, `identity_providers` or `ci_trusts`. */
export interface Credential {
  readonly kind: 'session' | 'key' | 'provider' | 'trust';
  readonly id: string;
}

/** Who is calling: the only thing that authentication produces. */
export interface Principal {
  readonly role: BaseRole | 'anonymous';
  readonly organizationId: string | null;
  readonly userId: string | null;
  /** What it was recognised by, which must still stand; null for a token that stands for itself. */
  readonly credential: Credential | null;
  /** The one project that a CI identity is bound to. */
  readonly projectId: string | null;
  /** Permissions that it is narrowed to; all of its role's where there are none. */
  readonly scopes: readonly string[];
  /** Who the audit trail says it was: `user:<id>`, `user:<id>:provider:<id>`, `key:<id>`, `ci:<trust>:<subject>`, `token:<id>`. */
  readonly actor: string;
}

/** Where a request comes from, for the audit trail. */
export interface RequestOrigin {
  readonly requestId: string;
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
}

/** Nobody signed in: sees nothing, and is never "no settings". */
export const ANONYMOUS: Principal = {
  role: 'anonymous',
  organizationId: null,
  userId: null,
  credential: null,
  projectId: null,
  scopes: [],
  actor: 'anonymous',
};

// Without JIT: plans with many masking functions look dear, and are compiled for longer than they run.
// What a statement calls is checked before any of it runs, so before the role is taken: only the login itself may call it.
const IDENTITY = `select
  set_config('search_path', app_private.authenticate($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12), true) as search_path,
  set_config('role', 'app_' || $2::text, true), set_config('statement_timeout', $13, true), set_config('jit', 'off', true)`;

/**
 * The one statement that gives a transaction its identity; there is no other way in. Everything that it sets ends with
 * the transaction.
 *
 * @param keys the sealed data keys (KeyEnvelopes.of), empty for nobody.
 */
export function identityStatement(principal: Principal, origin: RequestOrigin, keys: string, statementTimeoutMs: number) {
  return {
    name: 'defectxray_identity',
    text: IDENTITY,
    values: [
      principal.organizationId,
      principal.role,
      principal.userId,
      principal.credential?.kind ?? null,
      principal.credential?.id ?? null,
      principal.scopes.join(' '),
      principal.projectId,
      principal.actor,
      origin.requestId,
      origin.ipAddress,
      origin.userAgent?.slice(0, 500) ?? null,
      keys,
      String(statementTimeoutMs),
    ],
  };
}
