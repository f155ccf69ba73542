import { createRequire } from 'node:module';
import type * as IoRedis from 'ioredis';
import type { Logger } from 'pino';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis } from 'rate-limiter-flexible';
import type { SharedCount, SharedState } from './shared-state.ts';

/** What is counted: so many of a kind, of one who does it, in so many seconds. */
export interface RateLimit {
  /** What is counted; counts of different names are apart. */
  readonly name: string;
  /** Whose: a user, a key, an address. */
  readonly key: string;
  readonly limit: number;
  /** The length of the window; 60 where it is not said. */
  readonly seconds?: number;
}

/** Where a count stands. */
export interface RateCount {
  readonly limit: number;
  readonly remaining: number;
  /** Whole seconds until counting begins anew, at least 1. */
  readonly resetSeconds: number;
  readonly exceeded: boolean;
}

/** How long Redis is waited for: a request must not wait longer to be counted than to be answered. */
const REDIS_PATIENCE_MS = 250;

/**
 * Counts in windows of a fixed length, in Redis where `redisUrl` is given, so that servers share the counts, else in the
 * server's memory, for all its processes together. While Redis does not answer each server counts by itself, and nothing fails; an
 * outage is logged once.
 */
export class RateLimits {
  readonly #memory = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 60 });
  readonly #redis: IoRedis.Redis | undefined;
  readonly #shared: RateLimiterAbstract | undefined;
  readonly #processes: SharedState | undefined;
  readonly #log: Logger;
  #outage = false;

  constructor(redisUrl: string | undefined, log: Logger, processes?: SharedState) {
    this.#log = log;
    this.#processes = processes;
    if (redisUrl === undefined) return;
    // Fifty modules, for who uses them.
    const { Redis } = createRequire(import.meta.url)('ioredis') as typeof IoRedis;
    this.#redis = new Redis(redisUrl, {
      commandTimeout: REDIS_PATIENCE_MS,
      connectTimeout: 2_000,
      // What cannot be sent at once is counted in memory, not later.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    this.#redis.on('error', (error) => this.#failed(error));
    this.#redis.on('ready', () => this.#recovered());
    this.#shared = new RateLimiterRedis({
      storeClient: this.#redis,
      keyPrefix: 'defectxray',
      points: Number.MAX_SAFE_INTEGER,
      duration: 60,
      rejectIfRedisNotReady: true,
    });
  }

  /** Counts one more, and says where the count stands. Never fails. */
  async count({ name, key, limit, seconds = 60 }: RateLimit): Promise<RateCount> {
    const { consumedPoints, msBeforeNext } = await this.#consume(`${name}:${key}`, seconds);
    return {
      limit,
      remaining: Math.max(0, limit - consumedPoints),
      resetSeconds: Math.max(1, Math.ceil(msBeforeNext / 1_000)),
      exceeded: consumedPoints > limit,
    };
  }

  /** Resolves when Redis is connected; at once where none is used. */
  async connected(): Promise<void> {
    if (this.#redis === undefined || this.#redis.status === 'ready') return;
    await new Promise<void>((resolve) => this.#redis?.once('ready', () => resolve()));
  }

  close(): void {
    this.#redis?.disconnect();
  }

  async #consume(key: string, customDuration: number): Promise<SharedCount> {
    if (this.#shared !== undefined && this.#redis?.status === 'ready') {
      try {
        return await this.#shared.consume(key, 1, { customDuration });
      } catch (error) {
        this.#failed(error);
        // One that is connected and does not answer would have every request wait; it is used again when it answers a new connection.
        if (this.#redis.status === 'ready') this.#redis.disconnect(true);
      }
    }
    // A process whose supervisor is too busy to count counts by itself.
    const together = await this.#processes?.count(key, customDuration).catch(() => undefined);
    return together ?? this.#memory.consume(key, 1, { customDuration });
  }

  #failed(error: unknown): void {
    if (this.#outage) return;
    this.#outage = true;
    this.#log.warn({ error: (error as Error).message }, 'Redis does not answer: rates are counted by each server alone');
  }

  #recovered(): void {
    if (this.#outage) this.#log.info('Redis answers again: rates are counted together');
    this.#outage = false;
  }
}
