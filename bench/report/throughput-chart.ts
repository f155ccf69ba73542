import { figure } from '../measurement.ts';
import type { Result } from '../result.ts';
import { spread } from '../statistics.ts';
import { colourOf, contendersOf, NAMES } from './contenders.ts';
import { bar, drawing, niceCeiling, rule, text } from './svg.ts';
import { shown } from './words.ts';

const WIDTH = 900;
const LABELS = 150;
const VALUES = 150;
const ROW = 22;

/** Requests a second of each contender in each workload: bars of the medians, with a line from the least to the greatest round. */
export function throughputChart(result: Result, workloads: readonly string[]): string {
  const shapes: string[] = [];
  let y = 8;
  for (const workload of workloads) {
    const rounds = result.measurements[workload]?.rounds ?? [];
    if (rounds.length === 0) continue;
    const rows = contendersOf(rounds).map((name) => ({ name, ...spread(rounds.map((round) => figure(round, name, 'requestsPerSecond'))) }));
    const scale = (WIDTH - LABELS - VALUES) / niceCeiling(Math.max(...rows.map(({ greatest }) => greatest)));
    shapes.push(text(8, y + 14, NAMES[workload] ?? workload, 'heading'));
    y += 22;
    for (const { name, median, least, greatest } of rows) {
      shapes.push(
        text(LABELS - 8, y + 14, name, 'end'),
        bar(LABELS, y + 3, scale * median, ROW - 8, colourOf(name)),
        rule(LABELS + scale * least, y + 10, LABELS + scale * greatest, y + 10, 'spread'),
        text(WIDTH - VALUES + 8, y + 14, `${shown(median)} (${shown(least)}–${shown(greatest)})`, 'small'),
      );
      y += ROW;
    }
    y += 10;
  }
  return drawing(WIDTH, y + 4, 'Requests a second', 'Medians of the rounds, with the least and the greatest.', shapes);
}
