-- migrate:up

create table templates (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  name text not null,
  description text not null default '',
  category text not null default 'general',
  cloud_provider cloud_provider,
  canvas jsonb not null default '{}',
  is_featured boolean not null default false,
  usage_count integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint templates_pkey primary key (organization_id, id),
  constraint templates_name_key unique (organization_id, name),
  constraint templates_name_check check (length(name) between 1 and 200),
  constraint templates_description_check check (length(description) <= 10000),
  constraint templates_category_check check (length(category) between 1 and 100),
  constraint templates_canvas_check check (jsonb_typeof(canvas) = 'object' and octet_length(canvas::text) <= 1000000),
  constraint templates_usage_count_check check (usage_count >= 0)
);
create index templates_category_idx on templates (organization_id, category, name);
create index templates_cloud_provider_idx on templates (organization_id, cloud_provider, name);
create index templates_is_featured_idx on templates (organization_id, is_featured, usage_count);
alter table templates enable row level security, force row level security;

create table designs (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  project_id uuid,
  creator_id uuid default app_private.current_user_id(),
  template_id uuid,
  name text not null,
  description text not null default '',
  cloud_provider cloud_provider,
  canvas jsonb not null default '{}',
  changelog text,
  status design_status not null default 'draft',
  visibility design_visibility not null default 'private',
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint designs_pkey primary key (organization_id, id),
  constraint designs_name_check check (length(name) between 1 and 200),
  constraint designs_description_check check (length(description) <= 10000),
  constraint designs_canvas_check check (jsonb_typeof(canvas) = 'object' and octet_length(canvas::text) <= 1000000),
  constraint designs_changelog_check check (length(changelog) <= 2000),
  constraint designs_project_id_fkey foreign key (organization_id, project_id)
    references projects (organization_id, id) on delete set null (project_id),
  constraint designs_creator_id_fkey foreign key (organization_id, creator_id)
    references people (organization_id, id) on delete set null (creator_id),
  constraint designs_template_id_fkey foreign key (organization_id, template_id)
    references templates (organization_id, id) on delete set null (template_id)
);
create index designs_project_id_idx on designs (organization_id, project_id);
create index designs_creator_id_idx on designs (organization_id, creator_id, updated_at);
create index designs_template_id_idx on designs (organization_id, template_id);
create index designs_status_idx on designs (organization_id, status, updated_at);
create index designs_visibility_idx on designs (organization_id, visibility);
create index designs_updated_at_idx on designs (organization_id, updated_at);
create index designs_deleted_at_idx on designs (organization_id, deleted_at) where deleted_at is not null;
alter table designs enable row level security, force row level security;

create table design_versions (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  design_id uuid not null,
  version_number integer not null,
  canvas jsonb not null,
  changelog text,
  created_by uuid,
  created_at timestamptz not null default now(),
  constraint design_versions_pkey primary key (organization_id, id),
  constraint design_versions_version_number_key unique (organization_id, design_id, version_number),
  constraint design_versions_version_number_check check (version_number > 0),
  constraint design_versions_design_id_fkey foreign key (organization_id, design_id)
    references designs (organization_id, id) on delete cascade,
  constraint design_versions_created_by_fkey foreign key (organization_id, created_by)
    references people (organization_id, id) on delete set null (created_by)
);
create index design_versions_created_by_idx on design_versions (organization_id, created_by);
alter table design_versions enable row level security, force row level security;

create table design_shares (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  design_id uuid not null,
  shared_with uuid not null,
  permission share_permission not null default 'view',
  expires_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint design_shares_pkey primary key (organization_id, id),
  constraint design_shares_shared_with_key unique (organization_id, design_id, shared_with),
  constraint design_shares_design_id_fkey foreign key (organization_id, design_id)
    references designs (organization_id, id) on delete cascade,
  constraint design_shares_shared_with_fkey foreign key (organization_id, shared_with)
    references people (organization_id, id) on delete cascade
);
create index design_shares_shared_with_idx on design_shares (organization_id, shared_with, expires_at);
alter table design_shares enable row level security, force row level security;

create table comments (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  design_id uuid not null,
  author_id uuid default app_private.current_user_id(),
  parent_id uuid,
  body text not null,
  position jsonb,
  resolved_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint comments_pkey primary key (organization_id, id),
  -- So that an answer is about the design of what it answers.
  constraint comments_design_id_id_key unique (organization_id, design_id, id),
  constraint comments_body_check check (length(body) between 1 and 10000),
  constraint comments_position_check check (jsonb_typeof(position) = 'object' and octet_length(position::text) <= 1000),
  -- A thread is resolved as a whole.
  constraint comments_resolved_at_check check (resolved_at is null or parent_id is null),
  constraint comments_design_id_fkey foreign key (organization_id, design_id)
    references designs (organization_id, id) on delete cascade,
  constraint comments_parent_id_fkey foreign key (organization_id, design_id, parent_id)
    references comments (organization_id, design_id, id) on delete cascade,
  constraint comments_author_id_fkey foreign key (organization_id, author_id)
    references people (organization_id, id) on delete set null (author_id)
);
create index comments_design_id_idx on comments (organization_id, design_id, created_at);
create index comments_parent_id_idx on comments (organization_id, parent_id, design_id, created_at);
create index comments_author_id_idx on comments (organization_id, author_id);
create index comments_deleted_at_idx on comments (organization_id, deleted_at) where deleted_at is not null;
alter table comments enable row level security, force row level security;

create table resources (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  design_id uuid not null,
  name text not null,
  resource_type text not null,
  provider text not null default '',
  config text,
  position jsonb,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint resources_pkey primary key (organization_id, id),
  constraint resources_name_key unique (organization_id, design_id, resource_type, name),
  constraint resources_name_check check (length(name) between 1 and 200),
  constraint resources_resource_type_check check (length(resource_type) between 1 and 200),
  constraint resources_provider_check check (length(provider) <= 200),
  constraint resources_config_check check (starts_with(config, 'dx1.')),
  constraint resources_position_check check (jsonb_typeof(position) = 'object' and octet_length(position::text) <= 1000),
  constraint resources_design_id_fkey foreign key (organization_id, design_id)
    references designs (organization_id, id) on delete cascade
);
create index resources_resource_type_idx on resources (organization_id, resource_type);
alter table resources enable row level security, force row level security;

-- migrate:down
