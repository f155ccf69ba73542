import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { examine, RULES } from '../../../src/database/doctor/doctor.ts';
import { localEncryptionKey } from '../../../src/database/encryption-key.ts';
import { useDatabase } from '../../support/database.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const home = globex.home;

/** A way to break a rule, in a transaction that is rolled back. */
interface Violation {
  readonly sql?: string;
  /** What this machine has instead of the key-encryption key. */
  readonly encryptionKey?: ReturnType<typeof localEncryptionKey> | null;
  readonly found: readonly string[];
  /** Other rules that see the same. */
  readonly also?: readonly string[];
}

// What the catalogue holds beside the product's own text is seen by the comparisons as well.
const CHANGED = ['security_changed'];
const DIFFERS = ['tenant_schema_differs'];
const otherKey = localEncryptionKey({ DATA_DIR: '', ENCRYPTION_KEY: randomBytes(32).toString('base64') });

const VIOLATIONS: Record<string, Violation> = {
  rls_not_forced: { sql: `alter table ${home}.defects no force row level security`, found: [`${home}.defects`], also: DIFFERS },
  tenant_policy_missing: {
    sql: `drop policy tenant on ${home}.tests; create policy tenant on ${home}.tests as restrictive using (organization_id = (select app_private.current_org_id('app')))`,
    found: [`${home}.tests`],
  },
  granted_without_policy: {
    sql: 'create table app_private.notes (id uuid); alter table app_private.notes enable row level security, force row level security; alter table app_private.notes owner to app_owner; grant select (id) on app_private.notes to app_member',
    found: ['app_private.notes'],
    also: CHANGED,
  },
  policy_asks_each_row: {
    sql: 'create policy extra on app.people for select to app_ci using (id = app_private.current_user_id())',
    found: ['app.people extra'],
    also: [...CHANGED, ...DIFFERS],
  },
  policy_reads_table: {
    sql: 'create policy extra on app.permissions for select to app_anonymous using (exists (select from app.regions))',
    found: ['app.permissions extra'],
    also: CHANGED,
  },
  policy_column_unindexed: {
    sql: "create policy extra on app.users for select to app_ci using (name = 'Ada')",
    found: ['app.users.name'],
    also: CHANGED,
  },
  table_granted_to_public: {
    sql: 'grant select on app.regions to public; grant update (title) on app.defects to public',
    found: ['app.defects', 'app.regions'],
    also: [...CHANGED, ...DIFFERS],
  },
  function_granted_to_public: {
    sql: 'grant execute on function app_private.envelope_secret() to public',
    found: ['app_private.envelope_secret()'],
    also: CHANGED,
  },
  schema_granted_to_public: { sql: `grant usage on schema ${home} to public`, found: [home] },
  default_privileges_open: {
    sql: 'alter default privileges for role app_owner grant select on tables to app_anonymous',
    found: ['app_owner'],
    also: CHANGED,
  },
  temporary_tables_allowed: {
    sql: 'do $$ begin execute format($f$grant temporary on database %I to public$f$, current_database()); end $$',
    found: ['(this database)'],
  },
  public_schema_writable: { sql: 'grant create on schema public to public', found: ['public'] },
  large_objects_allowed: { sql: 'grant execute on function lo_create(oid) to public', found: ['lo_create(oid)'] },
  definer_path_open: {
    sql: 'alter function app_private.envelope_secret() set search_path = pg_temp, pg_catalog',
    found: ['app_private.envelope_secret()'],
    also: CHANGED,
  },
  definer_owner: {
    sql: `alter function ${home}.count_resolved() owner to app_owner`,
    found: [`${home}.count_resolved()`],
    also: DIFFERS,
  },
  view_owner: {
    sql: `create view ${home}.everything as select * from ${home}.defects; alter view ${home}.everything owner to app_owner`,
    found: [`${home}.everything`],
    also: DIFFERS,
  },
  role_dangerous: { sql: 'alter role app_worker bypassrls', found: ['app_worker'] },
  role_can_log_in: { sql: 'alter role app_definer login', found: ['app_definer'] },
  role_inherits: { sql: 'alter role app_user inherit', found: ['app_user'] },
  member_unexpected: { sql: 'create role doctor_guest login; grant app_owner to doctor_guest', found: ['doctor_guest in app_owner'] },
  sql_login_rights: {
    sql: `create role doctor_bi login in role app_analyst, pg_read_all_data;
      insert into app_private.sql_principals (login_role, organization_id, base_role) values ('doctor_bi', '${acme.id}', 'analyst')`,
    found: ['doctor_bi'],
  },
  sql_login_missing: {
    sql: `insert into app_private.sql_principals (login_role, organization_id, base_role) values ('doctor_gone', '${acme.id}', 'analyst')`,
    found: ['doctor_gone'],
  },
  trigger_disabled: {
    sql: `alter table ${home}.defects disable trigger _900_audit_update`,
    found: [`${home}.defects _900_audit_update`],
  },
  audit_missing: { sql: `drop trigger _900_audit_delete on ${home}.defects`, found: [`${home}.defects`], also: DIFFERS },
  truncate_allowed: { sql: `drop trigger _900_no_truncate on ${home}.tests`, found: [`${home}.tests`], also: DIFFERS },
  audit_trail_changeable: { sql: `alter table ${home}.audit_logs enable trigger _100_append_only`, found: [`${home}.audit_logs`] },
  encryption_missing: {
    sql: `drop trigger _100_encrypt on ${home}.people; alter table ${home}.defects drop constraint defects_stack_trace_check`,
    found: [`${home}.defects.stack_trace`, `${home}.people.email`],
    also: DIFFERS,
  },
  foreign_key_unindexed: {
    sql: 'drop index app.defects_test_id_idx',
    found: ['app.defects defects_test_id_fkey'],
  },
  foreign_key_leaves_schema: {
    sql: `alter table ${home}.people add constraint people_id_fkey foreign key (id) references app.users (id)`,
    found: [`${home}.people people_id_fkey`],
    also: ['foreign_key_unindexed'],
  },
  tenant_check_missing: {
    sql: `alter table ${home}.projects drop constraint projects_organization_check`,
    found: [`${home}.projects`],
  },
  constraint_not_validated: {
    sql: 'alter table app.projects add constraint projects_extra_check check (length(name) < 1000) not valid',
    found: ['app.projects projects_extra_check'],
  },
  index_invalid: {
    sql: "update pg_index set indisvalid = false where indexrelid = 'app.defects_severity_idx'::regclass",
    found: ['app.defects_severity_idx'],
  },
  index_without_tenant: {
    sql: `create index defects_title_idx on ${home}.defects (title)`,
    found: [`${home}.defects_title_idx`],
  },
  data_key_missing: {
    sql: `delete from app_private.organization_keys where organization_id = '${acme.id}'`,
    found: ['acme'],
  },
  data_key_locked: {
    encryptionKey: otherKey,
    found: ['acme, version 1', 'globex, version 1', 'initech, version 1', 'the platform, version 1'],
  },
  key_encryption_key_unknown: { encryptionKey: null, found: ['the key-encryption key'] },
  schema_behind: { sql: `update app_private.tenant_schemas set version = '20200101000000' where name = '${home}'`, found: [home] },
  organization_unfinished: {
    sql: "update app.organizations set provisioning_state = 'provisioning' where slug = 'initech'",
    found: ['initech'],
  },
  policies_not_applied: {
    sql: `update app_private.applied_policies set digest = '\\x00' where schema_name = '${home}' and section = '30_defects.sql#defects';
      delete from app_private.applied_policies where section = '50_audit.sql#audit'`,
    found: ['app_private 50_audit.sql#audit', `${home} 30_defects.sql#defects`],
  },
  security_changed: {
    sql: 'revoke select on app.regions from app_ci; grant execute on function app_private.schema_version() to app_member',
    found: [
      '+ function app_private.schema_version() execute to app_member, app_user, app_worker',
      '- function app_private.schema_version() execute to app_user, app_worker',
      '- table app.regions grant select to app_ci',
    ],
  },
  tenant_schema_differs: {
    sql: `revoke select on ${home}.defects from app_auditor; create policy extra on ${home}.defects for select to app_ci using (true)`,
    found: [
      `${home}: + policy app.defects extra permissive select to app_ci using true`,
      `${home}: - table app.defects grant select to app_auditor`,
    ],
  },
  parameters_logged: { sql: 'set local log_parameter_max_length_on_error = 100', found: ['log_parameter_max_length_on_error = 100'] },
  errors_logged_in_full: {
    sql: 'alter role app_user set log_error_verbosity = verbose',
    found: ['log_error_verbosity = verbose for role app_user'],
  },
  passwords_hashed_weakly: { sql: "set local password_encryption = 'md5'", found: ['password_encryption = md5'] },
  row_security_off: { sql: 'alter role app_user set row_security = off', found: ['row_security = off for role app_user'] },
  pgcrypto_elsewhere: { sql: 'alter extension pgcrypto set schema public', found: ['public'] },
};

/** As the embedded server has it; a server given to the tests may log more. */
const SERVER =
  'set local log_parameter_max_length = 0; set local log_parameter_max_length_on_error = 0; set local log_error_verbosity = terse';

describe('the doctor', () => {
  beforeEach(() => database.operator.query(`begin; ${SERVER}`));
  afterEach(() => database.operator.query('rollback'));

  const look = async (encryptionKey: Violation['encryptionKey'] = database.encryptionKey) =>
    examine({ client: database.operator, encryptionKey });

  test('has a violation for each rule, and each rule a name of its own', () => {
    expect(Object.keys(VIOLATIONS).sort()).toEqual(RULES.map(({ name }) => name).sort());
  });

  test.each(Object.entries(VIOLATIONS))('%s: clean, violated, clean again', async (name, { sql, encryptionKey, found, also = [] }) => {
    expect(await look()).toEqual([]);
    await database.operator.query('savepoint clean');
    if (sql !== undefined) await database.operator.query(`set local search_path = public; ${sql}`);
    const findings = await look(encryptionKey);
    const severity = RULES.find((rule) => rule.name === name)?.severity;
    expect(findings.filter(({ rule }) => rule === name)).toEqual(
      found.map((object) => ({ rule: name, severity, object: object.replace('(this database)', database.name) })),
    );
    expect(new Set(findings.map(({ rule }) => rule))).toEqual(new Set([name, ...also]));
    await database.operator.query('rollback to clean');
    expect(await look()).toEqual([]);
  });
});
