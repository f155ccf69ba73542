-- Cluster roles, the two schemas and the one extension.
--
-- Run by `defectxray migrate` on the operator's connection before any migration, every time: it can be
-- repeated, and it needs no superuser (CREATEROLE and ownership of the database are enough, as on Azure
-- and RDS). What each role is for: docs/security.md.

do $roles$
declare
  operator text := current_user;
  operator_is_superuser boolean := (select rolsuper from pg_roles where rolname = current_user);
  knows_set_option boolean := current_setting('server_version_num')::int >= 160000;
  request_roles text[] := array['app_anonymous', 'app_admin', 'app_developer', 'app_engineer',
    'app_auditor', 'app_analyst', 'app_member', 'app_ci'];
  role_name text;
  attributes text;
begin
  for role_name, attributes in
    values ('app_owner', 'nologin noinherit'),
           ('app_definer', 'nologin noinherit'),
           ('app_views', 'nologin noinherit'),
           ('app_explainer', 'nologin inherit'),
           ('app_user', 'login noinherit'),
           ('app_worker', 'login noinherit'),
           ('app_monitor', 'login')
    union all
    select unnest, 'nologin' from unnest(request_roles)
  loop
    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I %s nocreatedb nocreaterole', role_name, attributes);
    -- A role that others made may have what it must not: app_user with INHERIT would have every request role's rights.
    elsif exists (
      select from pg_roles where rolname = role_name and (rolcreatedb or rolcreaterole
        or rolcanlogin and attributes like 'nologin%' or rolinherit and attributes like '%noinherit')
    ) then
      execute format('alter role %I %s nocreatedb nocreaterole', role_name, attributes);
    end if;
  end loop;

  -- The one role with BYPASSRLS: forced row-level security would otherwise stop a dump. Only who has the
  -- attribute can give it, so on a managed server the provider's own backups take its place.
  if not exists (select from pg_roles where rolname = 'app_backup') then
    begin
      create role app_backup login inherit bypassrls nocreatedb nocreaterole;
      grant pg_read_all_data to app_backup;
    exception when insufficient_privilege then
      raise notice 'app_backup was not created: % may not give BYPASSRLS', operator;
    end;
  end if;

  -- Memberships that may be used by SET ROLE only, never by inheritance. PostgreSQL 16 and later say so
  -- with the grant; on 15 the NOINHERIT of the member does.
  for role_name in select unnest(request_roles) loop
    if knows_set_option then
      execute format('grant %I to app_user with inherit false, set true', role_name);
    else
      execute format('grant %I to app_user', role_name);
    end if;
  end loop;
  for role_name in values ('app_definer'), ('app_views'), ('app_explainer') loop
    if knows_set_option then
      execute format('grant %I to app_owner with inherit false, set true', role_name);
    else
      execute format('grant %I to app_owner', role_name);
    end if;
  end loop;
  -- What explains access has the rights of app_definer, but not its name, which some policies let pass.
  if knows_set_option then
    execute 'grant app_definer to app_explainer with inherit true, set false';
  else
    grant app_definer to app_explainer;
  end if;
  if not operator_is_superuser then
    if knows_set_option then
      execute format('grant app_owner to %I with inherit true, set true', operator);
    else
      execute format('grant app_owner to %I', operator);
    end if;
  end if;
  -- Without a right on the backup role's login, statistics are all that a monitor reads.
  begin
    grant pg_monitor to app_monitor;
  exception when insufficient_privilege then
    raise notice 'pg_monitor was not granted to app_monitor: % may not', operator;
  end;

  execute format('revoke create, temporary on database %I from public', current_database());
  execute format('grant connect on database %I to app_user, app_worker, app_monitor', current_database());
  -- Since PostgreSQL 15 nobody may create in "public" but its owner; older databases that were upgraded may.
  if exists (select from pg_namespace where nspname = 'public' and has_schema_privilege('public', oid, 'create')) then
    revoke create on schema public from public;
  end if;
  -- Any login could fill the disk by them. Who is no superuser cannot take them away, and is told by `doctor`.
  if operator_is_superuser then
    revoke execute on function lo_creat(integer), lo_create(oid), lo_from_bytea(oid, bytea) from public;
  end if;
end
$roles$;

create schema if not exists app authorization app_owner;
create schema if not exists app_private authorization app_owner;
create extension if not exists pgcrypto with schema app_private;
