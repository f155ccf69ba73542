-- migrate:up

create table compliance_frameworks (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  framework_name text not null,
  framework_version text not null default '',
  requirements_met integer not null default 0,
  total_requirements integer not null default 0,
  -- Cut off after one decimal, not rounded: 100 only where every requirement is met.
  compliance_score double precision generated always as
    ((requirements_met::bigint * 1000 / nullif(total_requirements, 0))::double precision / 10) stored,
  gaps_identified text[] not null default '{}',
  last_assessment_at timestamptz,
  next_review_date date,
  region_code region_code not null default app_private.current_region(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint compliance_frameworks_pkey primary key (organization_id, id),
  constraint compliance_frameworks_name_key unique (organization_id, framework_name, framework_version),
  constraint compliance_frameworks_name_check check (length(framework_name) between 1 and 200),
  constraint compliance_frameworks_version_check check (length(framework_version) <= 50),
  constraint compliance_frameworks_total_check check (total_requirements between 0 and 1000000),
  constraint compliance_frameworks_met_check check (requirements_met between 0 and total_requirements),
  constraint compliance_frameworks_gaps_check check (app_private.is_text_list(gaps_identified, 500, 1000))
);
create index compliance_frameworks_region_code_idx on compliance_frameworks (organization_id, region_code, last_assessment_at);
create index compliance_frameworks_last_assessment_at_idx on compliance_frameworks (organization_id, last_assessment_at);
create index compliance_frameworks_next_review_date_idx on compliance_frameworks (organization_id, next_review_date);
alter table compliance_frameworks enable row level security, force row level security;

create table framework_scores (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  framework_id uuid not null,
  score double precision,
  requirements_met integer not null,
  total_requirements integer not null,
  scored_at timestamptz not null default clock_timestamp(),
  created_at timestamptz not null default now(),
  constraint framework_scores_pkey primary key (organization_id, id),
  constraint framework_scores_score_check check (score between 0 and 100),
  constraint framework_scores_framework_id_fkey foreign key (organization_id, framework_id)
    references compliance_frameworks (organization_id, id) on delete cascade
);
create index framework_scores_framework_id_idx on framework_scores (organization_id, framework_id, scored_at);
create index framework_scores_scored_at_idx on framework_scores (organization_id, scored_at);
alter table framework_scores enable row level security, force row level security;

create table assessments (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  name text not null,
  scope text not null default '',
  framework_id uuid,
  status assessment_status not null default 'draft',
  assessor_id uuid,
  started_at timestamptz,
  completed_at timestamptz,
  region_code region_code not null default app_private.current_region(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint assessments_pkey primary key (organization_id, id),
  constraint assessments_name_check check (length(name) between 1 and 200),
  constraint assessments_scope_check check (length(scope) <= 10000),
  constraint assessments_completed_at_check check (completed_at >= started_at),
  constraint assessments_framework_id_fkey foreign key (organization_id, framework_id)
    references compliance_frameworks (organization_id, id) on delete set null (framework_id),
  constraint assessments_assessor_id_fkey foreign key (organization_id, assessor_id)
    references people (organization_id, id) on delete set null (assessor_id)
);
create index assessments_created_at_idx on assessments (organization_id, created_at);
create index assessments_region_code_idx on assessments (organization_id, region_code, created_at);
create index assessments_status_idx on assessments (organization_id, status, created_at);
create index assessments_framework_id_idx on assessments (organization_id, framework_id, created_at);
create index assessments_assessor_id_idx on assessments (organization_id, assessor_id);
alter table assessments enable row level security, force row level security;

create table assessment_results (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  assessment_id uuid not null,
  finding_type text not null,
  severity severity not null default 'medium',
  title text not null,
  description text not null default '',
  evidence_data text,
  remediation_script text,
  business_impact text not null default '',
  financial_exposure numeric(15,2),
  compliance_violations text[] not null default '{}',
  region_code region_code not null default app_private.current_region(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint assessment_results_pkey primary key (organization_id, id),
  constraint assessment_results_finding_type_check check (length(finding_type) between 1 and 100),
  constraint assessment_results_title_check check (length(title) between 1 and 300),
  constraint assessment_results_description_check check (length(description) <= 10000),
  constraint assessment_results_evidence_data_check check (starts_with(evidence_data, 'dx1.')),
  constraint assessment_results_remediation_script_check check (starts_with(remediation_script, 'dx1.')),
  constraint assessment_results_business_impact_check check (length(business_impact) <= 10000),
  constraint assessment_results_financial_exposure_check check (financial_exposure >= 0),
  constraint assessment_results_violations_check check (app_private.is_text_list(compliance_violations, 200, 300)),
  constraint assessment_results_assessment_id_fkey foreign key (organization_id, assessment_id)
    references assessments (organization_id, id) on delete cascade
);
-- With what compliance_exposure sums up, so that it reads the index alone.
create index assessment_results_assessment_id_idx on assessment_results (organization_id, assessment_id, severity)
  include (region_code, financial_exposure);
create index assessment_results_severity_idx on assessment_results (organization_id, severity, created_at);
create index assessment_results_finding_type_idx on assessment_results (organization_id, finding_type);
create index assessment_results_region_code_idx on assessment_results (organization_id, region_code, severity);
create index assessment_results_created_at_idx on assessment_results (organization_id, created_at);
alter table assessment_results enable row level security, force row level security;

create table threat_indicators (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  indicator_type text not null,
  indicator_value text not null,
  threat_level severity not null default 'medium',
  source text not null default '',
  confidence_score integer not null default 50,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  region_code region_code not null default app_private.current_region(),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint threat_indicators_pkey primary key (organization_id, id),
  constraint threat_indicators_value_key unique (organization_id, indicator_type, indicator_value),
  constraint threat_indicators_type_check check (indicator_type ~ '^[a-z0-9][a-z0-9:._-]{0,99}$'),
  -- In bytes: it is part of a key, and an entry of an index has a limit.
  constraint threat_indicators_value_check check (octet_length(indicator_value) between 1 and 2000),
  constraint threat_indicators_source_check check (length(source) <= 200),
  constraint threat_indicators_confidence_score_check check (confidence_score between 0 and 100),
  constraint threat_indicators_last_seen_at_check check (last_seen_at >= first_seen_at)
);
create index threat_indicators_indicator_value_idx on threat_indicators (organization_id, indicator_value);
create index threat_indicators_threat_level_idx on threat_indicators (organization_id, threat_level, last_seen_at);
create index threat_indicators_last_seen_at_idx on threat_indicators (organization_id, last_seen_at);
create index threat_indicators_source_idx on threat_indicators (organization_id, source);
alter table threat_indicators enable row level security, force row level security;

create table regional_data (
  organization_id uuid not null default app_private.current_org_id(),
  id uuid not null default app_private.uuid_v7(),
  region_code region_code not null default app_private.current_region(),
  data_type text not null,
  row_count bigint,
  bytes bigint,
  verified_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  version integer not null default 1,
  constraint regional_data_pkey primary key (organization_id, id),
  constraint regional_data_data_type_key unique (organization_id, data_type, region_code),
  constraint regional_data_data_type_check check (length(data_type) between 1 and 100),
  constraint regional_data_row_count_check check (row_count >= 0),
  constraint regional_data_bytes_check check (bytes >= 0)
);
create index regional_data_region_code_idx on regional_data (organization_id, region_code);
alter table regional_data enable row level security, force row level security;

-- migrate:down
