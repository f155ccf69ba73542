-- Defects, their occurrences, the daily counts, and the masked view of defects.
--
--                      admin developer engineer               auditor analyst member ci
-- defects              RCUD  RCU       R, U (status, assignee) R      -       R      C through report_test_run, R (its project)
-- defect_occurrences   RD    R         R                      R       R       R      C through report_test_run, R (its project)
-- defect_daily_stats   R     R         R                      R       R       R      -
-- masked_defects_view  -     -         -                      -       R       -      -

-- section: defect_resolution
create or replace function app_private.keep_resolved_at() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status = 'resolved' and old.status <> 'resolved' then
    new.resolved_at := now();
  elsif new.status <> 'resolved' then
    new.resolved_at := null;
  end if;
  return new;
end
$$;
comment on function app_private.keep_resolved_at() is 'Trigger: resolved_at follows the status.';

-- section: defects_failure_details
set local role app_definer;
create or replace function defects_failure_details(defect defects) returns text
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  return app_private.reveal(defect.failure_details, defect.organization_id, 'defects.failure_details',
    app_private.masking_mode(defect.organization_id, 'defects', 'failure_details', app_private.current_base_role()));
end
$$;
grant execute on function defects_failure_details(defects)
  to app_views, app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
comment on function defects_failure_details(defects) is
  E'@behavior -filterBy -orderBy -aggregate\nWhat failed, as the test said it: clear, without its secrets, or as a token, by your role.';

-- section: defects_stack_trace
set local role app_definer;
create or replace function defects_stack_trace(defect defects) returns text
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  return app_private.reveal(defect.stack_trace, defect.organization_id, 'defects.stack_trace',
    app_private.masking_mode(defect.organization_id, 'defects', 'stack_trace', app_private.current_base_role()));
end
$$;
grant execute on function defects_stack_trace(defects)
  to app_views, app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
comment on function defects_stack_trace(defects) is
  E'@behavior -filterBy -orderBy -aggregate\nWhere it failed: clear, without its secrets (frames stay readable), or as a token, by your role.';

-- section: defects_fingerprint_explanation
set local role app_definer;
create or replace function defects_fingerprint_explanation(defect defects) returns text
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  return app_private.reveal(defect.fingerprint_explanation, defect.organization_id, 'defects.fingerprint_explanation',
    app_private.masking_mode(defect.organization_id, 'defects', 'fingerprint_explanation', app_private.current_base_role()));
end
$$;
grant execute on function defects_fingerprint_explanation(defects)
  to app_views, app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
comment on function defects_fingerprint_explanation(defects) is
  E'@behavior -filterBy -orderBy -aggregate\nBy what its failures are recognised: the version of the rules, the type, the message without what varies, and the places in the project. As a token, by your role; empty where a person opened it.';

-- section: defect_daily_stats
call app_private.close_tenant_table('defect_daily_stats', 'defects:read');
create policy read on defect_daily_stats for select
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member using (true);
grant select on defect_daily_stats to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member;
-- No other grant: opened and occurrences are counted by report_test_run, resolved by count_resolved. Not audited.
create or replace trigger _410_tally_insert after insert on defect_daily_stats referencing new table as new_rows
  for each statement execute function tally_days();
create or replace trigger _410_tally_update after update on defect_daily_stats referencing old table as old_rows new table as new_rows
  for each statement execute function tally_days();
create or replace trigger _410_tally_delete after delete on defect_daily_stats referencing old table as old_rows
  for each statement execute function tally_days();
comment on table defect_daily_stats is E'@behavior -nodeId -node\nHow many defects were opened and resolved and how often they occurred, by project, day (UTC) and severity.';
comment on column defect_daily_stats.project_id is 'The project counted.';
comment on column defect_daily_stats.day is 'The day (UTC).';
comment on column defect_daily_stats.severity is 'The severity counted.';
comment on column defect_daily_stats.opened is 'How many defects were first seen.';
comment on column defect_daily_stats.resolved is 'How many times a defect was resolved.';
comment on column defect_daily_stats.occurrences is 'How many times a defect occurred.';
comment on constraint defect_daily_stats_opened_check on defect_daily_stats is 'A count is not negative.';
comment on constraint defect_daily_stats_resolved_check on defect_daily_stats is 'A count is not negative.';
comment on constraint defect_daily_stats_occurrences_check on defect_daily_stats is 'A count is not negative.';
comment on constraint defect_daily_stats_project_id_fkey on defect_daily_stats is E'@foreignFieldName defectDailyStats';

-- section: count_resolved
set local role app_definer;
create or replace function count_resolved() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  insert into defect_daily_stats as s (organization_id, project_id, day, severity, resolved)
  values (new.organization_id, new.project_id, (now() at time zone 'UTC')::date, new.severity, 1)
  on conflict (organization_id, project_id, day, severity) do update set resolved = s.resolved + 1;
  return null;
end
$$;
grant execute on function count_resolved() to app_owner;
comment on function count_resolved() is 'Trigger: counts a resolved defect.';

-- section: defects
call app_private.close_tenant_table('defects', 'defects:read', 'defects:write', 'defects:write,defects:triage');
create policy read on defects for select to app_admin, app_developer, app_engineer, app_auditor, app_member using (true);
create policy read_own_project on defects for select to app_ci
  using (coalesce(project_id = (select app_private.current_project_id()), true));
create policy read_masked on defects for select to app_views using (true);
create policy make on defects for insert to app_admin, app_developer with check (true);
create policy change on defects for update to app_admin, app_developer, app_engineer using (true) with check (true);
create policy remove on defects for delete to app_admin using (true);
-- The ciphertext columns are granted with the rest: a masking function takes a whole row. In GraphQL they do not exist.
grant select on defects to app_admin, app_developer, app_engineer, app_auditor, app_member, app_ci, app_views;
grant insert (project_id, test_id, title, error_type, failure_details, stack_trace, environment, severity, assignee_id)
  on defects to app_admin, app_developer;
grant update (title, error_type, failure_details, stack_trace, environment, severity, status, assignee_id, muted_until, muted_reason, version)
  on defects to app_admin, app_developer;
grant update (status, assignee_id, version) on defects to app_engineer;
grant delete on defects to app_admin;
-- Who may only triage changes the status and the assignee.
create or replace trigger _050_permission before update of title, error_type, failure_details, stack_trace, environment, severity, muted_until,
  muted_reason on defects for each row when (not app_private.has_permission('defects:write')) execute function app_private.refuse_without_permission();
create or replace trigger _100_encrypt before insert or update of failure_details, stack_trace, fingerprint_explanation on defects
  for each row execute function app_private.encrypt_columns('failure_details', 'stack_trace', 'fingerprint_explanation');
-- Not by what reports write: they must not make a conflict for a person who edits.
create or replace trigger _200_version before update of title, error_type, failure_details, stack_trace, environment, severity,
  status, assignee_id, muted_until, muted_reason, version on defects
  for each row when (current_user <> 'app_definer') execute function app_private.raise_version();
create or replace trigger _300_resolution before update of status on defects
  for each row execute function app_private.keep_resolved_at();
create or replace trigger _400_daily_stats after update of status on defects
  for each row when (new.status = 'resolved' and old.status <> 'resolved') execute function count_resolved();
create or replace trigger _410_tally_insert after insert on defects referencing new table as new_rows
  for each statement execute function tally_defects();
create or replace trigger _410_tally_update after update on defects referencing old table as old_rows new table as new_rows
  for each statement execute function tally_defects();
create or replace trigger _410_tally_delete after delete on defects referencing old table as old_rows
  for each statement execute function tally_defects();
call app_private.audit_table('defects', sensitive => 'failure_details,stack_trace,fingerprint_explanation',
  ignored => 'fingerprint,occurrence_count,last_seen_at,last_run_id,first_key,last_key');
call app_private.follow_table('defects', 'defect_reported', changed => 'regression_count');
-- Reports assign nobody.
call app_private.notify_people('defects', 'assignee_id', 'defect_assigned', 'A defect was assigned to you', 'Defect', body_column => 'title',
  by_functions => false);
comment on table defects is 'Something that is wrong: the failures of tests that have the same fingerprint, or what a person has opened.';
comment on column defects.project_id is 'The project that it is a defect of.';
comment on column defects.test_id is 'The test that first showed it.';
comment on column defects.fingerprint is E'@behavior -*\nBy which the same failure is recognised.';
comment on column defects.title is 'What it is, in one line, without anything sensitive.';
comment on column defects.error_type is 'The type of the error, as the test''s language calls it.';
comment on column defects.failure_details is E'@behavior -* +attribute:insert +attribute:update\nWhat failed, as the test said it. Stored encrypted; what you read of it depends on your role.';
comment on column defects.stack_trace is E'@behavior -* +attribute:insert +attribute:update\nWhere it failed. Stored encrypted; what you read of it depends on your role.';
comment on column defects.fingerprint_explanation is E'@behavior -*\nBy what its failures are recognised.';
comment on constraint defects_fingerprint_explanation_check on defects is 'A sensitive value is stored encrypted.';
comment on column defects.environment is 'Where it was first seen: operating system, versions and the like.';
comment on column defects.severity is 'How bad it is.';
comment on column defects.status is 'Where it stands; a resolved defect that occurs again is reopened.';
comment on column defects.assignee_id is 'The person who works on it.';
comment on column defects.occurrence_count is 'How often it has occurred.';
comment on column defects.first_seen_at is 'When it first occurred.';
comment on column defects.last_seen_at is 'When it last occurred.';
comment on column defects.first_run_id is 'The run in which it first occurred.';
comment on column defects.last_run_id is 'The run in which it last occurred.';
comment on column defects.resolved_at is 'When it was resolved; empty unless it is.';
comment on column defects.first_key is E'@behavior -*\nWhich result was the first.';
comment on column defects.last_key is E'@behavior -*\nWhich run was the last.';
comment on column defects.regressed_at is 'When it last came back after it had been resolved.';
comment on column defects.regressed_run_id is 'The run in which it last came back.';
comment on column defects.regression_count is 'How often it has come back.';
comment on column defects.muted_until is 'Until when it is of no account for what a run says; empty where it is not muted.';
comment on column defects.muted_reason is 'Why it is muted.';
comment on constraint defects_muted_reason_check on defects is 'The reason has at most 500 characters.';
comment on constraint defects_regression_count_check on defects is 'A count is not negative.';
comment on constraint defects_regressed_run_id_fkey on defects is E'@fieldName regressedRun\n@foreignFieldName regressedDefects';
comment on constraint defects_title_check on defects is 'The title of a defect has 1 to 300 characters.';
comment on constraint defects_failure_details_check on defects is 'A sensitive value is stored encrypted.';
comment on constraint defects_stack_trace_check on defects is 'A sensitive value is stored encrypted.';
comment on constraint defects_fingerprint_check on defects is 'A fingerprint has 32 bytes.';
comment on constraint defects_occurrence_count_check on defects is 'The number of occurrences is not negative.';
comment on constraint defects_error_type_check on defects is 'The error type has at most 300 characters.';
comment on constraint defects_environment_check on defects is 'The environment is an object of at most 20,000 characters.';
comment on constraint defects_fingerprint_key on defects is E'@behavior -*';
comment on constraint defects_assignee_id_fkey on defects is E'@fieldName assignee\n@foreignFieldName assignedDefects';
comment on constraint defects_first_run_id_fkey on defects is E'@fieldName firstRun\n@foreignFieldName newDefects';
comment on constraint defects_last_run_id_fkey on defects is E'@fieldName lastRun\n@foreignFieldName lastSeenDefects';

-- section: masked_defects_view
-- Owned by app_views: its readers have no right on defects, so security_invoker cannot be. The tenant policy still holds
-- (it asks for the session, not for the role). No security_barrier: it would mask every row before the first is chosen.
set local role app_views;
-- Qualified: where a tenant's schema has none yet, an unqualified name would drop the one in app.
do $$ begin execute format('drop view if exists %I.masked_defects_view', current_schema()); end $$;
create view masked_defects_view as
select d.organization_id, d.id, d.project_id, d.test_id, d.title, d.error_type,
  defects_failure_details(d.*) as failure_details, defects_stack_trace(d.*) as stack_trace,
  defects_fingerprint_explanation(d.*) as fingerprint_explanation, d.environment, d.severity, d.status,
  d.assignee_id, d.occurrence_count, d.first_seen_at, d.last_seen_at, d.first_run_id, d.last_run_id, d.resolved_at, d.regressed_at, d.regressed_run_id,
  d.regression_count, d.muted_until, d.muted_reason, d.created_at, d.updated_at, d.version
from defects as d;
grant select on masked_defects_view to app_analyst;
-- explain_access looks whether a row is there.
grant select (organization_id, id, project_id) on masked_defects_view to app_explainer;
comment on view masked_defects_view is E'@name maskedDefects\n@primaryKey id\n@foreignKey (project_id) references projects (id)|@fieldName project|@foreignFieldName maskedDefects\n@foreignKey (test_id) references tests (id)|@fieldName test|@foreignFieldName maskedDefects\n@foreignKey (assignee_id) references people (id)|@fieldName assignee|@foreignFieldName maskedDefects\nDefects as analysts see them: what is sensitive stands as a token, equal for equal values.';
comment on column masked_defects_view.organization_id is E'@behavior -*\nThe organization that the row belongs to.';
comment on column masked_defects_view.id is 'Identifies the defect.';
comment on column masked_defects_view.project_id is 'The project that it is a defect of.';
comment on column masked_defects_view.test_id is 'The test that first showed it.';
comment on column masked_defects_view.title is E'@behavior -filterBy -orderBy\nWhat it is, in one line, without anything sensitive.';
comment on column masked_defects_view.error_type is 'The type of the error, as the test''s language calls it.';
comment on column masked_defects_view.failure_details is E'@behavior -filterBy -orderBy\nWhat failed, as a token.';
comment on column masked_defects_view.stack_trace is E'@behavior -filterBy -orderBy\nWhere it failed, as a token.';
comment on column masked_defects_view.fingerprint_explanation is E'@behavior -filterBy -orderBy\nBy what its failures are recognised, as a token.';
comment on column masked_defects_view.environment is E'@behavior -filterBy -orderBy\nWhere it was first seen.';
comment on column masked_defects_view.severity is 'How bad it is.';
comment on column masked_defects_view.status is 'Where it stands.';
comment on column masked_defects_view.assignee_id is 'The person who works on it.';
comment on column masked_defects_view.occurrence_count is E'@behavior -filterBy -orderBy\nHow often it has occurred.';
comment on column masked_defects_view.first_seen_at is 'When it first occurred.';
comment on column masked_defects_view.last_seen_at is 'When it last occurred.';
comment on column masked_defects_view.first_run_id is E'@behavior -filterBy -orderBy\nThe run in which it first occurred.';
comment on column masked_defects_view.last_run_id is E'@behavior -filterBy -orderBy\nThe run in which it last occurred.';
comment on column masked_defects_view.resolved_at is E'@behavior -filterBy -orderBy\nWhen it was resolved; empty unless it is.';
comment on column masked_defects_view.regressed_at is E'@behavior -filterBy -orderBy\nWhen it last came back after it had been resolved.';
comment on column masked_defects_view.regressed_run_id is E'@behavior -filterBy -orderBy\nThe run in which it last came back.';
comment on column masked_defects_view.regression_count is E'@behavior -filterBy -orderBy\nHow often it has come back.';
comment on column masked_defects_view.muted_until is E'@behavior -filterBy -orderBy\nUntil when it is of no account for what a run says; empty where it is not muted.';
comment on column masked_defects_view.muted_reason is E'@behavior -filterBy -orderBy\nWhy it is muted.';
comment on column masked_defects_view.created_at is E'@behavior -filterBy -orderBy\nWhen the row was made.';
comment on column masked_defects_view.updated_at is E'@behavior -filterBy -orderBy\nWhen the row was last changed by a user.';
comment on column masked_defects_view.version is E'@behavior -filterBy -orderBy\nRaised by each change.';

-- section: defect_occurrences
call app_private.close_tenant_table('defect_occurrences', 'defects:read', 'defects:write');
create policy read on defect_occurrences for select
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member using (true);
create policy read_own_project on defect_occurrences for select to app_ci
  using (coalesce(project_id = (select app_private.current_project_id()), true));
create policy remove on defect_occurrences for delete to app_admin using (true);
grant select on defect_occurrences to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
grant delete on defect_occurrences to app_admin;
-- No insert grant: occurrences are written by report_test_run only.
call app_private.audit_table('defect_occurrences');
comment on table defect_occurrences is 'One failure of a test: an occurrence of a defect.';
comment on column defect_occurrences.project_id is 'The project that it occurred in.';
comment on column defect_occurrences.defect_id is 'The defect that occurred.';
comment on column defect_occurrences.test_id is 'The test that failed.';
comment on column defect_occurrences.test_run_id is 'The run in which it failed.';
comment on column defect_occurrences.occurred_at is 'When.';
comment on column defect_occurrences.duration_ms is 'How long the test took, in milliseconds.';
comment on column defect_occurrences.environment is 'Where: operating system, versions and the like.';
comment on constraint defect_occurrences_defect_id_fkey on defect_occurrences is E'@foreignFieldName occurrences';
comment on constraint defect_occurrences_test_id_fkey on defect_occurrences is E'@foreignFieldName occurrences';
comment on constraint defect_occurrences_test_run_id_fkey on defect_occurrences is E'@foreignFieldName occurrences';
comment on constraint defect_occurrences_project_id_fkey on defect_occurrences is E'@foreignFieldName occurrences';
