-- migrate:up

create table people (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null,
  name text not null,
  email text,
  role_name text not null,
  removed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint people_pkey primary key (organization_id, id),
  constraint people_email_check check (starts_with(email, 'dx1.'))
);
create index people_name_idx on people (organization_id, name);
alter table people enable row level security, force row level security;

create table project_groups (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  name text not null,
  description text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint project_groups_pkey primary key (organization_id, id),
  constraint project_groups_name_key unique (organization_id, name),
  constraint project_groups_name_check check (length(name) between 1 and 200),
  constraint project_groups_description_check check (length(description) <= 10000)
);
alter table project_groups enable row level security, force row level security;

create table projects (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  group_id uuid,
  owner_id uuid,
  name text not null,
  slug text not null,
  description text not null default '',
  repository_url text,
  production_url text,
  staging_url text,
  health_check_url text,
  docker_image text,
  status project_status not null default 'active',
  fingerprint_rules jsonb not null default '{}',
  older_fingerprint_rules jsonb not null default '[]',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint projects_pkey primary key (organization_id, id),
  constraint projects_slug_key unique (organization_id, slug),
  constraint projects_slug_check check (slug ~ '^[a-z0-9][a-z0-9_-]{0,62}$'),
  constraint projects_name_check check (length(name) between 1 and 200),
  constraint projects_description_check check (length(description) <= 10000),
  constraint projects_repository_url_check check (repository_url ~ '^https?://[^[:space:]]+$' and length(repository_url) <= 2000),
  constraint projects_production_url_check check (production_url ~ '^https?://[^[:space:]]+$' and length(production_url) <= 2000),
  constraint projects_staging_url_check check (staging_url ~ '^https?://[^[:space:]]+$' and length(staging_url) <= 2000),
  constraint projects_health_check_url_check check (health_check_url ~ '^https?://[^[:space:]]+$' and length(health_check_url) <= 2000),
  -- [registry[:port]/]name[/name…][:tag][@digest], as the distribution specification has it.
  constraint projects_docker_image_check check (length(docker_image) <= 500 and docker_image ~
    '^([a-zA-Z0-9.-]+(:[0-9]+)?/)?[a-z0-9]+([._-]+[a-z0-9]+)*(/[a-z0-9]+([._-]+[a-z0-9]+)*)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$'),
  constraint projects_fingerprint_rules_check check (app_private.is_fingerprint_rules(fingerprint_rules)),
  constraint projects_group_id_fkey foreign key (organization_id, group_id)
    references project_groups (organization_id, id) on delete set null (group_id),
  constraint projects_owner_id_fkey foreign key (organization_id, owner_id)
    references people (organization_id, id) on delete set null (owner_id)
);
create index projects_group_id_idx on projects (organization_id, group_id);
create index projects_owner_id_idx on projects (organization_id, owner_id);
create index projects_name_idx on projects (organization_id, name);
create index projects_status_idx on projects (organization_id, status);
create index projects_docker_image_idx on projects (organization_id, docker_image);
alter table projects enable row level security, force row level security;

-- migrate:down
