import { bySql, OUR_SCHEMA, type Rule } from './rule.ts';

/** What everybody may do: every login is in PUBLIC, an analyst's too. */
export const grantRules: readonly Rule[] = [
  {
    name: 'table_granted_to_public',
    severity: 'error',
    problem: 'is granted to PUBLIC, which every login is in',
    remedy: 'revoke all on … from public.',
    find: bySql(`
      select format('%I.%I', n.nspname, c.relname) from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      where ${OUR_SCHEMA} and (exists (select from aclexplode(c.relacl) as x where x.grantee = 0)
        or exists (select from pg_attribute as a cross join aclexplode(a.attacl) as x where a.attrelid = c.oid and x.grantee = 0))`),
  },
  {
    name: 'function_granted_to_public',
    severity: 'error',
    problem: 'may be executed by PUBLIC, which every login is in',
    remedy: 'revoke execute on function … from public.',
    // Column defaults run with the rights of who inserts; pgcrypto is in a schema that no request role may use.
    find: bySql(`
      select format('%I.%I(%s)', n.nspname, f.proname, pg_get_function_identity_arguments(f.oid))
      from pg_proc as f join pg_namespace as n on n.oid = f.pronamespace
      cross join aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) as x
      where ${OUR_SCHEMA} and x.grantee = 0
        and not (n.nspname = 'app_private' and f.proname in ('uuid_v7', 'sha256_text', 'test_identity'))
        and not exists (select from pg_depend as d where d.classid = 'pg_proc'::regclass and d.objid = f.oid and d.deptype = 'e')`),
  },
  {
    name: 'schema_granted_to_public',
    severity: 'error',
    problem: 'is open to PUBLIC, which every login is in',
    remedy: 'revoke all on schema … from public.',
    find: bySql(`select n.nspname from pg_namespace as n cross join aclexplode(n.nspacl) as x where ${OUR_SCHEMA} and x.grantee = 0`),
  },
  {
    name: 'default_privileges_open',
    severity: 'error',
    problem: 'gives what it makes to PUBLIC or to a role, before anyone has looked at it',
    remedy: 'As the role: alter default privileges revoke … (db/migrations/platform does it first of all).',
    find: bySql(`
      select r.rolname from pg_roles as r
      where r.rolname in ('app_owner', 'app_definer', 'app_views', 'app_explainer') and (
        not exists (select from pg_default_acl as d where d.defaclrole = r.oid and d.defaclnamespace = 0 and d.defaclobjtype = 'f')
        or exists (select from pg_default_acl as d cross join aclexplode(d.defaclacl) as x where d.defaclrole = r.oid and x.grantee <> r.oid))`),
  },
  {
    name: 'temporary_tables_allowed',
    severity: 'error',
    problem: "lets PUBLIC make schemas or temporary tables, which can shadow the product's",
    remedy: 'Run "defectxray migrate", or: revoke create, temporary on database … from public.',
    find: bySql(`
      select d.datname from pg_database as d cross join aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) as x
      where d.datname = current_database() and x.grantee = 0 and x.privilege_type in ('CREATE', 'TEMPORARY')`),
  },
  {
    name: 'public_schema_writable',
    severity: 'error',
    problem: 'is a schema in which PUBLIC may create',
    remedy: 'revoke create on schema public from public.',
    find: bySql(`
      select n.nspname from pg_namespace as n cross join aclexplode(n.nspacl) as x
      where n.nspname = 'public' and x.grantee = 0 and x.privilege_type = 'CREATE'`),
  },
  {
    name: 'large_objects_allowed',
    severity: 'warning',
    problem: 'may be executed by PUBLIC, so that every login can fill the disk with large objects',
    remedy: 'As a superuser: revoke execute on function … from public.',
    find: bySql(`
      select format('%s(%s)', f.proname, pg_get_function_identity_arguments(f.oid))
      from pg_proc as f cross join aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) as x
      where f.pronamespace = 'pg_catalog'::regnamespace and f.proname in ('lo_creat', 'lo_create', 'lo_from_bytea') and x.grantee = 0`),
  },
];
