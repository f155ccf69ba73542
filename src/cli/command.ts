import '../graphile-env.ts';
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Config } from '../config.ts';
import { describeDeploy } from './deploy-command.ts';
import { sentenceOf } from './failure.ts';
import { CommandError, createOutput } from './output.ts';
import { describeReport } from './report-command.ts';
import { describeThreats } from './threats-command.ts';

// Known before anything is parsed: what is wrong with the arguments is said in the same form.
const json = process.argv.includes('--json');
const output = createOutput(json);

const program = new Command('defectxray')
  .description('Defect tracking over PostgreSQL, in which the database decides what each role may see.')
  .option('--json', 'print the result as one JSON document, and a failure as one on standard error')
  .configureHelp({ showGlobalOptions: true })
  .configureOutput({ outputError: (text) => output.failure(text.replace(/^error: /, '').trim()) })
  .showHelpAfterError(!json);

/** Commands load what they need when they run, so that the CI agent does not wait for a GraphQL server. */
async function run(work: (config: Config) => Promise<void>): Promise<void> {
  const { parseConfig } = await import('../config.ts');
  return work(parseConfig(process.env));
}

function hours(value: string): number {
  const number = Number(value);
  if (!(number > 0 && number <= 8_760)) throw new InvalidArgumentError('It must be a number of hours, at most 8760 (a year).');
  return number;
}

function connections(value: string): number {
  const number = Number(value);
  if (!(Number.isInteger(number) && number >= 1 && number <= 100))
    throw new InvalidArgumentError('It must be a whole number from 1 to 100.');
  return number;
}

function timeout(value: string): string {
  if (!/^[1-9]\d{0,5}(s|min|h)$/.test(value)) throw new InvalidArgumentError('It must be a time such as 60s, 5min or 1h.');
  return value;
}

function date(value: string): Date {
  const parsed = new Date(value);
  if (!/^\d{4}-\d{2}-\d{2}/.test(value) || !(parsed.getTime() > Date.now()))
    throw new InvalidArgumentError('It must be a date in the future, such as 2030-01-31.');
  return parsed;
}

program
  .command('serve')
  .description('serve the API; without DATABASE_URL on an embedded PostgreSQL with demo data')
  .action(() => run(async (config) => (await import('./serve.ts')).serve(config, output)));

program
  .command('worker')
  .description('run background jobs, and nothing else (WORKER_DATABASE_URL); beside any number of servers and other workers')
  .action(() => run(async (config) => (await import('./worker.ts')).worker(config, output)));

program
  .command('migrate')
  .description("bring the database and every tenant's schema up to date (OPERATOR_DATABASE_URL)")
  .action(() => run(async (config) => (await import('./migrate.ts')).migrateCommand(config, output)));

const doctor = program
  .command('doctor')
  .description('check a live database for what would break its isolation, audit trail or speed (OPERATOR_DATABASE_URL)')
  .option('--strict', 'exit with code 1 for a warning too')
  .action((options) => run(async (config) => (await import('./doctor.ts')).doctor(config, output, options)));
doctor
  .command('explain')
  .description('say why a role may do something with a row, or may not; exits with 2 where it may not')
  .requiredOption('--org <slug>', 'the organization')
  .option('--as <role>', 'admin, developer, engineer, auditor, analyst, member or ci; that of --user, if it is not given')
  .option('--user <e-mail or id>', 'the member to ask for')
  .option('--project <slug>', 'the one project that the credential is bound to')
  .requiredOption('--type <name>', 'the type of the row, such as Defect')
  .requiredOption('--id <uuid>', "the row's id")
  .addOption(
    new Option('--operation <name>', 'what is to be done with it').choices(['select', 'insert', 'update', 'delete']).default('select'),
  )
  .action((options) => run(async (config) => (await import('./explain.ts')).explain(config, output, options)));

program
  .command('token')
  .description('mint a development token')
  .requiredOption('--org <slug>', 'the organization')
  .requiredOption('--role <role>', 'admin, developer, engineer, auditor, analyst, member or ci')
  .option('--user <e-mail or id>', 'the member that the token is for')
  .option('--project <slug>', 'the one project that the token is for')
  .addOption(new Option('--hours <n>', 'how long it holds').default(24).argParser(hours))
  .action((options) => run(async (config) => (await import('./token.ts')).token(config, output, options)));

describeReport(program.command('report'), output);
describeThreats(program.command('threats'), output);
describeDeploy(program.command('deploy'), output);

const analytics = program
  .command('analytics')
  .description('logins that read one organization by SQL, for the operator (OPERATOR_DATABASE_URL)');
analytics
  .command('grant')
  .description('make a login, or change it; its password is printed once')
  .argument('<login>', 'lower-case letters, digits and _')
  .requiredOption('--org <slug>', 'the organization that it reads')
  .addOption(new Option('--role <role>', 'what it reads as').choices(['analyst', 'auditor']).default('analyst'))
  .option('--user <e-mail>', 'the member that it stands for: it reads while the member is active in that role')
  .addOption(new Option('--connections <n>', 'how many it may hold').default(5).argParser(connections))
  .addOption(new Option('--timeout <time>', 'how long a statement may run').default('60s').argParser(timeout))
  .addOption(new Option('--valid-until <date>', 'when its password ends').argParser(date))
  .option('--new-password', 'give a login that is there already a new password')
  .action((login, options) => run(async (config) => (await import('./analytics.ts')).grantAnalytics(config, output, login, options)));
analytics
  .command('revoke')
  .description('end a login and its sessions')
  .argument('<login>', 'its name')
  .option('--yes', 'do not ask')
  .action((login, options) => run(async (config) => (await import('./analytics.ts')).revokeAnalytics(config, output, login, options)));
analytics
  .command('list')
  .description('show the logins')
  .option('--org <slug>', 'of one organization only')
  .action((options) => run(async (config) => (await import('./analytics.ts')).listAnalytics(config, output, options)));

const orgs = program.command('orgs').description('organizations, for the operator (OPERATOR_DATABASE_URL)');
orgs
  .command('create')
  .description('make an organization with its first administrator; run again, it finishes what was interrupted')
  .argument('<slug>', 'its short name: lower-case letters, digits and _')
  .option('--name <name>', 'its name')
  .addOption(new Option('--region <code>', 'where its data lives').default('us-east'))
  .addOption(new Option('--isolation <tier>', 'shared tables, or a schema of its own').choices(['shared', 'schema']).default('shared'))
  .requiredOption('--admin <e-mail>', 'its first administrator')
  .option('--admin-name <name>', "the administrator's name")
  .option('--existing-user', 'the administrator has an account already, as a member of another organization')
  .action((slug, options) => run(async (config) => (await import('./orgs.ts')).createOrg(config, output, slug, options)));

program
  .command('users')
  .description('people who sign in, for the operator (OPERATOR_DATABASE_URL)')
  .command('reset-password')
  .description('issue a token by which a person sets a password, once: the first administrator, or who has forgotten theirs')
  .argument('<e-mail>', 'whose password')
  .action((email) => run(async (config) => (await import('./users.ts')).resetPassword(config, output, email)));

try {
  await program.parseAsync();
} catch (error) {
  output.failure(sentenceOf(error as Error));
  if (process.env.LOG_LEVEL === 'debug' && !(error instanceof CommandError)) output.progress(String((error as Error).stack));
  process.exitCode = error instanceof CommandError ? error.exitCode : 1;
}
