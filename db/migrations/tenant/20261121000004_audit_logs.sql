-- migrate:up

create table audit_logs (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  user_id uuid,
  actor text not null,
  action text not null,
  target_type text not null,
  target_id text,
  details jsonb,
  old_values jsonb,
  new_values jsonb,
  ip_address inet,
  user_agent text,
  request_id text,
  region_code region_code,
  created_at timestamptz not null default now(),
  constraint audit_logs_pkey primary key (organization_id, id)
);
create index audit_logs_created_at_idx on audit_logs (organization_id, created_at, id);
create index audit_logs_user_id_idx on audit_logs (organization_id, user_id, created_at, id);
create index audit_logs_target_idx on audit_logs (organization_id, target_type, target_id);
alter table audit_logs enable row level security, force row level security;

-- migrate:down
