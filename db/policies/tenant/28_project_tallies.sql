-- How many open defects, deployments and maintenance requests each project has, kept as they change, so that neither
-- project_summary_view nor a project's health counts rows.
--
--                 admin developer engineer auditor analyst member ci
-- project_tallies -     -         -        -       -       -      -    (read through project_summary_view and projects_health)
--
-- Without an identity (the operator's own changes) a change of what is counted is refused by the policies.

-- section: readable_project_tallies
create or replace function app_private.readable_project_tallies() returns text[]
  language sql stable
  begin atomic
    select case when app_private.has_permission('deployments:read') then array['successful_deployments', 'other_deployments'] else '{}' end
      || case when app_private.has_permission('maintenance:read') then array['open_requests', 'requests_in_progress', 'finished_requests'] else '{}' end
      || case when app_private.has_permission('defects:read')
        then array['open_low_defects', 'open_medium_defects', 'open_high_defects', 'open_critical_defects'] else '{}' end;
  end;
-- Policies run functions with the rights of who asks.
grant execute on function app_private.readable_project_tallies() to app_definer, app_views, app_admin, app_developer, app_engineer,
  app_auditor, app_analyst, app_member;
comment on function app_private.readable_project_tallies() is 'What is counted of projects that the caller has the permission to read.';

-- section: project_tallies
call app_private.close_tenant_table('project_tallies');
-- As the rows that are counted: app_views reads them with the permissions of who asks.
create policy read_counts on project_tallies for select to app_views
  using (counted = any ((select app_private.readable_project_tallies())::text[]));
comment on policy read_counts on project_tallies is 'The caller may read what is counted.';
grant select on project_tallies to app_views;
-- No other grant: counted by tally_defects, tally_deployments and tally_requests only. Not audited.
comment on table project_tallies is E'@behavior -*\nHow many open defects, deployments and maintenance requests each project has: the sum of the rows of a kind, of which each alone says nothing.';
comment on column project_tallies.project_id is 'The project.';
comment on column project_tallies.counted is 'What is counted: successful_deployments, other_deployments, open_requests, requests_in_progress, finished_requests, or open_low_defects and its like for each severity.';
comment on column project_tallies.amount is 'What to add up; less than none where it is what another row has too many.';
comment on constraint project_tallies_counted_check on project_tallies is 'Deployments by success, requests by how far they are, and open defects by severity are counted.';

-- section: add_to_project_tally
set local role app_definer;
create or replace function add_to_project_tally(organization_id uuid, project_id uuid, counted text, amount bigint) returns void
  language plpgsql volatile
  set search_path from current
as $$
begin
  -- As add_to_tally: what another transaction holds is left to it, and another row begun.
  update project_tallies as t set amount = t.amount + add_to_project_tally.amount
  where t.organization_id = add_to_project_tally.organization_id and t.project_id = add_to_project_tally.project_id
    and t.counted = add_to_project_tally.counted and t.id = (
      select x.id
      from project_tallies as x
      where x.organization_id = add_to_project_tally.organization_id and x.project_id = add_to_project_tally.project_id
        and x.counted = add_to_project_tally.counted
      limit 1
      for update skip locked);
  if not found then
    begin
      insert into project_tallies (organization_id, project_id, counted, amount)
      values (add_to_project_tally.organization_id, add_to_project_tally.project_id, add_to_project_tally.counted, add_to_project_tally.amount);
    exception when foreign_key_violation then
      -- The project is being deleted, and its tallies go with it.
      null;
    end;
  end if;
end
$$;
comment on function add_to_project_tally(uuid, uuid, text, bigint) is E'@behavior -*\nAdds to what is counted of a project; less than none takes off.';

-- section: defect_tally
create or replace function app_private.defect_tally(status text, severity text) returns text
  language sql immutable parallel safe
  begin atomic select case when status in ('open', 'triaged', 'in_progress') then 'open_' || severity || '_defects' end; end;
grant execute on function app_private.defect_tally(text, text) to app_definer;
comment on function app_private.defect_tally(text, text) is 'As what a defect of a status and severity is counted; null where it is not.';

-- section: deployment_tally
create or replace function app_private.deployment_tally(status text) returns text
  language sql immutable parallel safe
  begin atomic select case when status = 'success' then 'successful_deployments' else 'other_deployments' end; end;
grant execute on function app_private.deployment_tally(text) to app_definer;
comment on function app_private.deployment_tally(text) is 'As what a deployment of a status is counted of its project.';

-- section: project_request_tally
create or replace function app_private.project_request_tally(status text) returns text
  language sql immutable parallel safe
  begin atomic
    select case status when 'open' then 'open_requests' when 'in_progress' then 'requests_in_progress' else 'finished_requests' end;
  end;
grant execute on function app_private.project_request_tally(text) to app_definer;
comment on function app_private.project_request_tally(text) is 'As what a maintenance request of a status is counted of its project.';

-- section: tally_defects
set local role app_definer;
create or replace function tally_defects() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  if tg_op = 'INSERT' then
    perform add_to_project_tally(c.organization_id, c.project_id, c.counted, count(*))
    from (select n.organization_id, n.project_id, app_private.defect_tally(n.status, n.severity) as counted from new_rows as n) as c
    where c.counted is not null group by c.organization_id, c.project_id, c.counted;
  elsif tg_op = 'DELETE' then
    perform add_to_project_tally(c.organization_id, c.project_id, c.counted, -count(*))
    from (select o.organization_id, o.project_id, app_private.defect_tally(o.status, o.severity) as counted from old_rows as o) as c
    where c.counted is not null group by c.organization_id, c.project_id, c.counted;
  else
    perform add_to_project_tally(c.organization_id, c.project_id, c.counted, sum(c.amount))
    from (
      select n.organization_id, n.project_id, app_private.defect_tally(n.status, n.severity) as counted, 1 as amount from new_rows as n
      union all
      select o.organization_id, o.project_id, app_private.defect_tally(o.status, o.severity), -1 from old_rows as o
    ) as c
    where c.counted is not null group by c.organization_id, c.project_id, c.counted having sum(c.amount) <> 0;
  end if;
  return null;
end
$$;
grant execute on function tally_defects() to app_owner;
comment on function tally_defects() is 'Trigger: counts by project and severity what a statement has changed of open defects.';
