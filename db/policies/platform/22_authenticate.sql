-- How a transaction is given its identity: who has signed in, or what background jobs and the operator work for, is checked here and
-- written into the settings that 20_identity.sql believes.

-- section: home_schema
create or replace function app_private.home_schema(slug text, isolation text) returns text
  language sql immutable parallel safe
  begin atomic
    select case isolation when 'schema' then 'tenant_' || slug else 'app' end;
  end;
grant execute on function app_private.home_schema(text, text) to app_definer;
comment on function app_private.home_schema(text, text) is 'The schema that an organization''s rows live in.';

-- section: schema_is_current
set local role app_definer;
create or replace function app_private.schema_is_current(home text) returns boolean
  language sql stable
  begin atomic
    select exists (
      select from app_private.tenant_schemas as mine join app_private.tenant_schemas as ours on ours.name = 'app'
      where mine.name = home and mine.version >= ours.version);
  end;
comment on function app_private.schema_is_current(text) is 'Whether a schema has come as far as the shared one.';

-- section: credential_stands
set local role app_definer;
create or replace function app_private.credential_stands(credential text, credential_id uuid, organization uuid, base_role text, user_id uuid, project_id uuid)
  returns boolean
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  case credential
    when 'session' then
      return exists (
        select from app.sessions as s
        where s.id = credential_id and s.user_id = credential_stands.user_id and s.organization_id = organization
          and s.revoked_at is null and s.expires_at > now());
    when 'key' then
      return exists (
        select from app.api_keys as k
        where k.id = credential_id and k.organization_id = organization and k.role = credential_stands.base_role
          and k.project_id is not distinct from credential_stands.project_id and k.revoked_at is null and k.expires_at > now());
    when 'provider' then
      return project_id is null and exists (
        select from app.identity_providers as p
        join app.user_identities as i on i.organization_id = p.organization_id and i.provider_id = p.id
        where p.organization_id = organization and p.id = credential_id and p.is_enabled and i.user_id = credential_stands.user_id);
    when 'trust' then
      return base_role = 'ci' and user_id is null and exists (
        select from app.ci_trusts as t
        where t.organization_id = organization and t.id = credential_id and t.project_id = credential_stands.project_id and t.is_enabled);
    else
      return false;
  end case;
end
$$;
comment on function app_private.credential_stands(text, uuid, uuid, text, uuid, uuid) is
  'Whether what a caller was recognised by still holds, and holds for just this: a session, an API key, a person''s identity with an identity provider, or a CI trust; false for anything else.';

-- section: authenticate
set local role app_definer;
-- One call gives a transaction its identity: it checks that the organization, the user, the membership and the credential
-- still stand, works out what the caller may do, and sets what the functions above read. Everything is local to the transaction.
create or replace function app_private.authenticate(
  organization uuid,
  base_role text,
  user_id uuid,
  credential text,
  credential_id uuid,
  scopes text,
  project_id uuid,
  actor text,
  request_id text,
  ip_address text,
  user_agent text,
  keys text
) returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  found record;
  member_role uuid;
  permissions text;
  path text;
  knows_project boolean;
begin
  if organization is null then
    if base_role is distinct from 'anonymous' or user_id is not null or project_id is not null or credential is not null then
      raise exception using errcode = 'DX401', message = 'The credential names no organization.';
    end if;
    return app_private.set_identity('', '', '', '', '', 'app', '', '', actor, request_id, ip_address, user_agent, '');
  end if;

  if base_role is null or base_role <> all (array['admin', 'developer', 'engineer', 'auditor', 'analyst', 'member', 'ci']) then
    raise exception using errcode = 'DX401', message = 'The credential names no role.';
  end if;

  select app_private.home_schema(o.slug, o.isolation) as home, o.primary_region as region,
    (o.provisioning_state = 'ready' and o.deleted_at is null) as active
  into found
  from app.organizations as o
  where o.id = organization;

  if not found.active is true then
    raise exception using errcode = 'DX401', message = 'The credential''s organization does not exist.';
  end if;
  -- The shared schema is what the others are measured against.
  if found.home <> 'app' and not app_private.schema_is_current(found.home) then
    raise exception using errcode = 'DX503', message = 'The organization is being upgraded; try again in a moment.';
  end if;
  -- A token that names no credential stands for itself, until it expires.
  if (credential is not null or credential_id is not null)
    and not app_private.credential_stands(credential, credential_id, organization, base_role, user_id, project_id) is true
  then
    raise exception using errcode = 'DX401', message = 'The credential has been revoked or has expired.';
  end if;
  if user_id is null then
    select r.id into member_role from app.roles as r where r.organization_id is null and r.name = authenticate.base_role;
  else
    select r.id into member_role
    from app.users as u
    join app.organization_members as m on m.user_id = u.id
    join app.roles as r on r.id = m.role_id
    where u.id = authenticate.user_id and u.is_active and u.deleted_at is null
      and m.organization_id = organization and m.removed_at is null and r.base_role = authenticate.base_role;
    if member_role is null then
      raise exception using errcode = 'DX401', message = 'The credential''s user is not a member of the organization in that role.';
    end if;
  end if;
  select string_agg(rp.permission, ' ') into permissions from app.role_permissions as rp
  where rp.role_id = member_role and case scopes
    when '' then not app_private.must_be_named(base_role, rp.permission)
    else rp.permission = any (string_to_array(scopes, ' '))
  end;

  path := app_private.set_identity(organization::text, base_role, coalesce(user_id::text, ''),
    case credential when 'session' then credential_id::text else '' end, coalesce(project_id::text, ''), found.home, found.region,
    coalesce(permissions, ''), actor, request_id, ip_address, user_agent, keys);
  perform set_config('app.provider_id', case credential when 'provider' then credential_id::text else '' end, true);
  -- Asked under the identity itself, which row-level security holds to the organization.
  if project_id is not null then
    execute format('select exists (select from %I.projects where organization_id = $1 and id = $2)', found.home)
    into knows_project using organization, project_id;
    if not knows_project then
      raise exception using errcode = 'DX401', message = 'The credential''s project does not exist.';
    end if;
  end if;
  return path;
end
$$;
grant execute on function app_private.authenticate(uuid, text, uuid, text, uuid, text, uuid, text, text, text, text, text) to app_user;
revoke execute on function app_private.authenticate(uuid, text, uuid, text, uuid, text, uuid, text, text, text, text, text) from app_worker;
comment on function app_private.authenticate(uuid, text, uuid, text, uuid, text, uuid, text, text, text, text, text) is
  'Gives the transaction its identity, or refuses it (DX401); returns the search path that goes with it. Scopes, separated by blanks, narrow the permissions. DX503 where the organization''s schema is behind.';

-- section: set_identity
create or replace function app_private.set_identity(
  organization text, base_role text, user_id text, session_id text, project_id text, home text, region text, permissions text,
  actor text, request_id text, ip_address text, user_agent text, keys text
) returns text
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('app.organization_id', organization, true), set_config('app.base_role', base_role, true),
    set_config('app.user_id', user_id, true), set_config('app.session_id', session_id, true),
    set_config('app.project_id', project_id, true), set_config('app.home', home, true),
    set_config('app.region', region, true), set_config('app.permissions', permissions, true),
    set_config('app.actor', coalesce(actor, ''), true), set_config('app.request_id', coalesce(request_id, ''), true),
    set_config('app.ip_address', coalesce(ip_address, ''), true), set_config('app.user_agent', coalesce(user_agent, ''), true),
    set_config('app.keys', coalesce(keys, ''), true);
  return case home when 'app' then 'app, pg_temp' else quote_ident(home) || ', app, pg_temp' end;
end
$$;
grant execute on function app_private.set_identity(text, text, text, text, text, text, text, text, text, text, text, text, text) to app_definer;
comment on function app_private.set_identity(text, text, text, text, text, text, text, text, text, text, text, text, text) is
  'Writes the settings of a request; only what has checked them calls it.';

-- section: work_for
set local role app_definer;
create or replace function app_private.work_for(organization uuid, keys text default '') returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  found record;
begin
  select app_private.home_schema(o.slug, o.isolation) as home, o.primary_region as region into found
  from app.organizations as o where o.id = organization;
  if found.home is null then
    raise exception using errcode = 'DX404', message = format('There is no organization %s.', organization);
  end if;
  return app_private.set_identity(organization::text, '', '', '', '', found.home, found.region, '', session_user, '', '', '', keys);
end
$$;
grant execute on function app_private.work_for(uuid, text) to app_owner;
-- A job's organization is ready, and its schema current: begin_job.
revoke execute on function app_private.work_for(uuid, text) from app_worker;
comment on function app_private.work_for(uuid, text) is
  'Lets the operator work for one organization, without a role of it, until the transaction ends; returns the search path.';
