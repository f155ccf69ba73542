-- People, project groups and projects.
--
--                admin developer engineer auditor analyst     member ci
-- people         R     R         R        R       R no e-mail R      R no e-mail
-- project_groups RCUD  RU        RCU      R       R           R      R (its project's)
-- projects       RCUD  RU        RCU      R       R           R      R (its project)

-- section: schema_grants
do $$
begin
  execute format('grant usage on schema %I to app_user, app_worker, app_definer, app_views, app_admin, app_developer,
    app_engineer, app_auditor, app_analyst, app_member, app_ci', current_schema());
  execute format('grant create on schema %I to app_definer, app_views', current_schema());
end
$$;

-- section: people
call app_private.close_tenant_table('people');
create policy read on people for select
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci using (true);
grant select on people to app_admin, app_developer, app_engineer, app_auditor, app_member;
-- Without the e-mail address, neither as ciphertext nor through people_email, which takes a whole row.
grant select (organization_id, id, name, role_name, removed_at, created_at, updated_at, version) on people to app_analyst, app_ci;
-- No insert, update or delete grant: people are kept in step with members by app_private.add_member and its kin.
create or replace trigger _100_encrypt before insert or update of email on people
  for each row execute function app_private.encrypt_columns('email');
create or replace trigger _200_version before update of name, email, role_name, removed_at, version on people
  for each row execute function app_private.raise_version();
call app_private.audit_table('people', sensitive => 'email', personal => 'name');
comment on table people is 'A member of the organization, present or past: who can own, be assigned or be named.';
comment on column people.name is 'The person''s name.';
comment on column people.email is E'@behavior -*\nThe e-mail address.';
comment on column people.role_name is 'What the person is in the organization.';
comment on column people.removed_at is 'When the person left; empty for members.';
comment on constraint people_email_check on people is 'A sensitive value is stored encrypted.';

-- section: people_email
set local role app_definer;
create or replace function people_email(person people) returns text
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  -- One's own is what stands in one's own row, not in a row that was made up.
  return app_private.reveal_email(person.email, person.organization_id, 'people.email',
    case when exists (select from people as p where p.id = app_private.current_user_id() and p.email = person.email) then 'none'
      else app_private.masking_mode(person.organization_id, 'people', 'email', app_private.current_base_role()) end);
end
$$;
grant execute on function people_email(people) to app_admin, app_developer, app_engineer, app_auditor, app_member;
comment on function people_email(people) is
  E'@behavior -filterBy -orderBy -aggregate\nThe e-mail address: in full for yourself and for admins, else masked.';

-- section: current_project_ids
set local role app_definer;
create or replace function current_project_ids() returns uuid[]
  language sql stable security definer
  set search_path from current
  begin atomic
    select case when app_private.current_project_id() is not null then array[app_private.current_project_id()]
      else (select array_agg(p.id) from projects as p) end;
  end;
grant execute on function current_project_ids() to app_ci;
comment on function current_project_ids() is E'@behavior -*\nThe projects that a CI identity may see: the one it is bound to, or all of its organization.';

-- section: current_project_group_ids
set local role app_definer;
create or replace function current_project_group_ids() returns uuid[]
  language sql stable security definer
  set search_path from current
  begin atomic
    select array_agg(p.group_id) from projects as p where p.id = any (current_project_ids()) and p.group_id is not null;
  end;
grant execute on function current_project_group_ids() to app_ci;
comment on function current_project_group_ids() is E'@behavior -*\nThe groups of the projects that a CI identity may see.';

-- section: project_groups
call app_private.close_tenant_table('project_groups', 'projects:read', 'projects:write');
create policy read on project_groups for select
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member using (true);
create policy read_own_project on project_groups for select to app_ci
  using (id = any ((select current_project_group_ids())::uuid[]));
create policy read_counts on project_groups for select to app_views using (true);
create policy make on project_groups for insert to app_admin, app_engineer with check (true);
create policy change on project_groups for update to app_admin, app_developer, app_engineer using (true) with check (true);
create policy remove on project_groups for delete to app_admin using (true);
grant select on project_groups to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
grant select (organization_id, id, name) on project_groups to app_views;
grant insert (name, description) on project_groups to app_admin, app_engineer;
grant update (name, description, version) on project_groups to app_admin, app_developer, app_engineer;
grant delete on project_groups to app_admin;
create or replace trigger _200_version before update of name, description, version on project_groups
  for each row execute function app_private.raise_version();
call app_private.audit_table('project_groups');
comment on table project_groups is 'Projects that belong together.';
comment on column project_groups.name is 'What the group is called; unique in the organization.';
comment on column project_groups.description is 'What the group is for.';
comment on constraint project_groups_name_check on project_groups is 'The name of a group has 1 to 200 characters.';
comment on constraint project_groups_name_key on project_groups is 'There is a group of this name already.';
comment on constraint project_groups_description_check on project_groups is 'The description has at most 10,000 characters.';

-- section: keep_older_rules
-- Failures that were grouped by older rules are recognised by them: the old groups stay.
create or replace function app_private.keep_older_rules() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  new.older_fingerprint_rules := (
    select jsonb_agg(r.rules order by r.n)
    from (
      select rules, n from jsonb_array_elements(jsonb_build_array(old.fingerprint_rules) || old.older_fingerprint_rules) with ordinality as o (rules, n)
      where rules <> new.fingerprint_rules
      order by n limit 3
    ) as r);
  return new;
end
$$;
comment on function app_private.keep_older_rules() is 'Trigger: the last three fingerprint rules before the present ones are kept.';

-- section: projects
call app_private.close_tenant_table('projects', 'projects:read', 'projects:write');
create policy read on projects for select
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member using (true);
-- Null, and so true, of an identity that is bound to no project. Of a list of all projects (current_project_ids) the planner would read
-- all that they have, and then sort it, for a page. Only where the column is never null.
create policy read_own_project on projects for select to app_ci
  using (coalesce(id = (select app_private.current_project_id()), true));
create policy read_counts on projects for select to app_views using (true);
create policy make on projects for insert to app_admin, app_engineer with check (true);
create policy change on projects for update to app_admin, app_developer, app_engineer using (true) with check (true);
create policy remove on projects for delete to app_admin using (true);
grant select on projects to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
grant select (organization_id, id, group_id, name, slug, status) on projects to app_views;
grant insert (group_id, owner_id, name, slug, description, repository_url, production_url, staging_url, health_check_url,
  docker_image, status, fingerprint_rules) on projects to app_admin, app_engineer;
grant update (group_id, owner_id, name, slug, description, repository_url, production_url, staging_url, health_check_url,
  docker_image, status, fingerprint_rules, version) on projects to app_admin, app_developer, app_engineer;
grant delete on projects to app_admin;
create or replace trigger _200_version before update of group_id, owner_id, name, slug, description, repository_url,
  production_url, staging_url, health_check_url, docker_image, status, fingerprint_rules, version on projects
  for each row execute function app_private.raise_version();
create or replace trigger _300_fingerprint_rules before update of fingerprint_rules on projects
  for each row when (new.fingerprint_rules <> old.fingerprint_rules) execute function app_private.keep_older_rules();
call app_private.audit_table('projects');
comment on table projects is 'Something that is built, tested and deployed: what tests, runs and defects belong to.';
comment on column projects.group_id is 'The group that it belongs to.';
comment on column projects.owner_id is 'The person who answers for it.';
comment on column projects.name is 'What it is called.';
comment on column projects.slug is 'Its short name in addresses and commands; unique in the organization. Lower-case letters, digits, - and _, at most 63.';
comment on column projects.description is 'What it is.';
comment on column projects.repository_url is 'Where its source is (http or https).';
comment on column projects.production_url is 'Where it runs for its users (http or https).';
comment on column projects.staging_url is 'Where it runs before that (http or https).';
comment on column projects.health_check_url is 'What answers whether it is well (http or https).';
comment on column projects.docker_image is 'The image that it runs as: [registry/]name[:tag][@digest].';
comment on column projects.fingerprint_rules is 'How failures are grouped into defects, beside what holds for all: an object with some of frames (how many places in the project count: 0 to 10, 5 by default), message (false: it does not count) and ignore (texts that do not count, in which * stands for any characters). Defects that there are stay.';
comment on column projects.older_fingerprint_rules is E'@behavior -*\nThe rules before these, the newest first.';
comment on constraint projects_fingerprint_rules_check on projects is 'The fingerprint rules are an object with some of frames (0 to 10), message (true or false) and ignore (at most 20 texts of 1 to 200 characters).';
comment on column projects.status is 'Whether it is worked on.';
comment on constraint projects_slug_key on projects is 'There is a project with this slug already.';
comment on constraint projects_slug_check on projects is 'The slug has 1 to 63 lower-case letters, digits, - and _, and begins with a letter or a digit.';
comment on constraint projects_name_check on projects is 'The name of a project has 1 to 200 characters.';
comment on constraint projects_description_check on projects is 'The description has at most 10,000 characters.';
comment on constraint projects_repository_url_check on projects is 'The repository URL begins with http:// or https://, has no blanks and at most 2,000 characters.';
comment on constraint projects_production_url_check on projects is 'The production URL begins with http:// or https://, has no blanks and at most 2,000 characters.';
comment on constraint projects_staging_url_check on projects is 'The staging URL begins with http:// or https://, has no blanks and at most 2,000 characters.';
comment on constraint projects_health_check_url_check on projects is 'The health check URL begins with http:// or https://, has no blanks and at most 2,000 characters.';
comment on constraint projects_docker_image_check on projects is 'The image is written as [registry[:port]/]name[:tag][@sha256:digest], in lower case but for the tag, with at most 500 characters.';
comment on constraint projects_group_id_fkey on projects is E'@fieldName group\n@foreignFieldName projects';
comment on constraint projects_owner_id_fkey on projects is E'@fieldName owner\n@foreignFieldName ownedProjects';
