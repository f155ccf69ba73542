import { bySql, NOT_DBMATES, OUR_SCHEMA, type Rule, TENANT_SCHEMA } from './rule.ts';

/** Each policy with its whole condition, and the table that it is on. */
const POLICIES = `
  select p.oid, p.polname, c.oid as table_oid, format('%I.%I', n.nspname, c.relname) as table_name,
    concat_ws(' ', pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)) as condition
  from pg_policy as p join pg_class as c on c.oid = p.polrelid join pg_namespace as n on n.oid = c.relnamespace
  where ${OUR_SCHEMA}`;

/** Row-level security: that it is on, holds rows to the organization, and is asked in a way that stays fast. */
export const rowSecurityRules: readonly Rule[] = [
  {
    name: 'rls_not_forced',
    severity: 'error',
    problem: 'has no row-level security, or none that binds its owner',
    remedy: 'alter table … enable row level security, force row level security (a migration that called app_private.lift did not end).',
    find: bySql(`
      select format('%I.%I', n.nspname, c.relname) from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      where ${OUR_SCHEMA} and c.relkind in ('r', 'p') and c.${NOT_DBMATES} and not (c.relrowsecurity and c.relforcerowsecurity)`),
  },
  {
    name: 'tenant_policy_missing',
    severity: 'error',
    problem: "has no restrictive policy that holds its rows to the caller's organization",
    remedy: 'Begin its section in db/policies with app_private.close_tenant_table, and run "defectxray migrate".',
    find: bySql(`
      select format('%I.%I', n.nspname, c.relname) from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      where ${TENANT_SCHEMA} and c.relkind in ('r', 'p') and c.${NOT_DBMATES}
        and (n.nspname <> 'app' or exists (select from pg_attribute as a where a.attrelid = c.oid and a.attname = 'organization_id'))
        and not exists (
          select from pg_policy as p
          where p.polrelid = c.oid and not p.polpermissive and p.polcmd = '*' and p.polroles = '{0}'
            and strpos(pg_get_expr(p.polqual, p.polrelid),
              case n.nspname when 'app' then 'app_private.current_org_id(' else format('app_private.current_org_id(%L::text)', n.nspname) end) > 0)`),
  },
  {
    name: 'granted_without_policy',
    severity: 'error',
    problem: 'is granted to a role, but no policy says which rows',
    remedy: 'Give the table a section in db/policies, or revoke the grant.',
    find: bySql(`
      select format('%I.%I', n.nspname, c.relname) from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
      where ${OUR_SCHEMA} and c.relkind in ('r', 'p') and not exists (select from pg_policy as p where p.polrelid = c.oid and p.polpermissive)
        and (exists (select from aclexplode(c.relacl) as x where x.grantee <> c.relowner)
          or exists (select from pg_attribute as a cross join aclexplode(a.attacl) as x where a.attrelid = c.oid and x.grantee <> c.relowner))`),
  },
  {
    name: 'policy_asks_each_row',
    severity: 'warning',
    problem: 'asks who the caller is for each row',
    remedy: 'Wrap the call: (select app_private.current_org_id()).',
    find: bySql(`
      select p.table_name || ' ' || p.polname from (${POLICIES}) as p
      where regexp_replace(p.condition, '\\(\\s*SELECT [a-z0-9_.]*(current_|has_)[a-z_]+\\([^)]*\\)[^)]*\\)', '', 'g')
        ~ '(current_[a-z_]+|has_permission)\\('`),
  },
  {
    name: 'policy_reads_table',
    severity: 'warning',
    problem: 'looks into another table, whose own policies are asked for each row',
    remedy: 'Ask a SECURITY DEFINER function that returns an array.',
    find: bySql(`select p.table_name || ' ' || p.polname from (${POLICIES}) as p where p.condition ~* '\\mFROM\\M'`),
  },
  {
    name: 'policy_column_unindexed',
    severity: 'warning',
    problem: 'is compared by a policy, and no index begins with it (or has it after the organization)',
    remedy: 'Add an index in a migration.',
    find: bySql(`
      select p.table_name || '.' || a.attname from (${POLICIES}) as p
      join pg_depend as d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refclassid = 'pg_class'::regclass
      join pg_attribute as a on a.attrelid = p.table_oid and a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where p.condition ~ format('\\m%s\\)?(::[a-z]+)? = ', a.attname) and not exists (
        select from pg_index as i left join pg_attribute as f on f.attrelid = i.indrelid and f.attnum = (i.indkey::int2[])[0]
        where i.indrelid = p.table_oid and i.indpred is null
          and ((i.indkey::int2[])[0] = a.attnum or f.attname = 'organization_id' and (i.indkey::int2[])[1] = a.attnum))`),
  },
];
