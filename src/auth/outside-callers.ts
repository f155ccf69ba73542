import type { BaseRole, Principal, RequestOrigin } from '../database/identity.ts';
import type { KeyEnvelopes, Queryable } from '../database/key-envelopes.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import { findCandidates, refuseAmbiguous, type VerifiedCandidate, verifyCandidates } from './outside-candidates.ts';
import { asName } from './outside-claims.ts';
import type { PeekedToken } from './outside-tokens.ts';
import { subjectMatches } from './subject-pattern.ts';
import { UnauthenticatedError } from './tokens.ts';

/** What the tokens of outside issuers are checked against. */
export interface OutsideSources {
  /** As the API's own login. */
  readonly database: Queryable;
  readonly keys: KeyEnvelopes;
  readonly issuerKeys: IssuerKeys;
}

const ACTOR_SUBJECT_LENGTH = 100;

/**
 * Who a token of an outside issuer is: a person by an organization's identity provider, or a job by a CI trust. Asked anew for
 * each request, so that what is switched off or removed is refused from the next request on.
 *
 * @param organization the slug or id of the one that is meant, which only ever narrows; null where it is not said.
 * @throws UnauthenticatedError; IssuerUnavailableError where the issuer's keys cannot be had right now.
 */
export async function verifyOutsideCaller(
  sources: OutsideSources,
  token: string,
  peeked: PeekedToken,
  organization: string | null,
  origin: RequestOrigin,
): Promise<Principal> {
  const candidates = await findCandidates(sources.database, peeked, organization);
  // Who knows the person comes first: nobody else, who could enter the same issuer, is waited for.
  const known = candidates.filter(({ isKnown }) => isKnown);
  const verify = (some: typeof candidates) => verifyCandidates(token, peeked.issuer, some, sources.issuerKeys);
  const chosen = choose(known.length === 0 ? await verify(candidates) : await verify(known).catch(() => verify(candidates)));
  return chosen.kind === 'provider' ? personOf(sources, chosen, origin) : jobOf(chosen);
}

/** The one that decides: who knows the person, else the only organization's trust, else its provider. */
function choose(verified: readonly VerifiedCandidate[]): VerifiedCandidate {
  const known = verified.filter(({ isKnown }) => isKnown);
  const trusts = verified.filter(({ kind }) => kind === 'trust');
  const isOneOrganization = new Set(verified.map(({ organizationId }) => organizationId)).size === 1;
  const deciding = known.length > 0 ? known : isOneOrganization && trusts.length > 0 ? trusts : verified;
  if (deciding.length > 1) refuseAmbiguous(deciding);
  return deciding[0] as VerifiedCandidate;
}

async function personOf({ database, keys }: OutsideSources, provider: VerifiedCandidate, origin: RequestOrigin): Promise<Principal> {
  const { subject, issuedAt, groups, groupsAreMissing, email, emailIsVerified, name } = provider.identity;
  const { rows } = await database
    .query<{ user_id: string; base_role: BaseRole }>(
      'select user_id, base_role from app_private.sign_in_by_provider($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)',
      [
        provider.organizationId,
        provider.id,
        subject,
        issuedAt,
        groups,
        groupsAreMissing,
        email,
        emailIsVerified,
        name ?? asName(email?.split('@')[0] ?? subject) ?? 'Unnamed',
        origin.requestId,
        origin.ipAddress,
        origin.userAgent?.slice(0, 500) ?? null,
        await keys.of(provider.organizationId),
      ],
    )
    .catch((error: Error & { code?: string }) => {
      throw error.code === 'DX401' ? new UnauthenticatedError(error.message) : error;
    });
  const person = rows[0];
  if (person === undefined) throw new UnauthenticatedError('The person of the token is no active member of the organization any more.');
  return {
    role: person.base_role,
    organizationId: provider.organizationId,
    userId: person.user_id,
    credential: { kind: 'provider', id: provider.id },
    projectId: null,
    scopes: [],
    // The provider vouches for who it is, and the trail says so.
    actor: `user:${person.user_id}:provider:${provider.id}`,
  };
}

function jobOf(trust: VerifiedCandidate): Principal {
  const { subject } = trust.identity;
  // Its rows were found by what the token said before it was verified.
  if (!subjectMatches(trust.subjectPattern, subject))
    throw new UnauthenticatedError('The subject of the token is not the one of the CI trust.');
  return {
    role: 'ci',
    organizationId: trust.organizationId,
    userId: null,
    credential: { kind: 'trust', id: trust.id },
    projectId: trust.projectId,
    scopes: trust.scopes,
    // One line, whatever the subject holds.
    actor: `ci:${trust.id}:${subject.slice(0, ACTOR_SUBJECT_LENGTH).toWellFormed().replaceAll(/\p{C}/gu, ' ')}`,
  };
}
