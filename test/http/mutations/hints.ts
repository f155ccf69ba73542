import type { BaseRole } from '../../../src/database/identity.ts';
import type { FixtureOrganization } from '../../support/fixture.ts';
import type { Walker } from './walker.ts';

/** A valid value that the type does not tell, of an organization; `n` is another number each time. */
type Hint = (organization: FixtureOrganization, n: number, walker: Walker) => unknown;

/** By `InputType.field`, or by `field` of any input. */
export const VALUES: Readonly<Record<string, Hint>> = {
  audience: () => 'defectxray',
  commitSha: () => 'abcdef1234567',
  config: () => '{"a": 1}',
  dockerImage: () => 'registry.example/shop/web:1.0',
  domain: () => 'acme.example',
  email: (_, n) => `someone${n}@example.com`,
  evidenceData: () => '{"a": 1}',
  expiresAt: () => new Date(Date.now() + 86_400_000).toISOString(),
  financialExposure: () => '12.50',
  indicatorType: () => 'url',
  issuer: (_, n) => `https://issuer${n}.example`,
  newPassword: () => 'a long password of ours',
  organization: ({ slug }) => slug,
  password: () => 'a long password of ours',
  project: () => 'shop',
  regionCode: () => 'EU_CENTRAL',
  slug: (_, n) => `thing-${n}`,
  subjectPattern: (_, n) => `repo:acme/web${n}:*`,
  type: () => 'url',
  'ChangeMemberRoleInput.userId': ({ users }) => users.analyst,
  'CreateApiKeyInput.role': () => 'CI',
  'CreateApiKeyInput.scopes': () => [],
  'CiTrustInput.scopes': () => [],
  'CiTrustPatch.scopes': () => [],
  'DeleteCommentInput.id': (_organization, _n, walker) => walker.make('createComment'),
  'DeleteDesignInput.id': (_organization, _n, walker) => walker.make('createDesign'),
  'DeleteMaskingPolicyInput.id': (_organization, _n, walker) => walker.anyId('MaskingPolicy'),
  // Shared once with each.
  'DesignShareInput.designId': (_organization, _n, walker) => walker.make('createDesign'),
  'DesignShareInput.sharedWithId': ({ users }) => users.member,
  'DriftLogPatch.resolvedAt': () => new Date(Date.now() + 1_000).toISOString(),
  'FinishDeploymentInput.id': async (_, n, walker) => {
    const answer = await walker.run('startDeployment', { project: 'shop', version: `9.${n}`, environment: 'STAGING' });
    return answer.data.answer.deployment.id;
  },
  'FinishDeploymentInput.status': () => 'SUCCESS',
  'MaskingPolicyInput.role': () => 'AUDITOR',
  'MergeDefectsInput.id': ({ defect }) => defect,
  'PipelineInput.definition': () => ({ stages: [{ name: 'plan' }] }),
  'PipelinePatch.definition': () => ({ stages: [{ name: 'apply' }] }),
  'PipelineStageInput.executionId': async (_organization, _n, walker) => {
    const answer = await walker.run('startPipelineExecution', { pipelineId: await walker.make('createPipeline') });
    return answer.data.answer.pipelineExecution.id;
  },
  'PipelineStageInput.position': (_, n) => 10 + (n % 80),
  'ProjectInput.fingerprintRules': () => [],
  'ProjectPatch.fingerprintRules': () => [],
  'RemoveMemberInput.userId': ({ users }) => users.auditor,
  'RestoreCommentInput.id': (_organization, _n, walker) => deleted(walker, 'Comment'),
  'RestoreDesignInput.id': (_organization, _n, walker) => deleted(walker, 'Design'),
  'RevokeSessionInput.id': (_organization, _n, walker) => walker.session('auditor'),
  'RoleInput.name': (_, n) => `Role ${n}`,
  'SetRolePermissionsInput.roleId': ({ role }) => role,
  'SetRolePermissionsInput.permissions': () => ['defects:read'],
  'SeverityRuleInput.pattern': () => ({ suite: 'x' }),
  'SeverityRulePatch.pattern': () => ({ suite: 'y' }),
  'StateInput.workspace': (_, n) => `workspace-${n}`,
  'UpdateMaskingPolicyInput.id': (_organization, _n, walker) => walker.anyId('MaskingPolicy'),
  'UpdateOrganizationInput.id': ({ id }) => id,
  'UpdateUserInput.id': ({ users }) => users.admin,
};

/** A row that is deleted softly, and may come back. */
async function deleted(walker: Walker, kind: string): Promise<string> {
  const id = await walker.make(`create${kind}`);
  await walker.run(`delete${kind}`, { id });
  return id;
}

/** What an id is of, by `InputType.field`, where neither the field nor the payload tells. */
export const KINDS: Readonly<Record<string, string>> = {
  'DeleteCommentInput.id': 'Comment',
  'DeleteDesignInput.id': 'Design',
  'MarkNotificationsReadInput.ids': 'Notification',
};

/** Fields that a baseline needs although none must be given. */
export const NEEDED: Readonly<Record<string, readonly string[]>> = {
  ChangeMemberRoleInput: ['userId', 'roleId'],
  FinishDeploymentInput: ['id'],
  RemoveMemberInput: ['userId'],
  RevokeApiKeyInput: ['id'],
  RevokeSessionInput: ['id'],
  SetRolePermissionsInput: ['roleId', 'permissions'],
  StateInput: ['workspace'],
};

/** What a patch changes in a baseline, where not its first text. */
export const PATCHED: Readonly<Record<string, string>> = {};

/** Who carries it out, where not the administrator. */
export const ROLES: Readonly<Record<string, BaseRole | 'anonymous'>> = {
  acceptInvitation: 'anonymous',
  refreshSession: 'anonymous',
  resetPassword: 'anonymous',
  signIn: 'anonymous',
  signOut: 'engineer',
  signOutEverywhere: 'member',
};

/** What a valid input is answered with, where it is not done: by a code, and why. */
export const REFUSED: Readonly<Record<string, string>> = {
  // Passwords and tokens that nobody has: test/http/fuzz.test.ts and test/auth try the right ones.
  acceptInvitation: 'UNAUTHENTICATED',
  changePassword: 'UNAUTHENTICATED',
  refreshSession: 'UNAUTHENTICATED',
  resetPassword: 'UNAUTHENTICATED',
  signIn: 'UNAUTHENTICATED',
  // A defect that occurred in one test: test/defects/grouping.test.ts makes more.
  splitDefect: 'BAD_USER_INPUT',
};

/** Those that hash a password, a quarter of a second each, and touch accounts, which are of no tier. */
export const PASSWORDS: ReadonlySet<string> = new Set(['acceptInvitation', 'changePassword', 'resetPassword', 'signIn']);

/** Those that leave out what the caller has not, without a word: there is nothing to be done again. */
export const LENIENT: ReadonlySet<string> = new Set(['markNotificationsRead']);
