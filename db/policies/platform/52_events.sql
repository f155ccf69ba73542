-- What happened, for who follows it live (GraphQL subscriptions, webhooks). A table is followed by
--
--   call app_private.follow_table('<table>', '<kind>', changed => '<columns>', user_column => '<column>')
--
-- in its own section, which drops the table's triggers when it is applied again. One statement is one insert into events
-- and one notification, however many rows it changes.

-- section: event_channel
set local role app_definer;
-- A channel is the whole database's, and a login with direct SQL may listen to it: its name is a keyed digest, so that nobody can
-- guess which channel an organization's is, and its notifications are empty.
create or replace function app_private.event_channel(organization uuid) returns text
  language sql stable security definer
  set search_path = pg_catalog, pg_temp
  begin atomic
    select 'events_' || encode(substring(app_private.hmac(uuid_send(organization),
      (select s.value from app_private.secrets as s where s.name = 'events'), 'sha256') from 1 for 20), 'hex');
  end;
grant execute on function app_private.event_channel(uuid) to app_owner, app_user;
comment on function app_private.event_channel(uuid) is
  'The channel that is notified, without a word, when something has happened in an organization; for the API''s own login, never for a request''s role.';

-- section: record_events
-- Owned by the owner, whose only policy on events is INSERT: what the operator changes without an identity is recorded as well.
-- Arguments: the kind; of an update the columns of which one must have changed, separated by commas, or * for any update; the
-- column that holds whom it is for, where it is for one person.
create or replace function app_private.record_events() returns trigger
  language plpgsql security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  rows_changed bigint;
  source text := 'new_rows as n';
begin
  if tg_op = 'UPDATE' and tg_argv[1] <> '*' then
    select format('new_rows as n join old_rows as o on o.organization_id = n.organization_id and o.id = n.id where %s',
      string_agg(format('n.%1$I is distinct from o.%1$I', c), ' or '))
    into source from string_to_table(tg_argv[1], ',') as c;
  end if;
  execute format('insert into %I.events (organization_id, kind, target_id, user_id) select n.organization_id, $1, n.id, %s from %s',
    tg_table_schema, case when tg_argv[2] is null then 'null' else format('n.%I', tg_argv[2]) end, source) using tg_argv[0];
  get diagnostics rows_changed = row_count;
  if rows_changed > 0 then
    -- Equal notifications of one transaction are sent once.
    perform pg_notify(app_private.event_channel(o.organization_id), '') from (select distinct n.organization_id from new_rows as n) as o;
  end if;
  return null;
end
$$;
comment on function app_private.record_events() is 'Statement-level trigger: one event for each row inserted, or changed in what counts, and one notification.';

-- section: follow_table
create or replace procedure app_private.follow_table(target text, kind text, changed text default null, user_column text default null)
  language plpgsql
as $$
declare
  arguments text := format('%L, %L', kind, coalesce(changed, '')) || case when user_column is null then '' else format(', %L', user_column) end;
begin
  execute format('create or replace trigger _910_events_insert after insert on %s referencing new table as new_rows
    for each statement execute function app_private.record_events(%s)', target, arguments);
  if changed is not null then
    execute format('create or replace trigger _910_events_update after update on %s referencing old table as old_rows new table as new_rows
      for each statement execute function app_private.record_events(%s)', target, arguments);
  end if;
end
$$;
comment on procedure app_private.follow_table(text, text, text, text) is
  'Has what is inserted into a table, and where columns are named (or *) also what changes them, recorded as events of a kind.';

-- section: event_retention
create or replace function app_private.event_retention() returns interval
  language sql immutable parallel safe
  begin atomic select interval '7 days'; end;
grant execute on function app_private.event_retention() to app_definer, app_worker;
comment on function app_private.event_retention() is 'For how long events are kept.';

-- section: events_between
set local role app_definer;
-- An event belongs to a page if its transaction is seen by the one snapshot and was not by the other: no transaction that
-- commits late is ever passed by, whatever its number. What a restored backup has of transactions that this server has not
-- come to yet is left out, or it would be new for ever.
create or replace function app_private.events_between(organization uuid, since pg_snapshot, until pg_snapshot, after_transaction xid8,
  after_id uuid, page_size integer)
  returns table (id uuid, kind text, target_id uuid, user_id uuid, transaction_id xid8, occurred_at timestamptz)
  language plpgsql volatile security definer
  set search_path = pg_catalog, pg_temp
as $$
declare
  home text := app_private.home_of(organization);
begin
  if home is null then
    return;
  end if;
  perform app_private.set_identity(organization::text, '', '', '', '', home, '', '', 'events', '', '', '', '');
  return query execute format(
    'select e.id, e.kind::text, e.target_id, e.user_id, e.transaction_id, e.created_at
     from %I.events as e
     where e.organization_id = $1 and e.transaction_id >= pg_snapshot_xmin($2) and e.transaction_id < pg_snapshot_xmax($3)
       and (e.transaction_id, e.id) > ($4, $5)
       and not pg_visible_in_snapshot(e.transaction_id, $2) and pg_visible_in_snapshot(e.transaction_id, $3)
     order by e.transaction_id, e.id
     limit $6', home)
  using organization, since, until, after_transaction, after_id, page_size;
end
$$;
grant execute on function app_private.events_between(uuid, pg_snapshot, pg_snapshot, xid8, uuid, integer) to app_user;
comment on function app_private.events_between(uuid, pg_snapshot, pg_snapshot, xid8, uuid, integer) is
  'What happened in an organization between two snapshots, ids only, in pages; for the API''s own login, which reads what they are of as each follower.';
