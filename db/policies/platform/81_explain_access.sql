-- Why a role may do something with a row, or may not: explain_access. What it is made of stands in 80_policy_verdicts.sql.

-- section: explain_advice
set local role app_explainer;
create or replace function app_private.explain_advice(target oid, operation text, refusal text, policies jsonb) returns text
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  what text := case operation when 'select' then 'read' when 'insert' then 'create' else operation end;
  failing text := (select string_agg(concat_ws(' ', p ->> 'condition', p ->> 'check'), ' ') from jsonb_array_elements(policies) as p
    where p ->> 'operation' = operation and not (p ->> 'passes')::boolean);
  roles text := (
    select string_agg(r.name, ', ' order by r.ordinal)
    from unnest(array['admin', 'developer', 'engineer', 'auditor', 'analyst', 'member', 'ci']) with ordinality as r (name, ordinal)
    where app_private.explain_grant(target, r.name, operation) ->> 'scope' <> 'none'
      and (not (select relrowsecurity from pg_class where oid = target)
        or exists (select from app_private.applicable_policies(target, r.name, operation) as p where p.permissive)));
  permission text := (
    select string_agg(distinct asked.parts[1], ' or ') from regexp_matches(failing, '''([a-z_]+:[a-z_]+)''', 'g') as asked (parts));
begin
  return case
    when refusal is null then null
    when refusal = 'restrictive_policy' and permission is not null
      then format('The role lacks the permission %s: ask an administrator for a role that has it.', permission)
    when refusal = 'restrictive_policy' then 'A restriction refuses this, whatever else allows it: see the policy that does not pass.'
    when refusal = 'no_policy' and failing ~ 'current_project' then 'The row belongs to another project: use a credential for that project.'
    when refusal = 'no_policy' and failing ~ 'current_user_id' then 'The row belongs to someone else, and this role is bound to its own.'
    when refusal = 'no_policy' and permission is not null
      then format('The role lacks the permission %s: ask an administrator for a role that has it.', permission)
    when roles is null then format('No role may %s rows of this kind: the product itself does.', what)
    else format('Ask for a role that may %s rows of this kind: %s.', what, roles)
  end;
end
$$;
comment on function app_private.explain_advice(oid, text, text, jsonb) is 'What would have to change for an operation that is refused, in a sentence; null where none is.';

-- section: explain_masking
set local role app_explainer;
create or replace function app_private.explain_masking(target oid, row_key jsonb, organization uuid, base_role text, member uuid) returns jsonb
  language sql stable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select coalesce(jsonb_agg(jsonb_build_object('column', sensitive.column_name,
        'mode', case when own.holds then 'none' else app_private.masking_mode(organization, sensitive.table_name, sensitive.column_name, base_role) end,
        'rule', case
          when own.holds then 'own'
          when exists (select from app.masking_policies as m
            where m.organization_id = organization and m.field = sensitive.table_name || '.' || sensitive.column_name
              and m.role = base_role) then 'organization'
          else 'default'
        end) order by sensitive.column_name), '[]')
    from (
      -- Sensitive columns are those that a trigger encrypts: of the table itself, or of what a view reads.
      select c.relname::text, argument
      from pg_class as c
      join pg_trigger as t on t.tgrelid = c.oid and t.tgfoid in ('app_private.encrypt_columns'::regproc, 'app_private.encrypt_state'::regproc)
      cross join unnest(string_to_array(encode(t.tgargs, 'escape'), '\000')) as argument
      where c.oid = target or c.oid in (
        select d.refobjid from pg_rewrite as r join pg_depend as d on d.objid = r.oid and d.classid = 'pg_rewrite'::regclass
        where r.ev_class = target and d.refclassid = 'pg_class'::regclass)
    ) as sensitive (table_name, column_name)
    cross join lateral (
      -- As people_email and users_email have it.
      select sensitive.table_name in ('people', 'users') and sensitive.column_name = 'email' and coalesce(row_key ->> 'id' = member::text, false)
    ) as own (holds)
    where exists (select from pg_attribute as a where a.attrelid = target and a.attname = sensitive.column_name);
  end;
comment on function app_private.explain_masking(oid, jsonb, uuid, text, uuid) is
  'How each sensitive column of a row is shown to a role, and whether the organization, the default or ownership says so.';

-- section: of_another_project
set local role app_explainer;
create or replace function app_private.of_another_project(target oid, row_key jsonb, project uuid) returns boolean
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  return case
    when project is null then false
    when exists (select from pg_attribute where attrelid = target and attname = 'project_id') then
      not app_private.passes(target, row_key, format('project_id = %L or project_id is null', project))
    when exists (select from pg_attribute where attrelid = target and attname = 'design_id') then
      not app_private.passes(target, row_key, format('design_id = any ((select %s.visible_design_ids())::uuid[])',
        (select relnamespace::regnamespace from pg_class where oid = target)))
    when (select relname from pg_class where oid = target) in ('projects', 'project_groups') then
      app_private.explain_operation(target, row_key, 'ci', 'select') ->> 'refusal' is not null
    else false
  end;
end
$$;
comment on function app_private.of_another_project(oid, jsonb, uuid) is
  'Whether a row belongs to another project than the one that a caller is bound to; false for who is bound to none.';

-- section: masked_relation
set local role app_explainer;
-- A masked view shows no row to who lacks its table's permission; that is to be explained, and not that there is no such row.
create or replace function app_private.masked_relation(target oid) returns oid
  language sql stable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select coalesce((
      select t.oid
      from pg_class as v
      join pg_class as t on t.relnamespace = v.relnamespace and v.relname = format('masked_%s_view', t.relname)
      where v.oid = target and v.relkind = 'v' and t.relkind = 'r'), target);
  end;
comment on function app_private.masked_relation(oid) is 'The table whose rows a masked view shows; for anything else, that itself.';

-- section: explain_access
set local role app_explainer;
create or replace function explain_access(
  table_name text,
  row_key jsonb,
  operation text,
  as_role text default null,
  as_user uuid default null,
  as_project uuid default null
) returns jsonb
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  organization uuid := app_private.current_org_id();
  own_role text := app_private.current_base_role();
  own_user uuid := app_private.current_user_id();
  own_project uuid := app_private.current_project_id();
  own_permissions text := coalesce(current_setting('app.permissions', true), '');
  is_own boolean := coalesce(as_role, own_role) = own_role and as_user is null and as_project is null;
  base_role text := coalesce(as_role, own_role);
  member uuid := case when is_own then own_user else as_user end;
  project uuid := case when is_own then own_project else as_project end;
  role_in_force record;
  permissions text := own_permissions;
  target oid := app_private.explained_relation(table_name);
  operations text[] := case when operation in ('update', 'delete') then array[operation, 'select'] else array[operation] end;
  parts jsonb := '[]';
  policies jsonb;
  failed jsonb;
begin
  -- The identity asked for is put into settings, which not everyone's identity comes from.
  if organization is null or own_role is null or not app_private.believes_settings() then
    raise exception using errcode = '42501', message = 'Explanations are given to who is signed in, by the API.';
  end if;
  if operation is null or operation <> all (array['select', 'insert', 'update', 'delete']) then
    raise exception using errcode = 'DX400', column = 'operation', message = 'The operation is select, insert, update or delete.';
  end if;
  if base_role <> all (array['admin', 'developer', 'engineer', 'auditor', 'analyst', 'member', 'ci']) then
    raise exception using errcode = 'DX400', column = 'role', message = 'The role is admin, developer, engineer, auditor, analyst, member or ci.';
  end if;
  if own_role not in ('admin', 'auditor') and not is_own then
    raise exception using errcode = '42501', message = 'Only admins and auditors may ask for others.';
  end if;

  select r.id, r.base_role, r.name into role_in_force
  from app.roles as r
  left join app.organization_members as m on m.role_id = r.id and m.organization_id = organization and m.user_id = member and m.removed_at is null
  -- Who is no person has the built-in role.
  where case when member is null then r.organization_id is null and r.name = coalesce(as_role, own_role) else m.user_id is not null end;
  if as_user is not null and as_role is null then
    base_role := role_in_force.base_role;
  end if;
  if role_in_force.base_role is null
    or as_project is not null and not app_private.passes(app_private.explained_relation('projects'), jsonb_build_object('id', as_project), 'true')
    -- One answer for what never existed, for what is another organization's and for kinds of rows that there are not.
    or target is null or not app_private.passes(app_private.masked_relation(target), row_key, 'true')
    or app_private.of_another_project(target, row_key, own_project)
  then
    raise exception using errcode = 'DX404', message = 'There is nothing of that type by that id.';
  end if;
  if role_in_force.base_role <> base_role then
    raise exception using errcode = 'DX400', column = 'role', message = format('That member''s role is %s, not %s.', role_in_force.base_role, base_role);
  end if;
  if not is_own then
    select string_agg(rp.permission, ' ') into permissions from app.role_permissions as rp where rp.role_id = role_in_force.id
      and not app_private.must_be_named(role_in_force.base_role, rp.permission);
  end if;

  perform set_config('app.base_role', base_role, true), set_config('app.user_id', coalesce(member::text, ''), true),
    set_config('app.project_id', coalesce(project::text, ''), true), set_config('app.permissions', coalesce(permissions, ''), true);
  select jsonb_agg(app_private.explain_operation(target, row_key, base_role, o.name) order by o.position) into parts
  from unnest(operations) with ordinality as o (name, position);
  -- An error before this leaves no setting behind either: it rolls back, to a savepoint at least.
  perform set_config('app.base_role', own_role, true), set_config('app.user_id', coalesce(own_user::text, ''), true),
    set_config('app.project_id', coalesce(own_project::text, ''), true), set_config('app.permissions', own_permissions, true);

  select jsonb_agg(p.policy) into policies from jsonb_array_elements(parts) as o (part), jsonb_array_elements(o.part -> 'policies') as p (policy);
  select o.part into failed
  from jsonb_array_elements(parts) with ordinality as o (part, position)
  where o.part ->> 'refusal' is not null
  order by o.position
  limit 1;
  return jsonb_build_object(
    'operation', operation,
    'role', base_role,
    'roleName', role_in_force.name,
    'userId', member,
    'projectId', project,
    'allowed', failed is null,
    'refusal', failed ->> 'refusal',
    'advice', app_private.explain_advice(target, failed -> 'grant' ->> 'operation', failed ->> 'refusal', policies),
    'grants', (select jsonb_agg(o.part -> 'grant') from jsonb_array_elements(parts) as o (part)),
    -- The expressions are the database's own words, for who answers for what they say.
    'policies', coalesce((select jsonb_agg(case when own_role in ('admin', 'auditor') then p.policy else p.policy - 'condition' - 'check' end)
      from jsonb_array_elements(policies) as p (policy)), '[]'),
    'masked', app_private.explain_masking(target, row_key, organization, base_role, member));
end
$$;
grant execute on function explain_access(text, jsonb, text, text, uuid, uuid)
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
comment on function explain_access(text, jsonb, text, text, uuid, uuid) is
  E'@behavior -*\nWhy a role may do something with a row of the caller''s organization, or may not: role, grants, policies with their verdicts, masking, and what would have to change. DX404 where there is no such row.';
