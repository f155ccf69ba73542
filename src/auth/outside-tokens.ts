import { decodeJwt, errors, jwtVerify } from 'jose';
import { z } from 'zod';
import { type IssuerKeys, IssuerUnavailableError } from './issuer-keys.ts';
import type { Issuer } from './key-set.ts';
import { isStorable, type OutsideIdentity, outsideIdentity } from './outside-claims.ts';
import { UnauthenticatedError } from './tokens.ts';

/** A token of an outside issuer at most: with two hundred groups Entra ID's take some 10 kB. */
const MAX_TOKEN_LENGTH = 16_384;
const CLOCK_TOLERANCE_S = 30;
/** However late a token says that it expires. */
export const MAX_AGE_S = 24 * 60 * 60;
/** What signs with a private key; never a shared secret, never nothing. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'] as const;
/** The types that an issuer gives to ID tokens and access tokens (RFC 9068); a logout token is no credential. */
const TYPE = /^(?:application\/)?(?:at\+)?jwt$/i;

/** What is asked of a token, as an organization has registered it. */
export interface ExpectedToken extends Issuer {
  readonly audience: string;
  /** The claim with the groups: its name, or a path with dots; `groups` if not given. */
  readonly groupClaim?: string;
}

/** What a token says before anything of it is verified. */
export interface PeekedToken {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly subject: string | null;
}

const text = z.string().min(1).max(2_048).refine(isStorable);
const MAX_SUBJECT_LENGTH = 500;
const peeked = z.object({ iss: text, aud: z.union([text.transform((one) => [one]), z.array(text)]).default([]), sub: text.optional() });
/** Seconds that a Date can hold. */
const time = z.number().min(0).max(8_640_000_000_000);
const verified = z.looseObject({ iss: z.string(), sub: text.max(MAX_SUBJECT_LENGTH), iat: time, exp: time });

const notValid = () => new UnauthenticatedError('The token is not valid.');

function refuseLong(token: string): void {
  if (token.length > MAX_TOKEN_LENGTH) throw new UnauthenticatedError('The token is too long.');
}

/**
 * Reads whose a token claims to be, to choose what to verify it against. Nothing of it is true yet.
 *
 * @throws UnauthenticatedError where it is no token that names an issuer.
 */
export function peekToken(token: string): PeekedToken {
  refuseLong(token);
  let claims: unknown;
  try {
    claims = decodeJwt(token);
  } catch {
    throw notValid();
  }
  const parsed = peeked.safeParse(claims);
  if (!parsed.success) throw notValid();
  return { issuer: parsed.data.iss, audiences: parsed.data.aud, subject: parsed.data.sub ?? null };
}

/**
 * Who a token of an outside issuer is of. Only a key that the issuer publishes counts, whatever key the header brings
 * along or points to; the issuer must be the expected one to the letter, the audience among its audiences, and the token
 * at most a day old. Clocks may differ by 30 seconds.
 *
 * @throws UnauthenticatedError where the token is not accepted.
 * @throws IssuerUnavailableError where nothing can be said of it, since the issuer's keys cannot be had right now.
 */
export async function verifyOutsideToken(token: string, expected: ExpectedToken, keys: IssuerKeys): Promise<OutsideIdentity> {
  refuseLong(token);
  const { payload, protectedHeader } = await verify(token, expected, keys);
  if (protectedHeader.typ !== undefined && !TYPE.test(protectedHeader.typ)) throw notValid();
  const parsed = verified.safeParse(payload);
  if (!parsed.success) throw new UnauthenticatedError(`The token's claim "${String(parsed.error.issues[0]?.path[0])}" is not accepted.`);
  return outsideIdentity(parsed.data, expected.groupClaim ?? 'groups');
}

async function verify(token: string, expected: ExpectedToken, keys: IssuerKeys): ReturnType<typeof jwtVerify> {
  try {
    return await jwtVerify(token, keys.of(expected), {
      algorithms: [...ALGORITHMS],
      issuer: expected.issuer,
      audience: expected.audience,
      clockTolerance: CLOCK_TOLERANCE_S,
      // Asks for `iat`, too; `exp` and `sub` are asked for by `verified`.
      maxTokenAge: MAX_AGE_S,
    });
  } catch (error) {
    if (error instanceof IssuerUnavailableError) throw error;
    if (error instanceof errors.JWTExpired) throw new UnauthenticatedError('The token has expired.');
    if (error instanceof errors.JWTClaimValidationFailed)
      throw new UnauthenticatedError(`The token's claim "${error.claim}" is not accepted.`);
    if (error instanceof errors.JWKSNoMatchingKey)
      throw new UnauthenticatedError('The token is signed with a key that its issuer does not publish.');
    throw notValid();
  }
}
