import type { JsonScalar } from './json-stream.ts';

export type JsonValue = JsonScalar | JsonValue[] | { [key: string]: JsonValue };

const MAX_VALUES = 20_000;
const MAX_CHARACTERS = 8_000_000;

/**
 * Puts one JSON object together from its events, of the keys that are wanted in it and in the objects of its arrays.
 * What exceeds 20,000 values or 8 million characters is left out.
 */
export class JsonObject {
  readonly #wanted: ReadonlySet<string>;
  /** Below these keys, everything is wanted. */
  readonly #whole: ReadonlySet<string>;
  readonly #root: { [key: string]: JsonValue } = Object.create(null);
  #open: (JsonValue[] | { [key: string]: JsonValue })[] = [this.#root];
  #key = '';
  #keys: string[] = [];
  /** How many containers are open that are not wanted. */
  #unwanted = 0;
  #values = 0;
  #characters = 0;

  constructor(wanted: ReadonlySet<string>, whole: ReadonlySet<string>) {
    this.#wanted = wanted;
    this.#whole = whole;
  }

  /** What has come so far. */
  get value(): { [key: string]: JsonValue } {
    return this.#root;
  }

  key(name: string): void {
    this.#key = name;
  }

  open(kind: 'object' | 'array'): void {
    if (this.#unwanted > 0 || !this.#isWanted(0)) {
      this.#unwanted += 1;
      return;
    }
    const container = kind === 'array' ? [] : Object.create(null);
    this.#put(container);
    this.#open.push(container);
    this.#keys.push(this.#key);
  }

  scalar(value: JsonScalar): void {
    const length = typeof value === 'string' ? value.length : 0;
    if (this.#unwanted === 0 && this.#isWanted(length)) this.#put(value);
  }

  /** Whether this was the end of the object itself. */
  close(): boolean {
    if (this.#unwanted > 0) {
      this.#unwanted -= 1;
      return false;
    }
    this.#open.pop();
    this.#key = this.#keys.pop() ?? '';
    return this.#open.length === 0;
  }

  #isWanted(length: number): boolean {
    this.#values += 1;
    this.#characters += length;
    if (this.#values > MAX_VALUES || this.#characters > MAX_CHARACTERS) return false;
    return Array.isArray(this.#open.at(-1)) || this.#wanted.has(this.#key) || this.#keys.some((key) => this.#whole.has(key));
  }

  #put(value: JsonValue): void {
    const parent = this.#open.at(-1);
    if (Array.isArray(parent)) parent.push(value);
    else if (parent !== undefined) parent[this.#key] = value;
  }
}
