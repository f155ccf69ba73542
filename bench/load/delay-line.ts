/** What is on its way: each thing leaves as long after it came as the others, in the order in which they came. */
export class DelayLine {
  readonly #delayMs: number;
  readonly #queue: { readonly due: number; readonly leave: () => void }[] = [];
  readonly #pause = new Int32Array(new SharedArrayBuffer(4));
  #isPumping = false;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  /** Lets something leave when its time has come. */
  send(leave: () => void): void {
    this.#queue.push({ due: performance.now() + this.#delayMs, leave });
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => this.#pump());
  }

  /**
   * Timers of Node.js are as coarse as the delay itself (1 ms), so while anything is on its way the loop turns by itself, and sleeps
   * for a twentieth of a millisecond at most between two turns: what arrives meanwhile is late by no more than that, and the core
   * is left to others.
   */
  #pump(): void {
    const now = performance.now();
    while (this.#queue[0] !== undefined && this.#queue[0].due <= now) this.#queue.shift()?.leave();
    const next = this.#queue[0];
    if (next === undefined) {
      this.#isPumping = false;
      return;
    }
    const left = next.due - now - LATE_WAKING_MS;
    if (left > 0) Atomics.wait(this.#pause, 0, 0, Math.min(LONGEST_SLEEP_MS, left));
    setImmediate(() => this.#pump());
  }
}

const LONGEST_SLEEP_MS = 0.05;
/** How much later than asked Linux wakes a sleeper (its timer slack); the last of the way is spent turning. */
const LATE_WAKING_MS = 0.06;
