import { judge } from '../goals.ts';
import { reasonFor } from '../reasons.ts';
import type { Result } from '../result.ts';
import { NAMES } from './contenders.ts';
import { goalChart } from './goal-chart.ts';
import { latencyChart } from './latency-chart.ts';
import { steadyChart } from './steady-chart.ts';
import { figureTable, goalTable, machineTable, workloadTable } from './tables.ts';
import { throughputChart } from './throughput-chart.ts';
import { limitOf, withUnit } from './words.ts';

const THROUGHPUT = ['w1', 'w2', 'w6', 'unseen'];
const LATENCY = [...THROUGHPUT, 'w1-delayed', 'w2-delayed'];

/** The charts of a result, by file name. */
export function chartsOf(result: Result): Readonly<Record<string, string>> {
  const series = result.measurements.steady?.series;
  return {
    'goals.svg': goalChart(judge(result)),
    'throughput.svg': throughputChart(result, THROUGHPUT),
    'latency.svg': latencyChart(result, LATENCY),
    ...(series === undefined ? {} : { 'steady.svg': steadyChart(series) }),
  };
}

/**
 * A document in which what stands between `<!-- measured: <name> -->` and `<!-- /measured -->` is made from a result; the rest stays.
 *
 * @throws Error for a name that nothing is called.
 */
export function filledIn(document: string, result: Result): string {
  return document.replace(
    /(<!-- measured: ([\w-]+) -->\n)[\s\S]*?(<!-- \/measured -->)/g,
    (_all, begin: string, name: string, end: string) => {
      return `${begin}\n${section(name, result)}\n\n${end}`;
    },
  );
}

function section(name: string, result: Result): string {
  if (name === 'machine') return machineTable(result);
  if (name === 'goals') return `${goalTable(result)}\n\n${image('Goals', 'goals')}`;
  if (name === 'missed') return missed(result);
  if (name === 'throughput') return image('Requests a second', 'throughput');
  if (name === 'latency') return image('How long answers took', 'latency');
  const measurement = result.measurements[name];
  if (name === 'steady' && measurement !== undefined) return `${figureTable(measurement)}\n\n${image('W6 over time', 'steady')}`;
  if (measurement !== undefined) return NAMES[name] === undefined ? figureTable(measurement) : workloadTable(measurement);
  const command = COMMANDS[name];
  if (command === undefined) throw new Error(`docs/performance.md asks for "${name}", which is no measurement.`);
  return `Not measured: \`${command}\`.`;
}

/** The goals that are missed, those of one reason together. */
function missed(result: Result): string {
  const byReason = new Map<string, string[]>();
  for (const { goal, measured } of judge(result)) {
    if (measured === undefined || measured.isMet) continue;
    const reason = reasonFor(goal) ?? '';
    const figures = `**${goal.what}** (${withUnit(measured.median, goal.unit)}, not ${limitOf(goal)})`;
    byReason.set(reason, [...(byReason.get(reason) ?? []), figures]);
  }
  if (byReason.size === 0) return 'All goals that were measured are met.';
  return [...byReason].map(([reason, goals]) => `- ${goals.join('; ')}. ${reason}`.trimEnd()).join('\n');
}

const image = (title: string, file: string) => `![${title}](../bench/results/${file}.svg)`;

const RUN = 'npm run bench';
/** Which command makes each measurement. */
export const COMMANDS: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...Object.keys(NAMES), 'row-security', 'w4', 'w4-agent', 'start', 'subscribers'].map((name) => [name, RUN])),
  growth: `${RUN} -- growth`,
  steady: `${RUN} -- steady`,
};
