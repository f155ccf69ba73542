import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Output } from './output.ts';
import { describeServer } from './server-options.ts';

const ENVIRONMENTS = ['production', 'staging', 'development'];
const OUTCOMES = ['success', 'failed', 'rolled-back'];

/** Describes `deploy start` and `deploy finish` on a command: `defectxray deploy`, or that of the agent that is a file of its own. */
export function describeDeploy(command: Command, output: Output): Command {
  command.description('say that CI deploys a version, and how that ended');
  const start = command
    .command('start')
    .description('say that a version is being deployed; while it is, the same again changes nothing')
    .argument('<version>', 'the version that is deployed', version)
    .requiredOption('--project <slug>', 'the project that is deployed')
    .addOption(environment().makeOptionMandatory())
    .option('--commit <sha>', 'the commit that is deployed; as the CI says, else Git');
  const finish = command
    .command('finish')
    .description('say how a deployment ended, or that it was rolled back; the same again changes nothing')
    .argument('[version]', 'the version that was deployed; or --id', version)
    .option('--project <slug>', 'the project that was deployed')
    .addOption(environment())
    .option('--id <uuid>', 'the deployment, as start prints it, in place of version, project and environment')
    .addOption(new Option('--status <outcome>', 'how it ended').choices(OUTCOMES).makeOptionMandatory());
  for (const each of [start, finish]) {
    describeServer(each.option('--notes <text>', 'what there is to say of it')).option(
      '--strict',
      'exit with 2 where it cannot be said; without it a deployment never fails for its record',
    );
  }
  // Without the server's configuration: what CI has in PORT or NODE_ENV is none of its business.
  start.action(async (given, options) => (await import('./deploy.ts')).startDeployment(output, given, options));
  finish.action(async (given, options) => (await import('./deploy.ts')).finishDeployment(output, given, options));
  return command;
}

function environment(): Option {
  return new Option('--environment <name>', 'where it is deployed to').choices(ENVIRONMENTS);
}

function version(value: string): string {
  if (value.trim() === '' || value.length > 200) throw new InvalidArgumentError('It must have 1 to 200 characters.');
  return value;
}
