-- What people say of a design.
--
--                 admin developer          engineer           auditor             analyst member   ci
-- comments        RCU   RCU (shares bound) RCU (shares bound) R, private ones too -       R shared R (its project's)
-- delete_comment  yes   its author         its author         -                   -       -        -
-- restore_comment yes   its author         its author         -                   -       -        -
--
-- Made by who may comment on the design, in their own name. What it says is changed by its author alone; moved and resolved it is by its
-- author and by who may edit the design. Threads are one level deep. Of a deleted one the answers stay: their parent is there for admins alone.

-- section: check_answer
-- Not a definer: what is answered is what the caller sees.
create or replace function check_answer() returns trigger
  language plpgsql
  set search_path from current
as $$
declare
  answered record;
begin
  select c.parent_id into answered
  from comments as c
  where c.organization_id = new.organization_id and c.design_id = new.design_id and c.id = new.parent_id and c.deleted_at is null;
  if not found then
    raise exception using errcode = 'DX400', column = 'parent_id', message = 'The parentId names no comment of this design.';
  end if;
  if answered.parent_id is not null then
    raise exception using errcode = 'DX400', column = 'parent_id',
      message = 'An answer is not answered itself: name the first comment of the thread as parentId.';
  end if;
  return new;
end
$$;
comment on function check_answer() is 'Trigger: an answer is to the first comment of a thread of the same design (DX400).';

-- section: keep_words
set local role app_definer;
create or replace function app_private.keep_words() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- Without a role it is no request.
  if app_private.current_base_role() is not null and old.author_id is distinct from app_private.current_user_id() then
    raise exception using errcode = 'DX403', message = 'What a comment says is changed by its author alone.';
  end if;
  return new;
end
$$;
grant execute on function app_private.keep_words() to app_owner;
comment on function app_private.keep_words() is 'Trigger: nobody puts words into another''s mouth (DX403).';

-- section: comments
call app_private.close_tenant_table('comments', 'designs:read', 'designs:write');
create policy read on comments for select to app_admin using (true);
create policy read_visible on comments for select to app_developer, app_engineer, app_auditor, app_member, app_ci
  using (deleted_at is null and design_id = any ((select visible_design_ids())::uuid[]));
create policy make on comments for insert to app_admin with check (true);
create policy make_own on comments for insert to app_developer, app_engineer
  with check (author_id = (select app_private.current_user_id()) and design_id = any ((select commentable_design_ids())::uuid[]));
create policy change on comments for update to app_admin using (true) with check (true);
create policy change_own on comments for update to app_developer, app_engineer
  using (deleted_at is null and author_id = (select app_private.current_user_id()) and design_id = any ((select commentable_design_ids())::uuid[]));
create policy change_editable on comments for update to app_developer, app_engineer
  using (deleted_at is null and design_id = any ((select editable_design_ids())::uuid[]));
comment on policy read_visible on comments is 'The caller may see the design; the comment is not deleted.';
comment on policy make_own on comments is 'The caller, who is a person, comments in their own name on a design that they may comment on.';
comment on policy change_own on comments is 'The comment is the caller''s own, on a design that they may comment on.';
comment on policy change_editable on comments is 'The caller may edit the design.';
grant select on comments to app_admin, app_developer, app_engineer, app_auditor, app_member, app_ci;
-- No grant on the author: it is always the caller.
grant insert (design_id, parent_id, body, position) on comments to app_admin, app_developer, app_engineer;
grant update (body, position, resolved_at, version) on comments to app_admin, app_developer, app_engineer;
-- No delete grant: delete_comment sets deleted_at, and retention removes the row.
create or replace trigger _150_words before update of body on comments
  for each row when (new.body <> old.body) execute function app_private.keep_words();
create or replace trigger _200_version before update on comments for each row execute function app_private.raise_version();
create or replace trigger _300_answer before insert on comments
  for each row when (new.parent_id is not null) execute function check_answer();
call app_private.audit_table('comments', personal => 'body,position');
comment on table comments is 'What somebody says of a design, or answers to that.';
comment on column comments.design_id is 'The design.';
comment on column comments.author_id is 'Who says it: the caller.';
comment on column comments.parent_id is 'The first comment of the thread that it answers in; empty for the first one itself.';
comment on column comments.body is 'What is said; changed by its author alone.';
comment on column comments.position is 'Where on the canvas, a JSON object whose form is the frontend''s.';
comment on column comments.resolved_at is 'When the thread was settled; said of its first comment, by its author or by who may edit the design.';
comment on column comments.deleted_at is 'When it was deleted; only admins see those that are.';
comment on constraint comments_design_id_id_key on comments is E'@behavior -*';
comment on constraint comments_body_check on comments is 'A comment has 1 to 10,000 characters.';
comment on constraint comments_position_check on comments is 'The position is a JSON object of at most 1,000 bytes.';
comment on constraint comments_resolved_at_check on comments is 'A thread is resolved by its first comment.';
comment on constraint comments_design_id_fkey on comments is E'@foreignFieldName comments';
comment on constraint comments_parent_id_fkey on comments is E'@fieldName parent\n@foreignFieldName replies';
comment on constraint comments_author_id_fkey on comments is E'@fieldName author\n@foreignFieldName comments';

-- section: delete_comment
set local role app_definer;
create or replace function delete_comment(id uuid) returns uuid
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  deleted uuid;
begin
  perform app_private.require_permission('designs:write');
  update comments as c
  set deleted_at = now()
  where c.id = delete_comment.id and c.deleted_at is null and (app_private.current_base_role() = 'admin'
    or c.author_id = app_private.current_user_id() and c.design_id = any ((select visible_design_ids())::uuid[]))
  returning c.id into deleted;
  if deleted is null then
    raise exception using errcode = 'DX404', message = 'There is no such comment that you may delete.';
  end if;
  return deleted;
end
$$;
grant execute on function delete_comment(uuid) to app_admin, app_developer, app_engineer;
comment on function delete_comment(uuid) is E'@behavior -*\nDeletes a comment of the caller''s own, of admins any: it is gone for everyone but admins, and can be restored. Answers to it stay.';

-- section: restore_comment
set local role app_definer;
create or replace function restore_comment(id uuid) returns uuid
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  restored uuid;
begin
  perform app_private.require_permission('designs:write');
  update comments as c
  set deleted_at = null
  where c.id = restore_comment.id and c.deleted_at is not null and (app_private.current_base_role() = 'admin'
    or c.author_id = app_private.current_user_id() and c.design_id = any ((select visible_design_ids())::uuid[]))
  returning c.id into restored;
  if restored is null then
    raise exception using errcode = 'DX404', message = 'There is no such deleted comment that you may restore.';
  end if;
  return restored;
end
$$;
grant execute on function restore_comment(uuid) to app_admin, app_developer, app_engineer;
comment on function restore_comment(uuid) is E'@behavior -*\nBrings back a deleted comment of the caller''s own, of admins any.';
