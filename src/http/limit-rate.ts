import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { UnauthenticatedError } from '../auth/tokens.ts';
import type { Config } from '../config.ts';
import { ANONYMOUS, type Principal } from '../database/identity.ts';
import type { OrganizationRates } from '../database/organization-rates.ts';
import { addressKey } from './client-address.ts';
import type { RateCount, RateLimits } from './rate-limits.ts';
import type { SharedState } from './shared-state.ts';

/** A request too many. */
export class RateLimitedError extends Error {
  override name = 'RateLimitedError';
  /** Seconds. */
  readonly retryAfter: number;

  constructor(retryAfter: number) {
    super(`Too many requests: try again in ${retryAfter} seconds.`);
    this.retryAfter = retryAfter;
  }
}

/** The headers that tell a client where its count stands. */
export const RATE_HEADERS = ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset', 'Retry-After'];

export type RateSettings = Pick<Config, 'RATE_LIMIT_PER_MINUTE' | 'MAX_RATE_LIMIT_PER_MINUTE' | 'ANONYMOUS_RATE_LIMIT_PER_MINUTE'>;

/** Counts each request, before its body is read: of a user or key, else of the address. */
export function limitRate(rates: RateLimits, organizations: OrganizationRates, settings: RateSettings): RequestHandler {
  return async ({ principal, origin }, response, next) => {
    const count = await countRequest(rates, organizations, settings, principal ?? ANONYMOUS, origin?.ipAddress ?? null);
    tell(response, count);
    if (count.exceeded) throw new RateLimitedError(count.resetSeconds);
    next();
  };
}

/** Counts one request more: of a user or key, else of the address. */
export async function countRequest(
  rates: RateLimits,
  organizations: OrganizationRates,
  settings: RateSettings,
  principal: Principal,
  address: string | null,
): Promise<RateCount> {
  return rates.count(
    principal.organizationId === null
      ? { name: 'address', key: addressKey(address), limit: settings.ANONYMOUS_RATE_LIMIT_PER_MINUTE }
      : { name: 'requests', key: callerKey(principal), limit: await limitOf(principal.organizationId, organizations, settings) },
  );
}

/**
 * Bounds how many credentials an address may try: what is refused is counted by `count` (an error handler), and beyond
 * the limit `guard` has no credential of the address looked at until the minute is over.
 */
export class RefusalLimit {
  readonly #rates: RateLimits;
  readonly #limit: number;
  readonly #shut = new Map<string, number>();
  readonly #processes: SharedState | undefined;

  constructor(rates: RateLimits, limit: number, processes?: SharedState) {
    this.#rates = rates;
    this.#limit = limit;
    this.#processes = processes;
    processes?.onShut((key, seconds) => this.#shutOut(key, seconds));
  }

  /** For how many seconds no credential of an address is looked at; 0 where they are. */
  shutFor(address: string | null): number {
    const key = addressKey(address);
    const until = this.#shut.get(key);
    if (until === undefined) return 0;
    const seconds = Math.ceil((until - performance.now()) / 1_000);
    if (seconds <= 0) this.#shut.delete(key);
    return Math.max(0, seconds);
  }

  /** Counts a credential that was refused to an address. */
  async refused(address: string | null): Promise<RateCount> {
    const key = addressKey(address);
    const count = await this.#rates.count({ name: 'refused', key, limit: this.#limit });
    if (count.remaining === 0) {
      this.#shutOut(key, count.resetSeconds);
      this.#processes?.shut(key, count.resetSeconds);
    }
    return count;
  }

  #shutOut(key: string, seconds: number): void {
    const now = performance.now();
    for (const [other, until] of this.#shut) if (until <= now) this.#shut.delete(other);
    this.#shut.set(key, now + seconds * 1_000);
  }

  readonly guard: RequestHandler = (request, response, next) => {
    const resetSeconds = request.headers.authorization === undefined ? 0 : this.shutFor(request.origin?.ipAddress ?? null);
    if (resetSeconds === 0) return next();
    tell(response, { limit: this.#limit, remaining: 0, resetSeconds, exceeded: true });
    throw new RateLimitedError(resetSeconds);
  };

  readonly count: ErrorRequestHandler = async (error, request, response, next) => {
    if (!(error instanceof UnauthenticatedError)) return next(error);
    const count = await this.refused(request.origin?.ipAddress ?? null);
    tell(response, count);
    next(count.exceeded ? new RateLimitedError(count.resetSeconds) : error);
  };
}

/** A user's requests count together, whatever the token; a key's by itself, and all jobs' of a CI trust as the trust's. */
export function callerKey({ organizationId, userId, credential, actor }: Principal): string {
  return `${organizationId}:${userId ?? credential?.id ?? actor}`;
}

async function limitOf(organizationId: string, organizations: OrganizationRates, settings: RateSettings): Promise<number> {
  const own = await organizations.of(organizationId);
  return own === null ? settings.RATE_LIMIT_PER_MINUTE : Math.min(own, settings.MAX_RATE_LIMIT_PER_MINUTE);
}

function tell(response: Response, { limit, remaining, resetSeconds, exceeded }: RateCount): void {
  response.set({ 'RateLimit-Limit': String(limit), 'RateLimit-Remaining': String(remaining), 'RateLimit-Reset': String(resetSeconds) });
  if (exceeded) response.set('Retry-After', String(resetSeconds));
}
