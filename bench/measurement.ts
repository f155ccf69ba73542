/** What one contender showed in one round: figures by name, each name with its unit at the end (`p50Ms`, `residentMb`). */
export type Figures = Readonly<Record<string, number>>;

/** One round: each contender once. */
export type Round = Readonly<Record<string, Figures>>;

/** What was measured of one thing, with everything that it is computed from. */
export interface Measurement {
  /** When it ended, ISO 8601. */
  readonly at: string;
  /** Under which conditions: clients, seconds a run, rows. */
  readonly conditions: Readonly<Record<string, string | number>>;
  readonly rounds: readonly Round[];
  /** What was sampled while it ran, in order; each with `atSeconds`. */
  readonly series?: readonly Figures[];
}

/** Something that can be run many times, in turn with others. */
export interface Contender {
  readonly name: string;
  /** @param round from 0; -1 for the warm-up. */
  run(round: number): Promise<Figures>;
}

/**
 * Runs the contenders in turn (A B A B …) after a round that nobody counts, so that what else the machine does meets all of them.
 *
 * @param said is told of each run.
 * @param warmUp whether there is that first round; not for what is cold whenever it runs, as a program that is started.
 */
export async function alternate(
  contenders: readonly Contender[],
  rounds: number,
  said: (text: string) => void,
  warmUp = true,
): Promise<readonly Round[]> {
  const all: Record<string, Figures>[] = [];
  for (let round = warmUp ? -1 : 0; round < rounds; round += 1) {
    const figures: Record<string, Figures> = {};
    for (const { name, run } of contenders) {
      said(`${round < 0 ? 'warm-up' : `round ${round + 1} of ${rounds}`}: ${name}`);
      figures[name] = await run(round);
    }
    if (round >= 0) all.push(figures);
  }
  return all;
}

/** @throws Error where a round lacks the contender or the figure: a result that is not whole is not computed with. */
export function figure(round: Round, contender: string, name: string): number {
  const value = round[contender]?.[name];
  if (value === undefined || !Number.isFinite(value)) throw new Error(`A round has no ${name} of ${contender}.`);
  return value;
}
