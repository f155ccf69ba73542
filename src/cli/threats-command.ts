import { type Command, InvalidArgumentError, Option } from 'commander';
import { THREAT_FORMATS } from '../ingest/threats/read-threats.ts';
import { THREAT_LEVELS, type ThreatLevel } from '../ingest/threats/sighting.ts';
import type { Output } from './output.ts';

/** Describes `threats import`. */
export function describeThreats(command: Command, output: Output): void {
  command
    .description('threat indicators')
    .command('import')
    .description('import threat indicators from a STIX 2.1 bundle or CSV; the same again changes nothing')
    .argument('<file>', 'the feed')
    .addOption(new Option('--format <name>', 'what the file is; its content says it').choices(['auto', ...THREAT_FORMATS]).default('auto'))
    .option('--source <name>', 'who says so, where the feed does not; the name of the file, if it is not given')
    .addOption(
      new Option('--level <level>', 'how bad they are, where the feed does not say: low, medium, high or critical')
        .argParser(level)
        .default('MEDIUM', 'medium'),
    )
    .addOption(
      new Option('--confidence <n>', 'how sure they are, from 0 to 100, where the feed does not say').argParser(confidence).default(50),
    )
    .addOption(new Option('--server <url>', 'the server, by https').env('DEFECTXRAY_URL').default('http://localhost:5678'))
    .addOption(
      new Option('--token <token>', "an administrator's credential; better in the environment, since arguments are in process lists").env(
        'DEFECTXRAY_TOKEN',
      ),
    )
    .option('--strict', 'exit with 2 where an indicator was left out')
    .action(async (file, options) => (await import('./threats.ts')).importThreats(output, file, options));
}

function level(value: string): ThreatLevel {
  const known = THREAT_LEVELS.find((name) => name === value.toUpperCase());
  if (known === undefined) throw new InvalidArgumentError('It must be low, medium, high or critical.');
  return known;
}

function confidence(value: string): number {
  if (!/^(?:\d{1,2}|100)$/.test(value)) throw new InvalidArgumentError('It must be a whole number from 0 to 100.');
  return Number(value);
}
