-- Compliance: frameworks with the history of their scores, assessments and their findings.
--
--                       admin developer engineer auditor analyst member ci
-- compliance_frameworks RCUD  R         R        R       R       -      -
-- framework_scores      R     R         R        R       R       -      -    (written by record_framework_score)
-- assessments           RCUD  R         R        R       R       -      -
-- assessment_results    RCUD  R         R        R       -       -      -    (analysts: masked_assessment_results_view, 63)
--
-- Only findings hold anything to mask; the other tables analysts read as they are.

-- section: record_framework_score
set local role app_definer;
create or replace function record_framework_score() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  insert into framework_scores (organization_id, framework_id, score, requirements_met, total_requirements)
  values (new.organization_id, new.id, new.compliance_score, new.requirements_met, new.total_requirements);
  return null;
end
$$;
grant execute on function record_framework_score() to app_owner;
comment on function record_framework_score() is 'Trigger: keeps each score that a framework has had.';

-- section: compliance_frameworks
call app_private.close_tenant_table('compliance_frameworks', 'compliance:read', 'compliance:write');
create policy read on compliance_frameworks for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst using (true);
create policy make on compliance_frameworks for insert to app_admin with check (true);
create policy change on compliance_frameworks for update to app_admin using (true) with check (true);
create policy remove on compliance_frameworks for delete to app_admin using (true);
grant select on compliance_frameworks to app_admin, app_developer, app_engineer, app_auditor, app_analyst;
-- compliance_score is computed: nobody writes it.
grant insert (framework_name, framework_version, requirements_met, total_requirements, gaps_identified, last_assessment_at, next_review_date,
  region_code) on compliance_frameworks to app_admin;
grant update (framework_name, framework_version, requirements_met, total_requirements, gaps_identified, last_assessment_at, next_review_date,
  region_code, version) on compliance_frameworks to app_admin;
grant delete on compliance_frameworks to app_admin;
create or replace trigger _060_region before insert or update of region_code on compliance_frameworks
  for each row execute function app_private.keep_to_region();
-- Not by note_assessment: it must not make a conflict for a person who edits.
create or replace trigger _200_version before update on compliance_frameworks
  for each row when (current_user <> 'app_definer') execute function app_private.raise_version();
create or replace trigger _400_first_score after insert on compliance_frameworks
  for each row when (new.compliance_score is not null) execute function record_framework_score();
create or replace trigger _400_score after update on compliance_frameworks
  for each row when (new.compliance_score is distinct from old.compliance_score) execute function record_framework_score();
call app_private.audit_table('compliance_frameworks');
comment on table compliance_frameworks is 'A set of requirements that the organization measures itself by, such as SOC 2, and how far it has come.';
comment on column compliance_frameworks.framework_name is 'What it is called, such as "ISO 27001".';
comment on column compliance_frameworks.framework_version is 'Its edition, such as "2022"; name and version together are unique.';
comment on column compliance_frameworks.requirements_met is 'How many of its requirements are met.';
comment on column compliance_frameworks.total_requirements is 'How many requirements it has.';
comment on column compliance_frameworks.compliance_score is 'The share of requirements that are met, in percent, cut off after one decimal, so that 100 says that all are; empty without requirements.';
comment on column compliance_frameworks.gaps_identified is 'What is still missing, one text a gap.';
comment on column compliance_frameworks.last_assessment_at is 'When it was last assessed; raised when an assessment of it is completed.';
comment on column compliance_frameworks.next_review_date is 'The day of the next review; in the past, it is overdue.';
comment on column compliance_frameworks.region_code is 'Where the row is kept: the organization''s region, which need not be given; any other is refused.';
comment on constraint compliance_frameworks_name_key on compliance_frameworks is E'@behavior -*\nThere is a framework of this name and version already.';
comment on constraint compliance_frameworks_name_check on compliance_frameworks is 'The name of a framework has 1 to 200 characters.';
comment on constraint compliance_frameworks_version_check on compliance_frameworks is 'The version of a framework has at most 50 characters.';
comment on constraint compliance_frameworks_total_check on compliance_frameworks is 'The number of requirements is from 0 to 1,000,000.';
comment on constraint compliance_frameworks_met_check on compliance_frameworks is 'The number of requirements met is from 0 to the number of requirements.';
comment on constraint compliance_frameworks_gaps_check on compliance_frameworks is 'At most 500 gaps are listed, each of 1 to 1,000 characters.';

-- section: framework_scores
call app_private.close_tenant_table('framework_scores', 'compliance:read');
create policy read on framework_scores for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst using (true);
grant select on framework_scores to app_admin, app_developer, app_engineer, app_auditor, app_analyst;
-- No other grant: the history is what the trigger says, and nobody edits it.
call app_private.audit_table('framework_scores');
comment on table framework_scores is 'A score that a framework has had: one row for each change.';
comment on column framework_scores.framework_id is 'The framework.';
comment on column framework_scores.score is 'Its score from then on, in percent; empty without requirements.';
comment on column framework_scores.requirements_met is 'How many requirements were met.';
comment on column framework_scores.total_requirements is 'Of how many.';
comment on column framework_scores.scored_at is 'From when on.';
comment on constraint framework_scores_score_check on framework_scores is 'A score is from 0 to 100.';
comment on constraint framework_scores_framework_id_fkey on framework_scores is E'@fieldName framework\n@foreignFieldName scores';

-- section: keep_assessment_times
create or replace function app_private.keep_assessment_times() returns trigger
  language plpgsql
  set search_path = pg_catalog, pg_temp
as $$
begin
  if new.status in ('in_progress', 'completed') and new.started_at is null then
    new.started_at := least(now(), new.completed_at);
  end if;
  if new.status = 'completed' and new.completed_at is null then
    new.completed_at := greatest(now(), new.started_at);
  elsif new.status in ('draft', 'in_progress') then
    new.completed_at := null;
  end if;
  return new;
end
$$;
comment on function app_private.keep_assessment_times() is 'Trigger: an assessment that is under way has a start, and one that is completed, and no other before it, an end.';

-- section: note_assessment
set local role app_definer;
create or replace function note_assessment() returns trigger
  language plpgsql security definer
  set search_path from current
as $$
begin
  update compliance_frameworks as f
  set last_assessment_at = new.completed_at
  where f.organization_id = new.organization_id and f.id = new.framework_id
    and (f.last_assessment_at is null or f.last_assessment_at < new.completed_at);
  return null;
end
$$;
grant execute on function note_assessment() to app_owner;
comment on function note_assessment() is 'Trigger: a framework knows when it was last assessed.';

-- section: assessments
call app_private.close_tenant_table('assessments', 'compliance:read', 'compliance:write');
create policy read on assessments for select to app_admin, app_developer, app_engineer, app_auditor, app_analyst using (true);
create policy make on assessments for insert to app_admin with check (true);
create policy change on assessments for update to app_admin using (true) with check (true);
create policy remove on assessments for delete to app_admin using (true);
grant select on assessments to app_admin, app_developer, app_engineer, app_auditor, app_analyst;
grant insert (name, scope, framework_id, status, assessor_id, started_at, completed_at, region_code) on assessments to app_admin;
grant update (name, scope, framework_id, status, assessor_id, started_at, completed_at, region_code, version) on assessments to app_admin;
grant delete on assessments to app_admin;
create or replace trigger _060_region before insert or update of region_code on assessments
  for each row execute function app_private.keep_to_region();
create or replace trigger _200_version before update on assessments for each row execute function app_private.raise_version();
create or replace trigger _300_times before insert or update of status, started_at, completed_at on assessments
  for each row execute function app_private.keep_assessment_times();
create or replace trigger _400_framework after insert or update on assessments
  for each row when (new.status = 'completed' and new.framework_id is not null) execute function note_assessment();
call app_private.audit_table('assessments');
comment on table assessments is 'A security or compliance assessment: what was looked at, by whom and when; its findings are its results.';
comment on column assessments.name is 'What it is called.';
comment on column assessments.scope is 'What it looks at.';
comment on column assessments.framework_id is 'The framework that it measures by.';
comment on column assessments.status is 'Where it stands.';
comment on column assessments.assessor_id is 'The person who makes it.';
comment on column assessments.started_at is 'When it began; when its status first said so, if it was not given.';
comment on column assessments.completed_at is 'When it was completed; empty while it is a draft or in progress.';
comment on column assessments.region_code is 'Where the row is kept: the organization''s region, which need not be given; any other is refused.';
comment on constraint assessments_name_check on assessments is 'The name of an assessment has 1 to 200 characters.';
comment on constraint assessments_scope_check on assessments is 'The scope has at most 10,000 characters.';
comment on constraint assessments_completed_at_check on assessments is 'An assessment is completed after it began.';
comment on constraint assessments_framework_id_fkey on assessments is E'@fieldName framework\n@foreignFieldName assessments';
comment on constraint assessments_assessor_id_fkey on assessments is E'@fieldName assessor\n@foreignFieldName assessments';

-- section: assessment_results_evidence_data
set local role app_definer;
create or replace function assessment_results_evidence_data(result assessment_results) returns text
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  return app_private.reveal(result.evidence_data, result.organization_id, 'assessment_results.evidence_data',
    app_private.masking_mode(result.organization_id, 'assessment_results', 'evidence_data', app_private.current_base_role()));
end
$$;
grant execute on function assessment_results_evidence_data(assessment_results) to app_views, app_admin, app_developer, app_engineer, app_auditor, app_analyst;
comment on function assessment_results_evidence_data(assessment_results) is
  E'@behavior -filterBy -orderBy -aggregate\nWhat proves the finding, a JSON document as text: clear, without its secrets, or as a token, by your role.';

-- section: assessment_results_remediation_script
set local role app_definer;
create or replace function assessment_results_remediation_script(result assessment_results) returns text
  language plpgsql stable security definer
  set search_path from current
as $$
begin
  return app_private.reveal(result.remediation_script, result.organization_id, 'assessment_results.remediation_script',
    app_private.masking_mode(result.organization_id, 'assessment_results', 'remediation_script', app_private.current_base_role()));
end
$$;
grant execute on function assessment_results_remediation_script(assessment_results) to app_views, app_admin, app_developer, app_engineer, app_auditor, app_analyst;
comment on function assessment_results_remediation_script(assessment_results) is
  E'@behavior -filterBy -orderBy -aggregate\nWhat mends it: clear, without its secrets, or as a token, by your role.';

-- section: assessment_results
call app_private.close_tenant_table('assessment_results', 'compliance:read', 'compliance:write');
create policy read on assessment_results for select to app_admin, app_developer, app_engineer, app_auditor using (true);
create policy read_masked on assessment_results for select to app_views using (true);
create policy make on assessment_results for insert to app_admin with check (true);
create policy change on assessment_results for update to app_admin using (true) with check (true);
create policy remove on assessment_results for delete to app_admin using (true);
-- The ciphertext columns are granted with the rest: a masking function takes a whole row. In GraphQL they do not exist.
grant select on assessment_results to app_admin, app_developer, app_engineer, app_auditor, app_views;
grant insert (assessment_id, finding_type, severity, title, description, evidence_data, remediation_script, business_impact, financial_exposure,
  compliance_violations, region_code) on assessment_results to app_admin;
grant update (assessment_id, finding_type, severity, title, description, evidence_data, remediation_script, business_impact, financial_exposure,
  compliance_violations, region_code, version) on assessment_results to app_admin;
grant delete on assessment_results to app_admin;
create or replace trigger _060_region before insert or update of region_code on assessment_results
  for each row execute function app_private.keep_to_region();
create or replace trigger _080_evidence before insert or update of evidence_data on assessment_results
  for each row when (new.evidence_data is not null) execute function app_private.check_json('evidence_data', 'evidence');
create or replace trigger _100_encrypt before insert or update of evidence_data, remediation_script on assessment_results
  for each row execute function app_private.encrypt_columns('evidence_data', 'remediation_script');
create or replace trigger _200_version before update on assessment_results for each row execute function app_private.raise_version();
call app_private.audit_table('assessment_results', sensitive => 'evidence_data,remediation_script');
comment on table assessment_results is 'A finding of an assessment.';
comment on column assessment_results.assessment_id is 'The assessment that found it.';
comment on column assessment_results.finding_type is 'What kind of finding it is, such as misconfiguration or vulnerability.';
comment on column assessment_results.severity is 'How bad it is.';
comment on column assessment_results.title is 'What it is, in one line, without anything sensitive.';
comment on column assessment_results.description is 'What it is, without anything sensitive.';
comment on column assessment_results.evidence_data is E'@behavior -* +attribute:insert +attribute:update\nWhat proves it, a JSON document as text. Stored encrypted; what you read of it depends on your role.';
comment on column assessment_results.remediation_script is E'@behavior -* +attribute:insert +attribute:update\nWhat mends it. Stored encrypted; what you read of it depends on your role.';
comment on column assessment_results.business_impact is 'What it means for the business.';
comment on column assessment_results.financial_exposure is E'@behavior -filterBy -orderBy\nWhat it may cost, in the organization''s currency.';
comment on column assessment_results.compliance_violations is 'The requirements that it violates, such as "SOC2 CC6.1".';
comment on column assessment_results.region_code is 'Where the row is kept: the organization''s region, which need not be given; any other is refused.';
comment on constraint assessment_results_finding_type_check on assessment_results is 'The type of a finding has 1 to 100 characters.';
comment on constraint assessment_results_title_check on assessment_results is 'The title of a finding has 1 to 300 characters.';
comment on constraint assessment_results_description_check on assessment_results is 'The description has at most 10,000 characters.';
comment on constraint assessment_results_evidence_data_check on assessment_results is 'A sensitive value is stored encrypted.';
comment on constraint assessment_results_remediation_script_check on assessment_results is 'A sensitive value is stored encrypted.';
comment on constraint assessment_results_business_impact_check on assessment_results is 'The business impact has at most 10,000 characters.';
comment on constraint assessment_results_financial_exposure_check on assessment_results is 'The financial exposure is not negative.';
comment on constraint assessment_results_violations_check on assessment_results is 'At most 200 violations are listed, each of 1 to 300 characters.';
comment on constraint assessment_results_assessment_id_fkey on assessment_results is E'@foreignFieldName results';
