-- How a password is changed, and set anew by who has forgotten it: of hashes only, as in 80_sign_in.sql.

-- section: begin_password_change
set local role app_definer;
create or replace function app_private.begin_password_change(per_account integer)
  returns table (wait integer, hash text)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  member uuid := app_private.current_user_id();
begin
  -- Only who has signed in with a password has one to change.
  if member is null or app_private.current_session_id() is null then
    raise exception using errcode = '42501', message = 'only a session changes a password';
  end if;
  wait := app_private.throttle('account', member::text, per_account);
  if wait = 0 then
    select p.hash into begin_password_change.hash from app_private.passwords as p where p.user_id = member;
  end if;
  return next;
end
$$;
grant execute on function app_private.begin_password_change(integer) to app_user;
comment on function app_private.begin_password_change(integer) is
  'Counts an attempt to change one''s own password and gives the hash of the present one; or, in seconds, how long to wait.';

-- section: change_password
set local role app_definer;
create or replace function app_private.change_password(new_hash text) returns void
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  member uuid := app_private.current_user_id();
begin
  if member is null or app_private.current_session_id() is null then
    raise exception using errcode = '42501', message = 'only a session changes a password';
  end if;
  perform app_private.set_password(member, new_hash, app_private.current_session_id());
  perform app_private.forgive(member::text, null);
end
$$;
grant execute on function app_private.change_password(text) to app_user;
comment on function app_private.change_password(text) is 'Keeps the hash of the caller''s new password and ends all of their other sessions.';

-- section: set_password
set local role app_definer;
create or replace function app_private.set_password(member uuid, new_hash text, kept_session uuid) returns void
  language plpgsql volatile
  set search_path = pg_catalog, pg_temp
as $$
begin
  insert into app_private.passwords as p (user_id, hash) values (member, new_hash)
  on conflict (user_id) do update set hash = excluded.hash, updated_at = now();
  delete from app_private.password_resets as r where r.user_id = member;
  perform app_private.end_sessions(member, kept_session);
end
$$;
comment on function app_private.set_password(uuid, text, uuid) is 'Keeps the hash of a person''s password and ends all sessions but one.';

-- section: password_resets
set local role app_definer;
create or replace function app_private.issue_password_reset(email text, token_hash bytea, hours integer, keys text) returns uuid
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  member uuid;
begin
  perform set_config('app.keys', keys, true);
  select u.id into member from app.users as u where u.email_digest = app_private.email_digest(issue_password_reset.email) and u.deleted_at is null;
  if member is not null then
    delete from app_private.password_resets as r where r.user_id = member or r.expires_at < now();
    insert into app_private.password_resets (token_hash, user_id, expires_at)
    values (issue_password_reset.token_hash, member, now() + make_interval(hours => hours));
    insert into app_private.security_events (action, actor, target_type, target_id)
    values ('password_reset_issued', session_user, 'users', member::text);
  end if;
  return member;
end
$$;
grant execute on function app_private.issue_password_reset(text, bytea, integer, text) to app_owner;
comment on function app_private.issue_password_reset(text, bytea, integer, text) is
  'Lets whoever has a token set a person''s password, once; the user, or null where there is none. For the operator.';

-- section: reset_password
set local role app_definer;
create or replace function app_private.reset_password(token_hash bytea, new_hash text) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  member uuid;
begin
  delete from app_private.password_resets as r
  where r.token_hash = reset_password.token_hash and r.expires_at > now()
  returning r.user_id into member;
  if member is null then
    return false;
  end if;
  perform app_private.set_password(member, new_hash, null);
  return true;
end
$$;
grant execute on function app_private.reset_password(bytea, text) to app_user;
comment on function app_private.reset_password(bytea, text) is 'Sets a password by a token that the operator issued, once; ends every session of the person.';
