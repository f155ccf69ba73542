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
create index test_runs_started_at_idx on test_runs (organization_id, started_at);
create index test_runs_project_id_idx on test_runs (organization_id, project_id, started_at);
create index test_runs_commit_sha_idx on test_runs (organization_id, commit_sha);
create index test_runs_branch_idx on test_runs (organization_id, branch);
alter table test_runs enable row level security, force row level security;

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
