-- migrate:up

-- Whose tokens an organization accepts, beside the product's own: its identity providers for people, its CI services for jobs.

-- https, or http on this machine, which only a server with ALLOW_LOOPBACK_ISSUERS asks; in ASCII, as addresses are.
create function app_private.is_keys_address(address text) returns boolean
  language sql immutable strict parallel safe
  begin atomic
    select length(address) <= 500 and address !~ '#'
      and address ~ '^(https://[!-.0->A-~]+|http://(localhost|127[.]0[.]0[.]1|\[::1\])(:[0-9]+)?)([/?][!-~]*)?$'
      and address !~ '^https://[^/?]*\\';
  end;
comment on function app_private.is_keys_address(text) is 'Whether keys may be fetched from an address: https, or http on this machine.';

create function app_private.is_issuer_address(address text) returns boolean
  language sql immutable strict parallel safe
  begin atomic select app_private.is_keys_address(address) and strpos(address, '?') = 0; end;
comment on function app_private.is_issuer_address(text) is 'Whether a text may be an issuer (OpenID Connect Discovery 1.0, 3): an address without query and fragment.';

create table identity_providers (
  organization_id uuid not null,
  id uuid not null default app_private.uuid_v7(),
  name text not null,
  issuer text not null,
  audience text not null,
  jwks_uri text,
  group_claim text not null default 'groups',
  creates_users boolean not null default false,
  is_enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint identity_providers_pkey primary key (organization_id, id),
  constraint identity_providers_name_key unique (organization_id, name),
  constraint identity_providers_issuer_key unique (organization_id, issuer, audience),
  constraint identity_providers_name_check check (length(name) between 1 and 200),
  constraint identity_providers_issuer_check check (app_private.is_issuer_address(issuer)),
  constraint identity_providers_audience_check check (length(audience) <= 500 and audience ~ '^[ -~]+$'),
  constraint identity_providers_jwks_uri_check check (app_private.is_keys_address(jwks_uri)),
  constraint identity_providers_group_claim_check check (length(group_claim) between 1 and 200),
  constraint identity_providers_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade
);
create index identity_providers_issuer_idx on identity_providers (issuer, audience);
alter table identity_providers enable row level security, force row level security;

create table group_mappings (
  organization_id uuid not null,
  id uuid not null default app_private.uuid_v7(),
  provider_id uuid not null,
  group_name text not null,
  role_id uuid not null,
  position integer not null default 0,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint group_mappings_pkey primary key (organization_id, id),
  constraint group_mappings_group_name_key unique (organization_id, provider_id, group_name),
  constraint group_mappings_group_name_check check (length(group_name) between 1 and 500),
  constraint group_mappings_position_check check (position between 0 and 10000),
  constraint group_mappings_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade,
  constraint group_mappings_provider_id_fkey foreign key (organization_id, provider_id)
    references identity_providers (organization_id, id) on delete cascade,
  constraint group_mappings_role_id_fkey foreign key (role_id) references roles (id)
);
create index group_mappings_role_id_idx on group_mappings (role_id);
alter table group_mappings enable row level security, force row level security;

create table user_identities (
  organization_id uuid not null,
  id uuid not null default app_private.uuid_v7(),
  provider_id uuid not null,
  subject text not null,
  user_id uuid not null,
  role_token_at timestamptz,
  last_seen_at timestamptz not null default now(),
  created_at timestamptz not null default now(),
  constraint user_identities_pkey primary key (organization_id, id),
  constraint user_identities_subject_key unique (organization_id, provider_id, subject),
  constraint user_identities_user_id_key unique (organization_id, provider_id, user_id),
  constraint user_identities_subject_check check (length(subject) between 1 and 500),
  constraint user_identities_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade,
  constraint user_identities_provider_id_fkey foreign key (organization_id, provider_id)
    references identity_providers (organization_id, id) on delete cascade,
  constraint user_identities_user_id_fkey foreign key (user_id) references users (id) on delete cascade
);
create index user_identities_user_id_idx on user_identities (user_id);
alter table user_identities enable row level security, force row level security;

-- project_id names a row of the tenant's own schema: as with api_keys a trigger checks it, and a trust whose project is gone
-- is refused.
create table ci_trusts (
  organization_id uuid not null,
  id uuid not null default app_private.uuid_v7(),
  project_id uuid not null,
  name text not null,
  issuer text not null,
  audience text not null,
  jwks_uri text,
  subject_pattern text not null,
  -- What a subject begins with, so that the trusts of a token are found by an index among those of everyone.
  subject_prefix text not null generated always as (split_part(subject_pattern, '*', 1)) stored,
  scopes text[] not null default '{}',
  is_enabled boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint ci_trusts_pkey primary key (organization_id, id),
  constraint ci_trusts_name_key unique (organization_id, name),
  constraint ci_trusts_name_check check (length(name) between 1 and 200),
  constraint ci_trusts_issuer_check check (app_private.is_issuer_address(issuer)),
  constraint ci_trusts_audience_check check (length(audience) <= 500 and audience ~ '^[ -~]+$'),
  constraint ci_trusts_jwks_uri_check check (app_private.is_keys_address(jwks_uri)),
  -- An owner's whole name stands before the first "*": CI services give the tokens of all their customers the same issuer, so
  -- that "repo:*" would trust the world, and "repo:acme*" whoever registers "acme-x".
  constraint ci_trusts_subject_pattern_check check (length(subject_pattern) between 1 and 255 and subject_pattern !~ '[\u0001-\u001f\u007f-\u009f]'
    and (strpos(subject_pattern, '*') = 0 or subject_pattern ~ '^([^:*/]+:(//)?[^:*/]+[:/]|/?[^:*/]+/[^:*/]+/)')),
  constraint ci_trusts_scopes_check check (cardinality(scopes) <= 50),
  constraint ci_trusts_organization_id_fkey foreign key (organization_id) references organizations (id) on delete cascade
);
create index ci_trusts_project_id_idx on ci_trusts (organization_id, project_id);
create index ci_trusts_issuer_idx on ci_trusts (issuer, audience, subject_prefix);
alter table ci_trusts enable row level security, force row level security;

-- migrate:down
