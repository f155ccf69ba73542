-- migrate:up

create table regions (
  code region_code not null,
  name text not null,
  regulations text[] not null default '{}',
  retention_days integer not null,
  endpoint text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint regions_pkey primary key (code),
  constraint regions_retention_days_check check (retention_days between 1 and 36500)
);
alter table regions enable row level security, force row level security;

create table organizations (
  id uuid not null default app_private.uuid_v7(),
  slug text not null,
  name text not null,
  domain text,
  industry text,
  primary_region region_code not null,
  isolation isolation_tier not null default 'shared',
  encryption_key_id text,
  compliance_requirements text[] not null default '{}',
  data_retention_days integer not null,
  requests_per_minute integer,
  permissions_version integer not null default 1,
  provisioning_state provisioning_state not null default 'provisioning',
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint organizations_pkey primary key (id),
  constraint organizations_slug_key unique (slug),
  constraint organizations_slug_check check (slug ~ '^[a-z][a-z0-9_]{1,40}$'),
  constraint organizations_name_check check (length(name) between 1 and 200),
  constraint organizations_domain_check check (length(domain) <= 253),
  constraint organizations_industry_check check (length(industry) <= 200),
  constraint organizations_compliance_requirements_check check (app_private.is_text_list(compliance_requirements, 200, 300)),
  constraint organizations_data_retention_days_check check (data_retention_days between 1 and 36500),
  constraint organizations_requests_per_minute_check check (requests_per_minute between 1 and 100000),
  constraint organizations_primary_region_fkey foreign key (primary_region) references regions (code)
);
create index organizations_primary_region_idx on organizations (primary_region);
create index organizations_domain_idx on organizations (domain);
alter table organizations enable row level security, force row level security;

create table users (
  id uuid not null default app_private.uuid_v7(),
  -- Without a digest nobody is found by the address: who came by an outside provider has not shown that it is theirs.
  email text,
  email_digest bytea,
  name text not null,
  is_active boolean not null default true,
  last_login_at timestamptz,
  deleted_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint users_pkey primary key (id),
  constraint users_email_digest_key unique (email_digest),
  constraint users_email_check check (starts_with(email, 'dx1.')),
  constraint users_email_digest_check check (email_digest is null or email is not null),
  constraint users_name_check check (length(name) between 1 and 200)
);
alter table users enable row level security, force row level security;

create table permissions (
  name text not null,
  description text not null,
  created_at timestamptz not null default now(),
  constraint permissions_pkey primary key (name),
  constraint permissions_name_check check (name ~ '^[a-z_]+:[a-z_]+$')
);
insert into permissions (name, description) values
  ('projects:read', 'See projects and their groups.'),
  ('projects:write', 'Make and change projects and their groups.'),
  ('tests:read', 'See tests and test runs.'),
  ('tests:write', 'Make and change tests and test runs.'),
  ('reports:create', 'Report the results of a test run.'),
  ('defects:read', 'See defects and their occurrences.'),
  ('defects:write', 'Make and change defects.'),
  ('defects:triage', 'Change the status and the assignee of a defect.'),
  ('compliance:read', 'See assessments and their findings, frameworks, threat indicators and where data lives.'),
  ('compliance:write', 'Make and change assessments and their findings, frameworks and threat indicators.'),
  ('designs:read', 'See designs and templates, as far as they are shared.'),
  ('designs:write', 'Make and change designs, templates, comments and resources.'),
  ('designs:share', 'Share one''s own designs with others.'),
  ('states:read', 'Read Terraform states and their versions.'),
  ('states:write', 'Write, lock and unlock Terraform states.'),
  ('pipelines:read', 'See pipelines, their executions, and drift.'),
  ('pipelines:write', 'Make and run pipelines, and report stages and drift.'),
  ('deployments:read', 'See deployments.'),
  ('deployments:write', 'Start, finish and change deployments.'),
  ('maintenance:read', 'See maintenance requests, their history and the work on them.'),
  ('maintenance:write', 'Ask for maintenance, work on it and log the work.'),
  ('audit:read', 'Read the audit trail.'),
  ('organization:write', 'Change the organization itself.'),
  ('members:write', 'Invite people, change what they are, remove them, and end their sessions.'),
  ('roles:write', 'Make and change the organization''s own roles.'),
  ('credentials:write', 'Make and revoke API keys, and say which identity providers and CI systems are trusted.'),
  ('webhooks:write', 'Say which addresses are told what happens.'),
  ('masking:write', 'Decide how sensitive values are shown to each role.');
alter table permissions enable row level security, force row level security;

create table roles (
  id uuid not null default app_private.uuid_v7(),
  organization_id uuid,
  name text not null,
  base_role base_role not null,
  description text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint roles_pkey primary key (id),
  constraint roles_name_key unique nulls not distinct (organization_id, name),
  constraint roles_name_check check (length(name) between 1 and 100),
  constraint roles_description_check check (length(description) <= 10000),
  constraint roles_name_reserved_check check (organization_id is null
    or lower(name) not in ('admin', 'developer', 'engineer', 'auditor', 'analyst', 'member', 'ci')),
  constraint roles_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade
);
insert into roles (name, base_role, description) values
  ('admin', 'admin', 'Runs the organization: everything in it, nothing beyond it.'),
  ('developer', 'developer', 'Writes code and tests; works on defects.'),
  ('engineer', 'engineer', 'Runs projects, deployments and maintenance; triages defects.'),
  ('auditor', 'auditor', 'Reads everything, the audit trail included; changes nothing.'),
  ('analyst', 'analyst', 'Reads masked data and counts.'),
  ('member', 'member', 'Sees projects and defects; asks for maintenance.'),
  ('ci', 'ci', 'Reports test results; reads its own project.');

create table role_permissions (
  organization_id uuid,
  role_id uuid not null,
  permission text not null,
  created_at timestamptz not null default now(),
  constraint role_permissions_pkey primary key (role_id, permission),
  constraint role_permissions_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade,
  constraint role_permissions_role_id_fkey foreign key (role_id) references roles (id) on delete cascade,
  constraint role_permissions_permission_fkey foreign key (permission) references permissions (name)
);
insert into role_permissions (role_id, permission)
select roles.id, granted.permission
from (values
  ('admin', array['projects:read', 'projects:write', 'tests:read', 'tests:write', 'reports:create', 'defects:read',
    'defects:write', 'defects:triage', 'audit:read', 'organization:write', 'members:write', 'roles:write', 'credentials:write',
    'masking:write', 'webhooks:write']),
  ('developer', array['projects:read', 'projects:write', 'tests:read', 'tests:write', 'reports:create', 'defects:read', 'defects:write',
    'defects:triage', 'audit:read']),
  ('engineer', array['projects:read', 'projects:write', 'tests:read', 'defects:read', 'defects:triage', 'audit:read']),
  ('auditor', array['projects:read', 'tests:read', 'defects:read', 'audit:read']),
  ('analyst', array['projects:read', 'tests:read', 'defects:read']),
  ('member', array['projects:read', 'tests:read', 'defects:read']),
  ('ci', array['projects:read', 'tests:read', 'reports:create', 'defects:read']),
  -- Operations.
  ('admin', array['deployments:read', 'deployments:write', 'maintenance:read', 'maintenance:write']),
  ('developer', array['deployments:read', 'maintenance:read', 'maintenance:write']),
  ('engineer', array['deployments:read', 'deployments:write', 'maintenance:read', 'maintenance:write']),
  ('auditor', array['deployments:read', 'maintenance:read']),
  ('analyst', array['deployments:read', 'maintenance:read']),
  ('member', array['deployments:read', 'maintenance:read', 'maintenance:write']),
  ('ci', array['deployments:read', 'deployments:write']),
  -- Compliance.
  ('admin', array['compliance:read', 'compliance:write']),
  ('developer', array['compliance:read']),
  ('engineer', array['compliance:read']),
  ('auditor', array['compliance:read']),
  ('analyst', array['compliance:read']),
  -- Designs.
  ('admin', array['designs:read', 'designs:write', 'designs:share', 'states:read', 'states:write', 'pipelines:read', 'pipelines:write']),
  ('developer', array['designs:read', 'designs:write', 'designs:share', 'states:read', 'states:write', 'pipelines:read',
    'pipelines:write']),
  ('engineer', array['designs:read', 'designs:write', 'designs:share', 'states:read', 'states:write', 'pipelines:read',
    'pipelines:write']),
  ('auditor', array['designs:read', 'states:read', 'pipelines:read']),
  ('member', array['designs:read']),
  ('ci', array['designs:read', 'states:read', 'states:write', 'pipelines:read', 'pipelines:write'])
) as granted_to (role_name, permissions)
join roles on roles.name = granted_to.role_name and roles.organization_id is null
cross join unnest(granted_to.permissions) as granted (permission);
create index role_permissions_organization_id_idx on role_permissions (organization_id);
create index role_permissions_permission_idx on role_permissions (permission);
-- Forced only now: the built-in roles were read just above, by the owner.
alter table roles enable row level security, force row level security;
alter table role_permissions enable row level security, force row level security;

create table organization_members (
  organization_id uuid not null,
  user_id uuid not null,
  role_id uuid not null,
  joined_at timestamptz not null default now(),
  removed_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint organization_members_pkey primary key (organization_id, user_id),
  constraint organization_members_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade,
  constraint organization_members_user_id_fkey foreign key (user_id) references users (id) on delete cascade,
  constraint organization_members_role_id_fkey foreign key (role_id) references roles (id)
);
create index organization_members_user_id_idx on organization_members (user_id);
create index organization_members_role_id_idx on organization_members (role_id);
alter table organization_members enable row level security, force row level security;

-- Which organization a login of its own (a BI tool's, say) reads: the login can neither write nor shadow it.
create table app_private.sql_principals (
  login_role name not null,
  organization_id uuid not null,
  base_role app.base_role not null,
  user_id uuid,
  created_at timestamptz not null default now(),
  constraint sql_principals_pkey primary key (login_role),
  constraint sql_principals_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade,
  constraint sql_principals_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);
create index sql_principals_organization_id_idx on app_private.sql_principals (organization_id);
create index sql_principals_user_id_idx on app_private.sql_principals (user_id);
alter table app_private.sql_principals enable row level security, force row level security;

-- Each organization's data key, wrapped by the key-encryption key, which is never in the database.
-- organization_id is the nil UUID for what belongs to no organization (users' e-mail addresses).
create table app_private.organization_keys (
  organization_id uuid not null,
  key_version integer not null,
  wrapped_key bytea not null,
  created_at timestamptz not null default now(),
  retired_at timestamptz,
  constraint organization_keys_pkey primary key (organization_id, key_version),
  constraint organization_keys_key_version_check check (key_version > 0)
);
alter table app_private.organization_keys enable row level security, force row level security;

-- How a sensitive column is shown to a role, where an organization differs from the defaults.
create table masking_policies (
  id uuid not null default app_private.uuid_v7(),
  organization_id uuid not null,
  field sensitive_field not null,
  role base_role not null,
  mode masking_mode not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint masking_policies_pkey primary key (id),
  constraint masking_policies_field_role_key unique (organization_id, field, role),
  constraint masking_policies_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade
);
alter table masking_policies enable row level security, force row level security;

-- What belongs to no organization: users, regions and organizations made or deleted, failed sign-ins.
create table app_private.security_events (
  id uuid not null default app_private.uuid_v7(),
  action text not null,
  actor text not null,
  target_type text,
  target_id text,
  details jsonb not null default '{}',
  ip_address inet,
  created_at timestamptz not null default now(),
  constraint security_events_pkey primary key (id)
);
create index security_events_created_at_idx on app_private.security_events (created_at);
alter table app_private.security_events enable row level security, force row level security;

-- migrate:down
