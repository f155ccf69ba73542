-- Logins that read an organization by SQL: what `defectxray analytics` keeps of them. The roles themselves are made by the
-- operator, in the same transaction. For the operator (app_owner) only.

-- section: grant_sql_login
set local role app_definer;
-- The caller works for the organization (work_for), and has handed over the platform's key where a user is named.
create or replace function app_private.grant_sql_login(login text, base_role text, member_email text default null) returns boolean
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  organization uuid := app_private.current_org_id();
  holder uuid;
  member uuid;
begin
  if organization is null then
    raise exception using errcode = 'DX400', message = 'A login is made while working for an organization.';
  end if;
  if login !~ '^[a-z][a-z0-9_]{2,62}$' or login ~ '^(app|pg)_' then
    raise exception using errcode = 'DX400', message = format('The login "%s" must have 3 to 63 lower-case letters, digits or _, begin with a letter, and not with app_ or pg_.', login);
  end if;
  if base_role not in ('analyst', 'auditor') then
    raise exception using errcode = 'DX400', message = format('A login cannot be "%s": choose analyst or auditor, which only read.', base_role);
  end if;
  select p.organization_id into holder from app_private.sql_principals as p where p.login_role = login;
  if holder <> organization then
    raise exception using errcode = 'DX409', message = format('The login "%s" belongs to another organization: choose another name.', login);
  end if;
  if member_email is not null then
    select u.id into member from app.users as u where u.email_digest = app_private.email_digest(member_email);
    if member is null or not app_private.member_stands(organization, member, base_role) then
      raise exception using errcode = 'DX404', message = format('Nobody with the e-mail address "%s" is an active %s of the organization.', member_email, base_role);
    end if;
  end if;
  insert into app_private.sql_principals as p (login_role, organization_id, user_id, base_role)
  values (login, organization, member, grant_sql_login.base_role)
  on conflict (login_role) do update set user_id = excluded.user_id, base_role = excluded.base_role
  where (p.user_id, p.base_role) is distinct from (excluded.user_id, excluded.base_role);
  return holder is not null;
end
$$;
grant execute on function app_private.grant_sql_login(text, text, text) to app_owner;
comment on function app_private.grant_sql_login(text, text, text) is
  'Lets a login read the organization worked for, in a role that only reads, for itself or for a member; whether it could before.';

-- section: revoke_sql_login
set local role app_definer;
create or replace function app_private.revoke_sql_login(login text) returns boolean
  language sql volatile security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    delete from app_private.sql_principals where login_role = login returning true;
  end;
grant execute on function app_private.revoke_sql_login(text) to app_owner;
comment on function app_private.revoke_sql_login(text) is 'Ends what a login may read; null where it could read nothing.';

-- section: sql_logins
set local role app_definer;
create or replace function app_private.sql_logins()
  returns table (login text, organization text, base_role text, user_id uuid, user_name text)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select p.login_role::text, o.slug, p.base_role::text, p.user_id, u.name
    from app_private.sql_principals as p
    join app.organizations as o on o.id = p.organization_id
    left join app.users as u on u.id = p.user_id
    order by o.slug, p.login_role;
  end;
grant execute on function app_private.sql_logins() to app_owner;
comment on function app_private.sql_logins() is 'Which login reads which organization, as what and for whom.';
