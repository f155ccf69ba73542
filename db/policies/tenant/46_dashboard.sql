-- What a dashboard shows: from daily counts, runs and flakes, never from occurrences.

-- section: trend
create or replace function trend(project_id uuid default null, days integer default 30) returns trend_day[]
  language sql stable
  begin atomic
    select array_agg(row(d.day, s.severity, coalesce(c.opened, 0), coalesce(c.resolved, 0), coalesce(c.occurrences, 0))::trend_day order by d.day, s.rank)
    from (
      select ((now() at time zone 'UTC')::date - n) as day from generate_series(0, least(greatest(days, 1), 366) - 1) as n
    ) as d
    cross join (values (1, 'low'), (2, 'medium'), (3, 'high'), (4, 'critical')) as s (rank, severity)
    left join (
      select x.day, x.severity, sum(x.opened)::integer as opened, sum(x.resolved)::integer as resolved, sum(x.occurrences)::integer as occurrences
      from (
        select t.day, t.severity, t.opened, t.resolved, t.occurrences
        from day_tallies as t
        where trend.project_id is null and t.day > (now() at time zone 'UTC')::date - least(greatest(days, 1), 366)
        union all
        select p.day, p.severity, p.opened, p.resolved, p.occurrences
        from defect_daily_stats as p
        where p.project_id = trend.project_id and p.day > (now() at time zone 'UTC')::date - least(greatest(days, 1), 366)
      ) as x
      group by x.day, x.severity
    ) as c on c.day = d.day and c.severity = s.severity;
  end;
grant execute on function trend(uuid, integer) to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
comment on function trend(uuid, integer) is
  'The counts of each of the last days (30, if it is not said; at most 366) by severity, days without any included; of one project, if it is given.';

-- section: projects_health
set local role app_definer;
-- A definer: analysts may know how many defects are open.
create or replace function projects_health(project projects) returns project_health
  language plpgsql stable security definer
  set search_path from current
as $$
declare
  health project_health;
begin
  select coalesce(sum(t.amount) filter (where t.counted = 'open_low_defects'), 0),
    coalesce(sum(t.amount) filter (where t.counted = 'open_medium_defects'), 0),
    coalesce(sum(t.amount) filter (where t.counted = 'open_high_defects'), 0),
    coalesce(sum(t.amount) filter (where t.counted = 'open_critical_defects'), 0)
  into health.open_low, health.open_medium, health.open_high, health.open_critical
  from project_tallies as t
  where t.organization_id = project.organization_id and t.project_id = project.id
    and t.counted in ('open_low_defects', 'open_medium_defects', 'open_high_defects', 'open_critical_defects')
    and app_private.has_permission('defects:read');
  select count(*), sum(t.passed_count)::double precision / nullif(sum(t.passed_count + t.failed_count + t.errored_count), 0)
  into health.run_count, health.pass_rate
  from test_runs as t
  where t.organization_id = project.organization_id and t.project_id = project.id and t.started_at > now() - interval '7 days'
    and not t.is_infrastructure_failure;
  select count(distinct f.test_id) into health.flaky_test_count from test_flakes as f
  where f.organization_id = project.organization_id and f.project_id = project.id and f.occurred_at > now() - interval '30 days';
  select t.id into health.last_run_id from test_runs as t
  where t.organization_id = project.organization_id and t.project_id = project.id
  order by t.started_at desc, t.id desc limit 1;
  return health;
end
$$;
grant execute on function projects_health(projects) to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
comment on function projects_health(projects) is E'@behavior -filterBy -orderBy -aggregate\nHow the project does.';
