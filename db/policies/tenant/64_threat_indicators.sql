-- What is known of threats, and the one way in for feeds of it.
--
--                          admin developer engineer auditor analyst member ci
-- threat_indicators        RCUD  R         R        R       R       -      -
-- import_threat_indicators yes   -         -        -       -       -      -

-- section: threat_indicators
call app_private.close_tenant_table('threat_indicators', 'compliance:read', 'compliance:write');
create policy read on threat_indicators for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst using (true);
create policy make on threat_indicators for insert to app_admin with check (true);
create policy change on threat_indicators for update to app_admin using (true) with check (true);
create policy remove on threat_indicators for delete to app_admin using (true);
grant select on threat_indicators to app_admin, app_developer, app_engineer, app_auditor, app_analyst;
grant insert (indicator_type, indicator_value, threat_level, source, confidence_score, first_seen_at, last_seen_at, region_code)
  on threat_indicators to app_admin;
grant update (indicator_type, indicator_value, threat_level, source, confidence_score, first_seen_at, last_seen_at, region_code, version)
  on threat_indicators to app_admin;
grant delete on threat_indicators to app_admin;
create or replace trigger _060_region before insert or update of region_code on threat_indicators
  for each row execute function app_private.keep_to_region();
create or replace trigger _200_version before update on threat_indicators for each row execute function app_private.raise_version();
call app_private.audit_table('threat_indicators');
comment on table threat_indicators is 'Something by which a threat is recognised, such as an address or the hash of a file.';
comment on column threat_indicators.indicator_type is 'What kind of thing it is: ipv4-addr, domain-name, url, file:sha-256 and the like.';
comment on column threat_indicators.indicator_value is 'The address, name or hash; type and value together are unique.';
comment on column threat_indicators.threat_level is 'How bad it is, as the newest sighting says.';
comment on column threat_indicators.source is 'Who said so last.';
comment on column threat_indicators.confidence_score is 'How sure that is, from 0 to 100, as the newest sighting says.';
comment on column threat_indicators.first_seen_at is 'When it was first seen.';
comment on column threat_indicators.last_seen_at is 'When it was last seen.';
comment on column threat_indicators.region_code is 'Where the row is kept: the organization''s region, which need not be given; any other is refused.';
comment on constraint threat_indicators_value_key on threat_indicators is E'@behavior -*\nThere is an indicator of this type and value already.';
comment on constraint threat_indicators_type_check on threat_indicators is 'The type of an indicator has 1 to 100 lower-case letters, digits, :, ., _ and -, and begins with a letter or a digit.';
comment on constraint threat_indicators_value_check on threat_indicators is 'The value of an indicator has 1 to 2,000 bytes.';
comment on constraint threat_indicators_source_check on threat_indicators is 'The source has at most 200 characters.';
comment on constraint threat_indicators_confidence_score_check on threat_indicators is 'The confidence is from 0 to 100.';
comment on constraint threat_indicators_last_seen_at_check on threat_indicators is 'An indicator is last seen after it was first seen.';

-- section: import_threat_indicators
-- Not a definer: it does what an administrator's own grants and policies let it. (So nothing of app_private is named: a request's role
-- may not look up a name there. What a sighting is stands in platform/26_threat_sightings.sql.)
--
-- What is stored does not depend on the order or the number of times that sightings come in. Of two sightings of one indicator the
-- newer one counts; of two at the same time the more confident, then the worse, then the source that is later in the alphabet:
-- a total order, of which the greatest is kept.
create or replace function import_threat_indicators(indicators jsonb) returns jsonb
  language plpgsql volatile
  set search_path from current
as $$
declare
  problem text[];
  given integer;
  created integer;
  updated integer;
begin
  if jsonb_typeof(indicators) is distinct from 'array' then
    raise exception using errcode = 'DX400', column = 'indicators', message = 'The indicators are a list.';
  end if;
  given := jsonb_array_length(indicators);
  if given > 10000 then
    raise exception using errcode = 'DX400', column = 'indicators',
      message = format('An import holds at most 10000 indicators, this one has %s: send several.', given);
  end if;
  problem := first_bad_indicator(indicators);
  if problem is not null then
    raise exception using errcode = 'DX400', column = problem[1], message = problem[2];
  end if;

  with sightings as (
    select i.type, i.value, i.level, coalesce(i.source, '') as source, i.confidence::integer as confidence,
      coalesce(i.first_seen, i.last_seen) as first_seen, i.last_seen
    from jsonb_to_recordset(indicators) as i (type text, value text, level text, source text, confidence numeric, first_seen timestamptz, last_seen timestamptz)
  ), merged as (
    select distinct on (s.type, s.value) s.type, s.value, s.level, s.source, s.confidence, s.last_seen,
      min(s.first_seen) over (partition by s.type, s.value) as first_seen
    from sightings as s
    order by s.type, s.value, s.last_seen desc, s.confidence desc, severity_rank(s.level) desc, s.source collate "C" desc
  ), news as (
    -- What says nothing new is left out here, before triggers and policies look at each row; the conflict below settles what others
    -- have stored since.
    select m.*
    from merged as m
    left join threat_indicators as t on t.indicator_type = m.type and t.indicator_value = m.value
    where t.id is null or m.first_seen < t.first_seen_at
      or (m.last_seen, m.confidence, severity_rank(m.level), m.source collate "C") >
        (t.last_seen_at, t.confidence_score, severity_rank(t.threat_level), t.source collate "C")
  ), stored as (
    -- In the order of the key: two imports of the same indicators wait for each other, and do not lock each other out.
    insert into threat_indicators as t (indicator_type, indicator_value, threat_level, source, confidence_score, first_seen_at, last_seen_at)
    select m.type, m.value, m.level, m.source, m.confidence, m.first_seen, m.last_seen from news as m order by m.type, m.value
    on conflict (organization_id, indicator_type, indicator_value) do update
    set first_seen_at = least(t.first_seen_at, excluded.first_seen_at),
      last_seen_at = greatest(t.last_seen_at, excluded.last_seen_at),
      (threat_level, source, confidence_score) = (
        select case when newer then excluded.threat_level else t.threat_level end, case when newer then excluded.source else t.source end,
          case when newer then excluded.confidence_score else t.confidence_score end
        from (select (excluded.last_seen_at, excluded.confidence_score, severity_rank(excluded.threat_level), excluded.source collate "C") >
          (t.last_seen_at, t.confidence_score, severity_rank(t.threat_level), t.source collate "C")) as n (newer))
    where excluded.first_seen_at < t.first_seen_at or (excluded.last_seen_at, excluded.confidence_score, severity_rank(excluded.threat_level), excluded.source collate "C") >
        (t.last_seen_at, t.confidence_score, severity_rank(t.threat_level), t.source collate "C")
    -- A row that this statement has made has no xmax.
    returning t.xmax = 0 as is_new
  )
  select count(*) filter (where is_new), count(*) filter (where not is_new) into created, updated from stored;
  return jsonb_build_object('created', created, 'updated', updated, 'unchanged', given - created - updated);
end
$$;
grant execute on function import_threat_indicators(jsonb) to app_admin;
comment on function import_threat_indicators(jsonb) is
  E'@behavior -*\nStores sightings of threat indicators, objects with type, value, level, source, confidence, first_seen and last_seen, at most 10,000: the first time the earliest, the last time the latest, level, source and confidence those of the newest. The same again changes nothing.';
