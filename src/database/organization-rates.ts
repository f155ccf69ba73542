import type pg from 'pg';

const REMEMBERED_MS = 30_000;
const MAX_REMEMBERED = 10_000;

/** How many requests a minute organizations have asked for, remembered for 30 seconds. */
export class OrganizationRates {
  readonly #pool: pg.Pool;
  readonly #remembered = new Map<string, { readonly rate: Promise<number | null>; readonly until: number }>();

  constructor(pool: pg.Pool) {
    this.#pool = pool;
  }

  /** An organization's own rate; null where it has none, or the database cannot say right now. */
  of(organizationId: string): Promise<number | null> {
    const known = this.#remembered.get(organizationId);
    if (known !== undefined && known.until > performance.now()) return known.rate;
    const rate = this.#ask(organizationId);
    // Put at the end again: the first is then the one that was asked for longest ago.
    this.#remembered.delete(organizationId);
    this.#remembered.set(organizationId, { rate, until: performance.now() + REMEMBERED_MS });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > MAX_REMEMBERED && oldest !== undefined) this.#remembered.delete(oldest);
    return rate;
  }

  async #ask(organizationId: string): Promise<number | null> {
    try {
      const { rows } = await this.#pool.query<{ rate: number | null }>('select app_private.requests_per_minute($1) as rate', [
        organizationId,
      ]);
      return rows[0]?.rate ?? null;
    } catch {
      this.#remembered.delete(organizationId);
      return null;
    }
  }
}
