import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { run } from '../cli/command-line.ts';
import { useDatabase } from '../support/database.ts';
import { json, serveLocally, useIssuer } from '../support/issuers.ts';
import { registrar } from '../support/outside-identities.ts';
import { useServer } from '../support/server.ts';

const { acme, initech } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { ALLOW_LOOPBACK_ISSUERS: 'true' });
const service = useIssuer();
const { trust } = registrar(database, server);
const FILE = join(import.meta.dirname, '../fixtures/reports/rspec.xml');

/** A job of GitHub Actions, whose service gives out tokens of the issuer. */
async function job(audience: string): Promise<Record<string, string>> {
  const token = await service.token(audience, { sub: 'repo:acme/web:ref:refs/heads/main' });
  const service_ = await serveLocally(json(() => ({ value: token })));
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_RUN_ID: '4711',
    GITHUB_RUN_ATTEMPT: '2',
    GITHUB_JOB: 'unit',
    GITHUB_SHA: 'c'.repeat(40),
    GITHUB_REF: 'refs/heads/main',
    GITHUB_REF_TYPE: 'branch',
    GITHUB_REF_NAME: 'main',
    GITHUB_REPOSITORY: 'acme/web',
    GITHUB_SERVER_URL: 'https://github.com',
    ACTIONS_ID_TOKEN_REQUEST_URL: `${service_.url}/token?api-version=2.0`,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: 'request-token',
    DEFECTXRAY_URL: server.url,
    DEFECTXRAY_AUDIENCE: audience,
  };
}

test('a job without any secret reports by the token of its own service', async () => {
  const { audience } = await trust(acme, service.url, 'repo:acme/web:ref:*');
  const { code, stdout, stderr } = await run(['report', FILE, '--project', 'shop', '--json', '--fail-on', 'new'], await job(audience));
  expect([code, stderr]).toEqual([1, expect.stringContaining('--fail-on')]);
  expect(JSON.parse(stdout)).toMatchObject({
    verdict: 'NEW',
    problems: [],
    run: { runKey: 'github-4711-2', shard: 'unit', branch: 'main' },
  });
  const { rows } = await database.operator.query(
    "select ci_provider, commit_sha, run_url from app.test_runs where run_key = 'github-4711-2'",
  );
  expect(rows).toEqual([
    {
      ci_provider: expect.stringMatching(/github/i),
      commit_sha: 'c'.repeat(40),
      run_url: expect.stringContaining('/acme/web/actions/runs/4711'),
    },
  ]);
});

test('a job that two organizations trust says whose it is', async () => {
  const { audience } = await trust(acme, service.url, 'repo:acme/web:ref:*');
  await trust(initech, service.url, 'repo:acme/web:ref:*', { audience });
  const environment = await job(audience);
  const refused = await run(['report', FILE, '--project', 'shop', '--strict'], environment);
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain('X-DefectXray-Organization');
  const sent = await run(['report', FILE, '--project', 'shop', '--strict'], { ...environment, DEFECTXRAY_ORGANIZATION: 'initech' });
  expect([sent.code, sent.stderr]).toEqual([0, expect.not.stringContaining('refused')]);
  const { rows } = await database.operator.query(
    "select organization_id from app.test_runs where run_key = 'github-4711-2' order by created_at desc limit 1",
  );
  expect(rows).toEqual([{ organization_id: initech.id }]);
});
