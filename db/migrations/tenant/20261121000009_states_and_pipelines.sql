-- migrate:up

-- What hangs on a design carries the design's id: its policies ask for that, and no row is looked up in another table.

create table states (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  design_id uuid not null,
  workspace text not null default 'default',
  serial bigint not null default 0,
  lineage text,
  state text,
  checksum text,
  size_bytes integer,
  lock_id text,
  lock_info jsonb,
  locked_by uuid,
  locked_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint states_pkey primary key (organization_id, id),
  constraint states_workspace_key unique (organization_id, design_id, workspace),
  -- So that drift and versions are of the design of their state.
  constraint states_design_id_id_key unique (organization_id, design_id, id),
  constraint states_workspace_check check (workspace ~ '^[A-Za-z0-9_.~-]{1,90}$'),
  constraint states_serial_check check (serial >= 0),
  constraint states_state_check check (starts_with(state, 'dx1.')),
  -- A lock may precede the first state; what there is of a state is there together.
  constraint states_content_check check (num_nulls(state, lineage, checksum, size_bytes) in (0, 4)),
  constraint states_lineage_check check (length(lineage) between 1 and 200),
  constraint states_lock_id_check check (length(lock_id) between 1 and 200),
  constraint states_lock_info_check check (octet_length(lock_info::text) <= 10000),
  constraint states_lock_check check (num_nulls(lock_id, lock_info, locked_at) in (0, 3)),
  constraint states_design_id_fkey foreign key (organization_id, design_id)
    references designs (organization_id, id) on delete cascade,
  constraint states_locked_by_fkey foreign key (organization_id, locked_by)
    references people (organization_id, id) on delete set null (locked_by)
);
-- Ciphertext does not compress: it is not tried, and its first bytes are read without the rest.
alter table states alter column state set storage external;
create index states_locked_by_idx on states (organization_id, locked_by);
create index states_updated_at_idx on states (organization_id, design_id, updated_at);
alter table states enable row level security, force row level security;

create table state_versions (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  design_id uuid not null,
  state_id uuid not null,
  serial bigint not null,
  lineage text not null,
  state text not null,
  checksum text not null,
  size_bytes integer not null,
  created_by uuid,
  created_at timestamptz not null default now(),
  constraint state_versions_pkey primary key (organization_id, id),
  constraint state_versions_serial_check check (serial >= 0),
  constraint state_versions_state_check check (starts_with(state, 'dx1.')),
  constraint state_versions_state_id_fkey foreign key (organization_id, design_id, state_id)
    references states (organization_id, design_id, id) on delete cascade,
  constraint state_versions_design_id_fkey foreign key (organization_id, design_id)
    references designs (organization_id, id) on delete cascade,
  constraint state_versions_created_by_fkey foreign key (organization_id, created_by)
    references people (organization_id, id) on delete set null (created_by)
);
alter table state_versions alter column state set storage external;
-- Not unique: a state that was deleted and stored again begins with the serials that it had.
create index state_versions_state_id_idx on state_versions (organization_id, design_id, state_id, serial);
create index state_versions_created_at_idx on state_versions (organization_id, design_id, created_at);
create index state_versions_created_by_idx on state_versions (organization_id, created_by);
alter table state_versions enable row level security, force row level security;

create table drift_logs (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  design_id uuid not null,
  state_id uuid not null,
  resource_address text not null,
  kind drift_kind not null,
  expected jsonb,
  actual jsonb,
  severity severity not null default 'medium',
  detected_at timestamptz not null default now(),
  resolved_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint drift_logs_pkey primary key (organization_id, id),
  constraint drift_logs_resource_address_check check (length(resource_address) between 1 and 1000),
  constraint drift_logs_expected_check check (octet_length(expected::text) <= 100000),
  constraint drift_logs_actual_check check (octet_length(actual::text) <= 100000),
  constraint drift_logs_resolved_at_check check (resolved_at >= detected_at),
  constraint drift_logs_state_id_fkey foreign key (organization_id, design_id, state_id)
    references states (organization_id, design_id, id) on delete cascade,
  constraint drift_logs_design_id_fkey foreign key (organization_id, design_id)
    references designs (organization_id, id) on delete cascade
);
create index drift_logs_state_id_idx on drift_logs (organization_id, design_id, state_id, detected_at);
create index drift_logs_design_id_idx on drift_logs (organization_id, design_id, detected_at);
create index drift_logs_detected_at_idx on drift_logs (organization_id, detected_at);
create index drift_logs_resolved_at_idx on drift_logs (organization_id, design_id, resolved_at, detected_at);
create index drift_logs_severity_idx on drift_logs (organization_id, severity, detected_at);
alter table drift_logs enable row level security, force row level security;

create table pipelines (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  design_id uuid not null,
  name text not null,
  definition jsonb not null,
  is_active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint pipelines_pkey primary key (organization_id, id),
  constraint pipelines_name_key unique (organization_id, design_id, name),
  constraint pipelines_design_id_id_key unique (organization_id, design_id, id),
  constraint pipelines_name_check check (length(name) between 1 and 200),
  constraint pipelines_definition_check check (jsonb_typeof(definition -> 'stages') = 'array' and octet_length(definition::text) <= 100000),
  constraint pipelines_design_id_fkey foreign key (organization_id, design_id)
    references designs (organization_id, id) on delete cascade
);
create index pipelines_is_active_idx on pipelines (organization_id, design_id, is_active);
alter table pipelines enable row level security, force row level security;

create table pipeline_executions (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  design_id uuid not null,
  pipeline_id uuid not null,
  status execution_status not null default 'pending',
  triggered_by uuid default app_private.current_user_id(),
  started_at timestamptz,
  finished_at timestamptz,
  error text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint pipeline_executions_pkey primary key (organization_id, id),
  constraint pipeline_executions_design_id_id_key unique (organization_id, design_id, id),
  constraint pipeline_executions_error_check check (length(error) <= 10000),
  constraint pipeline_executions_pipeline_id_fkey foreign key (organization_id, design_id, pipeline_id)
    references pipelines (organization_id, design_id, id) on delete cascade,
  constraint pipeline_executions_design_id_fkey foreign key (organization_id, design_id)
    references designs (organization_id, id) on delete cascade,
  constraint pipeline_executions_triggered_by_fkey foreign key (organization_id, triggered_by)
    references people (organization_id, id) on delete set null (triggered_by)
);
create index pipeline_executions_pipeline_id_idx on pipeline_executions (organization_id, design_id, pipeline_id, created_at);
create index pipeline_executions_created_at_idx on pipeline_executions (organization_id, created_at);
create index pipeline_executions_status_idx on pipeline_executions (organization_id, status, created_at);
create index pipeline_executions_triggered_by_idx on pipeline_executions (organization_id, triggered_by, created_at);
alter table pipeline_executions enable row level security, force row level security;

create table pipeline_stages (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  design_id uuid not null,
  execution_id uuid not null,
  name text not null,
  position integer not null,
  status execution_status not null default 'pending',
  started_at timestamptz,
  finished_at timestamptz,
  output text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint pipeline_stages_pkey primary key (organization_id, id),
  constraint pipeline_stages_position_key unique (organization_id, execution_id, position),
  constraint pipeline_stages_name_key unique (organization_id, execution_id, name),
  constraint pipeline_stages_name_check check (length(name) between 1 and 100),
  constraint pipeline_stages_position_check check (position > 0),
  constraint pipeline_stages_output_check check (length(output) <= 65536),
  constraint pipeline_stages_execution_id_fkey foreign key (organization_id, design_id, execution_id)
    references pipeline_executions (organization_id, design_id, id) on delete cascade,
  constraint pipeline_stages_design_id_fkey foreign key (organization_id, design_id)
    references designs (organization_id, id) on delete cascade
);
create index pipeline_stages_execution_id_idx on pipeline_stages (organization_id, design_id, execution_id, position);
create index pipeline_stages_status_idx on pipeline_stages (organization_id, execution_id, status);
alter table pipeline_stages enable row level security, force row level security;

-- migrate:down
