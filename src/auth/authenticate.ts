import { decodeJwt } from 'jose';
import { ANONYMOUS, type Principal, type RequestOrigin } from '../database/identity.ts';
import { looksLikeApiKey, verifyApiKey } from './api-keys.ts';
import { type OutsideSources, verifyOutsideCaller } from './outside-callers.ts';
import { ORGANIZATION_HEADER } from './outside-candidates.ts';
import { MAX_AGE_S, peekToken } from './outside-tokens.ts';
import { type TokenSettings, UnauthenticatedError, verifyToken } from './tokens.ts';
import type { VerifiedTokens } from './verified-tokens.ts';

/** What credentials are checked against. */
export interface AuthenticationSources extends OutsideSources {
  readonly tokens: TokenSettings;
  readonly verified: VerifiedTokens;
}

/** What a request says of who sends it. */
export interface PresentedCredential {
  /** The header `Authorization`. */
  readonly authorization: string | undefined;
  /** The header `X-DefectXray-Organization`. */
  readonly organization: string | undefined;
  readonly origin: RequestOrigin;
}

const ORGANIZATION = /^[A-Za-z0-9_-]{1,64}$/;

/**
 * Who sends a request: nobody where it has no `Authorization` header.
 *
 * @throws UnauthenticatedError where there is a credential that is not accepted: never a lesser identity.
 * @throws IssuerUnavailableError where nothing can be said of it right now.
 */
export async function authenticate(sources: AuthenticationSources, presented: PresentedCredential): Promise<Principal> {
  const { authorization, organization, origin } = presented;
  if (authorization === undefined) return ANONYMOUS;
  const credential = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
  if (credential === undefined) throw new UnauthenticatedError('The Authorization header must be "Bearer <token>".');
  if (looksLikeApiKey(credential)) return verifyApiKey(sources.database, credential);
  const known = sources.verified.of(credential);
  if (known !== undefined) return known;
  const peeked = peekToken(credential);
  if (peeked.issuer === sources.tokens.issuer) {
    const principal = await verifyToken(sources.tokens, credential);
    sources.verified.keep(credential, principal, tokenEnd(credential));
    return principal;
  }
  if (organization !== undefined && !ORGANIZATION.test(organization)) {
    throw new UnauthenticatedError(`The header ${ORGANIZATION_HEADER} must be the slug or id of one organization.`);
  }
  return verifyOutsideCaller(sources, credential, peeked, organization ?? null, origin);
}

/**
 * When a credential that was accepted ends by itself, in milliseconds since 1970; null where only the database knows, as of an
 * API key. No token counts for longer than a day.
 */
export function credentialEnd(authorization: string): number | null {
  const credential = authorization.replace(/^Bearer +/i, '');
  return looksLikeApiKey(credential) ? null : tokenEnd(credential);
}

function tokenEnd(token: string): number {
  const { exp, iat } = decodeJwt(token);
  return Math.min((exp ?? 0) * 1_000, ((iat ?? 0) + MAX_AGE_S) * 1_000);
}
