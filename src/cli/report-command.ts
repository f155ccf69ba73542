import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FailOn } from '../agent/outcome.ts';
import { SEVERITIES } from '../agent/receipt.ts';
import { REPORT_FORMATS } from '../ingest/report-parser.ts';
import type { Output } from './output.ts';
import { describeServer } from './server-options.ts';

/** Describes `report` on a command: `defectxray report`, or the agent that is a file of its own. */
export function describeReport(command: Command, output: Output): Command {
  return (
    describeServer(
      command
        .description('send test reports (JUnit XML, CTRF, TRX, TAP) to the server')
        .argument('<files...>', 'files or glob patterns, such as results/**/*.xml')
        .requiredOption('--project <slug>', 'the project that was tested')
        .addOption(
          new Option('--format <name>', 'what the files are; their content says it').choices(['auto', ...REPORT_FORMATS]).default('auto'),
        ),
    )
      .option('--run-key <key>', 'what CI calls the run; as the CI says, else made from the content')
      .option('--shard <name>', 'which part of the run this is, where it is split; as the CI says')
      .option('--commit <sha>', 'the commit that was tested; as the CI says, else Git')
      .option('--branch <name>', 'the branch that it was on; as the CI says, else Git')
      .option('--run-url <url>', 'where CI shows the run; as the CI says')
      .option('--ci-provider <name>', 'the CI system; as it says itself')
      .addOption(new Option('--environment <name=value>', 'what the run has of its own; repeatable').argParser(environment))
      .addOption(
        new Option('--fail-on <condition>', 'exit with 1 for: new, regressed, severity=<level>, any; repeatable').argParser(failOn),
      )
      .option('--open-defects', 'open defects even where over 80 % fails, which is else taken for a failure of the machine')
      .addOption(new Option('--spool <directory>', 'where what cannot be sent is kept, to be sent next time').env('DEFECTXRAY_SPOOL'))
      .option('--strict', 'exit with 2 where a file or the sending has a problem')
      // Without the server's configuration: what CI has in PORT or NODE_ENV is none of its business.
      .action(async (files, options) => (await import('./report.ts')).report(output, files, options))
  );
}

function environment(value: string, earlier: Record<string, string> = {}): Record<string, string> {
  const [, name, text] = /^([^=]{1,100})=(.{0,1000})$/s.exec(value) ?? [];
  if (name === undefined) throw new InvalidArgumentError('It must be a name and a value, such as browser=firefox.');
  return { ...earlier, [name]: text ?? '' };
}

function failOn(value: string, earlier: readonly FailOn[] = []): FailOn[] {
  const known = ['new', 'regressed', 'any', ...SEVERITIES.map((severity) => `severity=${severity}`)];
  if (!known.includes(value)) throw new InvalidArgumentError(`It must be one of ${known.join(', ')}.`);
  return [...earlier, value as FailOn];
}
