-- The residency register: where an organization's data is.
--
--                  admin developer engineer auditor analyst member ci
-- regional_data    RCUD  R         R        R       R       -      -    (admins say what kinds of data there are; counts are verified)
-- verify_residency yes   -         -        -       -       -      -

-- section: regional_data
call app_private.close_tenant_table('regional_data', 'compliance:read', 'compliance:write');
create policy read on regional_data for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst using (true);
create policy make on regional_data for insert to app_admin with check (true);
create policy change on regional_data for update to app_admin using (true) with check (true);
create policy remove on regional_data for delete to app_admin using (true);
grant select on regional_data to app_admin, app_developer, app_engineer, app_auditor, app_analyst;
-- row_count, bytes and verified_at are what verify_residency has counted: nobody writes them.
grant insert (region_code, data_type) on regional_data to app_admin;
grant update (region_code, data_type, version) on regional_data to app_admin;
grant delete on regional_data to app_admin;
-- Not for verify_residency, which writes down what it finds: a row where none may be, above all.
create or replace trigger _060_region before insert or update of region_code on regional_data
  for each row when (current_user <> 'app_definer') execute function app_private.keep_to_region();
create or replace trigger _200_version before update of region_code, data_type, version on regional_data
  for each row when (current_user <> 'app_definer') execute function app_private.raise_version();
call app_private.audit_table('regional_data');
comment on table regional_data is E'@name residency_entries\nWhere the organization''s data is: an entry for each kind of data and region.';
comment on column regional_data.region_code is 'The region that it is in.';
comment on column regional_data.data_type is 'The kind of data: a table, or what an administrator has entered.';
comment on column regional_data.row_count is 'How many rows of it there were when it was last verified; empty where it never was.';
comment on column regional_data.bytes is 'About how many bytes they take: their number by the average of a thousand of them; empty for the audit trail.';
comment on column regional_data.verified_at is 'When the database last counted.';
comment on constraint regional_data_data_type_key on regional_data is E'@behavior -*\nThere is an entry for this kind of data and region already.';
comment on constraint regional_data_data_type_check on regional_data is 'The kind of data has 1 to 100 characters.';
comment on constraint regional_data_row_count_check on regional_data is 'A count is not negative.';
comment on constraint regional_data_bytes_check on regional_data is 'A size is not negative.';

-- section: verify_residency
set local role app_definer;
-- Under the caller's identity: the tenant's policies hold app_definer, too, so it counts the organization's own rows and no others.
-- A job calls it as app_worker.
create or replace function verify_residency() returns integer
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  local_region text := app_private.current_region();
  tables text[];
  has_region boolean;
  is_readable boolean;
  table_name text;
  counts text := '';
begin
  if organization is null or local_region is null or session_user <> 'app_worker' and not app_private.has_permission('compliance:write') then
    raise exception using errcode = '42501', message = 'Residency is verified by administrators and jobs.';
  end if;
  -- A tenant's table has the tenant's policy for this very schema.
  for table_name, is_readable, has_region in
    select c.relname, has_table_privilege(c.oid, 'select'), exists (select from pg_attribute as a where a.attrelid = c.oid and a.attname = 'region_code' and not a.attisdropped)
    from pg_class as c
    join pg_policy as p on p.polrelid = c.oid and p.polname = 'tenant'
      and pg_get_expr(p.polqual, c.oid) like format('%%current_org_id(%L%%', current_schema())
    where c.relnamespace = current_schema()::regnamespace and c.relname <> 'regional_data'
    order by c.relname
  loop
    tables := tables || table_name;
    -- A row without a region of its own is where its organization is. Of a thousand rows the average says how long all are; of the audit
    -- trail, which it may not read whole, nothing does.
    counts := counts || format(' %1$s select %2$L::text as data_type, %3$s as region_code, count(*) as row_count, %4$s as bytes
      from %2$I as t where t.organization_id = $1 group by 2', case counts when '' then '' else 'union all' end, table_name,
      case when has_region then 'coalesce(t.region_code::text, $2)' else '$2' end,
      case when is_readable then format('(count(*) * (select avg(pg_column_size(s)) from (select x.* from %I as x where x.organization_id = $1 limit 1000) as s))::bigint',
        table_name) else 'null::bigint' end);
  end loop;
  execute format('insert into regional_data as d (organization_id, region_code, data_type, row_count, bytes, verified_at)
    select $1, c.region_code, c.data_type, c.row_count, c.bytes, now() from (%s) as c
    on conflict (organization_id, data_type, region_code) do update
    set row_count = excluded.row_count, bytes = excluded.bytes, verified_at = excluded.verified_at', counts)
  using organization, local_region;
  -- What is gone, or was never there, is none.
  insert into regional_data as d (organization_id, region_code, data_type, row_count, bytes, verified_at)
  select organization, coalesce(f.region_code, local_region), u.name, 0, 0, now()
  from unnest(tables) as u (name)
  left join regional_data as f on f.organization_id = organization and f.data_type = u.name
  where f.verified_at is null or f.verified_at < now()
  on conflict (organization_id, data_type, region_code) do update
  set row_count = 0, bytes = 0, verified_at = excluded.verified_at
  where d.verified_at is null or d.verified_at < excluded.verified_at;
  return cardinality(tables);
end
$$;
grant execute on function verify_residency() to app_admin, app_worker;
comment on function verify_residency() is
  E'@behavior -*\nCounts the organization''s rows by table and region, and writes it into the residency register; gives how many tables were counted.';
