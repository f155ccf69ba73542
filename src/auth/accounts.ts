import type pg from 'pg';
import { PLATFORM } from '../database/encryption-key.ts';
import { identityStatement, type Principal, type RequestOrigin } from '../database/identity.ts';
import type { KeyEnvelopes } from '../database/key-envelopes.ts';
import { checkPassword, type Passwords } from './passwords.ts';
import { isSecret, newSecret, type SecretKind, secretHash } from './secret-tokens.ts';
import { mintToken, type TokenSettings, UnauthenticatedError } from './tokens.ts';

/** How long an access token holds, in seconds: a client refreshes its session that often. */
export const ACCESS_TOKEN_SECONDS = 900;

/** What signing in gives: an access token for requests, and a refresh token for the next access token. */
export interface SignedIn {
  readonly accessToken: string;
  /** When the access token ends. */
  readonly expiresAt: string;
  readonly refreshToken: string;
  readonly sessionId: string;
  /** When the session ends, however often it is refreshed. */
  readonly sessionExpiresAt: string;
  /** The slug of the organization that was signed in to. */
  readonly organization: string;
  readonly role: Principal['role'];
}

/** Somebody tried too often; nothing was tried this time. */
export class ThrottledError extends Error {
  override name = 'ThrottledError';
  readonly code = 'DX429';
  /** Seconds. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super(`Too many attempts: try again in ${retryAfter} second${retryAfter === 1 ? '' : 's'}.`);
    this.retryAfter = retryAfter;
  }
}

/** What accounts are made from. */
export interface AccountSettings {
  readonly pool: pg.Pool;
  readonly keys: KeyEnvelopes;
  readonly passwords: Passwords;
  readonly tokens: TokenSettings;
  readonly sessionDays: number;
  /** Attempts that are free, before the door closes for longer each time. */
  readonly attemptsPerAccount: number;
  readonly attemptsPerAddress: number;
}

interface SessionRow {
  readonly session_id: string;
  readonly member_id: string;
  readonly organization_id: string;
  readonly organization_slug: string;
  readonly base_role: Principal['role'];
  readonly expires_at: Date;
}

const WRONG = 'The e-mail address or the password is wrong.';

/**
 * Signing in, and all that a password or a token that was handed to a person is needed for. Each step in the database is a
 * transaction of its own, so that a failed attempt stays counted and none waits for a password to be hashed.
 */
export class Accounts {
  readonly #settings: AccountSettings;

  constructor(settings: AccountSettings) {
    this.#settings = settings;
  }

  /**
   * Signs a person in to an organization of theirs: the one named, else the one used last. An unknown address, a wrong password and
   * a person without an organization get the same answer after the same work.
   *
   * @throws UnauthenticatedError, ThrottledError, TooManySignInsError
   */
  async signIn(email: string, password: string, organization: string | null, origin: RequestOrigin): Promise<SignedIn> {
    const { passwords, keys, attemptsPerAccount, attemptsPerAddress, sessionDays } = this.#settings;
    const begun = await this.#one<{ wait: number; account: string; user_id: string | null; hash: string | null }>(
      'select wait, account, user_id, hash from app_private.begin_sign_in($1, $2, $3, $4, $5)',
      [storable(email).slice(0, 320), origin.ipAddress, attemptsPerAccount, attemptsPerAddress, await keys.of(PLATFORM)],
    );
    refuseWait(begun?.wait);
    const verified = await passwords.matches(password, begun?.hash ?? null);
    const refreshToken = newSecret('refreshToken');
    const session = await this.#one<SessionRow>('select * from app_private.finish_sign_in($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
      begun?.account,
      begun?.user_id,
      verified,
      organization,
      secretHash(refreshToken),
      sessionDays,
      ...place(origin),
    ]);
    if (session === undefined) throw new UnauthenticatedError(WRONG);
    return this.#signedIn(session, refreshToken);
  }

  /**
   * Exchanges a refresh token for new tokens of its session. A token that was exchanged before ends the session.
   *
   * @throws UnauthenticatedError
   */
  async refreshSession(refreshToken: string, origin: RequestOrigin): Promise<SignedIn> {
    const next = newSecret('refreshToken');
    const session = await this.#one<SessionRow>('select * from app_private.refresh_session($1, $2, $3, $4, $5)', [
      secretHash(checked('refreshToken', refreshToken)),
      secretHash(next),
      ...place(origin),
    ]);
    if (session === undefined) throw new UnauthenticatedError('The session has ended: sign in again.');
    return this.#signedIn(session, next);
  }

  /**
   * Starts a session of the caller in another organization of theirs.
   *
   * @throws UnauthenticatedError
   */
  async switchOrganization(caller: Principal, organization: string, origin: RequestOrigin): Promise<SignedIn> {
    const refreshToken = newSecret('refreshToken');
    const session = await this.#asCaller<SessionRow>(
      caller,
      origin,
      'select * from app_private.switch_organization($1, $2, $3, $4, $5, $6)',
      [organization, secretHash(refreshToken), this.#settings.sessionDays, ...place(origin)],
    );
    if (session === undefined) throw new UnauthenticatedError('You have not signed in to an organization of yours by that name.');
    return this.#signedIn(session, refreshToken);
  }

  /**
   * Changes the caller's own password and ends their other sessions.
   *
   * @throws UnauthenticatedError where the present password is wrong; PasswordError, ThrottledError, TooManySignInsError
   */
  async changePassword(caller: Principal, current: string, next: string, origin: RequestOrigin): Promise<void> {
    checkPassword(next, [], 'newPassword');
    const begun = await this.#asCaller<{ wait: number; hash: string | null }>(
      caller,
      origin,
      'select wait, hash from app_private.begin_password_change($1)',
      [this.#settings.attemptsPerAccount],
    );
    refuseWait(begun?.wait);
    if (!(await this.#settings.passwords.matches(current, begun?.hash ?? null)))
      throw new UnauthenticatedError('The present password is wrong.');
    const hash = await this.#settings.passwords.hash(next);
    await this.#asCaller(caller, origin, 'select app_private.change_password($1)', [hash]);
  }

  /**
   * Makes who has an invitation a member, and signs them in. Without an account they choose name and password; with one, the password
   * must be the account's.
   *
   * @throws UnauthenticatedError, PasswordError, ThrottledError, TooManySignInsError
   */
  async acceptInvitation(token: string, name: string, password: string, origin: RequestOrigin): Promise<SignedIn> {
    const { keys, passwords, sessionDays, attemptsPerAddress } = this.#settings;
    const hash = secretHash(checked('invitation', token));
    const begun = await this.#one<{ wait: number; organization_id: string | null }>(
      'select wait, organization_id from app_private.begin_acceptance($1, $2, $3)',
      [hash, origin.ipAddress, attemptsPerAddress],
    );
    refuseWait(begun?.wait);
    if (begun?.organization_id == null) throw new UnauthenticatedError('The invitation is not one, or no longer: ask for another.');
    const sealed = await keys.of(begun.organization_id);
    const account = await this.#one<{ user_id: string; hash: string | null }>(
      'select user_id, hash from app_private.invited_account($1, $2)',
      [hash, sealed],
    );
    if (account === undefined) checkPassword(password, [name]);
    else if (!(await passwords.matches(password, account.hash))) {
      throw new UnauthenticatedError(
        'There is an account with this e-mail address already: give its password, or have the operator reset it.',
      );
    }
    const refreshToken = newSecret('refreshToken');
    const session = await this.#one<SessionRow>('select * from app_private.accept_invitation($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
      hash,
      name,
      account === undefined ? await passwords.hash(password) : null,
      secretHash(refreshToken),
      sessionDays,
      ...place(origin),
      sealed,
    ]);
    if (session === undefined) throw new UnauthenticatedError('The invitation is not one, or no longer: ask for another.');
    return this.#signedIn(session, refreshToken);
  }

  /**
   * Sets a password by a token that the operator has issued, and ends every session of the account.
   *
   * @throws UnauthenticatedError, PasswordError, ThrottledError, TooManySignInsError
   */
  async resetPassword(token: string, password: string, origin: RequestOrigin): Promise<void> {
    const hash = secretHash(checked('passwordReset', token));
    checkPassword(password);
    const begun = await this.#one<{ wait: number }>('select app_private.begin_token($1, $2) as wait', [
      origin.ipAddress,
      this.#settings.attemptsPerAddress,
    ]);
    refuseWait(begun?.wait);
    const done = await this.#one<{ done: boolean }>('select app_private.reset_password($1, $2) as done', [
      hash,
      await this.#settings.passwords.hash(password),
    ]);
    if (done?.done !== true) throw new UnauthenticatedError('The token is not one, or no longer: ask the operator for another.');
  }

  async #signedIn(session: SessionRow, refreshToken: string): Promise<SignedIn> {
    const principal: Principal = {
      role: session.base_role,
      organizationId: session.organization_id,
      userId: session.member_id,
      credential: { kind: 'session', id: session.session_id },
      projectId: null,
      scopes: [],
      actor: `user:${session.member_id}`,
    };
    return {
      accessToken: await mintToken(this.#settings.tokens, principal, ACCESS_TOKEN_SECONDS),
      expiresAt: new Date(Date.now() + ACCESS_TOKEN_SECONDS * 1_000).toISOString(),
      refreshToken,
      sessionId: session.session_id,
      sessionExpiresAt: session.expires_at.toISOString(),
      organization: session.organization_slug,
      role: session.base_role,
    };
  }

  async #one<Row extends pg.QueryResultRow>(text: string, values: unknown[]): Promise<Row | undefined> {
    return (await this.#settings.pool.query<Row>(text, values)).rows[0];
  }

  /** One statement of the API's own login, under the identity of a caller: request roles may not call these functions. */
  async #asCaller<Row extends pg.QueryResultRow>(
    caller: Principal,
    origin: RequestOrigin,
    text: string,
    values: unknown[],
  ): Promise<Row | undefined> {
    const keys = caller.organizationId === null ? '' : await this.#settings.keys.of(caller.organizationId);
    const client = await this.#settings.pool.connect();
    try {
      await client.query('begin');
      await client.query(identityStatement(caller, origin, keys, 10_000));
      await client.query('set local role none');
      const { rows } = await client.query<Row>(text, values);
      await client.query('commit');
      client.release();
      return rows[0];
    } catch (error) {
      await client.query('rollback').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  }
}

function place(origin: RequestOrigin): unknown[] {
  return [origin.requestId, origin.ipAddress, origin.userAgent?.slice(0, 500) ?? null];
}

/** NUL has no place in PostgreSQL's texts: an address with one is nobody's. */
function storable(text: string): string {
  return text.replaceAll('\0', '\u{fffd}');
}

/** A secret of the right form; another is refused before anything is asked. */
function checked(kind: SecretKind, text: string): string {
  if (!isSecret(kind, text)) throw new UnauthenticatedError('The token is not one: copy it whole, and nothing else with it.');
  return text;
}

function refuseWait(wait: number | undefined): void {
  if (wait !== undefined && wait > 0) throw new ThrottledError(wait);
}
