import { type Figures, figure } from '../measurement.ts';
import { drawing, niceCeiling, polyline, rule, text } from './svg.ts';
import { shown } from './words.ts';

const WIDTH = 900;
const LEFT = 60;
const RIGHT = 20;
const PANEL = 130;
const PANELS = [
  ['residentMb', 'Resident memory, MB', 'a'],
  ['heapUsedMb', 'Used heap, MB', 'c'],
  ['eventLoopP99Ms', 'Event loop delay, p99, ms', 'b'],
  ['gcMsPerSecond', 'Garbage collection, ms a second', 'd'],
  ['poolWaiting', 'Requests that wait for a database connection', 'e'],
] as const;

/** What was sampled of the server under W6, over time: one panel a figure. */
export function steadyChart(series: readonly Figures[]): string {
  const last = Math.max(...series.map(({ atSeconds }) => atSeconds ?? 0), 1);
  const across = (seconds: number) => LEFT + ((WIDTH - LEFT - RIGHT) * seconds) / last;
  const shapes = PANELS.flatMap(([name, title, colour], index) => {
    const top = index * PANEL + 24;
    const bottom = top + PANEL - 40;
    const samples = series.filter((sample) => sample[name] !== undefined);
    const most = niceCeiling(Math.max(...samples.map((sample) => sample[name] as number), 1));
    const points = samples.map((sample): [number, number] => {
      const [seconds, value] = ['atSeconds', name].map((field) => figure({ sample }, 'sample', field)) as [number, number];
      return [across(seconds), bottom - ((bottom - top) * value) / most];
    });
    return [
      text(LEFT, top - 8, title, 'heading'),
      text(LEFT - 6, top + 8, shown(most), 'small end'),
      text(LEFT - 6, bottom, '0', 'small end'),
      rule(LEFT, top, WIDTH - RIGHT, top, 'axis'),
      rule(LEFT, bottom, WIDTH - RIGHT, bottom, 'axis'),
      polyline(points, colour),
    ];
  });
  const height = PANELS.length * PANEL + 10;
  return drawing(WIDTH, height, 'W6 over time', `${PANELS.map(([, title]) => title).join('; ')}.`, [
    ...shapes,
    text(WIDTH - RIGHT, height - 4, `${shown(last / 60)} minutes`, 'small end'),
  ]);
}
