-- Outgoing webhooks: which addresses are told what happens, what they were sent, and what they answered.
--
--                    admin developer engineer auditor analyst member ci
-- webhooks           RUD   R         R        R       -       -      -    (made by create_webhook)
-- webhook_deliveries R     R         R        R       -       -      -    (made by jobs; sent again by replay_webhook_delivery;
--                                                                           developers, engineers: not of designs that they may not see)
-- webhook_attempts   R     R         R        R       -       -      -    (made by jobs)
--
-- What they are signed with is in app_private.webhook_secrets, which no request's role reads.

-- section: keep_webhook_state
create or replace function app_private.keep_webhook_state() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  -- What is switched on again, or leads elsewhere, is given a new chance.
  if new.url <> old.url or new.is_enabled and not old.is_enabled then
    new.state := 'waiting';
    new.failing_since := null;
    new.notified_at := null;
  end if;
  if new.is_enabled and not old.is_enabled then
    new.enabled_at := now();
  end if;
  return new;
end
$$;
comment on function app_private.keep_webhook_state() is 'Trigger: a webhook that an administrator switches on or leads elsewhere begins anew.';

-- section: forget_webhook_secret
set local role app_definer;
create or replace function app_private.forget_webhook_secret() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
begin
  delete from app_private.webhook_secrets where organization_id = old.organization_id and webhook_id = old.id;
  return null;
end
$$;
grant execute on function app_private.forget_webhook_secret() to app_owner;
comment on function app_private.forget_webhook_secret() is 'Trigger: the secret of a webhook goes with it.';

-- section: webhooks
call app_private.close_tenant_table('webhooks', null, 'webhooks:write');
create policy read on webhooks for select to app_admin, app_developer, app_engineer, app_auditor using (true);
create policy change on webhooks for update to app_admin using (true) with check (true);
create policy remove on webhooks for delete to app_admin using (true);
grant select on webhooks to app_admin, app_developer, app_engineer, app_auditor;
-- No insert grant: a webhook is made with its secret, by create_webhook.
grant update (name, url, event_kinds, is_enabled, version) on webhooks to app_admin;
grant delete on webhooks to app_admin;
create or replace trigger _200_version before update on webhooks
  for each row when (current_user <> 'app_definer') execute function app_private.raise_version();
create or replace trigger _300_state before update of url, is_enabled on webhooks
  for each row execute function app_private.keep_webhook_state();
create or replace trigger _400_secret after delete on webhooks for each row execute function app_private.forget_webhook_secret();
call app_private.audit_table('webhooks', ignored => 'enabled_at,state,last_delivered_at,failing_since,notified_at,fanned_until');
comment on table webhooks is 'An address that is told what happens: who receives it asks for the rest, as themselves.';
comment on column webhooks.name is 'What it is called; unique in the organization.';
comment on column webhooks.url is 'Where it is sent: https, to a public address.';
comment on column webhooks.event_kinds is 'What it is told of: defects that are opened or come back, deployments and designs that are made or changed.';
comment on column webhooks.is_enabled is 'Whether it is sent anything. What happens while it is switched off is not sent later. An endpoint that answers 410 is switched off.';
comment on column webhooks.enabled_at is 'Since when it is switched on; what began to happen before is not sent.';
comment on column webhooks.state is 'How the endpoint does.';
comment on column webhooks.last_delivered_at is 'When something was last delivered, to the minute.';
comment on column webhooks.failing_since is 'Since when every attempt has failed; empty while it works.';
comment on column webhooks.notified_at is E'@behavior -*\nWhen the administrators were told that it fails.';
comment on column webhooks.fanned_until is E'@behavior -*\nUp to which transaction events have their deliveries.';
comment on constraint webhooks_name_key on webhooks is E'@behavior -single\nThere is a webhook of this name already.';
comment on constraint webhooks_name_check on webhooks is 'The name of a webhook has 1 to 200 characters.';
comment on constraint webhooks_url_check on webhooks is 'The address begins with https:// and a host, without user name and fragment, in at most 500 ASCII characters.';
comment on constraint webhooks_event_kinds_check on webhooks is 'A webhook is told of defects, deployments or designs, and of one kind at least.';

-- section: webhook_deliveries
call app_private.close_tenant_table('webhook_deliveries');
create policy read on webhook_deliveries for select to app_admin, app_auditor using (true);
create policy read_visible on webhook_deliveries for select to app_developer, app_engineer
  using (kind <> 'design_changed' or target_id = any ((select visible_design_ids())::uuid[]));
comment on policy read_visible on webhook_deliveries is 'What happened did not happen to a design that the caller may not see.';
grant select on webhook_deliveries to app_admin, app_developer, app_engineer, app_auditor;
-- What jobs do is no change of anybody's; what an administrator has sent again is.
create or replace trigger _900_audit_update after update on webhook_deliveries referencing old table as old_rows new table as new_rows
  for each statement when (app_private.current_base_role() is not null) execute function app_private.audit('', '', '', 'id', 'organization_id', 'false');
create or replace trigger _900_no_truncate before truncate on webhook_deliveries for each statement execute function app_private.refuse_change();
comment on table webhook_deliveries is 'One event for one webhook: tried until the endpoint takes it, or until it has failed too often. Kept for 30 days.';
comment on column webhook_deliveries.webhook_id is 'The webhook.';
comment on column webhook_deliveries.event_id is 'The event, by which a receiver knows that it was sent before.';
comment on column webhook_deliveries.kind is 'What happened.';
comment on column webhook_deliveries.target_id is 'What it happened to.';
comment on column webhook_deliveries.occurred_at is 'When it happened.';
comment on column webhook_deliveries.status is 'Where it stands.';
comment on column webhook_deliveries.attempt_count is 'How often it was tried, since it was last sent again by hand.';
comment on column webhook_deliveries.next_attempt_at is 'When it is tried next; empty once it is delivered or dead.';
comment on column webhook_deliveries.delivered_at is 'When it was delivered; empty until then.';
comment on constraint webhook_deliveries_event_id_key on webhook_deliveries is E'@behavior -*';
comment on constraint webhook_deliveries_next_attempt_at_check on webhook_deliveries is 'What is pending, and nothing else, is tried again.';
comment on constraint webhook_deliveries_delivered_at_check on webhook_deliveries is 'What is delivered, and nothing else, was delivered at some time.';
comment on constraint webhook_deliveries_attempt_count_check on webhook_deliveries is 'A count is not negative.';
comment on constraint webhook_deliveries_webhook_id_fkey on webhook_deliveries is E'@fieldName webhook\n@foreignFieldName deliveries';

-- section: webhook_attempts
call app_private.close_tenant_table('webhook_attempts');
create policy read on webhook_attempts for select to app_admin, app_developer, app_engineer, app_auditor using (true);
grant select on webhook_attempts to app_admin, app_developer, app_engineer, app_auditor;
comment on table webhook_attempts is 'One attempt to deliver something to a webhook, and what came of it.';
comment on column webhook_attempts.delivery_id is 'The delivery.';
comment on column webhook_attempts.attempted_at is 'When it was made.';
comment on column webhook_attempts.duration_ms is 'How long it took, in milliseconds.';
comment on column webhook_attempts.http_status is 'The status of the answer; empty where there was none.';
comment on column webhook_attempts.answer is 'The first 1,000 characters of the answer.';
comment on column webhook_attempts.error is 'Why there was no answer.';
comment on constraint webhook_attempts_duration_ms_check on webhook_attempts is 'A duration is not negative.';
comment on constraint webhook_attempts_http_status_check on webhook_attempts is 'A status has three digits.';
comment on constraint webhook_attempts_answer_check on webhook_attempts is 'At most 1,000 characters of an answer are kept.';
comment on constraint webhook_attempts_error_check on webhook_attempts is 'The reason has at most 500 characters.';
comment on constraint webhook_attempts_delivery_id_fkey on webhook_attempts is E'@fieldName delivery\n@foreignFieldName attempts';

-- section: create_webhook
set local role app_definer;
create or replace function create_webhook(name text, url text, event_kinds text[], is_enabled boolean, secret text) returns uuid
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  organization uuid := app_private.current_org_id(current_schema());
  made uuid;
begin
  perform app_private.require_admin('webhooks:write');
  -- Each event costs a request for each of them.
  if (select count(*) from webhooks as w where w.organization_id = organization) >= 50 then
    raise exception using errcode = 'DX400', message = 'An organization has at most 50 webhooks: delete one that is not used.';
  end if;
  if cardinality(create_webhook.event_kinds) > 10 then
    raise exception using errcode = 'DX400', column = 'event_kinds', message = 'A webhook is told of each kind once.';
  end if;
  insert into webhooks as w (organization_id, name, url, event_kinds, is_enabled)
  values (organization, create_webhook.name, create_webhook.url,
    -- Once each, however often they are named.
    array(select distinct k from unnest(create_webhook.event_kinds) as k order by k), coalesce(create_webhook.is_enabled, true))
  returning w.id into made;
  insert into app_private.webhook_secrets (organization_id, webhook_id, secret) values (organization, made, create_webhook.secret);
  return made;
end
$$;
grant execute on function create_webhook(text, text, text[], boolean, text) to app_admin;
comment on function create_webhook(text, text, text[], boolean, text) is E'@behavior -*\nMakes a webhook with the secret that it is signed with.';

-- section: rotate_webhook_secret
set local role app_definer;
create or replace function rotate_webhook_secret(id uuid, secret text) returns uuid
  language plpgsql volatile security definer
  set search_path from current
as $$
begin
  perform app_private.require_admin('webhooks:write');
  update app_private.webhook_secrets as s
  set secret = rotate_webhook_secret.secret, previous_until = now() + interval '24 hours',
    -- A ciphertext opens in its own column only.
    previous_secret = app_private.decrypt_sensitive_data(s.secret, s.organization_id, 'webhook_secrets.secret')
  from webhooks as w
  where w.organization_id = app_private.current_org_id(current_schema()) and w.id = rotate_webhook_secret.id
    and s.organization_id = w.organization_id and s.webhook_id = w.id;
  if not found then
    raise exception using errcode = 'DX404', message = 'There is no such webhook.';
  end if;
  return id;
end
$$;
grant execute on function rotate_webhook_secret(uuid, text) to app_admin;
comment on function rotate_webhook_secret(uuid, text) is E'@behavior -*\nGives a webhook a new secret; for a day what is sent is signed with both.';

-- section: replay_webhook_delivery
set local role app_definer;
create or replace function replay_webhook_delivery(id uuid) returns uuid
  language plpgsql volatile security definer
  set search_path from current
as $$
declare
  found record;
begin
  perform app_private.require_admin('webhooks:write');
  select d.status, w.is_enabled into found
  from webhook_deliveries as d join webhooks as w on w.organization_id = d.organization_id and w.id = d.webhook_id
  where d.organization_id = app_private.current_org_id(current_schema()) and d.id = replay_webhook_delivery.id
  for update of d;
  if found.status is null then
    raise exception using errcode = 'DX404', message = 'There is no such delivery.';
  end if;
  if found.status = 'pending' then
    raise exception using errcode = 'DX400', message = 'The delivery is pending: it is tried anyway.';
  end if;
  if not found.is_enabled then
    raise exception using errcode = 'DX400', message = 'The webhook is switched off: switch it on first.';
  end if;
  update webhook_deliveries as d set status = 'pending', attempt_count = 0, next_attempt_at = now(), delivered_at = null
  where d.organization_id = app_private.current_org_id(current_schema()) and d.id = replay_webhook_delivery.id;
  -- Who sends is told at once, as of an event.
  perform pg_notify(app_private.event_channel(app_private.current_org_id()), '');
  return id;
end
$$;
grant execute on function replay_webhook_delivery(uuid) to app_admin;
comment on function replay_webhook_delivery(uuid) is E'@behavior -*\nHas a delivery that has ended sent again.';
