import { type Command, InvalidArgumentError } from 'commander';
import type { Output } from '../../src/cli/output.ts';
import { openDataSet } from './data-set.ts';
import { FULL_DEFECTS, ORGANIZATIONS } from './sizes.ts';

interface DataCommandOptions {
  readonly defects: number;
  readonly directory?: string;
}

/** Adds the command `data`, which makes a data set and checks it, where it is not there. */
export function describeData(program: Command, output: Output): void {
  program
    .command('data')
    .description(`make the data of the benchmark: ${ORGANIZATIONS} organizations, kept and used again for a week`)
    .option('--defects <n>', 'how many defects there are, with five occurrences each', defects, FULL_DEFECTS)
    .option('--directory <path>', 'where data sets are kept; bench/.data, if it is not said')
    .action(async ({ defects, directory }: DataCommandOptions) => {
      const data = await openDataSet(defects, directory);
      await data.stop();
      output.result(`${data.defects.toLocaleString('en')} defects are in ${data.directory}`, {
        defects: data.defects,
        directory: data.directory,
      });
    });
}

function defects(value: string): number {
  const number = Number(value);
  // Each organization has one at least.
  if (Number.isInteger(number) && number >= ORGANIZATIONS * 5) return number;
  throw new InvalidArgumentError(`It must be a whole number from ${ORGANIZATIONS * 5}.`);
}
