-- What the jobs do for webhooks: functions for app_worker alone, which works for one organization at a time (app_private.begin_job).

-- section: fan_out_events
set local role app_definer;
create or replace function fan_out_events() returns integer
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  -- Every transaction before it has ended, so that what the next statement does not see of them will never be there.
  horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
  -- In a restored database events and webhooks may know of transactions that are still to come.
  future xid8 := pg_snapshot_xmax(pg_current_snapshot());
  made integer;
begin
  insert into webhook_deliveries (organization_id, webhook_id, event_id, kind, target_id, occurred_at)
  select e.organization_id, w.id, e.id, e.kind, e.target_id, e.created_at
  from webhooks as w
  join events as e on e.organization_id = w.organization_id and e.transaction_id >= case when w.fanned_until > future then '0' else w.fanned_until end
  where w.organization_id = organization and w.is_enabled and e.kind = any (w.event_kinds) and e.created_at >= w.enabled_at
  order by e.id, w.id
  on conflict do nothing;
  get diagnostics made = row_count;
  update webhooks as w set fanned_until = horizon where w.organization_id = organization and w.fanned_until <> horizon;
  return made;
end
$$;
grant execute on function fan_out_events() to app_worker;
comment on function fan_out_events() is E'@behavior -*\nMakes a delivery of each new event for each webhook that is told of its kind, once however often it is called; gives how many.';

-- section: due_webhooks
set local role app_definer;
create or replace function due_webhooks() returns setof uuid
  language sql stable security definer
  set search_path from current
  begin atomic
    select w.id from webhooks as w
    where w.organization_id = app_private.current_org_id(current_schema()) and w.is_enabled and exists (
      select from webhook_deliveries as d
      where d.organization_id = w.organization_id and d.webhook_id = w.id and d.next_attempt_at <= now())
    order by w.id;
  end;
grant execute on function due_webhooks() to app_worker;
comment on function due_webhooks() is E'@behavior -*\nThe webhooks that have deliveries to be tried now.';

-- section: claim_webhook_deliveries
set local role app_definer;
-- Who claims has a minute; after it another worker may.
create or replace function claim_webhook_deliveries(webhook_id uuid, most integer)
  returns table (delivery_id uuid, url text, secrets text[], attempt integer, event_id uuid, event_kind text, target_id uuid, occurred_at timestamptz)
  language plpgsql volatile security definer
  set search_path from current
as $$
#variable_conflict use_column
declare
  organization uuid := app_private.current_org_id(current_schema());
  webhook record;
begin
  select w.url, array_remove(array[
      app_private.decrypt_sensitive_data(s.secret, s.organization_id, 'webhook_secrets.secret'),
      case when s.previous_until > now() then app_private.decrypt_sensitive_data(s.previous_secret, s.organization_id, 'webhook_secrets.previous_secret') end
    ], null) as secrets
  into webhook
  from webhooks as w
  join app_private.webhook_secrets as s on s.organization_id = w.organization_id and s.webhook_id = w.id
  where w.organization_id = organization and w.id = claim_webhook_deliveries.webhook_id and w.is_enabled;
  if webhook.url is null then
    return;
  end if;
  return query
    update webhook_deliveries as d
    set attempt_count = d.attempt_count + 1, next_attempt_at = now() + interval '1 minute'
    where d.organization_id = organization and d.id in (
      select x.id from webhook_deliveries as x
      where x.organization_id = organization and x.webhook_id = claim_webhook_deliveries.webhook_id and x.next_attempt_at <= now()
      order by x.next_attempt_at
      limit claim_webhook_deliveries.most
      for update skip locked)
    returning d.id, webhook.url::text, webhook.secrets::text[], d.attempt_count, d.event_id, d.kind::text, d.target_id, d.occurred_at;
end
$$;
grant execute on function claim_webhook_deliveries(uuid, integer) to app_worker;
comment on function claim_webhook_deliveries(uuid, integer) is
  E'@behavior -*\nTakes some deliveries of a webhook that are due for a minute, with where they are sent, what they are signed with, and the number of this attempt.';

-- section: record_webhook_attempt
set local role app_definer;
create or replace function record_webhook_attempt(delivery_id uuid, attempt integer, attempted_at timestamptz, duration_ms integer, http_status integer,
  answer text, error text) returns text
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  delays interval[] := app_private.webhook_delays();
  is_delivered boolean := coalesce(record_webhook_attempt.http_status between 200 and 299, false);
  is_gone boolean := record_webhook_attempt.http_status is not distinct from 410;
  delivery record;
  outcome text;
  webhook record;
begin
  select d.webhook_id, d.status, d.attempt_count into delivery from webhook_deliveries as d
  where d.organization_id = organization and d.id = record_webhook_attempt.delivery_id for update;
  -- The webhook was deleted meanwhile.
  if delivery.webhook_id is null then
    return null;
  end if;
  insert into webhook_attempts (organization_id, delivery_id, attempted_at, duration_ms, http_status, answer, error)
  values (organization, record_webhook_attempt.delivery_id, record_webhook_attempt.attempted_at, record_webhook_attempt.duration_ms,
    record_webhook_attempt.http_status, left(record_webhook_attempt.answer, 1000), left(record_webhook_attempt.error, 500));
  -- Another has taken it over, which says what comes of it; that it arrived stands all the same.
  if delivery.status <> 'pending' or delivery.attempt_count <> attempt and not is_delivered then
    return delivery.status;
  end if;
  outcome := case when is_delivered then 'delivered' when is_gone or attempt > cardinality(delays) then 'dead' else 'pending' end;
  update webhook_deliveries as d
  set status = outcome, delivered_at = case when is_delivered then now() end,
    -- Up to a fifth sooner or later, so that what failed together is not tried together.
    next_attempt_at = case outcome when 'pending' then now() + delays[attempt] * (0.8 + 0.4 * random()) end
  where d.organization_id = organization and d.id = record_webhook_attempt.delivery_id;
  if is_delivered then
    update webhooks as w set state = 'working', last_delivered_at = date_trunc('minute', now()), failing_since = null, notified_at = null
    where w.organization_id = organization and w.id = delivery.webhook_id
      and (w.state <> 'working' or w.last_delivered_at is distinct from date_trunc('minute', now()));
    return outcome;
  end if;
  update webhooks as w
  set state = case when is_gone then 'gone' else 'failing' end, failing_since = coalesce(w.failing_since, now()), is_enabled = w.is_enabled and not is_gone
  where w.organization_id = organization and w.id = delivery.webhook_id and w.state <> 'gone' and (is_gone or w.state <> 'failing');
  if is_gone and found then
    select w.name into webhook from webhooks as w where w.organization_id = organization and w.id = delivery.webhook_id;
    perform notify_admins('webhook_disabled', 'A webhook was switched off: its endpoint is gone', webhook.name, 'Webhook', delivery.webhook_id);
  elsif outcome = 'dead' then
    -- Once for as long as it fails, however many deliveries die.
    update webhooks as w set notified_at = now() where w.organization_id = organization and w.id = delivery.webhook_id and w.notified_at is null and not is_gone
    returning w.name into webhook;
    if found then
      perform notify_admins('webhook_failed', 'A webhook has failed too often: what it was to be told of is given up', webhook.name, 'Webhook', delivery.webhook_id);
    end if;
  end if;
  return outcome;
end
$$;
grant execute on function record_webhook_attempt(uuid, integer, timestamptz, integer, integer, text, text) to app_worker;
comment on function record_webhook_attempt(uuid, integer, timestamptz, integer, integer, text, text) is
  E'@behavior -*\nWrites down what came of an attempt, and when the next is made; gives where the delivery stands, null where there is none any more.';

-- section: release_webhook_delivery
set local role app_definer;
create or replace function release_webhook_delivery(delivery_id uuid, attempt integer) returns void
  language sql volatile security definer
  set search_path from current
  begin atomic
    update webhook_deliveries as d set attempt_count = d.attempt_count - 1, next_attempt_at = now()
    where d.organization_id = app_private.current_org_id(current_schema()) and d.id = release_webhook_delivery.delivery_id
      and d.status = 'pending' and d.attempt_count = release_webhook_delivery.attempt;
  end;
grant execute on function release_webhook_delivery(uuid, integer) to app_worker;
comment on function release_webhook_delivery(uuid, integer) is E'@behavior -*\nGives back a delivery that was taken and not tried to the end.';

-- section: next_webhook_attempt_at
set local role app_definer;
create or replace function next_webhook_attempt_at() returns timestamptz
  language sql stable security definer
  set search_path from current
  begin atomic
    select min(d.next_attempt_at)
    from webhooks as w
    cross join lateral (
      select x.next_attempt_at from webhook_deliveries as x
      where x.organization_id = w.organization_id and x.webhook_id = w.id and x.next_attempt_at is not null
      order by x.next_attempt_at limit 1
    ) as d
    where w.organization_id = app_private.current_org_id(current_schema()) and w.is_enabled;
  end;
grant execute on function next_webhook_attempt_at() to app_worker;
comment on function next_webhook_attempt_at() is E'@behavior -*\nWhen a delivery is due next; null where none is pending.';

-- section: purge_events
set local role app_definer;
create or replace function purge_events(most integer) returns integer
  language sql volatile security definer
  set search_path from current
  begin atomic
    with gone as (
      delete from events as e
      where e.organization_id = app_private.current_org_id(current_schema()) and e.id in (
        select x.id from events as x
        where x.organization_id = app_private.current_org_id(current_schema()) and x.created_at < now() - app_private.event_retention()
        order by x.created_at limit purge_events.most)
      returning e.id)
    select count(*)::integer from gone;
  end;
grant execute on function purge_events(integer) to app_worker;
comment on function purge_events(integer) is E'@behavior -*\nDeletes some of the events that are not kept any longer; gives how many.';

-- section: purge_webhook_deliveries
set local role app_definer;
create or replace function purge_webhook_deliveries(most integer) returns integer
  language sql volatile security definer
  set search_path from current
  begin atomic
    with gone as (
      delete from webhook_deliveries as d
      where d.organization_id = app_private.current_org_id(current_schema()) and d.id in (
        select x.id from webhook_deliveries as x
        where x.organization_id = app_private.current_org_id(current_schema()) and x.created_at < now() - interval '30 days'
        order by x.created_at limit purge_webhook_deliveries.most for update skip locked)
      returning d.id)
    select count(*)::integer from gone;
  end;
grant execute on function purge_webhook_deliveries(integer) to app_worker;
comment on function purge_webhook_deliveries(integer) is E'@behavior -*\nDeletes some of the deliveries that are older than 30 days; gives how many.';

-- section: note_job_outcome
set local role app_definer;
-- The third failure in a row is told to the administrators, and none after it until it has worked again. What the error says is in
-- the log only: it may hold anything.
create or replace function note_job_outcome(task text, failed boolean) returns integer
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  failures integer := 0;
begin
  if failed then
    insert into app_private.job_failures as f (organization_id, task) values (organization, note_job_outcome.task)
    on conflict on constraint job_failures_pkey do update set failure_count = f.failure_count + 1
    returning f.failure_count into failures;
    if failures = 3 then
      perform notify_admins('job_failed', 'A background job keeps failing', note_job_outcome.task);
    end if;
  else
    delete from app_private.job_failures as f where f.organization_id = organization and f.task = note_job_outcome.task;
  end if;
  return failures;
end
$$;
grant execute on function note_job_outcome(text, boolean) to app_worker;
comment on function note_job_outcome(text, boolean) is E'@behavior -*\nCounts how often a job has failed in a row; gives the count.';
