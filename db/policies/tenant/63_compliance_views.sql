-- What analysts read of findings, and what findings weigh together.
--
--                                admin developer engineer auditor analyst member ci
-- masked_assessment_results_view -     -         -        -       R       -      -
-- compliance_exposures           yes   yes       yes      yes     yes     -      -

-- section: masked_assessment_results_view
-- Owned by app_views, as masked_defects_view is (30_defects.sql): its readers have no right on assessment_results.
set local role app_views;
-- Qualified: where a tenant's schema has none yet, an unqualified name would drop the one in app.
do $$ begin execute format('drop view if exists %I.masked_assessment_results_view', current_schema()); end $$;
create view masked_assessment_results_view as
select r.organization_id, r.id, r.assessment_id, r.finding_type, r.severity, r.title, r.description,
  assessment_results_evidence_data(r.*) as evidence_data, assessment_results_remediation_script(r.*) as remediation_script,
  r.business_impact, r.financial_exposure, r.compliance_violations, r.region_code, r.created_at, r.updated_at, r.version
from assessment_results as r;
grant select on masked_assessment_results_view to app_analyst;
-- explain_access looks whether a row is there.
grant select (organization_id, id) on masked_assessment_results_view to app_explainer;
comment on view masked_assessment_results_view is E'@name maskedAssessmentResults\n@primaryKey id\n@foreignKey (assessment_id) references assessments (id)|@fieldName assessment|@foreignFieldName maskedResults\nFindings as analysts see them: what is sensitive stands as a token, equal for equal values.';
comment on column masked_assessment_results_view.organization_id is E'@behavior -*\nThe organization that the row belongs to.';
comment on column masked_assessment_results_view.id is 'Identifies the finding.';
comment on column masked_assessment_results_view.assessment_id is 'The assessment that found it.';
comment on column masked_assessment_results_view.finding_type is 'What kind of finding it is.';
comment on column masked_assessment_results_view.severity is 'How bad it is.';
comment on column masked_assessment_results_view.title is E'@behavior -filterBy -orderBy\nWhat it is, in one line, without anything sensitive.';
comment on column masked_assessment_results_view.description is E'@behavior -filterBy -orderBy\nWhat it is, without anything sensitive.';
comment on column masked_assessment_results_view.evidence_data is E'@behavior -filterBy -orderBy\nWhat proves it, as a token.';
comment on column masked_assessment_results_view.remediation_script is E'@behavior -filterBy -orderBy\nWhat mends it, as a token.';
comment on column masked_assessment_results_view.business_impact is E'@behavior -filterBy -orderBy\nWhat it means for the business.';
comment on column masked_assessment_results_view.financial_exposure is E'@behavior -filterBy -orderBy\nWhat it may cost, in the organization''s currency.';
comment on column masked_assessment_results_view.compliance_violations is E'@behavior -filterBy -orderBy\nThe requirements that it violates.';
comment on column masked_assessment_results_view.region_code is 'Where the row is kept.';
comment on column masked_assessment_results_view.created_at is 'When the row was made.';
comment on column masked_assessment_results_view.updated_at is E'@behavior -filterBy -orderBy\nWhen the row was last changed by a user.';
comment on column masked_assessment_results_view.version is E'@behavior -filterBy -orderBy\nRaised by each change.';

-- section: compliance_exposures
set local role app_definer;
-- A definer: analysts may know the sums. A function and not aggregates of the table, since a finding knows its framework through its
-- assessment only, and analysts do not have the table.
create or replace function compliance_exposures(framework_id uuid default null) returns compliance_exposure[]
  language sql stable security definer
  set search_path from current
  begin atomic
    select coalesce(array_agg(row(s.framework_id, s.region_code, s.low, s.medium, s.high, s.critical, s.financial_exposure)::compliance_exposure
      order by s.financial_exposure desc, s.framework_id), '{}')
    from (
      select a.framework_id, r.region_code, count(*) filter (where r.severity = 'low') as low, count(*) filter (where r.severity = 'medium') as medium,
        count(*) filter (where r.severity = 'high') as high, count(*) filter (where r.severity = 'critical') as critical,
        coalesce(sum(r.financial_exposure), 0) as financial_exposure
      from assessments as a
      join assessment_results as r on r.organization_id = a.organization_id and r.assessment_id = a.id
      where a.organization_id = app_private.current_org_id() and app_private.has_permission('compliance:read')
        and (compliance_exposures.framework_id is null or a.framework_id = compliance_exposures.framework_id)
      group by a.framework_id, r.region_code
    ) as s;
  end;
grant execute on function compliance_exposures(uuid) to app_admin, app_developer, app_engineer, app_auditor, app_analyst;
comment on function compliance_exposures(uuid) is
  'What the findings of assessments weigh together, by framework and region: how many of each severity, and the sum of their financial exposures. The most costly first; of one framework, if it is given.';
