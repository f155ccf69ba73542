import type { DataSet } from './data/data-set.ts';
import type { Load } from './load/load.ts';
import type { Measurement } from './measurement.ts';
import type { Size } from './result.ts';
import type { Workloads } from './workloads.ts';

/** What every measurement is made with. */
export interface Bench {
  readonly data: DataSet;
  readonly load: Load;
  readonly workloads: Workloads;
  readonly size: Size;
  readonly rounds: number;
  /** How long one contender is asked in one round. */
  readonly seconds: number;
  /** What is going on, for who waits. */
  say(text: string): void;
}

/** Measurements by name. */
export type Measured = Record<string, Measurement>;

/** A measurement that has ended now. */
export function measurement(
  conditions: Measurement['conditions'],
  rounds: Measurement['rounds'],
  series?: Measurement['series'],
): Measurement {
  return { at: new Date().toISOString(), conditions, rounds, ...(series === undefined ? {} : { series }) };
}
