#!/usr/bin/env node
// Measures the product beside its peers: `npm run bench -- --help`.
import '../src/graphile-env.ts';
import { Command, InvalidArgumentError, Option } from 'commander';
import { sentenceOf } from '../src/cli/failure.ts';
import { createOutput } from '../src/cli/output.ts';
import { describeData } from './data/command.ts';
import { PART_NAMES, type PartName } from './parts.ts';
import { describePeer } from './peers/command.ts';
import type { Result } from './result.ts';

/** How many times as many defects the largest data has as the smallest, where growth is measured. */
const GROWTH = 100;

const json = process.argv.includes('--json');
const output = createOutput(json);

const program = new Command('bench')
  .description('Measure the product beside its peers, and write bench/results and docs/performance.md.')
  .option('--quick', 'small data and short runs: less than three minutes, once the data is there')
  .addOption(new Option('--only <parts>', `some of ${PART_NAMES.join(', ')}, by commas; the rest stays as measured last`).argParser(parts))
  .option('--strict', 'exit with 2 where a goal is missed')
  .option('--json', 'print the goals and what was measured as one JSON document')
  .configureHelp({ showGlobalOptions: true })
  .addHelpText('after', '\nExits with 0 when all was measured, 1 where something failed (a wrong answer does), 2 with --strict.')
  .configureOutput({ outputError: (text) => output.failure(text.replace(/^error: /, '').trim()) })
  .showHelpAfterError(!json)
  .action(async ({ quick, only }: { quick?: boolean; only?: PartName[] }) => {
    const { runBenchmark } = await import('./run.ts');
    await tell(await runBenchmark(output, quick ? 'quick' : 'full', only));
  });

program
  .command('steady')
  .description('W6 for some minutes on the full data: memory, event loop, garbage collection; adds to the full result')
  .option('--minutes <n>', 'how long', count(3, 1_440), 10)
  .action(async ({ minutes }) => tell(await (await import('./run.ts')).runSteady(output, minutes)));

program
  .command('growth')
  .description('W1 to W3 on data sets of several sizes at once; adds to the full result. 10 million defects take long to make')
  .addOption(new Option('--sizes <numbers>', 'how many defects each has').argParser(sizes).default([100_000, 1_000_000, 10_000_000]))
  .action(async (options) => tell(await (await import('./run.ts')).runGrowth(output, options.sizes)));

describeData(program, output);
describePeer(program, output);

program
  .command('report')
  .description('print the last results again, and write charts and docs/performance.md from them')
  .action(async () => {
    const { readResult } = await import('./result.ts');
    const result = readResult(program.opts().quick === true ? 'quick' : 'full');
    if (result === undefined) throw new Error('Nothing was measured yet: npm run bench.');
    await tell(result);
  });

/** Writes the documents, and prints the goals. */
async function tell(result: Result): Promise<void> {
  const { writeReport } = await import('./report/write.ts');
  const { judge } = await import('./goals.ts');
  const { goalLines } = await import('./report/lines.ts');
  writeReport();
  const verdicts = judge(result);
  const goals = verdicts.map(({ goal: { id, what, atLeast, atMost, unit }, measured }) => ({ id, what, atLeast, atMost, unit, measured }));
  output.result(goalLines(verdicts), { size: result.size, machine: result.machine, goals });
  if (program.opts().strict === true && verdicts.some(({ measured }) => measured?.isMet === false)) process.exitCode = 2;
}

function parts(value: string): PartName[] {
  const named = value.split(',').map((part) => part.trim());
  const unknown = named.find((part) => !PART_NAMES.includes(part as PartName));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no part "${unknown}": choose from ${PART_NAMES.join(', ')}.`);
  return named as PartName[];
}

function count(least: number, most: number): (value: string) => number {
  return (value) => {
    const number = Number(value);
    if (Number.isInteger(number) && number >= least && number <= most) return number;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** From the smallest to the largest, which the goal compares. */
function sizes(value: string): number[] {
  const numbers = value
    .split(',')
    .map(count(1_000, 100_000_000))
    .sort((one, other) => one - other);
  if ((numbers.at(-1) as number) >= GROWTH * (numbers[0] as number)) return numbers;
  throw new InvalidArgumentError(`The largest must be ${GROWTH} times the smallest, or more.`);
}

try {
  await program.parseAsync();
} catch (error) {
  output.failure(sentenceOf(error as Error & { code?: string }));
  process.exitCode = 1;
}
