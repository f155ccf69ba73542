import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { grantSqlLogin, revokeSqlLogin } from '../../src/database/sql-logins.ts';
import { useDatabase } from '../support/database.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();

/** What psql writes to its two outputs for a script; errors are shown as their SQLSTATE with the message. */
function psql(url: string, script: string): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const arguments_ = ['-X', '-q', '-A', '-t', '-v', 'VERBOSITY=verbose', url];
    const child = execFile('psql', arguments_, { timeout: 20_000 }, (error, stdout, stderr) => {
      // psql could not be started, did not end, or could not connect (2).
      if (error && (typeof error.code !== 'number' || error.code === 2)) reject(error);
      else resolve({ stdout, stderr });
    });
    child.stdin?.end(script);
  });
}

describe.each([
  { tier: 'shared', mine: acme, others: [initech, globex] },
  { tier: 'schema', mine: globex, others: [acme, initech] },
])('psql as a login of an organization in the $tier tier', ({ mine, others }) => {
  const login = `bi_${randomBytes(4).toString('hex')}`;
  const masked = `select id || ' ' || failure_details from ${mine.home}.masked_defects_view order by id;`;
  const foreign = others.flatMap((other) => [other.defect, other.otherDefect]);
  let url: string;
  let own: string;

  beforeAll(async () => {
    const made = await grantSqlLogin(database.operatorUrl, () => database.encryptionKey, {
      login,
      organization: mine.slug,
      role: 'analyst',
      user: null,
      connections: 3,
      timeout: '20s',
      validUntil: null,
      newPassword: false,
    });
    const connection = new URL(database.operatorUrl);
    [connection.username, connection.password] = [login, made.password as string];
    url = connection.toString();
    own = (await psql(url, masked)).stdout;
  });
  afterAll(async () => void (await revokeSqlLogin(database.operatorUrl, login)));

  /** Runs an attack, which begins by leaving the login's own read-only setting, then looks again in the same session: its own rows as before, and nobody else's. */
  async function attack(script: string): Promise<string> {
    const { stdout, stderr } = await psql(url, `set default_transaction_read_only = off;\n${script};\nrollback;\n\\echo after\n${masked}`);
    expect(stdout.split('after\n')[1]).toBe(own);
    for (const id of foreign) expect(stdout + stderr).not.toContain(id);
    return stderr;
  }

  test('sees its own defects masked, and there are others to see', async () => {
    const lines = own.trim().split('\n');
    expect(lines.map((line) => line.split(' ')[0])).toEqual([mine.defect, mine.otherDefect].sort());
    for (const line of lines) expect(line).toMatch(/ masked:/);
    const tables = [...new Set(others.map((other) => other.home))].map((home) => `select id from ${home}.defects`);
    const hidden = (await database.operator.query<{ id: string }>(tables.join(' union all '))).rows.map(({ id }) => id);
    expect(hidden).toEqual(expect.arrayContaining(foreign));
  });

  test.each([
    ['42501', 'create temporary table defects as select 1'],
    ['42501', 'create function pg_temp.leak(text) returns boolean language sql as $$ select true $$'],
    ['42501', 'create schema mine'],
    ['42501', 'set role app_owner'],
    ['42501', 'set role app_admin'],
    ['42501', 'set session authorization app_user'],
    ['42501', "copy (select 1) to program 'id'"],
    ['42501', "copy (select 1) to '/tmp/out'"],
    ['42501', "select pg_read_file('/etc/hostname')"],
    ['42501', "select lo_import('/etc/hostname')"],
    ['42501', 'create extension dblink'],
    ['42501', 'alter database postgres set search_path = public'],
    ['42501', 'alter role app_user set search_path = public'],
    ['42501', 'copy app.defects to stdout'],
    ['42501', 'do $$ begin perform * from app.defects; end $$'],
    ['42501', 'select * from app_private.sql_principals'],
    ['42501', 'select * from pg_statistic'],
    ['42501', 'select * from pg_authid'],
    ['42501', 'set row_security = off; select * from app.masked_defects_view; reset row_security'],
  ])('is refused (%s) to %s', async (code, script) => {
    expect(await attack(script)).toContain(`ERROR:  ${code}`);
  });

  test.each(
    others.flatMap((other) => [
      `set app.organization_id = '${other.id}'; set app.home = '${other.home}'; set app.base_role = 'admin'`,
      `begin; set local app.organization_id = '${other.id}'; select * from ${other.home}.masked_defects_view; commit`,
      `prepare theirs as select * from ${other.home}.masked_defects_view; set app.organization_id = '${other.id}'; execute theirs`,
      `begin; declare c cursor with hold for select * from ${other.home}.masked_defects_view; commit; fetch all from c`,
      `set search_path = pg_temp, ${other.home}, app; select * from masked_defects_view`,
      `explain (analyze, verbose) select * from ${other.home}.masked_defects_view where id = '${mine.defect}'`,
      `copy (select * from ${other.home}.masked_defects_view) to stdout`,
    ]),
  )('finds nothing of another organization by %s', async (script) => {
    await attack(script);
  });

  test.each([
    "select * from pg_stats where tablename in ('defects', 'users', 'people')",
    'select query from pg_stat_activity where usename is distinct from session_user',
    'select * from pg_locks; select * from pg_settings',
    'listen defects; select pg_advisory_lock(1)',
  ])('learns nothing by %s', async (script) => {
    await attack(script);
  });
});
