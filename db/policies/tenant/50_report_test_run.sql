-- The one way in for test results.
--
--                 admin developer engineer auditor analyst member ci
-- report_test_run yes   yes       -        -       -       -      yes (its project)

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
  receipt_id uuid;
  earlier record;
  answer jsonb;
  results app_private.reported_result[];
  started timestamptz := case when report ->> 'startedAt' is not null then least((report ->> 'startedAt')::timestamptz, now()) end;
  reported_environment jsonb := coalesce((report ->> 'environment')::jsonb, '{}');
  digest bytea := app_private.sha256_text(report::text);
  identities bytea[];
  fingerprints bytea[];
  failed_identities bytea[];
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

  select array_agg((
      app_private.test_identity(coalesce(r.framework, ''), coalesce(r.suite, ''), r.name, coalesce(r.parameters, '')),
      r.name, coalesce(r.suite, ''), coalesce(r.file, ''), coalesce(r.framework, ''), coalesce(r.parameters, ''), r.outcome, r."durationMs",
      least(coalesce(r."startedAt", started, now()), now()), decode(r.fingerprint, 'hex'), r.title, coalesce(r."errorType", ''),
      r."failureDetails", r."stackTrace", coalesce(r.severity, 'medium'), r.ordinality)::app_private.reported_result)
  into results
  from rows from (json_to_recordset(report -> 'results') as (
    name text, suite text, file text, framework text, parameters text, outcome text, "durationMs" bigint, "startedAt" timestamptz,
    fingerprint text, title text, "errorType" text, "failureDetails" text, "stackTrace" text, severity text)) with ordinality as r;

  if exists (select from unnest(results) where (outcome in ('failed', 'errored')) <> (fingerprint is not null)) then
    raise exception using errcode = 'DX400', message = 'A result has a fingerprint if, and only if, it failed or errored.';
  end if;

  -- A run of which nobody says when it began, began with its first result.
  started := coalesce(started, (select min(occurred_at) from unnest(results)), now());

  insert into test_runs as t (organization_id, project_id, run_key, shard, commit_sha, branch, ci_provider, run_url, environment, started_at, duration_ms,
    passed_count, failed_count, errored_count, skipped_count)
  select organization, project, report ->> 'runKey', coalesce(report ->> 'shard', ''), report ->> 'commitSha', report ->> 'branch', report ->> 'ciProvider',
    report ->> 'runUrl', reported_environment, started, (report ->> 'durationMs')::bigint,
    count(*) filter (where outcome = 'passed'), count(*) filter (where outcome = 'failed'),
    count(*) filter (where outcome = 'errored'), count(*) filter (where outcome = 'skipped')
  from unnest(results)
  on conflict (organization_id, project_id, run_key, shard) do update
  set passed_count = t.passed_count + excluded.passed_count, failed_count = t.failed_count + excluded.failed_count,
    errored_count = t.errored_count + excluded.errored_count, skipped_count = t.skipped_count + excluded.skipped_count
  returning t.id into run;

  select coalesce(array_agg(distinct identity), '{}'), coalesce(array_agg(distinct identity) filter (where fingerprint is not null), '{}'),
    coalesce(array_agg(distinct fingerprint) filter (where fingerprint is not null), '{}')
  into identities, failed_identities, fingerprints from unnest(results);

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
      where t.organization_id = organization and t.project_id = project and t.identity = any (failed_identities)
      order by t.identity
      for key share
    ) as locked;
    exit when cardinality(test_ids) = cardinality(failed_identities);
  end loop;

  loop
    perform set_config('plan_cache_mode', 'force_custom_plan', true);
    select coalesce(array_agg(d.fingerprint), '{}') into known
    from defects as d where d.organization_id = organization and d.project_id = project and d.fingerprint = any (fingerprints);
    perform set_config('plan_cache_mode', 'auto', true);
    with inserted as (
      insert into defects (organization_id, project_id, test_id, fingerprint, title, error_type, failure_details, stack_trace, environment,
        severity, first_seen_at, last_seen_at, first_run_id, last_run_id)
      select organization, project, t.id, r.fingerprint, r.title, r.error_type, r.failure_details, r.stack_trace, reported_environment,
        r.severity, r.occurred_at, r.occurred_at, run, run
      from (select distinct on (fingerprint) * from unnest(results) where fingerprint is not null order by fingerprint, ordinal) as r
      join unnest(test_ids, test_identities) as t (id, identity) using (identity)
      where r.fingerprint not in (select unnest(known))
      order by r.fingerprint
      on conflict (organization_id, project_id, fingerprint) do nothing
      returning id
    )
    select coalesce(array_agg(id), '{}') into made_defects from inserted;
    new_defects := new_defects || made_defects;
    perform set_config('plan_cache_mode', 'force_custom_plan', true);
    select coalesce(array_agg(locked.id), '{}'), coalesce(array_agg(locked.fingerprint), '{}'), coalesce(array_agg(locked.severity), '{}')
    into all_defects, defect_fingerprints, defect_severities
    from (
      select d.id, d.fingerprint, d.severity::text from defects as d
      where d.organization_id = organization and d.project_id = project and d.fingerprint = any (fingerprints)
      order by d.fingerprint
      for no key update
    ) as locked;
    exit when cardinality(all_defects) = cardinality(fingerprints);
  end loop;
  perform set_config('plan_cache_mode', 'auto', true);

  update defects as d
  set occurrence_count = d.occurrence_count + seen.times, first_seen_at = least(d.first_seen_at, seen.first_at),
    last_seen_at = greatest(d.last_seen_at, seen.last_at), last_run_id = case when seen.last_at >= d.last_seen_at then run else d.last_run_id end
  from (
    select fingerprint, count(*) as times, min(occurred_at) as first_at, max(occurred_at) as last_at
    from unnest(results) where fingerprint is not null group by fingerprint
  ) as seen
  where d.organization_id = organization and d.id = any (all_defects) and d.fingerprint = seen.fingerprint;

  -- A report that comes late, of what happened before it was resolved, is no regression.
  with reopened as (
    update defects as d set status = 'open'
    where d.organization_id = organization and d.id = any (all_defects) and d.status = 'resolved'
      and exists (select from unnest(results) as r where r.fingerprint = d.fingerprint and r.occurred_at > d.resolved_at)
    returning d.id
  )
  select coalesce(array_agg(id), '{}') into regressed from reopened;

  insert into defect_occurrences (organization_id, project_id, defect_id, test_id, test_run_id, occurred_at, duration_ms, environment)
  select organization, project, d.id, t.id, run, r.occurred_at, r.duration_ms, reported_environment
  from unnest(results) as r
  join unnest(all_defects, defect_fingerprints) as d (id, fingerprint) using (fingerprint)
  join unnest(test_ids, test_identities) as t (id, identity) using (identity);

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
    'reportId', reported_id, 'testRunId', run, 'replayed', false, 'results', coalesce(cardinality(results), 0),
    'passed', (select count(*) from unnest(results) where outcome = 'passed'),
    'failed', (select count(*) from unnest(results) where outcome = 'failed'),
    'errored', (select count(*) from unnest(results) where outcome = 'errored'),
    'skipped', (select count(*) from unnest(results) where outcome = 'skipped'),
    'newTests', new_tests, 'newDefects', cardinality(new_defects),
    'regressedDefects', cardinality(regressed),
    'knownDefects', cardinality(all_defects) - cardinality(new_defects) - cardinality(regressed),
    'newDefectIds', to_jsonb(new_defects), 'regressedDefectIds', to_jsonb(regressed));
  update ingest_receipts set receipt = answer where organization_id = organization and id = receipt_id;
  return answer;
end
$$;
grant execute on function report_test_run(json) to app_admin, app_developer, app_ci;
comment on function report_test_run(json) is
  E'@behavior -*\nStores a test run with its results, in one transaction; gives the receipt. The same report again gives the first receipt and changes nothing.';
