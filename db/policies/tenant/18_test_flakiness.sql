-- How flaky each test is, kept as it is seen, so that the flakiest are the first of an index.
--
--                admin developer engineer auditor analyst member ci
-- test_flakiness R     R         R        R       R       R      R (its project)
--
-- What was seen t seconds after 1970 weighs 2^(t / 1,209,600): twice as much as what was seen 14 days before. heat is the base-2
-- logarithm of the sum. What it is worth now, the sum of 0.5^(age / 14 days), is 2^(heat - now / 1,209,600).

-- section: test_flakiness
call app_private.close_tenant_table('test_flakiness', 'tests:read');
-- As test_flakes.
create policy read on test_flakiness for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member using (true);
create policy read_own_project on test_flakiness for select to app_ci
  using (coalesce(project_id = (select app_private.current_project_id()), true));
grant select on test_flakiness to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
-- No other grant: kept by measure_flakiness only. Not audited.
comment on table test_flakiness is E'@behavior -*\nHow flaky each test is that was ever seen to be.';
comment on column test_flakiness.test_id is 'The test.';
comment on column test_flakiness.project_id is 'Its project.';
comment on column test_flakiness.heat is 'The base-2 logarithm of the sum of 2^(seconds since 1970 / 1,209,600) over the times that it was seen to be flaky.';
comment on column test_flakiness.times is 'How many times.';

-- section: heat_with
create or replace function app_private.heat_with(heat double precision, seen_at timestamptz, sign integer) returns double precision
  language plpgsql immutable parallel safe
  set search_path = pg_catalog, pg_temp
as $$
declare
  seen double precision := greatest(extract(epoch from seen_at)::double precision / 1209600, 0);
  most double precision := greatest(heat, seen);
  -- What is 2^-200 of the rest does not count, and power() refuses results too small to be written.
  rest double precision := power(2::double precision, greatest(heat - most, -200)) + sign * power(2::double precision, greatest(seen - most, -200));
begin
  return case when rest > 0 then most + ln(rest) / ln(2::double precision) else '-Infinity' end;
end
$$;
grant execute on function app_private.heat_with(double precision, timestamptz, integer) to app_definer;
comment on function app_private.heat_with(double precision, timestamptz, integer) is
  'The heat of a test with what was seen at a time added (sign 1), or taken away (-1); -Infinity where nothing is left.';

-- section: add_to_flakiness
set local role app_definer;
create or replace function add_to_flakiness(organization_id uuid, project_id uuid, test_id uuid, seen_at timestamptz, sign integer) returns void
  language plpgsql volatile
  set search_path from current
as $$
begin
  update test_flakiness as f
  set heat = app_private.heat_with(f.heat, seen_at, sign), times = f.times + sign, project_id = case sign when 1 then add_to_flakiness.project_id else f.project_id end
  where f.organization_id = add_to_flakiness.organization_id and f.test_id = add_to_flakiness.test_id;
  if not found then
    begin
      insert into test_flakiness as f (organization_id, project_id, test_id, heat, times)
      values (add_to_flakiness.organization_id, add_to_flakiness.project_id, add_to_flakiness.test_id,
        app_private.heat_with('-Infinity', seen_at, sign), sign)
      on conflict on constraint test_flakiness_pkey do update
      set heat = app_private.heat_with(f.heat, seen_at, sign), times = f.times + sign;
    exception when foreign_key_violation then
      -- The test is being deleted, and this goes with it.
      null;
    end;
  end if;
  if sign < 0 then
    delete from test_flakiness as f
    where f.organization_id = add_to_flakiness.organization_id and f.test_id = add_to_flakiness.test_id and f.times = 0;
  end if;
end
$$;
comment on function add_to_flakiness(uuid, uuid, uuid, timestamptz, integer) is
  E'@behavior -*\nAdds to how flaky a test is what was seen at a time, or (sign -1) takes it away.';

-- section: measure_flakiness
set local role app_definer;
create or replace function measure_flakiness() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  -- Tests in the order in which store_flakes holds them; of one, what comes before what goes.
  if tg_op = 'INSERT' then
    perform add_to_flakiness(n.organization_id, n.project_id, n.test_id, n.occurred_at, 1)
    from (select x.* from new_rows as x order by x.test_id) as n;
  elsif tg_op = 'DELETE' then
    perform add_to_flakiness(o.organization_id, o.project_id, o.test_id, o.occurred_at, -1)
    from (select x.* from old_rows as x order by x.test_id) as o;
  else
    perform add_to_flakiness(c.organization_id, c.project_id, c.test_id, c.occurred_at, c.sign)
    from (
      select n.organization_id, n.project_id, n.test_id, n.occurred_at, 1 as sign from new_rows as n
      union all
      select o.organization_id, o.project_id, o.test_id, o.occurred_at, -1 from old_rows as o
      order by test_id, sign desc
    ) as c;
  end if;
  return null;
end
$$;
grant execute on function measure_flakiness() to app_owner;
comment on function measure_flakiness() is 'Trigger: keeps how flaky tests are as a statement changes what was seen of them.';
