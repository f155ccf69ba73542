-- migrate:up

create table defects (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid not null,
  test_id uuid,
  -- A defect that a person opens has no failure to be recognised by: its fingerprint is like no other.
  fingerprint bytea not null default app_private.sha256_text(gen_random_uuid()::text),
  title text not null,
  error_type text not null default '',
  failure_details text,
  stack_trace text,
  fingerprint_explanation text,
  environment jsonb not null default '{}',
  severity severity not null default 'medium',
  status defect_status not null default 'open',
  assignee_id uuid,
  occurrence_count integer not null default 0,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  first_run_id uuid,
  last_run_id uuid,
  -- Which result was the first, and which run the last, of those at the same time: whatever the order in which they come.
  first_key text collate "C" not null default '',
  last_key text collate "C" not null default '',
  resolved_at timestamptz,
  regressed_at timestamptz,
  regressed_run_id uuid,
  regression_count integer not null default 0,
  muted_until timestamptz,
  muted_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint defects_pkey primary key (organization_id, id),
  constraint defects_fingerprint_key unique (organization_id, project_id, fingerprint),
  constraint defects_fingerprint_check check (length(fingerprint) = 32),
  constraint defects_title_check check (length(title) between 1 and 300),
  constraint defects_error_type_check check (length(error_type) <= 300),
  constraint defects_failure_details_check check (starts_with(failure_details, 'dx1.')),
  constraint defects_stack_trace_check check (starts_with(stack_trace, 'dx1.')),
  constraint defects_fingerprint_explanation_check check (starts_with(fingerprint_explanation, 'dx1.')),
  constraint defects_environment_check check (jsonb_typeof(environment) = 'object' and length(environment::text) <= 20000),
  constraint defects_occurrence_count_check check (occurrence_count >= 0),
  constraint defects_regression_count_check check (regression_count >= 0),
  constraint defects_muted_reason_check check (length(muted_reason) <= 500),
  constraint defects_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade,
  constraint defects_test_id_fkey foreign key (organization_id, test_id)
    references tests (organization_id, id) on delete set null (test_id),
  constraint defects_assignee_id_fkey foreign key (organization_id, assignee_id)
    references people (organization_id, id) on delete set null (assignee_id),
  constraint defects_first_run_id_fkey foreign key (organization_id, first_run_id)
    references test_runs (organization_id, id) on delete set null (first_run_id),
  constraint defects_last_run_id_fkey foreign key (organization_id, last_run_id)
    references test_runs (organization_id, id) on delete set null (last_run_id),
  constraint defects_regressed_run_id_fkey foreign key (organization_id, regressed_run_id)
    references test_runs (organization_id, id) on delete set null (regressed_run_id)
);
create index defects_project_id_idx on defects (organization_id, project_id, last_seen_at, id);
create index defects_test_id_idx on defects (organization_id, test_id);
create index defects_assignee_id_idx on defects (organization_id, assignee_id);
create index defects_first_run_id_idx on defects (organization_id, first_run_id);
create index defects_last_run_id_idx on defects (organization_id, last_run_id);
create index defects_regressed_run_id_idx on defects (organization_id, regressed_run_id);
create index defects_status_idx on defects (organization_id, status, severity, last_seen_at, id);
create index defects_severity_idx on defects (organization_id, severity, last_seen_at, id);
create index defects_last_seen_at_idx on defects (organization_id, last_seen_at, id);
create index defects_first_seen_at_idx on defects (organization_id, first_seen_at, id);
create index defects_error_type_idx on defects (organization_id, error_type);
alter table defects enable row level security, force row level security;

create table defect_occurrences (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid not null,
  defect_id uuid not null,
  test_id uuid,
  test_run_id uuid,
  occurred_at timestamptz not null,
  duration_ms bigint,
  environment jsonb not null default '{}',
  created_at timestamptz not null default now(),
  constraint defect_occurrences_pkey primary key (organization_id, id),
  constraint defect_occurrences_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade,
  constraint defect_occurrences_defect_id_fkey foreign key (organization_id, defect_id)
    references defects (organization_id, id) on delete cascade,
  constraint defect_occurrences_test_id_fkey foreign key (organization_id, test_id)
    references tests (organization_id, id) on delete set null (test_id),
  constraint defect_occurrences_test_run_id_fkey foreign key (organization_id, test_run_id)
    references test_runs (organization_id, id) on delete set null (test_run_id)
);
create index defect_occurrences_defect_id_idx on defect_occurrences (organization_id, defect_id, occurred_at, id);
create index defect_occurrences_test_id_idx on defect_occurrences (organization_id, test_id, occurred_at, id);
create index defect_occurrences_test_run_id_idx on defect_occurrences (organization_id, test_run_id);
create index defect_occurrences_project_id_idx on defect_occurrences (organization_id, project_id, occurred_at, id);
alter table defect_occurrences enable row level security, force row level security;

create table defect_daily_stats (
  organization_id uuid not null default app_private.current_org_id(),
  project_id uuid not null,
  day date not null,
  severity severity not null,
  opened integer not null default 0,
  resolved integer not null default 0,
  occurrences integer not null default 0,
  created_at timestamptz not null default now(),
  constraint defect_daily_stats_pkey primary key (organization_id, project_id, day, severity),
  constraint defect_daily_stats_opened_check check (opened >= 0),
  constraint defect_daily_stats_resolved_check check (resolved >= 0),
  constraint defect_daily_stats_occurrences_check check (occurrences >= 0),
  constraint defect_daily_stats_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade
);
create index defect_daily_stats_day_idx on defect_daily_stats (organization_id, day);
alter table defect_daily_stats enable row level security, force row level security;

-- What defect_daily_stats says of all projects together. Added up by reading: of one day and severity there are as many rows as
-- changes have met.
create table day_tallies (
  organization_id uuid not null default app_private.current_org_id(),
  day date not null,
  severity severity not null,
  id uuid not null default app_private.uuid_v7(),
  opened integer not null,
  resolved integer not null,
  occurrences integer not null,
  created_at timestamptz not null default now(),
  constraint day_tallies_pkey primary key (organization_id, day, severity, id)
);
alter table day_tallies enable row level security, force row level security;

-- How failures are grouped by hand: those with a fingerprint (of one test, where it names one) belong to a defect, whatever
-- else the fingerprint says. Made by merge_defects and split_defect.
create table defect_groupings (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid not null,
  fingerprint bytea not null,
  test_id uuid,
  defect_id uuid not null,
  created_at timestamptz not null default now(),
  constraint defect_groupings_pkey primary key (organization_id, id),
  constraint defect_groupings_fingerprint_key unique nulls not distinct (organization_id, project_id, fingerprint, test_id),
  constraint defect_groupings_fingerprint_check check (length(fingerprint) = 32),
  constraint defect_groupings_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade,
  constraint defect_groupings_test_id_fkey foreign key (organization_id, test_id)
    references tests (organization_id, id) on delete cascade,
  constraint defect_groupings_defect_id_fkey foreign key (organization_id, defect_id)
    references defects (organization_id, id) on delete cascade
);
create index defect_groupings_test_id_idx on defect_groupings (organization_id, test_id);
create index defect_groupings_defect_id_idx on defect_groupings (organization_id, defect_id);
alter table defect_groupings enable row level security, force row level security;

create table severity_rules (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid,
  position integer not null default 0,
  pattern jsonb not null,
  severity severity not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint severity_rules_pkey primary key (organization_id, id),
  constraint severity_rules_position_check check (position between 0 and 10000),
  constraint severity_rules_pattern_check check (app_private.is_severity_pattern(pattern)),
  constraint severity_rules_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade
);
create index severity_rules_project_id_idx on severity_rules (organization_id, project_id, position);
alter table severity_rules enable row level security, force row level security;

-- migrate:down
