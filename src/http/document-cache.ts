/** What a document weighs, in fields, for each so many of its characters. */
const CHARACTERS_A_FIELD = 50;

interface Kept<T> {
  readonly parsed: T;
  readonly weight: number;
}

/**
 * Keeps what documents were parsed to, by their texts, the latest used ones: bounded by the fields that they ask for, as
 * often as fragments repeat them, since that is what their plans' memory grows with. A number of documents bounds nothing.
 */
export class DocumentCache<T> {
  readonly #kept = new Map<string, Kept<T>>();
  readonly #maxWeight: number;
  #weight = 0;

  /** @param maxWeight the fields of all documents together; each takes about 10 kB where it is planned. */
  constructor(maxWeight: number) {
    this.#maxWeight = maxWeight;
  }

  get(text: string): T | undefined {
    const found = this.#kept.get(text);
    if (found === undefined) return undefined;
    // The order of a map is that of its insertions: the first is the one not used for the longest.
    this.#kept.delete(text);
    this.#kept.set(text, found);
    return found.parsed;
  }

  /** Keeps a document that is not kept yet. */
  set(text: string, fields: number, parsed: T): void {
    const weight = fields + text.length / CHARACTERS_A_FIELD;
    this.#kept.set(text, { parsed, weight });
    this.#weight += weight;
    for (const [oldest, { weight: freed }] of this.#kept) {
      if (this.#weight <= this.#maxWeight) return;
      this.#kept.delete(oldest);
      this.#weight -= freed;
    }
  }
}
