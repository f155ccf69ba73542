import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Downward, Upward } from './messages.ts';

/** How long a process may take to stop: requests have ten seconds, then jobs are given back. */
const STOP_MS = 25_000;
/** How long is waited before one that has ended is replaced, and twice as long each time that the next one ends as well … */
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 30_000;
/** … unless it has run for so long. */
const STEADY_MS = 60_000;

/** How long the last words of a process are waited for when it has ended. */
const LAST_WORDS_MS = 500;

/** What one of several serving processes is made from. */
export interface WorkerParts {
  /** Which of them it is, from 0; its successors are the same one. */
  readonly number: number;
  readonly environment: Record<string, string>;
  readonly log: Logger;
  readonly onMessage: (message: Upward) => void;
  readonly onEnd: () => void;
}

/** One of several processes that serve the same port, replaced whenever it ends by itself. */
export class WorkerProcess {
  readonly #parts: WorkerParts;
  #worker: Worker | undefined;
  #isReady = false;
  #isStopping = false;
  #delay = FIRST_DELAY_MS;
  #replacement: NodeJS.Timeout | undefined;
  #ended: Promise<void> = Promise.resolve();

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  get isReady(): boolean {
    return this.#isReady;
  }

  /**
   * Starts the process; gives the address at which it serves.
   *
   * @throws Error with the sentence that says why it does not; then it is not replaced.
   */
  start(): Promise<string> {
    return new Promise((resolve, reject) => {
      const worker = cluster.fork(this.#parts.environment);
      const began = performance.now();
      let sentence: string | undefined;
      this.#worker = worker;
      // What cannot be sent to one that has just ended; its end is told apart.
      worker.on('error', () => {});
      worker.on('message', (message: Upward) => {
        if (message.kind === 'ready') {
          this.#isReady = true;
          resolve(message.url);
        } else if (message.kind === 'failed') {
          sentence = message.sentence;
        } else {
          this.#parts.onMessage(message);
        }
      });
      this.#ended = endOf(worker).then(([code, signal]) => {
        const wasReady = this.#isReady;
        this.#isReady = false;
        this.#parts.onEnd();
        const how = sentence ?? `A process of the server ended ${signal === null ? `with exit code ${code}` : `by ${signal}`}.`;
        if (!wasReady) reject(new Error(how));
        else if (!this.#isStopping) this.#replace(how, performance.now() - began);
      });
    });
  }

  send(message: Downward): void {
    if (this.#worker?.isConnected()) this.#worker.send(message);
  }

  /** Ends the process when the requests that it has under way are answered. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#replacement);
    // By signal: to disconnect it would end it at once.
    this.#worker?.process.kill('SIGTERM');
    const timer = setTimeout(() => this.#worker?.process.kill('SIGKILL'), STOP_MS);
    await this.#ended;
    clearTimeout(timer);
  }

  #replace(how: string, livedMs: number): void {
    if (livedMs > STEADY_MS) this.#delay = FIRST_DELAY_MS;
    this.#parts.log.error({ worker: this.#parts.number, delayMs: this.#delay }, `${how} Another is started.`);
    this.#replacement = setTimeout(async () => {
      const began = performance.now();
      await this.start().catch((error: Error) => {
        if (!this.#isStopping) this.#replace(error.message, performance.now() - began);
      });
    }, this.#delay);
    this.#delay = Math.min(2 * this.#delay, LONGEST_DELAY_MS);
  }
}

/** Resolves to the exit code and the signal, when what the process has said has been heard. */
async function endOf(worker: Worker): Promise<[number | null, string | null]> {
  const disconnected = once(worker, 'disconnect');
  const end = (await once(worker, 'exit')) as [number | null, string | null];
  await Promise.race([disconnected, delay(LAST_WORDS_MS, undefined, { ref: false })]);
  // One that was killed while a connection was handed to it stays connected, and Node.js would go on to count it.
  if (worker.isConnected()) worker.process.disconnect();
  return end;
}
