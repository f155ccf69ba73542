import { ANONYMOUS, type Principal } from '../database/identity.ts';
import type { Queryable } from '../database/key-envelopes.ts';
import { looksLikeApiKey, verifyApiKey } from './api-keys.ts';
import { type TokenSettings, UnauthenticatedError, verifyToken } from './tokens.ts';

/** What credentials are checked against. */
export interface AuthenticationSources {
  readonly tokens: TokenSettings;
  /** As the API's own login. */
  readonly database: Queryable;
}

/**
 * Who sends a request, by its `Authorization` header: nobody where it has none.
 *
 * @throws UnauthenticatedError where there is a credential that is not accepted: never a lesser identity.
 */
export async function authenticate({ tokens, database }: AuthenticationSources, authorization: string | undefined): Promise<Principal> {
  if (authorization === undefined) return ANONYMOUS;
  const credential = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
  if (credential === undefined) throw new UnauthenticatedError('The Authorization header must be "Bearer <token>".');
  return looksLikeApiKey(credential) ? verifyApiKey(database, credential) : verifyToken(tokens, credential);
}
