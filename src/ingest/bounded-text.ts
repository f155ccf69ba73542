import { createHash } from 'node:crypto';

/** A failure's details are at most this many characters. */
export const DETAILS_LIMIT = 65_536;

const MARKER_ROOM = 64;

/**
 * Collects text of any length in bounded memory: what is longer than the limit keeps its beginning and its end, with a
 * line between them that says how many characters were left out. The outcome does not depend on how the text came in
 * pieces.
 */
export class BoundedText {
  #head = '';
  #tail = '';
  #length = 0;
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(text: string): void {
    this.#length += text.length;
    const half = this.#limit / 2;
    const room = Math.max(0, half - this.#head.length);
    this.#head += text.slice(0, room);
    this.#tail += text.slice(room);
    if (this.#tail.length > this.#limit) this.#tail = this.#tail.slice(-half);
  }

  toString(): string {
    if (this.#length <= this.#limit) return this.#head + this.#tail;
    const head = withoutHalfPairs(this.#head);
    const tail = withoutHalfPairs(this.#tail.slice(MARKER_ROOM - this.#limit / 2));
    return `${head}\n… ${this.#length - head.length - tail.length} characters left out …\n${tail}`;
  }
}

/** The whole of a text that is short enough, else its beginning and end around a line that says what is missing. */
export function cutMiddle(text: string, limit: number): string {
  const bounded = new BoundedText(limit);
  bounded.add(text);
  return detached(bounded.toString());
}

/**
 * A name that is part of an identity, at most `limit` characters: a longer one ends in a short hash of the whole, so
 * that two long names stay two.
 */
export function cutName(text: string, limit: number): string {
  if (text.length <= limit) return detached(text);
  const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
  return `${withoutHalfPairs(text.slice(0, limit - hash.length - 2))}…#${hash}`;
}

/** A cut may go through a character outside of the basic plane; half of one is no text. */
function withoutHalfPairs(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, '');
}

/**
 * A copy that shares no memory with the chunk it was cut from: V8 keeps the whole chunk alive for a slice of it, and a
 * caller that holds a thousand names would hold a thousand chunks.
 */
function detached(text: string): string {
  return Buffer.from(text).toString();
}
