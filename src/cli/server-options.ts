import { type Command, InvalidArgumentError, Option } from 'commander';

/** Where the server is, and as whom it is asked: the options of every command of the CI agent. */
export interface ServerOptions {
  readonly server: string;
  readonly token?: string;
  readonly organization?: string;
  readonly audience?: string;
  readonly serviceConnection?: string;
  /** In milliseconds. */
  readonly timeout: number;
}

const UNITS: Readonly<Record<string, number>> = { s: 1_000, min: 60_000 };
const LONGEST_TIMEOUT_MS = 3_600_000;

/** CI gives a secret or a variable that is not set as an empty one, and action.yml an input that is not given. */
const VARIABLES = ['DEFECTXRAY_URL', 'DEFECTXRAY_TOKEN', 'DEFECTXRAY_AUDIENCE', 'DEFECTXRAY_SPOOL', 'DEFECTXRAY_ORGANIZATION'];

/** Gives a command the options of the server. */
export function describeServer(command: Command): Command {
  for (const name of VARIABLES) if (process.env[name] === '') delete process.env[name];
  return command
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
    .addOption(
      new Option('--timeout <time>', 'how long sending may take in all, as 30s or 5min')
        .argParser(milliseconds)
        .default(5 * 60_000, '5min'),
    );
}

function milliseconds(value: string): number {
  const [, count, unit] = /^([1-9]\d{0,5})(s|min)$/.exec(value) ?? [];
  const time = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN);
  if (!(time <= LONGEST_TIMEOUT_MS)) throw new InvalidArgumentError('It must be a time such as 30s or 5min, at most 60min.');
  return time;
}
