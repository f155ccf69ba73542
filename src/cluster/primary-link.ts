import type { SharedCount, SharedState, SocketList } from '../http/shared-state.ts';
import type { Answers, Downward, ProcessMetrics, Question, Upward } from './messages.ts';

/** How long a count is waited for: a request must not wait longer to be counted than to be answered. */
const COUNT_MS = 250;
/** How long anything else is waited for. */
const ANSWER_MS = 5_000;

interface Asked {
  readonly answered: (answer: Answers[keyof Answers]) => void;
  readonly timer: NodeJS.Timeout;
}

/** A serving process's connection to the one that supervises it. */
export class PrimaryLink implements SharedState {
  readonly #asked = new Map<number, Asked>();
  readonly #shutListeners: ((address: string, seconds: number) => void)[] = [];
  #measure: () => Promise<ProcessMetrics> = async () => [];
  #next = 0;

  constructor() {
    process.on('message', (message: Downward) => void this.#receive(message));
  }

  /** Says that requests are answered from here on. */
  ready(url: string): void {
    this.#send({ kind: 'ready', url });
  }

  /** Says why this process ends. */
  failed(sentence: string): Promise<void> {
    return new Promise((resolve) => this.#send({ kind: 'failed', sentence }, resolve));
  }

  /** Says how this process is measured. */
  measuredBy(measure: () => Promise<ProcessMetrics>): void {
    this.#measure = measure;
  }

  count(key: string, seconds: number): Promise<SharedCount> {
    return this.#ask({ about: 'count', key, seconds }, COUNT_MS);
  }

  async take(list: SocketList, key: string): Promise<(() => void) | null> {
    // Whether there is room for it cannot be known where nobody answers.
    const socket = await this.#ask({ about: 'take', list, key }, ANSWER_MS).catch(() => null);
    if (socket === null) return null;
    let isHeld = true;
    return () => {
      if (isHeld) this.#send({ kind: 'release', socket });
      isHeld = false;
    };
  }

  shut(address: string, seconds: number): void {
    this.#send({ kind: 'shut', address, seconds });
  }

  onShut(listener: (address: string, seconds: number) => void): void {
    this.#shutListeners.push(listener);
  }

  metrics(): Promise<string> {
    return this.#ask({ about: 'metrics' }, ANSWER_MS);
  }

  #ask<About extends Question['about']>(question: Question & { about: About }, patience: number): Promise<Answers[About]> {
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#asked.delete(id);
        reject(new Error('The supervising process does not answer.'));
      }, patience);
      this.#asked.set(id, { answered: resolve as Asked['answered'], timer });
      this.#send({ kind: 'ask', id, question });
    });
  }

  async #receive(message: Downward): Promise<void> {
    if (message.kind === 'answer') {
      const asked = this.#asked.get(message.id);
      this.#asked.delete(message.id);
      clearTimeout(asked?.timer);
      asked?.answered(message.answer);
    } else if (message.kind === 'shut') {
      for (const listener of this.#shutListeners) listener(message.address, message.seconds);
    } else {
      this.#send({ kind: 'measured', id: message.id, metrics: await this.#measure().catch(() => []) });
    }
  }

  #send(message: Upward, sent: () => void = () => {}): void {
    // Where the other has ended so does this process; what could not be sent needs no error of its own.
    process.send?.(message, undefined, undefined, () => sent());
  }
}
