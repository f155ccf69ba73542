import { randomUUID } from 'node:crypto';
import { describe, expect, inject, test } from 'vitest';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useIssuer } from '../support/issuers.ts';
import { registrar } from '../support/outside-identities.ts';
import { useServer } from '../support/server.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { ALLOW_LOOPBACK_ISSUERS: 'true' });
const service = useIssuer();
const { trust, ask } = registrar(database, server);

const HEADER = 'x-defectxray-organization';
const report = (project: string) =>
  `mutation { reportTestRun(input: { project: "${project}", runKey: "${randomUUID()}", results: [{ name: "a", outcome: PASSED }] }) { receipt { passed } } }`;
const change = (query: string) => server.query(persona(acme, 'admin'), `mutation { ${query} }`);

/** What the tokens of CI services say beside the registered claims. */
const SERVICES: readonly [string, string, Record<string, unknown>][] = [
  [
    'GitHub Actions',
    'repo:acme/*:ref:refs/heads/main',
    {
      sub: 'repo:acme/web:ref:refs/heads/main',
      repository: 'acme/web',
      repository_owner: 'acme',
      ref: 'refs/heads/main',
      workflow: 'CI',
      event_name: 'push',
      runner_environment: 'github-hosted',
    },
  ],
  [
    'GitLab',
    'project_path:acme/web:ref_type:branch:ref:*',
    {
      sub: 'project_path:acme/web:ref_type:branch:ref:feature/one',
      namespace_path: 'acme',
      project_path: 'acme/web',
      user_email: 'ada@acme.example',
      groups_direct: ['acme'],
    },
  ],
  ['Azure DevOps', 'sc://acme/web/connection', { sub: 'sc://acme/web/connection' }],
];

describe.each([
  ['shared', acme],
  ['schema', globex],
] as const)('a job of an organization of the %s tier', (_tier, organization) => {
  test.each(SERVICES)('of %s reports into its project, and into no other', async (_service, pattern, claims) => {
    const { id, audience } = await trust(organization, service.url, pattern);
    const token = await service.token(audience, claims);
    expect((await ask(token, report('shop'))).data).toEqual({ reportTestRun: { receipt: { passed: 1 } } });
    expectError(await ask(token, report('billing')), 'NOT_FOUND');
    expect((await ask(token, '{ projects { nodes { id } } me { role person { id } } }')).data).toEqual({
      projects: { nodes: [{ id: organization.project }] },
      me: { role: 'CI', person: null },
    });
    const { rows } = await database.operator.query<{ actor: string }>(
      `select distinct actor from ${organization.home}.audit_logs where target_type = 'test_runs' and actor like $1`,
      [`ci:${id}:%`],
    );
    expect(rows).toEqual([{ actor: `ci:${id}:${claims.sub}` }]);
  });

  test('is narrowed to the scopes of the trust', async () => {
    const { audience } = await trust(organization, service.url, 'repo:acme/web:*', { scopes: ['projects:read'] });
    const token = await service.token(audience, { sub: 'repo:acme/web:pull_request' });
    expectError(await ask(token, report('shop')), 'FORBIDDEN');
    expect((await ask(token, '{ projects { totalCount } me { permissions } }')).data).toEqual({
      projects: { totalCount: 1 },
      me: { permissions: ['projects:read'] },
    });
  });

  test('is refused from the next request on when its project is gone', async () => {
    const { rows } = await database.operator.query<{ id: string }>(
      `insert into ${organization.home}.projects (organization_id, name, slug) values ($1, 'Gone', $2) returning id`,
      [organization.id, `gone-${randomUUID()}`],
    );
    const { audience } = await trust(organization, service.url, 'repo:acme/web:*', { projectId: rows[0]?.id });
    const token = await service.token(audience, { sub: 'repo:acme/web:pull_request' });
    expect((await ask(token, '{ projects { totalCount } }')).errors).toEqual([]);
    await database.operator.query(`delete from ${organization.home}.projects where id = $1`, [rows[0]?.id]);
    expectError(await ask(token, '{ projects { totalCount } }'), 'UNAUTHENTICATED');
  });
});

describe('a job', () => {
  test.each([
    'repo:acme/web:ref:refs/heads/other',
    'repo:acme/web:pull_request',
    'repo:acme-x/web:ref:refs/heads/main',
    'repo:Acme/web:ref:refs/heads/main',
    'xrepo:acme/web:ref:refs/heads/main',
    'repo:acme/web:environment:x:ref:refs/heads/main',
    'repo:acme/',
    'r',
  ])('of %s is not one of repo:acme/*:ref:refs/heads/main', async (sub) => {
    const { audience } = await trust(acme, service.url, 'repo:acme/*:ref:refs/heads/main');
    expectError(await ask(await service.token(audience, { sub }), '{ __typename }'), 'UNAUTHENTICATED');
  });

  test.each([
    ['is switched off', (id: string) => `updateCiTrust(input: { id: "${id}", patch: { isEnabled: false } }) { ciTrust { id } }`],
    [
      'is of other jobs',
      (id: string) => `updateCiTrust(input: { id: "${id}", patch: { subjectPattern: "repo:acme/api:*" } }) { ciTrust { id } }`,
    ],
    ['is deleted', (id: string) => `deleteCiTrust(input: { id: "${id}" }) { ciTrust { id } }`],
  ])('is refused from the next request on when its trust %s', async (_what, end) => {
    const { id, audience } = await trust(acme, service.url, 'repo:acme/web:*');
    const token = await service.token(audience, { sub: 'repo:acme/web:pull_request' });
    expect((await ask(token, '{ projects { totalCount } }')).errors).toEqual([]);
    expect((await change(end(id))).errors).toEqual([]);
    for (const query of ['{ projects { totalCount } }', '{ __typename }']) expectError(await ask(token, query), 'UNAUTHENTICATED');
  });

  test('whose trust ends between recognition and transaction is refused by the database', async () => {
    const { id } = await trust(acme, service.url, 'repo:acme/web:*');
    const job = { ...persona(acme, 'ci'), credential: { kind: 'trust', id } as const };
    await database.as(job, async () => undefined);
    for (const other of [
      { ...job, projectId: acme.otherProject },
      { ...job, projectId: null },
      { ...job, role: 'developer' as const },
      { ...job, role: 'developer' as const, userId: acme.users.developer },
      { ...job, organizationId: globex.id, projectId: globex.project },
    ]) {
      await expect(database.as(other, async () => undefined)).rejects.toMatchObject({ code: 'DX401' });
    }
    await database.operator.query('update app.ci_trusts set is_enabled = false where id = $1', [id]);
    await expect(database.as(job, async () => undefined)).rejects.toMatchObject({ code: 'DX401' });
  });

  test('that two organizations trust has to say which is meant', async () => {
    const { audience } = await trust(acme, service.url, 'repo:acme/web:*');
    await trust(globex, service.url, 'repo:acme/*:pull_request', { audience });
    const token = await service.token(audience, { sub: 'repo:acme/web:pull_request' });
    expect(expectError(await ask(token, '{ __typename }'), 'UNAUTHENTICATED').message).toContain('X-DefectXray-Organization');
    for (const { slug, id, project } of [acme, globex]) {
      for (const organization of [slug, id, id.toUpperCase()]) {
        const seen = await ask(token, '{ projects { nodes { id } } }', { [HEADER]: organization });
        expect(seen.data).toEqual({ projects: { nodes: [{ id: project }] } });
      }
    }
  });

  test('that says which organization is meant reports into no other', async () => {
    const { id, audience } = await trust(acme, service.url, 'repo:acme/web:*');
    await trust(globex, service.url, 'repo:acme/web:*', { audience });
    const token = await service.token(audience, { sub: 'repo:acme/web:pull_request' });
    expect((await ask(token, report('shop'), { [HEADER]: 'acme' })).errors).toEqual([]);
    expect((await change(`updateCiTrust(input: { id: "${id}", patch: { isEnabled: false } }) { ciTrust { id } }`)).errors).toEqual([]);
    expectError(await ask(token, report('shop'), { [HEADER]: 'acme' }), 'UNAUTHENTICATED');
    expectError(await ask(token, report('shop'), { [HEADER]: acme.id.toUpperCase() }), 'UNAUTHENTICATED');
  });

  test('that two trusts of an organization fit is refused, and told why', async () => {
    const { audience } = await trust(acme, service.url, 'repo:acme/web:*');
    await trust(acme, service.url, 'repo:acme/*:pull_request', { audience, projectId: acme.otherProject });
    const token = await service.token(audience, { sub: 'repo:acme/web:pull_request' });
    for (const headers of [{}, { [HEADER]: 'acme' }]) {
      expect(expectError(await ask(token, '{ __typename }', headers), 'UNAUTHENTICATED').message).toMatch(/patterns that differ/);
    }
    const other = await service.token(audience, { sub: 'repo:acme/web:environment' });
    expect((await ask(other, '{ projects { nodes { id } } }')).data).toEqual({ projects: { nodes: [{ id: acme.project }] } });
  });
});

describe('a trust is written only', () => {
  const CREATE = 'mutation ($trust: CiTrustInput!) { createCiTrust(input: { ciTrust: $trust }) { ciTrust { id } } }';
  const GOOD = { name: 'x', projectId: acme.project, issuer: 'https://ci.example', audience: 'x', subjectPattern: 'repo:acme/web:*' };

  test.each<[string, Record<string, unknown>, RegExp]>([
    ['with a project of its organization', { projectId: globex.project }, /projectId names nothing/],
    ['with scopes of the role ci', { scopes: ['defects:write'] }, /not a permission of the role ci/],
    ['with a pattern that names an owner', { subjectPattern: 'repo:*' }, /names an owner whole/],
    ['with a pattern', { subjectPattern: '' }, /names an owner whole/],
    ['with an issuer that is https', { issuer: 'http://ci.example' }, /begins with https/],
    ['with an issuer without a query', { issuer: 'https://ci.example/?x' }, /without user name, query/],
    ['with keys at an address', { jwksUri: 'ftp://ci.example' }, /address of the keys/],
    ['with an audience', { audience: '' }, /audience has 1 to 500/],
  ])('%s', async (_what, input, message) => {
    const answer = await server.query(persona(acme, 'admin'), CREATE, { trust: { ...GOOD, ...input } });
    expect(expectError(answer, 'BAD_USER_INPUT').message).toMatch(message);
  });
});
