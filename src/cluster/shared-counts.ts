import { RateLimiterMemory } from 'rate-limiter-flexible';
import type { Config } from '../config.ts';
import type { SharedCount, SocketList } from '../http/shared-state.ts';
import { SocketCounts } from '../http/socket-counts.ts';

/** What the serving processes count together, kept by the one that supervises them. */
export class SharedCounts {
  readonly #rates = new RateLimiterMemory({ points: Number.MAX_SAFE_INTEGER, duration: 60 });
  readonly #sockets: Readonly<Record<SocketList, SocketCounts>>;
  /** By process: what takes each of its sockets off again. */
  readonly #held = new Map<number, Map<number, () => void>>();
  #next = 0;

  constructor(config: Pick<Config, 'MAX_SOCKETS_PER_CALLER' | 'MAX_SOCKETS_PER_ADDRESS'>) {
    this.#sockets = {
      callers: new SocketCounts(config.MAX_SOCKETS_PER_CALLER),
      addresses: new SocketCounts(config.MAX_SOCKETS_PER_ADDRESS),
    };
  }

  async count(key: string, seconds: number): Promise<SharedCount> {
    const { consumedPoints, msBeforeNext } = await this.#rates.consume(key, 1, { customDuration: seconds });
    return { consumedPoints, msBeforeNext };
  }

  /** Counts a socket of a process; null where that would be too many. */
  take(process: number, list: SocketList, key: string): number | null {
    const release = this.#sockets[list].take(key);
    if (release === null) return null;
    const socket = this.#next++;
    const held = this.#held.get(process) ?? new Map<number, () => void>();
    this.#held.set(process, held.set(socket, release));
    return socket;
  }

  release(process: number, socket: number): void {
    const held = this.#held.get(process);
    held?.get(socket)?.();
    held?.delete(socket);
  }

  /** Takes off all that a process held which has ended. */
  ended(process: number): void {
    for (const release of this.#held.get(process)?.values() ?? []) release();
    this.#held.delete(process);
  }
}
