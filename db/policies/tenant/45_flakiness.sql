-- Which tests cannot be trusted, and what a run is worth.

-- section: is_retried
set local role app_definer;
create or replace function app_private.is_retried(outcome text, attempts jsonb) returns boolean
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
  begin atomic
    select outcome = 'passed' and (attempts @> '[{"outcome": "failed"}]' or attempts @> '[{"outcome": "errored"}]');
  end;
comment on function app_private.is_retried(text, jsonb) is 'Whether a test passed after an attempt that failed.';

-- section: shard_place
set local role app_definer;
create or replace function app_private.shard_place(shard text) returns text
  language sql immutable parallel safe
  set search_path = pg_catalog, pg_temp
  begin atomic select regexp_replace(shard, ' ?#[0-9]+$', ''); end;
comment on function app_private.shard_place(text) is 'A shard without the number that tells its repetitions apart.';

-- section: store_flakes
set local role app_definer;
-- Only what ran in the same way is compared: the same execution, in the same shard. A number after # at a shard's end tells
-- repetitions of it apart, where CI has no other way.
create or replace function store_flakes(run uuid, project uuid, results reported_result[], test_ids uuid[], test_identities bytea[]) returns void
  language plpgsql volatile
  set search_path from current
  set enable_nestloop = on
  set plan_cache_mode = force_custom_plan
  set jit = off
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  mine record;
  others uuid[];
begin
  select t.commit_sha, app_private.shard_place(t.shard) as shard into mine from test_runs as t where t.organization_id = organization and t.id = run;
  insert into test_flakes (organization_id, project_id, test_id, reason, scope, commit_sha, occurred_at)
  select organization, project, t.id, 'retry', run || '/' || r.execution_id, mine.commit_sha, r.occurred_at
  from unnest(results) as r join unnest(test_ids, test_identities) as t (id, identity) using (identity)
  where app_private.is_retried(r.outcome, r.attempts)
  order by identity
  on conflict (organization_id, test_id, reason, scope) do nothing;

  select array_agg(t.id) into others from test_runs as t
  where t.organization_id = organization and t.project_id = project and t.commit_sha = mine.commit_sha
    and app_private.shard_place(t.shard) = mine.shard and t.id <> run
    and not t.is_infrastructure_failure;
  if others is null then
    return;
  end if;
  insert into test_flakes as f (organization_id, project_id, test_id, reason, scope, commit_sha, occurred_at)
  select organization, project, seen.test_id, 'same_commit', concat_ws('/', mine.commit_sha, mine.shard, seen.execution_id), mine.commit_sha, max(seen.occurred_at)
  from (
    select o.test_id, r.execution_id, greatest(r.occurred_at, o.occurred_at) as occurred_at
    from unnest(results) as r
    join unnest(test_ids, test_identities) as t (id, identity) using (identity)
    join test_results as o on o.organization_id = organization and o.test_run_id = any (others) and o.test_id = t.id
      and o.execution_id = r.execution_id and o.is_final and o.outcome = 'passed'
    where r.outcome in ('failed', 'errored')
    union all
    select o.test_id, r.execution_id, greatest(r.occurred_at, o.occurred_at)
    from (
      select x.test_id, x.execution_id, x.occurred_at from test_results as x
      where x.organization_id = organization and x.test_run_id = any (others) and x.outcome in ('failed', 'errored') and x.is_final
    ) as o
    join unnest(test_ids, test_identities) as t (id, identity) on t.id = o.test_id
    join unnest(results) as r on r.identity = t.identity and r.execution_id = o.execution_id and r.outcome = 'passed'
  ) as seen
  group by seen.test_id, seen.execution_id
  order by seen.test_id
  on conflict (organization_id, test_id, reason, scope) do update set occurred_at = greatest(f.occurred_at, excluded.occurred_at);
end
$$;
comment on function store_flakes(uuid, uuid, reported_result[], uuid[], bytea[]) is
  E'@behavior -*\nStores which tests of a report were seen to be flaky: passed after a failed attempt, or passed and failed on one commit.';

-- section: tests_flakiness
create or replace function tests_flakiness(test tests) returns flakiness
  language sql stable
  begin atomic
    select row(
      round((1 - power(0.5, coalesce(sum(f.weight), 0)))::numeric, 3)::double precision,
      coalesce(array_agg(case f.reason
        when 'retry' then format('Passed after a failed attempt %s, last on %s.', case f.times when 1 then 'once' else f.times || ' times' end, f.last_on)
        else format('Passed and failed on the same commit %s, last on %s.', case f.times when 1 then 'once' else f.times || ' times' end, f.last_on)
      end order by f.reason), '{}'))::flakiness
    from (
      select x.reason, count(*) as times, max((x.occurred_at at time zone 'UTC')::date) as last_on,
        sum(power(0.5, extract(epoch from greatest(now() - x.occurred_at, interval '0')) / 1209600.0)) as weight
      from test_flakes as x
      where x.organization_id = test.organization_id and x.test_id = test.id and x.occurred_at > now() - interval '90 days'
      group by x.reason
    ) as f;
  end;
grant execute on function tests_flakiness(tests) to app_definer, app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
comment on function tests_flakiness(tests) is
  E'@behavior -filterBy -orderBy -aggregate\nHow flaky the test has been in the last 90 days, and why.';

-- section: flakiest_tests
create or replace function flakiest_tests(project_id uuid default null) returns setof tests
  language sql stable rows 100
  begin atomic
    select t.*
    from (
      select x.test_id, sum(power(0.5, extract(epoch from greatest(now() - x.occurred_at, interval '0')) / 1209600.0)) as weight
      from test_flakes as x
      where (flakiest_tests.project_id is null or x.project_id = flakiest_tests.project_id) and x.occurred_at > now() - interval '90 days'
      group by x.test_id
    ) as f
    join tests as t on t.id = f.test_id
    order by f.weight desc, t.id;
  end;
grant execute on function flakiest_tests(uuid) to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
comment on function flakiest_tests(uuid) is
  E'@behavior -filter -filterBy -orderBy -order -aggregates\nThe tests that were seen to be flaky in the last 90 days, the flakiest first; of one project, if it is given.';

-- section: test_runs_verdict
set local role app_definer;
-- A definer: analysts may know a run's verdict, and not the defects behind it.
create or replace function test_runs_verdict(run test_runs) returns run_verdict
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  return case
    when run.is_infrastructure_failure then 'infrastructure'
    when exists (
      select from defects as d left join tests as t on t.organization_id = d.organization_id and t.id = d.test_id
      where d.organization_id = run.organization_id and (d.first_run_id = run.id or d.regressed_run_id = run.id)
        and coalesce(greatest(d.muted_until, t.muted_until), '-infinity') < run.started_at
    ) then 'new'
    when run.failed_count + run.errored_count = 0 then case when run.flaky_count > 0 then 'flaky' else 'clean' end
    when exists (
      select from defect_occurrences as o
      where o.organization_id = run.organization_id and o.test_run_id = run.id and not exists (
        select from test_flakes as f
        where f.organization_id = o.organization_id and f.test_id = o.test_id
          and f.occurred_at between run.started_at - interval '30 days' and run.started_at + interval '1 day')
    ) then 'known'
    else 'flaky'
  end;
end
$$;
grant execute on function test_runs_verdict(test_runs) to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
comment on function test_runs_verdict(test_runs) is
  E'@behavior -filterBy -orderBy -aggregate\n@notNull\nWhat the run says. A test is held to be flaky that was seen to be so in the 30 days before.';
