-- What the daily counts of all projects add up to, kept as they change: a dashboard reads of each day and severity a few rows,
-- however many projects there are.
--
--             admin developer engineer auditor analyst member ci
-- day_tallies R     R         R        R       R       R      -

-- section: day_tallies
call app_private.close_tenant_table('day_tallies', 'defects:read');
-- As defect_daily_stats.
create policy read on day_tallies for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member using (true);
grant select on day_tallies to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
-- No other grant: counted by tally_days only. Not audited.
comment on table day_tallies is E'@behavior -*\nHow many defects of all projects were opened and resolved and how often they occurred: the sum of the rows of a day and severity, of which each alone says nothing.';
comment on column day_tallies.day is 'The day (UTC).';
comment on column day_tallies.severity is 'The severity counted.';
comment on column day_tallies.opened is 'How many defects were first seen, to be added up.';
comment on column day_tallies.resolved is 'How many times a defect was resolved, to be added up.';
comment on column day_tallies.occurrences is 'How many times a defect occurred, to be added up.';

-- section: add_to_day_tally
set local role app_definer;
create or replace function add_to_day_tally(organization_id uuid, day date, severity text, opened bigint, resolved bigint, occurrences bigint) returns void
  language plpgsql volatile
  set search_path from current
as $$
begin
  -- As add_to_tally: what another transaction holds is left to it, and another row begun.
  update day_tallies as t
  set opened = t.opened + add_to_day_tally.opened, resolved = t.resolved + add_to_day_tally.resolved,
    occurrences = t.occurrences + add_to_day_tally.occurrences
  where t.organization_id = add_to_day_tally.organization_id and t.day = add_to_day_tally.day and t.severity = add_to_day_tally.severity and t.id = (
    select x.id
    from day_tallies as x
    where x.organization_id = add_to_day_tally.organization_id and x.day = add_to_day_tally.day and x.severity = add_to_day_tally.severity
    limit 1
    for update skip locked);
  if not found then
    insert into day_tallies (organization_id, day, severity, opened, resolved, occurrences)
    values (add_to_day_tally.organization_id, add_to_day_tally.day, add_to_day_tally.severity, add_to_day_tally.opened,
      add_to_day_tally.resolved, add_to_day_tally.occurrences);
  end if;
end
$$;
comment on function add_to_day_tally(uuid, date, text, bigint, bigint, bigint) is
  E'@behavior -*\nAdds to what is counted of a day; less than none takes off.';

-- section: tally_days
set local role app_definer;
create or replace function tally_days() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  if tg_op = 'INSERT' then
    perform add_to_day_tally(n.organization_id, n.day, n.severity, sum(n.opened), sum(n.resolved), sum(n.occurrences))
    from new_rows as n group by n.organization_id, n.day, n.severity;
  elsif tg_op = 'DELETE' then
    perform add_to_day_tally(o.organization_id, o.day, o.severity, -sum(o.opened), -sum(o.resolved), -sum(o.occurrences))
    from old_rows as o group by o.organization_id, o.day, o.severity;
  else
    perform add_to_day_tally(c.organization_id, c.day, c.severity, sum(c.opened), sum(c.resolved), sum(c.occurrences))
    from (
      select n.organization_id, n.day, n.severity, n.opened, n.resolved, n.occurrences from new_rows as n
      union all
      select o.organization_id, o.day, o.severity, -o.opened, -o.resolved, -o.occurrences from old_rows as o
    ) as c
    group by c.organization_id, c.day, c.severity
    having (sum(c.opened), sum(c.resolved), sum(c.occurrences)) <> (0, 0, 0);
  end if;
  return null;
end
$$;
grant execute on function tally_days() to app_owner;
comment on function tally_days() is 'Trigger: adds up over projects what a statement has changed of the daily counts.';
