import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { withClient } from '../database/connection.ts';
import { examine, RULES } from '../database/doctor/doctor.ts';
import type { Finding } from '../database/doctor/rule.ts';
import { type EncryptionKey, localEncryptionKey } from '../database/encryption-key.ts';
import { sentenceOf } from './failure.ts';
import { operatorUrl } from './orgs.ts';
import { CommandError, type Output } from './output.ts';

export interface DoctorOptions {
  readonly strict?: true;
}

interface Examination {
  readonly schemas: string[];
  readonly findings: Finding[];
}

/** Checks a live database; exit code 1 where there is an error (with `strict`, a warning too), 2 where it could not look. */
export async function doctor(config: Config, output: Output, options: DoctorOptions): Promise<void> {
  const { schemas, findings } = await look(config).catch((error: Error & { code?: string }) => {
    if (error.code === '42501')
      throw new CommandError("This login may not look: set OPERATOR_DATABASE_URL to the operator's, who migrates.", 2);
    throw new CommandError(sentenceOf(error), 2);
  });
  output.result(report(schemas, findings), {
    schemas,
    rules: RULES.map(({ name, severity, problem, remedy }) => ({ name, severity, problem, remedy })),
    findings,
  });
  if (findings.some(({ severity }) => severity === 'error' || options.strict === true)) process.exitCode = 1;
}

async function look(config: Config): Promise<Examination> {
  const encryptionKey = knownEncryptionKey(config);
  return withClient(operatorUrl(config), async (client) => {
    // One snapshot, in which nothing can be changed.
    await client.query('begin isolation level repeatable read read only');
    const { rows: migrated } = await client.query<{ found: boolean }>(
      "select to_regclass('app_private.tenant_schemas') is not null as found",
    );
    if (migrated[0]?.found !== true) throw new CommandError('The database is not migrated: run "defectxray migrate".');
    const { rows } = await client.query<{ name: string }>("select name from app_private.tenant_schemas order by name <> 'app', name");
    const findings = await examine({ client, encryptionKey });
    return { schemas: ['app_private', ...rows.map(({ name }) => name)], findings };
  });
}

/** The key of this machine, if it has one: looking must not make one. */
function knownEncryptionKey(config: Config): EncryptionKey | null {
  const known = config.ENCRYPTION_KEY !== undefined || existsSync(join(config.DATA_DIR, 'encryption.key'));
  return known ? localEncryptionKey(config) : null;
}

function report(schemas: readonly string[], findings: readonly Finding[]): string {
  const looked = `Looked at ${counted(schemas.length, 'schema')} by ${RULES.length} rules.`;
  if (findings.length === 0) return `${looked}\nNothing was found.`;
  const broken = RULES.map((rule) => ({ ...rule, objects: findings.filter((finding) => finding.rule === rule.name) }));
  const paragraphs = broken
    .filter(({ objects }) => objects.length > 0)
    .map(({ name, severity, problem, remedy, objects }) =>
      [`${severity} ${name}: each of these ${problem}:`, ...objects.map(({ object }) => `  ${object}`), `What to do: ${remedy}`].join('\n'),
    );
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  return [...paragraphs, `${looked} ${counted(errors, 'error')}, ${counted(findings.length - errors, 'warning')}.`].join('\n\n');
}

function counted(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}
