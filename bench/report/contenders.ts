import type { Round } from '../measurement.ts';

/** What workloads are called for people. */
export const NAMES: Readonly<Record<string, string>> = {
  w1: 'W1, one defect',
  w2: 'W2, pages of 20 defects',
  w6: 'W6, mixed, 64 clients',
  unseen: 'Texts never seen before',
  'w1-delayed': 'W1, 1 ms to the database, one client',
  'w2-delayed': 'W2, 1 ms to the database, one client',
  'w5-delayed': 'W5, 1 ms to the database, one client',
  clients: 'The clients themselves',
};

const COLOURS: Readonly<Record<string, string>> = { product: 'a', stock: 'b', 'hand-written': 'c', bare: 'd', limit: 'e' };

/** Who took part in every round, in the order of the first. */
export function contendersOf(rounds: readonly Round[]): readonly string[] {
  return Object.keys(rounds[0] ?? {}).filter((name) => rounds.every((round) => round[name] !== undefined));
}

/** The same colour for the same contender in each chart. */
export function colourOf(contender: string): string {
  return COLOURS[contender] ?? 'd';
}
