-- migrate:up

-- version is the version that is deployed, as the field calls it: what counts changes is row_version here.
create table deployments (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid not null,
  version text not null,
  environment deployment_environment not null,
  status deployment_status not null default 'pending',
  deployed_by uuid default app_private.current_user_id(),
  deployed_at timestamptz not null default now(),
  duration_seconds integer,
  notes text not null default '',
  commit_sha text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  row_version integer not null default 1,
  constraint deployments_pkey primary key (organization_id, id),
  constraint deployments_version_check check (length(version) between 1 and 200),
  constraint deployments_duration_seconds_check check (duration_seconds >= 0),
  constraint deployments_notes_check check (length(notes) <= 10000),
  constraint deployments_commit_sha_check check (commit_sha ~ '^[0-9a-f]{7,64}$'),
  constraint deployments_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade,
  constraint deployments_deployed_by_fkey foreign key (organization_id, deployed_by)
    references people (organization_id, id) on delete set null (deployed_by)
);
create index deployments_project_id_idx on deployments (organization_id, project_id, deployed_at, id);
-- By which start_deployment and finish_deployment find theirs.
create index deployments_version_idx on deployments (organization_id, project_id, environment, version);
create index deployments_status_idx on deployments (organization_id, status, deployed_at, id);
create index deployments_environment_idx on deployments (organization_id, environment, deployed_at, id);
create index deployments_deployed_at_idx on deployments (organization_id, deployed_at, id);
create index deployments_deployed_by_idx on deployments (organization_id, deployed_by, deployed_at, id);
alter table deployments enable row level security, force row level security;

create table maintenance_requests (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid,
  requested_by uuid default app_private.current_user_id(),
  assigned_to uuid,
  title text not null,
  description text not null default '',
  priority priority not null default 'medium',
  status maintenance_status not null default 'open',
  status_notes text,
  due_date date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint maintenance_requests_pkey primary key (organization_id, id),
  constraint maintenance_requests_title_check check (length(title) between 1 and 300),
  constraint maintenance_requests_description_check check (length(description) <= 10000),
  constraint maintenance_requests_status_notes_check check (length(status_notes) <= 2000),
  constraint maintenance_requests_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete set null (project_id),
  constraint maintenance_requests_requested_by_fkey foreign key (organization_id, requested_by)
    references people (organization_id, id) on delete set null (requested_by),
  constraint maintenance_requests_assigned_to_fkey foreign key (organization_id, assigned_to)
    references people (organization_id, id) on delete set null (assigned_to)
);
create index maintenance_requests_project_id_idx on maintenance_requests (organization_id, project_id, status);
create index maintenance_requests_assigned_to_idx on maintenance_requests (organization_id, assigned_to, status);
create index maintenance_requests_requested_by_idx on maintenance_requests (organization_id, requested_by);
-- What is overdue is open or in progress with a date that is past.
create index maintenance_requests_status_idx on maintenance_requests (organization_id, status, due_date, id);
create index maintenance_requests_priority_idx on maintenance_requests (organization_id, priority, due_date, id);
create index maintenance_requests_due_date_idx on maintenance_requests (organization_id, due_date, id);
alter table maintenance_requests enable row level security, force row level security;

create table maintenance_status_history (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  maintenance_request_id uuid not null,
  old_status maintenance_status not null,
  new_status maintenance_status not null,
  changed_by uuid,
  notes text,
  -- Not when the transaction began: who waited for another would stand before them.
  created_at timestamptz not null default clock_timestamp(),
  constraint maintenance_status_history_pkey primary key (organization_id, id),
  constraint maintenance_status_history_maintenance_request_id_fkey foreign key (organization_id, maintenance_request_id)
    references maintenance_requests (organization_id, id) on delete cascade,
  constraint maintenance_status_history_changed_by_fkey foreign key (organization_id, changed_by)
    references people (organization_id, id) on delete set null (changed_by)
);
create index maintenance_status_history_maintenance_request_id_idx
  on maintenance_status_history (organization_id, maintenance_request_id, created_at);
create index maintenance_status_history_changed_by_idx on maintenance_status_history (organization_id, changed_by);
create index maintenance_status_history_created_at_idx on maintenance_status_history (organization_id, created_at);
alter table maintenance_status_history enable row level security, force row level security;

create table maintenance_work_logs (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  maintenance_request_id uuid not null,
  user_id uuid default app_private.current_user_id(),
  work_description text not null,
  hours_spent numeric(5,2) not null,
  work_date date not null default current_date,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint maintenance_work_logs_pkey primary key (organization_id, id),
  constraint maintenance_work_logs_work_description_check check (length(work_description) between 1 and 10000),
  constraint maintenance_work_logs_hours_spent_check check (hours_spent > 0),
  constraint maintenance_work_logs_maintenance_request_id_fkey foreign key (organization_id, maintenance_request_id)
    references maintenance_requests (organization_id, id) on delete cascade,
  constraint maintenance_work_logs_user_id_fkey foreign key (organization_id, user_id)
    references people (organization_id, id) on delete set null (user_id)
);
create index maintenance_work_logs_maintenance_request_id_idx on maintenance_work_logs (organization_id, maintenance_request_id, work_date);
create index maintenance_work_logs_user_id_idx on maintenance_work_logs (organization_id, user_id, work_date);
create index maintenance_work_logs_work_date_idx on maintenance_work_logs (organization_id, work_date);
alter table maintenance_work_logs enable row level security, force row level security;

-- Added up by reading: of one person and kind there are as many rows as changes have met.
create table person_tallies (
  organization_id uuid not null default app_private.current_org_id(),
  counted text not null,
  person_id uuid not null,
  id uuid not null default app_private.uuid_v7(),
  amount integer not null,
  created_at timestamptz not null default now(),
  constraint person_tallies_pkey primary key (organization_id, counted, person_id, id),
  constraint person_tallies_counted_check check (counted in ('deployments', 'unfinished_requests', 'finished_requests')),
  constraint person_tallies_person_id_fkey foreign key (organization_id, person_id)
    references people (organization_id, id) on delete cascade
);
create index person_tallies_person_id_idx on person_tallies (organization_id, person_id);
alter table person_tallies enable row level security, force row level security;

-- As person_tallies, of projects: what project_summary_view and a project's health say.
create table project_tallies (
  organization_id uuid not null default app_private.current_org_id(),
  counted text not null,
  project_id uuid not null,
  id uuid not null default app_private.uuid_v7(),
  amount integer not null,
  created_at timestamptz not null default now(),
  constraint project_tallies_pkey primary key (organization_id, counted, project_id, id),
  constraint project_tallies_counted_check check (counted in ('successful_deployments', 'other_deployments', 'open_requests',
    'requests_in_progress', 'finished_requests', 'open_low_defects', 'open_medium_defects', 'open_high_defects', 'open_critical_defects')),
  constraint project_tallies_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete cascade
);
create index project_tallies_project_id_idx on project_tallies (organization_id, project_id);
alter table project_tallies enable row level security, force row level security;

-- Which defects of a project are open.
create index defects_project_id_status_idx on defects (organization_id, project_id, status, severity);

-- migrate:down
