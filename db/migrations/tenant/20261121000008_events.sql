-- migrate:up

-- What happened, by ids only: who follows it reads the row itself, as themselves. Subscriptions and webhooks are served from here.
create table events (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  kind event_kind not null,
  target_id uuid not null,
  -- Whom a notification is for; empty where anyone may follow who may read the target.
  user_id uuid,
  -- The transaction it is of: what had not committed at one reading is found by the next one.
  transaction_id xid8 not null default pg_current_xact_id(),
  created_at timestamptz not null default now(),
  constraint events_pkey primary key (organization_id, id)
);
create index events_transaction_id_idx on events (organization_id, transaction_id, id);
create index events_created_at_idx on events (organization_id, created_at);
alter table events enable row level security, force row level security;

-- migrate:down
