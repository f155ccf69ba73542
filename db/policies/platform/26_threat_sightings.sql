-- What a sighting of a threat indicator is: the parts of import_threat_indicators (tenant/64_threat_indicators.sql) that ask for no row
-- of a tenant, and so stand here once, where a request's role may look them up.

-- section: severity_rank
create or replace function app.severity_rank(severity text) returns integer
  language sql immutable parallel safe
  begin atomic
    select array_position(array['low', 'medium', 'high', 'critical'], severity);
  end;
grant execute on function app.severity_rank(text) to app_admin;
comment on function app.severity_rank(text) is E'@behavior -*\nFrom 1 (low) to 4 (critical): text would be compared by the alphabet.';

-- section: first_bad_indicator
-- What it gave was the sentence alone.
drop function if exists app.first_bad_indicator(jsonb);
create function app.first_bad_indicator(indicators jsonb) returns text[]
  language sql stable
  begin atomic
    select array[format('indicators.%s.%s', i.ordinality - 1, said.what[1]), format('Indicator %s: %s', i.ordinality - 1, said.what[2])]
    from rows from (jsonb_to_recordset(indicators) as (type text, value text, level text, source text, confidence numeric, first_seen timestamptz,
      last_seen timestamptz)) with ordinality as i
    cross join lateral (
      select case
        when i.type is null or i.type !~ '^[a-z0-9][a-z0-9:._-]{0,99}$' then array['type', 'its type has 1 to 100 lower-case letters, digits, :, ., _ and -, and begins with a letter or a digit.']
        when i.value is null or octet_length(i.value) not between 1 and 2000 then array['value', 'its value has 1 to 2,000 bytes.']
        when i.level is null or i.level not in ('low', 'medium', 'high', 'critical') then array['level', 'its threat level is low, medium, high or critical.']
        when length(i.source) > 200 then array['source', 'its source has at most 200 characters.']
        when i.confidence is null or i.confidence not between 0 and 100 or i.confidence <> trunc(i.confidence) then array['confidence', 'its confidence is a whole number from 0 to 100.']
        when i.last_seen is null then array['last_seen_at', 'it says when it was last seen.']
        when not isfinite(i.last_seen) or not isfinite(i.first_seen) then array['last_seen_at', 'its times are dates.']
        when i.last_seen > now() + interval '1 day' then array['last_seen_at', 'it was last seen in the future.']
        when i.first_seen > i.last_seen then array['first_seen_at', 'it was last seen after it was first seen.']
      end as what
    ) as said
    where said.what is not null
    order by i.ordinality
    limit 1;
  end;
grant execute on function app.first_bad_indicator(jsonb) to app_admin;
comment on function app.first_bad_indicator(jsonb) is
  E'@behavior -*\nThe place of the first of some threat indicators that cannot be imported (counted from 0) with its field, and what is wrong with it; null where none is.';
