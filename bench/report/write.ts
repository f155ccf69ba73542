import { readFileSync, writeFileSync } from 'node:fs';
import { isSameMachine, RESULTS, type Result, readResult } from '../result.ts';
import { chartsOf, filledIn } from './document.ts';

export const DOCUMENT = new URL('../../docs/performance.md', import.meta.url);

/** What the document is made from: the full result, and the quick one for what that one has not measured on the same machine. */
export function documentedResult(): Result | undefined {
  const [full, quick] = [readResult('full'), readResult('quick')];
  if (full === undefined || quick === undefined || !isSameMachine(full.machine, quick.machine)) return full ?? quick;
  return { ...full, size: 'both', measurements: { ...quick.measurements, ...full.measurements } };
}

/** Writes the charts and the measured parts of docs/performance.md from the last results. */
export function writeReport(): void {
  const result = documentedResult();
  if (result === undefined) return;
  for (const [name, chart] of Object.entries(chartsOf(result))) writeFileSync(new URL(name, RESULTS), chart);
  writeFileSync(DOCUMENT, filledIn(readFileSync(DOCUMENT, 'utf8'), result));
}
