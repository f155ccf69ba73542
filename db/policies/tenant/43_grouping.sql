-- Which defect a failure belongs to: that of its fingerprint, unless people have said otherwise.
--
--                  admin developer engineer auditor analyst member ci
-- defect_groupings R     R         R        R       -       -      -    (made by merge_defects and split_defect)
-- merge_defects    yes   yes       -        -       -       -      -
-- split_defect     yes   yes       -        -       -       -      -

-- section: defect_groupings
call app_private.close_tenant_table('defect_groupings', 'defects:read');
create policy read on defect_groupings for select to app_admin, app_developer, app_engineer, app_auditor using (true);
grant select on defect_groupings to app_admin, app_developer, app_engineer, app_auditor;
call app_private.audit_table('defect_groupings');
comment on table defect_groupings is E'That people have said which defect failures belong to.';
comment on column defect_groupings.project_id is 'The project.';
comment on column defect_groupings.fingerprint is E'@behavior -*\nThe fingerprint of the failures.';
comment on constraint defect_groupings_fingerprint_check on defect_groupings is 'A fingerprint has 32 bytes.';
comment on constraint defect_groupings_fingerprint_key on defect_groupings is E'@behavior -*';
comment on constraint defect_groupings_defect_id_fkey on defect_groupings is E'@foreignFieldName groupings';
comment on constraint defect_groupings_test_id_fkey on defect_groupings is E'@foreignFieldName groupings';
comment on constraint defect_groupings_project_id_fkey on defect_groupings is E'@foreignFieldName defectGroupings';
comment on column defect_groupings.test_id is 'Of which test; of every test, if it is empty.';
comment on column defect_groupings.defect_id is 'The defect that they belong to.';

-- section: grouped_results
set local role app_definer;
create or replace function grouped_results(project uuid, results reported_result[], test_ids uuid[], test_identities bytea[]) returns reported_result[]
  language plpgsql volatile
  set search_path from current
  set enable_nestloop = on
  set plan_cache_mode = force_custom_plan
  set jit = off
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  fingerprints bytea[] := array(select distinct r.fingerprint from unnest(results) as r where r.fingerprint is not null);
begin
  -- What older rules of the project have grouped stays together: its failures are remembered by what they are now.
  insert into defect_groupings (organization_id, project_id, fingerprint, defect_id)
  select distinct on (r.fingerprint) organization, project, r.fingerprint, coalesce(g.defect_id, d.id)
  from unnest(results) as r
  cross join unnest(r.older_fingerprints) with ordinality as o (fingerprint, n)
  left join defects as d on d.organization_id = organization and d.project_id = grouped_results.project and d.fingerprint = o.fingerprint
  left join defect_groupings as g on g.organization_id = organization and g.project_id = grouped_results.project and g.fingerprint = o.fingerprint
    and g.test_id is null
  where coalesce(g.defect_id, d.id) is not null and not exists (
    select from defects as x where x.organization_id = organization and x.project_id = grouped_results.project and x.fingerprint = r.fingerprint)
  order by r.fingerprint, o.n
  on conflict (organization_id, project_id, fingerprint, test_id) do nothing;

  if not exists (
    select from defect_groupings as g
    where g.organization_id = organization and g.project_id = grouped_results.project and g.fingerprint = any (fingerprints)
  ) then
    return results;
  end if;
  -- What is said of a test counts before what is said of all.
  return (
    select array_agg(case when said.fingerprint is null then r else jsonb_populate_record(r, jsonb_build_object('fingerprint', said.fingerprint)) end
      order by r.ordinal)
    from unnest(results) as r
    join unnest(test_ids, test_identities) as t (id, identity) using (identity)
    left join lateral (
      select d.fingerprint
      from defect_groupings as g join defects as d on d.organization_id = organization and d.id = g.defect_id
      where g.organization_id = organization and g.project_id = grouped_results.project and g.fingerprint = r.fingerprint
        and (g.test_id = t.id or g.test_id is null)
      order by g.test_id nulls last
      limit 1
    ) as said on r.fingerprint is not null);
end
$$;
comment on function grouped_results(uuid, reported_result[], uuid[], bytea[]) is
  E'@behavior -*\nThe results of a report with the fingerprints of the defects that people, or older rules, have put their failures to.';

-- section: count_defect
set local role app_definer;
create or replace function count_defect(defect defects, times integer) returns void
  language plpgsql volatile
  set search_path from current
as $$
begin
  -- The defect as opened, and its occurrences: taken away (-1) before it becomes another, and added again after.
  insert into defect_daily_stats as s (organization_id, project_id, day, severity, opened, occurrences)
  select defect.organization_id, defect.project_id, c.day, defect.severity, greatest(sum(c.opened) * times, 0), greatest(sum(c.occurrences) * times, 0)
  from (
    select (defect.first_seen_at at time zone 'UTC')::date as day, 1 as opened, 0 as occurrences
    union all
    select (o.occurred_at at time zone 'UTC')::date, 0, count(*)
    from defect_occurrences as o where o.organization_id = defect.organization_id and o.defect_id = defect.id
    group by 1
  ) as c
  group by c.day
  order by c.day
  on conflict (organization_id, project_id, day, severity) do update
  set opened = greatest(s.opened + (
      case when excluded.day = (defect.first_seen_at at time zone 'UTC')::date then times else 0 end), 0),
    occurrences = greatest(s.occurrences + times * (
      select count(*) from defect_occurrences as o
      where o.organization_id = defect.organization_id and o.defect_id = defect.id and (o.occurred_at at time zone 'UTC')::date = excluded.day)::integer, 0);
end
$$;
comment on function count_defect(defects, integer) is
  E'@behavior -*\nAdds a defect and its occurrences to the daily counts, or takes them away.';

-- section: precede_defects
set local role app_definer;
-- A report that comes late may hold a defect's first occurrence: it is told then as that occurrence tells it, as if it had
-- come first. What a person has changed stays.
create or replace function precede_defects(run uuid, project uuid, environment jsonb, results reported_result[], all_defects uuid[],
  new_defects uuid[], test_ids uuid[], test_identities bytea[]) returns void
  language plpgsql volatile
  set search_path from current
  set enable_nestloop = on
  set plan_cache_mode = force_custom_plan
  set jit = off
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  preceded record;
  defect defects;
begin
  for preceded in
    select d.id, d.version, r.*, t.id as test_id
    from (
      select distinct on (u.fingerprint) u.* from unnest(results) as u where u.fingerprint is not null
      order by u.fingerprint, u.occurred_at, u.key
    ) as r
    join defects as d on d.organization_id = organization and d.project_id = project and d.fingerprint = r.fingerprint
    join unnest(test_ids, test_identities) as t (id, identity) using (identity)
    where d.id = any (all_defects) and not d.id = any (new_defects) and (r.occurred_at, r.key) < (d.first_seen_at, d.first_key)
    order by d.fingerprint
  loop
    select d.* into defect from defects as d where d.organization_id = organization and d.id = preceded.id;
    perform count_defect(defect, -1);
    update defects as d
    set first_seen_at = preceded.occurred_at, first_key = preceded.key, first_run_id = run, test_id = preceded.test_id
    where d.organization_id = organization and d.id = preceded.id;
    if preceded.version = 1 then
      update defects as d
      set title = preceded.title, error_type = preceded.error_type, failure_details = preceded.failure_details,
        stack_trace = preceded.stack_trace, fingerprint_explanation = preceded.fingerprint_explanation, environment = precede_defects.environment,
        severity = severity_of(project, preceded.name, preceded.suite, preceded.file, preceded.error_type, preceded.failure_details, preceded.severity)
      where d.organization_id = organization and d.id = preceded.id;
    end if;
    select d.* into defect from defects as d where d.organization_id = organization and d.id = preceded.id;
    perform count_defect(defect, 1);
  end loop;
end
$$;
comment on function precede_defects(uuid, uuid, jsonb, reported_result[], uuid[], uuid[], uuid[], bytea[]) is
  E'@behavior -*\nTells defects as their first occurrence does, where a report holds an earlier one than was known.';

-- section: grouping_defects
set local role app_definer;
create or replace function grouping_defects(ids uuid[]) returns setof defects
  language plpgsql volatile
  set search_path from current
as $$
begin
  if app_private.current_base_role() is null or app_private.current_base_role() not in ('admin', 'developer') then
    raise exception using errcode = '42501', message = 'only administrators and developers may';
  end if;
  perform app_private.require_permission('defects:write');
  -- In the order in which reports lock them.
  return query
    select d.* from defects as d where d.organization_id = app_private.current_org_id(current_schema()) and d.id = any (ids)
    order by d.fingerprint for update;
end
$$;
comment on function grouping_defects(uuid[]) is E'@behavior -*\nThe defects that are to be grouped otherwise, locked; refuses who may not (42501).';

-- section: recount_defect
set local role app_definer;
create or replace function recount_defect(id uuid) returns void
  language plpgsql volatile
  set search_path from current
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  recounted defects;
begin
  update defects as d
  set occurrence_count = seen.times, first_seen_at = seen.first_at, last_seen_at = seen.last_at, first_run_id = seen.first_run, last_run_id = seen.last_run,
    first_key = case when seen.first_run = d.first_run_id then d.first_key else '' end,
    last_key = case when seen.last_run = d.last_run_id then d.last_key else '' end,
    version = d.version + 1, updated_at = now()
  from (
    select count(*) as times, min(o.occurred_at) as first_at, max(o.occurred_at) as last_at,
      (array_agg(o.test_run_id order by o.occurred_at, o.id))[1] as first_run, (array_agg(o.test_run_id order by o.occurred_at desc, o.id desc))[1] as last_run
    from defect_occurrences as o where o.organization_id = organization and o.defect_id = recount_defect.id
  ) as seen
  where d.organization_id = organization and d.id = recount_defect.id and seen.times > 0
  returning * into recounted;
  if recounted.id is null then
    select d.* into recounted from defects as d where d.organization_id = organization and d.id = recount_defect.id;
  end if;
  perform count_defect(recounted, 1);
end
$$;
comment on function recount_defect(uuid) is E'@behavior -*\nMakes a defect say what its occurrences say, and counts it again.';

-- section: merge_defects
set local role app_definer;
create or replace function merge_defects(id uuid, other_ids uuid[]) returns uuid
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  target defects;
  source defects;
  merged integer := 0;
begin
  perform grouping_defects(other_ids || merge_defects.id);
  select d.* into target from defects as d where d.organization_id = organization and d.id = merge_defects.id;
  if target.id is null then
    raise exception using errcode = 'DX404', message = 'There is no defect by that id.';
  end if;
  if cardinality(other_ids) > 1000 then
    raise exception using errcode = 'DX400', column = 'other_ids', message = 'At most 1,000 defects are merged at once.';
  end if;
  perform count_defect(target, -1);
  for source in
    select d.* from defects as d where d.organization_id = organization and d.id = any (other_ids) and d.id <> target.id order by d.fingerprint
  loop
    if source.project_id <> target.project_id then
      raise exception using errcode = 'DX400', column = 'other_ids', message = 'Only defects of one project can be merged.';
    end if;
    perform count_defect(source, -1);
    update defect_groupings as g set defect_id = target.id where g.organization_id = organization and g.defect_id = source.id;
    insert into defect_groupings (organization_id, project_id, fingerprint, defect_id) values (organization, target.project_id, source.fingerprint, target.id)
    on conflict (organization_id, project_id, fingerprint, test_id) do update set defect_id = excluded.defect_id;
    update defect_occurrences as o set defect_id = target.id where o.organization_id = organization and o.defect_id = source.id;
    delete from defects as d where d.organization_id = organization and d.id = source.id;
    merged := merged + 1;
  end loop;
  if merged = 0 or merged < (select count(distinct o) from unnest(other_ids) as o where o <> target.id) then
    raise exception using errcode = 'DX404', message = 'The otherIds must name defects that there are, beside the one that they become part of.';
  end if;
  perform recount_defect(target.id);
  return target.id;
end
$$;
grant execute on function merge_defects(uuid, uuid[]) to app_admin, app_developer;
comment on function merge_defects(uuid, uuid[]) is
  E'@behavior -*\nMakes other defects of the project part of this one, with their occurrences. It is remembered: failures like theirs belong to it from now on.';

-- section: split_defect
set local role app_definer;
create or replace function split_defect(id uuid, test_ids uuid[]) returns uuid
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  origin defects;
  made uuid;
begin
  perform grouping_defects(array[split_defect.id]);
  select d.* into origin from defects as d where d.organization_id = organization and d.id = split_defect.id;
  if origin.id is null then
    raise exception using errcode = 'DX404', message = 'There is no defect by that id.';
  end if;
  if not exists (select from defect_occurrences as o where o.organization_id = organization and o.defect_id = origin.id and o.test_id = any (split_defect.test_ids))
    or not exists (select from defect_occurrences as o where o.organization_id = organization and o.defect_id = origin.id and (o.test_id = any (split_defect.test_ids)) is not true)
  then
    raise exception using errcode = 'DX400', column = 'test_ids', message = 'The testIds must name some of the tests that the defect occurred in, and not all of them.';
  end if;
  perform count_defect(origin, -1);
  insert into defects (organization_id, project_id, test_id, title, error_type, environment, severity)
  values (organization, origin.project_id, split_defect.test_ids[1], origin.title, origin.error_type, origin.environment, origin.severity)
  returning defects.id into made;
  -- The ciphertext as it is: encrypted once.
  update defects as d set failure_details = origin.failure_details, stack_trace = origin.stack_trace, fingerprint_explanation = origin.fingerprint_explanation
  where d.organization_id = organization and d.id = made;
  insert into defect_groupings (organization_id, project_id, fingerprint, test_id, defect_id)
  select organization, origin.project_id, f.fingerprint, t.id, made
  from (
    select origin.fingerprint as fingerprint
    union
    select g.fingerprint from defect_groupings as g where g.organization_id = organization and g.defect_id = origin.id
  ) as f
  cross join (select distinct x.id from tests as x where x.organization_id = organization and x.project_id = origin.project_id and x.id = any (split_defect.test_ids)) as t
  on conflict (organization_id, project_id, fingerprint, test_id) do update set defect_id = excluded.defect_id;
  update defect_occurrences as o set defect_id = made
  where o.organization_id = organization and o.defect_id = origin.id and o.test_id = any (split_defect.test_ids);
  perform recount_defect(origin.id);
  perform recount_defect(made);
  return made;
end
$$;
grant execute on function split_defect(uuid, uuid[]) to app_admin, app_developer;
comment on function split_defect(uuid, uuid[]) is
  E'@behavior -*\nMakes the occurrences of some of its tests a defect of their own. It is remembered: such failures of these tests belong to the new one from now on.';
