import { BASE_ROLES, type BaseRole } from '../../src/database/identity.ts';
import type { FixtureOrganization } from '../support/fixture.ts';

/**
 * What a role may do with a table of its own organization: any of R(ead), C(reate), U(pdate), D(elete). `project`: only
 * rows of the one project that the identity is bound to; `self`: only the row of the caller; `own`: only rows by the caller.
 */
export interface Access {
  readonly operations: string;
  readonly rows: 'all' | 'project' | 'self' | 'own';
  /** Where what is made, changed and deleted is bound to the caller's own rows although reads are not. */
  readonly changes: 'all' | 'self' | 'own';
}

/** A row of the access matrix. */
export interface MatrixRow {
  readonly table: string;
  readonly kind: 'tenant' | 'platform';
  /** The column that tells rows apart. */
  readonly id: string;
  readonly access: Readonly<Record<BaseRole, Access>>;
  /** A row to create, by column; SQL expressions with $project, $defect and $self, the person. */
  readonly create?: Readonly<Record<string, string>>;
  /** What an update sets. */
  readonly update?: string;
  /** Which of the rows that are read can be changed at all, where not all can: a condition, as of `own`. */
  readonly changeable?: string;
  /** Which rows are a person's own, where not user_id says it: a condition with $self for the person and $home for the schema. */
  readonly own?: string;
  /** Which rows are a project's, where project_id does not say it: a condition with $project for it and $home for the schema. */
  readonly project?: string;
  /** What the scopes of a CI identity must name, where it has nothing of the table without. */
  readonly scopes?: readonly string[];
  /** The column that says who made a row. */
  readonly maker?: string;
  /** Which rows are such as a role makes that makes only its own, where the maker does not say it: a condition, as of `own`. */
  readonly alike?: string;
  /** Of a view: the table, or the query, whose rows it has; and the table whose key is its own. */
  readonly source?: string;
  readonly keyOf?: string;
  /** Its list in GraphQL; null where it has none. */
  readonly list: string | null;
}

/** `R`, `RCU`, `R project`, `R own`, `-`; with two groups the rows are those of the second: `R U self`, `R CUD own`. */
function parse(text: string): Access {
  const [, first = '', second = '', rows = 'all'] = /^([RCUD-]*)(?: ([CUD]+))?(?: (project|self|own))?$/.exec(text) ?? [];
  return {
    operations: (first + second).replaceAll('-', ''),
    rows: second === '' ? (rows as Access['rows']) : 'all',
    changes: second === '' ? 'all' : (rows as Access['changes']),
  };
}

/** A condition of the matrix for an organization and the person of it who has a role. */
export function conditionOf(condition: string, { home, users, project }: FixtureOrganization, role: BaseRole): string {
  return `(${condition.replaceAll('$self', users[role]).replaceAll('$home', home).replaceAll('$project', project)})`;
}

/** The designs that a person may see, beside the roles that may see all; and those that they may change: conditions, as of `own`. */
const SEEN = `visibility = 'organization' or creator_id = '$self' or id in (select design_id from $home.design_shares where shared_with = '$self')`;
const EDITED = `creator_id = '$self' or id in (select design_id from $home.design_shares where shared_with = '$self' and permission = 'edit')`;
const of = (condition: string) => `design_id in (select id from $home.designs where ${condition})`;

/** A row to create on a design of the caller's own. */
const OWN_DESIGN = '(select id from designs where creator_id = $self limit 1)';

/** Of what hangs on a design and is CI's to change too: a design of the caller's own or of CI's project, and the rows of one. */
const OPERABLE_DESIGN = '(select id from designs where creator_id = $self or project_id = $project limit 1)';
const ofOperable = (table: string, column = 'id') => `(select ${column} from ${table} where design_id = ${OPERABLE_DESIGN} limit 1)`;
const OPERATED = {
  own: of(SEEN),
  changeable: of("creator_id = '$self' or project_id = '$project'"),
  alike: of(EDITED),
  project: of("project_id = '$project'"),
};
const STATE_SCOPES = ['designs:read', 'states:read', 'states:write'];

function row(
  table: string,
  kind: MatrixRow['kind'],
  cells: string,
  rest: Omit<MatrixRow, 'table' | 'kind' | 'access' | 'id'> & { id?: string },
): MatrixRow {
  const columns = cells.split('|').map((cell) => cell.trim());
  const access = Object.fromEntries(BASE_ROLES.map((role, index) => [role, parse(columns[index] ?? '-')])) as Record<BaseRole, Access>;
  return { table, kind, access, id: 'id', ...rest };
}

/**
 * The access matrix as data: who may do what with which table, within the caller's organization. A table without a row
 * here fails the tests. Columns: admin, developer, engineer, auditor, analyst, member, ci.
 */
export const MATRIX: readonly MatrixRow[] = [
  row('people', 'tenant', 'R | R | R | R | R | R | R', {
    create: { id: 'gen_random_uuid()', name: "'x'", role_name: "'member'" },
    update: "name = 'x'",
    list: 'people',
  }),
  row('project_groups', 'tenant', 'RCUD | RU | RCU | R | R | R | R project', {
    create: { name: "'New'" },
    update: "description = 'x'",
    list: 'projectGroups',
  }),
  row('projects', 'tenant', 'RCUD | RU | RCU | R | R | R | R project', {
    create: { name: "'New'", slug: "'new'" },
    update: "description = 'x'",
    list: 'projects',
  }),
  row('tests', 'tenant', 'RCUD | RCU | R | R | R | R | R project', {
    create: { project_id: '$project', name: "'new'" },
    update: "file = 'x'",
    list: 'tests',
  }),
  row('test_runs', 'tenant', 'RCUD | RCU | R | R | R | R | R project', {
    create: { project_id: '$project', run_key: "'new'" },
    update: "branch = 'x'",
    list: 'testRuns',
  }),
  row('test_results', 'tenant', 'R | R | R | R | R | - | -', {
    create: {
      project_id: '$project',
      test_run_id: '(select last_run_id from defects limit 1)',
      test_id: '(select test_id from defects limit 1)',
      execution_id: "'9'",
      attempt: '1',
      is_final: 'true',
      outcome: "'passed'",
      occurred_at: 'now()',
    },
    update: "outcome = 'passed'",
    list: 'testResults',
  }),
  row('test_flakes', 'tenant', 'R | R | R | R | R | R | R project', {
    create: { project_id: '$project', test_id: '$defect', reason: "'retry'", scope: "'new'", occurred_at: 'now()' },
    update: "scope = 'x'",
    list: 'testFlakes',
  }),
  row('test_flakiness', 'tenant', 'R | R | R | R | R | R | R project', {
    id: 'test_id',
    create: { project_id: '$project', test_id: '(select id from tests order by id limit 1)', heat: '9', times: '9' },
    update: 'heat = 9',
    list: null,
  }),
  row('severity_rules', 'tenant', 'RCUD | R | R | R | - | - | -', {
    create: { pattern: `'{"suite": "x"}'`, severity: "'low'" },
    update: "severity = 'high'",
    list: 'severityRules',
  }),
  row('defect_groupings', 'tenant', 'R | R | R | R | - | - | -', {
    create: { project_id: '$project', fingerprint: "sha256('new')", defect_id: '$defect' },
    update: 'test_id = null',
    list: 'defectGroupings',
  }),
  row('ingest_receipts', 'tenant', 'R | R | R | R | R | - | -', {
    create: { project_id: '$project', content_sha256: "sha256('new')" },
    update: "receipt = '{}'",
    list: 'ingestReceipts',
  }),
  row('defects', 'tenant', 'RCUD | RCU | RU | R | - | R | R project', {
    create: { project_id: '$project', title: "'new'" },
    update: "status = 'triaged'",
    list: 'defects',
  }),
  row('masked_defects_view', 'tenant', '- | - | - | - | R | - | -', { source: '$home.defects', keyOf: 'defects', list: 'maskedDefects' }),
  row('defect_occurrences', 'tenant', 'RD | R | R | R | R | R | R project', {
    create: { project_id: '$project', defect_id: '$defect', occurred_at: 'now()' },
    update: 'duration_ms = 1',
    list: 'defectOccurrences',
  }),
  row('defect_daily_stats', 'tenant', 'R | R | R | R | R | R | -', {
    id: 'project_id',
    create: { project_id: '$project', day: "'2020-01-01'", severity: "'low'" },
    update: 'opened = 9',
    list: 'defectDailyStats',
  }),
  row('day_tallies', 'tenant', 'R | R | R | R | R | R | -', {
    create: { day: "'2020-01-01'", severity: "'low'", opened: '9', resolved: '9', occurrences: '9' },
    update: 'opened = 9',
    list: null,
  }),
  row('compliance_frameworks', 'tenant', 'RCUD | R | R | R | R | - | -', {
    create: { framework_name: "'New'", requirements_met: '1', total_requirements: '2' },
    update: 'requirements_met = 46',
    list: 'complianceFrameworks',
  }),
  row('framework_scores', 'tenant', 'R | R | R | R | R | - | -', {
    create: { framework_id: '(select id from compliance_frameworks limit 1)', requirements_met: '1', total_requirements: '2', score: '50' },
    update: 'score = 100',
    list: 'frameworkScores',
  }),
  row('assessments', 'tenant', 'RCUD | R | R | R | R | - | -', {
    create: { name: "'New'" },
    update: "status = 'in_progress'",
    list: 'assessments',
  }),
  row('assessment_results', 'tenant', 'RCUD | R | R | R | - | - | -', {
    create: { assessment_id: '(select id from assessments limit 1)', finding_type: "'new'", title: "'new'" },
    update: "severity = 'low'",
    list: 'assessmentResults',
  }),
  row('masked_assessment_results_view', 'tenant', '- | - | - | - | R | - | -', {
    source: '$home.assessment_results',
    keyOf: 'assessment_results',
    list: 'maskedAssessmentResults',
  }),
  row('threat_indicators', 'tenant', 'RCUD | R | R | R | R | - | -', {
    create: { indicator_type: "'url'", indicator_value: "'https://bad.example/'" },
    update: 'confidence_score = 10',
    list: 'threatIndicators',
  }),
  row('regional_data', 'tenant', 'RCUD | R | R | R | R | - | -', {
    create: { data_type: "'exports'" },
    update: "data_type = 'archives'",
    list: 'residencyEntries',
  }),
  row('deployments', 'tenant', 'RCUD | R | RCU | R | R | R | RCU project', {
    create: { project_id: '$project', version: "'9.9'", environment: "'staging'" },
    update: "notes = 'x'",
    list: 'deployments',
  }),
  row('maintenance_requests', 'tenant', 'RCUD | R CU own | RCU | R | R | RCU own | -', {
    create: { title: "'new'" },
    update: "description = 'x'",
    // Of a request that is in progress a member changes nothing: test/operations tries that.
    own: "requested_by = '$self' or assigned_to = '$self'",
    maker: 'requested_by',
    list: 'maintenanceRequests',
  }),
  row('maintenance_status_history', 'tenant', 'R | R | R | R | R | R own | -', {
    create: {
      maintenance_request_id: '(select id from maintenance_requests limit 1)',
      old_status: "'open'",
      new_status: "'cancelled'",
    },
    update: "notes = 'x'",
    own: "maintenance_request_id in (select id from $home.maintenance_requests where requested_by = '$self' or assigned_to = '$self')",
    list: 'maintenanceStatusChanges',
  }),
  row('maintenance_work_logs', 'tenant', 'RCUD | R | R CUD own | R | R | - | -', {
    create: {
      maintenance_request_id: '(select id from maintenance_requests limit 1)',
      work_description: "'new'",
      hours_spent: '1.5',
    },
    update: 'hours_spent = 2',
    list: 'maintenanceWorkLogs',
  }),
  row('person_tallies', 'tenant', 'R | R | R | R | - | - | -', {
    create: { person_id: '$self', counted: "'deployments'", amount: '9' },
    update: 'amount = 9',
    list: null,
  }),
  row('project_tallies', 'tenant', '- | - | - | - | - | - | -', {
    create: { project_id: '$project', counted: "'open_low_defects'", amount: '9' },
    update: 'amount = 9',
    list: null,
  }),
  row('engineers_view', 'tenant', 'R | R | R | R | - | - | -', {
    source: "(select * from $home.people where role_name in ('admin', 'engineer')) as engineers",
    keyOf: 'people',
    list: 'engineers',
  }),
  row('project_summary_view', 'tenant', 'R | R | R | R | R | R | -', {
    source: '$home.projects',
    keyOf: 'projects',
    list: 'projectSummaries',
  }),
  row('templates', 'tenant', 'RCUD | RCU | RCU | R | - | R | -', {
    create: { name: "'new'" },
    update: "description = 'x'",
    list: 'templates',
  }),
  // Deleted and restored by functions (delete_design, delete_comment): of rows that are deleted test/designs tells.
  row('designs', 'tenant', 'RCU | RCU own | RCU own | R | - | R own | R project', {
    create: { name: "'new'", creator_id: '$self' },
    update: "description = 'x'",
    own: SEEN,
    changeable: EDITED,
    maker: 'creator_id',
    list: 'designs',
  }),
  row('design_versions', 'tenant', 'R | R own | R own | R | - | R own | R project', {
    create: { design_id: OWN_DESIGN, version_number: '9', canvas: `'{}'` },
    update: "changelog = 'x'",
    own: of(SEEN),
    project: of("project_id = '$project'"),
    list: 'designVersions',
  }),
  row('design_shares', 'tenant', 'RCUD | RCUD own | RCUD own | R | - | R own | -', {
    create: { design_id: OWN_DESIGN, shared_with: "(select id from people where role_name = 'analyst')" },
    update: "permission = 'comment'",
    own: `shared_with = '$self' or ${of(EDITED)}`,
    changeable: of("creator_id = '$self'"),
    alike: of("creator_id = '$self'"),
    list: 'designShares',
  }),
  row('comments', 'tenant', 'RCU | RCU own | RCU own | R | - | R own | R project', {
    create: { design_id: OWN_DESIGN, body: "'new'" },
    update: `position = '{}'`,
    own: of(SEEN),
    changeable: of(EDITED),
    project: of("project_id = '$project'"),
    maker: 'author_id',
    list: 'comments',
  }),
  row('resources', 'tenant', 'RCUD | RCUD own | RCUD own | R | - | R own | R project', {
    create: { design_id: OWN_DESIGN, name: "'new'", resource_type: "'new'" },
    update: "provider = 'x'",
    own: of(SEEN),
    changeable: of(EDITED),
    project: of("project_id = '$project'"),
    alike: of(EDITED),
    list: 'resources',
  }),
  row('states', 'tenant', 'RCUD | RCUD own | RCUD own | R | - | - | RCUD project', {
    ...OPERATED,
    create: { design_id: OPERABLE_DESIGN, workspace: "'new'" },
    update: "workspace = 'x'",
    scopes: STATE_SCOPES,
    list: 'states',
  }),
  row('state_versions', 'tenant', 'R | R own | R own | R | - | - | R project', {
    ...OPERATED,
    create: {
      design_id: OPERABLE_DESIGN,
      state_id: ofOperable('states'),
      serial: '9',
      lineage: "'new'",
      state: "'{}'",
      checksum: "'x'",
      size_bytes: '2',
    },
    update: 'serial = 8',
    scopes: STATE_SCOPES,
    list: 'stateVersions',
  }),
  row('drift_logs', 'tenant', 'RCUD | RC own | RCU own | R | - | - | RCU project', {
    ...OPERATED,
    create: { state_id: ofOperable('drift_logs', 'state_id'), resource_address: "'null_resource.new'", kind: "'added'" },
    update: 'resolved_at = now()',
    list: 'driftLogs',
  }),
  row('pipelines', 'tenant', 'RCUD | RC own | RCU own | R | - | - | R project', {
    ...OPERATED,
    create: { design_id: OPERABLE_DESIGN, name: "'New'", definition: `'{"stages": [{"name": "plan"}]}'` },
    update: 'is_active = false',
    list: 'pipelines',
  }),
  row('pipeline_executions', 'tenant', 'RCUD | RC own | RCU own | R | - | - | RCU project', {
    ...OPERATED,
    create: { pipeline_id: ofOperable('pipelines') },
    update: "error = 'x'",
    list: 'pipelineExecutions',
  }),
  row('pipeline_stages', 'tenant', 'RCUD | RC own | RCU own | R | - | - | RCU project', {
    ...OPERATED,
    create: { execution_id: ofOperable('pipeline_executions'), name: "'new'", position: '9' },
    update: "output = 'x'",
    list: 'pipelineStages',
  }),
  row('audit_logs', 'tenant', 'R | R | R own | R | - | - | -', {
    create: { actor: "'x'", action: "'x'", target_type: "'x'" },
    update: "action = 'x'",
    list: 'auditLogs',
  }),
  row('events', 'tenant', '- | - | - | - | - | - | -', {
    create: { kind: "'defect_reported'", target_id: '$defect' },
    update: "kind = 'design_changed'",
    list: null,
  }),
  row('notifications', 'tenant', 'RU own | RU own | RU own | RU own | RU own | RU own | -', {
    create: { user_id: '$user', kind: "'job_failed'", title: "'new'" },
    update: 'read_at = now()',
    list: 'notifications',
  }),
  row('webhooks', 'tenant', 'RUD | R | R | R | - | - | -', {
    create: { name: "'new'", url: "'https://hooks.example/new'", event_kinds: "'{design_changed}'" },
    update: 'is_enabled = false',
    list: 'webhooks',
  }),
  row('webhook_deliveries', 'tenant', 'R | R own | R own | R | - | - | -', {
    own: `kind <> 'design_changed' or target_id in (select id from $home.designs where ${SEEN})`,
    create: {
      webhook_id: '(select id from webhooks limit 1)',
      event_id: '$defect',
      kind: "'design_changed'",
      target_id: '$defect',
      occurred_at: 'now()',
    },
    update: 'attempt_count = 0',
    list: 'webhookDeliveries',
  }),
  row('webhook_attempts', 'tenant', 'R | R | R | R | - | - | -', {
    create: { delivery_id: '(select id from webhook_deliveries limit 1)', attempted_at: 'now()', duration_ms: '1' },
    update: 'duration_ms = 2',
    list: 'webhookAttempts',
  }),
  row('regions', 'platform', 'R | R | R | R | R | R | R', {
    id: 'code',
    create: { code: "'us-east'", name: "'x'", retention_days: '1' },
    update: 'retention_days = 1',
    list: 'regions',
  }),
  row('permissions', 'platform', 'R | R | R | R | R | R | R', {
    id: 'name',
    create: { name: "'x:y'", description: "'x'" },
    update: "description = 'x'",
    list: 'permissions',
  }),
  row('organizations', 'platform', 'RU | R | R | R | - | R | -', {
    create: { slug: "'new'", name: "'x'", primary_region: "'us-east'", data_retention_days: '1' },
    update: "industry = 'x'",
    list: 'organizations',
  }),
  row('users', 'platform', 'R U self | R U self | R U self | R | - | R U self | -', {
    create: { name: "'x'", email: "'x'", email_digest: "'x'" },
    update: "name = 'x'",
    list: 'users',
  }),
  row('roles', 'platform', 'RCUD | R | R | R | - | R | -', {
    create: { name: "'x'", base_role: "'admin'" },
    update: "description = 'x'",
    changeable: 'organization_id is not null',
    list: 'roles',
  }),
  row('role_permissions', 'platform', 'RCD | R | R | R | - | R | -', {
    id: 'role_id',
    create: { role_id: '$role', permission: "'audit:read'" },
    update: "permission = 'audit:read'",
    changeable: "organization_id is not null and permission = 'defects:triage'",
    list: 'rolePermissions',
  }),
  row('organization_members', 'platform', 'R | R | R | R | - | R | -', {
    id: 'user_id',
    create: { organization_id: 'gen_random_uuid()', user_id: 'gen_random_uuid()', role_id: 'gen_random_uuid()' },
    update: 'removed_at = now()',
    list: 'members',
  }),
  row('sessions', 'platform', 'R | R own | R own | R own | R own | R own | -', {
    create: { organization_id: 'gen_random_uuid()', user_id: 'gen_random_uuid()', expires_at: 'now()' },
    update: 'revoked_at = now()',
    list: 'sessions',
  }),
  row('invitations', 'platform', 'RD | R | R | R | - | - | -', {
    create: { organization_id: 'gen_random_uuid()', email: "'x'", role_id: 'gen_random_uuid()', expires_at: 'now()' },
    update: 'accepted_at = now()',
    list: 'invitations',
  }),
  row('api_keys', 'platform', 'RUD | R | R | R | - | - | -', {
    create: { organization_id: 'gen_random_uuid()', name: "'x'", prefix: "'x'", role: "'ci'", expires_at: 'now()' },
    update: "name = 'x'",
    list: 'apiKeys',
  }),
  row('masking_policies', 'platform', 'RCUD | R | R | R | - | - | -', {
    create: { field: "'defects.stack_trace'", role: "'member'", mode: "'none'" },
    update: "mode = 'full'",
    list: 'maskingPolicies',
  }),
  row('identity_providers', 'platform', 'RCUD | R | R | R | - | - | -', {
    create: { name: "'x'", issuer: "'https://x.example'", audience: "'x'" },
    update: 'is_enabled = false',
    list: 'identityProviders',
  }),
  row('group_mappings', 'platform', 'RCUD | R | R | R | - | - | -', {
    create: { provider_id: '$provider', group_name: "'new'", role_id: '$role' },
    update: 'position = 1',
    list: 'groupMappings',
  }),
  row('user_identities', 'platform', 'RD | - | - | R | - | - | -', {
    create: { organization_id: 'gen_random_uuid()', provider_id: '$provider', subject: "'x'", user_id: '$user' },
    update: "subject = 'x'",
    list: 'userIdentities',
  }),
  row('ci_trusts', 'platform', 'RCUD | R | R | R | - | - | -', {
    create: {
      project_id: '$project',
      name: "'x'",
      issuer: "'https://x.example'",
      audience: "'x'",
      subject_pattern: "'repo:acme/web:*'",
    },
    update: 'is_enabled = false',
    list: 'ciTrusts',
  }),
];
