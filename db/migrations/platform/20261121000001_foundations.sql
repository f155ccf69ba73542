-- migrate:up

-- First of all, and for the whole database: with "in schema" it would do nothing.
alter default privileges revoke execute on functions from public;
set local role app_definer;
alter default privileges revoke execute on functions from public;
set local role app_views;
alter default privileges revoke execute on functions from public;
set local role app_owner;

-- Vocabularies: domains over text, not enums. Text has leakproof operators, so that a filter on one can
-- use an index under row-level security; enum comparison has not.
create domain region_code as text constraint region_code_check check (value in (
  'us-east', 'eu-central', 'uk-south', 'canada-central', 'australia-east', 'singapore', 'japan-east',
  'india-central', 'brazil-south', 'south-africa', 'korea-central', 'hong-kong', 'new-zealand', 'israel'));
create domain isolation_tier as text constraint isolation_tier_check check (value in ('shared', 'schema'));
create domain provisioning_state as text constraint provisioning_state_check check (value in ('provisioning', 'ready'));
create domain base_role as text constraint base_role_check check (value in (
  'admin', 'developer', 'engineer', 'auditor', 'analyst', 'member', 'ci'));
create domain masking_mode as text constraint masking_mode_check check (value in ('none', 'partial', 'full'));
create domain sensitive_field as text constraint sensitive_field_check check (value in (
  'defects.failure_details', 'defects.stack_trace', 'people.email', 'users.email', 'invitations.email'));
create domain severity as text constraint severity_check check (value in ('low', 'medium', 'high', 'critical'));
create domain project_status as text constraint project_status_check check (value in ('active', 'inactive', 'archived'));
create domain defect_status as text constraint defect_status_check check (value in (
  'open', 'triaged', 'in_progress', 'resolved', 'ignored'));
create domain test_outcome as text constraint test_outcome_check check (value in ('passed', 'failed', 'errored', 'skipped'));

comment on domain region_code is 'Where data lives: one of the 14 jurisdictions served.';
comment on domain isolation_tier is 'How an organization is kept apart: in shared tables by row-level security, or in a schema of its own as well.';
comment on domain provisioning_state is 'Whether an organization is ready to be used.';
comment on domain base_role is 'The role that bounds what a member, a key or an own role of an organization may do.';
comment on domain masking_mode is 'How a sensitive value is shown: clear (none), with its secrets scrubbed (partial), or as a token (full).';
comment on domain sensitive_field is 'A field whose values are stored encrypted, and shown to each role as masking policies say.';
comment on domain severity is 'How bad it is.';
comment on domain project_status is 'Whether a project is worked on.';
comment on domain defect_status is 'Where a defect stands.';
comment on domain test_outcome is 'How a test ended: failed by an assertion, errored by anything else.';

-- Time-ordered identifiers (RFC 9562, version 7): the server's own where it has them (18), else 48 bits of
-- milliseconds over a random UUID. volatile: a new one for each row.
do $$
begin
  if current_setting('server_version_num')::int >= 180000 then
    create function app_private.uuid_v7() returns uuid
      language sql volatile parallel safe
      begin atomic select uuidv7(); end;
  else
    create function app_private.uuid_v7() returns uuid
      language sql volatile parallel safe
      begin atomic
        select encode(
          set_bit(set_bit(
            overlay(uuid_send(gen_random_uuid())
              placing substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3)
              from 1 for 6),
            52, 1), 53, 1), 'hex')::uuid;
      end;
  end if;
end
$$;
comment on function app_private.uuid_v7() is 'A new UUID of version 7: unique, and ordered by the time it was made.';
-- Column defaults run with the rights of who inserts.
grant execute on function app_private.uuid_v7() to public;

-- Immutable in fact, since the encoding of a database never changes; convert_to alone is only stable.
create function app_private.sha256_text(input text) returns bytea
  language sql immutable strict parallel safe
  begin atomic select sha256(convert_to(input, 'UTF8')); end;
comment on function app_private.sha256_text(text) is 'The SHA-256 digest (32 bytes) of a text in UTF-8.';
grant execute on function app_private.sha256_text(text) to public;

-- Each part is preceded by its length, so that no two lists of parts run into the same text.
create function app_private.test_identity(framework text, suite text, name text, parameters text) returns bytea
  language sql immutable strict parallel safe
  begin atomic
    select app_private.sha256_text(
      length(framework)::text || ':' || framework || length(suite)::text || ':' || suite ||
      length(name)::text || ':' || name || length(parameters)::text || ':' || parameters);
  end;
comment on function app_private.test_identity(text, text, text, text) is
  'What makes a test the same test within its project: framework, suite, name and parameters, as one digest.';
grant execute on function app_private.test_identity(text, text, text, text) to public;

-- One result of a reported test run, as report_test_run works on it; fingerprint is null unless the test failed.
create type app_private.reported_result as (
  identity bytea,
  name text,
  suite text,
  file text,
  framework text,
  parameters text,
  outcome test_outcome,
  duration_ms bigint,
  occurred_at timestamptz,
  fingerprint bytea,
  title text,
  error_type text,
  failure_details text,
  stack_trace text,
  severity severity,
  ordinal bigint
);

-- What `migrate` keeps: how far each schema has come, and which policies it has.
create table app_private.tenant_schemas (
  name text not null,
  organization_id uuid,
  version text not null default '',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint tenant_schemas_pkey primary key (name)
);
create unique index tenant_schemas_organization_id_key on app_private.tenant_schemas (organization_id);
insert into app_private.tenant_schemas (name) values ('app');
alter table app_private.tenant_schemas enable row level security, force row level security;

create table app_private.applied_policies (
  schema_name text not null,
  section text not null,
  digest bytea not null,
  applied_at timestamptz not null default now(),
  constraint applied_policies_pkey primary key (schema_name, section)
);
alter table app_private.applied_policies enable row level security, force row level security;

-- Random secrets of this database: "envelope" opens the keys that the API hands over (32 bytes to decrypt,
-- 32 to authenticate), "audit" keys the digests in the audit trail.
create table app_private.secrets (
  name text not null,
  value bytea not null,
  created_at timestamptz not null default now(),
  constraint secrets_pkey primary key (name)
);
insert into app_private.secrets (name, value)
values ('envelope', app_private.gen_random_bytes(64)), ('audit', app_private.gen_random_bytes(32));
alter table app_private.secrets enable row level security, force row level security;

-- migrate:down
