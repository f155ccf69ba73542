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
  'defects.failure_details', 'defects.stack_trace', 'defects.fingerprint_explanation', 'people.email', 'users.email', 'invitations.email',
  'assessment_results.evidence_data', 'assessment_results.remediation_script', 'resources.config', 'states.state', 'state_versions.state'));
create domain severity as text constraint severity_check check (value in ('low', 'medium', 'high', 'critical'));
create domain assessment_status as text constraint assessment_status_check check (value in (
  'draft', 'in_progress', 'completed', 'archived'));
create domain project_status as text constraint project_status_check check (value in ('active', 'inactive', 'archived'));
create domain defect_status as text constraint defect_status_check check (value in (
  'open', 'triaged', 'in_progress', 'resolved', 'ignored'));
create domain deployment_environment as text constraint deployment_environment_check check (value in (
  'production', 'staging', 'development'));
create domain deployment_status as text constraint deployment_status_check check (value in (
  'pending', 'in_progress', 'success', 'failed', 'rolled_back'));
create domain priority as text constraint priority_check check (value in ('low', 'medium', 'high', 'critical'));
create domain maintenance_status as text constraint maintenance_status_check check (value in (
  'open', 'in_progress', 'completed', 'cancelled'));
create domain cloud_provider as text constraint cloud_provider_check check (value in ('aws', 'azure', 'gcp'));
create domain design_status as text constraint design_status_check check (value in ('draft', 'active', 'archived'));
create domain design_visibility as text constraint design_visibility_check check (value in ('private', 'organization'));
create domain share_permission as text constraint share_permission_check check (value in ('view', 'comment', 'edit'));
create domain execution_status as text constraint execution_status_check check (value in (
  'pending', 'running', 'succeeded', 'failed', 'cancelled'));
create domain drift_kind as text constraint drift_kind_check check (value in ('added', 'changed', 'removed'));
create domain event_kind as text constraint event_kind_check check (value in (
  'defect_reported', 'deployment_changed', 'design_changed', 'notification_received'));
create domain run_verdict as text constraint run_verdict_check check (value in ('clean', 'new', 'known', 'flaky', 'infrastructure'));
create domain reported_defect_state as text constraint reported_defect_state_check check (value in ('new', 'known', 'regressed'));
create domain flake_reason as text constraint flake_reason_check check (value in ('retry', 'same_commit'));
create domain test_outcome as text constraint test_outcome_check check (value in ('passed', 'failed', 'errored', 'skipped'));

comment on domain region_code is 'Where data lives: one of the 14 jurisdictions served.';
comment on domain isolation_tier is 'How an organization is kept apart: in shared tables by row-level security, or in a schema of its own as well.';
comment on domain provisioning_state is 'Whether an organization is ready to be used.';
comment on domain base_role is 'The role that bounds what a member, a key or an own role of an organization may do.';
comment on domain masking_mode is 'How a sensitive value is shown: clear (none), with its secrets scrubbed (partial), or as a token (full).';
comment on domain sensitive_field is 'A field whose values are stored encrypted, and shown to each role as masking policies say.';
comment on domain severity is 'How bad it is.';
comment on domain assessment_status is 'Where an assessment stands.';
comment on domain project_status is 'Whether a project is worked on.';
comment on domain defect_status is 'Where a defect stands.';
comment on domain deployment_environment is 'Where a version is deployed to.';
comment on domain deployment_status is 'Where a deployment stands: pending, then in_progress, then success or failed; a success may be rolled back.';
comment on domain priority is 'How soon it is to be done.';
comment on domain maintenance_status is 'Where a request stands: open and in_progress, as often as it takes, then completed or cancelled.';
comment on domain cloud_provider is 'Whose cloud it is for.';
comment on domain design_status is 'Where a design stands.';
comment on domain design_visibility is 'Who sees a design: its creator and whom it is shared with (private), or everyone in the organization.';
comment on domain share_permission is 'What a share allows: to see the design, to comment on it as well, or to edit it as well.';
comment on domain execution_status is 'Where an execution or one of its stages stands.';
comment on domain drift_kind is 'How a resource differs from its state: it is there and was not planned (added), is another (changed), or is gone (removed).';
comment on domain event_kind is 'What happened: a defect was opened or came back, a deployment or a design was made or changed, somebody was notified.';
comment on domain run_verdict is 'What a run says: nothing failed (clean), something failed that never did before or that had been resolved (new), only what is known or muted (known), only tests that are flaky (flaky), or so much that it says nothing of the tests (infrastructure).';
comment on domain reported_defect_state is 'What a failure is: never seen before, known, or come back after it was resolved.';
comment on domain flake_reason is 'Why a test is held to be flaky: it passed after a failed attempt, or both passed and failed on one commit.';
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

-- One result of a reported test run, as report_test_run works on it; fingerprint is null unless the test failed. attempts are
-- those before the last one. key orders results that happened at the same time, whichever came first.
create type reported_result as (
  identity bytea,
  execution_id text,
  key text collate "C",
  name text,
  suite text,
  file text,
  framework text,
  parameters text,
  outcome test_outcome,
  duration_ms bigint,
  occurred_at timestamptz,
  fingerprint bytea,
  older_fingerprints bytea[],
  fingerprint_explanation text,
  title text,
  error_type text,
  failure_details text,
  stack_trace text,
  severity severity,
  attempts jsonb,
  ordinal bigint
);

comment on type reported_result is E'@behavior -*\nA result of a reported test run.';

-- How far a test can be trusted, and why not.
create type flakiness as (
  score double precision,
  reasons text[]
);
comment on type flakiness is 'How flaky a test is.';
comment on column flakiness.score is 'From 0 (never seen to be flaky) to 1. Each time counts half as much after two weeks: one today gives 0.5, two 0.75.';
comment on column flakiness.reasons is 'Why, in sentences.';

-- One day of one severity.
create type trend_day as (
  day date,
  severity severity,
  opened integer,
  resolved integer,
  occurrences integer
);
comment on type trend_day is 'What happened on one day (UTC) to defects of one severity.';
comment on column trend_day.day is 'The day (UTC).';
comment on column trend_day.severity is 'The severity.';
comment on column trend_day.opened is 'How many defects were first seen.';
comment on column trend_day.resolved is 'How many times a defect was resolved.';
comment on column trend_day.occurrences is 'How many times a defect occurred.';

create type project_health as (
  open_low integer,
  open_medium integer,
  open_high integer,
  open_critical integer,
  pass_rate double precision,
  run_count integer,
  flaky_test_count integer,
  last_run_id uuid
);
comment on type project_health is E'@foreignKey (last_run_id) references test_runs (id)|@fieldName lastRun\nHow a project does.';
comment on column project_health.open_low is 'How many defects of low severity are neither resolved nor ignored.';
comment on column project_health.open_medium is 'The same of medium severity.';
comment on column project_health.open_high is 'The same of high severity.';
comment on column project_health.open_critical is 'The same of critical severity.';
comment on column project_health.pass_rate is 'Which share of the results of the last seven days passed, skipped ones left out; empty without any.';
comment on column project_health.run_count is 'How many runs the last seven days had.';
comment on column project_health.flaky_test_count is 'How many tests were seen to be flaky in the last 30 days.';
comment on column project_health.last_run_id is 'The run that began last.';

-- What the findings of assessments weigh together, of one framework and region.
create type compliance_exposure as (
  framework_id uuid,
  region_code region_code,
  low integer,
  medium integer,
  high integer,
  critical integer,
  financial_exposure numeric(20,2)
);
comment on type compliance_exposure is E'@foreignKey (framework_id) references compliance_frameworks (id)|@fieldName framework\nWhat the findings of assessments weigh together, of one framework and region.';
comment on column compliance_exposure.framework_id is 'The framework that was assessed; empty for assessments of none.';
comment on column compliance_exposure.region_code is 'The region of the findings.';
comment on column compliance_exposure.low is 'How many findings are of low severity.';
comment on column compliance_exposure.medium is 'The same of medium severity.';
comment on column compliance_exposure.high is 'The same of high severity.';
comment on column compliance_exposure.critical is 'The same of critical severity.';
comment on column compliance_exposure.financial_exposure is 'The sum of their financial exposures; findings without one count as 0.';

-- A CHECK has no sub-selects of its own.
create function app_private.is_text_list(list text[], most integer, longest integer) returns boolean
  language sql immutable strict parallel safe
  begin atomic
    select cardinality(list) <= most and coalesce(array_ndims(list), 1) = 1
      and coalesce((select bool_and(coalesce(length(item) between 1 and longest, false)) from unnest(list) as item), true);
  end;
comment on function app_private.is_text_list(text[], integer, integer) is
  'Whether a list has at most so many texts, each of 1 to so many characters.';
grant execute on function app_private.is_text_list(text[], integer, integer) to app_admin, app_definer;
-- The hours that one person worked on one request in one month.
create type work_log_total as (
  maintenance_request_id uuid,
  user_id uuid,
  month date,
  hours numeric,
  log_count integer
);
comment on type work_log_total is E'@foreignKey (maintenance_request_id) references maintenance_requests (id)|@fieldName maintenanceRequest\n@foreignKey (user_id) references people (id)|@fieldName user\nWhat one person worked on one maintenance request in one month.';
comment on column work_log_total.maintenance_request_id is 'The request that was worked on.';
comment on column work_log_total.user_id is 'The person who worked; empty for who has been erased.';
comment on column work_log_total.month is 'The first day of the month.';
comment on column work_log_total.hours is 'How many hours.';
comment on column work_log_total.log_count is 'How many work logs they are the sum of.';

-- How a project wants its failures grouped, beside what holds for all.
create function app_private.is_fingerprint_rules(rules jsonb) returns boolean
  language sql immutable strict parallel safe
  begin atomic
    select jsonb_typeof(rules) = 'object'
      and not exists (
        select from jsonb_each(case jsonb_typeof(rules) when 'object' then rules else '{}' end) as r
        where not case r.key
          when 'frames' then r.value in ('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '10')
          when 'message' then jsonb_typeof(r.value) = 'boolean'
          when 'ignore' then jsonb_typeof(r.value) = 'array' and jsonb_array_length(case jsonb_typeof(r.value) when 'array' then r.value else '[]' end) <= 20
            and not exists (
              select from jsonb_array_elements(case jsonb_typeof(r.value) when 'array' then r.value else '[]' end) as i (text)
              where jsonb_typeof(i.text) <> 'string' or length(i.text #>> '{}') not between 1 and 200)
          else false end);
  end;
comment on function app_private.is_fingerprint_rules(jsonb) is 'Whether a value may be the fingerprint rules of a project.';
grant execute on function app_private.is_fingerprint_rules(jsonb) to app_admin, app_developer, app_engineer, app_definer;

-- What a severity rule looks at, each a text in which * stands for any characters.
create function app_private.is_severity_pattern(pattern jsonb) returns boolean
  language sql immutable strict parallel safe
  begin atomic
    select jsonb_typeof(pattern) = 'object' and pattern <> '{}'
      and not exists (
        select from jsonb_each(case jsonb_typeof(pattern) when 'object' then pattern else '{}' end) as p
        where p.key not in ('name', 'suite', 'file', 'errorType', 'message') or jsonb_typeof(p.value) <> 'string'
          or length(p.value #>> '{}') not between 1 and 500);
  end;
comment on function app_private.is_severity_pattern(jsonb) is 'Whether a value may be the pattern of a severity rule.';
grant execute on function app_private.is_severity_pattern(jsonb) to app_admin, app_definer;

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
-- 32 to authenticate), "audit" keys the digests in the audit trail, "events" the names of the channels that tell of events.
create table app_private.secrets (
  name text not null,
  value bytea not null,
  created_at timestamptz not null default now(),
  constraint secrets_pkey primary key (name)
);
insert into app_private.secrets (name, value)
values ('envelope', app_private.gen_random_bytes(64)), ('audit', app_private.gen_random_bytes(32)),
  ('events', app_private.gen_random_bytes(32));
alter table app_private.secrets enable row level security, force row level security;

-- migrate:down
