import { hash } from 'node:crypto';
import type { TestResult } from '../ingest/report.ts';

/** How full the table becomes at most; fuller, and what is looked for is found after many steps. */
const LOAD = 0.8;

/**
 * Numbers the executions of each test in the order in which they come: one test may be executed once for each browser.
 * A test is known by its place in the table and 32 more bits of a hash, in 6 bytes, since a report may have millions. Two
 * tests that share them would be numbered as one, which does no harm: in about one of a hundred reports of four million tests.
 */
export class ExecutionNumbers {
  readonly #tags: Uint32Array;
  readonly #counts: Uint16Array;
  readonly #places: number;
  #used = 0;

  /** @param results how many will be numbered at most. */
  constructor(results: number) {
    this.#places = Math.ceil(results / LOAD) + 1;
    this.#tags = new Uint32Array(this.#places);
    this.#counts = new Uint16Array(this.#places);
  }

  /**
   * Which execution of its test this is: "1", "2", …; from the 65,535th on they share a number.
   *
   * @throws Error where there are more results than there were to be.
   */
  next({ framework, suite, name, parameters }: TestResult): string {
    const identity = hash('sha256', JSON.stringify([framework, suite, name, parameters]), 'buffer');
    const tag = identity.readUInt32LE(0);
    let place = identity.readUInt32LE(4) % this.#places;
    while (this.#counts[place] !== 0 && this.#tags[place] !== tag) place = (place + 1) % this.#places;
    if (this.#counts[place] === 0 && (this.#used += 1) === this.#places) throw new Error('The report has grown while it was read.');
    this.#tags[place] = tag;
    const count = Math.min((this.#counts[place] ?? 0) + 1, 65_535);
    this.#counts[place] = count;
    return String(count);
  }
}
