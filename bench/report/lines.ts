import type { Verdict } from '../goals.ts';
import { limitOf, shown, withUnit } from './words.ts';

/** The goals for a terminal, a line each. */
export function goalLines(verdicts: readonly Verdict[]): string {
  const width = Math.max(...verdicts.map(({ goal }) => goal.what.length));
  return verdicts
    .map(({ goal, measured }) => {
      const start = `${goal.what.padEnd(width)}  ${limitOf(goal).padStart(8)}`;
      if (measured === undefined) return `${start}  not measured`;
      const spread = measured.rounds === 1 ? '' : `(${shown(measured.least)}–${shown(measured.greatest)})`;
      return `${start}  ${withUnit(measured.median, goal.unit).padStart(8)}  ${measured.isMet ? 'met   ' : 'MISSED'}  ${spread}`.trimEnd();
    })
    .join('\n');
}
