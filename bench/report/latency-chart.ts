import { figure } from '../measurement.ts';
import type { Result } from '../result.ts';
import { median } from '../statistics.ts';
import { colourOf, contendersOf, NAMES } from './contenders.ts';
import { dot, drawing, niceCeiling, rule, text } from './svg.ts';
import { shown } from './words.ts';

const WIDTH = 900;
const LABELS = 150;
const VALUES = 190;
const ROW = 22;
const PERCENTILES = ['p50Ms', 'p95Ms', 'p99Ms'] as const;

/** How long answers took: for each contender a line from p50 over p95 to p99, medians of the rounds, in milliseconds. */
export function latencyChart(result: Result, workloads: readonly string[]): string {
  const shapes: string[] = [];
  let y = 8;
  for (const workload of workloads) {
    const rounds = result.measurements[workload]?.rounds ?? [];
    const rows = contendersOf(rounds)
      .filter((name) => rounds[0]?.[name]?.p99Ms !== undefined)
      .map((name) => ({ name, times: PERCENTILES.map((percentile) => median(rounds.map((round) => figure(round, name, percentile)))) }));
    if (rows.length === 0) continue;
    const most = niceCeiling(Math.max(...rows.flatMap(({ times }) => times)));
    const scale = (WIDTH - LABELS - VALUES) / most;
    shapes.push(
      text(8, y + 14, NAMES[workload] ?? workload, 'heading'),
      text(LABELS + scale * most, y + 14, `${shown(most)} ms`, 'small end'),
    );
    y += 22;
    for (const { name, times } of rows) {
      const xs = times.map((ms) => LABELS + scale * ms);
      shapes.push(
        text(LABELS - 8, y + 14, name, 'end'),
        rule(LABELS, y + 10, LABELS + scale * most, y + 10, 'axis'),
        rule(xs[0] as number, y + 10, xs[2] as number, y + 10, colourOf(name)),
        ...xs.map((x, index) => dot(x, y + 10, 5 - index, colourOf(name))),
        text(WIDTH - VALUES + 8, y + 14, `${times.map(shown).join(' / ')} ms`, 'small'),
      );
      y += ROW;
    }
    y += 10;
  }
  return drawing(WIDTH, y + 4, 'How long answers took', 'p50, p95 and p99 in milliseconds; medians of the rounds.', shapes);
}
