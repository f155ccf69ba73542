-- How organizations and members come to be. For the operator (app_owner) only.

-- section: load_regions
set local role app_definer;
create or replace function app_private.load_regions(regions jsonb) returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    insert into app.regions as r (code, name, regulations, retention_days)
    select x.code, x.name, x.regulations, x."retentionDays"
    from jsonb_to_recordset(regions) as x (code text, name text, regulations text[], "retentionDays" integer)
    on conflict (code) do update
    set name = excluded.name, regulations = excluded.regulations, retention_days = excluded.retention_days, updated_at = now()
    where (r.name, r.regulations, r.retention_days) is distinct from (excluded.name, excluded.regulations, excluded.retention_days);
  end;
grant execute on function app_private.load_regions(jsonb) to app_owner;
comment on function app_private.load_regions(jsonb) is 'Brings the table of regions in line with infra/regions.json.';

-- section: create_organization
set local role app_definer;
create or replace function app_private.create_organization(slug text, name text, region text, isolation text, encryption_key_id text)
  returns table (id uuid, home text, state text)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  retention integer := (select r.retention_days from app.regions as r where r.code = create_organization.region);
begin
  if retention is null then
    raise exception using errcode = 'DX400', message = format('There is no region "%s".', create_organization.region);
  end if;
  insert into app.organizations (slug, name, primary_region, isolation, encryption_key_id, data_retention_days)
  values (create_organization.slug, create_organization.name, create_organization.region, create_organization.isolation,
    create_organization.encryption_key_id, retention)
  on conflict (slug) do nothing;
  insert into app_private.tenant_schemas (name, organization_id)
  select app_private.home_schema(o.slug, o.isolation), o.id
  from app.organizations as o
  where o.slug = create_organization.slug and o.isolation = 'schema'
  on conflict do nothing;
  return query
    select o.id, app_private.home_schema(o.slug, o.isolation), o.provisioning_state::text
    from app.organizations as o
    where o.slug = create_organization.slug and o.isolation = create_organization.isolation and o.deleted_at is null;
  if not found then
    raise exception using errcode = 'DX409',
      message = format('The organization "%s" exists already, in the other isolation tier or deleted.', create_organization.slug);
  end if;
end
$$;
grant execute on function app_private.create_organization(text, text, text, text, text) to app_owner;
comment on function app_private.create_organization(text, text, text, text, text) is
  'Begins an organization, or finds the one begun before: it stays invisible (provisioning) until finish_organization.';

-- section: finish_organization
set local role app_definer;
create or replace function app_private.finish_organization(organization uuid) returns void
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    update app.organizations set provisioning_state = 'ready', updated_at = now()
    where id = organization and provisioning_state <> 'ready';
  end;
grant execute on function app_private.finish_organization(uuid) to app_owner;
comment on function app_private.finish_organization(uuid) is 'Makes an organization visible, now that all of it exists.';

-- section: enroll
set local role app_definer;
-- Keeps organization_members and the tenant's own people in step. The caller has the identity of the organization, with its key.
create or replace function app_private.enroll(member uuid, name text, email text, role_id uuid) returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  organization uuid := app_private.current_org_id();
  role_name text := (select r.name from app.roles as r where r.id = enroll.role_id);
begin
  insert into app.organization_members as m (organization_id, user_id, role_id) values (organization, member, enroll.role_id)
  on conflict (organization_id, user_id) do update set role_id = excluded.role_id, removed_at = null
  where m.role_id <> excluded.role_id or m.removed_at is not null;
  execute format(
    'insert into %I.people as p (organization_id, id, name, email, role_name) values ($1, $2, $3, $4, $5)
     on conflict (organization_id, id) do update set role_name = excluded.role_name, removed_at = null
     where p.role_name <> excluded.role_name or p.removed_at is not null', app_private.believed_setting('app.home'))
  using organization, member, enroll.name, enroll.email, role_name;
end
$$;
comment on function app_private.enroll(uuid, text, text, uuid) is 'Makes a user a member of the organization worked for, or changes the role.';

-- section: add_member
set local role app_definer;
-- The caller works for the organization (work_for) and has handed over its key and the platform's.
create or replace function app_private.add_member(email text, name text, role_name text) returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  organization uuid := app_private.current_org_id();
  digest bytea := app_private.email_digest(email);
  member uuid;
  role_id uuid;
begin
  if organization is null then
    raise exception using errcode = 'DX400', message = 'A member is added while working for an organization.';
  end if;
  if email !~ '^[^@[:space:]]+@[^@[:space:]]+$' then
    raise exception using errcode = 'DX400', message = 'The e-mail address must be of the form name@domain.';
  end if;
  select r.id into role_id from app.roles as r
  where r.name = role_name and (r.organization_id is null or r.organization_id = organization)
  order by r.organization_id nulls last limit 1;
  if role_id is null then
    raise exception using errcode = 'DX400', message = format('There is no role "%s".', role_name);
  end if;
  insert into app.users (email, email_digest, name) values (add_member.email, digest, add_member.name)
  on conflict (email_digest) do nothing;
  select u.id into member from app.users as u where u.email_digest = digest;
  perform app_private.enroll(member, add_member.name, add_member.email, role_id);
  return member;
end
$$;
grant execute on function app_private.add_member(text, text, text) to app_owner;
comment on function app_private.add_member(text, text, text) is
  'Makes a person a member of the organization worked for (a user is made if the address is new), or changes the role; returns the user''s id.';

-- section: is_account_elsewhere
set local role app_definer;
-- An account is made for any address that an organization's administrator invites: whoever proved only that need not be who
-- the operator means.
create or replace function app_private.is_account_elsewhere(email text, slug text, keys text) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('app.keys', keys, true);
  return exists (
    select from app.users as u
    where u.email_digest = app_private.email_digest(is_account_elsewhere.email) and not exists (
      select from app.organization_members as m join app.organizations as o on o.id = m.organization_id
      where m.user_id = u.id and o.slug = is_account_elsewhere.slug));
end
$$;
grant execute on function app_private.is_account_elsewhere(text, text, text) to app_owner;
comment on function app_private.is_account_elsewhere(text, text, text) is
  'Whether an address has an account that is no member of the organization of a slug.';

-- section: directory
set local role app_definer;
create or replace function app_private.organization_by_slug(slug text)
  returns table (id uuid, home text, state text)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select o.id, app_private.home_schema(o.slug, o.isolation), o.provisioning_state::text
    from app.organizations as o where o.slug = organization_by_slug.slug and o.deleted_at is null;
  end;
grant execute on function app_private.organization_by_slug(text) to app_owner, app_user, app_worker;
comment on function app_private.organization_by_slug(text) is 'The organization of a slug, for commands; request roles may not ask.';

-- section: schema_version
set local role app_definer;
create or replace function app_private.schema_version() returns text
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic select version from app_private.tenant_schemas where name = 'app'; end;
grant execute on function app_private.schema_version() to app_user, app_worker;
comment on function app_private.schema_version() is 'The version that the shared schema is at, for the readiness check.';
