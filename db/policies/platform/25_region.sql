-- Where an organization's rows may be: in its own region, and nowhere else.

-- section: current_region
set local role app_definer;
create or replace function app_private.current_region() returns text
  language sql stable parallel safe security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select app_private.believed_setting('app.region');
  end;
-- Column defaults run with the rights of who inserts.
grant execute on function app_private.current_region() to app_owner, app_worker, app_admin;
comment on function app_private.current_region() is 'The region of the caller''s organization; null where the login is no request''s or job''s.';

-- section: local_region
set local role app_definer;
-- A definer: what is refused names the region that is right, and where its API is.
create or replace function app_private.keep_to_region() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  local_region text := app_private.current_region();
begin
  if new.region_code is null then
    new.region_code := local_region;
  elsif new.region_code is distinct from local_region then
    raise exception using errcode = 'DX421', column = 'region_code', detail = coalesce(local_region, ''),
      hint = coalesce((select r.endpoint from app.regions as r where r.code = local_region), ''),
      message = format('The organization''s data stays in %s: a row of %s is refused.', local_region, new.region_code);
  end if;
  return new;
end
$$;
grant execute on function app_private.keep_to_region() to app_owner;
comment on function app_private.keep_to_region() is
  'Trigger: a row is of the organization''s region, which is meant where none is given; any other is refused (DX421, with the right one).';
