-- What grants and policies say of one row: the parts of explain_access (81_explain_access.sql).
--
-- Grants, policies and masking modes are read from the catalogue, and each policy's own expression is evaluated for the
-- row under the identity asked for, so that the explanation cannot differ from what is enforced. Their owner, app_explainer,
-- has the rights of app_definer but not its name: the policies that let app_definer pass the tenant's bounds do not let
-- app_explainer, so a row of another organization is not there for it.

-- section: default_privileges
set local role app_explainer;
alter default privileges revoke execute on functions from public;

-- section: explained_relation
set local role app_explainer;
create or replace function app_private.explained_relation(table_name text) returns oid
  language sql stable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select c.oid
    from pg_class as c
    join pg_namespace as n on n.oid = c.relnamespace
    where c.relname = table_name and n.nspname in (app_private.believed_setting('app.home'), 'app')
      -- Without row-level security there are only what migrations keep.
      and (c.relkind = 'r' and c.relrowsecurity or c.relkind = 'v')
    order by n.nspname = 'app'
    limit 1;
  end;
comment on function app_private.explained_relation(text) is 'The table or view of a name where the caller''s rows live; null where there is none.';

-- section: key_condition
set local role app_explainer;
create or replace function app_private.key_condition(target oid) returns text
  language sql stable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select string_agg(format('%I = ($1 ->> %L)::%s', a.attname, a.attname, format_type(a.atttypid, a.atttypmod)), ' and ' order by a.attnum)
    from pg_attribute as a
    join pg_class as c on c.oid = a.attrelid
    left join pg_constraint as k on k.conrelid = c.oid and k.contype = 'p'
    where c.oid = target and a.attnum > 0
      -- The policy of the tenant holds the organization.
      and (a.attnum = any (k.conkey) and a.attname <> 'organization_id' or c.relkind = 'v' and a.attname = 'id');
  end;
comment on function app_private.key_condition(oid) is
  'The condition that finds one row by its key, given as a JSON object of the key''s columns in parameter 1.';

-- section: passes
set local role app_explainer;
create or replace function app_private.passes(target oid, row_key jsonb, expression text) returns boolean
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  verdict boolean;
begin
  execute format('select (%s) from %s as %I where %s', expression, target::regclass,
    (select relname from pg_class where oid = target), app_private.key_condition(target))
  into verdict using row_key;
  -- A policy lets nothing pass of which it does not know.
  return coalesce(verdict, false);
end
$$;
comment on function app_private.passes(oid, jsonb, text) is
  'Whether an expression of a policy, as the catalogue has it, holds for a row under the present identity.';

-- section: applicable_policies
set local role app_explainer;
create or replace function app_private.applicable_policies(target oid, base_role text, operation text)
  returns table (name text, permissive boolean, condition text, check_condition text, rule text)
  language sql stable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select p.polname::text, p.polpermissive,
      case when operation <> 'insert' then pg_get_expr(p.polqual, p.polrelid) end,
      case when operation in ('insert', 'update') then coalesce(pg_get_expr(p.polwithcheck, p.polrelid), pg_get_expr(p.polqual, p.polrelid)) end,
      coalesce(obj_description(p.oid, 'pg_policy'), case
        when p.polname = 'tenant' then 'The row belongs to your organization.'
        when p.polname in ('read', 'make', 'change', 'remove') then 'The role may do this with rows of this kind.'
        when p.polname in ('read_own_project') then 'The row belongs to a project that the credential is for.'
        when p.polname in ('read_own', 'change_own', 'change_self') then 'The row is the caller''s own.'
        when p.polname like 'permission\_%' then 'The role has the permission for this.'
        else 'A rule for rows of this kind.'
      end)
    from pg_policy as p
    where p.polrelid = target
      and p.polcmd in ('*', case operation when 'select' then 'r' when 'insert' then 'a' when 'update' then 'w' else 'd' end::"char")
      and exists (select from unnest(p.polroles) as r (id) where r.id = 0 or pg_has_role('app_' || base_role, r.id, 'usage'))
    order by p.polpermissive, p.polname;
  end;
comment on function app_private.applicable_policies(oid, text, text) is
  'The policies that decide on an operation of a role, restrictive ones first, each with its meaning in a sentence.';

-- section: granted_columns
set local role app_explainer;
create or replace function app_private.granted_columns(target oid, base_role text, operation text) returns text[]
  language sql stable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select case when operation <> 'delete' then (
      select array_agg(a.attname::text order by a.attnum)
      from pg_attribute as a
      where a.attrelid = target and a.attnum > 0 and not a.attisdropped
        and has_column_privilege('app_' || base_role, target, a.attnum, operation)) end;
  end;
comment on function app_private.granted_columns(oid, text, text) is 'The columns that a role has a grant on; null for none.';

-- section: explain_grant
set local role app_explainer;
create or replace function app_private.explain_grant(target oid, base_role text, operation text) returns jsonb
  language sql stable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select jsonb_build_object('operation', operation,
      'scope', case
        when has_table_privilege('app_' || base_role, target, operation) then 'table'
        when granted.columns is not null then 'columns'
        else 'none'
      end,
      'columns', case when not has_table_privilege('app_' || base_role, target, operation) then granted.columns end)
    from (select app_private.granted_columns(target, base_role, operation)) as granted (columns);
  end;
comment on function app_private.explain_grant(oid, text, text) is 'Whether a role has a grant on the table, on columns of it, or none.';

-- section: explain_operation
set local role app_explainer;
create or replace function app_private.explain_operation(target oid, row_key jsonb, base_role text, operation text) returns jsonb
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  granted jsonb := app_private.explain_grant(target, base_role, operation);
  policies jsonb := '[]';
  policy record;
  -- A view has no policies of its own.
  is_bound boolean := (select relrowsecurity from pg_class where oid = target);
  sees boolean;
  writes boolean;
  some_policy_sees boolean := not is_bound;
  some_policy_writes boolean := not is_bound;
  none_refuses boolean := true;
begin
  for policy in select * from app_private.applicable_policies(target, base_role, operation) loop
    sees := operation = 'insert' or policy.condition is not null and app_private.passes(target, row_key, policy.condition);
    writes := operation not in ('insert', 'update') or app_private.passes(target, row_key, policy.check_condition);
    if policy.permissive then
      some_policy_sees := some_policy_sees or sees;
      some_policy_writes := some_policy_writes or writes;
    else
      none_refuses := none_refuses and sees and writes;
    end if;
    policies := policies || jsonb_build_object('operation', operation, 'name', policy.name, 'permissive', policy.permissive,
      'passes', sees and writes, 'rule', policy.rule, 'condition', policy.condition, 'check', policy.check_condition);
  end loop;
  return jsonb_build_object('grant', granted, 'policies', policies, 'refusal', case
    when granted ->> 'scope' = 'none' then 'no_grant'
    when not (some_policy_sees and some_policy_writes) then 'no_policy'
    when not none_refuses then 'restrictive_policy'
  end);
end
$$;
comment on function app_private.explain_operation(oid, jsonb, text, text) is
  'The grant and the verdict of each policy on one operation with a row, under the present identity, and by which it is refused.';
