-- What is kept as rows change, counted anew from the rows: for who has loaded rows with triggers switched off. The operator only, for one
-- organization at a time (app_private.work_for).

-- section: recount_tallies
set local role app_definer;
create or replace function recount_tallies() returns void
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
begin
  if organization is null then
    raise exception using errcode = 'DX400',
      message = format('Say first for which organization of the schema %I: select app_private.work_for(…), in the same transaction.', current_schema());
  end if;
  -- Who writes waits, so that nothing is counted twice or left out.
  lock table defects, deployments, maintenance_requests, defect_daily_stats, test_flakes in share mode;
  delete from project_tallies where organization_id = organization;
  insert into project_tallies (organization_id, project_id, counted, amount)
  select organization, c.project_id, c.counted, count(*)
  from (
    select d.project_id, app_private.defect_tally(d.status, d.severity) as counted from defects as d where d.organization_id = organization
    union all
    select d.project_id, app_private.deployment_tally(d.status) from deployments as d where d.organization_id = organization
    union all
    select m.project_id, app_private.project_request_tally(m.status) from maintenance_requests as m where m.organization_id = organization
  ) as c
  where c.project_id is not null and c.counted is not null
  group by c.project_id, c.counted;

  delete from person_tallies where organization_id = organization;
  insert into person_tallies (organization_id, person_id, counted, amount)
  select organization, c.person_id, c.counted, count(*)
  from (
    select d.deployed_by as person_id, 'deployments' as counted from deployments as d where d.organization_id = organization
    union all
    select m.assigned_to, app_private.request_tally(m.status) from maintenance_requests as m where m.organization_id = organization
  ) as c
  where c.person_id is not null
  group by c.person_id, c.counted;

  delete from day_tallies where organization_id = organization;
  insert into day_tallies (organization_id, day, severity, opened, resolved, occurrences)
  select organization, s.day, s.severity, sum(s.opened), sum(s.resolved), sum(s.occurrences)
  from defect_daily_stats as s where s.organization_id = organization
  group by s.day, s.severity;

  delete from test_flakiness where organization_id = organization;
  insert into test_flakiness (organization_id, project_id, test_id, heat, times)
  select organization, h.project_id, h.test_id,
    max(h.most) + ln(sum(power(2::double precision, greatest(h.heat - h.most, -200)))) / ln(2::double precision), count(*)
  from (
    select x.project_id, x.test_id, x.heat, max(x.heat) over (partition by x.test_id) as most
    from (
      select f.project_id, f.test_id, app_private.heat_with('-Infinity', f.occurred_at, 1) as heat
      from test_flakes as f where f.organization_id = organization
    ) as x
  ) as h
  group by h.project_id, h.test_id;
end
$$;
grant execute on function recount_tallies() to app_owner;
comment on function recount_tallies() is
  E'@behavior -*\nCounts anew, of the organization that the operator works for, what is kept as rows change: open defects, deployments and requests by project and person, the days of all projects, and how flaky tests are.';
