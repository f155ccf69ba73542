import pg from 'pg';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { connectionOptions } from '../../src/database/connection.ts';
import { expectError } from '../http/answers.ts';
import { asking, type Machine, steps, wayTo } from '../operations/asking.ts';
import { makeDesign } from '../states/designs.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

const STAGES: Machine = {
  PENDING: ['RUNNING', 'CANCELLED'],
  RUNNING: ['SUCCEEDED', 'FAILED', 'CANCELLED'],
  SUCCEEDED: [],
  FAILED: [],
  CANCELLED: [],
};
const START = `mutation ($id: UUID!) { started: startPipelineExecution(input: { pipelineId: $id }) { pipelineExecution {
  id status startedAt finishedAt triggeredBy { id } stages(orderBy: [POSITION_ASC]) { nodes { id name position status } } } } }`;
const CANCEL =
  'mutation ($id: UUID!) { cancelled: cancelPipelineExecution(input: { id: $id }) { pipelineExecution { id status finishedAt } } }';

describe.each([acme, globex])('pipelines of $slug', (organization) => {
  const { ask, data, change, remove, make } = asking(server, organization);
  let design: string;
  let hidden: string;
  let made = 0;

  beforeAll(async () => {
    design = await makeDesign(database, organization, {}, { engineer: 'edit', developer: 'edit' });
    hidden = await makeDesign(database, organization, { project: organization.otherProject });
  });

  const define = (...names: string[]) => ({ stages: names.map((name) => ({ name })) });
  const newPipeline = (fields: object = {}) =>
    make('admin', 'Pipeline', {
      designId: design,
      name: `Pipeline ${(made += 1)}`,
      definition: define('plan', 'apply', 'verify'),
      ...fields,
    });
  const start = async (fields: object = {}, role: Parameters<typeof data>[0] = 'ci') =>
    (await data(role, START, { id: await newPipeline(fields) })).started.pipelineExecution;
  const stand = async (id: string) =>
    (
      await data(
        'admin',
        `{ pipelineExecution(id: "${id}") { status startedAt finishedAt error stages(orderBy: [POSITION_ASC]) { nodes { id name status startedAt finishedAt } } } }`,
      )
    ).pipelineExecution;
  const stageIds = ({ stages }: { stages: { nodes: { id: string }[] } }) => stages.nodes.map(({ id }) => id);
  const go = async (stage: string, ...states: string[]) => {
    for (const status of states) expect((await change('ci', 'PipelineStage', stage, { status })).errors).toEqual([]);
  };

  test('an execution has the stages of its pipeline, all pending', async () => {
    const execution = await start({}, 'engineer');
    expect(execution).toEqual({
      id: expect.any(String),
      status: 'PENDING',
      startedAt: null,
      finishedAt: null,
      triggeredBy: { id: organization.users.engineer },
      stages: {
        nodes: ['plan', 'apply', 'verify'].map((name, index) => ({ id: expect.any(String), name, position: index + 1, status: 'PENDING' })),
      },
    });
    expect((await start()).triggeredBy).toBeNull();
  });

  test('runs when a stage does, and has succeeded when all have', async () => {
    const execution = await start();
    const [plan, apply, verify] = stageIds(execution) as [string, string, string];
    await go(plan, 'RUNNING');
    expect(await stand(execution.id)).toMatchObject({ status: 'RUNNING', startedAt: expect.any(String), finishedAt: null });
    await go(plan, 'SUCCEEDED');
    // Between two stages it runs still.
    expect(await stand(execution.id)).toMatchObject({ status: 'RUNNING', finishedAt: null });
    await go(apply, 'RUNNING', 'SUCCEEDED');
    await go(verify, 'RUNNING', 'SUCCEEDED');
    const ended = await stand(execution.id);
    expect(ended).toMatchObject({
      status: 'SUCCEEDED',
      startedAt: ended.stages.nodes[0].startedAt,
      finishedAt: ended.stages.nodes[2].finishedAt,
    });
    expect(ended.finishedAt >= ended.startedAt).toBe(true);
  });

  test('has failed as soon as one has: what is pending is cancelled, what runs may end', async () => {
    const execution = await start();
    const [plan, apply] = stageIds(execution) as [string, string];
    await go(plan, 'RUNNING');
    await go(apply, 'RUNNING');
    await go(plan, 'FAILED');
    const failed = await stand(execution.id);
    expect(failed.stages.nodes.map(({ status }: { status: string }) => status)).toEqual(['FAILED', 'RUNNING', 'CANCELLED']);
    expect(failed).toMatchObject({ status: 'FAILED', finishedAt: null });
    await go(apply, 'SUCCEEDED');
    expect(await stand(execution.id)).toMatchObject({ status: 'FAILED', finishedAt: expect.any(String) });
    expect((await change('ci', 'PipelineExecution', execution.id, { error: 'plan: no such region' })).errors).toEqual([]);
    expect((await stand(execution.id)).error).toBe('plan: no such region');
  });

  test.each(steps(STAGES))('a stage that is $from becomes $to: $allowed', async ({ from, to, allowed }) => {
    const [stage] = stageIds(await start()) as [string];
    await go(stage, ...wayTo(STAGES, 'PENDING', from));
    const answer = await change('ci', 'PipelineStage', stage, { status: to });
    if (allowed) return expect(answer.errors).toEqual([]);
    const { message } = expectError(answer, 'BAD_USER_INPUT');
    const next = STAGES[from]?.map((state) => state.toLowerCase()).join(' or ');
    expect(message).toContain(next === '' ? `that is ${from.toLowerCase()} stays so` : `becomes ${next}, not ${to.toLowerCase()}`);
  });

  test('is cancelled with what is left of it, once', async () => {
    const execution = await start();
    const [plan] = stageIds(execution) as [string];
    await go(plan, 'RUNNING', 'SUCCEEDED');
    const { cancelled } = await data('engineer', CANCEL, { id: execution.id });
    expect(cancelled.pipelineExecution).toMatchObject({ id: execution.id, status: 'CANCELLED', finishedAt: expect.any(String) });
    expect((await stand(execution.id)).stages.nodes.map(({ status }: { status: string }) => status)).toEqual([
      'SUCCEEDED',
      'CANCELLED',
      'CANCELLED',
    ]);
    expect((await data('ci', CANCEL, { id: execution.id })).cancelled.pipelineExecution).toEqual(cancelled.pipelineExecution);
    const done = await start({ definition: define('only') });
    await go(stageIds(done)[0] as string, 'RUNNING', 'SUCCEEDED');
    expect(expectError(await ask('admin', CANCEL, { id: done.id }), 'BAD_USER_INPUT').message).toContain('that is succeeded has ended');
  });

  test('an inactive pipeline starts none', async () => {
    const pipeline = await newPipeline({ isActive: false });
    expect(expectError(await ask('ci', START, { id: pipeline }), 'BAD_USER_INPUT').message).toBe(
      'The pipeline is inactive: it starts no execution.',
    );
    expect((await change('engineer', 'Pipeline', pipeline, { isActive: true })).errors).toEqual([]);
    expect((await ask('ci', START, { id: pipeline })).errors).toEqual([]);
  });

  test.each([
    [{}, 'A pipeline is defined by'],
    [{ stages: [] }, 'A pipeline is defined by 1 to 50 stages'],
    [{ stages: 'plan' }, 'A pipeline is defined by'],
    [{ stages: Array.from({ length: 51 }, (_, index) => ({ name: `${index}` })) }, 'A pipeline is defined by 1 to 50 stages'],
    [{ stages: ['plan'] }, 'Each stage of a pipeline has a name'],
    [{ stages: [{ name: '' }] }, 'Each stage of a pipeline has a name'],
    [{ stages: [{ name: 7 }] }, 'Each stage of a pipeline has a name'],
    [{ stages: [{ name: 'plan' }, { name: 'plan' }] }, 'Two stages of the pipeline have the name "plan".'],
  ])('a pipeline is not defined by %j', async (definition, message) => {
    const row = { designId: design, name: 'Undefined', definition };
    const answer = await ask(
      'admin',
      'mutation ($row: PipelineInput!) { createPipeline(input: { pipeline: $row }) { clientMutationId } }',
      { row },
    );
    expect(expectError(answer, 'BAD_USER_INPUT')).toMatchObject({
      message: expect.stringContaining(message),
      extensions: { fields: ['definition'] },
    });
  });

  test('a stage may be added while it runs, and not when it has ended', async () => {
    const execution = await start({ definition: define('plan') });
    const added = await make('ci', 'PipelineStage', { executionId: execution.id, name: 'apply to eu', position: 2 });
    await go(stageIds(execution)[0] as string, 'RUNNING', 'SUCCEEDED');
    expect((await stand(execution.id)).status).toBe('RUNNING');
    await go(added, 'RUNNING', 'SUCCEEDED');
    expect((await stand(execution.id)).status).toBe('SUCCEEDED');
    const row = { executionId: execution.id, name: 'late', position: 3 };
    const late = await ask(
      'ci',
      'mutation ($row: PipelineStageInput!) { createPipelineStage(input: { pipelineStage: $row }) { clientMutationId } }',
      { row },
    );
    expect(expectError(late, 'BAD_USER_INPUT').message).toBe('The execution has ended: it gets no further stage.');
    // Without what has failed, what is left decides.
    const other = await start({ definition: define('good', 'bad') });
    const [good, bad] = stageIds(other) as [string, string];
    await go(good, 'RUNNING');
    await go(bad, 'RUNNING', 'FAILED');
    await go(good, 'SUCCEEDED');
    expect((await stand(other.id)).status).toBe('FAILED');
    expect((await remove('admin', 'PipelineStage', bad)).errors).toEqual([]);
    expect((await stand(other.id)).status).toBe('SUCCEEDED');
  });

  test('stages that end at once leave an execution that has ended', async () => {
    const names = Array.from({ length: 20 }, (_, index) => `stage ${index}`);
    const execution = await start({ definition: define(...names) });
    const all = async (status: string) => {
      const answers = await Promise.all(stageIds(execution).map((id) => change('ci', 'PipelineStage', id, { status })));
      expect(answers.flatMap(({ errors }) => errors)).toEqual([]);
    };
    await all('RUNNING');
    expect((await stand(execution.id)).status).toBe('RUNNING');
    await all('SUCCEEDED');
    expect(await stand(execution.id)).toMatchObject({ status: 'SUCCEEDED', finishedAt: expect.any(String) });
  });

  test('failing, cancelling and ending at once leave nothing half done', async () => {
    for (let round = 0; round < 5; round += 1) {
      const execution = await start({ definition: define('a', 'b', 'c', 'd', 'e', 'f') });
      const ids = stageIds(execution);
      for (const id of ids.slice(0, 4)) await go(id, 'RUNNING');
      const answers = await Promise.all([
        change('ci', 'PipelineStage', ids[0] as string, { status: 'FAILED' }),
        change('ci', 'PipelineStage', ids[1] as string, { status: 'SUCCEEDED' }),
        change('ci', 'PipelineStage', ids[4] as string, { status: 'RUNNING' }),
        ask('engineer', CANCEL, { id: execution.id }),
        change('ci', 'PipelineStage', ids[2] as string, { status: 'SUCCEEDED' }),
        ask('admin', CANCEL, { id: execution.id }),
      ]);
      // Who came late is told what has become of it; nobody met a deadlock.
      for (const { errors } of answers) for (const { extensions } of errors) expect(extensions.code).toBe('BAD_USER_INPUT');
      const ended = await stand(execution.id);
      const states = new Set<string>(ended.stages.nodes.map(({ status }: { status: string }) => status));
      expect(states.has('PENDING')).toBe(false);
      if (!states.has('RUNNING')) expect(ended.finishedAt).not.toBeNull();
      expect(ended.status).toBe(states.has('FAILED') ? 'FAILED' : states.has('RUNNING') ? 'RUNNING' : 'CANCELLED');
    }
  });

  test('a failure does not wait for a stage that somebody is just changing, nor the other way round', async () => {
    const execution = await start();
    const [plan, apply] = stageIds(execution) as [string, string];
    await go(plan, 'RUNNING');
    const other = new pg.Client(connectionOptions(database.url));
    await other.connect();
    await asPrincipal(other, database.keys, persona(organization, 'ci'), async () => {
      await other.query('select from pipeline_stages where id = $1 for update', [apply]);
      expect((await change('ci', 'PipelineStage', plan, { status: 'FAILED' })).errors).toEqual([]);
      await other.query("update pipeline_stages set status = 'running' where id = $1", [apply]);
    }).finally(() => other.end());
    const failed = await stand(execution.id);
    expect(failed.stages.nodes.map(({ status }: { status: string }) => status)).toEqual(['FAILED', 'RUNNING', 'CANCELLED']);
  });

  test('where it stands is nobody’s to write', async () => {
    const execution = await start();
    for (const column of ['status', 'started_at', 'finished_at', 'triggered_by', 'pipeline_id', 'design_id']) {
      await database.as(persona(organization, 'admin'), async (client) => {
        await expect(
          client.query(`update pipeline_executions set ${column} = ${column} where id = '${execution.id}'`),
        ).rejects.toMatchObject({ code: '42501' });
      });
    }
  });

  test('is for who may change the design, and for builds of its project', async () => {
    const pipeline = await newPipeline();
    const theirs = await make('admin', 'Pipeline', { designId: hidden, name: 'Hidden', definition: define('plan') });
    for (const role of ['ci', 'engineer', 'developer'] as const) {
      expect((await ask(role, START, { id: pipeline })).errors).toEqual([]);
      // What is not seen is like what never was.
      const [unseen, nothing] = [
        await ask(role, START, { id: theirs }),
        await ask(role, START, { id: '00000000-0000-7000-8000-000000000000' }),
      ];
      expectError(unseen, 'NOT_FOUND');
      expect(unseen.errors.map(({ message }) => message)).toEqual(nothing.errors.map(({ message }) => message));
      expect(await data(role, `{ pipeline(id: "${theirs}") { id } }`)).toEqual({ pipeline: null });
    }
    expectError(await ask('auditor', START, { id: pipeline }), 'FORBIDDEN');
    for (const role of ['analyst', 'member'] as const) expectError(await ask(role, START, { id: pipeline }), 'FORBIDDEN');
    expect((await data('auditor', `{ pipeline(id: "${theirs}") { name } }`)).pipeline.name).toBe('Hidden');
    // A developer starts, and leaves it to others to run it.
    const execution = await start({}, 'developer');
    expectError(await ask('developer', CANCEL, { id: execution.id }), 'FORBIDDEN');
    expectError(await change('developer', 'PipelineStage', stageIds(execution)[0] as string, { status: 'RUNNING' }), 'FORBIDDEN');
    const seen = await makeDesign(database, organization, { visibility: 'organization', project: null });
    const visible = await make('admin', 'Pipeline', { designId: seen, name: 'Seen', definition: define('plan') });
    expectError(await ask('engineer', START, { id: visible }), 'FORBIDDEN');
    const running = (await data('admin', START, { id: visible })).started.pipelineExecution;
    expectError(await ask('engineer', CANCEL, { id: running.id }), 'NOT_FOUND');
    expectError(await change('engineer', 'PipelineStage', stageIds(running)[0] as string, { status: 'RUNNING' }), 'NOT_FOUND');
    const scoped = { ...persona(organization, 'ci'), scopes: ['designs:read', 'pipelines:read'] };
    expectError(await server.query(scoped, START, { id: pipeline }), 'FORBIDDEN');
  });

  test('what it says is not told to who reads the audit trail', async () => {
    const secret = `Deploy ${(made += 1)}`;
    const pipeline = await newPipeline({
      name: secret,
      definition: { stages: [{ name: 'plan', command: 'terraform plan -var password=x' }] },
    });
    const { rows } = await database.operator.query<{ row: string }>(
      `select to_jsonb(a)::text as row from ${organization.home}.audit_logs as a where target_type = 'pipelines' and target_id = $1`,
      [pipeline],
    );
    expect(rows).toHaveLength(1);
    expect(rows[0]?.row).not.toContain(secret);
    expect(rows[0]?.row).not.toContain('password');
  });
});
