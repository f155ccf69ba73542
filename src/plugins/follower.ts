import type { ExecutionResult } from 'postgraphile/graphql';

/**
 * What one subscription is told, in order: filled by the hub, emptied as fast as its client takes it. Ended by the client
 * (`return`), by an error that the client is told (`fail`), or when it holds more than `capacity`.
 */
export class Follower implements AsyncGenerator<ExecutionResult, void, void> {
  readonly #capacity: number;
  readonly #onEnd: (follower: Follower) => void;
  readonly #onFull: () => void;
  readonly #waiting: ExecutionResult[] = [];
  #wanted: { resolve(result: IteratorResult<ExecutionResult, void>): void; reject(error: Error): void } | undefined;
  #taken: (() => void) | undefined;
  #error: Error | undefined;
  #ended = false;

  /**
   * @param onEnd called once, when nothing more is to be told.
   * @param onFull called when the client has taken too little for too long; the follower has ended then.
   */
  constructor(capacity: number, onEnd: (follower: Follower) => void, onFull: () => void) {
    this.#capacity = capacity;
    this.#onEnd = onEnd;
    this.#onFull = onFull;
  }

  get ended(): boolean {
    return this.#ended;
  }

  push(result: ExecutionResult): void {
    if (this.#ended) return;
    if (this.#wanted !== undefined) {
      this.#wanted.resolve({ done: false, value: result });
      this.#wanted = undefined;
      return;
    }
    this.#waiting.push(result);
    if (this.#waiting.length <= this.#capacity) return;
    this.#waiting.length = 0;
    this.#end();
    this.#onFull();
  }

  /** Resolves when the client has taken everything, or nothing more is to be told. */
  async drained(): Promise<void> {
    while (this.#waiting.length > 0 && !this.#ended) await new Promise<void>((resolve) => (this.#taken = resolve));
  }

  /** Ends with an error, after what is waiting. */
  fail(error: Error): void {
    if (this.#ended) return;
    if (this.#wanted !== undefined) this.#wanted.reject(error);
    else this.#error = error;
    this.#wanted = undefined;
    this.#end();
  }

  next(): Promise<IteratorResult<ExecutionResult, void>> {
    const result = this.#waiting.shift();
    if (result !== undefined) {
      if (this.#waiting.length === 0) this.#taken?.();
      return Promise.resolve({ done: false, value: result });
    }
    if (this.#error !== undefined) {
      const error = this.#error;
      this.#error = undefined;
      return Promise.reject(error);
    }
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve, reject) => {
      this.#wanted = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<ExecutionResult, void>> {
    this.#waiting.length = 0;
    this.#end();
    return Promise.resolve({ done: true, value: undefined });
  }

  throw(error: Error): Promise<IteratorResult<ExecutionResult, void>> {
    void this.return();
    return Promise.reject(error);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return();
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#wanted?.resolve({ done: true, value: undefined });
    this.#wanted = undefined;
    this.#taken?.();
    this.#onEnd(this);
  }
}
