import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { UnauthenticatedError } from '../auth/tokens.ts';
import type { Config } from '../config.ts';
import type { Principal } from '../database/identity.ts';
import type { OrganizationRates } from '../database/organization-rates.ts';
import { addressKey } from './client-address.ts';
import type { RateCount, RateLimits } from './rate-limits.ts';

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

type RateSettings = Pick<Config, 'RATE_LIMIT_PER_MINUTE' | 'MAX_RATE_LIMIT_PER_MINUTE' | 'ANONYMOUS_RATE_LIMIT_PER_MINUTE'>;

/** Counts each request, before its body is read: of a user or key, else of the address. */
export function limitRate(rates: RateLimits, organizations: OrganizationRates, settings: RateSettings): RequestHandler {
  return async ({ principal, origin }, response, next) => {
    const count = await rates.count(
      principal === undefined || principal.organizationId === null
        ? { name: 'address', key: addressKey(origin?.ipAddress ?? null), limit: settings.ANONYMOUS_RATE_LIMIT_PER_MINUTE }
        : { name: 'requests', key: counted(principal), limit: await limitOf(principal.organizationId, organizations, settings) },
    );
    tell(response, count);
    if (count.exceeded) throw new RateLimitedError(count.resetSeconds);
    next();
  };
}

/**
 * Bounds how many credentials an address may try: what is refused is counted by `count` (an error handler), and beyond
 * the limit `guard` has no credential of the address looked at until the minute is over.
 */
export function limitRefusals(rates: RateLimits, limit: number): { readonly guard: RequestHandler; readonly count: ErrorRequestHandler } {
  const shut = new Map<string, number>();
  return {
    guard(request, response, next) {
      const key = addressKey(request.origin?.ipAddress ?? null);
      const until = shut.get(key);
      if (until === undefined || request.headers.authorization === undefined) return next();
      const resetSeconds = Math.ceil((until - performance.now()) / 1_000);
      if (resetSeconds <= 0) {
        shut.delete(key);
        return next();
      }
      tell(response, { limit, remaining: 0, resetSeconds, exceeded: true });
      throw new RateLimitedError(resetSeconds);
    },
    async count(error, request, response, next) {
      if (!(error instanceof UnauthenticatedError)) return next(error);
      const key = addressKey(request.origin?.ipAddress ?? null);
      const count = await rates.count({ name: 'refused', key, limit });
      tell(response, count);
      if (count.remaining === 0) {
        const now = performance.now();
        for (const [address, until] of shut) if (until <= now) shut.delete(address);
        shut.set(key, now + count.resetSeconds * 1_000);
      }
      next(count.exceeded ? new RateLimitedError(count.resetSeconds) : error);
    },
  };
}

/** A user's requests count together, whatever the token; a key's by itself, and all jobs' of a CI trust as the trust's. */
function counted({ organizationId, userId, credential, actor }: Principal): string {
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
