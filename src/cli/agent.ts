import { Command } from 'commander';
import { VERSION } from '../agent/version.ts';
import { describeDeploy } from './deploy-command.ts';
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

const report = describeReport(program.command('report'), output);
describeDeploy(program.command('deploy'), output);
program.addHelpText('after', () => `\n${report.helpInformation()}`);

try {
  await program.parseAsync(withCommand(process.argv.slice(2)), { from: 'user' });
} catch (error) {
  output.failure((error as Error).message);
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
}

/**
 * Without the name of a command it reports: files and options of `report` are all that most jobs give it. Only what comes
 * first can be the name of one, so that no file is taken for it.
 */
function withCommand(args: readonly string[]): string[] {
  const first = args.find((argument) => argument !== '--json');
  return first !== undefined && ['report', 'deploy', 'help', '-h', '--help', '-V', '--version'].includes(first)
    ? [...args]
    : ['report', ...args];
}
