import type { Principal } from '../database/identity.ts';

const KEPT = 10_000;

interface Verified {
  readonly principal: Principal;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/**
 * Tokens whose signature and claims were verified, until they expire, the latest used ones. Only what a token itself says is
 * remembered: whether its session, user, role and organization still stand is asked of the database with each request.
 */
export class VerifiedTokens {
  readonly #kept = new Map<string, Verified>();

  /** Who a token is, if it was verified before and has not expired since. */
  of(token: string): Principal | undefined {
    const found = this.#kept.get(token);
    if (found === undefined) return undefined;
    this.#kept.delete(token);
    if (found.until <= Date.now()) return undefined;
    // The order of a map is that of its insertions: the first is the one not used for the longest.
    this.#kept.set(token, found);
    return found.principal;
  }

  /**
   * Remembers a token that was verified.
   *
   * @param until when it expires, in milliseconds since 1970.
   */
  keep(token: string, principal: Principal, until: number): void {
    this.#kept.set(token, { principal, until });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > KEPT && oldest !== undefined) this.#kept.delete(oldest);
  }
}
