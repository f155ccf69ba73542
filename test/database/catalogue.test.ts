import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { describeSecurity } from '../../src/database/catalogue.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();
const { globex } = inject('fixture');
const names = async (text: string) => (await database.operator.query<{ name: string }>(text)).rows.map(({ name }) => name);

/** Schemas of the product: platform, shared tier, private, and one tenant's. */
const OURS = `nspname in ('app', 'app_private', '${globex.home}')`;

describe('the catalogue', () => {
  test('grants what the committed snapshot says, and no more', async () => {
    const version = Number((await database.operator.query('show server_version_num')).rows[0].server_version_num);
    const now = await describeSecurity(database.operator, ['app', 'app_private']);
    const committed = readFileSync(new URL('../../db/security.snapshot', import.meta.url), 'utf8');
    // The BYPASSRLS role may not exist on a managed server, and uuid_v7 is written differently before 18: neither is in a grant.
    expect(version).toBeGreaterThanOrEqual(150_000);
    expect(now).toBe(committed);
  });

  test("grants in a tenant's schema what it grants in the shared one", async () => {
    const shared = (await describeSecurity(database.operator, ['app'])).split('\n');
    const tenant = (await describeSecurity(database.operator, [globex.home]))
      .replaceAll(globex.home, 'app')
      .replaceAll('app, app, pg_temp', 'app, pg_temp')
      .split('\n');
    const platform =
      /\b(regions|organizations|users|permissions|roles|role_permissions|organization_members|sessions|invitations|api_keys|users_email|invitations_email|current_permissions|(sign_out|sign_out_everywhere|revoke_session|invite_member|change_member_role|remove_member|set_role_permissions|create_api_key|revoke_api_key))\b/;
    const ownMigrations = /schema_migrations/;
    expect(tenant.filter((line) => !ownMigrations.test(line) && !/^(role|member|default|schema)/.test(line))).toEqual(
      shared.filter((line) => !platform.test(line.split(' ')[1] ?? '') && !/^(role|member|default|schema)/.test(line)),
    );
  });

  test.each([
    [
      'a table without forced row-level security',
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind in ('r', 'p') and c.relname !~ 'migrations$' and not (c.relrowsecurity and c.relforcerowsecurity)`,
    ],
    [
      'a tenant table without a restrictive policy',
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' where n.nspname in ('app', '${globex.home}') and c.relkind = 'r' and not exists (select from pg_policy p where p.polrelid = c.oid and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}')`,
    ],
    [
      'anything granted to PUBLIC',
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join aclexplode(c.relacl) x where ${OURS} and x.grantee = 0`,
    ],
    [
      'a function that PUBLIC may execute',
      `select f.oid::regprocedure::text as name from pg_proc f join pg_namespace n on n.oid = f.pronamespace cross join aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) x where ${OURS} and x.grantee = 0 and f.proname not in ('uuid_v7', 'sha256_text', 'test_identity') and not exists (select from pg_depend d where d.objid = f.oid and d.deptype = 'e')`,
    ],
    [
      'a SECURITY DEFINER function without a search path that ends with pg_temp',
      `select f.oid::regprocedure::text as name from pg_proc f join pg_namespace n on n.oid = f.pronamespace where ${OURS} and f.prosecdef and not exists (select from unnest(f.proconfig) c where c ~ '^search_path=.*pg_temp"?$')`,
    ],
    [
      'a SECURITY DEFINER function that another than app_definer owns, but for the audit trigger',
      `select f.oid::regprocedure::text as name from pg_proc f join pg_namespace n on n.oid = f.pronamespace where ${OURS} and f.prosecdef and f.proowner <> 'app_definer'::regrole and f.oid <> 'app_private.audit'::regproc`,
    ],
    [
      'a view that neither is security_invoker nor belongs to app_views',
      `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${OURS} and c.relkind in ('v', 'm') and c.relowner <> 'app_views'::regrole and coalesce(array_to_string(c.reloptions, ','), '') !~ 'security_invoker=(true|on)'`,
    ],
    [
      'a foreign key that no index serves',
      `select k.conrelid::regclass || '.' || k.conname as name from pg_constraint k join pg_namespace n on n.oid = k.connamespace where ${OURS} and k.contype = 'f' and not exists (select from pg_index i where i.indrelid = k.conrelid and i.indpred is null and (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey and k.conkey @> (i.indkey::int2[])[0:cardinality(k.conkey) - 1])`,
    ],
    [
      "a foreign key from a tenant's schema to a platform table",
      `select conname as name from pg_constraint where connamespace = '${globex.home}'::regnamespace and contype = 'f' and confrelid in (select oid from pg_class where relnamespace <> '${globex.home}'::regnamespace)`,
    ],
    [
      "a tenant's table that does not hold its rows to the tenant",
      `select c.relname as name from pg_class c where c.relnamespace = '${globex.home}'::regnamespace and c.relkind = 'r' and c.relname <> 'schema_migrations' and not exists (select from pg_constraint k where k.conrelid = c.oid and pg_get_constraintdef(k.oid) like '%organization_id = ''${globex.id}''%')`,
    ],
    [
      'a CHECK of a tenant table without a sentence for who violates it',
      "select k.conname as name from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attname = 'organization_id' where k.connamespace = 'app'::regnamespace and k.contype = 'c' and obj_description(k.oid, 'pg_constraint') is null",
    ],
    [
      'a constraint that is not validated',
      `select conname as name from pg_constraint k join pg_namespace n on n.oid = k.connamespace where ${OURS} and not k.convalidated`,
    ],
    [
      'an app role with a dangerous attribute',
      "select rolname as name from pg_roles where rolname like 'app\\_%' and rolname <> 'app_backup' and (rolsuper or rolbypassrls or rolcreatedb or rolcreaterole or rolreplication)",
    ],
    [
      'a request role that can log in',
      "select rolname as name from pg_roles where rolname = any (array['app_owner', 'app_definer', 'app_views', 'app_anonymous', 'app_admin', 'app_developer', 'app_engineer', 'app_auditor', 'app_analyst', 'app_member', 'app_ci']) and rolcanlogin",
    ],
    [
      'a table, view or column without a comment',
      "select c.relname || coalesce('.' || a.attname, '') as name from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'v') and (obj_description(c.oid, 'pg_class') is null or col_description(c.oid, a.attnum) is null)",
    ],
    [
      'a function without a comment',
      `select f.oid::regprocedure::text as name from pg_proc f join pg_namespace n on n.oid = f.pronamespace where ${OURS} and obj_description(f.oid, 'pg_proc') is null and not exists (select from pg_depend d where d.objid = f.oid and d.deptype = 'e')`,
    ],
    [
      'an unnamed constraint or one with a made-up name',
      "select conname as name from pg_constraint where connamespace = 'app'::regnamespace and contype in ('c', 'f', 'u', 'p') and conname ~ '(_check|_key|_fkey)[0-9]+$'",
    ],
    [
      'a tenant key or index that does not begin with the tenant',
      "select i.indexrelid::regclass::text as name from pg_index i join pg_class c on c.oid = i.indrelid join pg_attribute a on a.attrelid = c.oid and a.attname = 'organization_id' where c.relnamespace = 'app'::regnamespace and c.relkind = 'r' and c.relname not in ('roles', 'role_permissions', 'organization_members', 'sessions', 'invitations', 'api_keys') and (i.indkey::int2[])[0] <> a.attnum",
    ],
  ])('does not have %s', async (_what, text) => {
    expect(await names(text)).toEqual([]);
  });
});

describe('policies', () => {
  let texts: string[];
  beforeAll(async () => {
    texts = await names(
      `select coalesce(pg_get_expr(polqual, polrelid), '') || ' ' || coalesce(pg_get_expr(polwithcheck, polrelid), '') as name from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace where ${OURS}`,
    );
  });

  test('ask for the identity once a statement, in a sub-select', () => {
    for (const text of texts)
      expect(text.replaceAll(/\(\s*SELECT [a-z_.]*current_[a-z_]+\([^)]*\)[^)]*\)/g, '')).not.toMatch(/current_[a-z]+_ids?\(/);
  });

  test('look into no other table', () => {
    for (const text of texts) expect(text).not.toMatch(/\bFROM\b/i);
  });
});
