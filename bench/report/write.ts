import { readFileSync, writeFileSync } from 'node:fs';
import { RESULTS, type Result, readResult } from '../result.ts';
import { chartsOf, filledIn } from './document.ts';

export const DOCUMENT = new URL('../../docs/performance.md', import.meta.url);

/** What the document is made from: the full result, and the quick one only where there is no other. */
export function documentedResult(): Result | undefined {
  return readResult('full') ?? readResult('quick');
}

/** Writes the charts and the measured parts of docs/performance.md from the last results. */
export function writeReport(): void {
  const result = documentedResult();
  if (result === undefined) return;
  for (const [name, chart] of Object.entries(chartsOf(result))) writeFileSync(new URL(name, RESULTS), chart);
  writeFileSync(DOCUMENT, filledIn(readFileSync(DOCUMENT, 'utf8'), result));
}
