-- What a dashboard shows of people and projects.
--
--                      admin developer engineer auditor analyst member ci
-- engineers_view       R     R         R        R       -       -      -
-- project_summary_view R     R         R        R       R       R      -
--
-- Nobody's rows are counted by reading: what there is of each person and project is kept as it changes, and added up for the rows of a
-- page, after they are chosen, in the columns that are selected. (As lateral joins that was done for every project before the page was
-- sorted, since the planner takes an organization for few rows.)

-- section: engineers_view
-- security_invoker: who may read it may read all that it is made of. Qualified: where a tenant's schema has none yet, an
-- unqualified name would drop the one in app.
do $$ begin execute format('drop view if exists %I.engineers_view', current_schema()); end $$;
create view engineers_view with (security_invoker = true) as
select p.organization_id, p.id, p.name, people_email(p.*) as email, p.role_name,
  p.removed_at is null and coalesce(u.is_active, false) as is_active,
  (
    select coalesce(sum(t.amount), 0)::integer
    from person_tallies as t
    where t.organization_id = p.organization_id and t.person_id = p.id and t.counted in ('unfinished_requests', 'finished_requests')
  ) as assigned_requests,
  (
    select coalesce(sum(t.amount), 0)::integer
    from person_tallies as t
    where t.organization_id = p.organization_id and t.person_id = p.id and t.counted = 'unfinished_requests'
  ) as unfinished_assigned_requests,
  (
    select coalesce(sum(t.amount), 0)::integer
    from person_tallies as t
    where t.organization_id = p.organization_id and t.person_id = p.id and t.counted = 'deployments'
  ) as total_deployments,
  (
    select max(d.deployed_at)
    from deployments as d
    where d.organization_id = p.organization_id and d.deployed_by = p.id
  ) as last_deployed_at
from people as p
left join users as u on u.id = p.id
-- The name of a role is unique: no role of an organization's own has the name of one that is built in.
where p.role_name = any ((select app_private.role_names('admin', 'engineer'))::text[]);
grant select on engineers_view to app_admin, app_developer, app_engineer, app_auditor;
-- explain_access looks whether a row is there.
grant select (organization_id, id) on engineers_view to app_explainer;
comment on view engineers_view is E'@name engineers\n@primaryKey id\n@foreignKey (id) references people (id)|@fieldName person|@foreignSimpleFieldName engineer|@foreignSingleFieldName engineer\nThe engineers and administrators, present and past, with what they do.';
comment on column engineers_view.organization_id is E'@behavior -*\nThe organization that the row belongs to.';
comment on column engineers_view.id is 'Identifies the person.';
comment on column engineers_view.name is E'@notNull\nThe person''s name.';
comment on column engineers_view.email is E'@behavior -filterBy -orderBy\nThe e-mail address: in full for yourself and for admins, else masked.';
comment on column engineers_view.role_name is E'@notNull\n@behavior -filterBy -orderBy\nWhat the person is in the organization.';
comment on column engineers_view.is_active is E'@notNull\n@behavior -filterBy -orderBy\nWhether the person is a member, and may sign in.';
comment on column engineers_view.assigned_requests is E'@notNull\n@behavior -filterBy -orderBy\nHow many maintenance requests are assigned to the person.';
comment on column engineers_view.unfinished_assigned_requests is E'@notNull\n@behavior -filterBy -orderBy\nHow many of them are open or in progress.';
comment on column engineers_view.total_deployments is E'@notNull\n@behavior -filterBy -orderBy\nHow many deployments the person has made.';
comment on column engineers_view.last_deployed_at is E'@behavior -filterBy -orderBy\nWhen the last of them began.';

-- section: project_summary_view
-- Owned by app_views: the counts are of the whole organization, also for who may not read each row that is counted. The
-- tenant policy still holds. No security_barrier: there is no row that its readers may not see, and of what is counted
-- they get no value that a function of theirs could look at.
set local role app_views;
do $$ begin execute format('drop view if exists %I.project_summary_view', current_schema()); end $$;
create view project_summary_view as
select p.organization_id, p.id, p.name, p.slug, p.status, p.group_id, g.name as group_name,
  (
    select coalesce(sum(t.amount), 0)::integer
    from project_tallies as t
    where t.organization_id = p.organization_id and t.project_id = p.id and t.counted in ('successful_deployments', 'other_deployments')
  ) as total_deployments,
  (
    select coalesce(sum(t.amount), 0)::integer
    from project_tallies as t
    where t.organization_id = p.organization_id and t.project_id = p.id and t.counted = 'successful_deployments'
  ) as successful_deployments,
  (
    select d.id
    from deployments as d
    where d.organization_id = p.organization_id and d.project_id = p.id
    order by d.deployed_at desc, d.id desc
    limit 1
  ) as last_deployment_id,
  (
    select max(d.deployed_at)
    from deployments as d
    where d.organization_id = p.organization_id and d.project_id = p.id
  ) as last_deployed_at,
  (
    select coalesce(sum(t.amount), 0)::integer
    from project_tallies as t
    where t.organization_id = p.organization_id and t.project_id = p.id and t.counted in ('open_requests', 'requests_in_progress', 'finished_requests')
  ) as total_maintenance_requests,
  (
    select coalesce(sum(t.amount), 0)::integer
    from project_tallies as t
    where t.organization_id = p.organization_id and t.project_id = p.id and t.counted = 'open_requests'
  ) as open_maintenance_requests,
  (
    select coalesce(sum(t.amount), 0)::integer
    from project_tallies as t
    where t.organization_id = p.organization_id and t.project_id = p.id and t.counted = 'requests_in_progress'
  ) as maintenance_requests_in_progress,
  (
    select coalesce(sum(t.amount), 0)::integer
    from project_tallies as t
    where t.organization_id = p.organization_id and t.project_id = p.id and t.counted = 'open_low_defects'
  ) as open_low_defects,
  (
    select coalesce(sum(t.amount), 0)::integer
    from project_tallies as t
    where t.organization_id = p.organization_id and t.project_id = p.id and t.counted = 'open_medium_defects'
  ) as open_medium_defects,
  (
    select coalesce(sum(t.amount), 0)::integer
    from project_tallies as t
    where t.organization_id = p.organization_id and t.project_id = p.id and t.counted = 'open_high_defects'
  ) as open_high_defects,
  (
    select coalesce(sum(t.amount), 0)::integer
    from project_tallies as t
    where t.organization_id = p.organization_id and t.project_id = p.id and t.counted = 'open_critical_defects'
  ) as open_critical_defects
from projects as p
left join project_groups as g on g.organization_id = p.organization_id and g.id = p.group_id;
grant select on project_summary_view to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
-- explain_access looks whether a row is there.
grant select (organization_id, id) on project_summary_view to app_explainer;
comment on view project_summary_view is E'@name project_summaries\n@primaryKey id\n@foreignKey (id) references projects (id)|@fieldName project|@foreignSimpleFieldName summary|@foreignSingleFieldName summary\n@foreignKey (group_id) references project_groups (id)|@fieldName group|@foreignFieldName projectSummaries\n@foreignKey (last_deployment_id) references deployments (id)|@fieldName lastDeployment|@behavior -backwards\nWhat there is to count of each project, for the whole organization, whoever reads it.';
comment on column project_summary_view.organization_id is E'@behavior -*\nThe organization that the row belongs to.';
comment on column project_summary_view.id is 'Identifies the project.';
comment on column project_summary_view.name is E'@notNull\nWhat the project is called.';
comment on column project_summary_view.slug is E'@notNull\nIts short name.';
comment on column project_summary_view.status is E'@notNull\nWhether it is worked on.';
comment on column project_summary_view.group_id is 'The group that it belongs to.';
comment on column project_summary_view.group_name is E'@behavior -filterBy -orderBy\nWhat the group is called.';
comment on column project_summary_view.total_deployments is E'@notNull\n@behavior -filterBy -orderBy\nHow many deployments it has.';
comment on column project_summary_view.successful_deployments is E'@notNull\n@behavior -filterBy -orderBy\nHow many of them are a success: those that were rolled back since are none.';
comment on column project_summary_view.last_deployment_id is E'@behavior -filterBy -orderBy\nThe deployment that began last.';
comment on column project_summary_view.last_deployed_at is E'@behavior -filterBy -orderBy\nWhen the last deployment began.';
comment on column project_summary_view.total_maintenance_requests is E'@notNull\n@behavior -filterBy -orderBy\nHow many maintenance requests are about it.';
comment on column project_summary_view.open_maintenance_requests is E'@notNull\n@behavior -filterBy -orderBy\nHow many of them are open.';
comment on column project_summary_view.maintenance_requests_in_progress is E'@notNull\n@behavior -filterBy -orderBy\nHow many of them are in progress.';
comment on column project_summary_view.open_low_defects is E'@notNull\n@behavior -filterBy -orderBy\nHow many of its defects of low severity are neither resolved nor ignored.';
comment on column project_summary_view.open_medium_defects is E'@notNull\n@behavior -filterBy -orderBy\nThe same of medium severity.';
comment on column project_summary_view.open_high_defects is E'@notNull\n@behavior -filterBy -orderBy\nThe same of high severity.';
comment on column project_summary_view.open_critical_defects is E'@notNull\n@behavior -filterBy -orderBy\nThe same of critical severity.';
