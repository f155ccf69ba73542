import type { JWTPayload } from 'jose';

const MAX_EMAIL_LENGTH = 254;
const EMAIL = /^[^\s@\p{C}]+@[^\s@.\p{C}]+(?:\.[^\s@.\p{C}]+)+$/u;
const MAX_NAME_LENGTH = 200;

/** Who a verified token of an outside issuer is of. */
export interface OutsideIdentity {
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
  readonly email: string | null;
  /**
   * What the issuer says of the address: null where it says nothing. Only `true` may ever lead to an account: in Entra ID
   * whoever administers a tenant can write any address into it.
   */
  readonly emailIsVerified: boolean | null;
  readonly name: string | null;
  /** The groups and the app roles, each once. */
  readonly groups: readonly string[];
  /** Entra ID left the groups out, as there are too many for a token: what is in `groups` is not all. */
  readonly groupsAreMissing: boolean;
  readonly issuedAt: Date;
  readonly expiresAt: Date;
  readonly claims: Readonly<Record<string, unknown>>;
}

type Claims = Readonly<Record<string, unknown>>;

/** Only what the token says itself: never `constructor` and the like. */
function own(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Claims)[name] : undefined;
}

/** A claim by its very name, dots included, or else by a path of names as in Keycloak's `realm_access.roles`. */
function claimAt(claims: Claims, path: string): unknown {
  return own(claims, path) ?? path.split('.').reduce<unknown>(own, claims);
}

/** Whether a text can be stored as it is: with another in its place two would become one. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes('\0');
}

/** A list of texts, or one text as a list of one. */
function texts(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter(
    (item): item is string => typeof item === 'string' && item !== '' && isStorable(item),
  );
}

/** A text as a person's name can be shown: one line of at most 200 characters; null where nothing is left. */
export function asName(text: string): string | null {
  const line = text.replaceAll(/[\p{C}\s]+/gu, ' ').trim();
  return line === '' ? null : [...line].slice(0, MAX_NAME_LENGTH).join('');
}

function asBoolean(value: unknown): boolean | null {
  if (value === true || value === 'true' || value === 1 || value === '1') return true;
  if (value === false || value === 'false' || value === 0 || value === '0') return false;
  return null;
}

function emailOf(claims: Claims): Pick<OutsideIdentity, 'email' | 'emailIsVerified'> {
  const isEmail = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_EMAIL_LENGTH && EMAIL.test(value);
  if (isEmail(claims.email)) {
    // Okta, and the standard; and Entra ID's "email domain owner verified". Where they disagree, the worse holds.
    const said = [asBoolean(claims.email_verified), asBoolean(claims.xms_edov)];
    return { email: claims.email, emailIsVerified: said.includes(false) ? false : said.includes(true) ? true : null };
  }
  // Names to sign in with: they look like addresses without being one.
  const name = [claims.preferred_username, claims.upn].find(isEmail);
  return name === undefined ? { email: null, emailIsVerified: null } : { email: name, emailIsVerified: false };
}

/**
 * Whether Entra ID left the groups out: `hasgroups` in tokens of the implicit flow, a reference to Microsoft Graph in
 * `_claim_names` otherwise (https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference). The
 * reference is not followed: it would need a credential of ours in each customer's tenant.
 */
function groupsAreMissing(claims: Claims, groupClaim: string): boolean {
  const names = claims._claim_names;
  return asBoolean(claims.hasgroups) === true || own(names, groupClaim) !== undefined;
}

/** What a verified token's claims say, in one form for every issuer. */
export function outsideIdentity(
  claims: JWTPayload & { iss: string; sub: string; iat: number; exp: number },
  groupClaim: string,
): OutsideIdentity {
  return {
    issuer: claims.iss,
    subject: claims.sub,
    audiences: texts(claims.aud),
    ...emailOf(claims),
    name: typeof claims.name === 'string' ? asName(claims.name) : null,
    groups: [...new Set([...texts(claimAt(claims, groupClaim)), ...texts(claims.roles)])],
    groupsAreMissing: groupsAreMissing(claims, groupClaim),
    issuedAt: new Date(claims.iat * 1_000),
    expiresAt: new Date(claims.exp * 1_000),
    claims,
  };
}
