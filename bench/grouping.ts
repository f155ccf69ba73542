// How well failures are grouped into defects: precision and recall over the labelled failures of test/fixtures/failures.
//
//   npm run -s bench:grouping [-- --json]
import { corpus } from './grouping/corpus.ts';
import { type Grouping, measure, together } from './grouping/measure.ts';

const measured = [...corpus()].map(([runner, failures]) => ({ runner, grouping: measure(failures) }));
const all = together(measured.map(({ grouping }) => grouping));

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ all, runners: Object.fromEntries(measured.map(({ runner, grouping }) => [runner, grouping])) }, null, 2));
} else {
  console.log('runner       failures  bugs  groups  precision  recall  stability');
  for (const { runner, grouping } of measured) console.log(row(runner, grouping));
  console.log(row('all', all));
  for (const { runner, grouping } of measured) {
    for (const bugs of grouping.mixed) console.log(`${runner}: one group of ${bugs.join(', ')}`);
    for (const { bug, groups, by } of grouping.torn) console.log(`${runner}: ${bug} is ${groups} groups, by ${by.join(' and ')}`);
  }
}

function row(name: string, { failures, bugs, groups, precision, recall, stability }: Grouping): string {
  const counts = [String(failures).padStart(8), String(bugs).padStart(4), String(groups).padStart(6)];
  return [
    name.padEnd(11),
    ...counts,
    precision.toFixed(3).padStart(9),
    recall.toFixed(3).padStart(6),
    stability.toFixed(3).padStart(9),
  ].join('  ');
}
