-- The canvases that a design has had, and the way back to one.
--
--                        admin developer           engineer           auditor             analyst member   ci
-- design_versions        R     R (shares bound)    R (shares bound)   R, private ones too -       R shared R (its project's)
-- restore_design_version yes   (who may edit it)   (who may edit it)  -                   -       -        -
--
-- Versions are written by record_design_version alone.

-- section: design_versions
call app_private.close_tenant_table('design_versions', 'designs:read');
create policy read on design_versions for select to app_admin using (true);
create policy read_visible on design_versions for select to app_developer, app_engineer, app_auditor, app_member, app_ci
  using (design_id = any ((select visible_design_ids())::uuid[]));
comment on policy read_visible on design_versions is 'The caller may see the design.';
grant select on design_versions to app_admin, app_developer, app_engineer, app_auditor, app_member, app_ci;
call app_private.audit_table('design_versions', personal => 'canvas,changelog');
comment on table design_versions is 'A canvas that a design has had: one row for each change, and the first.';
comment on column design_versions.design_id is 'The design.';
comment on column design_versions.version_number is 'Which one it is, from 1 on, without gaps.';
comment on column design_versions.canvas is 'What was drawn.';
comment on column design_versions.changelog is 'What the change was about.';
comment on column design_versions.created_by is E'@name created_by_id\nThe person who made the change; empty where it was no person.';
comment on constraint design_versions_version_number_check on design_versions is 'Versions are numbered from 1 on.';
comment on constraint design_versions_version_number_key on design_versions is E'@fieldName designVersionByNumber';
comment on constraint design_versions_design_id_fkey on design_versions is E'@foreignFieldName versions';
comment on constraint design_versions_created_by_fkey on design_versions is E'@fieldName createdBy\n@foreignFieldName designVersions';

-- section: restore_design_version
-- Not a definer: the caller's own policies say which designs may be changed.
create or replace function restore_design_version(design_id uuid, version_number integer, expected_version integer default null) returns uuid
  language plpgsql volatile
  set search_path from current
as $$
declare
  changed uuid;
begin
  if not exists (
    select from design_versions as v
    where v.design_id = restore_design_version.design_id and v.version_number = restore_design_version.version_number
  ) then
    raise exception using errcode = 'DX404', message = 'There is no such version of a design.';
  end if;
  update designs as d
  set canvas = v.canvas, changelog = format('Restored version %s', v.version_number), version = coalesce(expected_version, d.version)
  from design_versions as v
  where d.id = restore_design_version.design_id and v.design_id = d.id and v.version_number = restore_design_version.version_number
  returning d.id into changed;
  if changed is null then
    raise exception using errcode = 'DX404', message = 'There is no such design that you may change.';
  end if;
  return changed;
end
$$;
grant execute on function restore_design_version(uuid, integer, integer) to app_admin, app_developer, app_engineer;
comment on function restore_design_version(uuid, integer, integer) is
  E'@behavior -*\nSets a design''s canvas to what it was in a version: that makes a new version, unless it is so already.';
