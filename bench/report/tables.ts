import { judge, type Verdict } from '../goals.ts';
import { figure, type Measurement } from '../measurement.ts';
import type { Result } from '../result.ts';
import { median, spread } from '../statistics.ts';
import { contendersOf } from './contenders.ts';
import { limitOf, nameOf, shown, withUnit } from './words.ts';

/** A table in Markdown. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => '---').join('|')}|`, ...rows.map(line)].join('\n');
}

/** Each goal beside what was measured. */
export function goalTable(result: Result): string {
  const row = ({ goal, measured }: Verdict) =>
    measured === undefined
      ? [goal.what, limitOf(goal), 'not measured', '', '', '']
      : [
          goal.what,
          limitOf(goal),
          withUnit(measured.median, goal.unit),
          measured.rounds === 1 ? '' : `${shown(measured.least)}–${shown(measured.greatest)}`,
          String(measured.rounds),
          measured.isMet ? 'met' : '**missed**',
        ];
  return table(['', 'goal', 'median', 'spread', 'rounds', ''], judge(result).map(row));
}

const COLUMNS = ['p50Ms', 'p95Ms', 'p99Ms', 'cpuMs', 'databaseCpuMs', 'residentMb', 'clientCores', 'flightsPerRequest'];

/** What each contender showed in a workload: medians of the rounds, of requests a second the spread as well. */
export function workloadTable({ rounds, conditions }: Measurement): string {
  const contenders = contendersOf(rounds);
  const has = (name: string, field: string) => rounds[0]?.[name]?.[field] !== undefined;
  const columns = COLUMNS.filter((field) => contenders.some((name) => has(name, field)));
  const of = (name: string, field: string) => (has(name, field) ? shown(median(rounds.map((round) => figure(round, name, field)))) : '');
  const rows = contenders.map((name) => {
    const { median, least, greatest } = spread(rounds.map((round) => figure(round, name, 'requestsPerSecond')));
    return [name, `${shown(median)} (${shown(least)}–${shown(greatest)})`, ...columns.map((field) => of(name, field))];
  });
  return `${table(['', nameOf('requestsPerSecond'), ...columns.map(nameOf)], rows)}${conditionsOf(conditions)}`;
}

/** All figures of a measurement that has no table of its own: medians, and their spread. */
export function figureTable({ rounds, conditions }: Measurement): string {
  const rows = contendersOf(rounds).flatMap((name) =>
    Object.keys(rounds[0]?.[name] ?? {}).map((field) => {
      const values = spread(rounds.map((round) => figure(round, name, field)));
      return [name, nameOf(field), shown(values.median), rounds.length === 1 ? '' : `${shown(values.least)}–${shown(values.greatest)}`];
    }),
  );
  return `${table(['', 'figure', 'median', 'spread'], rows)}${conditionsOf(conditions)}`;
}

function conditionsOf(conditions: Measurement['conditions']): string {
  const said = Object.entries(conditions).map(([name, value]) => `${name}: ${typeof value === 'number' ? shown(value) : value}`);
  return said.length === 0 ? '' : `\n\n${said.join('; ')}.`;
}

const QUICK = '`npm run bench -- --quick` (20,000 defects, short runs)';
const MEASURED_BY: Readonly<Record<Result['size'], string>> = {
  full: '`npm run bench`',
  quick: QUICK,
  both: `\`npm run bench\` and, for what that has not measured, ${QUICK}`,
};

/** On what and when. */
export function machineTable({ machine, measurements, size }: Result): string {
  const days = Object.values(measurements)
    .map(({ at }) => at.slice(0, 10))
    .sort();
  const [first, last] = [days[0] as string, days.at(-1) as string];
  return table(
    ['', ''],
    [
      ['measured by', MEASURED_BY[size]],
      ['on', first === last ? first : `${first} to ${last}`],
      ['cores', `${machine.cores} (${machine.processor})`],
      ['memory', `${machine.memoryGb} GB`],
      ['system', machine.system],
      ['Node.js', machine.node],
      ['PostgreSQL', machine.postgres],
      ['waiting for a core before it began (load of the last minute)', shown(machine.loadBefore)],
    ],
  );
}
