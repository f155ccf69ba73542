-- migrate:up

-- How people and machines prove who they are. What is secret (hashes) is in app_private, apart from what can be seen.

create table sessions (
  id uuid not null default app_private.uuid_v7(),
  organization_id uuid not null,
  user_id uuid not null,
  expires_at timestamptz not null,
  last_seen_at timestamptz not null default now(),
  ip_address inet,
  user_agent text,
  revoked_at timestamptz,
  created_at timestamptz not null default now(),
  constraint sessions_pkey primary key (id),
  constraint sessions_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade,
  constraint sessions_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);
create index sessions_organization_id_idx on sessions (organization_id, user_id);
create index sessions_user_id_idx on sessions (user_id);
alter table sessions enable row level security, force row level security;

create table invitations (
  id uuid not null default app_private.uuid_v7(),
  organization_id uuid not null,
  email text not null,
  role_id uuid not null,
  expires_at timestamptz not null,
  accepted_at timestamptz,
  invited_by uuid,
  created_at timestamptz not null default now(),
  constraint invitations_pkey primary key (id),
  constraint invitations_email_check check (starts_with(email, 'dx1.')),
  constraint invitations_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade,
  constraint invitations_role_id_fkey foreign key (role_id) references roles (id) on delete cascade,
  constraint invitations_invited_by_fkey foreign key (invited_by) references users (id) on delete set null
);
create index invitations_organization_id_idx on invitations (organization_id, expires_at);
create index invitations_role_id_idx on invitations (role_id);
create index invitations_invited_by_idx on invitations (invited_by);
alter table invitations enable row level security, force row level security;

-- project_id names a row of the tenant's own schema, so no foreign key can hold it: a trigger checks it when it is
-- written, and a credential whose project is gone is refused.
create table api_keys (
  id uuid not null default app_private.uuid_v7(),
  organization_id uuid not null,
  project_id uuid,
  name text not null,
  prefix text not null,
  role base_role not null,
  scopes text[] not null default '{}',
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  created_by uuid,
  created_at timestamptz not null default now(),
  constraint api_keys_pkey primary key (id),
  constraint api_keys_name_key unique (organization_id, name),
  constraint api_keys_name_check check (length(name) between 1 and 200),
  constraint api_keys_scopes_check check (cardinality(scopes) <= 50),
  constraint api_keys_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade,
  constraint api_keys_created_by_fkey foreign key (created_by) references users (id) on delete set null
);
create index api_keys_project_id_idx on api_keys (organization_id, project_id);
create index api_keys_created_by_idx on api_keys (created_by);
alter table api_keys enable row level security, force row level security;

create table app_private.passwords (
  user_id uuid not null,
  hash text not null,
  updated_at timestamptz not null default now(),
  constraint passwords_pkey primary key (user_id),
  constraint passwords_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);
alter table app_private.passwords enable row level security, force row level security;

create table app_private.password_resets (
  token_hash bytea not null,
  user_id uuid not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default now(),
  constraint password_resets_pkey primary key (token_hash),
  constraint password_resets_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);
create index password_resets_user_id_idx on app_private.password_resets (user_id);
alter table app_private.password_resets enable row level security, force row level security;

create table app_private.refresh_tokens (
  token_hash bytea not null,
  session_id uuid not null,
  used_at timestamptz,
  created_at timestamptz not null default now(),
  constraint refresh_tokens_pkey primary key (token_hash),
  constraint refresh_tokens_session_id_fkey foreign key (session_id) references sessions (id) on delete cascade
);
create index refresh_tokens_session_id_idx on app_private.refresh_tokens (session_id);
alter table app_private.refresh_tokens enable row level security, force row level security;

create table app_private.api_key_hashes (
  hash bytea not null,
  api_key_id uuid not null,
  created_at timestamptz not null default now(),
  constraint api_key_hashes_pkey primary key (hash),
  constraint api_key_hashes_api_key_id_fkey foreign key (api_key_id) references api_keys (id) on delete cascade
);
create index api_key_hashes_api_key_id_idx on app_private.api_key_hashes (api_key_id);
alter table app_private.api_key_hashes enable row level security, force row level security;

create table app_private.invitation_hashes (
  hash bytea not null,
  invitation_id uuid not null,
  created_at timestamptz not null default now(),
  constraint invitation_hashes_pkey primary key (hash),
  constraint invitation_hashes_invitation_id_fkey foreign key (invitation_id) references invitations (id) on delete cascade
);
create index invitation_hashes_invitation_id_idx on app_private.invitation_hashes (invitation_id);
alter table app_private.invitation_hashes enable row level security, force row level security;

-- Attempts to prove who one is, by account (the digest of an e-mail address) and by network address.
create table app_private.login_throttles (
  kind text not null,
  key text not null,
  attempts integer not null,
  last_attempt_at timestamptz not null default now(),
  locked_until timestamptz not null default '-infinity',
  constraint login_throttles_pkey primary key (kind, key),
  constraint login_throttles_kind_check check (kind in ('account', 'address'))
);
create index login_throttles_last_attempt_at_idx on app_private.login_throttles (last_attempt_at);
alter table app_private.login_throttles enable row level security, force row level security;

-- migrate:down
