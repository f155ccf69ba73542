import { Command } from 'commander';
import { VERSION } from '../agent/version.ts';
import { CommandError, createOutput } from './output.ts';
import { describeReport } from './report-command.ts';

/** The CI agent as a program of its own: what `npm run build:agent` makes one file of. */
const json = process.argv.includes('--json');
const output = createOutput(json);
const program = new Command('defectxray-report')
  .version(VERSION)
  .option('--json', 'print the result as one JSON document, and a failure as one on standard error')
  .configureOutput({ outputError: (text) => output.failure(text.replace(/^error: /, '').trim()) })
  .showHelpAfterError(!json);

try {
  await describeReport(program, output).parseAsync();
} catch (error) {
  output.failure((error as Error).message);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
}
