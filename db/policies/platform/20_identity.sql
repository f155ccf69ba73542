-- Who is the caller: these functions are the only places that know.
--
-- A custom setting can be set by anyone who can run SQL, so settings are believed only of logins whose SQL the
-- product itself writes (app_user, app_worker), and of logins that may become the owner, who could drop every policy
-- anyway. Any other login is who app_private.sql_principals says.
--
-- Every policy asks these functions, so they are written to be inlined: one expression, with the rights of who asks, and without
-- settings of their own (names in `begin atomic` are bound when the function is made). What only a definer may look up is a
-- function of its own, called for a direct login alone.

-- section: believes_settings
create or replace function app_private.believes_settings() returns boolean
  language sql stable parallel safe
  begin atomic
    select session_user in ('app_user', 'app_worker') or pg_has_role(session_user, 'app_owner', 'member');
  end;
grant execute on function app_private.believes_settings()
to app_owner, app_definer, app_views, app_user, app_worker, app_anonymous, app_admin, app_developer, app_engineer, app_auditor,
  app_analyst, app_member, app_ci;
comment on function app_private.believes_settings() is
  'Whether the login is one whose settings are believed: the product''s own, or one that may become the owner anyway.';

-- section: believed_setting
set local role app_definer;
create or replace function app_private.believed_setting(name text) returns text
  language sql stable parallel safe
  begin atomic
    select case
      when app_private.believes_settings()
      then nullif(current_setting(name, true), '')
    end;
  end;
comment on function app_private.believed_setting(text) is
  'A setting of the request, or null where the login is not one whose settings are believed.';

-- section: member_stands
set local role app_definer;
create or replace function app_private.member_stands(organization uuid, member uuid, base_role text) returns boolean
  language sql stable
  begin atomic
    select member is null or exists (
      select
      from app.organization_members as m
      join app.users as u on u.id = m.user_id
      join app.roles as r on r.id = m.role_id
      where m.organization_id = organization and m.user_id = member and m.removed_at is null
        and u.is_active and u.deleted_at is null and r.base_role = member_stands.base_role);
  end;
comment on function app_private.member_stands(uuid, uuid, text) is
  'Whether a user (nobody counts) is still an active member of an organization, in a base role.';

-- section: login_org_id
set local role app_definer;
create or replace function app_private.login_org_id() returns uuid
  language sql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select p.organization_id
    from app_private.sql_principals as p
    join app.organizations as o on o.id = p.organization_id
    where p.login_role = session_user and o.provisioning_state = 'ready' and o.deleted_at is null
      and app_private.member_stands(p.organization_id, p.user_id, p.base_role);
  end;
comment on function app_private.login_org_id() is 'The organization of a direct login; null for any other.';

-- section: login_org_id_at
set local role app_definer;
create or replace function app_private.login_org_id(home text) returns uuid
  language sql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select o.id
    from app.organizations as o
    where o.id = app_private.login_org_id() and home = case o.isolation when 'schema' then 'tenant_' || o.slug else 'app' end;
  end;
comment on function app_private.login_org_id(text) is
  'The organization of a direct login, if its rows live in the schema named; null otherwise.';

-- section: current_org_id
set local role app_definer;
create or replace function app_private.current_org_id() returns uuid
  language sql stable parallel safe
  begin atomic
    select case
      when app_private.believes_settings() then nullif(current_setting('app.organization_id', true), '')::uuid
      else app_private.login_org_id()
    end;
  end;
comment on function app_private.current_org_id() is 'The caller''s organization; null for nobody.';

-- section: current_org_id_at
set local role app_definer;
create or replace function app_private.current_org_id(home text) returns uuid
  language sql stable parallel safe
  begin atomic
    select case
      when app_private.believes_settings()
      then case when current_setting('app.home', true) = home then nullif(current_setting('app.organization_id', true), '')::uuid end
      else app_private.login_org_id(home)
    end;
  end;
comment on function app_private.current_org_id(text) is
  'The caller''s organization if its rows live in the schema named; null otherwise.';

-- section: member_stands_without_role
set local role app_definer;
-- Databases made before the role was asked for still have it; the functions above do not call it any more.
drop function if exists app_private.member_stands(uuid, uuid);

-- section: login_user_id
set local role app_definer;
create or replace function app_private.login_user_id() returns uuid
  language sql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select user_id from app_private.sql_principals where login_role = session_user;
  end;
comment on function app_private.login_user_id() is 'The user of a direct login; null for any other.';

-- section: current_user_id
set local role app_definer;
create or replace function app_private.current_user_id() returns uuid
  language sql stable parallel safe
  begin atomic
    select case
      when app_private.believes_settings() then nullif(current_setting('app.user_id', true), '')::uuid
      else app_private.login_user_id()
    end;
  end;
comment on function app_private.current_user_id() is 'The caller''s user; null where the caller is not a person.';

-- section: current_project_id
set local role app_definer;
create or replace function app_private.current_project_id() returns uuid
  language sql stable parallel safe
  begin atomic
    select app_private.believed_setting('app.project_id')::uuid;
  end;
comment on function app_private.current_project_id() is
  'The one project that a CI identity is bound to; null where it may work for every project of its organization.';

-- section: login_base_role
set local role app_definer;
create or replace function app_private.login_base_role() returns text
  language sql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select base_role from app_private.sql_principals where login_role = session_user;
  end;
comment on function app_private.login_base_role() is 'The base role of a direct login; null for any other.';

-- section: current_base_role
set local role app_definer;
create or replace function app_private.current_base_role() returns text
  language sql stable parallel safe
  begin atomic
    select case
      when app_private.believes_settings() then nullif(current_setting('app.base_role', true), '')
      else app_private.login_base_role()
    end;
  end;
comment on function app_private.current_base_role() is 'The caller''s base role (admin, developer, …); null for nobody.';

-- section: current_session_id
set local role app_definer;
create or replace function app_private.current_session_id() returns uuid
  language sql stable parallel safe
  begin atomic
    select app_private.believed_setting('app.session_id')::uuid;
  end;
comment on function app_private.current_session_id() is 'The session that the caller signed in to; null for any other credential.';

-- section: current_provider_id
set local role app_definer;
-- An organization's administrator says whose tokens its provider signs, and so could be any member of it: what a person may do
-- beyond the organization asks for this to be null.
create or replace function app_private.current_provider_id() returns uuid
  language sql stable parallel safe
  begin atomic
    select app_private.believed_setting('app.provider_id')::uuid;
  end;
comment on function app_private.current_provider_id() is
  'The identity provider of the organization that says who the caller is; null for any other credential.';

-- section: must_be_named
-- Terraform states hold the secrets of what they describe: a build's credential that nobody gave them in so many words has none.
create or replace function app_private.must_be_named(base_role text, permission text) returns boolean
  language sql immutable parallel safe
  begin atomic
    select base_role = 'ci' and permission in ('states:read', 'states:write');
  end;
grant execute on function app_private.must_be_named(text, text) to app_definer;
comment on function app_private.must_be_named(text, text) is
  'Whether a credential of a base role has a permission only where its scopes name it, and not by having no scopes.';

-- section: login_permissions
set local role app_definer;
create or replace function app_private.login_permissions() returns text[]
  language sql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select array_agg(rp.permission)
    from app_private.sql_principals as p
    left join app.organization_members as m on m.user_id = p.user_id and m.organization_id = p.organization_id
    join app.roles as r on r.id = m.role_id or p.user_id is null and r.organization_id is null and r.name = p.base_role
    join app.role_permissions as rp on rp.role_id = r.id
    where p.login_role = session_user and not app_private.must_be_named(p.base_role, rp.permission);
  end;
comment on function app_private.login_permissions() is 'What a direct login may do, within its base role; null for nothing.';

-- section: current_permissions
set local role app_definer;
-- A request's are worked out as it begins, a direct login's each time they are asked for.
create or replace function app_private.current_permissions() returns text[]
  language sql stable parallel safe
  begin atomic
    select case
      when app_private.believes_settings() then string_to_array(nullif(current_setting('app.permissions', true), ''), ' ')
      else app_private.login_permissions()
    end;
  end;
comment on function app_private.current_permissions() is 'What the caller may do, within its base role; null for nothing.';

-- section: has_permission
set local role app_definer;
create or replace function app_private.has_permission(variadic permissions text[]) returns boolean
  language sql stable parallel safe
  begin atomic
    select coalesce(permissions && app_private.current_permissions(), false);
  end;
comment on function app_private.has_permission(text[]) is 'Whether the caller has one of the permissions; policies ask once a statement.';

-- section: require_permission
create or replace function app_private.require_permission(permission text) returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if not app_private.has_permission(permission) then
    raise exception using errcode = '42501', message = format('permission %s is missing', permission);
  end if;
end
$$;
grant execute on function app_private.require_permission(text) to app_definer;
comment on function app_private.require_permission(text) is 'Refuses a caller who has not the permission (42501).';

-- section: refuse_without_permission
-- On columns that a permission of their own guards, where a policy cannot tell columns apart. What others than a request's
-- role write (reports, the operator) is not asked.
create or replace function app_private.refuse_without_permission() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if current_user in ('app_admin', 'app_developer', 'app_engineer') then
    raise exception using errcode = '42501', message = 'the permission is missing';
  end if;
  return new;
end
$$;
comment on function app_private.refuse_without_permission() is 'Trigger, where its condition found a permission missing: refuses a request''s role.';

-- section: grants
set local role app_definer;
-- Policies, defaults and masks run with the rights of who asks. What is of a login tells it of itself only.
grant execute on function app_private.current_org_id(), app_private.current_org_id(text), app_private.current_user_id(),
  app_private.current_project_id(), app_private.current_base_role(), app_private.believed_setting(text),
  app_private.current_session_id(), app_private.current_provider_id(), app_private.current_permissions(),
  app_private.has_permission(text[]), app_private.login_org_id(), app_private.login_org_id(text), app_private.login_user_id(),
  app_private.login_base_role(), app_private.login_permissions()
to app_owner, app_definer, app_views, app_user, app_worker, app_anonymous, app_admin, app_developer, app_engineer, app_auditor,
  app_analyst, app_member, app_ci;
