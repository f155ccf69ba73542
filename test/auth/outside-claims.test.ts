import { describe, expect, test } from 'vitest';
import { outsideIdentity } from '../../src/auth/outside-claims.ts';

const TENANT = '833ced3d-cb2e-41de-92f1-29e2af035ddc';
const GROUPS = ['0760b6cf-170e-4a14-91b3-4b78e0739963', '3b2b0c93-acd8-4208-8eba-7a48db1cd4c0'];
const TIMES = { iat: 1_800_000_000, nbf: 1_800_000_000, exp: 1_800_003_600 };

/** A v2.0 ID token of Entra ID: https://learn.microsoft.com/entra/identity-platform/id-token-claims-reference */
const ENTRA_V2 = {
  ...TIMES,
  aud: 'e18c04b1-4868-4b93-93d1-8d71f17ab99b',
  iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  groups: GROUPS,
  roles: ['DefectXray.Auditor'],
  name: 'Ada Byron',
  oid: 'cb7eda1b-d09a-40ae-b8bb-37836ebc6abd',
  preferred_username: 'ada@acme.example',
  sub: '3OBtLXUC2ZrN_ADLNjW9X4o0lcd61py7lgHw3Skh77s',
  tid: TENANT,
  ver: '2.0',
};

/** A v1.0 access token of Entra ID: https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference */
const ENTRA_V1 = {
  ...TIMES,
  aud: 'api://defectxray',
  iss: `https://sts.windows.net/${TENANT}/`,
  appid: 'e18c04b1-4868-4b93-93d1-8d71f17ab99b',
  groups: GROUPS,
  name: 'Ada Byron',
  oid: 'cb7eda1b-d09a-40ae-b8bb-37836ebc6abd',
  sub: '3OBtLXUC2ZrN_ADLNjW9X4o0lcd61py7lgHw3Skh77s',
  tid: TENANT,
  unique_name: 'ada@acme.example',
  upn: 'ada@acme.example',
  ver: '1.0',
};

/** An ID token of Okta's org authorization server: https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/ */
const OKTA_ORG = {
  ...TIMES,
  ver: 1,
  iss: 'https://acme.okta.com',
  aud: '0oaclient',
  sub: '00uid4BxXw6I6TV4m0g3',
  name: 'Ada Byron',
  email: 'ada@acme.example',
  email_verified: true,
  preferred_username: 'ada@acme.example',
  groups: ['Everyone', 'QA'],
};

/** An access token of a custom authorization server of Okta, whose subject is the login name. */
const OKTA_CUSTOM = {
  ...TIMES,
  ver: 1,
  iss: 'https://acme.okta.com/oauth2/default',
  aud: 'api://default',
  cid: '0oaclient',
  uid: '00uid4BxXw6I6TV4m0g3',
  scp: ['openid', 'profile'],
  sub: 'ada@acme.example',
  groups: ['QA'],
};

/** https://docs.github.com/actions/reference/security/oidc */
const GITHUB = {
  ...TIMES,
  iss: 'https://token.actions.githubusercontent.com',
  aud: 'https://defectxray.example',
  sub: 'repo:acme/web:ref:refs/heads/main',
  repository: 'acme/web',
  repository_owner: 'acme',
  ref: 'refs/heads/main',
  event_name: 'push',
};

/** https://docs.gitlab.com/ci/secrets/id_token_authentication/ */
const GITLAB = {
  ...TIMES,
  iss: 'https://gitlab.com',
  aud: 'https://defectxray.example',
  sub: 'project_path:group/project:ref_type:branch:ref:main',
  user_email: 'ada@acme.example',
  groups_direct: ['group'],
};

/** https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create */
const AZURE_DEVOPS = {
  ...TIMES,
  iss: 'https://vstoken.dev.azure.com/5d3dc9d4-c6a2-4e0a-9b5e-7f8f1f0d1f6a',
  aud: 'api://AzureADTokenExchange',
  sub: 'sc://acme/web/service-connection',
};

type Claims = Parameters<typeof outsideIdentity>[0];
const identity = (claims: Record<string, unknown>, groupClaim = 'groups') => outsideIdentity(claims as unknown as Claims, groupClaim);
const entra = (changes: Record<string, unknown>) => identity({ ...ENTRA_V2, ...changes });

test('Entra ID, v2.0: everything', () => {
  expect(entra({})).toEqual({
    issuer: `https://login.microsoftonline.com/${TENANT}/v2.0`,
    subject: '3OBtLXUC2ZrN_ADLNjW9X4o0lcd61py7lgHw3Skh77s',
    audiences: ['e18c04b1-4868-4b93-93d1-8d71f17ab99b'],
    email: 'ada@acme.example',
    emailIsVerified: false,
    name: 'Ada Byron',
    groups: [...GROUPS, 'DefectXray.Auditor'],
    groupsAreMissing: false,
    issuedAt: new Date(1_800_000_000_000),
    expiresAt: new Date(1_800_003_600_000),
    claims: ENTRA_V2,
  });
});

test.each([
  ['Entra ID, v1.0', ENTRA_V1, { email: 'ada@acme.example', emailIsVerified: false, groups: GROUPS }],
  ['Okta, org server', OKTA_ORG, { email: 'ada@acme.example', emailIsVerified: true, groups: ['Everyone', 'QA'] }],
  ['Okta, custom server', OKTA_CUSTOM, { subject: 'ada@acme.example', email: null, emailIsVerified: null, groups: ['QA'] }],
  ['GitHub Actions', GITHUB, { subject: 'repo:acme/web:ref:refs/heads/main', email: null, name: null, groups: [] }],
  ['GitLab', GITLAB, { email: null, groups: [] }],
  ['Azure DevOps', AZURE_DEVOPS, { subject: 'sc://acme/web/service-connection', email: null, groups: [] }],
])('%s', (_name, claims, expected) => {
  expect(identity(claims)).toMatchObject({ issuer: claims.iss, subject: claims.sub, groupsAreMissing: false, ...expected });
});

test.each<[string, Record<string, unknown>, Record<string, unknown>]>([
  ['a name of several lines', { name: ' Ada\n\u0000 \u202eByron ' }, { name: 'Ada Byron' }],
  ['a name of nothing but them', { name: '\u0000\n' }, { name: null }],
  ['an endless name', { name: 'x'.repeat(10_000) }, { name: 'x'.repeat(200) }],
  ['an address', { email: 'ada\u0000@acme.example', email_verified: true }, { email: 'ada@acme.example', emailIsVerified: false }],
  ['a group', { groups: ['QA\u0000', 'Q\ud800', 'QA'], roles: [] }, { groups: ['QA'] }],
])('characters that are no text: %s', (_name, changes, expected) => {
  expect(entra(changes)).toMatchObject(expected);
});

describe('groups', () => {
  const { groups: _groups, ...WITHOUT } = ENTRA_V2;

  test('too many of them for a token of Entra ID', () => {
    const reference = { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'https://graph.microsoft.com/x' } } };
    expect(identity({ ...WITHOUT, ...reference })).toMatchObject({ groups: ['DefectXray.Auditor'], groupsAreMissing: true });
    expect(identity({ ...WITHOUT, hasgroups: true })).toMatchObject({ groups: ['DefectXray.Auditor'], groupsAreMissing: true });
    expect(identity({ ...WITHOUT, _claim_names: { memberships: 'src1' } }, 'memberships')).toMatchObject({ groupsAreMissing: true });
  });

  test.each([{}, { hasgroups: false }, { hasgroups: 'perhaps' }, { _claim_names: {} }, { _claim_names: 'groups' }, { _claim_names: null }])(
    'none, but none missing: %j',
    (changes) => {
      expect(identity({ ...WITHOUT, ...changes })).toMatchObject({ groups: ['DefectXray.Auditor'], groupsAreMissing: false });
    },
  );

  test.each<[string, string, Record<string, unknown>, string[]]>([
    ['one text', 'groups', { groups: 'QA' }, ['QA']],
    ['one text with blanks is one group', 'groups', { groups: 'QA Leads' }, ['QA Leads']],
    ['a name with dots and slashes', 'https://acme.example/groups', { 'https://acme.example/groups': ['QA'] }, ['QA']],
    ['a path', 'realm_access.roles', { realm_access: { roles: ['QA'] } }, ['QA']],
    ['the very name before a path', 'a.b', { 'a.b': ['QA'], a: { b: ['not'] } }, ['QA']],
    ['another claim', 'memberships', { memberships: ['QA'], groups: ['not'] }, ['QA']],
    ['each once, roles with them', 'groups', { groups: ['QA', 'QA'], roles: ['QA', 'Auditor'] }, ['QA', 'Auditor']],
    ['a single role', 'groups', { roles: 'Auditor' }, ['Auditor']],
    ['what is no text is none', 'groups', { groups: ['QA', 1, null, {}, ['x'], ''], roles: { admin: true } }, ['QA']],
    ['what is no list is none', 'groups', { groups: { 0: 'QA' } }, []],
    ['what every object has', 'constructor.name', {}, []],
    ['what every object has, too', '__proto__', {}, []],
    ['a path through a text', 'groups.length', { groups: 'QA' }, []],
  ])('%s', (_name, groupClaim, claims, groups) => {
    expect(identity({ ...GITHUB, ...claims }, groupClaim).groups).toEqual(groups);
  });

  test('what the token does not say itself is none', () => {
    const claims = Object.assign(Object.create({ groups: ['QA'], realm_access: { roles: ['QA'] } }), GITHUB);
    expect(identity(claims).groups).toEqual([]);
    expect(identity(claims, 'realm_access.roles').groups).toEqual([]);
  });

  test('too many of them in a claim that is not the configured one', () => {
    const claims = { ...WITHOUT, memberships: ['QA'], _claim_names: { groups: 'src1' } };
    expect(identity(claims, 'memberships')).toMatchObject({ groups: ['QA', 'DefectXray.Auditor'], groupsAreMissing: false });
  });
});

describe('the e-mail address', () => {
  test.each<[Record<string, unknown>, string | null, boolean | null]>([
    [{ email: 'a@acme.example', email_verified: true }, 'a@acme.example', true],
    [{ email: 'a@acme.example', email_verified: 'true' }, 'a@acme.example', true],
    [{ email: 'a@acme.example', email_verified: false }, 'a@acme.example', false],
    [{ email: 'a@acme.example' }, 'a@acme.example', null],
    [{ email: 'a@acme.example', email_verified: 'perhaps' }, 'a@acme.example', null],
    [{ email: 'a@acme.example', xms_edov: true }, 'a@acme.example', true],
    [{ email: 'a@acme.example', xms_edov: '1' }, 'a@acme.example', true],
    [{ email: 'a@acme.example', xms_edov: false, email_verified: true }, 'a@acme.example', false],
    [{ email: 'a@acme.example', xms_edov: true, email_verified: false }, 'a@acme.example', false],
    [{ preferred_username: 'a@acme.example', email_verified: true }, 'a@acme.example', false],
    [{ upn: 'a@acme.example' }, 'a@acme.example', false],
    [{ preferred_username: '+49 30 1234', upn: 'a@acme.example' }, 'a@acme.example', false],
    [{ preferred_username: 'ada' }, null, null],
    [{ email: 'ada' }, null, null],
    [{ email: 'a@b' }, null, null],
    [{ email: 'a@b@acme.example' }, null, null],
    [{ email: 'a b@acme.example' }, null, null],
    [{ email: `${'a'.repeat(250)}@acme.example` }, null, null],
    [{ email: ['a@acme.example'] }, null, null],
    [{ unique_name: 'a@acme.example' }, null, null],
    [{}, null, null],
  ])('%j', (claims, email, emailIsVerified) => {
    expect(identity({ ...GITHUB, ...claims })).toMatchObject({ email, emailIsVerified });
  });
});
