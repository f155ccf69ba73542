-- migrate:up

create domain notification_kind as text constraint notification_kind_check check (value in (
  'defect_assigned', 'maintenance_assigned', 'maintenance_status_changed', 'design_shared', 'webhook_failed', 'webhook_disabled', 'job_failed'));
create domain webhook_state as text constraint webhook_state_check check (value in ('waiting', 'working', 'failing', 'gone'));
create domain delivery_status as text constraint delivery_status_check check (value in ('pending', 'delivered', 'dead'));

comment on domain notification_kind is 'Why somebody is notified.';
comment on domain webhook_state is 'How an endpoint does: nothing was sent yet (waiting), the last attempt was answered well (working) or was not (failing), or it said that it is gone for good.';
comment on domain delivery_status is 'Where a delivery stands: it is tried until the endpoint takes it (delivered), or until it has failed too often (dead).';

-- What outgoing webhooks are signed with. webhook_id names a row of the tenant's own schema, so no foreign key can hold it: it goes
-- with its webhook by a trigger.
create table app_private.webhook_secrets (
  organization_id uuid not null,
  webhook_id uuid not null,
  secret text not null,
  -- Signs as well until then, so that a receiver can change over.
  previous_secret text,
  previous_until timestamptz,
  created_at timestamptz not null default now(),
  constraint webhook_secrets_pkey primary key (organization_id, webhook_id),
  constraint webhook_secrets_secret_check check (starts_with(secret, 'dx1.')),
  constraint webhook_secrets_previous_secret_check check (starts_with(previous_secret, 'dx1.')),
  constraint webhook_secrets_organization_id_fkey foreign key (organization_id) references app.organizations (id) on delete cascade
);
alter table app_private.webhook_secrets enable row level security, force row level security;

-- Which job fails for which organization, while it does.
create table app_private.job_failures (
  organization_id uuid not null,
  task text not null,
  failure_count integer not null default 1,
  failing_since timestamptz not null default now(),
  constraint job_failures_pkey primary key (organization_id, task),
  constraint job_failures_organization_id_fkey foreign key (organization_id) references app.organizations (id) on delete cascade
);
alter table app_private.job_failures enable row level security, force row level security;

-- migrate:down
