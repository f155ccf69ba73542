-- The one way in for test results.
--
--                 admin developer engineer auditor analyst member ci
-- report_test_run yes   yes       -        -       -       -      yes (its project)
--
-- What is stored does not depend on the order in which reports come, nor on how often: an execution of a test in a run is
-- stored once, and of those that happened at the same time the key decides which was the first.

-- section: reported_results
set local role app_definer;
create or replace function reported_results(results json, run_part text, started timestamptz) returns reported_result[]
  language sql stable
  set search_path from current
  begin atomic
    select coalesce(array_agg((
        x.identity, x.execution_id, concat_ws(E'\x01', run_part, left(x.name, 100), encode(x.identity, 'hex'), x.execution_id),
        x.name, x.suite, x.file, x.framework, x.parameters, x.outcome, x."durationMs", least(coalesce(x."startedAt", started, now()), now()),
        decode(x.fingerprint, 'hex'), array(select decode(f, 'hex') from jsonb_array_elements_text(coalesce(x."olderFingerprints", '[]')) as f),
        x."fingerprintExplanation", x.title, coalesce(x."errorType", ''), x."failureDetails", x."stackTrace", x.severity,
        coalesce(x.attempts, '[]'), x.ordinality)::reported_result order by x.ordinality), '{}')
    from (
      select distinct on (n.identity, n.execution_id) n.*
      from (
        select i.*, coalesce(nullif(i."executionId", ''), row_number() over (partition by i.identity order by i.ordinality)::text) as execution_id
        from (
          select app_private.test_identity(coalesce(r.framework, ''), coalesce(r.suite, ''), r.name, coalesce(r.parameters, '')) as identity,
            r."executionId", r.name, coalesce(r.suite, '') as suite, coalesce(r.file, '') as file, coalesce(r.framework, '') as framework,
            coalesce(r.parameters, '') as parameters, r.outcome, r."durationMs", r."startedAt", r.fingerprint, r."olderFingerprints", r."fingerprintExplanation", r.title, r."errorType",
            r."failureDetails", r."stackTrace", r.severity, r.attempts, r.ordinality
          from rows from (json_to_recordset(results) as (
            "executionId" text, name text, suite text, file text, framework text, parameters text, outcome text, "durationMs" bigint,
            "startedAt" timestamptz, fingerprint text, "olderFingerprints" jsonb, "fingerprintExplanation" text, title text, "errorType" text, "failureDetails" text, "stackTrace" text, severity text,
            attempts jsonb)) with ordinality as r
        ) as i
      ) as n
      order by n.identity, n.execution_id, n.ordinality
    ) as x;
  end;
comment on function reported_results(json, text, timestamptz) is
  E'@behavior -*\nThe results of a report on a part of a run, each execution of a test once. Without an id of its own the n-th result of a test is its n-th execution.';

-- section: store_results
set local role app_definer;
-- The run's row is held: reports of one run and shard come one after the other.
create or replace function store_results(run uuid, project uuid, results reported_result[], test_ids uuid[], test_identities bytea[]) returns void
  language plpgsql volatile
  set search_path from current
  set enable_nestloop = off
  set jit = off
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
begin
  insert into test_results (organization_id, project_id, test_run_id, test_id, execution_id, attempt, is_final, outcome, duration_ms, occurred_at)
  select organization, project, run, t.id, r.execution_id, jsonb_array_length(r.attempts) + 1, true, r.outcome, r.duration_ms, r.occurred_at
  from unnest(results) as r join unnest(test_ids, test_identities) as t (id, identity) using (identity);

  insert into test_results (organization_id, project_id, test_run_id, test_id, execution_id, attempt, is_final, outcome, duration_ms, occurred_at)
  select organization, project, run, t.id, r.execution_id, a.attempt, false, a.said ->> 'outcome', (a.said ->> 'durationMs')::bigint, r.occurred_at
  from unnest(results) as r
  join unnest(test_ids, test_identities) as t (id, identity) using (identity)
  cross join jsonb_array_elements(r.attempts) with ordinality as a (said, attempt)
  where r.attempts <> '[]';

  update test_runs as t
  set passed_count = t.passed_count + counted.passed, failed_count = t.failed_count + counted.failed,
    errored_count = t.errored_count + counted.errored, skipped_count = t.skipped_count + counted.skipped, flaky_count = t.flaky_count + counted.flaky
  from (
    select count(*) filter (where outcome = 'passed') as passed, count(*) filter (where outcome = 'failed') as failed,
      count(*) filter (where outcome = 'errored') as errored, count(*) filter (where outcome = 'skipped') as skipped,
      count(*) filter (where app_private.is_retried(outcome, attempts)) as flaky
    from unnest(results)
  ) as counted
  where t.organization_id = organization and t.id = run;
end
$$;
comment on function store_results(uuid, uuid, reported_result[], uuid[], bytea[]) is E'@behavior -*\nStores the results of a run, with their attempts, and counts them.';

-- section: receipt_lists
set local role app_definer;
create or replace function receipt_lists(run uuid, results reported_result[], all_defects uuid[], defect_fingerprints bytea[],
  test_ids uuid[], test_identities bytea[]) returns jsonb
  language sql stable
  set search_path from current
  set plan_cache_mode = force_custom_plan
  set jit = off
as $$
  with tested as materialized (
    select r.fingerprint, r.outcome, r.attempts, t.id as test_id, r.ordinal
    from unnest(results) as r join unnest(test_ids, test_identities) as t (id, identity) using (identity)
  ), muted as materialized (
    select t.id from tests as t
    where t.organization_id = app_private.current_org_id(current_schema()) and t.id = any (test_ids) and t.muted_until > now()
  ), failing as (
    select d.id, min(r.ordinal) as ordinal, count(*) as occurrences, bool_and(r.test_id in (select id from muted)) as is_muted
    from tested as r join unnest(all_defects, defect_fingerprints) as d (id, fingerprint) using (fingerprint)
    group by d.id
  ), listed as (
    select d.id, d.title, d.severity, f.occurrences, f.ordinal, t.name as test,
      f.is_muted or coalesce(d.muted_until > now(), false) as is_muted,
      case when d.first_run_id = run then 'new' when d.regressed_run_id = run then 'regressed' else 'known' end as state
    from failing as f
    join defects as d on d.organization_id = app_private.current_org_id(current_schema()) and d.id = f.id
    left join tests as t on t.organization_id = d.organization_id and t.id = d.test_id
  ), flaky as (
    select t.id, t.name, t.suite, (tests_flakiness(t)).score as score
    from tests as t
    where t.organization_id = app_private.current_org_id(current_schema())
      and t.id in (select x.test_id from tested as x where x.outcome in ('failed', 'errored') or app_private.is_retried(x.outcome, x.attempts))
      and exists (
        select from test_flakes as x
        where x.organization_id = t.organization_id and x.test_id = t.id and x.occurred_at > now() - interval '30 days')
  )
  select jsonb_build_object(
    'mutedDefects', (select count(*) from listed where is_muted),
    'defects', (
      select coalesce(jsonb_agg(jsonb_build_object('id', l.id, 'title', l.title, 'severity', l.severity, 'state', l.state, 'isMuted', l.is_muted,
        'occurrences', l.occurrences, 'test', l.test) order by l.state = 'known', l.state, l.ordinal), '[]')
      from listed as l),
    'flakyTests', (select count(*) from flaky),
    'flaky', (
      select coalesce(jsonb_agg(jsonb_build_object('id', f.id, 'name', f.name, 'suite', f.suite, 'score', f.score) order by f.score desc, f.id), '[]')
      from (select * from flaky order by score desc, id limit 100) as f),
    'verdict', (select test_runs_verdict(t) from test_runs as t where t.organization_id = app_private.current_org_id(current_schema()) and t.id = run))
$$;
comment on function receipt_lists(uuid, reported_result[], uuid[], bytea[], uuid[], bytea[]) is
  E'@behavior -*\nWhat a receipt tells beside its counts: the defects and flaky tests of the report, and what the run says by now.';

-- section: report_test_run
set local role app_definer;
-- Rows are inserted and locked in the order of their keys (tests by identity, defects by fingerprint, counts by
-- severity), so that reports that name the same rows wait for each other and never deadlock.
create or replace function report_test_run(report json) returns jsonb
  language plpgsql volatile security definer
  set search_path from current
  -- Every join here is of two sets of the size of the report. Where statistics are old, the planner would take them for a
  -- few rows and compare each with each.
  set enable_nestloop = off
  -- Before PostgreSQL 18 what is switched off still counts as dear, and dear plans are compiled: slower than running them.
  set jit = off
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  project_slug text := report ->> 'project';
  reported_id text := report ->> 'reportId';
  project uuid;
  run uuid;
  run_part text := concat_ws(E'\x01', report ->> 'runKey', coalesce(report ->> 'shard', ''));
  commit text := report ->> 'commitSha';
  receipt_id uuid;
  earlier record;
  answer jsonb;
  results reported_result[];
  reported integer;
  is_infrastructure boolean;
  started timestamptz := case when report ->> 'startedAt' is not null then least((report ->> 'startedAt')::timestamptz, now()) end;
  reported_environment jsonb := coalesce(nullif((report -> 'environment')::jsonb, 'null'), '{}');
  digest bytea := app_private.sha256_text(report::text);
  identities bytea[];
  fingerprints bytea[];
  known bytea[];
  test_ids uuid[];
  test_identities bytea[];
  defect_fingerprints bytea[];
  defect_severities text[];
  made integer;
  new_tests integer := 0;
  made_defects uuid[];
  new_defects uuid[] := '{}';
  all_defects uuid[];
  regressed uuid[];
begin
  if app_private.current_base_role() is null or app_private.current_base_role() not in ('admin', 'developer', 'ci') then
    raise exception using errcode = '42501', message = 'permission denied for function report_test_run';
  end if;
  perform app_private.require_permission('reports:create');
  select p.id into project from projects as p
  where p.slug = project_slug and p.id = coalesce(app_private.current_project_id(), p.id)
  for key share;
  if project is null then
    raise exception using errcode = 'DX404', message = format('There is no project "%s".', left(project_slug, 100));
  end if;

  -- A report that is being stored by another transaction is waited for here.
  insert into ingest_receipts (organization_id, project_id, report_id, content_sha256) values (organization, project, reported_id, digest)
  on conflict do nothing
  returning id into receipt_id;
  if receipt_id is null then
    select i.receipt, i.content_sha256 into earlier from ingest_receipts as i
    where i.organization_id = organization and i.project_id = project and i.report_id = reported_id;
    if reported_id is null then
      select i.receipt, i.content_sha256 into earlier from ingest_receipts as i
      where i.organization_id = organization and i.project_id = project and i.report_id is null and i.content_sha256 = digest;
    end if;
    if earlier.content_sha256 <> digest then
      raise exception using errcode = 'DX409',
        message = format('The report id "%s" was used for another report: give each report an id of its own.', reported_id);
    end if;
    return earlier.receipt || '{"replayed": true}';
  end if;

  results := reported_results(report -> 'results', run_part, started);
  reported := cardinality(results);
  if exists (select from unnest(results) where (outcome in ('failed', 'errored')) <> (fingerprint is not null)) then
    raise exception using errcode = 'DX400', message = 'A result has a fingerprint if, and only if, it failed or errored.';
  end if;
  -- So much fails only where the machine, the network or a service is at fault; of a few tests nothing can be said.
  is_infrastructure := coalesce((report ->> 'isInfrastructureFailure')::boolean, (
    select count(*) filter (where outcome <> 'skipped') >= 10
      and count(*) filter (where fingerprint is not null) > 0.8 * count(*) filter (where outcome <> 'skipped')
    from unnest(results)));

  -- A run of which nobody says when it began, began with its first result.
  started := coalesce(started, (select min(occurred_at) from unnest(results)), now());
  insert into test_runs as t (organization_id, project_id, run_key, shard, commit_sha, branch, ci_provider, run_url, environment, started_at,
    duration_ms, is_infrastructure_failure)
  values (organization, project, report ->> 'runKey', coalesce(report ->> 'shard', ''), commit, report ->> 'branch', report ->> 'ciProvider',
    report ->> 'runUrl', reported_environment, started, (report ->> 'durationMs')::bigint, is_infrastructure)
  on conflict (organization_id, project_id, run_key, shard) do update
  set is_infrastructure_failure = t.is_infrastructure_failure or excluded.is_infrastructure_failure
  returning t.id into run;
  -- What parts of a run say of it together; where they contradict each other, the same wins in any order.
  update test_runs as t
  set started_at = least(t.started_at, said.started_at), duration_ms = greatest(t.duration_ms, said.duration_ms),
    commit_sha = least(t.commit_sha, said.commit_sha), branch = least(t.branch, said.branch),
    ci_provider = least(t.ci_provider, said.ci_provider), run_url = least(t.run_url, said.run_url),
    environment = greatest(t.environment, said.environment)
  from (values (started, (report ->> 'durationMs')::bigint, commit, report ->> 'branch', report ->> 'ciProvider', report ->> 'runUrl', reported_environment))
    as said (started_at, duration_ms, commit_sha, branch, ci_provider, run_url, environment)
  where t.organization_id = organization and t.id = run
    and (t.started_at > said.started_at or greatest(t.duration_ms, said.duration_ms) is distinct from t.duration_ms
      or least(t.commit_sha, said.commit_sha) is distinct from t.commit_sha or least(t.branch, said.branch) is distinct from t.branch
      or least(t.ci_provider, said.ci_provider) is distinct from t.ci_provider or least(t.run_url, said.run_url) is distinct from t.run_url
      or t.environment < said.environment);
  if commit is not null then
    -- Two runs of one commit at the same time would not see each other's results.
    perform pg_advisory_xact_lock(hashtextextended(concat_ws('/', organization, project, commit, app_private.shard_place(report ->> 'shard')), 0));
  end if;

  select coalesce(array_agg(distinct identity), '{}') into identities from unnest(results);
  -- Whoever deletes a test or a defect in between is seen here: the row is made again, and then held. What is looked up by
  -- an array is planned for that very array, which is hashed; a plan for any array compares each row with each element. Not
  -- what inserts: its triggers would be planned anew for each row.
  loop
    perform set_config('plan_cache_mode', 'force_custom_plan', true);
    select coalesce(array_agg(t.identity), '{}') into known
    from tests as t where t.organization_id = organization and t.project_id = project and t.identity = any (identities);
    perform set_config('plan_cache_mode', 'auto', true);
    with inserted as (
      insert into tests (organization_id, project_id, name, suite, file, framework, parameters)
      select organization, project, r.name, r.suite, r.file, r.framework, r.parameters
      from (select distinct on (identity) * from unnest(results) order by identity, ordinal) as r
      where r.identity not in (select unnest(known))
      order by r.identity
      on conflict (organization_id, project_id, identity) do nothing
      returning 1
    )
    select count(*) into made from inserted;
    new_tests := new_tests + made;
    perform set_config('plan_cache_mode', 'force_custom_plan', true);
    select coalesce(array_agg(locked.id), '{}'), coalesce(array_agg(locked.identity), '{}') into test_ids, test_identities
    from (
      select t.id, t.identity from tests as t
      where t.organization_id = organization and t.project_id = project and t.identity = any (identities)
      order by t.identity
      for key share
    ) as locked;
    exit when cardinality(test_ids) = cardinality(identities);
  end loop;

  -- What another report has said of an execution stands.
  select coalesce(array_agg(r order by r.ordinal), '{}') into results
  from unnest(results) as r join unnest(test_ids, test_identities) as t (id, identity) using (identity)
  where (t.id, r.execution_id) not in (
    select x.test_id, x.execution_id from test_results as x where x.organization_id = organization and x.test_run_id = run and x.is_final);
  perform set_config('plan_cache_mode', 'auto', true);
  perform store_results(run, project, results, test_ids, test_identities);
  if is_infrastructure then
    -- It opens no defects, and says nothing of tests.
    select coalesce(array_agg(jsonb_populate_record(r, '{"fingerprint": null}') order by r.ordinal), '{}') into results from unnest(results) as r;
  else
    results := grouped_results(project, results, test_ids, test_identities);
  end if;

  select coalesce(array_agg(distinct fingerprint) filter (where fingerprint is not null), '{}') into fingerprints from unnest(results);
  loop
    perform set_config('plan_cache_mode', 'force_custom_plan', true);
    select coalesce(array_agg(d.fingerprint), '{}') into known
    from defects as d where d.organization_id = organization and d.project_id = project and d.fingerprint = any (fingerprints);
    perform set_config('plan_cache_mode', 'auto', true);
    with inserted as (
      insert into defects (organization_id, project_id, test_id, fingerprint, title, error_type, failure_details, stack_trace, fingerprint_explanation,
        environment, severity, first_seen_at, last_seen_at, first_run_id, last_run_id, first_key, last_key)
      select organization, project, t.id, r.fingerprint, r.title, r.error_type, r.failure_details, r.stack_trace, r.fingerprint_explanation,
        reported_environment, severity_of(project, r.name, r.suite, r.file, r.error_type, r.failure_details, r.severity), r.occurred_at, r.occurred_at, run, run, r.key, run_part
      from (
        select distinct on (fingerprint) * from unnest(results) where fingerprint is not null order by fingerprint, occurred_at, key
      ) as r
      join unnest(test_ids, test_identities) as t (id, identity) using (identity)
      where r.fingerprint not in (select unnest(known))
      order by r.fingerprint
      on conflict (organization_id, project_id, fingerprint) do nothing
      returning id
    )
    select coalesce(array_agg(id), '{}') into made_defects from inserted;
    new_defects := new_defects || made_defects;
    perform set_config('plan_cache_mode', 'force_custom_plan', true);
    select coalesce(array_agg(locked.id), '{}'), coalesce(array_agg(locked.fingerprint), '{}')
    into all_defects, defect_fingerprints
    from (
      select d.id, d.fingerprint from defects as d
      where d.organization_id = organization and d.project_id = project and d.fingerprint = any (fingerprints)
      order by d.fingerprint
      for no key update
    ) as locked;
    exit when cardinality(all_defects) = cardinality(fingerprints);
  end loop;
  perform set_config('plan_cache_mode', 'auto', true);
  perform precede_defects(run, project, reported_environment, results, all_defects, new_defects, test_ids, test_identities);

  update defects as d
  set occurrence_count = d.occurrence_count + seen.times, last_seen_at = greatest(d.last_seen_at, seen.last_at),
    last_run_id = case when (seen.last_at, run_part) >= (d.last_seen_at, d.last_key) then run else d.last_run_id end,
    last_key = case when (seen.last_at, run_part) >= (d.last_seen_at, d.last_key) then run_part else d.last_key end
  from (
    select fingerprint, count(*) as times, max(occurred_at) as last_at
    from unnest(results) where fingerprint is not null group by fingerprint
  ) as seen
  where d.organization_id = organization and d.id = any (all_defects) and d.fingerprint = seen.fingerprint;

  -- A report that comes late, of what happened before it was resolved, is no regression.
  with reopened as (
    update defects as d set status = 'open', regressed_at = again.occurred_at, regressed_run_id = run, regression_count = d.regression_count + 1
    from (select fingerprint, max(occurred_at) as occurred_at from unnest(results) where fingerprint is not null group by fingerprint) as again
    where d.organization_id = organization and d.id = any (all_defects) and d.status = 'resolved'
      and again.fingerprint = d.fingerprint and again.occurred_at > d.resolved_at
    returning d.id
  )
  select coalesce(array_agg(id), '{}') into regressed from reopened;

  insert into defect_occurrences (organization_id, project_id, defect_id, test_id, test_run_id, occurred_at, duration_ms, environment)
  select organization, project, d.id, t.id, run, r.occurred_at, r.duration_ms, reported_environment
  from unnest(results) as r
  join unnest(all_defects, defect_fingerprints) as d (id, fingerprint) using (fingerprint)
  join unnest(test_ids, test_identities) as t (id, identity) using (identity);

  select coalesce(array_agg(d.severity::text order by n.n), '{}') into defect_severities
  from unnest(all_defects) with ordinality as n (id, n) join defects as d on d.organization_id = organization and d.id = n.id;
  -- What other reports of the same tests wait for comes late.
  if not is_infrastructure then
    perform store_flakes(run, project, results, test_ids, test_identities);
  end if;
  insert into defect_daily_stats as s (organization_id, project_id, day, severity, opened, occurrences)
  select organization, project, counted.day, counted.severity, sum(counted.opened), sum(counted.occurrences)
  from (
    select (r.occurred_at at time zone 'UTC')::date as day, d.severity, 0 as opened, 1 as occurrences
    from unnest(results) as r
    join unnest(defect_fingerprints, defect_severities) as d (fingerprint, severity) using (fingerprint)
    union all
    select (d.first_seen_at at time zone 'UTC')::date, d.severity::text, 1, 0
    from defects as d where d.organization_id = organization and d.id = any (new_defects)
  ) as counted
  group by counted.day, counted.severity
  order by counted.day, counted.severity
  on conflict (organization_id, project_id, day, severity) do update
  set opened = s.opened + excluded.opened, occurrences = s.occurrences + excluded.occurrences;

  answer := jsonb_build_object(
    'reportId', reported_id, 'testRunId', run, 'replayed', false,
    'results', cardinality(results), 'alreadyStored', reported - cardinality(results),
    'newTests', new_tests, 'newDefects', cardinality(new_defects), 'regressedDefects', cardinality(regressed),
    'knownDefects', cardinality(all_defects) - cardinality(new_defects) - cardinality(regressed),
    'newDefectIds', to_jsonb(new_defects), 'regressedDefectIds', to_jsonb(regressed), 'isInfrastructureFailure', is_infrastructure)
    || (select jsonb_build_object('passed', count(*) filter (where outcome = 'passed'), 'failed', count(*) filter (where outcome = 'failed'),
          'errored', count(*) filter (where outcome = 'errored'), 'skipped', count(*) filter (where outcome = 'skipped'))
        from unnest(results))
    || receipt_lists(run, results, all_defects, defect_fingerprints, test_ids, test_identities);
  update ingest_receipts set receipt = answer where organization_id = organization and id = receipt_id;
  return answer;
end
$$;
grant execute on function report_test_run(json) to app_admin, app_developer, app_ci;
comment on function report_test_run(json) is
  E'@behavior -*\nStores a test run with its results, in one transaction; gives the receipt. The same report again gives the first receipt and changes nothing.';
