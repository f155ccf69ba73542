import { ANONYMOUS, type Principal } from '../database/identity.ts';
import { type TokenSettings, UnauthenticatedError, verifyToken } from './tokens.ts';

/**
 * Who sends a request, by its `Authorization` header: nobody where it has none.
 *
 * @throws UnauthenticatedError where there is a credential that is not accepted: never a lesser identity.
 */
export async function authenticate(settings: TokenSettings, authorization: string | undefined): Promise<Principal> {
  if (authorization === undefined) return ANONYMOUS;
  const token = /^Bearer +([^\s]+)$/i.exec(authorization)?.[1];
  if (token === undefined) throw new UnauthenticatedError('The Authorization header must be "Bearer <token>".');
  return verifyToken(settings, token);
}
