import { createLocalJWKSet, errors, type JWTVerifyGetKey } from 'jose';
import { type FetchJson, fetchKeySet, type Issuer } from './key-set.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Keys younger than this are used as they are. */
const FRESH_MS = 10 * MINUTE;
/** Up to here they are used while they are refreshed; older ones wait for it, since a key may have been withdrawn. */
const STALE_MS = 20 * MINUTE;
/** How long keys outlive the last answer of an issuer that is down. */
const KEEP_MS = 24 * 60 * MINUTE;
/** How long an issuer that failed is left alone. */
const RETRY_MS = 10 * SECOND;
/** Unknown keys that may be asked for at once; then one each `REFETCH_MS`. */
const REFETCH_BURST = 3;
const REFETCH_MS = 10 * SECOND;
/** How many issuers are remembered; the one not used for longest goes first. */
const MAX_ISSUERS = 1_000;

/** An issuer's keys cannot be had right now, so nothing can be said of its tokens: neither good nor bad. */
export class IssuerUnavailableError extends Error {
  override name = 'IssuerUnavailableError';

  constructor() {
    super("The keys of the token's issuer cannot be had right now: try again in a moment.");
  }
}

/**
 * The keys of one issuer, as far as they are known.
 *
 * jose's `createRemoteJWKSet` is not enough: it asks again at every token while an issuer is down, forgets the keys it
 * had, and lets a stranger's key ids reach the issuer without a limit as long as it fails.
 */
class KnownKeys {
  #find: ReturnType<typeof createLocalJWKSet> | null = null;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #failedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | null = null;
  #begun = 0;
  #refetches = REFETCH_BURST;
  #refetchesAt = Number.NEGATIVE_INFINITY;
  readonly #issuer: Issuer;
  readonly #fetchJson: FetchJson;
  readonly #now: () => number;

  constructor(issuer: Issuer, fetchJson: FetchJson, now: () => number) {
    this.#issuer = issuer;
    this.#fetchJson = fetchJson;
    this.#now = now;
  }

  readonly key: JWTVerifyGetKey = async (header, token) => {
    const begun = this.#begun;
    await this.#ready();
    for (;;) {
      try {
        return await this.#known()(header, token);
      } catch (error) {
        if (!(error instanceof errors.JWKSNoMatchingKey)) throw error;
        if (await this.#refetched(begun)) continue;
        // What an issuer that is down would say of a key that it may have made since is not known.
        if (this.#hasFailed()) throw new IssuerUnavailableError();
        throw error;
      }
    }
  };

  /** The keys, where there are any that may still be used. */
  #known(): ReturnType<typeof createLocalJWKSet> {
    if (this.#find === null || this.#age() >= KEEP_MS) throw new IssuerUnavailableError();
    return this.#find;
  }

  async #ready(): Promise<void> {
    const age = this.#age();
    if (age < FRESH_MS) return;
    const fetching = this.#fetch();
    const mayBeUsed = age < STALE_MS || (age < KEEP_MS && this.#hasFailed());
    if (!mayBeUsed) await fetching;
  }

  /**
   * Asks the issuer again because of a key that is not known: once a token, and where that is still allowed. A fetch
   * under way is joined at no cost, but where it had begun before the token came, the key may be younger than its answer.
   *
   * @param begun How many fetches had begun when the token came.
   * @returns Whether there is another answer to look at.
   */
  async #refetched(begun: number): Promise<boolean> {
    const ended = this.#fetching === null ? this.#begun : this.#begun - 1;
    if (ended > begun) return false;
    if (this.#fetching === null && (this.#isLeftAlone() || !this.#takeRefetch())) return false;
    await this.#fetch();
    return true;
  }

  #takeRefetch(): boolean {
    const now = this.#now();
    this.#refetches = Math.min(REFETCH_BURST, this.#refetches + (now - this.#refetchesAt) / REFETCH_MS);
    this.#refetchesAt = now;
    if (this.#refetches < 1) return false;
    this.#refetches -= 1;
    return true;
  }

  /** One fetch for all who need it; how it ended shows in the state, and never as an error. */
  #fetch(): Promise<void> {
    if (this.#fetching === null && !this.#isLeftAlone()) {
      this.#begun += 1;
      this.#fetching = fetchKeySet(this.#issuer, this.#fetchJson)
        .then(
          (keys) => {
            this.#find = createLocalJWKSet({ keys });
            this.#fetchedAt = this.#now();
            this.#failedAt = Number.NEGATIVE_INFINITY;
          },
          () => {
            this.#failedAt = this.#now();
          },
        )
        .finally(() => {
          this.#fetching = null;
        });
    }
    return this.#fetching ?? Promise.resolve();
  }

  #age(): number {
    return this.#now() - this.#fetchedAt;
  }

  #hasFailed(): boolean {
    return this.#failedAt !== Number.NEGATIVE_INFINITY;
  }

  #isLeftAlone(): boolean {
    return this.#now() - this.#failedAt < RETRY_MS;
  }
}

/**
 * The keys of outside issuers: fetched when first needed, refreshed in the background after ten minutes, asked for again
 * where a token names a key that is not known (within limits that strangers cannot exceed), and kept for a day where an
 * issuer is down.
 */
export class IssuerKeys {
  readonly #issuers = new Map<string, KnownKeys>();
  readonly #fetchJson: FetchJson;
  readonly #now: () => number;

  /** @param now Milliseconds, of a clock that never goes back. */
  constructor(fetchJson: FetchJson, now: () => number = () => performance.now()) {
    this.#fetchJson = fetchJson;
    this.#now = now;
  }

  /**
   * What finds the key of a token of this issuer, for jose. It throws IssuerUnavailableError where the keys cannot be
   * had right now, and jose's JWKSNoMatchingKey where the issuer publishes no such key.
   */
  of(issuer: Issuer): JWTVerifyGetKey {
    const name = JSON.stringify([issuer.issuer, issuer.jwksUri]);
    const known = this.#issuers.get(name) ?? new KnownKeys(issuer, this.#fetchJson, this.#now);
    this.#issuers.delete(name);
    this.#issuers.set(name, known);
    const [oldest] = this.#issuers.keys();
    if (this.#issuers.size > MAX_ISSUERS && oldest !== undefined) this.#issuers.delete(oldest);
    return known.key;
  }
}
