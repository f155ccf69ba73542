-- migrate:up

create table notifications (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  user_id uuid not null,
  kind notification_kind not null,
  title text not null,
  body text not null default '',
  target_type text,
  target_id uuid,
  read_at timestamptz,
  created_at timestamptz not null default now(),
  constraint notifications_pkey primary key (organization_id, id),
  constraint notifications_title_check check (length(title) between 1 and 300),
  constraint notifications_body_check check (length(body) <= 2000),
  constraint notifications_target_check check ((target_type is null) = (target_id is null)),
  constraint notifications_user_id_fkey foreign key (organization_id, user_id) references people (organization_id, id) on delete cascade
);
create index notifications_user_id_idx on notifications (organization_id, user_id, created_at);
-- How many are unread, and which.
create index notifications_read_at_idx on notifications (organization_id, user_id, read_at, created_at);
alter table notifications enable row level security, force row level security;

-- event_kinds is a list, no table: it is read and written whole, with its webhook, and has as many values as there are kinds.
create table webhooks (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  name text not null,
  url text not null,
  event_kinds event_kind[] not null,
  is_enabled boolean not null default true,
  enabled_at timestamptz not null default now(),
  state webhook_state not null default 'waiting',
  last_delivered_at timestamptz,
  failing_since timestamptz,
  -- When the administrators were told that it fails; empty again once it works.
  notified_at timestamptz,
  -- Events of transactions before this one have their deliveries.
  fanned_until xid8 not null default pg_snapshot_xmin(pg_current_snapshot()),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint webhooks_pkey primary key (organization_id, id),
  constraint webhooks_name_key unique (organization_id, name),
  constraint webhooks_name_check check (length(name) between 1 and 200),
  constraint webhooks_url_check check (app_private.is_keys_address(url)),
  -- Not notification_received: a notification is its reader's own.
  constraint webhooks_event_kinds_check check (cardinality(event_kinds) between 1 and 3
    and event_kinds::text[] <@ array['defect_reported', 'deployment_changed', 'design_changed'])
);
alter table webhooks enable row level security, force row level security;

create table webhook_deliveries (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  webhook_id uuid not null,
  -- No foreign key: events are gone after a week.
  event_id uuid not null,
  kind event_kind not null,
  target_id uuid not null,
  occurred_at timestamptz not null,
  status delivery_status not null default 'pending',
  attempt_count integer not null default 0,
  -- While it is being tried: when another worker takes it over.
  next_attempt_at timestamptz default now(),
  delivered_at timestamptz,
  created_at timestamptz not null default now(),
  constraint webhook_deliveries_pkey primary key (organization_id, id),
  constraint webhook_deliveries_event_id_key unique (organization_id, webhook_id, event_id),
  constraint webhook_deliveries_next_attempt_at_check check ((status = 'pending') = (next_attempt_at is not null)),
  constraint webhook_deliveries_delivered_at_check check ((status = 'delivered') = (delivered_at is not null)),
  constraint webhook_deliveries_attempt_count_check check (attempt_count >= 0),
  constraint webhook_deliveries_webhook_id_fkey foreign key (organization_id, webhook_id)
    references webhooks (organization_id, id) on delete cascade
);
create index webhook_deliveries_status_idx on webhook_deliveries (organization_id, webhook_id, status, created_at);
create index webhook_deliveries_next_attempt_at_idx on webhook_deliveries (organization_id, webhook_id, next_attempt_at) where next_attempt_at is not null;
create index webhook_deliveries_created_at_idx on webhook_deliveries (organization_id, created_at);
-- By what it is about, which is what its readers must be able to see.
create index webhook_deliveries_target_id_idx on webhook_deliveries (organization_id, target_id);
alter table webhook_deliveries enable row level security, force row level security;

-- A table, no list in the delivery: what an attempt adds is written once, and the delivery's row stays small.
create table webhook_attempts (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  delivery_id uuid not null,
  attempted_at timestamptz not null,
  duration_ms integer not null,
  http_status integer,
  answer text,
  error text,
  created_at timestamptz not null default now(),
  constraint webhook_attempts_pkey primary key (organization_id, id),
  constraint webhook_attempts_duration_ms_check check (duration_ms >= 0),
  constraint webhook_attempts_http_status_check check (http_status between 100 and 999),
  constraint webhook_attempts_answer_check check (length(answer) <= 1000),
  constraint webhook_attempts_error_check check (length(error) <= 500),
  constraint webhook_attempts_delivery_id_fkey foreign key (organization_id, delivery_id)
    references webhook_deliveries (organization_id, id) on delete cascade
);
create index webhook_attempts_delivery_id_idx on webhook_attempts (organization_id, delivery_id, attempted_at);
alter table webhook_attempts enable row level security, force row level security;

-- migrate:down
