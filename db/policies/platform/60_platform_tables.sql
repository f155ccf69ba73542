-- Who sees and changes regions, organizations, users, roles and members. The restrictive policy of each holds it to the
-- caller's organization; app_definer is let through because the identity functions read these very tables. No index serves such
-- an "or", so each policy that lets read says the organization again, or the rows of all others would be looked at.

-- section: regions
--              admin developer engineer auditor analyst member ci
-- regions      R     R         R        R       R       R      R
call app_private.close_table('regions');
create policy read on regions for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci using (true);
grant select on regions to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
create or replace trigger _900_security_event after insert or update or delete on regions
  for each row execute function app_private.record_security_event('code');
comment on table regions is E'@behavior -nodeId -node\nA jurisdiction in which data is kept, with its regulations and how long it is kept there by default.';
comment on column regions.code is 'Identifies the region.';
comment on column regions.name is 'What people call it.';
comment on column regions.regulations is 'The regulations that apply there.';
comment on column regions.retention_days is 'How many days data is kept there, where an organization does not say otherwise.';
comment on column regions.endpoint is 'Where the region''s own API is.';
call app_private.comment_conventions('regions');

-- section: member_ids
set local role app_definer;
create or replace function app_private.current_member_ids() returns uuid[]
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select array_agg(m.user_id) from app.organization_members as m
    where m.organization_id = (select app_private.current_org_id()) and m.removed_at is null;
  end;
grant execute on function app_private.current_member_ids() to app_admin, app_developer, app_engineer, app_auditor, app_member;
comment on function app_private.current_member_ids() is 'The users that are members of the caller''s organization.';

-- section: organizations
--               admin developer engineer auditor analyst member ci
-- organizations R U   R         R        R       -       R      -
call app_private.close_table('organizations');
create policy tenant on organizations as restrictive
  using (current_user = 'app_definer' or id = (select app_private.current_org_id()));
create policy read on organizations for select to app_admin, app_developer, app_engineer, app_auditor, app_member
  using (id = (select app_private.current_org_id()) and deleted_at is null);
create policy change on organizations for update to app_admin
  using (deleted_at is null and (select app_private.has_permission('organization:write'))) with check (deleted_at is null);
grant select on organizations to app_admin, app_developer, app_engineer, app_auditor, app_member;
grant update (name, domain, industry, compliance_requirements, requests_per_minute, version) on organizations to app_admin;
create or replace trigger _200_version before update of name, domain, industry, compliance_requirements, data_retention_days, requests_per_minute, version
  on organizations for each row execute function app_private.raise_version();
call app_private.audit_table('organizations', organization_column => 'id', is_platform => true);
create or replace trigger _910_security_event after insert or update or delete on organizations
  for each row execute function app_private.record_security_event('id');
comment on table organizations is 'An organization: everything else belongs to one. Only your own is visible.';
comment on column organizations.slug is 'Its short name in addresses and commands.';
comment on column organizations.name is 'Its name.';
comment on column organizations.domain is E'@behavior -filterBy -orderBy\nIts internet domain.';
comment on column organizations.industry is 'What business it is in.';
comment on column organizations.primary_region is 'Where its data lives.';
comment on column organizations.isolation is 'Whether its rows are in shared tables or in a schema of its own; row-level security holds in both.';
comment on column organizations.encryption_key_id is E'@behavior -*\nWhich key-encryption key wraps its data keys.';
comment on column organizations.compliance_requirements is 'The regulations and standards that it must meet.';
comment on column organizations.data_retention_days is 'How many days its data is kept.';
comment on column organizations.requests_per_minute is
  'How many requests a minute each of its users and keys may send, up to what the operator allows; without it the usual number.';
comment on column organizations.permissions_version is E'@behavior -*\nRaised when what its roles may do changes.';
comment on column organizations.provisioning_state is E'@behavior -*\nWhether it is ready to be used.';
comment on column organizations.deleted_at is E'@behavior -*\nWhen it was deleted.';
comment on constraint organizations_name_check on organizations is 'The name of an organization has 1 to 200 characters.';
comment on constraint organizations_domain_check on organizations is 'The domain has at most 253 characters.';
comment on constraint organizations_compliance_requirements_check on organizations is 'At most 200 requirements are listed, each of 1 to 300 characters.';
comment on constraint organizations_industry_check on organizations is 'The industry has at most 200 characters.';
comment on constraint organizations_requests_per_minute_check on organizations is 'The requests per minute are from 1 to 100000.';
call app_private.comment_conventions('organizations');

-- section: requests_per_minute
set local role app_definer;
-- Asked before a request has an identity; it gives away one number.
create or replace function app_private.requests_per_minute(organization uuid) returns integer
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select o.requests_per_minute from app.organizations as o where o.id = organization and o.deleted_at is null;
  end;
grant execute on function app_private.requests_per_minute(uuid) to app_user;
comment on function app_private.requests_per_minute(uuid) is
  'How many requests a minute an organization has asked for, or null; for the API, which counts them.';

-- section: keep_people_in_step
set local role app_definer;
-- A person's name is shown by the tenant's own people in every organization that the person belongs to; each is written
-- under that organization's identity, which is put back afterwards.
create or replace function app_private.keep_people_in_step() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  organization text := current_setting('app.organization_id', true);
  home text := current_setting('app.home', true);
  origin text[] := array[current_setting('app.request_id', true), current_setting('app.ip_address', true),
    current_setting('app.user_agent', true), current_setting('app.region', true)];
  member record;
begin
  for member in
    select m.organization_id, app_private.home_schema(o.slug, o.isolation) as home, o.primary_region as region
    from app.organization_members as m join app.organizations as o on o.id = m.organization_id
    where m.user_id = new.id and o.provisioning_state = 'ready' and o.deleted_at is null
    order by m.organization_id
  loop
    perform set_config('app.organization_id', member.organization_id::text, true), set_config('app.home', member.home, true);
    -- Where a request to one organization came from is no business of another's trail.
    if member.organization_id::text is distinct from organization then
      perform set_config('app.request_id', '', true), set_config('app.ip_address', '', true), set_config('app.user_agent', '', true),
        set_config('app.region', member.region, true);
    else
      perform set_config('app.request_id', coalesce(origin[1], ''), true), set_config('app.ip_address', coalesce(origin[2], ''), true),
        set_config('app.user_agent', coalesce(origin[3], ''), true), set_config('app.region', coalesce(origin[4], ''), true);
    end if;
    execute format('update %I.people set name = $1 where organization_id = $2 and id = $3 and name <> $1', member.home)
    using new.name, member.organization_id, new.id;
  end loop;
  perform set_config('app.organization_id', coalesce(organization, ''), true), set_config('app.home', coalesce(home, ''), true),
    set_config('app.request_id', coalesce(origin[1], ''), true), set_config('app.ip_address', coalesce(origin[2], ''), true),
    set_config('app.user_agent', coalesce(origin[3], ''), true), set_config('app.region', coalesce(origin[4], ''), true);
  return null;
end
$$;
grant execute on function app_private.keep_people_in_step() to app_owner;
comment on function app_private.keep_people_in_step() is 'Trigger: a changed name is carried to the people of every organization.';

-- section: users
--       admin     developer engineer auditor analyst member    ci
-- users R U self  R U self  R U self R       -       R U self  -     (e-mail masked, but for oneself and admins)
call app_private.close_table('users');
create policy tenant on users as restrictive
  using (current_user = 'app_definer' or id = any ((select app_private.current_member_ids())::uuid[]));
create policy read on users for select to app_admin, app_developer, app_engineer, app_auditor, app_member
  using (id = any ((select app_private.current_member_ids())::uuid[]) and deleted_at is null);
-- The row is the person's in every organization: what an organization's own provider says of a caller does not change it.
create policy change_self on users for update to app_admin, app_developer, app_engineer, app_member
  using (id = (select app_private.current_user_id()) and (select app_private.current_provider_id()) is null)
  with check (id = (select app_private.current_user_id()));
grant select on users to app_admin, app_developer, app_engineer, app_auditor, app_member;
grant update (name, version) on users to app_admin, app_developer, app_engineer, app_member;
create or replace trigger _100_encrypt before insert or update of email on users
  for each row execute function app_private.encrypt_columns('email');
create or replace trigger _200_version before update of email, name, is_active, version
  on users for each row execute function app_private.raise_version();
create or replace trigger _800_people after update of name on users
  for each row when (new.name <> old.name) execute function app_private.keep_people_in_step();
create or replace trigger _900_security_event after insert or update or delete on users
  for each row execute function app_private.record_security_event('id');
comment on table users is 'A person who may sign in. You see the members of your organization.';
comment on column users.email is E'@behavior -*\nThe e-mail address.';
comment on column users.email_digest is E'@behavior -*\nBy which the user is found by e-mail address; empty for who has not shown that the address is theirs.';
comment on column users.name is 'The person''s name.';
comment on column users.is_active is 'Whether the person may sign in.';
comment on column users.last_login_at is 'When the person last signed in.';
comment on column users.deleted_at is E'@behavior -*\nWhen the user was deleted.';
comment on constraint users_email_digest_check on users is 'Who is found by an e-mail address has one.';
comment on constraint users_name_check on users is 'The name of a person has 1 to 200 characters.';
call app_private.comment_conventions('users');

-- section: users_email
set local role app_definer;
create or replace function users_email(users users) returns text
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- One's own is what stands in one's own row, not in a row that was made up.
  return app_private.reveal_email(users.email, '00000000-0000-0000-0000-000000000000', 'users.email',
    case when exists (select from app.users as u where u.id = app_private.current_user_id() and u.email = users.email) then 'none'
      else app_private.masking_mode(app_private.current_org_id(), 'users', 'email', app_private.current_base_role()) end);
end
$$;
grant execute on function users_email(users) to app_admin, app_developer, app_engineer, app_auditor, app_member;
comment on function users_email(users) is
  E'@behavior -filterBy -orderBy -aggregate\nThe e-mail address: in full for yourself and for admins, else masked.';

-- section: permissions
--             admin developer engineer auditor analyst member ci
-- permissions R     R         R        R       R       R      R
call app_private.close_table('permissions');
create policy read on permissions for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci using (true);
grant select on permissions to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
create or replace trigger _900_security_event after insert or update or delete on permissions
  for each row execute function app_private.record_security_event('name');
comment on table permissions is E'@behavior -nodeId -node\nSomething that a role may be allowed to do.';
comment on column permissions.name is 'Identifies the permission: what it is about, and what may be done.';
comment on column permissions.description is 'What it allows.';
call app_private.comment_conventions('permissions');

-- section: roles
--       admin developer engineer auditor analyst member ci
-- roles RCUD  R         R        R       -       R      -      (built-in roles are only read)
call app_private.close_table('roles');
create policy tenant on roles as restrictive
  using (current_user = 'app_definer' or organization_id is null or organization_id = (select app_private.current_org_id()));
create policy read on roles for select to app_admin, app_developer, app_engineer, app_auditor, app_member
  using (organization_id is null or organization_id = (select app_private.current_org_id()));
create policy make on roles for insert to app_admin
  with check (organization_id = (select app_private.current_org_id()) and (select app_private.has_permission('roles:write')));
create policy change on roles for update to app_admin
  using (organization_id = (select app_private.current_org_id()) and (select app_private.has_permission('roles:write')))
  with check (organization_id = (select app_private.current_org_id()));
create policy remove on roles for delete to app_admin
  using (organization_id = (select app_private.current_org_id()) and (select app_private.has_permission('roles:write')));
alter table roles alter column organization_id set default app_private.current_org_id();
grant select on roles to app_admin, app_developer, app_engineer, app_auditor, app_member;
-- What a role refines stays: whoever has it would otherwise wake up as another.
grant insert (name, base_role, description) on roles to app_admin;
grant update (name, description, version) on roles to app_admin;
grant delete on roles to app_admin;
create or replace trigger _200_version before update of name, base_role, description, version
  on roles for each row execute function app_private.raise_version();
call app_private.audit_table('roles', is_platform => true);
comment on table roles is 'What a member is: a built-in role, or one of the organization''s own that refines a built-in one.';
comment on column roles.organization_id is E'@behavior -*\nThe organization that the role belongs to; none for a built-in one.';
comment on column roles.name is 'What the role is called.';
comment on column roles.base_role is 'The built-in role that bounds it.';
comment on column roles.description is 'What the role is for.';
comment on constraint roles_name_reserved_check on roles is 'A built-in role has that name: choose another.';
comment on constraint roles_name_key on roles is 'There is a role of this name already.';
comment on constraint roles_description_check on roles is 'The description has at most 10,000 characters.';
comment on constraint roles_name_check on roles is 'The name of a role has 1 to 100 characters.';
call app_private.comment_conventions('roles');

-- section: role_ids
set local role app_definer;
create or replace function app_private.current_role_ids() returns uuid[]
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select array_agg(r.id) from app.roles as r
    where r.organization_id is null or r.organization_id = (select app_private.current_org_id());
  end;
grant execute on function app_private.current_role_ids() to app_admin, app_developer, app_engineer, app_auditor, app_member;
comment on function app_private.current_role_ids() is 'The built-in roles and those of the caller''s organization.';

-- section: own_role_ids
set local role app_definer;
create or replace function app_private.current_own_role_ids() returns uuid[]
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select array_agg(r.id) from app.roles as r where r.organization_id = (select app_private.current_org_id());
  end;
grant execute on function app_private.current_own_role_ids() to app_admin;
comment on function app_private.current_own_role_ids() is 'The roles that the caller''s organization has made.';

-- section: role_names
set local role app_definer;
create or replace function app_private.role_names(variadic base_roles text[]) returns text[]
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select array_agg(r.name) from app.roles as r
    where (r.organization_id is null or r.organization_id = (select app_private.current_org_id())) and r.base_role = any (base_roles);
  end;
grant execute on function app_private.role_names(text[]) to app_admin, app_developer, app_engineer, app_auditor, app_explainer;
comment on function app_private.role_names(text[]) is 'What the roles with one of the base roles are called: the built-in ones and those of the caller''s organization.';

-- section: bound_by_base_role
set local role app_definer;
create or replace function app_private.bound_by_base_role() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if not exists (
    select
    from app.roles as r
    join app.roles as base on base.organization_id is null and base.name = r.base_role
    join app.role_permissions as p on p.role_id = base.id
    where r.id = new.role_id and (r.organization_id is null or p.permission = new.permission)
  ) then
    raise exception using errcode = 'DX400', column = 'permissions',
      message = format('The role''s base role does not have the permission "%s": choose others, or another base role.', left(new.permission, 100));
  end if;
  return new;
end
$$;
grant execute on function app_private.bound_by_base_role() to app_owner;
comment on function app_private.bound_by_base_role() is 'Trigger: a role has no permission that its base role has not.';

-- section: role_permissions
--                  admin developer engineer auditor analyst member ci
-- role_permissions RCD   R         R        R       -       R      -
call app_private.close_table('role_permissions');
create policy tenant on role_permissions as restrictive
  using (current_user = 'app_definer' or organization_id is null or organization_id = (select app_private.current_org_id()));
-- Nobody gives what they have not themselves.
create policy make on role_permissions for insert to app_admin
  with check (organization_id = (select app_private.current_org_id()) and role_id = any ((select app_private.current_own_role_ids())::uuid[])
    and permission = any ((select app_private.current_permissions())::text[]) and (select app_private.has_permission('roles:write')));
create policy remove on role_permissions for delete to app_admin
  using (organization_id = (select app_private.current_org_id()) and (select app_private.has_permission('roles:write')));
alter table role_permissions alter column organization_id set default app_private.current_org_id();
grant insert (role_id, permission) on role_permissions to app_admin;
grant delete on role_permissions to app_admin;
create or replace trigger _100_bound before insert on role_permissions
  for each row execute function app_private.bound_by_base_role();
call app_private.audit_table('role_permissions', id_column => 'role_id', is_platform => true);
create policy read on role_permissions for select to app_admin, app_developer, app_engineer, app_auditor, app_member
  using (organization_id is null or organization_id = (select app_private.current_org_id()));
grant select on role_permissions to app_admin, app_developer, app_engineer, app_auditor, app_member;
create or replace trigger _910_security_event after insert or update or delete on role_permissions
  for each row execute function app_private.record_security_event('role_id');
comment on table role_permissions is E'@behavior -nodeId -node -insert -delete\nThat a role has a permission.';
comment on column role_permissions.organization_id is E'@behavior -*\nThe organization that the role belongs to; none for a built-in one.';
comment on column role_permissions.role_id is 'The role.';
comment on column role_permissions.permission is 'The permission that it has.';
comment on constraint role_permissions_permission_fkey on role_permissions is E'@fieldName permissionDetails\n@foreignFieldName rolePermissions';
call app_private.comment_conventions('role_permissions');

-- section: organization_members
--                      admin developer engineer auditor analyst member ci
-- organization_members R     R         R        R       -       R      -     (changed by the functions of 85_members.sql and by the operator)
call app_private.close_table('organization_members');
create policy tenant on organization_members as restrictive
  using (current_user = 'app_definer' or organization_id = (select app_private.current_org_id()));
create policy read on organization_members for select to app_admin, app_developer, app_engineer, app_auditor, app_member
  using (organization_id = (select app_private.current_org_id()));
grant select on organization_members to app_admin, app_developer, app_engineer, app_auditor, app_member;
create or replace trigger _200_version before update of role_id, removed_at, version
  on organization_members for each row execute function app_private.raise_version();
call app_private.audit_table('organization_members', id_column => 'user_id', is_platform => true);
comment on table organization_members is E'@behavior -nodeId -node\n@name members\nThat a person belongs to the organization, and as what.';
comment on column organization_members.organization_id is E'@behavior -*\nThe organization.';
comment on column organization_members.user_id is 'The person.';
comment on column organization_members.role_id is 'What the person is in the organization.';
comment on column organization_members.joined_at is 'Since when.';
comment on column organization_members.removed_at is 'Until when; empty while the membership lasts.';
call app_private.comment_conventions('organization_members');

-- section: masking_policies
--                  admin developer engineer auditor analyst member ci
-- masking_policies RCUD  R         R        R       -       -      -
call app_private.close_table('masking_policies');
create policy tenant on masking_policies as restrictive
  using (current_user = 'app_definer' or organization_id = (select app_private.current_org_id()));
create policy read on masking_policies for select to app_admin, app_developer, app_engineer, app_auditor
  using (organization_id = (select app_private.current_org_id()));
create policy make on masking_policies for insert to app_admin with check ((select app_private.has_permission('masking:write')));
create policy change on masking_policies for update to app_admin
  using ((select app_private.has_permission('masking:write'))) with check (true);
create policy remove on masking_policies for delete to app_admin using ((select app_private.has_permission('masking:write')));
alter table masking_policies alter column organization_id set default app_private.current_org_id();
grant select on masking_policies to app_admin, app_developer, app_engineer, app_auditor;
grant insert (field, role, mode) on masking_policies to app_admin;
grant update (mode, version) on masking_policies to app_admin;
grant delete on masking_policies to app_admin;
create or replace trigger _200_version before update of mode, version on masking_policies
  for each row execute function app_private.raise_version();
call app_private.audit_table('masking_policies', is_platform => true);
comment on table masking_policies is 'How a sensitive field is shown to a role, where the organization wants it otherwise than by default. It holds from the next statement on.';
comment on column masking_policies.organization_id is E'@behavior -*\nThe organization.';
comment on column masking_policies.field is 'The field.';
comment on column masking_policies.role is 'The base role to which it is shown so: own roles that refine it included.';
comment on column masking_policies.mode is 'How it is shown.';
comment on constraint masking_policies_field_role_key on masking_policies is E'@behavior -*\nThe field is shown to this role in a way of its own already: change that.';
call app_private.comment_conventions('masking_policies');
