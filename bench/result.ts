import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { Machine } from './machine.ts';
import type { Measurement } from './measurement.ts';

/** Which of the two results: the small data for every day, or all of it. */
export type Size = 'quick' | 'full';

/** Everything that one size of the benchmark has measured last. */
export interface Result {
  /** Both, where what the full one has not measured is taken from the quick one. */
  readonly size: Size | 'both';
  readonly machine: Machine;
  /** By name; each with the time at which it was taken. */
  readonly measurements: Readonly<Record<string, Measurement>>;
}

/** Where results are kept, the charts beside them. */
export const RESULTS = new URL('results/', import.meta.url);

/** The last result of a size, or undefined where there is none. */
export function readResult(size: Size): Result | undefined {
  try {
    return JSON.parse(readFileSync(new URL(`${size}.json`, RESULTS), 'utf8')) as Result;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Writes measurements into the result of a size, beside those that it has; what was measured again replaces what was. What another
 * machine measured goes: one result is one machine's.
 */
export function addToResult(size: Size, machine: Machine, measurements: Record<string, Measurement>): Result {
  const last = readResult(size);
  const same = last !== undefined && isSameMachine(last.machine, machine);
  const result: Result = { size, machine, measurements: { ...(same ? last.measurements : {}), ...measurements } };
  mkdirSync(RESULTS, { recursive: true });
  writeFileSync(new URL(`${size}.json`, RESULTS), `${JSON.stringify(result, rounded, 1)}\n`);
  return result;
}

/** Whether results may stand side by side. */
export function isSameMachine(one: Machine, other: Machine): boolean {
  return (['cores', 'processor', 'memoryGb', 'node', 'postgres'] as const).every((fact) => one[fact] === other[fact]);
}

/** Six digits that count are more than any figure is worth, and keep the file readable. */
function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(6)) : value;
}
