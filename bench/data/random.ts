import { createHash } from 'node:crypto';

/** A sequence of numbers that look random and are the same for the same seed (the generator sfc32). */
export interface Random {
  /** From 0 to below 1. */
  number(): number;
  /** From 0 to below `limit`. */
  below(limit: number): number;
  pick<T>(from: readonly T[]): T;
  /** True with a probability of 0 to 1. */
  chance(probability: number): boolean;
  /** So many hexadecimal digits. */
  hex(digits: number): string;
  /** A UUID of version 7, made at a time in milliseconds since the epoch. */
  uuid(time: number): string;
}

/** The sequence of a seed. */
export function seeded(seed: string): Random {
  const state = new Uint32Array(new Uint8Array(createHash('sha256').update(seed).digest()).buffer.slice(0, 16));
  let [a = 0, b = 0, c = 0, counter = 0] = state;
  const word = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    return sum >>> 0;
  };
  const hexWord = () => word().toString(16).padStart(8, '0');
  const random: Random = {
    number: () => word() / 2 ** 32,
    below: (limit) => Math.floor((word() / 2 ** 32) * limit),
    pick: <T>(from: readonly T[]) => from[random.below(from.length)] as T,
    chance: (probability) => random.number() < probability,
    hex(digits) {
      let text = '';
      while (text.length < digits) text += hexWord();
      return text.slice(0, digits);
    },
    uuid(time) {
      const at = Math.floor(time).toString(16).padStart(12, '0');
      const [first, second, third] = [hexWord(), hexWord(), hexWord()];
      const variant = '89ab'[Number.parseInt(first[3] as string, 16) & 3];
      return `${at.slice(0, 8)}-${at.slice(8)}-7${first.slice(0, 3)}-${variant}${first.slice(4, 7)}-${second}${third.slice(0, 4)}`;
    },
  };
  return random;
}
