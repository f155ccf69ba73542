import { bySql, bySqlOfDefiner, type Rule } from './rule.ts';

/** Who may become whom, and with which attributes. Roles are the whole server's. */
export const roleRules: readonly Rule[] = [
  {
    name: 'role_dangerous',
    severity: 'error',
    problem: 'is a role of the product with an attribute that passes its rules by',
    remedy: 'alter role … nosuperuser nobypassrls nocreatedb nocreaterole noreplication.',
    // app_backup must read everything, or a dump would stop at forced row-level security.
    find: bySql(`
      select rolname from pg_roles
      where rolname like 'app\\_%' and (rolsuper or rolbypassrls and rolname <> 'app_backup' or rolcreatedb or rolcreaterole or rolreplication)`),
  },
  {
    name: 'role_can_log_in',
    severity: 'error',
    problem: 'is a role to be taken for a transaction or to own things, and can log in',
    remedy: 'alter role … nologin.',
    find: bySql(`
      select rolname from pg_roles
      where rolcanlogin and rolname in ('app_owner', 'app_definer', 'app_views', 'app_explainer', 'app_anonymous', 'app_admin', 'app_developer',
        'app_engineer', 'app_auditor', 'app_analyst', 'app_member', 'app_ci')`),
  },
  {
    name: 'role_inherits',
    severity: 'error',
    problem: 'has the rights of the roles that it may take without taking one',
    remedy: 'Run "defectxray migrate", or: alter role … noinherit (and grant … with inherit false).',
    // inherit_option is of PostgreSQL 16; before, the member's attribute says it.
    find: bySql(`
      select r.rolname from pg_roles as r
      where r.rolname in ('app_user', 'app_worker', 'app_owner', 'app_definer', 'app_views') and (r.rolinherit or exists (
        select from pg_auth_members as a where a.member = r.oid and (to_jsonb(a) ->> 'inherit_option')::boolean))`),
  },
  {
    name: 'member_unexpected',
    severity: 'error',
    problem: 'may take a role that writes identities, owns things or reads everything',
    remedy:
      'revoke … from …; only app_owner, app_explainer (of app_definer) and operators (CREATEROLE, or superusers) are members of such a role.',
    // A member of a request role that no row of sql_principals names sees nothing; those that are named have a rule of their own.
    find: bySql(`
      select format('%I in %I', m.rolname, r.rolname)
      from pg_auth_members as a join pg_roles as r on r.oid = a.roleid join pg_roles as m on m.oid = a.member
      where r.rolname in ('app_owner', 'app_definer', 'app_views', 'app_explainer', 'app_user', 'app_worker', 'app_backup')
        and not (m.rolsuper or m.rolcreaterole) and not (m.rolname = 'app_owner' and r.rolname in ('app_definer', 'app_views', 'app_explainer'))
        and not (m.rolname = 'app_explainer' and r.rolname = 'app_definer')`),
  },
  {
    name: 'sql_login_rights',
    severity: 'error',
    problem: "is an analyst's login with more than its one role",
    remedy: 'Take the attributes and memberships away: its rights are those of the one request role of its row.',
    find: bySqlOfDefiner(`
      select p.login_role from app_private.sql_principals as p join pg_roles as r on r.rolname = p.login_role
      where r.rolsuper or r.rolbypassrls or r.rolcreatedb or r.rolcreaterole or r.rolreplication or exists (
        select from pg_auth_members as a where a.member = r.oid and a.roleid <> to_regrole('app_' || p.base_role))`),
  },
  {
    name: 'sql_login_missing',
    severity: 'warning',
    problem: 'is named in app_private.sql_principals and does not exist: whoever makes a login of that name would read its organization',
    remedy: 'Delete the row.',
    find: bySqlOfDefiner('select p.login_role from app_private.sql_principals as p where to_regrole(quote_ident(p.login_role)) is null'),
  },
];
