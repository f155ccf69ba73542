-- Background jobs: they run as app_worker, which takes no role and is granted no table. It works for one organization at a time, by
-- functions that are granted to it and nothing else, within that organization's bounds.

-- section: webhook_secrets
call app_private.close_table('webhook_secrets', 'app_private');
create or replace trigger _100_encrypt before insert or update of secret, previous_secret on app_private.webhook_secrets
  for each row execute function app_private.encrypt_columns('secret', 'previous_secret');
call app_private.audit_table('app_private.webhook_secrets', sensitive => 'secret,previous_secret', id_column => 'webhook_id', is_platform => true);

-- section: job_failures
call app_private.close_table('job_failures', 'app_private');

-- section: begin_job
set local role app_definer;
-- The counterpart of authenticate: a job has no user, no role and no permission.
create or replace function app_private.begin_job(organization uuid, task text, keys text) returns text
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  found record;
begin
  select app_private.home_schema(o.slug, o.isolation) as home, o.primary_region as region,
    app_private.schema_is_current(app_private.home_schema(o.slug, o.isolation)) as current
  into found
  from app.organizations as o
  where o.id = organization and o.provisioning_state = 'ready' and o.deleted_at is null;
  if found.home is null then
    raise exception using errcode = 'DX404', message = format('There is no organization %s.', organization);
  end if;
  if not found.current then
    raise exception using errcode = 'DX503', message = 'The organization is being upgraded; try again in a moment.';
  end if;
  return app_private.set_identity(organization::text, '', '', '', '', found.home, found.region, '', 'job:' || task, '', '', '', keys);
end
$$;
grant execute on function app_private.begin_job(uuid, text, text) to app_worker;
comment on function app_private.begin_job(uuid, text, text) is
  'Lets a job work for one organization, without a role of it, until the transaction ends; returns the search path. The audit trail names the job.';

-- section: job_organizations
set local role app_definer;
create or replace function app_private.job_organizations(only_with_webhooks boolean) returns setof uuid
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select o.id from app.organizations as o
    where o.provisioning_state = 'ready' and o.deleted_at is null
      and (not only_with_webhooks or exists (select from app_private.webhook_secrets as s where s.organization_id = o.id))
    order by o.id;
  end;
grant execute on function app_private.job_organizations(boolean) to app_worker;
comment on function app_private.job_organizations(boolean) is 'The organizations that jobs work for, or those of them that have webhooks: ids only.';

-- section: webhook_channels
set local role app_definer;
create or replace function app_private.webhook_channels() returns table (organization_id uuid, channel text)
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select o, app_private.event_channel(o) from app_private.job_organizations(true) as o;
  end;
grant execute on function app_private.webhook_channels() to app_worker;
comment on function app_private.webhook_channels() is
  'The channels that tell, without a word, that something has happened in an organization that has webhooks.';

-- section: organization_slug
set local role app_definer;
create or replace function app_private.current_organization_slug() returns text
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic select o.slug from app.organizations as o where o.id = app_private.current_org_id(); end;
grant execute on function app_private.current_organization_slug() to app_worker;
comment on function app_private.current_organization_slug() is 'The short name of the organization that is worked for.';

-- section: webhook_delay
-- Also the table of docs/webhooks.md.
create or replace function app_private.webhook_delays() returns interval[]
  language sql immutable parallel safe
  begin atomic
    select array['10 seconds', '30 seconds', '2 minutes', '10 minutes', '30 minutes', '1 hour', '3 hours', '6 hours', '12 hours']::interval[];
  end;
grant execute on function app_private.webhook_delays() to app_definer;
comment on function app_private.webhook_delays() is 'How long after each failed attempt the next is made; there are as many attempts, and one more.';

-- section: job_queue_version
set local role app_definer;
-- The queue's schema is app_worker's own, and made after the policies (src/database/job-queue.ts): it is named when it is asked for.
create or replace function app_private.job_queue_version() returns integer
  language plpgsql stable security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  version integer;
begin
  if to_regclass('graphile_worker.migrations') is null then
    return 0;
  end if;
  execute 'select coalesce(max(id), 0) from graphile_worker.migrations' into version;
  return version;
end
$$;
grant execute on function app_private.job_queue_version() to app_user, app_worker, app_owner;
comment on function app_private.job_queue_version() is 'The version that the queue of background jobs is at, for the readiness check; 0 where there is none.';
