-- Whom a design is shared with.
--
--               admin developer            engineer             auditor             analyst member ci
-- design_shares RCUD  RCUD (shares bound)  RCUD (shares bound)  R, private ones too -       R own  -
--
-- own: what is shared with oneself. Seen by who may edit the design and by whom it is shared with; made, changed and taken away by
-- its creator and by admins. A share that has expired gives nothing, and its person does not see it either.

-- section: check_share
set local role app_definer;
create or replace function check_share() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  -- The policy refuses it; nothing is said of what is not the caller's to share.
  if not new.design_id = any (coalesce(own_design_ids(), '{}')) then
    return new;
  end if;
  if new.shared_with = app_private.current_user_id() then
    raise exception using errcode = 'DX400', column = 'shared_with_id', message = 'You cannot share a design with yourself.';
  end if;
  if exists (select from designs as d where d.organization_id = new.organization_id and d.id = new.design_id and d.creator_id = new.shared_with) then
    raise exception using errcode = 'DX400', column = 'shared_with_id', message = 'A design is its creator''s anyway: share it with somebody else.';
  end if;
  if exists (select from people as p where p.organization_id = new.organization_id and p.id = new.shared_with and p.removed_at is not null) then
    raise exception using errcode = 'DX400', column = 'shared_with_id', message = 'Who has left the organization cannot be shared with.';
  end if;
  if new.expires_at <= now() then
    raise exception using errcode = 'DX400', column = 'expires_at', message = 'A share expires in the future, or never.';
  end if;
  return new;
end
$$;
grant execute on function check_share() to app_owner;
comment on function check_share() is 'Trigger: a share is with somebody else than who has the design anyway, and gives something (DX400).';

-- section: design_shares
call app_private.close_tenant_table('design_shares', 'designs:read', 'designs:share');
create policy read on design_shares for select to app_admin using (true);
create policy read_visible on design_shares for select to app_auditor using (design_id = any ((select visible_design_ids())::uuid[]));
create policy read_editable on design_shares for select to app_developer, app_engineer
  using (design_id = any ((select editable_design_ids())::uuid[]));
create policy read_own on design_shares for select to app_developer, app_engineer, app_member
  using (shared_with = (select app_private.current_user_id()) and (expires_at is null or expires_at > now())
    and design_id = any ((select visible_design_ids())::uuid[]));
create policy make on design_shares for insert to app_admin with check (true);
create policy make_own on design_shares for insert to app_developer, app_engineer
  with check (design_id = any ((select own_design_ids())::uuid[]));
create policy change on design_shares for update to app_admin using (true) with check (true);
create policy change_own on design_shares for update to app_developer, app_engineer
  using (design_id = any ((select own_design_ids())::uuid[])) with check (design_id = any ((select own_design_ids())::uuid[]));
create policy remove on design_shares for delete to app_admin using (true);
create policy remove_own on design_shares for delete to app_developer, app_engineer
  using (design_id = any ((select own_design_ids())::uuid[]));
comment on policy read_visible on design_shares is 'The caller may see the design.';
comment on policy read_editable on design_shares is 'The caller may edit the design.';
comment on policy read_own on design_shares is 'The design is shared with the caller, and the share lasts.';
comment on policy make_own on design_shares is 'The caller has made the design.';
comment on policy change_own on design_shares is 'The caller has made the design.';
comment on policy remove_own on design_shares is 'The caller has made the design.';
grant select on design_shares to app_admin, app_developer, app_engineer, app_auditor, app_member;
grant insert (design_id, shared_with, permission, expires_at) on design_shares to app_admin, app_developer, app_engineer;
grant update (permission, expires_at, version) on design_shares to app_admin, app_developer, app_engineer;
grant delete on design_shares to app_admin, app_developer, app_engineer;
create or replace trigger _200_version before update on design_shares for each row execute function app_private.raise_version();
create or replace trigger _300_share before insert on design_shares for each row execute function check_share();
call app_private.audit_table('design_shares');
call app_private.notify_people('design_shares', 'shared_with', 'design_shared', 'A design was shared with you', 'Design', target_column => 'design_id');
comment on table design_shares is 'That a design is shared with a person.';
comment on column design_shares.design_id is 'The design.';
comment on column design_shares.shared_with is E'@name shared_with_id\nThe person.';
comment on column design_shares.permission is 'What it allows: to see the design, to comment on it as well, or to edit it as well. It gives nobody more than their role may: members only see.';
comment on column design_shares.expires_at is 'From when on it gives nothing; empty where it lasts.';
comment on constraint design_shares_shared_with_key on design_shares is E'@behavior -*\nThe design is shared with this person already: change that share.';
comment on constraint design_shares_design_id_fkey on design_shares is E'@foreignFieldName shares';
comment on constraint design_shares_shared_with_fkey on design_shares is E'@fieldName sharedWith\n@foreignFieldName designShares';
