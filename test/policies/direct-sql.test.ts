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

const tiers = [
  { tier: 'shared', mine: acme, others: [initech, globex] },
  { tier: 'schema', mine: globex, others: [acme, initech] },
];
/** What each role may read of defects by SQL. */
const READS = { analyst: 'masked_defects_view', auditor: 'defects' };

describe.each(
  tiers.flatMap((tier) => [
    { ...tier, role: 'analyst' as const },
    { ...tier, role: 'auditor' as const },
  ]),
)('psql as the login of an $role in the $tier tier', ({ mine, others, role }) => {
  const login = `bi_${randomBytes(4).toString('hex')}`;
  const defects = READS[role];
  const text = { analyst: 'failure_details', auditor: `${mine.home}.defects_failure_details(d)` }[role];
  const masked = `select id || ' ' || ${text} from ${mine.home}.${defects} as d order by id;`;
  const foreign = others.flatMap((other) => [other.defect, other.otherDefect]);
  let url: string;
  let own: string;

  beforeAll(async () => {
    const made = await grantSqlLogin(database.operatorUrl, () => database.encryptionKey, {
      login,
      organization: mine.slug,
      role,
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
    const { stdout, stderr } = await psql(
      url,
      `set default_transaction_read_only = off;\n${script};\nrollback;\n\\echo and after it\n${masked}`,
    );
    expect(stdout.split('and after it\n').at(-1)).toBe(own);
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
    ['42501', 'do $$ begin perform * from app_private.passwords; end $$'],
    ['42501', 'select * from app_private.sql_principals'],
    ['42501', 'create type pg_temp.pair as (a int, b int)'],
    ['42501', 'create operator app.=== (leftarg = text, rightarg = text, function = texteq)'],
    ['42501', 'create cast (text as integer) with inout'],
    ['42501', 'create aggregate app.leak (text) (sfunc = textcat, stype = text)'],
    ['42501', 'create event trigger leak on ddl_command_end execute function pg_catalog.tsvector_update_trigger()'],
    ['42501', 'create publication leak for all tables'],
    ['42501', "select pg_create_logical_replication_slot('leak', 'test_decoding')"],
    ['42501', 'create policy mine on app.projects using (true)'],
    ['42501', 'alter table app.projects disable row level security'],
    ['42501', 'create rule mine as on insert to app.projects do instead nothing'],
    ['42501', 'create statistics app.leak on id, slug from app.projects'],
    ['42501', 'alter function app_private.current_org_id() owner to session_user'],
    ['42501', 'begin; lock table app.projects in access exclusive mode'],
    ['42501', 'select * from app.projects for update'],
    ['42501', "update app.projects set name = 'x'"],
    ['42501', 'truncate app.projects'],
    ['42501', 'set session_replication_role = replica'],
    ['42501', "load 'auto_explain'"],
    ['42501', 'select * from pg_largeobject'],
    ['42501', 'select pg_ls_waldir()'],
    ['42501', 'select * from pg_statistic'],
    ['42501', 'select * from pg_authid'],
    ['42501', 'set row_security = off; select * from app.projects; reset row_security'],
  ])('is refused (%s) to %s', async (code, script) => {
    expect(await attack(script)).toContain(`ERROR:  ${code}`);
  });

  test.each(
    others.flatMap((other) => [
      `set app.organization_id = '${other.id}'; set app.home = '${other.home}'; set app.base_role = 'admin'`,
      `begin; set local app.organization_id = '${other.id}'; select * from ${other.home}.${defects}; commit`,
      `prepare theirs as select * from ${other.home}.${defects}; set app.organization_id = '${other.id}'; execute theirs`,
      `begin; declare c cursor with hold for select * from ${other.home}.${defects}; commit; fetch all from c`,
      `set search_path = pg_temp, ${other.home}, app; select * from ${defects}`,
      `explain (analyze, verbose) select * from ${other.home}.${defects} where id = '${mine.defect}'`,
      `copy (select * from ${other.home}.${defects}) to stdout`,
      // Of whose row is an error that a condition ends in before the policies are asked?
      `select * from ${other.home}.${defects} where id::text::int > 0`,
      `select * from ${other.home}.${defects} where 1 / (strpos(id::text, '${other.defect}') - 1) > 0`,
      `select * from ${other.home}.${defects} order by (id::text)::int; select sum(id::text::int) from ${other.home}.${defects}`,
      `select d.* from ${other.home}.${defects} as d right join (values ('${other.defect}'::uuid)) as v (id) on d.id = v.id where d.id is not null`,
      `select query_to_xml('select * from ${other.home}.${defects}', true, false, ''), schema_to_xml('${other.home}', true, false, '')`,
      `begin; select * from ${other.home}.${defects}; prepare transaction 'theirs'; commit prepared 'theirs'`,
      `begin; set local role none; reset session authorization; set app.keys = 'x'; select * from ${other.home}.${defects}; commit`,
      `alter role current_user set app.organization_id = '${other.id}'; \\c\nselect * from ${other.home}.${defects}; alter role current_user reset app.organization_id`,
    ]),
  )('finds nothing of another organization by %s', async (script) => {
    await attack(script);
  });

  test('finds nothing of another organization by any function that it may call', async () => {
    const { rows } = await database.operator.query<{ call: string }>(
      `select format('%I.%I(%s)', n.nspname, f.proname, (
         select string_agg(case t.oid when 'uuid'::regtype then quote_literal($2) when 'uuid[]'::regtype then format('array[%L::uuid]', $2)
           when 'jsonb'::regtype then format('jsonb_build_object(''id'', %L)', $2) when 'text'::regtype then quote_literal('defects')
           else format('null::%s', a.type::regtype) end, ', ' order by a.ordinality)
         from unnest(f.proargtypes::oid[]) with ordinality as a (type, ordinality) join pg_type as t on t.oid = a.type)) as call
       from pg_proc as f join pg_namespace as n on n.oid = f.pronamespace
       where n.nspname ~ '^(app|app_private|tenant_.*)$' and f.prokind = 'f' and f.prorettype <> 'trigger'::regtype
         and has_function_privilege($1, f.oid, 'execute')`,
      [login, others[0]?.defect],
    );
    expect(rows.length).toBeGreaterThan(5);
    await attack(rows.map(({ call }) => `select ${call}`).join(';\n'));
  });

  test.each([
    "select * from pg_stats where tablename in ('defects', 'users', 'people')",
    'select query from pg_stat_activity where usename is distinct from session_user',
    'select * from pg_locks; select * from pg_settings',
    'select * from pg_stats_ext; select * from pg_prepared_xacts; select * from pg_stat_user_tables; select * from pg_stat_progress_vacuum',
    'select prosrc from pg_proc; select pg_get_viewdef(oid) from pg_class; select * from pg_largeobject_metadata',
    "select lo_from_bytea(0, 'x')",
    'listen defects; select pg_advisory_lock(1)',
  ])('learns nothing by %s', async (script) => {
    await attack(script);
  });
});
