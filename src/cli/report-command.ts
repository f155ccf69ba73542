import { type Command, InvalidArgumentError, Option } from 'commander';
import type { FailOn } from '../agent/outcome.ts';
import { SEVERITIES } from '../agent/receipt.ts';
import { REPORT_FORMATS } from '../ingest/report-parser.ts';
import type { Output } from './output.ts';

const UNITS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000 };
const LONGEST_TIMEOUT_MS = 3_600_000;

/** CI gives a secret or a variable that is not set as an empty one, and action.yml an input that is not given. */
const VARIABLES = ['DEFECTXRAY_URL', 'DEFECTXRAY_TOKEN', 'DEFECTXRAY_AUDIENCE', 'DEFECTXRAY_SPOOL', 'DEFECTXRAY_ORGANIZATION'];

/** Describes `report` on a command: `defectxray report`, or the agent that is a file of its own. */
export function describeReport(command: Command, output: Output): Command {
  for (const name of VARIABLES) if (process.env[name] === '') delete process.env[name];
  return (
    command
      .description('send test reports (JUnit XML, CTRF, TRX, TAP) to the server')
      .argument('<files...>', 'files or glob patterns, such as results/**/*.xml')
      .requiredOption('--project <slug>', 'the project that was tested')
      .addOption(
        new Option('--format <name>', 'what the files are; their content says it').choices(['auto', ...REPORT_FORMATS]).default('auto'),
      )
      .addOption(new Option('--server <url>', 'the server, by https').env('DEFECTXRAY_URL').default('http://localhost:5678'))
      .addOption(
        new Option(
          '--token <token>',
          "the credential; better in the environment, since arguments are in process lists; else the CI's own token",
        ).env('DEFECTXRAY_TOKEN'),
      )
      .addOption(
        new Option('--audience <text>', "whom the CI's own token is meant for; the server's origin, if it is not given").env(
          'DEFECTXRAY_AUDIENCE',
        ),
      )
      .addOption(
        new Option('--organization <slug>', "the organization, for the CI's own token: others could trust the same jobs").env(
          'DEFECTXRAY_ORGANIZATION',
        ),
      )
      .option('--service-connection <id>', 'of Azure DevOps: the service connection that its token is of')
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
      .addOption(
        new Option('--timeout <time>', 'how long sending may take in all, as 30s or 5min')
          .argParser(milliseconds)
          .default(5 * 60_000, '5min'),
      )
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

function milliseconds(value: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})(s|min)$/.exec(value) ?? [];
  const time = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (!(time <= LONGEST_TIMEOUT_MS)) throw new InvalidArgumentError('It must be a time such as 30s or 5min, at most 60min.');
  return time;
}
