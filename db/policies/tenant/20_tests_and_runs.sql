-- Tests, test runs and the receipts of reports.
--
--                 admin developer engineer auditor analyst member ci
-- tests           RCUD  RCU       R        R       R       R      C through report_test_run, R (its project)
-- test_runs       RCUD  RCU       R        R       R       R      C through report_test_run, R (its project)
-- test_results    R     R         R        R       R       -      C through report_test_run only
-- test_flakes     R     R         R        R       R       R      C through report_test_run, R (its project)
-- ingest_receipts R     R         R        R       R       -      C through report_test_run only

-- section: tests
call app_private.close_tenant_table('tests', 'tests:read', 'tests:write');
create policy read on tests for select
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member using (true);
create policy read_own_project on tests for select to app_ci
  using (coalesce(project_id = (select app_private.current_project_id()), true));
create policy make on tests for insert to app_admin, app_developer with check (true);
create policy change on tests for update to app_admin, app_developer using (true) with check (true);
create policy remove on tests for delete to app_admin using (true);
grant select on tests to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
grant insert (project_id, name, suite, file, framework, parameters) on tests to app_admin, app_developer;
grant update (name, suite, file, framework, parameters, muted_until, muted_reason, version) on tests to app_admin, app_developer;
grant delete on tests to app_admin;
create or replace trigger _200_version before update of name, suite, file, framework, parameters, muted_until, muted_reason, version on tests
  for each row execute function app_private.raise_version();
call app_private.audit_table('tests', ignored => 'identity');
comment on table tests is 'A test, recognised by its framework, suite, name and parameters within its project.';
comment on column tests.project_id is 'The project that it tests.';
comment on column tests.name is 'What the test is called.';
comment on column tests.suite is 'The suite that it is in.';
comment on column tests.file is 'The file that it is in, where the report says.';
comment on column tests.framework is 'The framework that runs it.';
comment on column tests.parameters is 'What it is run with, for a parametrised test.';
comment on column tests.muted_until is 'Until when its failures are of no account; empty where it is not muted.';
comment on column tests.muted_reason is 'Why it is muted.';
comment on constraint tests_muted_reason_check on tests is 'The reason has at most 500 characters.';
comment on column tests.identity is E'@behavior -*\nWhat makes it the same test.';
comment on constraint tests_name_check on tests is 'The name of a test has 1 to 600 characters.';
comment on constraint tests_suite_check on tests is 'The suite of a test has at most 600 characters.';
comment on constraint tests_file_check on tests is 'The file of a test has at most 600 characters.';
comment on constraint tests_framework_check on tests is 'The framework of a test has at most 100 characters.';
comment on constraint tests_parameters_check on tests is 'The parameters of a test have at most 600 characters.';
comment on constraint tests_identity_key on tests is E'@behavior -*\nThere is a test of this framework, suite, name and parameters in the project already.';

-- section: test_runs
call app_private.close_tenant_table('test_runs', 'tests:read', 'tests:write');
create policy read on test_runs for select
  to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member using (true);
create policy read_own_project on test_runs for select to app_ci
  using (coalesce(project_id = (select app_private.current_project_id()), true));
create policy make on test_runs for insert to app_admin, app_developer with check (true);
create policy change on test_runs for update to app_admin, app_developer using (true) with check (true);
create policy remove on test_runs for delete to app_admin using (true);
grant select on test_runs to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
-- No grant on the counts: report_test_run counts.
grant insert (project_id, run_key, shard, commit_sha, branch, ci_provider, run_url, environment, started_at, duration_ms)
  on test_runs to app_admin, app_developer;
grant update (commit_sha, branch, ci_provider, run_url, environment, started_at, duration_ms, version)
  on test_runs to app_admin, app_developer;
grant delete on test_runs to app_admin;
create or replace trigger _200_version before update of commit_sha, branch, ci_provider, run_url, environment, started_at,
  duration_ms, version on test_runs for each row when (current_user <> 'app_definer') execute function app_private.raise_version();
call app_private.audit_table('test_runs', ignored => 'passed_count,failed_count,errored_count,skipped_count,flaky_count');
comment on table test_runs is 'One run of a project''s tests by CI, or one shard of it.';
comment on column test_runs.project_id is 'The project whose tests ran.';
comment on column test_runs.run_key is 'What CI calls the run; with the shard, unique in the project.';
comment on column test_runs.shard is 'Which part of the run, where it is split.';
comment on column test_runs.commit_sha is 'The commit that was tested.';
comment on column test_runs.branch is 'The branch that it was on.';
comment on column test_runs.ci_provider is 'The CI system that ran it.';
comment on column test_runs.run_url is 'Where CI shows the run.';
comment on column test_runs.environment is 'Where it ran: operating system, versions and the like, as CI says.';
comment on column test_runs.started_at is 'When it began.';
comment on column test_runs.duration_ms is 'How long it took, in milliseconds.';
comment on column test_runs.passed_count is 'How many tests passed.';
comment on column test_runs.failed_count is 'How many tests failed by an assertion.';
comment on column test_runs.errored_count is 'How many tests ended by any other error.';
comment on column test_runs.skipped_count is 'How many tests were skipped.';
comment on column test_runs.flaky_count is 'How many tests passed after a failed attempt.';
comment on column test_runs.is_infrastructure_failure is 'Whether so much failed that it says nothing of the tests: over 80 % of ten results or more, unless the report says otherwise. It opens no defects.';
comment on constraint test_runs_run_key_check on test_runs is 'The run key has 1 to 200 characters.';
comment on constraint test_runs_shard_check on test_runs is 'The shard has at most 100 characters.';
comment on constraint test_runs_commit_sha_check on test_runs is 'The commit is 7 to 64 hexadecimal digits in lower case.';
comment on constraint test_runs_branch_check on test_runs is 'The branch has at most 500 characters.';
comment on constraint test_runs_ci_provider_check on test_runs is 'The CI provider has at most 100 characters.';
comment on constraint test_runs_run_url_check on test_runs is 'The run URL begins with http:// or https://, has no blanks and at most 2,000 characters.';
comment on constraint test_runs_environment_check on test_runs is 'The environment is an object of at most 20,000 characters.';
comment on constraint test_runs_duration_ms_check on test_runs is 'The duration is not negative.';
comment on constraint test_runs_run_key_key on test_runs is E'@behavior -*';

-- section: test_results
call app_private.close_tenant_table('test_results', 'tests:read');
create policy read on test_results for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst using (true);
grant select on test_results to app_admin, app_developer, app_engineer, app_auditor, app_analyst;
-- No insert grant: results are written by report_test_run only. Not audited: each stands in a report that is.
comment on table test_results is 'What became of a test in a run: one row an attempt.';
comment on column test_results.project_id is 'The project.';
comment on column test_results.test_run_id is 'The run.';
comment on column test_results.test_id is 'The test.';
comment on column test_results.execution_id is 'Which of possibly several executions of the test in the run, such as one a browser.';
comment on column test_results.attempt is 'Which attempt, from 1.';
comment on column test_results.is_final is 'Whether it was the last attempt, whose outcome counts.';
comment on column test_results.outcome is 'How it ended.';
comment on column test_results.duration_ms is 'How long it took, in milliseconds.';
comment on column test_results.occurred_at is 'When.';
comment on constraint test_results_execution_id_check on test_results is 'The id of an execution has 1 to 200 characters.';
comment on constraint test_results_attempt_check on test_results is 'Attempts are counted from 1.';
comment on constraint test_results_duration_ms_check on test_results is 'The duration is not negative.';
comment on constraint test_results_attempt_key on test_results is E'@behavior -*';
comment on constraint test_results_project_id_fkey on test_results is E'@foreignFieldName testResults';
comment on constraint test_results_test_run_id_fkey on test_results is E'@foreignFieldName results';
comment on constraint test_results_test_id_fkey on test_results is E'@foreignFieldName results';

-- section: test_flakes
call app_private.close_tenant_table('test_flakes', 'tests:read');
create policy read on test_flakes for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member using (true);
create policy read_own_project on test_flakes for select to app_ci
  using (coalesce(project_id = (select app_private.current_project_id()), true));
grant select on test_flakes to app_admin, app_developer, app_engineer, app_auditor, app_analyst, app_member, app_ci;
create or replace trigger _410_flakiness_insert after insert on test_flakes referencing new table as new_rows
  for each statement execute function measure_flakiness();
create or replace trigger _410_flakiness_update after update on test_flakes referencing old table as old_rows new table as new_rows
  for each statement execute function measure_flakiness();
create or replace trigger _410_flakiness_delete after delete on test_flakes referencing old table as old_rows
  for each statement execute function measure_flakiness();
comment on table test_flakes is 'That a test was seen to be flaky.';
comment on column test_flakes.project_id is 'The project.';
comment on column test_flakes.test_id is 'The test.';
comment on column test_flakes.reason is 'What was seen.';
comment on column test_flakes.scope is E'@behavior -*\nThe execution, or the commit, on which it was seen.';
comment on column test_flakes.commit_sha is 'The commit that was tested.';
comment on column test_flakes.occurred_at is 'When.';
comment on constraint test_flakes_scope_key on test_flakes is E'@behavior -*';
comment on constraint test_flakes_test_id_fkey on test_flakes is E'@foreignFieldName flakes';
comment on constraint test_flakes_project_id_fkey on test_flakes is E'@foreignFieldName testFlakes';

-- section: ingest_receipts
call app_private.close_tenant_table('ingest_receipts', 'tests:read');
create policy read on ingest_receipts for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst using (true);
grant select on ingest_receipts to app_admin, app_developer, app_engineer, app_auditor, app_analyst;
-- No insert grant: receipts are written by report_test_run only. Not audited: each stands for a report that is.
comment on table ingest_receipts is 'What the sender of a report was answered: the same report again gets the same answer and changes nothing.';
comment on column ingest_receipts.project_id is 'The project that was reported for.';
comment on column ingest_receipts.report_id is 'What the sender called the report, if anything.';
comment on constraint ingest_receipts_report_id_check on ingest_receipts is 'The report id has 1 to 200 characters.';
comment on constraint ingest_receipts_content_sha256_check on ingest_receipts is 'A content digest has 32 bytes.';
comment on column ingest_receipts.content_sha256 is E'@behavior -*\nThe digest of the report.';
comment on column ingest_receipts.receipt is 'What was answered.';
