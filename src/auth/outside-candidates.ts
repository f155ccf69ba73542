import type { Queryable } from '../database/key-envelopes.ts';
import { type IssuerKeys, IssuerUnavailableError } from './issuer-keys.ts';
import type { OutsideIdentity } from './outside-claims.ts';
import { type PeekedToken, verifyOutsideToken } from './outside-tokens.ts';
import { subjectMatches } from './subject-pattern.ts';
import { UnauthenticatedError } from './tokens.ts';

/** A row that may accept a token: its organization's identity provider, or a CI trust of it. */
export interface Candidate {
  readonly kind: 'provider' | 'trust';
  readonly id: string;
  readonly organizationId: string;
  readonly audience: string;
  readonly jwksUri: string | null;
  /** Of a provider. */
  readonly groupClaim: string;
  /** Whether the provider knows the subject already. */
  readonly isKnown: boolean;
  /** Of a trust. */
  readonly subjectPattern: string;
  readonly projectId: string;
  readonly scopes: readonly string[];
}

/** A candidate by whose own keys the token is good. */
export interface VerifiedCandidate extends Candidate {
  readonly identity: OutsideIdentity;
}

/** The header that says which organization is meant. */
export const ORGANIZATION_HEADER = 'X-DefectXray-Organization';
/** As the database gives at most. */
const MAX_ROWS = 1_000;
/** So many rows are verified for one token: any organization may enter any issuer, with keys at an address of its own. */
const MAX_CANDIDATES = 20;

/** @throws UnauthenticatedError always: the token fits more than one row, and nobody says which. */
export function refuseAmbiguous(candidates: readonly Candidate[]): never {
  const organizations = new Set(candidates.map(({ organizationId }) => organizationId));
  throw new UnauthenticatedError(
    organizations.size === 1
      ? 'The token fits more than one identity provider or CI trust of the organization: give them audiences or subject patterns that differ.'
      : `The token fits more than one organization: name one in the header ${ORGANIZATION_HEADER}, by its slug or id.`,
  );
}

/**
 * The rows that may accept a token by what it says of itself, of every organization or of the one named.
 *
 * @throws UnauthenticatedError where there are none, or too many.
 */
export async function findCandidates(database: Queryable, peeked: PeekedToken, organization: string | null): Promise<Candidate[]> {
  const { rows } = await database.query<Candidate & { [column: string]: unknown }>(
    `select kind, id, organization_id as "organizationId", audience, jwks_uri as "jwksUri", group_claim as "groupClaim",
       is_known as "isKnown", subject_pattern as "subjectPattern", project_id as "projectId", scopes
     from app_private.outside_candidates($1, $2, $3, $4)`,
    [peeked.issuer, peeked.audiences, peeked.subject ?? '', organization],
  );
  const fitting = rows.filter(({ kind, subjectPattern }) => kind === 'provider' || subjectMatches(subjectPattern, peeked.subject ?? ''));
  if (rows.length === MAX_ROWS || fitting.length > MAX_CANDIDATES) refuseAmbiguous(fitting);
  if (fitting.length === 0) {
    const where = organization === null ? '' : ` in the organization that the header ${ORGANIZATION_HEADER} names`;
    throw new UnauthenticatedError(`No identity provider or CI trust${where} fits the token's issuer, audience and subject.`);
  }
  return fitting;
}

/**
 * The candidates whose own keys the token is signed with: a row's keys speak for that row alone. All are asked at once.
 *
 * @throws UnauthenticatedError where it is none of theirs; IssuerUnavailableError where that cannot be said of one.
 */
export async function verifyCandidates(
  token: string,
  issuer: string,
  candidates: readonly Candidate[],
  keys: IssuerKeys,
): Promise<VerifiedCandidate[]> {
  const outcomes = await Promise.allSettled(
    candidates.map(async (candidate) => {
      const { audience, jwksUri, groupClaim } = candidate;
      const expected = { issuer, audience, jwksUri, ...(candidate.kind === 'provider' ? { groupClaim } : {}) };
      return { ...candidate, identity: await verifyOutsideToken(token, expected, keys) };
    }),
  );
  const verified = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
  if (verified.length > 0) return verified;
  const reasons = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason as unknown);
  throw reasons.find((reason) => !(reason instanceof UnauthenticatedError)) ?? reasons[0] ?? new IssuerUnavailableError();
}
