import { setTimeout as sleep } from 'node:timers/promises';
import { SendError } from './send-mutation.ts';

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 30_000;
const LONGEST_ATTEMPT_MS = 120_000;

/** How long all that is sent may take together. */
export class Deadline {
  readonly #at: number;
  readonly #now: () => number;

  constructor(milliseconds: number, now: () => number = () => performance.now()) {
    this.#now = now;
    this.#at = now() + milliseconds;
  }

  get leftMs(): number {
    return Math.max(0, this.#at - this.#now());
  }
}

export interface RetrySettings {
  readonly deadline: Deadline;
  /** Told before each wait. */
  readonly onWait: (error: SendError, waitMs: number) => void;
  readonly random?: () => number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
}

/**
 * Repeats what fails for a reason that passes, until the deadline. It waits a random time of up to half a second, then of
 * up to twice as long each time, up to 30 seconds (exponential backoff with full jitter), so that a server that comes
 * back does not get all agents at once; and at least as long as the server asks for.
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
 *
 * @param attempt given how long it may take, in milliseconds.
 * @throws SendError of the last attempt, where there is no time for another.
 */
export async function withRetries<T>(attempt: (patienceMs: number) => Promise<T>, settings: RetrySettings): Promise<T> {
  const { deadline, onWait, random = Math.random, wait = sleep } = settings;
  for (let count = 0; ; count += 1) {
    try {
      return await attempt(Math.min(LONGEST_ATTEMPT_MS, deadline.leftMs));
    } catch (error) {
      if (!(error instanceof SendError) || !error.isPassing) throw error;
      const jitter = random() * Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(count, 20));
      const waitMs = (error.retryAfter ?? 0) * 1_000 + jitter;
      if (waitMs >= deadline.leftMs) throw error;
      onWait(error, waitMs);
      await wait(waitMs);
    }
  }
}
