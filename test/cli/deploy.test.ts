import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, inject, test } from 'vitest';
import { AGENT } from '../../src/cli/build-agent.ts';
import { scriptedServer } from '../agent/scripted-server.ts';
import { persona } from '../support/database.ts';
import { type Finished, run } from './command-line.ts';
import { useServedClone } from './served-clone.ts';

const { acme, globex } = inject('fixture');
const clone = useServedClone();
const COMMIT = 'c0ffee0c0ffee0c0ffee0c0ffee0c0ffee0c0ffee';

async function deploy(organization: typeof acme, ...args: string[]): Promise<Finished> {
  const environment = { DEFECTXRAY_URL: clone.url, DEFECTXRAY_TOKEN: await clone.token(persona(organization, 'ci')) };
  return run(['deploy', ...args], environment);
}

async function json(organization: typeof acme, ...args: string[]) {
  const { code, stdout, stderr } = await deploy(organization, ...args, '--json');
  expect(stderr).toBe('');
  return { code, ...JSON.parse(stdout) };
}

const WEB = ['--project', 'shop', '--environment', 'production'];

describe.each([acme, globex])('deploy for $slug', (organization) => {
  test('start and finish, however often they are said', async () => {
    const first = await json(organization, 'start', '1.0.1', ...WEB, '--commit', COMMIT, '--notes', 'a');
    expect(first).toMatchObject({
      code: 0,
      isNew: true,
      problems: [],
      deployment: { version: '1.0.1', status: 'IN_PROGRESS', commitSha: COMMIT },
    });
    const again = await json(organization, 'start', '1.0.1', ...WEB);
    expect(again).toEqual({ ...first, isNew: false });
    const finish = ['finish', '1.0.1', ...WEB, '--status', 'success', '--notes', 'b'];
    const finished = await json(organization, ...finish);
    expect(finished).toMatchObject({ code: 0, problems: [], deployment: { id: first.deployment.id, status: 'SUCCESS' } });
    expect(await json(organization, ...finish)).toEqual(finished);
    const back = await json(organization, 'finish', '--id', first.deployment.id, '--status', 'rolled-back');
    expect(back).toMatchObject({ code: 0, deployment: { id: first.deployment.id, status: 'ROLLED_BACK' } });
    const stored = await clone.ask(
      persona(organization, 'engineer'),
      '{ deployments(filter: { projectId: { equalTo: "'.concat(
        organization.project,
        '" }, environment: { equalTo: PRODUCTION } }) { nodes { version status notes commitSha } } }',
      ),
    );
    expect(stored.deployments.nodes.filter(({ version }: { version: string }) => version === '1.0.1')).toEqual([
      { version: '1.0.1', status: 'ROLLED_BACK', notes: 'a\nb', commitSha: COMMIT },
    ]);
  });

  test('what is said to people', async () => {
    const { code, stdout, stderr } = await deploy(organization, 'start', '2.0', ...WEB);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^shop 2\.0 to production: in progress \([0-9a-f-]{36}\)\n$/);
    expect((await deploy(organization, 'start', '2.0', ...WEB)).stdout).toMatch(/, as it was before\n$/);
    expect((await deploy(organization, 'finish', '2.0', ...WEB, '--status', 'failed')).stdout).toMatch(
      /^shop 2\.0 to production: failed after \d+ s/,
    );
  });

  test('a project of others is not there', async () => {
    const { code, problems, deployment } = await json(organization, 'start', '1', '--project', 'billing', '--environment', 'staging');
    expect([code, deployment, problems]).toEqual([0, null, ['The deployment was not recorded: NOT_FOUND: There is no project "billing".']]);
  });
});

describe('what goes wrong', () => {
  test('is said, and ends with 0, or with 2 where it is strict', async () => {
    const finish = ['finish', 'never', ...WEB, '--status', 'success'];
    expect(await deploy(acme, ...finish)).toEqual({
      code: 0,
      stdout: 'Nothing was recorded.\n',
      stderr: 'The deployment was not recorded: NOT_FOUND: There is no such deployment that you may change.\n',
    });
    expect((await deploy(acme, ...finish, '--strict')).code).toBe(2);
    await deploy(acme, 'start', '3.0', ...WEB);
    const early = await deploy(acme, 'finish', '3.0', ...WEB, '--status', 'rolled-back', '--strict');
    expect(early.stderr).toContain('A deployment that is in_progress becomes success or failed, not rolled_back.');
    expect(early.code).toBe(2);
  });

  test('a server that comes back is asked again', async () => {
    const deployment = {
      id: 'x',
      version: '1',
      environment: 'STAGING',
      status: 'IN_PROGRESS',
      durationSeconds: null,
      project: { slug: 'web' },
    };
    const server = await scriptedServer({ status: 503 }, null, { body: { data: { answer: { isNew: true, deployment } } } });
    const given = ['deploy', 'start', '1', '--project', 'web', '--environment', 'staging', '--commit', COMMIT, '--organization', 'acme'];
    const { code, stdout, stderr } = await run(given, { DEFECTXRAY_URL: server.url.href, DEFECTXRAY_TOKEN: 'dxk_secret' });
    await server.close();
    expect([code, stdout]).toEqual([0, 'web 1 to staging: in progress (x)\n']);
    expect(stderr.match(/Trying again/g)).toHaveLength(2);
    expect(stderr + stdout).not.toContain('dxk_secret');
    expect(server.asked).toHaveLength(3);
    expect(server.asked[2]?.headers).toMatchObject({ authorization: 'Bearer dxk_secret', 'x-defectxray-organization': 'acme' });
    expect(server.asked[2]?.body.variables.input).toEqual({
      project: 'web',
      version: '1',
      environment: 'STAGING',
      commitSha: COMMIT,
      notes: null,
    });
  });

  test('one that does not is given up in time', async () => {
    const environment = { DEFECTXRAY_URL: 'http://127.0.0.1:9', DEFECTXRAY_TOKEN: 'x' };
    const began = performance.now();
    const { code, stderr } = await run(['deploy', 'start', '1', ...WEB, '--timeout', '1s', '--strict'], environment);
    expect(code).toBe(2);
    expect(stderr).toContain('http://127.0.0.1:9 cannot be reached');
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('without a credential it says what to set', async () => {
    const { code, stderr } = await run(['deploy', 'start', '1', ...WEB]);
    expect([code, stderr]).toEqual([
      0,
      'The deployment was not recorded: There is no credential: set DEFECTXRAY_TOKEN, or give --token.\n',
    ]);
  });

  test.each([
    ['start without a version', ['start', ...WEB], "missing required argument 'version'"],
    ['start without a project', ['start', '1', '--environment', 'staging'], "'--project <slug>'"],
    ['start without an environment', ['start', '1', '--project', 'shop'], "'--environment <name>'"],
    ['an environment that there is not', ['start', '1', '--project', 'shop', '--environment', 'moon'], 'production, staging, development'],
    ['finish without a status', ['finish', '1', ...WEB], "'--status <outcome>'"],
    ['finish of what is not named', ['finish', '1', '--project', 'shop', '--status', 'success'], 'Say which deployment'],
    ['finish of what is named twice', ['finish', '1', ...WEB, '--id', 'x', '--status', 'success'], 'Say which deployment'],
  ])('%s ends with 1', async (_name, args, sentence) => {
    const { code, stderr } = await run(['deploy', ...args, '--json'], { DEFECTXRAY_URL: clone.url });
    expect(code).toBe(1);
    expect(JSON.parse(stderr).error).toContain(sentence);
  });
});

test('the agent that is one file does it too', async () => {
  const agent = join(fileURLToPath(new URL('../../', import.meta.url)), AGENT);
  const env = { PATH: process.env.PATH, DEFECTXRAY_URL: clone.url, DEFECTXRAY_TOKEN: await clone.token(persona(acme, 'ci')) };
  const call = async (...args: string[]) =>
    JSON.parse((await promisify(execFile)(process.execPath, [agent, ...args, '--json'], { env })).stdout);
  const started = await call('deploy', 'start', '4.0', ...WEB);
  expect(started).toMatchObject({ isNew: true, deployment: { status: 'IN_PROGRESS' } });
  expect(await call('deploy', 'finish', '4.0', ...WEB, '--status', 'success')).toMatchObject({
    deployment: { id: started.deployment.id, status: 'SUCCESS' },
  });
});
