import { describe, expect, inject, test } from 'vitest';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { asking, type Machine, steps, wayTo } from './asking.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

const MACHINE: Machine = {
  PENDING: ['IN_PROGRESS'],
  IN_PROGRESS: ['SUCCESS', 'FAILED'],
  SUCCESS: ['ROLLED_BACK'],
  FAILED: [],
  ROLLED_BACK: [],
};

describe.each([
  { organization: acme, others: [initech, globex] },
  { organization: globex, others: [acme] },
])('deployments of $organization.slug', ({ organization, others }) => {
  const { ask, data, make, change, remove } = asking(server, organization);
  const deploy = (fields: Record<string, unknown> = {}) =>
    make('engineer', 'Deployment', { projectId: organization.project, version: '2.0', environment: 'STAGING', ...fields });
  const read = async (id: string) =>
    (await data('engineer', `{ deployment(id: "${id}") { status durationSeconds deployedAt notes rowVersion deployedBy { name } } }`))
      .deployment;
  const go = async (id: string, ...states: string[]) => {
    for (const status of states) expect((await change('engineer', 'Deployment', id, { status })).errors).toEqual([]);
    return id;
  };

  test.each(steps(MACHINE))('$from → $to: $allowed', async ({ from, to, allowed }) => {
    const id = await go(await deploy(), ...wayTo(MACHINE, 'PENDING', from));
    const answer = await change('engineer', 'Deployment', id, { status: to });
    if (allowed) expect(answer.errors).toEqual([]);
    else {
      expectError(answer, 'BAD_USER_INPUT');
      const next = MACHINE[from]?.map((state) => state.toLowerCase()).join(' or ') || 'so';
      expect(answer.errors[0]?.message).toContain(`${from.toLowerCase()} ${next === 'so' ? 'stays so' : `becomes ${next}`}`);
    }
    expect(await read(id)).toMatchObject({ status: allowed ? to : from });
  });

  test.each(Object.keys(MACHINE))('one may begin as %s, or not', async (status) => {
    const row = { projectId: organization.project, version: 'begin', environment: 'STAGING', status };
    const answer = await ask(
      'engineer',
      'mutation ($row: DeploymentInput!) { createDeployment(input: { deployment: $row }) { clientMutationId } }',
      {
        row,
      },
    );
    if (status === 'PENDING' || status === 'IN_PROGRESS') expect(answer.errors).toEqual([]);
    else {
      expectError(answer, 'BAD_USER_INPUT');
      expect(answer.errors[0]?.message).toBe(`A new deployment is pending or in_progress, not ${status.toLowerCase()}.`);
    }
  });

  test('the machine holds whoever writes, the operator included', async () => {
    const id = await deploy();
    await expect(
      database.operator.query(`update ${organization.home}.deployments set status = 'success' where id = $1`, [id]),
    ).rejects.toMatchObject({ code: 'DX400' });
  });

  test('its duration is from when it began until it ends', async () => {
    const began = new Date(Date.now() - 90_000).toISOString();
    const ended = await go(await deploy({ deployedAt: began }), 'IN_PROGRESS');
    expect(await read(ended)).toMatchObject({ durationSeconds: null });
    await go(ended, 'FAILED');
    const { durationSeconds } = await read(ended);
    expect(durationSeconds).toBeGreaterThanOrEqual(90);
    expect(durationSeconds).toBeLessThan(150);
    // Who ends it may say it; what is rolled back took as long as it took.
    const said = await go(await deploy({ deployedAt: began }), 'IN_PROGRESS');
    await change('engineer', 'Deployment', said, { status: 'SUCCESS', durationSeconds: 7 });
    expect(await read(await go(said, 'ROLLED_BACK'))).toMatchObject({ durationSeconds: 7 });
    const ahead = await go(await deploy({ deployedAt: new Date(Date.now() + 90_000).toISOString() }), 'IN_PROGRESS', 'SUCCESS');
    expect(await read(ahead)).toMatchObject({ durationSeconds: 0 });
  });

  test('says who deployed, and has a version of its own beside the count of its changes', async () => {
    const id = await deploy();
    expect(await read(id)).toMatchObject({ rowVersion: 1, deployedBy: { name: `engineer of ${organization.slug}` } });
    expect((await change('engineer', 'Deployment', id, { version: '2.1', expectedVersion: 1 })).errors).toEqual([]);
    const stale = await change('engineer', 'Deployment', id, { version: '2.2', expectedVersion: 1 });
    expectError(stale, 'CONFLICT');
    expect(stale.errors[0]?.extensions.currentVersion).toBe(2);
    const { rows } = await database.operator.query<{ new_values: object }>(
      `select new_values from ${organization.home}.audit_logs where target_id = $1 and action = 'update'`,
      [id],
    );
    expect(rows).toEqual([{ new_values: { version: '2.1' } }]);
  });

  test('CI makes and changes those of its project only, and in nobody’s name', async () => {
    const create = 'mutation ($row: DeploymentInput!) { createDeployment(input: { deployment: $row }) { deployment { id deployedById } } }';
    const row = { projectId: organization.project, version: 'ci', environment: 'DEVELOPMENT' };
    const { createDeployment } = await data('ci', create, { row });
    expect(createDeployment.deployment.deployedById).toBeNull();
    expectError(await ask('ci', create, { row: { ...row, projectId: organization.otherProject } }), 'FORBIDDEN');
    expectError(await ask('ci', create, { row: { ...row, deployedById: organization.users.admin } }), 'FORBIDDEN');
    const other = await deploy({ projectId: organization.otherProject });
    expectError(await change('ci', 'Deployment', other, { status: 'IN_PROGRESS' }), 'NOT_FOUND');
    expectError(await remove('ci', 'Deployment', createDeployment.deployment.id), 'FORBIDDEN');
  });

  test('those of another organization are not there, to be named neither', async () => {
    for (const other of others) {
      const { rows } = await database.operator.query<{ id: string }>(
        `select id from ${other.home}.deployments where organization_id = $1`,
        [other.id],
      );
      expect(rows.length).toBeGreaterThan(0);
      const id = rows[0]?.id as string;
      expect(await data('admin', `{ deployment(id: "${id}") { id } }`)).toEqual({ deployment: null });
      expectError(await change('admin', 'Deployment', id, { notes: 'x' }), 'NOT_FOUND');
      expectError(await remove('admin', 'Deployment', id), 'NOT_FOUND');
      const project = async (projectId: string) => {
        const row = { projectId, version: '1', environment: 'STAGING' };
        return ask('admin', 'mutation ($row: DeploymentInput!) { createDeployment(input: { deployment: $row }) { clientMutationId } }', {
          row,
        });
      };
      const [theirs, nobodys] = [await project(other.project), await project('00000000-0000-7000-8000-000000000000')];
      expectError(theirs, 'BAD_USER_INPUT');
      expect(theirs.errors.map(({ message }) => message)).toEqual(nobodys.errors.map(({ message }) => message));
    }
  });
});

describe.each([acme, globex])('startDeployment and finishDeployment in $slug', (organization) => {
  const { ask, data } = asking(server, organization);
  const START = `mutation ($input: StartDeploymentInput!) { startDeployment(input: $input) {
    isNew deployment { id status version environment commitSha notes deployedBy { id } } } }`;
  const FINISH =
    'mutation ($input: FinishDeploymentInput!) { finishDeployment(input: $input) { deployment { id status notes durationSeconds } } }';
  const named = (version: string) => ({ project: 'shop', environment: 'PRODUCTION', version });
  const start = async (version: string, fields: object = {}) =>
    (await data('ci', START, { input: { ...named(version), ...fields } })).startDeployment;
  const finish = async (version: string, status: string, fields: object = {}) =>
    (await data('ci', FINISH, { input: { ...named(version), status, ...fields } })).finishDeployment.deployment;

  test('while it is under way, the same again gives the same', async () => {
    const first = await start('s1', { commitSha: 'abcdef0', notes: 'first' });
    expect(first).toMatchObject({
      isNew: true,
      deployment: { status: 'IN_PROGRESS', commitSha: 'abcdef0', notes: 'first', deployedBy: null },
    });
    const again = await start('s1', { notes: 'again' });
    expect(again).toEqual({ isNew: false, deployment: first.deployment });
    expect((await start('s1', { environment: 'STAGING' })).deployment.id).not.toBe(first.deployment.id);
    await finish('s1', 'FAILED');
    expect(await start('s1')).toMatchObject({ isNew: true });
  });

  test('a hundred jobs that start the same at once make one', async () => {
    const answers = await Promise.all(Array.from({ length: 100 }, () => start('crowd')));
    expect(new Set(answers.map(({ deployment }) => deployment.id)).size).toBe(1);
    expect(answers.filter(({ isNew }) => isNew)).toHaveLength(1);
  });

  test('what is pending begins, and keeps what was said of it', async () => {
    const row = {
      projectId: organization.project,
      version: 'p1',
      environment: 'PRODUCTION',
      notes: 'planned',
      deployedAt: '2020-01-01T00:00:00Z',
    };
    const { made } = await data(
      'engineer',
      'mutation ($row: DeploymentInput!) { made: createDeployment(input: { deployment: $row }) { deployment { id } } }',
      {
        row,
      },
    );
    const { deployment, isNew } = await start('p1', { notes: 'begun' });
    expect([isNew, deployment.id, deployment.status, deployment.notes]).toEqual([
      false,
      made.deployment.id,
      'IN_PROGRESS',
      'planned\nbegun',
    ]);
    expect((await finish('p1', 'SUCCESS')).durationSeconds).toBeLessThan(60);
  });

  test('ends once, however often it is said, and by the rules of its states', async () => {
    const { deployment } = await start('f1', { notes: 'a' });
    const early = await ask('ci', FINISH, { input: { ...named('f1'), status: 'ROLLED_BACK' } });
    expectError(early, 'BAD_USER_INPUT');
    expect(early.errors[0]?.message).toBe('A deployment that is in_progress becomes success or failed, not rolled_back.');
    const ended = await finish('f1', 'SUCCESS', { notes: 'b' });
    expect(ended).toMatchObject({ id: deployment.id, status: 'SUCCESS', notes: 'a\nb' });
    expect(await finish('f1', 'SUCCESS', { notes: 'c' })).toEqual(ended);
    expectError(await ask('ci', FINISH, { input: { ...named('f1'), status: 'FAILED' } }), 'BAD_USER_INPUT');
    const { finishDeployment } = await data('engineer', FINISH, { input: { id: deployment.id, status: 'ROLLED_BACK' } });
    expect(finishDeployment.deployment).toMatchObject({ id: deployment.id, status: 'ROLLED_BACK' });
  });

  test('of several, what is under way ends, and what has ended last is rolled back', async () => {
    const first = (await start('m1')).deployment.id;
    await finish('m1', 'SUCCESS');
    const second = (await start('m1')).deployment.id;
    expect((await finish('m1', 'ROLLED_BACK')).id).toBe(first);
    expect((await finish('m1', 'SUCCESS')).id).toBe(second);
  });

  test('is named by its id, or by all of project, environment and version', async () => {
    const { deployment } = await start('n1');
    for (const input of [{}, { project: 'shop' }, { ...named('n1'), id: deployment.id }, { environment: 'STAGING', version: 'n1' }]) {
      const answer = await ask('ci', FINISH, { input: { ...input, status: 'SUCCESS' } });
      expectError(answer, 'BAD_USER_INPUT');
      expect(answer.errors[0]?.message).toContain('either by its id, or by project, environment and version');
    }
    expectError(await ask('ci', FINISH, { input: { ...named('never'), status: 'SUCCESS' } }), 'NOT_FOUND');
    expectError(await ask('ci', START, { input: { ...named('x'), project: 'none' } }), 'NOT_FOUND');
  });

  test('is for administrators, engineers and CI, which is bound to its project', async () => {
    for (const role of ['developer', 'auditor', 'analyst', 'member'] as const) {
      expectError(await ask(role, START, { input: named('r1') }), 'FORBIDDEN');
      expectError(await ask(role, FINISH, { input: { ...named('r1'), status: 'SUCCESS' } }), 'FORBIDDEN');
    }
    expectError(await ask('ci', START, { input: { ...named('r1'), project: 'billing' } }), 'NOT_FOUND');
    const { startDeployment } = await data('admin', START, { input: { ...named('r1'), project: 'billing' } });
    expectError(await ask('ci', FINISH, { input: { id: startDeployment.deployment.id, status: 'SUCCESS' } }), 'NOT_FOUND');
    expectError(await ask('ci', FINISH, { input: { ...named('r1'), project: 'billing', status: 'SUCCESS' } }), 'NOT_FOUND');
  });

  test('a role without deployments:write starts nothing', async () => {
    const scoped = { ...persona(organization, 'ci'), scopes: ['projects:read', 'deployments:read'] };
    expectError(await server.query(scoped, START, { input: named('scoped') }), 'FORBIDDEN');
  });
});
