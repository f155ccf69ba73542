import { createInterface } from 'node:readline/promises';
import type { Config } from '../config.ts';
import { localEncryptionKey } from '../database/encryption-key.ts';
import { grantSqlLogin, listSqlLogins, revokeSqlLogin, type SqlLoginState } from '../database/sql-logins.ts';
import { operatorUrl } from './orgs.ts';
import { CommandError, type Output } from './output.ts';

export interface GrantOptions {
  readonly org: string;
  readonly role: string;
  readonly user?: string;
  readonly connections: number;
  readonly timeout: string;
  readonly validUntil?: Date;
  readonly newPassword?: true;
}

/** Makes a login that reads one organization by SQL, or changes it; a password made here is printed once. */
export async function grantAnalytics(config: Config, output: Output, login: string, options: GrantOptions): Promise<void> {
  const operator = operatorUrl(config);
  const { schema, password } = await grantSqlLogin(operator, () => localEncryptionKey(config), {
    login,
    organization: options.org,
    role: options.role,
    user: options.user ?? null,
    connections: options.connections,
    timeout: options.timeout,
    validUntil: options.validUntil ?? null,
    newPassword: options.newPassword === true,
  }).catch((error: Error & { code?: string }) => {
    if (error.code?.startsWith('DX4') === true) throw new CommandError(error.message);
    throw error;
  });
  const url = new URL(operator);
  url.username = login;
  url.password = password ?? '';
  const said = [
    `The login ${login} reads ${options.org} as ${options.role}; its tables are in schema ${schema}.`,
    password === null ? `Its password stays as it is; connect with ${url}` : `Its password is shown this once; connect with\n${url}`,
  ];
  output.result(said.join('\n'), { login, organization: options.org, role: options.role, schema, password, url: url.toString() });
}

/** Ends a login and its sessions, after asking; without a terminal only with `yes`. */
export async function revokeAnalytics(config: Config, output: Output, login: string, options: { yes?: true }): Promise<void> {
  if (options.yes !== true && !(await confirmed(`End the login ${login}, its sessions and all that it has made?`))) {
    throw new CommandError('Nothing was changed.');
  }
  const sessions = await revokeSqlLogin(operatorUrl(config), login);
  output.result(`The login ${login} is gone, and ${sessions} of its sessions ${sessions === 1 ? 'was' : 'were'} ended.`, {
    login,
    sessions,
  });
}

async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) throw new CommandError('There is no terminal to ask at: say --yes.');
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return /^y(es)?$/i.test((await terminal.question(`${question} [y/N] `)).trim());
  } finally {
    terminal.close();
  }
}

const COLUMNS = ['login', 'organization', 'role', 'user', 'connections', 'timeout', 'valid until'] as const;

/** Shows the logins of an organization, or of all. */
export async function listAnalytics(config: Config, output: Output, options: { org?: string }): Promise<void> {
  const logins = await listSqlLogins(operatorUrl(config), options.org ?? null);
  output.result(logins.length === 0 ? 'There are no logins for analytics.' : table([[...COLUMNS], ...logins.map(row)]), { logins });
}

function row(login: SqlLoginState): string[] {
  return [
    login.login,
    login.organization,
    login.role,
    login.user ?? '-',
    `${login.connections} of ${login.connectionLimit ?? '-'}`,
    login.timeout ?? '-',
    login.validUntil?.toISOString().slice(0, 10) ?? '-',
  ];
}

function table(rows: readonly string[][]): string {
  const widths = COLUMNS.map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)));
  return rows
    .map((cells) =>
      cells
        .map((cell, column) => cell.padEnd(widths[column] as number))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
