-- What people are told. Written by the triggers of app_private.notify_people (platform/53) and by notify_admins only.
--
--               admin developer engineer auditor analyst member ci
-- notifications R U   R U       R U      R U     R U     R U    -    (own; U: that they were read)

-- section: keep_read_at
create or replace function app_private.keep_read_at() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- When it was first read, by the database's clock.
  new.read_at := case when new.read_at is not null then coalesce(old.read_at, now()) end;
  return new;
end
$$;
comment on function app_private.keep_read_at() is 'Trigger: a notification is read when it is first said to be, and unread again when nothing is said.';

-- section: notifications
call app_private.close_tenant_table('notifications');
create policy read_own on notifications for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member
  using (user_id = (select app_private.current_user_id()));
create policy change_own on notifications for update to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member
  using (user_id = (select app_private.current_user_id())) with check (user_id = (select app_private.current_user_id()));
comment on policy read_own on notifications is 'The notification is the caller''s own.';
comment on policy change_own on notifications is 'The notification is the caller''s own.';
grant select on notifications to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
-- No insert grant: nobody notifies anybody but by what they do.
grant update (read_at) on notifications to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
create or replace trigger _200_read_at before update on notifications for each row execute function app_private.keep_read_at();
call app_private.follow_table('notifications', 'notification_received', user_column => 'user_id');
-- Not audited: what it tells of is, and who has read it is nobody's affair.
comment on table notifications is E'@behavior -update\nSomething that you are told. Everyone sees their own only.';
comment on column notifications.user_id is 'Who is told.';
comment on column notifications.kind is 'Why.';
comment on column notifications.title is 'What it is, in one line.';
comment on column notifications.body is 'What it is about: the title of the defect or of the request, for example.';
comment on column notifications.target_type is 'The type of what it is about, as GraphQL calls it.';
comment on column notifications.target_id is 'What it is about.';
comment on column notifications.read_at is 'When you read it; empty while it is unread.';
comment on constraint notifications_title_check on notifications is 'The title of a notification has 1 to 300 characters.';
comment on constraint notifications_body_check on notifications is 'The body of a notification has at most 2,000 characters.';
comment on constraint notifications_target_check on notifications is 'What it is about has a type and an id, or neither.';
comment on constraint notifications_user_id_fkey on notifications is E'@fieldName user\n@foreignFieldName notifications';

-- section: mark_notifications_read
-- Not a definer: the caller's own policies say which those are.
create or replace function mark_notifications_read(ids uuid[] default null) returns integer
  language plpgsql volatile
  set search_path from current
as $$
declare
  marked integer;
begin
  if cardinality(mark_notifications_read.ids) > 1000 then
    raise exception using errcode = 'DX400', column = 'ids', message = 'At most 1000 notifications are named at once.';
  end if;
  update notifications as n set read_at = now()
  where n.read_at is null and (mark_notifications_read.ids is null or n.id = any (mark_notifications_read.ids));
  get diagnostics marked = row_count;
  return marked;
end
$$;
grant execute on function mark_notifications_read(uuid[]) to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
comment on function mark_notifications_read(uuid[]) is E'@resultFieldName marked\nSays that you have read notifications: those named, or all where none are named.';

-- section: notify_admins
set local role app_definer;
create or replace function notify_admins(kind text, title text, body text, target_type text default null, target_id uuid default null) returns void
  language sql volatile security definer
  set search_path from current
  begin atomic
    insert into notifications (organization_id, user_id, kind, title, body, target_type, target_id)
    select m.organization_id, m.user_id, notify_admins.kind, notify_admins.title, left(notify_admins.body, 2000), notify_admins.target_type, notify_admins.target_id
    from app.organization_members as m
    join app.roles as r on r.id = m.role_id
    join app.users as u on u.id = m.user_id
    join people as p on p.organization_id = m.organization_id and p.id = m.user_id
    where m.organization_id = app_private.current_org_id(current_schema()) and m.removed_at is null and r.base_role = 'admin' and u.is_active and u.deleted_at is null
    order by m.user_id;
  end;
comment on function notify_admins(text, text, text, text, uuid) is E'@behavior -*\nTells every administrator of the organization that is worked for.';
