import { randomUUID } from 'node:crypto';
import { errors, jwtVerify, SignJWT } from 'jose';
import { z } from 'zod';
import { BASE_ROLES, type Principal } from '../database/identity.ts';
import type { SigningKey } from './signing-key.ts';

/** A credential that is not accepted; the message says why without repeating any of it. */
export class UnauthenticatedError extends Error {
  override name = 'UnauthenticatedError';
  readonly code = 'DX401';
}

/** Whose tokens are accepted, and for whom they must be meant. */
export interface TokenSettings {
  readonly key: SigningKey;
  readonly issuer: string;
  readonly audience: string;
}

const MAX_TOKEN_LENGTH = 8_192;
const ALGORITHM = 'EdDSA';

/** What a token says, beside the registered claims `iss`, `aud`, `iat`, `exp` and `jti`. */
const claims = z.object({
  sub: z.uuid().optional(),
  jti: z.uuid(),
  org: z.uuid(),
  role: z.enum(BASE_ROLES),
  sid: z.uuid().optional(),
  project: z.uuid().optional(),
  scope: z.string().optional(),
});

/** Signs a token for a principal; it holds for `seconds`. */
export async function mintToken(settings: TokenSettings, principal: Principal, seconds: number): Promise<string> {
  const { role, organizationId, userId, credential, projectId, scopes } = principal;
  if (organizationId === null || role === 'anonymous') throw new Error('A token names an organization and a role.');
  const payload = {
    org: organizationId,
    role,
    ...(credential?.kind === 'session' ? { sid: credential.id } : {}),
    ...(projectId === null ? {} : { project: projectId }),
    ...(scopes.length === 0 ? {} : { scope: scopes.join(' ') }),
  };
  const token = new SignJWT(payload)
    .setProtectedHeader({ alg: ALGORITHM, kid: settings.key.kid, typ: 'JWT' })
    .setIssuer(settings.issuer)
    .setAudience(settings.audience)
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .setJti(randomUUID());
  return (userId === null ? token : token.setSubject(userId)).sign(settings.key.privateKey);
}

/**
 * Who a token is. Only EdDSA under our own key counts, whatever its header says, with our issuer and audience, an
 * expiry, and claims of the right form; whether organization, user and role still stand is for the database to say.
 *
 * @throws UnauthenticatedError; there is no lesser identity to fall back to.
 */
export async function verifyToken(settings: TokenSettings, token: string): Promise<Principal> {
  if (token.length > MAX_TOKEN_LENGTH) throw new UnauthenticatedError('The token is too long.');
  let payload: unknown;
  try {
    ({ payload } = await jwtVerify(token, settings.key.publicKey, {
      algorithms: [ALGORITHM],
      issuer: settings.issuer,
      audience: settings.audience,
      requiredClaims: ['exp', 'iat', 'jti'],
    }));
  } catch (error) {
    if (error instanceof errors.JWTExpired) throw new UnauthenticatedError('The token has expired.');
    if (error instanceof errors.JWTClaimValidationFailed)
      throw new UnauthenticatedError(`The token's claim "${error.claim}" is not accepted.`);
    throw new UnauthenticatedError('The token is not valid.');
  }
  const parsed = claims.safeParse(payload);
  if (!parsed.success) throw new UnauthenticatedError(`The token's claim "${String(parsed.error.issues[0]?.path[0])}" is not accepted.`);
  const { sub, jti, org, role, sid, project, scope } = parsed.data;
  return {
    role,
    organizationId: org,
    userId: sub ?? null,
    credential: sid === undefined ? null : { kind: 'session', id: sid },
    projectId: project ?? null,
    scopes: scope === undefined ? [] : scope.split(' '),
    actor: sub === undefined ? `token:${jti}` : `user:${sub}`,
  };
}
