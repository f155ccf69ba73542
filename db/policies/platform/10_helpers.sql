-- The parts that the security of every table is made of. Sections are applied one a transaction, and only
-- when their text has changed (src/database/policies.ts).

-- section: owner_policies
-- `migrate` keeps its own state as the owner.
drop policy if exists owner on app_private.tenant_schemas;
create policy owner on app_private.tenant_schemas to app_owner using (true) with check (true);
drop policy if exists owner on app_private.applied_policies;
create policy owner on app_private.applied_policies to app_owner using (true) with check (true);

-- section: schema_grants
grant usage on schema app_private to app_user, app_worker, app_definer, app_views;
grant usage on schema app to app_user, app_worker, app_definer, app_views, app_anonymous, app_admin, app_developer,
  app_engineer, app_auditor, app_analyst, app_member, app_ci;
-- What they own, they must be able to make: nobody can log in as either.
grant create on schema app, app_private to app_definer;
grant create on schema app to app_views;

-- section: app_roles
create or replace function app_private.app_roles() returns text[]
  language sql immutable parallel safe
  begin atomic
    select array['app_user', 'app_worker', 'app_definer', 'app_views', 'app_explainer', 'app_monitor', 'app_anonymous', 'app_admin',
      'app_developer', 'app_engineer', 'app_auditor', 'app_analyst', 'app_member', 'app_ci'];
  end;
comment on function app_private.app_roles() is 'Every role that a table could be granted to by mistake.';

-- section: close_table
-- The first lines of each table's section: whatever was granted or allowed before is gone, and no policy or trigger of
-- an older name survives. A table without a section is closed as well: it has row-level security and no policy.
create or replace procedure app_private.close_table(table_name text, schema_name text default current_schema())
  language plpgsql
as $$
declare
  target text := format('%I.%I', schema_name, table_name);
  policy_name name;
  trigger_name name;
  role_name text;
begin
  execute format('alter table %s enable row level security, force row level security', target);
  execute format('revoke all on %s from public', target);
  foreach role_name in array app_private.app_roles() loop
    execute format('revoke all on %s from %I', target, role_name);
  end loop;
  for policy_name in select polname from pg_policy where polrelid = target::regclass loop
    execute format('drop policy %I on %s', policy_name, target);
  end loop;
  for trigger_name in select tgname from pg_trigger where tgrelid = target::regclass and not tgisinternal loop
    execute format('drop trigger %I on %s', trigger_name, target);
  end loop;
  -- What SECURITY DEFINER functions own is theirs to read and write, within the restrictive policies.
  execute format('create policy definer on %s to app_definer using (true) with check (true)', target);
  execute format('grant select, insert, update, delete on %s to app_definer', target);
end
$$;
comment on procedure app_private.close_table(text, text) is
  'Takes every grant, policy and trigger from a table, so that its section says all that anyone may do.';

-- section: quoted_list
create or replace function app_private.quoted_list(list text) returns text
  language sql immutable parallel safe strict
  set search_path = pg_catalog, pg_temp
  begin atomic select string_agg(quote_literal(item), ', ') from string_to_table(list, ',') as item; end;
comment on function app_private.quoted_list(text) is 'A list separated by commas as SQL literals.';

-- section: close_tenant_table
-- A tenant table is closed, then bound to the caller's organization by a restrictive policy that no later policy can
-- widen. The policy names the schema it is in: of an organization whose home is another schema, nothing is seen
-- here, so a wrong pairing of organization and search path gives no rows.
--
-- readable, writable, updatable: permissions, separated by commas, of which a request's role needs one to read, to write and
-- to update (as to write, if it is not said); none where nothing is asked. Restrictive too: they narrow what the permissive
-- policies give a base role.
create or replace procedure app_private.close_tenant_table(table_name text, readable text default null, writable text default null,
  updatable text default null)
  language plpgsql
as $$
declare
  request_roles text := 'app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci';
  target text := format('%I.%I', current_schema(), table_name);
  constraint_name text := table_name || '_organization_check';
  organization uuid := (select t.organization_id from app_private.tenant_schemas as t where t.name = current_schema());
begin
  call app_private.close_table(table_name);
  execute format('create policy tenant on %s as restrictive using (organization_id = (select app_private.current_org_id(%L)))',
    target, current_schema());
  if readable is not null then
    -- A masked view reads with the policies of its owner.
    execute format('create policy permission_select on %s as restrictive for select to %s, app_views using ((select app_private.has_permission(%s)))',
      target, request_roles, app_private.quoted_list(readable));
  end if;
  if writable is not null then
    execute format('create policy permission_insert on %s as restrictive for insert to %s with check ((select app_private.has_permission(%s)))',
      target, request_roles, app_private.quoted_list(writable));
    execute format('create policy permission_update on %1$s as restrictive for update to %2$s using ((select app_private.has_permission(%3$s)))
      with check ((select app_private.has_permission(%3$s)))', target, request_roles, app_private.quoted_list(coalesce(updatable, writable)));
    execute format('create policy permission_delete on %s as restrictive for delete to %s using ((select app_private.has_permission(%s)))',
      target, request_roles, app_private.quoted_list(writable));
  end if;
  -- In a tenant's schema a CHECK holds the organization: a foreign key to a platform table would give that table
  -- triggers by the thousand.
  if organization is not null and not exists (
    select from pg_constraint where conrelid = target::regclass and conname = constraint_name
  ) then
    execute format('alter table %s add constraint %I check (organization_id = %L)', target, constraint_name, organization);
  end if;
  execute format('comment on column %s.organization_id is %L', target, E'@behavior -*\nThe organization that the row belongs to.');
  call app_private.comment_conventions(target);
end
$$;
comment on procedure app_private.close_tenant_table(text, text, text, text) is
  'close_table, and the restrictive policies that hold a tenant table''s rows to the caller''s organization and permissions.';

-- section: comment_conventions
create or replace procedure app_private.comment_conventions(target text)
  language plpgsql
as $$
declare
  column_name text;
  description text;
begin
  for column_name, description in
    select attname, said.description
    from (values
      ('id', 'Identifies the row; ordered by the time it was made (UUIDv7).'),
      ('created_at', 'When the row was made.'),
      ('updated_at', 'When the row was last changed by a user.'),
      ('version', 'Raised by each change: send it back as expectedVersion to be told of a change in between.'),
      ('row_version', 'Raised by each change: send it back as expectedVersion to be told of a change in between.')
    ) as said (column_name, description)
    join pg_attribute on attrelid = target::regclass and attname = said.column_name and not attisdropped
  loop
    execute format('comment on column %s.%I is %L', target, column_name, description);
  end loop;
end
$$;
comment on procedure app_private.comment_conventions(text) is 'Says of the columns that every table has what they are.';

-- section: lift
-- Forced row-level security binds the owner, so a migration that changes data sees no rows, and a foreign key that it
-- adds marks violating rows as valid. Such a migration calls lift first and restore_force last, in its own transaction.
create or replace procedure app_private.lift(variadic table_names text[])
  language plpgsql
as $$
declare
  table_name text;
begin
  foreach table_name in array table_names loop
    execute format('alter table %I.%I no force row level security', current_schema(), table_name);
  end loop;
end
$$;
comment on procedure app_private.lift(text[]) is 'Lets the owner, and only the owner, see all rows of tables until restore_force.';

-- section: restore_force
create or replace procedure app_private.restore_force()
  language plpgsql
as $$
declare
  target regclass;
begin
  for target in
    select oid from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and relrowsecurity and not relforcerowsecurity
  loop
    execute format('alter table %s force row level security', target);
  end loop;
end
$$;
comment on procedure app_private.restore_force() is 'Binds the owner to the policies of every table of the schema again.';

-- section: touch
create or replace function app_private.raise_version() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if new.version is distinct from old.version then
    raise exception using
      errcode = 'DX409',
      message = format('The row has changed: version %s was expected, it is at version %s.', new.version, old.version),
      detail = old.version::text;
  end if;
  new.version := old.version + 1;
  new.updated_at := now();
  return new;
end
$$;
comment on function app_private.raise_version() is
  'Trigger: raises version and updated_at; a version that differs from the row''s own is a conflict (DX409).';

-- section: raise_row_version
create or replace function app_private.raise_row_version() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if new.row_version is distinct from old.row_version then
    raise exception using
      errcode = 'DX409',
      message = format('The row has changed: version %s was expected, it is at version %s.', new.row_version, old.row_version),
      detail = old.row_version::text;
  end if;
  new.row_version := old.row_version + 1;
  new.updated_at := now();
  return new;
end
$$;
comment on function app_private.raise_row_version() is
  'raise_version for a table in which version is something else (a deployment''s).';

-- section: keep_to_transitions
-- One machine for every status: what a thing is called, where it may begin, and each step as "from>to".
create or replace function app_private.keep_to_transitions() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
declare
  thing text := tg_argv[0];
  beginnings text[] := string_to_array(tg_argv[1], ',');
  steps text[] := string_to_array(tg_argv[2], ',');
  next_states text;
begin
  if tg_op = 'INSERT' then
    if new.status <> all (beginnings) then
      raise exception using errcode = 'DX400', column = 'status', message = format('A new %s is %s, not %s.', thing, array_to_string(beginnings, ' or '), new.status);
    end if;
  elsif new.status <> old.status and not format('%s>%s', old.status, new.status) = any (steps) then
    select string_agg(split_part(step, '>', 2), ' or ') into next_states from unnest(steps) as step where split_part(step, '>', 1) = old.status;
    raise exception using errcode = 'DX400', column = 'status', message = case
      when next_states is null then format('A %s that is %s stays so: it becomes nothing else, and not %s.', thing, old.status, new.status)
      else format('A %s that is %s becomes %s, not %s.', thing, old.status, next_states, new.status)
    end;
  end if;
  return new;
end
$$;
comment on function app_private.keep_to_transitions() is
  'Trigger: refuses a status that cannot follow the present one (DX400), naming those that can. Arguments: what it is, where it may begin, the steps as from>to.';
