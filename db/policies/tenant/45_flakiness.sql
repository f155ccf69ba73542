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
  -- As in report_test_run: where statistics are old, a run of one commit would be compared with each earlier one row by row.
  set enable_nestloop = off
  set plan_cache_mode = force_custom_plan
  set jit = off
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  mine record;
  others uuid[];
  seen test_flakes[];
begin
  select t.commit_sha, app_private.shard_place(t.shard) as shard into mine from test_runs as t where t.organization_id = organization and t.id = run;
  select array_agg((organization, null, project, t.id, 'retry', run || '/' || r.execution_id, mine.commit_sha, r.occurred_at, null)::test_flakes) into seen
  from unnest(results) as r join unnest(test_ids, test_identities) as t (id, identity) using (identity)
  where app_private.is_retried(r.outcome, r.attempts);

  select array_agg(t.id) into others from test_runs as t
  where t.organization_id = organization and t.project_id = project and t.commit_sha = mine.commit_sha
    and app_private.shard_place(t.shard) = mine.shard and t.id <> run
    and not t.is_infrastructure_failure;
  if others is not null then
    select seen || array_agg((organization, null, project, s.test_id, 'same_commit', s.scope, mine.commit_sha, s.occurred_at, null)::test_flakes) into seen
    from (
      select x.test_id, concat_ws('/', mine.commit_sha, mine.shard, x.execution_id) as scope, max(x.occurred_at) as occurred_at
      from (
        select t.id as test_id, r.execution_id, greatest(r.occurred_at, o.occurred_at) as occurred_at
        from unnest(results) as r
        join unnest(test_ids, test_identities) as t (id, identity) using (identity)
        -- What passed is most of a run: it is looked up for what failed, and not read whole, which is what "offset" holds to.
        cross join lateral (
          select x.occurred_at from test_results as x
          where x.organization_id = organization and x.test_run_id = any (others) and x.test_id = t.id and x.execution_id = r.execution_id
            and x.is_final and x.outcome = 'passed'
          offset 0
        ) as o
        where r.outcome in ('failed', 'errored')
        union all
        select o.test_id, r.execution_id, greatest(r.occurred_at, o.occurred_at)
        from (
          select x.test_id, x.execution_id, x.occurred_at from test_results as x
          where x.organization_id = organization and x.test_run_id = any (others) and x.outcome in ('failed', 'errored') and x.is_final
        ) as o
        join unnest(test_ids, test_identities) as t (id, identity) on t.id = o.test_id
        join unnest(results) as r on r.identity = t.identity and r.execution_id = o.execution_id and r.outcome = 'passed'
      ) as x
      group by x.test_id, x.execution_id
    ) as s;
  end if;
  if seen is null then
    return;
  end if;
  -- From here on a few rows are found by their keys.
  perform set_config('enable_nestloop', 'on', true);
  -- All at once, so that every report locks in one order.
  perform from test_flakiness as f
  where f.organization_id = organization and f.test_id in (select s.test_id from unnest(seen) as s)
  order by f.test_id
  for no key update;
  insert into test_flakes as f (organization_id, project_id, test_id, reason, scope, commit_sha, occurred_at)
  select s.organization_id, s.project_id, s.test_id, s.reason, s.scope, s.commit_sha, s.occurred_at
  from unnest(seen) as s
  order by s.test_id, s.reason, s.scope
  on conflict (organization_id, test_id, reason, scope) do update set occurred_at = excluded.occurred_at
  where excluded.occurred_at > f.occurred_at;
end
$$;
comment on function store_flakes(uuid, uuid, reported_result[], uuid[], bytea[]) is
  E'@behavior -*\nStores which tests of a report were seen to be flaky: passed after a failed attempt, or passed and failed on one commit.';

-- section: tests_flakiness
create or replace function tests_flakiness(test tests) returns flakiness
  language sql stable
  begin atomic
    select row(
      case when seen.reasons is null then 0 else coalesce((
        -- What differs from 1, or from 0, by less than 2^-60 is that; power() refuses results too small to be written.
        select round((1 - power(0.5::double precision, least(power(2::double precision,
          greatest(f.heat - extract(epoch from now())::double precision / 1209600, -200)), 60)))::numeric, 3)::double precision
        from test_flakiness as f
        where f.organization_id = test.organization_id and f.test_id = test.id), 0)
      end,
      coalesce(seen.reasons, '{}'))::flakiness
    from (
      select array_agg(case r.reason
          when 'retry' then format('Passed after a failed attempt %s, last on %s.', case r.times when 1 then 'once' else r.times || ' times' end, r.last_on)
          else format('Passed and failed on the same commit %s, last on %s.', case r.times when 1 then 'once' else r.times || ' times' end, r.last_on)
        end order by r.reason) as reasons
      from (
        select x.reason, count(*) as times, max((x.occurred_at at time zone 'UTC')::date) as last_on
        from test_flakes as x
        where x.organization_id = test.organization_id and x.test_id = test.id and x.occurred_at > now() - interval '90 days'
        group by x.reason
      ) as r
    ) as seen;
  end;
grant execute on function tests_flakiness(tests) to app_definer, app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
comment on function tests_flakiness(tests) is
  E'@behavior -filterBy -orderBy -aggregate\nHow flaky the test is, and why: 0 where it was not seen to be so in the last 90 days.';

-- section: flakiest_tests
create or replace function flakiest_tests(project_id uuid default null) returns setof tests
  language sql stable rows 100
  begin atomic
    select t.*
    from test_flakiness as f
    join tests as t on t.organization_id = f.organization_id and t.id = f.test_id
    where (flakiest_tests.project_id is null or f.project_id = flakiest_tests.project_id)
      -- What is colder was not seen in these days.
      and f.heat >= extract(epoch from now() - interval '90 days')::double precision / 1209600
      -- The newest: an index is asked for each test in turn, as many as are wanted, and not all that was seen is gone through.
      and (
        select x.occurred_at from test_flakes as x
        where x.organization_id = f.organization_id and x.test_id = f.test_id order by x.occurred_at desc limit 1
      ) > now() - interval '90 days'
    order by f.heat desc, t.id;
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
