import type { Queryable } from './key-envelopes.ts';

/**
 * What anyone may do, as the catalogue has it: roles and memberships, and for the schemas named every grant, policy, view
 * option, definer function, trigger and owner. One line a fact, sorted, so that a change shows as a diff. Roles' own rows
 * are the cluster's; everything else is this database's.
 */
export async function describeSecurity(database: Queryable, schemas: readonly string[]): Promise<string> {
  const { rows } = await database.query<{ line: string }>(FACTS, [schemas]);
  return `${rows.map(({ line }) => line).join('\n')}\n`;
}

const FACTS = `
with wanted as (select oid, nspname from pg_namespace where nspname = any ($1)),
-- pgcrypto's functions are reached through app_private only, which no request role may use.
extension_objects as (select objid from pg_depend where deptype = 'e')
select line collate "C" as line from (
  select format('role %s%s%s%s%s%s', rolname, case when rolcanlogin then ' login' end, case when rolsuper then ' SUPERUSER' end,
    case when rolbypassrls then ' BYPASSRLS' end, case when rolcreaterole then ' CREATEROLE' end, case when rolinherit then '' else ' noinherit' end) as line
  from pg_roles where rolname like 'app\\_%'
  union all
  -- Since PostgreSQL 16 each grantor's grant is a row of its own.
  select distinct format('member %s of %s', m.rolname, r.rolname)
  from pg_auth_members as a join pg_roles as r on r.oid = a.roleid join pg_roles as m on m.oid = a.member
  where m.rolname like 'app\\_%' and r.rolname like 'app\\_%'
  union all
  select format('default privileges of %s: %s', d.defaclrole::regrole, d.defaclacl) from pg_default_acl as d
  union all
  select format('schema %s owner %s', n.nspname, n.nspowner::regrole) from pg_namespace as n join wanted using (oid)
  union all
  select format('schema %s grant %s to %s', n.nspname, string_agg(lower(x.privilege_type), ', ' order by x.privilege_type), coalesce(g.rolname, 'PUBLIC'))
  from pg_namespace as n join wanted using (oid) cross join aclexplode(n.nspacl) as x left join pg_roles as g on g.oid = x.grantee
  where x.grantee <> n.nspowner group by n.nspname, g.rolname
  union all
  select format('%s %s.%s owner %s%s', case c.relkind when 'v' then 'view' else 'table' end, w.nspname, c.relname, c.relowner::regrole,
    case when c.relkind = 'r' then case when c.relrowsecurity and c.relforcerowsecurity then ' rls forced' when c.relrowsecurity then ' RLS NOT FORCED' else ' NO RLS' end
      else ' options ' || coalesce(c.reloptions::text, '{}') end)
  from pg_class as c join wanted as w on w.oid = c.relnamespace where c.relkind in ('r', 'v', 'p', 'm')
  union all
  select format('table %s.%s grant %s to %s', w.nspname, c.relname, string_agg(lower(x.privilege_type), ', ' order by x.privilege_type), coalesce(g.rolname, 'PUBLIC'))
  from pg_class as c join wanted as w on w.oid = c.relnamespace cross join aclexplode(c.relacl) as x left join pg_roles as g on g.oid = x.grantee
  where c.relkind in ('r', 'v', 'p', 'm') and x.grantee <> c.relowner
    -- PostgreSQL 17 knows a privilege more, which nobody is given.
    and x.privilege_type <> 'MAINTAIN'
  group by w.nspname, c.relname, g.rolname
  union all
  select format('table %s.%s grant %s (%s) to %s', w.nspname, c.relname, lower(x.privilege_type), string_agg(a.attname, ', ' order by a.attnum), coalesce(g.rolname, 'PUBLIC'))
  from pg_attribute as a join pg_class as c on c.oid = a.attrelid join wanted as w on w.oid = c.relnamespace
  cross join aclexplode(a.attacl) as x left join pg_roles as g on g.oid = x.grantee
  group by w.nspname, c.relname, x.privilege_type, g.rolname
  union all
  select format('policy %s.%s %s %s %s to %s%s%s', w.nspname, c.relname, p.polname, case when p.polpermissive then 'permissive' else 'RESTRICTIVE' end,
    case p.polcmd when 'r' then 'select' when 'a' then 'insert' when 'w' then 'update' when 'd' then 'delete' else 'all' end,
    coalesce((select string_agg(r.rolname, ', ' order by r.rolname) from pg_roles as r where r.oid = any (p.polroles)), 'PUBLIC'),
    ' using ' || pg_get_expr(p.polqual, p.polrelid), ' check ' || pg_get_expr(p.polwithcheck, p.polrelid))
  from pg_policy as p join pg_class as c on c.oid = p.polrelid join wanted as w on w.oid = c.relnamespace
  union all
  select format('function %s.%s(%s) owner %s%s%s', w.nspname, f.proname, pg_get_function_identity_arguments(f.oid), f.proowner::regrole,
    case when f.prosecdef then ' DEFINER' end, ' ' || array_to_string(f.proconfig, ', '))
  from pg_proc as f join wanted as w on w.oid = f.pronamespace where f.oid not in (select objid from extension_objects)
  union all
  select format('function %s.%s(%s) execute to %s', w.nspname, f.proname, pg_get_function_identity_arguments(f.oid),
    string_agg(coalesce(g.rolname, 'PUBLIC'), ', ' order by g.rolname))
  from pg_proc as f join wanted as w on w.oid = f.pronamespace
  cross join aclexplode(coalesce(f.proacl, acldefault('f', f.proowner))) as x left join pg_roles as g on g.oid = x.grantee
  where x.grantee <> f.proowner and f.oid not in (select objid from extension_objects)
  group by w.nspname, f.oid, f.proname
  union all
  select format('trigger %s.%s %s', w.nspname, c.relname, regexp_replace(pg_get_triggerdef(t.oid), '^CREATE TRIGGER ', ''))
  from pg_trigger as t join pg_class as c on c.oid = t.tgrelid join wanted as w on w.oid = c.relnamespace where not t.tgisinternal
) as facts
order by 1`;

/** What the catalogue grants one role on one table or view. */
export interface TableAccess {
  readonly table: string;
  readonly role: string;
  readonly read: string;
  readonly create: string;
  readonly update: string;
  readonly delete: string;
}

/**
 * Each app role's real rights on the tables and views of schema `app`: a right counts where there is a grant and, on
 * tables, a permissive policy. "yes", "no", or what it is bound to: columns of the grant, the condition of the policy.
 */
export async function describeAccess(database: Queryable): Promise<TableAccess[]> {
  const { rows } = await database.query<TableAccess>(`
    with roles (role) as (select unnest(array['admin', 'developer', 'engineer', 'auditor', 'analyst', 'member', 'ci', 'anonymous'])),
    operations (operation, command) as (values ('select', 'r'), ('insert', 'a'), ('update', 'w'), ('delete', 'd')),
    rights as (
      select c.relname, r.role, o.operation,
        has_table_privilege('app_' || r.role, c.oid, o.operation) as whole,
        case when o.operation <> 'delete' then (
          select string_agg(a.attname, ', ' order by a.attnum) from pg_attribute as a
          where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and has_column_privilege('app_' || r.role, c.oid, a.attnum, o.operation)
        ) end as columns,
        c.relkind = 'v' as is_view,
        (select string_agg(distinct coalesce(pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)), ' or ')
          from pg_policy as p
          where p.polrelid = c.oid and p.polpermissive and p.polcmd in (o.command::"char", '*') and ('app_' || r.role)::regrole = any (p.polroles)) as condition
      from pg_class as c cross join roles as r cross join operations as o
      where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'v')
    ),
    told as (
      select relname, role, operation,
        case
          when not whole and columns is null then 'no'
          when not is_view and condition is null then 'no'
          else concat_ws('; ', 'yes',
            case when operation in ('insert', 'update') or not whole then 'columns: ' || columns end,
            case when condition <> 'true' then 'rows: ' || condition end)
        end as verdict
      from rights
    )
    select relname as table, role, max(verdict) filter (where operation = 'select') as read, max(verdict) filter (where operation = 'insert') as create,
      max(verdict) filter (where operation = 'update') as update, max(verdict) filter (where operation = 'delete') as delete
    from told group by relname, role
    order by relname, array_position(array['admin', 'developer', 'engineer', 'auditor', 'analyst', 'member', 'ci', 'anonymous'], role)`);
  return rows;
}
