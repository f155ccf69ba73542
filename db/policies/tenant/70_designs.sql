-- The designs themselves; who sees which, says 69_design_visibility.sql.
--
--                admin developer           engineer            auditor                analyst member   ci
-- designs        RCU   RCU (shares bound)  RCU (shares bound)  R, private ones too    -       R shared R (its project's)
-- delete_design  yes   its creator         its creator         -                      -       -        -
-- restore_design yes   its creator         its creator         -                      -       -        -
--
-- Deleting is a function, for the creator too (delete_design); no row is removed but by retention: no delete grant.

-- section: take_template
-- Not a definer: a template that the caller may not read is none.
create or replace function take_template() returns trigger
  language plpgsql
  set search_path from current
as $$
declare
  template record;
begin
  select t.canvas, t.cloud_provider into template
  from templates as t
  where t.organization_id = new.organization_id and t.id = new.template_id;
  if new.canvas = '{}' then
    new.canvas := coalesce(template.canvas, '{}');
  end if;
  new.cloud_provider := coalesce(new.cloud_provider, template.cloud_provider);
  return new;
end
$$;
comment on function take_template() is 'Trigger: a design without a canvas has that of the template that it is made from, and without a provider its provider.';

-- section: count_template_uses
set local role app_definer;
create or replace function count_template_uses() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  -- In the order of their ids: two that make designs from the same templates do not wait for each other.
  perform 1
  from templates as t
  where (t.organization_id, t.id) in (select n.organization_id, n.template_id from new_rows as n)
  order by t.id
  for no key update;
  update templates as t
  set usage_count = t.usage_count + n.uses
  from (select organization_id, template_id, count(*)::integer as uses from new_rows where template_id is not null group by 1, 2) as n
  where t.organization_id = n.organization_id and t.id = n.template_id;
  return null;
end
$$;
grant execute on function count_template_uses() to app_owner;
comment on function count_template_uses() is 'Trigger: counts the designs that a statement has made from each template.';

-- section: keep_visibility
set local role app_definer;
create or replace function app_private.keep_visibility() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- Without a role it is no request.
  if app_private.current_base_role() is not null and not (app_private.has_permission('designs:share')
    and (app_private.current_base_role() = 'admin' or old.creator_id is not distinct from app_private.current_user_id()))
  then
    raise exception using errcode = 'DX403', message = 'Who sees a design is for its creator and for admins to say.';
  end if;
  return new;
end
$$;
grant execute on function app_private.keep_visibility() to app_owner;
comment on function app_private.keep_visibility() is 'Trigger: who may edit a design may not show it to more people, unless they may share it (DX403).';

-- section: keep_project
set local role app_definer;
-- A project's builds see its designs, and with the scopes for it write their states.
create or replace function app_private.keep_project() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- Without a role it is no request.
  if app_private.current_base_role() is not null and app_private.current_base_role() <> 'admin'
    and old.creator_id is distinct from app_private.current_user_id()
  then
    raise exception using errcode = 'DX403', message = 'Which project a design is for is for its creator and for admins to say: the builds of the project see it.';
  end if;
  return new;
end
$$;
grant execute on function app_private.keep_project() to app_owner;
comment on function app_private.keep_project() is 'Trigger: who may edit a design may not show it to the builds of another project (DX403).';

-- section: mark_changelog
-- A trigger that names its column is called where the column is written, even with what it holds already.
create or replace function app_private.mark_changelog() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- What is not kept, as no canvas is changed with it, is refused as well.
  if length(new.changelog) > 2000 then
    raise exception using errcode = 'check_violation', schema = tg_table_schema, table = tg_table_name, constraint = 'designs_changelog_check';
  end if;
  new.changelog := E'\x01' || new.changelog;
  return new;
end
$$;
comment on function app_private.mark_changelog() is 'Trigger: tells a changelog that was written from one that was left, for keep_changelog.';

-- section: keep_changelog
create or replace function app_private.keep_changelog() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  new.changelog := case
    when new.canvas = old.canvas then old.changelog
    when new.changelog is distinct from old.changelog then substr(new.changelog, 2)
  end;
  return new;
end
$$;
comment on function app_private.keep_changelog() is
  'Trigger: the changelog is that of the last change of the canvas, and gone with the next one where none is given for it.';

-- section: record_design_version
set local role app_definer;
create or replace function record_design_version() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  -- The row of the design is locked by whoever changes it, so that numbers follow one another.
  insert into design_versions (organization_id, design_id, version_number, canvas, changelog, created_by)
  values (new.organization_id, new.id,
    coalesce((
      select max(v.version_number) from design_versions as v where v.organization_id = new.organization_id and v.design_id = new.id), 0) + 1,
    new.canvas, new.changelog, app_private.current_user_id());
  return null;
end
$$;
grant execute on function record_design_version() to app_owner;
comment on function record_design_version() is 'Trigger: keeps each canvas that a design has had, with who really drew it.';

-- section: designs
call app_private.close_tenant_table('designs', 'designs:read', 'designs:write');
create policy read on designs for select to app_admin using (true);
create policy read_all on designs for select to app_auditor using (deleted_at is null);
create policy read_shared on designs for select to app_developer, app_engineer, app_member
  using (deleted_at is null and (visibility = 'organization' or creator_id = (select app_private.current_user_id())
    or id = any ((select shared_design_ids('{view,comment,edit}'))::uuid[])));
create policy read_own_project on designs for select to app_ci
  using (deleted_at is null and project_id = any ((select current_project_ids())::uuid[]));
create policy make on designs for insert to app_admin
  with check (visibility = 'private' or (select app_private.has_permission('designs:share')));
create policy make_own on designs for insert to app_developer, app_engineer
  with check (creator_id = (select app_private.current_user_id())
    and (visibility = 'private' or (select app_private.has_permission('designs:share'))));
create policy change on designs for update to app_admin using (true) with check (true);
create policy change_shared on designs for update to app_developer, app_engineer
  using (deleted_at is null and (creator_id = (select app_private.current_user_id()) or id = any ((select shared_design_ids('{edit}'))::uuid[])))
  with check (deleted_at is null and (creator_id = (select app_private.current_user_id()) or id = any ((select shared_design_ids('{edit}'))::uuid[])));
comment on policy read_all on designs is 'The design is not deleted.';
comment on policy read_shared on designs is 'The design is the caller''s own, shared with them or visible to the organization; it is not deleted.';
comment on policy read_own_project on designs is 'The design belongs to a project that the credential is for; it is not deleted.';
comment on policy make on designs is 'The design is private, or the caller may share.';
comment on policy make_own on designs is 'The design is made by the caller, who is a person; it is private, or the caller may share.';
comment on policy change_shared on designs is 'The design is the caller''s own or shared with them to edit; it is not deleted.';
grant select on designs to app_admin, app_developer, app_engineer, app_auditor, app_member, app_ci;
grant insert (project_id, creator_id, template_id, name, description, cloud_provider, canvas, changelog, status, visibility)
  on designs to app_admin, app_developer, app_engineer;
grant update (project_id, creator_id, name, description, cloud_provider, canvas, changelog, status, visibility, version) on designs to app_admin;
grant update (project_id, name, description, cloud_provider, canvas, changelog, status, visibility, version)
  on designs to app_developer, app_engineer;
-- No delete grant: delete_design sets deleted_at, and retention removes the row.
create or replace trigger _150_visibility before update of visibility on designs
  for each row when (new.visibility <> old.visibility) execute function app_private.keep_visibility();
create or replace trigger _160_project before update of project_id on designs
  for each row when (new.project_id is distinct from old.project_id) execute function app_private.keep_project();
create or replace trigger _200_version before update on designs for each row execute function app_private.raise_version();
create or replace trigger _300_template before insert on designs
  for each row when (new.template_id is not null) execute function take_template();
create or replace trigger _310_changelog_given before update of changelog on designs
  for each row execute function app_private.mark_changelog();
create or replace trigger _320_changelog before update of canvas, changelog on designs
  for each row execute function app_private.keep_changelog();
create or replace trigger _400_first_version after insert on designs for each row execute function record_design_version();
create or replace trigger _400_version after update of canvas on designs
  for each row when (new.canvas <> old.canvas) execute function record_design_version();
create or replace trigger _410_template_uses after insert on designs referencing new table as new_rows
  for each statement execute function count_template_uses();
-- Who reads the trail is not whom a design is shared with: what it says stands as digests. Each canvas is in the versions.
call app_private.audit_table('designs', personal => 'name,description,canvas,changelog');
call app_private.follow_table('designs', 'design_changed', changed => '*');
comment on table designs is 'A drawing of infrastructure: private, shared with some people, or visible to the organization.';
comment on column designs.project_id is 'The project that it is for, if any; CI sees the designs of its project. Said by its creator and by admins.';
comment on column designs.creator_id is 'The person who made it: the caller, if nobody is named.';
comment on column designs.template_id is 'The template that it was made from, if any.';
comment on column designs.name is 'What it is called.';
comment on column designs.description is 'What it is.';
comment on column designs.cloud_provider is 'Whose cloud it is for; of a design from a template the template''s, if it is not said.';
comment on column designs.canvas is 'What is drawn, a JSON object whose form is the frontend''s; of a design from a template the template''s, if it is empty or not given. Each one is kept as a version.';
comment on column designs.changelog is 'What the last change of the canvas was about: give it with the canvas. It is kept with the version, and gone with the next change; without a change of the canvas it stays as it is.';
comment on column designs.status is 'Where it stands.';
comment on column designs.visibility is 'Who sees it beside whom it is shared with: its creator alone (private), or everyone. Said by its creator and by admins, with the permission designs:share.';
comment on column designs.deleted_at is 'When it was deleted; only admins see those that are.';
comment on constraint designs_name_check on designs is 'The name of a design has 1 to 200 characters.';
comment on constraint designs_description_check on designs is 'The description has at most 10,000 characters.';
comment on constraint designs_canvas_check on designs is 'The canvas is a JSON object of at most 1,000,000 bytes.';
comment on constraint designs_changelog_check on designs is 'The changelog has at most 2,000 characters.';
comment on constraint designs_creator_id_fkey on designs is E'@fieldName creator\n@foreignFieldName designs';
comment on constraint designs_template_id_fkey on designs is E'@fieldName template\n@foreignFieldName designs';

-- section: delete_design
set local role app_definer;
create or replace function delete_design(id uuid) returns uuid
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  deleted uuid;
begin
  perform app_private.require_permission('designs:write');
  update designs as d
  set deleted_at = now()
  where d.id = delete_design.id and d.deleted_at is null
    and (app_private.current_base_role() = 'admin' or d.creator_id = app_private.current_user_id())
  returning d.id into deleted;
  if deleted is null then
    raise exception using errcode = 'DX404', message = 'There is no such design that you may delete.';
  end if;
  return deleted;
end
$$;
grant execute on function delete_design(uuid) to app_admin, app_developer, app_engineer;
comment on function delete_design(uuid) is E'@behavior -*\nDeletes a design of the caller''s own, of admins any: it is gone for everyone but admins, and can be restored.';

-- section: restore_design
set local role app_definer;
create or replace function restore_design(id uuid) returns uuid
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  restored uuid;
begin
  perform app_private.require_permission('designs:write');
  update designs as d
  set deleted_at = null
  where d.id = restore_design.id and d.deleted_at is not null
    and (app_private.current_base_role() = 'admin' or d.creator_id = app_private.current_user_id())
  returning d.id into restored;
  if restored is null then
    raise exception using errcode = 'DX404', message = 'There is no such deleted design that you may restore.';
  end if;
  return restored;
end
$$;
grant execute on function restore_design(uuid) to app_admin, app_developer, app_engineer;
comment on function restore_design(uuid) is E'@behavior -*\nBrings back a deleted design of the caller''s own, of admins any, with all that hangs on it.';
