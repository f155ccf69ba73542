-- How people sign in. The functions that app_user calls are each one transaction: a failed attempt must stay counted, and no
-- transaction is held while a password is hashed. Nothing here sees a password: hashes are made and compared by the API
-- (src/auth/passwords.ts), tokens arrive as their SHA-256.

-- section: throttle
set local role app_definer;
-- An attempt counts before it is made, so that many at once are counted as well; a success takes it back. What is free is
-- free; from then on each attempt closes the door for 15 seconds, then for twice as long each time, up to 15 minutes. A day without attempts forgets them.
create or replace function app_private.throttle(kind text, key text, free integer) returns integer
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  found record;
  made integer;
begin
  insert into app_private.login_throttles (kind, key, attempts) values (throttle.kind, throttle.key, 0) on conflict do nothing;
  select t.attempts, t.last_attempt_at, t.locked_until into found
  from app_private.login_throttles as t where t.kind = throttle.kind and t.key = throttle.key for update;
  if found.locked_until > clock_timestamp() then
    return ceil(extract(epoch from found.locked_until - clock_timestamp()));
  end if;
  made := case when found.last_attempt_at < clock_timestamp() - interval '1 day' then 1 else found.attempts + 1 end;
  update app_private.login_throttles as t
  set attempts = made, last_attempt_at = clock_timestamp(),
    locked_until = case when made < free then '-infinity'
      else clock_timestamp() + least(15 * 2 ^ least(made - free, 20), 900) * interval '1 second' end
  where t.kind = throttle.kind and t.key = throttle.key;
  return 0;
end
$$;
comment on function app_private.throttle(text, text, integer) is
  'Counts an attempt; 0 where it may be made, else for how many seconds none may.';

-- section: throttle_address
set local role app_definer;
create or replace function app_private.throttle_address(address text, free integer) returns integer
  language sql volatile
  set search_path = pg_catalog, pg_temp
  -- Who has one address of IPv6 has 2^64 of them.
  return app_private.throttle('address', coalesce(case when family(address::inet) = 6
    then host(set_masklen(address::cidr, 64)) else address end, ''), free);
comment on function app_private.throttle_address(text, integer) is 'throttle, for a network address.';

-- section: forgive
set local role app_definer;
create or replace function app_private.forgive(account text, address text) returns void
  language sql volatile
  set search_path = pg_catalog, pg_temp
  begin atomic
    -- In the order in which attempts are counted: the address, then the account.
    update app_private.login_throttles as t
    set attempts = greatest(t.attempts - 1, 0)
    where t.kind = 'address' and t.key = case when family(address::inet) = 6 then host(set_masklen(address::cidr, 64)) else address end;
    delete from app_private.login_throttles as t where t.kind = 'account' and t.key = account;
    -- What has been quiet for a day no longer counts.
    delete from app_private.login_throttles as t
    where (t.kind, t.key) in (
      select old.kind, old.key from app_private.login_throttles as old
      where old.last_attempt_at < now() - interval '1 day' for update skip locked);
  end;
comment on function app_private.forgive(text, text) is 'Takes back what a successful attempt has counted.';

-- section: start_session
set local role app_definer;
create or replace function app_private.start_session(
  user_id uuid, organization uuid, refresh_hash bytea, days integer, request_id text, ip_address text, user_agent text
) returns uuid
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  home text;
  region text;
  session uuid;
begin
  select app_private.home_schema(o.slug, o.isolation), o.primary_region into home, region from app.organizations as o where o.id = organization;
  perform app_private.set_identity(organization::text, '', user_id::text, '', '', home, region, '', 'user:' || user_id, request_id,
    ip_address, user_agent, '');
  insert into app.sessions (organization_id, user_id, expires_at, ip_address, user_agent)
  values (organization, start_session.user_id, now() + make_interval(days => days), start_session.ip_address::inet, start_session.user_agent)
  returning id into session;
  insert into app_private.refresh_tokens (token_hash, session_id) values (refresh_hash, session);
  update app.users as u set last_login_at = now() where u.id = start_session.user_id;
  return session;
end
$$;
comment on function app_private.start_session(uuid, uuid, bytea, integer, text, text, text) is
  'Makes a session with its first refresh token; audited as the person''s own act.';

-- section: session_of
set local role app_definer;
create or replace function app_private.session_of(session uuid)
  returns table (session_id uuid, user_id uuid, organization_id uuid, organization_slug text, base_role text, expires_at timestamptz)
  language sql stable
  set search_path = pg_catalog, pg_temp
  begin atomic
    select s.id, s.user_id, s.organization_id, o.slug, r.base_role::text, s.expires_at
    from app.sessions as s
    join app.organizations as o on o.id = s.organization_id
    join app.users as u on u.id = s.user_id
    join app.organization_members as m on m.organization_id = s.organization_id and m.user_id = s.user_id
    join app.roles as r on r.id = m.role_id
    where s.id = session and s.revoked_at is null and s.expires_at > now() and m.removed_at is null and u.is_active
      and u.deleted_at is null and o.deleted_at is null and o.provisioning_state = 'ready';
  end;
comment on function app_private.session_of(uuid) is 'What a session''s tokens say; no row where it, its user or the membership no longer stands.';

-- section: begin_sign_in
set local role app_definer;
create or replace function app_private.begin_sign_in(email text, address text, per_account integer, per_address integer, keys text)
  returns table (wait integer, account text, user_id uuid, hash text)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  perform set_config('app.keys', keys, true);
  account := encode(app_private.email_digest(email), 'hex');
  wait := greatest(app_private.throttle_address(address, per_address), app_private.throttle('account', account, per_account));
  if wait = 0 then
    select u.id, p.hash into begin_sign_in.user_id, begin_sign_in.hash
    from app.users as u left join app_private.passwords as p on p.user_id = u.id
    where u.email_digest = decode(account, 'hex');
  end if;
  return next;
end
$$;
grant execute on function app_private.begin_sign_in(text, text, integer, integer, text) to app_user;
comment on function app_private.begin_sign_in(text, text, integer, integer, text) is
  'Counts an attempt to sign in and gives the hash to compare with; or, in seconds, how long to wait. The same for addresses that nobody has.';

-- section: finish_sign_in
set local role app_definer;
create or replace function app_private.finish_sign_in(
  account text, user_id uuid, verified boolean, organization text, refresh_hash bytea, days integer, request_id text, ip_address text, user_agent text
)
  returns table (session_id uuid, member_id uuid, organization_id uuid, organization_slug text, base_role text, expires_at timestamptz)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  chosen uuid;
  started uuid;
begin
  if verified then
    select m.organization_id into chosen
    from app.organization_members as m
    join app.organizations as o on o.id = m.organization_id
    join app.users as u on u.id = m.user_id
    where m.user_id = finish_sign_in.user_id and m.removed_at is null and u.is_active and u.deleted_at is null
      and o.provisioning_state = 'ready' and o.deleted_at is null and o.slug = coalesce(organization, o.slug)
    -- Where nobody says, the one that was used last.
    order by (select max(s.created_at) from app.sessions as s where s.user_id = m.user_id and s.organization_id = m.organization_id)
      desc nulls last, m.joined_at
    limit 1;
  end if;
  if chosen is null then
    insert into app_private.security_events (action, actor, target_type, target_id, details, ip_address)
    values ('sign_in_failed', 'anonymous', 'users', finish_sign_in.user_id::text, '{}', finish_sign_in.ip_address::inet);
    return;
  end if;
  perform app_private.forgive(account, ip_address);
  started := app_private.start_session(finish_sign_in.user_id, chosen, refresh_hash, days, request_id, ip_address, user_agent);
  return query select * from app_private.session_of(started);
end
$$;
grant execute on function app_private.finish_sign_in(text, uuid, boolean, text, bytea, integer, text, text, text) to app_user;
comment on function app_private.finish_sign_in(text, uuid, boolean, text, bytea, integer, text, text, text) is
  'Starts a session where the password was right and the person belongs to an organization (the one named, or the one used last); else records the failure and gives no row.';

-- section: refresh_session
set local role app_definer;
-- The reuse of a token that has been exchanged means that two parties have it: neither goes on.
create or replace function app_private.refresh_session(token_hash bytea, next_hash bytea, request_id text, ip_address text, user_agent text)
  returns table (session_id uuid, member_id uuid, organization_id uuid, organization_slug text, base_role text, expires_at timestamptz)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  token record;
  found record;
begin
  select t.session_id, t.used_at into token from app_private.refresh_tokens as t where t.token_hash = refresh_session.token_hash for update;
  if token.session_id is null then
    return;
  end if;
  select s.*, app_private.home_schema(o.slug, o.isolation) as home, o.primary_region as region into found
  from app.sessions as s join app.organizations as o on o.id = s.organization_id where s.id = token.session_id;
  perform app_private.set_identity(found.organization_id::text, '', found.user_id::text, found.id::text, '', found.home, found.region, '',
    'user:' || found.user_id, request_id, ip_address, user_agent, '');
  if token.used_at is not null then
    update app.sessions as s set revoked_at = now() where s.id = token.session_id and s.revoked_at is null;
    insert into app_private.security_events (action, actor, target_type, target_id, ip_address)
    values ('refresh_token_reused', 'user:' || found.user_id, 'sessions', found.id::text, refresh_session.ip_address::inet);
    return;
  end if;
  if not exists (select from app_private.session_of(token.session_id)) then
    return;
  end if;
  update app_private.refresh_tokens as t set used_at = now() where t.token_hash = refresh_session.token_hash;
  insert into app_private.refresh_tokens (token_hash, session_id) values (next_hash, token.session_id);
  update app.sessions as s
  set last_seen_at = now(), ip_address = refresh_session.ip_address::inet, user_agent = refresh_session.user_agent
  where s.id = token.session_id;
  return query select * from app_private.session_of(token.session_id);
end
$$;
grant execute on function app_private.refresh_session(bytea, bytea, text, text, text) to app_user;
comment on function app_private.refresh_session(bytea, bytea, text, text, text) is
  'Exchanges a refresh token for the next; no row where it is unknown or its session has ended. A token that was exchanged before ends the session.';

-- section: switch_organization
set local role app_definer;
create or replace function app_private.switch_organization(
  organization text, refresh_hash bytea, days integer, request_id text, ip_address text, user_agent text
)
  returns table (session_id uuid, member_id uuid, organization_id uuid, organization_slug text, base_role text, expires_at timestamptz)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  member uuid := app_private.current_user_id();
  chosen uuid;
  started uuid;
begin
  select m.organization_id into chosen
  from app.organization_members as m join app.organizations as o on o.id = m.organization_id
  where m.user_id = member and m.removed_at is null and o.slug = organization and o.provisioning_state = 'ready' and o.deleted_at is null
    and app_private.current_session_id() is not null;
  if chosen is null then
    return;
  end if;
  started := app_private.start_session(member, chosen, refresh_hash, days, request_id, ip_address, user_agent);
  return query select * from app_private.session_of(started);
end
$$;
grant execute on function app_private.switch_organization(text, bytea, integer, text, text, text) to app_user;
comment on function app_private.switch_organization(text, bytea, integer, text, text, text) is
  'Starts a session of the caller, who has one, in another organization of theirs; no row where there is none.';

-- section: end_sessions
set local role app_definer;
-- Each organization's trail records its own sessions, under its own identity, which is put back afterwards.
create or replace function app_private.end_sessions(member uuid, kept_session uuid) returns integer
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
declare
  organization text := current_setting('app.organization_id', true);
  home text := current_setting('app.home', true);
  region text := current_setting('app.region', true);
  place record;
  ended integer := 0;
  here integer;
begin
  for place in
    select distinct s.organization_id as id, app_private.home_schema(o.slug, o.isolation) as home, o.primary_region as region
    from app.sessions as s join app.organizations as o on o.id = s.organization_id
    where s.user_id = member and s.revoked_at is null and s.id is distinct from kept_session
    order by 1
  loop
    perform set_config('app.organization_id', place.id::text, true), set_config('app.home', place.home, true),
      set_config('app.region', place.region, true);
    update app.sessions as s set revoked_at = now()
    where s.user_id = member and s.organization_id = place.id and s.revoked_at is null and s.id is distinct from kept_session;
    get diagnostics here = row_count;
    ended := ended + here;
  end loop;
  perform set_config('app.organization_id', coalesce(organization, ''), true), set_config('app.home', coalesce(home, ''), true),
    set_config('app.region', coalesce(region, ''), true);
  return ended;
end
$$;
comment on function app_private.end_sessions(uuid, uuid) is 'Ends all sessions of a person but one, in every organization; gives how many.';

-- section: throttle_token
set local role app_definer;
create or replace function app_private.begin_token(address text, per_address integer) returns integer
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
  return app_private.throttle_address(address, per_address);
grant execute on function app_private.begin_token(text, integer) to app_user;
comment on function app_private.begin_token(text, integer) is
  'Counts an attempt to use a token that was handed to a person; 0, or how many seconds to wait.';

-- section: sign_out
set local role app_definer;
create or replace function app.sign_out() returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  update app.sessions as s set revoked_at = now() where s.id = app_private.current_session_id() and s.revoked_at is null;
  return found;
end
$$;
grant execute on function app.sign_out() to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
comment on function app.sign_out() is E'@resultFieldName signedOut\nEnds the session that the request came with.';

-- section: sign_out_everywhere
set local role app_definer;
create or replace function app.sign_out_everywhere() returns integer
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  if app_private.current_session_id() is null then
    raise exception using errcode = '42501', message = 'only a session ends sessions';
  end if;
  return app_private.end_sessions(app_private.current_user_id(), null);
end
$$;
grant execute on function app.sign_out_everywhere() to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
comment on function app.sign_out_everywhere() is E'@resultFieldName endedSessions\nEnds every session of yours, in every organization; gives how many there were.';

-- section: revoke_session
set local role app_definer;
create or replace function app.revoke_session(id uuid) returns sessions
  language plpgsql volatile strict security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  ended app.sessions;
begin
  update app.sessions as s set revoked_at = coalesce(s.revoked_at, now())
  where s.id = revoke_session.id and s.organization_id = app_private.current_org_id()
    and (s.user_id = app_private.current_user_id()
      or app_private.current_base_role() = 'admin' and app_private.has_permission('members:write'))
  returning * into ended;
  if ended.id is null then
    raise exception using errcode = 'DX404', message = 'There is no session by that id that you may end.';
  end if;
  return ended;
end
$$;
grant execute on function app.revoke_session(uuid) to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
comment on function app.revoke_session(uuid) is E'@resultFieldName session\nEnds a session of yours; an administrator any of the organization.';
