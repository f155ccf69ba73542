import pg from 'pg';
import { makeSchema } from 'postgraphile';
import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from 'postgraphile/graphql';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { schemaPreset } from '../../graphile.config.ts';
import { connectionOptions } from '../../src/database/connection.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();
let schema: GraphQLSchema;
const said: string[] = [];

beforeAll(async () => {
  const spies = (['log', 'info', 'warn', 'error'] as const).map((level) =>
    vi.spyOn(console, level).mockImplementation((...words) => void said.push(words.join(' '))),
  );
  const pool = new pg.Pool({ ...connectionOptions(database.url), max: 2 });
  pool.on('error', () => {});
  ({ schema } = await makeSchema(schemaPreset(pool)));
  await pool.end();
  return () => {
    for (const spy of spies) spy.mockRestore();
  };
});

afterAll(() => expect(said).toEqual([]));

interface Member {
  /** `Type.field` or `Type.field(argument)`. */
  readonly path: string;
  readonly name: string;
  readonly described: boolean;
  readonly description: string;
}

/** Every field, input field and argument of the schema, introspection aside. */
function members(): Member[] {
  return Object.values(schema.getTypeMap())
    .filter(({ name }) => !name.startsWith('__'))
    .flatMap((type) => {
      if (!isObjectType(type) && !isInterfaceType(type) && !isInputObjectType(type)) return [];
      const fields: (GraphQLField<unknown, unknown> | GraphQLInputField)[] = Object.values(type.getFields());
      return fields.flatMap((field) => [
        memberOf(`${type.name}.${field.name}`, field),
        ...('args' in field ? field.args.map((argument) => memberOf(`${type.name}.${field.name}(${argument.name})`, argument)) : []),
      ]);
    });
}

function memberOf(path: string, { name, description }: GraphQLArgument | GraphQLInputField | GraphQLField<unknown, unknown>): Member {
  return { path, name, described: typeof description === 'string' && description.trim() !== '', description: description ?? '' };
}

function fieldsOf(typeName: string): string[] {
  const type = schema.getType(typeName);
  if (!isObjectType(type) && !isInputObjectType(type)) throw new Error(`There is no type ${typeName}.`);
  return Object.keys(type.getFields()).sort();
}

function valuesOf(typeName: string): string[] {
  const type = schema.getType(typeName);
  if (!isEnumType(type)) throw new Error(`There is no enum ${typeName}.`);
  return type.getValues().map(({ name }) => name);
}

function typeOf(path: string): string {
  const [typeName, fieldName] = path.split('.') as [string, string];
  const type = schema.getType(typeName);
  if (!isObjectType(type)) throw new Error(`There is no type ${typeName}.`);
  return `${type.getFields()[fieldName]?.type}`;
}

test('the schema is built without a word of warning', () => {
  expect(said).toEqual([]);
});

describe('names are those that one would guess', () => {
  test.each([
    ['Query.projects', 'ProjectConnection'],
    ['Query.project', 'Project'],
    ['Query.projectBySlug', 'Project'],
    ['Query.defects', 'DefectConnection'],
    ['Query.maskedDefects', 'MaskedDefectConnection'],
    ['Query.testRun', 'TestRun'],
    ['Query.auditLogs', 'AuditLogConnection'],
    ['Project.id', 'UUID!'],
    ['Project.defects', 'DefectConnection!'],
    ['Project.tests', 'TestConnection!'],
    ['Project.testRuns', 'TestRunConnection!'],
    ['Project.group', 'ProjectGroup'],
    ['Project.owner', 'Person'],
    ['ProjectGroup.projects', 'ProjectConnection!'],
    ['Defect.test', 'Test'],
    ['Defect.project', 'Project'],
    ['Defect.assignee', 'Person'],
    ['Defect.firstRun', 'TestRun'],
    ['Defect.occurrences', 'DefectOccurrenceConnection!'],
    ['Test.defects', 'DefectConnection!'],
    ['Person.assignedDefects', 'DefectConnection!'],
    ['Person.ownedProjects', 'ProjectConnection!'],
    ['Query.deployments', 'DeploymentConnection'],
    ['Query.maintenanceRequests', 'MaintenanceRequestConnection'],
    ['Query.engineers', 'EngineerConnection'],
    ['Query.projectSummaries', 'ProjectSummaryConnection'],
    ['Query.workLogTotals', 'WorkLogTotalConnection'],
    ['Project.deployments', 'DeploymentConnection!'],
    ['Project.maintenanceRequests', 'MaintenanceRequestConnection!'],
    ['Project.summary', 'ProjectSummary'],
    ['ProjectSummary.project', 'Project'],
    ['ProjectSummary.group', 'ProjectGroup'],
    ['ProjectSummary.lastDeployment', 'Deployment'],
    ['Person.engineer', 'Engineer'],
    ['Person.deployments', 'DeploymentConnection!'],
    ['Person.assignedMaintenance', 'MaintenanceRequestConnection!'],
    ['Person.requestedMaintenance', 'MaintenanceRequestConnection!'],
    ['Engineer.person', 'Person'],
    ['Deployment.version', 'String!'],
    ['Deployment.deployedBy', 'Person'],
    ['MaintenanceRequest.requestedBy', 'Person'],
    ['MaintenanceRequest.assignedTo', 'Person'],
    ['MaintenanceRequest.isOverdue', 'Boolean!'],
    ['MaintenanceRequest.statusHistory', 'MaintenanceStatusChangeConnection!'],
    ['MaintenanceRequest.workLogs', 'MaintenanceWorkLogConnection!'],
    ['MaintenanceStatusChange.changedBy', 'Person'],
    ['MaintenanceWorkLog.user', 'Person'],
    ['Query.notifications', 'NotificationConnection'],
    ['Query.webhooks', 'WebhookConnection'],
    ['Webhook.deliveries', 'WebhookDeliveryConnection!'],
    ['Webhook.eventKinds', '[EventKind]!'],
    ['WebhookDelivery.webhook', 'Webhook'],
    ['WebhookDelivery.attempts', 'WebhookAttemptConnection!'],
    ['Notification.user', 'Person'],
    ['Query.states', 'StateConnection'],
    ['Query.driftLogs', 'DriftLogConnection'],
    ['Query.pipelines', 'PipelineConnection'],
    ['Design.states', 'StateConnection!'],
    ['Design.driftLogs', 'DriftLogConnection!'],
    ['Design.pipelines', 'PipelineConnection!'],
    ['Design.pipelineExecutions', 'PipelineExecutionConnection!'],
    ['State.design', 'Design'],
    ['State.versions', 'StateVersionConnection!'],
    ['State.driftLogs', 'DriftLogConnection!'],
    ['State.lockedBy', 'Person'],
    ['StateVersion.createdBy', 'Person'],
    ['DriftLog.state', 'State'],
    ['Pipeline.executions', 'PipelineExecutionConnection!'],
    ['PipelineExecution.pipeline', 'Pipeline'],
    ['PipelineExecution.stages', 'PipelineStageConnection!'],
    ['PipelineExecution.triggeredBy', 'Person'],
    ['PipelineStage.execution', 'PipelineExecution'],
    ['Query.designDiff', 'DesignDiff'],
    ['Query.designVersionByNumber', 'DesignVersion'],
    ['Project.designs', 'DesignConnection!'],
    ['Person.designs', 'DesignConnection!'],
    ['Person.comments', 'CommentConnection!'],
    ['Person.designShares', 'DesignShareConnection!'],
    ['Template.designs', 'DesignConnection!'],
    ['Design.creator', 'Person'],
    ['Design.project', 'Project'],
    ['Design.template', 'Template'],
    ['Design.versions', 'DesignVersionConnection!'],
    ['Design.shares', 'DesignShareConnection!'],
    ['Design.comments', 'CommentConnection!'],
    ['Design.resources', 'ResourceConnection!'],
    ['DesignVersion.createdBy', 'Person'],
    ['DesignShare.sharedWith', 'Person'],
    ['Comment.author', 'Person'],
    ['Comment.parent', 'Comment'],
    ['Comment.replies', 'CommentConnection!'],
  ])('%s is %s', (path, type) => {
    expect(typeOf(path)).toBe(type);
  });

  test('without the tenant column, in any name', () => {
    const named = members().filter(({ name }) => /organizationId|ByOrganizationId/i.test(name));
    expect(named.map(({ path }) => path)).toEqual([]);
    for (const typeName of Object.keys(schema.getTypeMap())) expect(typeName).not.toMatch(/OrganizationId/);
    // Masking policies name the fields, not their values.
    for (const type of Object.values(schema.getTypeMap()).filter((type) => isEnumType(type) && type.name !== 'SensitiveField')) {
      expect(valuesOf(type.name).filter((value) => value.includes('ORGANIZATION_ID'))).toEqual([]);
    }
  });

  test('what a row has is found by "of" and not by "by…And…"', () => {
    expect(members().filter(({ name }) => /By\w+And[A-Z]/.test(name))).toEqual([]);
  });
});

describe('there is one way to change a thing', () => {
  test('the mutations are these', () => {
    expect(fieldsOf('Mutation')).toEqual(
      [
        ...['ApiKey', 'CiTrust', 'Defect', 'GroupMapping', 'IdentityProvider', 'MaskingPolicy', 'Project', 'ProjectGroup'].map(
          (type) => `create${type}`,
        ),
        ...['Role', 'SeverityRule', 'Test', 'TestRun'].map((type) => `create${type}`),
        ...['ApiKey', 'CiTrust', 'Defect', 'DefectOccurrence', 'GroupMapping', 'IdentityProvider', 'Invitation', 'MaskingPolicy'].map(
          (type) => `delete${type}`,
        ),
        ...['Project', 'ProjectGroup', 'Role', 'SeverityRule', 'Test', 'TestRun', 'UserIdentity'].map((type) => `delete${type}`),
        ...['ApiKey', 'CiTrust', 'Defect', 'GroupMapping', 'IdentityProvider', 'MaskingPolicy', 'Organization', 'Project'].map(
          (type) => `update${type}`,
        ),
        ...['ProjectGroup', 'Role', 'SeverityRule', 'Test', 'TestRun', 'User'].map((type) => `update${type}`),
        ...['signIn', 'refreshSession', 'signOut', 'signOutEverywhere', 'switchOrganization', 'revokeSession'],
        ...['changePassword', 'resetPassword', 'inviteMember', 'acceptInvitation', 'changeMemberRole', 'removeMember'],
        ...['Deployment', 'MaintenanceRequest', 'MaintenanceWorkLog'].flatMap((type) => [
          `create${type}`,
          `update${type}`,
          `delete${type}`,
        ]),
        ...['startDeployment', 'finishDeployment'],
        ...['setRolePermissions', 'revokeApiKey', 'reportTestRun', 'mergeDefects', 'splitDefect'],
        ...['Assessment', 'AssessmentResult', 'ComplianceFramework', 'ResidencyEntry', 'ThreatIndicator'].flatMap((type) =>
          ['create', 'update', 'delete'].map((verb) => `${verb}${type}`),
        ),
        ...['importThreatIndicators', 'verifyResidency'],
        ...['createWebhook', 'updateWebhook', 'deleteWebhook', 'rotateWebhookSecret', 'replayWebhookDelivery', 'markNotificationsRead'],
        ...['State', 'DriftLog', 'Pipeline', 'PipelineStage'].flatMap((type) =>
          ['create', 'update', 'delete'].map((verb) => `${verb}${type}`),
        ),
        ...['startPipelineExecution', 'cancelPipelineExecution', 'updatePipelineExecution', 'deletePipelineExecution'],
        ...['Comment', 'Design', 'DesignShare', 'Resource', 'Template'].flatMap((type) =>
          ['create', 'update', 'delete'].map((verb) => `${verb}${type}`),
        ),
        ...['restoreComment', 'restoreDesign', 'restoreDesignVersion'],
      ].sort(),
    );
  });

  const VERSIONED = [
    'Comment',
    'Defect',
    'Design',
    'DesignShare',
    'MaintenanceRequest',
    'MaintenanceWorkLog',
    'Organization',
    'Project',
    'ProjectGroup',
    'Resource',
    'Role',
    'Template',
    'Test',
    'TestRun',
    'User',
    'Webhook',
  ];
  test.each(VERSIONED)('update%s says which and what', (type) => {
    expect(fieldsOf(`Update${type}Input`)).toEqual(['clientMutationId', 'id', 'patch']);
    expect(fieldsOf(`${type}Patch`)).toContain('expectedVersion');
    expect(fieldsOf(`${type}Patch`)).not.toContain('version');
  });

  test('a deployment’s version is what is deployed; its changes are counted by rowVersion', () => {
    expect(fieldsOf('DeploymentPatch')).toEqual(expect.arrayContaining(['version', 'expectedVersion']));
    expect(fieldsOf('DeploymentPatch')).not.toContain('rowVersion');
  });

  test.each([
    ['Project', ['createdAt', 'id', 'updatedAt', 'version']],
    ['Defect', ['createdAt', 'fingerprint', 'firstSeenAt', 'id', 'occurrenceCount', 'resolvedAt', 'updatedAt', 'version']],
    ['Design', ['createdAt', 'deletedAt', 'id', 'updatedAt', 'version']],
    ['Comment', ['authorId', 'createdAt', 'deletedAt', 'id', 'updatedAt', 'version']],
    ['Template', ['createdAt', 'id', 'updatedAt', 'usageCount', 'version']],
    ['TestRun', ['createdAt', 'failedCount', 'id', 'passedCount', 'updatedAt', 'version']],
  ])('what the database keeps of a %s is nobody else’s to give', (type, kept) => {
    for (const input of [`${type}Input`, `${type}Patch`]) expect(fieldsOf(input).filter((field) => kept.includes(field))).toEqual([]);
  });
});

describe('vocabularies', () => {
  const VOCABULARIES = {
    Severity: ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'],
    DefectStatus: ['OPEN', 'TRIAGED', 'IN_PROGRESS', 'RESOLVED', 'IGNORED'],
    ProjectStatus: ['ACTIVE', 'INACTIVE', 'ARCHIVED'],
    TestOutcome: ['PASSED', 'FAILED', 'ERRORED', 'SKIPPED'],
    BaseRole: ['ADMIN', 'DEVELOPER', 'ENGINEER', 'AUDITOR', 'ANALYST', 'MEMBER', 'CI'],
    DeploymentEnvironment: ['PRODUCTION', 'STAGING', 'DEVELOPMENT'],
    ExecutionStatus: ['PENDING', 'RUNNING', 'SUCCEEDED', 'FAILED', 'CANCELLED'],
    DriftKind: ['ADDED', 'CHANGED', 'REMOVED'],
    DeploymentStatus: ['PENDING', 'IN_PROGRESS', 'SUCCESS', 'FAILED', 'ROLLED_BACK'],
    Priority: ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'],
    MaintenanceStatus: ['OPEN', 'IN_PROGRESS', 'COMPLETED', 'CANCELLED'],
    IsolationTier: ['SHARED', 'SCHEMA'],
    WebhookState: ['WAITING', 'WORKING', 'FAILING', 'GONE'],
    DeliveryStatus: ['PENDING', 'DELIVERED', 'DEAD'],
    CloudProvider: ['AWS', 'AZURE', 'GCP'],
    DesignStatus: ['DRAFT', 'ACTIVE', 'ARCHIVED'],
    DesignVisibility: ['PRIVATE', 'ORGANIZATION'],
    SharePermission: ['VIEW', 'COMMENT', 'EDIT'],
  };

  test.each(Object.entries(VOCABULARIES))('%s is an enum', (name, values) => {
    expect(valuesOf(name)).toEqual(values);
  });

  test('of regions has all fourteen', () => {
    expect(valuesOf('RegionCode')).toHaveLength(14);
    expect(valuesOf('RegionCode')).toContain('EU_CENTRAL');
  });

  test.each(['SeverityFilter', 'DefectStatusFilter', 'ProjectStatusFilter', 'RegionCodeFilter'])(
    '%s compares values, and does not rank them by the alphabet',
    (filter) => {
      expect(fieldsOf(filter)).toEqual(['distinctFrom', 'equalTo', 'in', 'isNull', 'notDistinctFrom', 'notEqualTo', 'notIn']);
    },
  );

  test('nothing is ordered by one', () => {
    for (const orderBy of ['DefectOrderBy', 'MaskedDefectOrderBy', 'ProjectOrderBy']) {
      expect(valuesOf(orderBy).filter((value) => /^(SEVERITY|STATUS)/.test(value))).toEqual([]);
    }
  });
});

describe('what is sensitive', () => {
  const SENSITIVE =
    /^(failureDetails|stackTrace|fingerprintExplanation|evidenceData|remediationScript|config|email|emailDigest|contentSha256|fingerprint|identity|encryptionKeyId)$/;

  test('is read through its mask, or not at all', () => {
    const read = members().filter(({ path, name }) => SENSITIVE.test(name) && isObjectType(schema.getType(path.split('.')[0] as string)));
    expect(read.map(({ path }) => path).sort()).toEqual([
      'AssessmentResult.evidenceData',
      'AssessmentResult.remediationScript',
      'Defect.failureDetails',
      'Defect.fingerprintExplanation',
      'Defect.stackTrace',
      'Engineer.email',
      'Invitation.email',
      'MaskedAssessmentResult.evidenceData',
      'MaskedAssessmentResult.remediationScript',
      'MaskedDefect.failureDetails',
      'MaskedDefect.fingerprintExplanation',
      'MaskedDefect.stackTrace',
      'Person.email',
      'Resource.config',
      'User.email',
    ]);
  });

  test('is written by those who make or change a defect, and used by no filter, condition, key or order', () => {
    const used = members().filter(({ path, name }) => SENSITIVE.test(name) && !isObjectType(schema.getType(path.split('.')[0] as string)));
    expect(used.map(({ path }) => path).sort()).toEqual([
      ...['AssessmentResultInput', 'AssessmentResultPatch'].flatMap((type) => [`${type}.evidenceData`, `${type}.remediationScript`]),
      'DefectInput.failureDetails',
      'DefectInput.stackTrace',
      'DefectPatch.failureDetails',
      'DefectPatch.stackTrace',
      // Where it is given, not looked for.
      'InviteMemberInput.email',
      'ResourceInput.config',
      'ResourcePatch.config',
      'SignInInput.email',
    ]);
    const named = /FAILURE_DETAILS|STACK_TRACE|EVIDENCE|REMEDIATION|EMAIL|FINGERPRINT(?!_RULES)|SHA256|IDENTITY/;
    // Masking policies name the fields, not their values.
    for (const type of Object.values(schema.getTypeMap()).filter((type) => isEnumType(type) && type.name !== 'SensitiveField')) {
      expect(valuesOf(type.name).filter((value) => named.test(value))).toEqual([]);
    }
    expect(
      Object.keys(schema.getTypeMap()).filter((name) => /FailureDetails|StackTrace|Evidence|Remediation|Digest|Fingerprint/.test(name)),
    ).toEqual([]);
    expect(fieldsOf('Query').filter((name) => /digest|sha256|fingerprint|email/i.test(name))).toEqual([]);
  });
});

describe('filters, conditions and orders', () => {
  const TABLES = {
    Assessment: 'assessments',
    AssessmentResult: 'assessment_results',
    AuditLog: 'audit_logs',
    Comment: 'comments',
    ComplianceFramework: 'compliance_frameworks',
    Defect: 'defects',
    DefectDailyStat: 'defect_daily_stats',
    DefectOccurrence: 'defect_occurrences',
    Deployment: 'deployments',
    DriftLog: 'drift_logs',
    Design: 'designs',
    DesignShare: 'design_shares',
    DesignVersion: 'design_versions',
    IngestReceipt: 'ingest_receipts',
    MaintenanceRequest: 'maintenance_requests',
    MaintenanceStatusChange: 'maintenance_status_history',
    MaintenanceWorkLog: 'maintenance_work_logs',
    Notification: 'notifications',
    Organization: 'organizations',
    Person: 'people',
    Pipeline: 'pipelines',
    PipelineExecution: 'pipeline_executions',
    PipelineStage: 'pipeline_stages',
    Project: 'projects',
    ProjectGroup: 'project_groups',
    Resource: 'resources',
    Template: 'templates',
    State: 'states',
    StateVersion: 'state_versions',
    Test: 'tests',
    TestRun: 'test_runs',
    ThreatIndicator: 'threat_indicators',
    User: 'users',
    Webhook: 'webhooks',
    WebhookAttempt: 'webhook_attempts',
    WebhookDelivery: 'webhook_deliveries',
  };

  test.each(Object.entries(TABLES))('of %s are of indexed columns only', async (type, table) => {
    const { rows } = await database.operator.query<{ name: string }>(
      `select distinct a.attname as name from pg_index as i join pg_attribute as a on a.attrelid = i.indrelid and a.attnum = any (i.indkey[0:i.indnkeyatts - 1])
       where i.indrelid = $1::regclass and i.indpred is null`,
      [`app.${table}`],
    );
    const indexed = new Set(rows.map(({ name }) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())));
    const { rows: columns } = await database.operator.query<{ name: string }>(
      'select attname as name from pg_attribute where attrelid = $1::regclass and attnum > 0',
      [`app.${table}`],
    );
    const unindexed = columns
      .map(({ name }) => name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()))
      .filter((name) => !indexed.has(name));
    expect(unindexed).not.toEqual([]);
    for (const input of [`${type}Filter`, `${type}Condition`]) {
      expect(fieldsOf(input).filter((name) => unindexed.includes(name))).toEqual([]);
    }
    const orders = valuesOf(`${type}OrderBy`).map((value) =>
      value
        .replace(/_(ASC|DESC)$/, '')
        .toLowerCase()
        .replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase()),
    );
    expect(orders.filter((name) => unindexed.includes(name))).toEqual([]);
  });

  test('of masked findings are those that the view is told to have', () => {
    expect(fieldsOf('MaskedAssessmentResultCondition')).toEqual([
      'assessmentId',
      'createdAt',
      'findingType',
      'id',
      'regionCode',
      'severity',
    ]);
  });

  test('of views are those that an index of their tables serves', () => {
    expect(fieldsOf('EngineerCondition')).toEqual(['id', 'name']);
    expect(fieldsOf('ProjectSummaryCondition')).toEqual(['groupId', 'id', 'name', 'slug', 'status']);
    const orders = (type: string) => new Set(valuesOf(`${type}OrderBy`).map((value) => value.replace(/_(ASC|DESC)$/, '')));
    expect(orders('Engineer')).toEqual(new Set(['NATURAL', 'ID', 'NAME', 'PRIMARY_KEY']));
    expect(orders('ProjectSummary')).toEqual(new Set(['NATURAL', 'ID', 'NAME', 'SLUG', 'GROUP_ID', 'PRIMARY_KEY']));
  });

  test('of masked defects are those that the view is told to have', () => {
    expect(fieldsOf('MaskedDefectCondition')).toEqual([
      'assigneeId',
      'errorType',
      'firstSeenAt',
      'id',
      'lastSeenAt',
      'projectId',
      'severity',
      'status',
      'testId',
    ]);
  });
});

describe('aggregates', () => {
  test('are counts of defects and findings by indexed columns, and no others', () => {
    const named = Object.keys(schema.getTypeMap()).filter((name) => /Aggregate|GroupBy|Having/.test(name));
    expect(named.sort()).toEqual(
      [
        ...['AssessmentResult', 'MaskedAssessmentResult'].flatMap((type) => [
          `${type}Aggregates`,
          `${type}DistinctCountAggregates`,
          `${type}GroupBy`,
        ]),
        'DefectAggregates',
        'DefectDistinctCountAggregates',
        'DefectGroupBy',
        'MaskedDefectAggregates',
        'MaskedDefectDistinctCountAggregates',
        'MaskedDefectGroupBy',
      ].sort(),
    );
    for (const type of ['AssessmentResult', 'MaskedAssessmentResult']) {
      expect(fieldsOf(`${type}Aggregates`)).toEqual(['distinctCount', 'keys']);
      expect(valuesOf(`${type}GroupBy`).sort()).toEqual(['ASSESSMENT_ID', 'FINDING_TYPE', 'SEVERITY']);
    }
    for (const type of ['Defect', 'MaskedDefect']) {
      expect(fieldsOf(`${type}Aggregates`)).toEqual(['distinctCount', 'keys']);
      expect(fieldsOf(`${type}DistinctCountAggregates`)).toEqual(['id']);
      expect(valuesOf(`${type}GroupBy`).sort()).toEqual(['PROJECT_ID', 'SEVERITY', 'STATUS']);
    }
  });
});

describe('descriptions', () => {
  test('every type has one', () => {
    const types = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
    expect(types.filter(({ description }) => !description).map(({ name }) => name)).toEqual([]);
  });

  test('every value of an enum has one', () => {
    const values = Object.values(schema.getTypeMap())
      .filter((type) => isEnumType(type) && !type.name.startsWith('__'))
      .flatMap((type) =>
        (isEnumType(type) ? type.getValues() : []).map(({ name, description }) => ({ path: `${type.name}.${name}`, description })),
      );
    expect(values.length).toBeGreaterThan(300);
    expect(values.filter(({ description }) => !description).map(({ path }) => path)).toEqual([]);
  });

  test('none tells of what is not offered, or of the library', () => {
    const told = /`last`|exclusive input|make sure to see|our root query|\bSQL\b|foreign key|\bRLS\b|tenant|\bcolumns?\b/i;
    expect(
      members()
        .filter(({ description }) => told.test(description))
        .map(({ path, description }) => `${path}: ${description}`),
    ).toEqual([]);
  });

  test('every field and every argument has one', () => {
    expect(
      members()
        .filter(({ described }) => !described)
        .map(({ path }) => path),
    ).toEqual([]);
  });
});

test('every list is paged: `first` has a default and cannot be null, and there is no `last`', () => {
  const lists = Object.values(schema.getTypeMap())
    .filter(isObjectType)
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ path: `${type.name}.${field.name}`, field })))
    .filter(({ field }) => getNamedType(field.type).name.endsWith('Connection'));
  expect(lists.length).toBeGreaterThan(20);
  for (const { path, field } of lists) {
    const first = field.args.find(({ name }) => name === 'first');
    expect([path, `${first?.type}`, first?.defaultValue]).toEqual([path, 'Int!', 100]);
    expect(field.args.map(({ name }) => name)).not.toContain('last');
  }
});
