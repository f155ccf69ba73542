-- Sessions, invitations and API keys: what can be seen of them. Their secrets are hashes in app_private. They are made,
-- ended and revoked by functions (80_sign_in.sql, 85_members.sql), which say what is wrong and leave nothing half done.

-- section: sessions
--          admin developer engineer auditor analyst member ci
-- sessions R     R own     R own    R own   R own   R own  -
call app_private.close_table('sessions');
create policy tenant on sessions as restrictive
  using (current_user = 'app_definer' or organization_id = (select app_private.current_org_id()));
create policy read on sessions for select to app_admin
  using (organization_id = (select app_private.current_org_id())
    and (user_id = (select app_private.current_user_id()) or (select app_private.has_permission('members:write'))));
create policy read_own on sessions for select to app_developer, app_engineer, app_auditor, app_analyst, app_member
  using (organization_id = (select app_private.current_org_id()) and user_id = (select app_private.current_user_id()));
grant select on sessions to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
call app_private.audit_table('sessions', personal => 'ip_address,user_agent', ignored => 'last_seen_at', is_platform => true);
comment on table sessions is E'@behavior -insert -update -delete\nThat a person has signed in somewhere, until they sign out, the session expires or it is revoked.';
comment on column sessions.organization_id is E'@behavior -*\nThe organization that was signed in to.';
comment on column sessions.user_id is 'The person.';
comment on column sessions.expires_at is 'When it ends by itself.';
comment on column sessions.last_seen_at is 'When it was last refreshed.';
comment on column sessions.ip_address is 'Where it was last refreshed from.';
comment on column sessions.user_agent is 'The program that last refreshed it.';
comment on column sessions.revoked_at is 'When it was ended; empty while it lasts.';
call app_private.comment_conventions('sessions');

-- section: invitations
--             admin developer engineer auditor analyst member ci
-- invitations R D   R         R        R       -       -      -    (made by invite_member)
call app_private.close_table('invitations');
create policy tenant on invitations as restrictive
  using (current_user = 'app_definer' or organization_id = (select app_private.current_org_id()));
create policy read on invitations for select to app_admin, app_developer, app_engineer, app_auditor
  using (organization_id = (select app_private.current_org_id()));
create policy remove on invitations for delete to app_admin using ((select app_private.has_permission('members:write')));
grant select on invitations to app_admin, app_developer, app_engineer, app_auditor;
grant delete on invitations to app_admin;
create or replace trigger _100_encrypt before insert or update of email on invitations
  for each row execute function app_private.encrypt_columns('email');
call app_private.audit_table('invitations', sensitive => 'email', is_platform => true);
comment on table invitations is 'That someone may become a member of the organization; deleting it takes it back.';
comment on column invitations.organization_id is E'@behavior -*\nThe organization.';
comment on column invitations.email is E'@behavior -*\nThe e-mail address of who is invited.';
comment on column invitations.role_id is 'What they will be.';
comment on column invitations.expires_at is 'Until when it can be accepted.';
comment on column invitations.accepted_at is 'When it was accepted; empty until then.';
comment on column invitations.invited_by is 'Who invited them.';
comment on constraint invitations_invited_by_fkey on invitations is E'@fieldName inviter\n@foreignFieldName sentInvitations';
comment on constraint invitations_email_check on invitations is 'A sensitive value is stored encrypted.';
call app_private.comment_conventions('invitations');

-- section: invitations_email
set local role app_definer;
create or replace function invitations_email(invitation invitations) returns text
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  return app_private.reveal_email(invitation.email, invitation.organization_id, 'invitations.email',
    app_private.masking_mode(invitation.organization_id, 'invitations', 'email', app_private.current_base_role()));
end
$$;
grant execute on function invitations_email(invitations) to app_admin, app_developer, app_engineer, app_auditor;
comment on function invitations_email(invitations) is
  E'@behavior -filterBy -orderBy -aggregate\nThe e-mail address of who is invited: in full for admins, else masked.';

-- section: scopes_are_permissions
set local role app_definer;
-- An unknown scope would be silently nothing. And nobody gives what they have not themselves. The role is the row's own, or
-- else the trigger's argument.
create or replace function app_private.check_credential() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  role_name text := coalesce(to_jsonb(new) ->> 'role', tg_argv[0]);
  scope text;
  allowed text[];
  known boolean;
begin
  select array_agg(p.permission) into allowed
  from app.roles as r join app.role_permissions as p on p.role_id = r.id
  where r.organization_id is null and r.name = role_name;
  foreach scope in array new.scopes loop
    if not scope = any (allowed) then
      raise exception using errcode = 'DX400', column = 'scopes',
        message = format('"%s" is not a permission of the role %s: its scopes may be %s.', left(scope, 100), role_name, array_to_string(allowed, ', '));
    end if;
  end loop;
  if not (case when new.scopes = '{}' then allowed else new.scopes end) <@ app_private.current_permissions() then
    raise exception using errcode = '42501', message = 'a credential would have more permissions than who makes it';
  end if;
  if new.project_id is not null then
    execute format('select exists (select from %I.projects where organization_id = $1 and id = $2)', app_private.home_of(new.organization_id))
    into known using new.organization_id, new.project_id;
    if not known then
      raise exception using errcode = 'DX400', column = 'project_id', message = 'The projectId names nothing that exists.';
    end if;
  end if;
  return new;
end
$$;
grant execute on function app_private.check_credential() to app_owner;
comment on function app_private.check_credential() is
  'Trigger: the project of a credential exists, its scopes are permissions of its role, and who makes it has them all.';

-- section: api_keys
--          admin developer engineer auditor analyst member ci
-- api_keys RUD   R         R        R       -       -      -    (made by create_api_key)
call app_private.close_table('api_keys');
create policy tenant on api_keys as restrictive
  using (current_user = 'app_definer' or organization_id = (select app_private.current_org_id()));
create policy read on api_keys for select to app_admin, app_developer, app_engineer, app_auditor
  using (organization_id = (select app_private.current_org_id()));
create policy change on api_keys for update to app_admin
  using ((select app_private.has_permission('credentials:write'))) with check (true);
create policy remove on api_keys for delete to app_admin using ((select app_private.has_permission('credentials:write')));
grant select on api_keys to app_admin, app_developer, app_engineer, app_auditor;
grant update (name) on api_keys to app_admin;
grant delete on api_keys to app_admin;
create or replace trigger _100_check before insert on api_keys for each row execute function app_private.check_credential();
call app_private.audit_table('api_keys', ignored => 'last_used_at', is_platform => true);
comment on table api_keys is 'A key by which a program uses the API, until it expires or is revoked. The key itself is shown once, when it is made.';
comment on column api_keys.organization_id is E'@behavior -*\nThe organization.';
comment on column api_keys.project_id is 'The one project that it is for; every project, if it is empty.';
comment on column api_keys.name is 'What it is for; unique in the organization.';
comment on column api_keys.prefix is 'How the key begins, to recognise it by.';
comment on column api_keys.role is 'The role that it has.';
comment on column api_keys.scopes is 'The permissions of its role that it is narrowed to; all of them, if it is empty.';
comment on column api_keys.expires_at is 'When it ends by itself.';
comment on column api_keys.last_used_at is 'When it was last used, to the minute.';
comment on column api_keys.revoked_at is 'When it was revoked; empty while it holds.';
comment on column api_keys.created_by is 'Who made it.';
comment on constraint api_keys_created_by_fkey on api_keys is E'@fieldName creator\n@foreignFieldName createdApiKeys';
comment on constraint api_keys_name_key on api_keys is 'There is a key of this name already.';
comment on constraint api_keys_name_check on api_keys is 'The name of a key has 1 to 200 characters.';
comment on constraint api_keys_scopes_check on api_keys is 'A key has at most 50 scopes.';
call app_private.comment_conventions('api_keys');
