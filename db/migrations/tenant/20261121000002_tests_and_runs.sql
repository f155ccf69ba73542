-- migrate:up

create table tests (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid not null,
  name text not null,
  suite text not null default '',
  file text not null default '',
  framework text not null default '',
  parameters text not null default '',
  -- As one digest: the parts together are longer than an index entry may be.
  identity bytea not null generated always as (app_private.test_identity(framework, suite, name, parameters)) stored,
  muted_until timestamptz,
  muted_reason text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint tests_pkey primary key (organization_id, id),
  constraint tests_identity_key unique (organization_id, project_id, identity),
  constraint tests_name_check check (length(name) between 1 and 600),
  constraint tests_suite_check check (length(suite) <= 600),
  constraint tests_file_check check (length(file) <= 600),
  constraint tests_framework_check check (length(framework) <= 100),
  constraint tests_parameters_check check (length(parameters) <= 600),
  constraint tests_muted_reason_check check (length(muted_reason) <= 500),
  constraint tests_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade
);
create index tests_project_id_idx on tests (organization_id, project_id);
create index tests_name_idx on tests (organization_id, name);
create index tests_suite_idx on tests (organization_id, suite);
create index tests_file_idx on tests (organization_id, file);
alter table tests enable row level security, force row level security;

create table test_runs (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid not null,
  run_key text not null,
  shard text not null default '',
  commit_sha text,
  branch text,
  ci_provider text,
  run_url text,
  environment jsonb not null default '{}',
  started_at timestamptz not null default now(),
  duration_ms bigint,
  passed_count integer not null default 0,
  failed_count integer not null default 0,
  errored_count integer not null default 0,
  skipped_count integer not null default 0,
  flaky_count integer not null default 0,
  is_infrastructure_failure boolean not null default false,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint test_runs_pkey primary key (organization_id, id),
  constraint test_runs_run_key_key unique (organization_id, project_id, run_key, shard),
  constraint test_runs_run_key_check check (length(run_key) between 1 and 200),
  constraint test_runs_shard_check check (length(shard) <= 100),
  constraint test_runs_commit_sha_check check (commit_sha ~ '^[0-9a-f]{7,64}$'),
  constraint test_runs_branch_check check (length(branch) <= 500),
  constraint test_runs_ci_provider_check check (length(ci_provider) <= 100),
  constraint test_runs_run_url_check check (run_url ~ '^https?://[^[:space:]]+$' and length(run_url) <= 2000),
  constraint test_runs_environment_check check (jsonb_typeof(environment) = 'object' and length(environment::text) <= 20000),
  constraint test_runs_duration_ms_check check (duration_ms >= 0),
  constraint test_runs_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade
);
create index test_runs_started_at_idx on test_runs (organization_id, started_at, id);
create index test_runs_project_id_idx on test_runs (organization_id, project_id, started_at, id);
create index test_runs_commit_sha_idx on test_runs (organization_id, commit_sha);
create index test_runs_branch_idx on test_runs (organization_id, branch);
alter table test_runs enable row level security, force row level security;

-- Every result, of passed tests too: what a test is worth shows in them. An execution is one of possibly several of the same
-- test in a run (one a browser, one a data set that the report does not tell apart), an attempt one of its repetitions.
create table test_results (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid not null,
  test_run_id uuid not null,
  test_id uuid not null,
  execution_id text not null,
  attempt integer not null,
  is_final boolean not null,
  outcome test_outcome not null,
  duration_ms bigint,
  occurred_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint test_results_pkey primary key (organization_id, id),
  constraint test_results_attempt_key unique (organization_id, test_run_id, test_id, execution_id, attempt),
  constraint test_results_execution_id_check check (length(execution_id) between 1 and 200),
  constraint test_results_attempt_check check (attempt >= 1),
  constraint test_results_duration_ms_check check (duration_ms >= 0),
  constraint test_results_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade,
  constraint test_results_test_run_id_fkey foreign key (organization_id, test_run_id)
    references test_runs (organization_id, id) on delete cascade,
  constraint test_results_test_id_fkey foreign key (organization_id, test_id)
    references tests (organization_id, id) on delete cascade
);
create index test_results_project_id_idx on test_results (organization_id, project_id, occurred_at, id);
create index test_results_test_id_idx on test_results (organization_id, test_id, occurred_at, id);
create index test_results_failed_idx on test_results (organization_id, test_run_id, test_id) where outcome in ('failed', 'errored');
alter table test_results enable row level security, force row level security;

-- That a test was seen to be flaky: once an execution that passed after a failed attempt, once a commit on which it both
-- passed and failed. scope is which of them it was.
create table test_flakes (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid not null,
  test_id uuid not null,
  reason flake_reason not null,
  scope text not null,
  commit_sha text,
  occurred_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint test_flakes_pkey primary key (organization_id, id),
  constraint test_flakes_scope_key unique (organization_id, test_id, reason, scope),
  constraint test_flakes_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade,
  constraint test_flakes_test_id_fkey foreign key (organization_id, test_id)
    references tests (organization_id, id) on delete cascade
);
create index test_flakes_project_id_idx on test_flakes (organization_id, project_id, occurred_at, id);
create index test_flakes_test_id_idx on test_flakes (organization_id, test_id, occurred_at, id);
create index test_flakes_occurred_at_idx on test_flakes (organization_id, occurred_at, id);
alter table test_flakes enable row level security, force row level security;

-- How flaky each test is, in a measure that stands still: what was seen is half as much worth after 14 days, of each test alike, so
-- the order of tests stays while time passes, and an index holds it.
create table test_flakiness (
  organization_id uuid not null default app_private.current_org_id(),
  test_id uuid not null,
  project_id uuid not null,
  heat double precision not null,
  times integer not null,
  created_at timestamptz not null default now(),
  constraint test_flakiness_pkey primary key (organization_id, test_id),
  constraint test_flakiness_test_id_fkey foreign key (organization_id, test_id)
    references tests (organization_id, id) on delete cascade,
  constraint test_flakiness_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade
);
create index test_flakiness_heat_idx on test_flakiness (organization_id, heat desc, test_id);
create index test_flakiness_project_id_idx on test_flakiness (organization_id, project_id, heat desc, test_id);
alter table test_flakiness enable row level security, force row level security;

create table ingest_receipts (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid not null,
  report_id text,
  content_sha256 bytea not null,
  receipt jsonb,
  created_at timestamptz not null default now(),
  constraint ingest_receipts_pkey primary key (organization_id, id),
  constraint ingest_receipts_report_id_check check (length(report_id) between 1 and 200),
  constraint ingest_receipts_content_sha256_check check (length(content_sha256) = 32),
  constraint ingest_receipts_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade
);
create unique index ingest_receipts_report_id_key on ingest_receipts (organization_id, project_id, report_id) where report_id is not null;
create unique index ingest_receipts_content_sha256_key on ingest_receipts (organization_id, project_id, content_sha256) where report_id is null;
create index ingest_receipts_project_id_idx on ingest_receipts (organization_id, project_id, created_at);
alter table ingest_receipts enable row level security, force row level security;

-- migrate:down
