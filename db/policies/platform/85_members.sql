-- How people become members and machines get keys, by administrators. Nobody gives a role or a credential more than they
-- have themselves. Called in a request's transaction, as app_admin; what is secret arrives as its SHA-256.

-- section: require_admin
set local role app_definer;
create or replace function app_private.require_admin(permission text) returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.current_base_role() is distinct from 'admin' then
    raise exception using errcode = '42501', message = 'only an administrator may';
  end if;
  perform app_private.require_permission(permission);
end
$$;
comment on function app_private.require_admin(text) is 'Refuses who is no administrator with the permission (42501).';

-- section: assignable_role
set local role app_definer;
create or replace function app_private.assignable_role(role_id uuid) returns text
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
declare
  found record;
begin
  select r.name, r.base_role, array(select p.permission from app.role_permissions as p where p.role_id = r.id) as permissions into found
  from app.roles as r
  where r.id = assignable_role.role_id and (r.organization_id is null or r.organization_id = app_private.current_org_id());
  if found.name is null then
    raise exception using errcode = 'DX400', column = 'role_id', message = 'The roleId names nothing that exists.';
  end if;
  if found.base_role = 'ci' then
    raise exception using errcode = 'DX400', column = 'role_id', message = 'The role ci is for machines: make an API key.';
  end if;
  if not found.permissions <@ coalesce(app_private.current_permissions(), '{}') then
    raise exception using errcode = '42501', message = 'the role has permissions that the caller has not';
  end if;
  return found.name;
end
$$;
comment on function app_private.assignable_role(uuid) is 'The name of a role that the caller may give to a person; an error where it is none.';

-- section: refuse_member
set local role app_definer;
-- An invitation would give a member another role, past the rules of change_member_role.
create or replace function app_private.refuse_member(email text) returns void
  language plpgsql stable
  set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (
    select from app.organization_members as m join app.users as u on u.id = m.user_id
    where m.organization_id = app_private.current_org_id() and m.removed_at is null and u.email_digest = app_private.email_digest(refuse_member.email)
  ) then
    raise exception using errcode = 'DX409', message = 'Who has that address is a member already: an administrator changes their role.';
  end if;
end
$$;
comment on function app_private.refuse_member(text) is 'Refuses an address that a member of the organization has (DX409).';

-- section: invite_member
set local role app_definer;
create or replace function app.invite_member(email text, role_id uuid, token_hash bytea, days integer) returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  invitation uuid;
begin
  perform app_private.require_admin('members:write');
  perform app_private.assignable_role(role_id);
  if email !~ '^[^@[:space:]]+@[^@[:space:]]+$' or length(email) > 254 then
    raise exception using errcode = 'DX400', column = 'email', message = 'The e-mail address must be of the form name@domain.';
  end if;
  perform app_private.refuse_member(email);
  insert into app.invitations (organization_id, email, role_id, expires_at, invited_by)
  values (app_private.current_org_id(), invite_member.email, invite_member.role_id, now() + make_interval(days => days), app_private.current_user_id())
  returning id into invitation;
  insert into app_private.invitation_hashes (hash, invitation_id) values (token_hash, invitation);
  return invitation;
end
$$;
grant execute on function app.invite_member(text, uuid, bytea, integer) to app_admin;
comment on function app.invite_member(text, uuid, bytea, integer) is E'@behavior -*\nInvites someone by e-mail address; whoever has the token may accept, once.';

-- section: begin_acceptance
set local role app_definer;
-- Who has no account yet chooses a password with the invitation. Who has one shows that it is theirs: an invitation, which
-- passes through the hands of an administrator, must not open the account of a member of other organizations.
create or replace function app_private.begin_acceptance(token_hash bytea, address text, per_address integer)
  returns table (wait integer, organization_id uuid)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  wait := app_private.throttle_address(address, per_address);
  if wait = 0 then
    select i.organization_id into begin_acceptance.organization_id
    from app_private.invitation_hashes as h join app.invitations as i on i.id = h.invitation_id
    where h.hash = token_hash and i.accepted_at is null and i.expires_at > now();
  end if;
  return next;
end
$$;
grant execute on function app_private.begin_acceptance(bytea, text, integer) to app_user;
comment on function app_private.begin_acceptance(bytea, text, integer) is
  'The organization of an invitation that can be accepted, if it is one; or, in seconds, how long to wait.';

-- section: invited_account
set local role app_definer;
create or replace function app_private.invited_account(token_hash bytea, keys text)
  returns table (user_id uuid, hash text)
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('app.keys', keys, true);
  return query
    select u.id, p.hash
    from app_private.invitation_hashes as h
    join app.invitations as i on i.id = h.invitation_id
    join app.users as u on u.email_digest = app_private.email_digest(app_private.decrypt_sensitive_data(i.email, i.organization_id, 'invitations.email'))
    left join app_private.passwords as p on p.user_id = u.id
    where h.hash = token_hash and i.accepted_at is null and i.expires_at > now();
end
$$;
grant execute on function app_private.invited_account(bytea, text) to app_user;
comment on function app_private.invited_account(bytea, text) is 'The account that an invited address has already, with the hash of its password; no row where it has none.';

-- section: accept_invitation
set local role app_definer;
create or replace function app_private.accept_invitation(
  token_hash bytea, name text, new_hash text, refresh_hash bytea, days integer, request_id text, ip_address text, user_agent text, keys text
)
  returns table (session_id uuid, member_id uuid, organization_id uuid, organization_slug text, base_role text, expires_at timestamptz)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  found record;
  address text;
  role_name text;
  member uuid;
  started uuid;
begin
  select i.*, app_private.home_schema(o.slug, o.isolation) as home, o.primary_region as region into found
  from app_private.invitation_hashes as h
  join app.invitations as i on i.id = h.invitation_id
  join app.organizations as o on o.id = i.organization_id
  where h.hash = accept_invitation.token_hash and i.accepted_at is null and i.expires_at > now()
    and o.deleted_at is null and o.provisioning_state = 'ready'
  for update of i;
  if found.id is null then
    return;
  end if;
  perform app_private.set_identity(found.organization_id::text, '', '', '', '', found.home, found.region, '',
    'invitation:' || found.id, request_id, ip_address, user_agent, keys);
  address := app_private.decrypt_sensitive_data(found.email, found.organization_id, 'invitations.email');
  perform app_private.refuse_member(address);
  select r.name into role_name from app.roles as r where r.id = found.role_id;
  member := app_private.add_member(address, accept_invitation.name, role_name);
  -- Given only for an account that the acceptance has made.
  if new_hash is not null then
    insert into app_private.passwords (user_id, hash) values (member, new_hash);
  end if;
  update app.invitations as i set accepted_at = now() where i.id = found.id;
  delete from app_private.invitation_hashes as h where h.invitation_id = found.id;
  started := app_private.start_session(member, found.organization_id, refresh_hash, days, request_id, ip_address, user_agent);
  return query select * from app_private.session_of(started);
end
$$;
grant execute on function app_private.accept_invitation(bytea, text, text, bytea, integer, text, text, text, text) to app_user;
comment on function app_private.accept_invitation(bytea, text, text, bytea, integer, text, text, text, text) is
  'Makes who was invited a member and signs them in; no row where the invitation is not one (any more).';

-- section: change_member_role
set local role app_definer;
create or replace function app.change_member_role(user_id uuid, role_id uuid) returns organization_members
  language plpgsql volatile strict security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  organization uuid := app_private.current_org_id();
  role_name text;
  changed app.organization_members;
begin
  perform app_private.require_admin('members:write');
  role_name := app_private.assignable_role(role_id);
  perform app_private.keep_an_administrator(change_member_role.user_id, change_member_role.role_id);
  update app.organization_members as m set role_id = change_member_role.role_id
  where m.organization_id = organization and m.user_id = change_member_role.user_id and m.removed_at is null
  returning * into changed;
  if changed.user_id is null then
    raise exception using errcode = 'DX404', message = 'There is no member by that id.';
  end if;
  execute format('update %I.people set role_name = $1 where organization_id = $2 and id = $3', app_private.home_of(organization))
  using role_name, organization, change_member_role.user_id;
  return changed;
end
$$;
grant execute on function app.change_member_role(uuid, uuid) to app_admin;
comment on function app.change_member_role(uuid, uuid) is
  E'@resultFieldName member\nGives a member another role; it holds from the next request on.';

-- section: is_last_administrator
set local role app_definer;
create or replace function app_private.is_last_administrator(leaving uuid, next_role uuid) returns boolean
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- One at a time, or two could go at once.
  perform from app.organizations as o where o.id = app_private.current_org_id() for no key update;
  return not exists (select from app.roles as r where r.id = next_role and r.organization_id is null and r.name = 'admin') and not exists (
    select
    from app.organization_members as m
    join app.roles as r on r.id = m.role_id
    join app.users as u on u.id = m.user_id
    where m.organization_id = app_private.current_org_id() and m.removed_at is null and m.user_id <> leaving
      and r.organization_id is null and r.name = 'admin' and u.is_active and u.deleted_at is null
  );
end
$$;
comment on function app_private.is_last_administrator(uuid, uuid) is
  'Whether nobody would be an administrator with every right any more if a member left, or had another role; holds until the transaction ends.';

-- section: keep_an_administrator
set local role app_definer;
create or replace function app_private.keep_an_administrator(leaving uuid, next_role uuid) returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.is_last_administrator(leaving, next_role) then
    raise exception using errcode = 'DX409', message = 'Nobody else is an administrator with every right: make another first.';
  end if;
end
$$;
comment on function app_private.keep_an_administrator(uuid, uuid) is 'Refuses that the last administrator leaves or becomes something else (DX409).';

-- section: remove_member
set local role app_definer;
create or replace function app.remove_member(user_id uuid) returns organization_members
  language plpgsql volatile strict security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  organization uuid := app_private.current_org_id();
  removed app.organization_members;
begin
  perform app_private.require_admin('members:write');
  perform app_private.keep_an_administrator(remove_member.user_id, null);
  update app.organization_members as m set removed_at = now()
  where m.organization_id = organization and m.user_id = remove_member.user_id and m.removed_at is null
  returning * into removed;
  if removed.user_id is null then
    raise exception using errcode = 'DX404', message = 'There is no member by that id.';
  end if;
  execute format('update %I.people set removed_at = now() where organization_id = $1 and id = $2', app_private.home_of(organization))
  using organization, remove_member.user_id;
  update app.sessions as s set revoked_at = now()
  where s.organization_id = organization and s.user_id = remove_member.user_id and s.revoked_at is null;
  return removed;
end
$$;
grant execute on function app.remove_member(uuid) to app_admin;
comment on function app.remove_member(uuid) is
  E'@resultFieldName member\nEnds a membership and the member''s sessions in the organization. What the person did stays, under their name.';

-- section: set_role_permissions
create or replace function app.set_role_permissions(role_id uuid, permissions text[]) returns roles
  language plpgsql volatile strict
  set search_path = pg_catalog, pg_temp
as $$
declare
  changed app.roles;
begin
  select r.* into changed from app.roles as r where r.id = set_role_permissions.role_id and r.organization_id is not null;
  if changed.id is null then
    raise exception using errcode = 'DX404', message = 'There is no role of your organization by that id.';
  end if;
  if array_position(permissions, null) is not null then
    raise exception using errcode = 'DX400', column = 'permissions', message = 'The permissions are names of permissions: leave the null out.';
  end if;
  if cardinality(permissions) > 200 then
    raise exception using errcode = 'DX400', column = 'permissions', message = 'At most 200 permissions are given.';
  end if;
  delete from app.role_permissions as p where p.role_id = changed.id and p.permission <> all (permissions);
  insert into app.role_permissions (role_id, permission) select changed.id, wanted from (select distinct unnest(permissions) as wanted) as w
  on conflict do nothing;
  return changed;
end
$$;
grant execute on function app.set_role_permissions(uuid, text[]) to app_admin;
comment on function app.set_role_permissions(uuid, text[]) is
  E'@resultFieldName role\nSays what an own role of the organization may do, within its base role and your own permissions.';

-- section: create_api_key
set local role app_definer;
create or replace function app.create_api_key(
  name text, role text, project_id uuid, scopes text[], expires_at timestamptz, prefix text, hash bytea
) returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  made uuid;
begin
  perform app_private.require_admin('credentials:write');
  if expires_at <= now() or expires_at > now() + interval '366 days' then
    raise exception using errcode = 'DX400', column = 'expires_at', message = 'A key expires in the future, within a year.';
  end if;
  insert into app.api_keys (organization_id, project_id, name, prefix, role, scopes, expires_at, created_by)
  values (app_private.current_org_id(), create_api_key.project_id, create_api_key.name, create_api_key.prefix, create_api_key.role,
    create_api_key.scopes, create_api_key.expires_at, app_private.current_user_id())
  returning id into made;
  insert into app_private.api_key_hashes (hash, api_key_id) values (create_api_key.hash, made);
  return made;
end
$$;
grant execute on function app.create_api_key(text, text, uuid, text[], timestamptz, text, bytea) to app_admin;
comment on function app.create_api_key(text, text, uuid, text[], timestamptz, text, bytea) is E'@behavior -*\nKeeps a new key by its hash.';

-- section: revoke_api_key
set local role app_definer;
create or replace function app.revoke_api_key(id uuid) returns api_keys
  language plpgsql volatile strict security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  revoked app.api_keys;
begin
  perform app_private.require_admin('credentials:write');
  update app.api_keys as k set revoked_at = coalesce(k.revoked_at, now())
  where k.id = revoke_api_key.id and k.organization_id = app_private.current_org_id()
  returning * into revoked;
  if revoked.id is null then
    raise exception using errcode = 'DX404', message = 'There is no key by that id.';
  end if;
  return revoked;
end
$$;
grant execute on function app.revoke_api_key(uuid) to app_admin;
comment on function app.revoke_api_key(uuid) is E'@resultFieldName apiKey\nRevokes a key: it is refused from the next request on.';

-- section: use_api_key
set local role app_definer;
create or replace function app_private.use_api_key(hash bytea)
  returns table (id uuid, organization_id uuid, project_id uuid, role text, scopes text[])
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  key app.api_keys;
begin
  select k.* into key from app_private.api_key_hashes as h join app.api_keys as k on k.id = h.api_key_id
  where h.hash = use_api_key.hash and k.revoked_at is null and k.expires_at > now();
  if key.id is null then
    return;
  end if;
  -- Once a minute at most, and never waiting for another that writes it.
  if key.last_used_at is null or key.last_used_at < now() - interval '1 minute' then
    update app.api_keys as k set last_used_at = now()
    where k.id = (select l.id from app.api_keys as l where l.id = key.id for no key update skip locked)
      and (k.last_used_at is null or k.last_used_at < now() - interval '1 minute');
  end if;
  return query select key.id, key.organization_id, key.project_id, key.role::text, key.scopes;
end
$$;
grant execute on function app_private.use_api_key(bytea) to app_user;
comment on function app_private.use_api_key(bytea) is 'What a key that holds may do, by its hash; notes, to the minute, that it was used. No row where there is none.';

-- section: current_permissions
create or replace function app.current_permissions() returns text[]
  language sql stable
  begin atomic select array(select unnest(app_private.current_permissions()) order by 1); end;
grant execute on function app.current_permissions() to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
comment on function app.current_permissions() is E'@behavior -*\nWhat you may do, within your base role.';
