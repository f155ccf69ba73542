import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { ERROR_CODES } from '../../src/plugins/error-codes.ts';
import { persona, useDatabase } from '../support/database.ts';
import { type GraphQLAnswer, useServer } from '../support/server.ts';
import { expectError, expectNothingInternal } from './answers.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const admin = persona(acme, 'admin');

type Input = Record<string, unknown>;
const createProject = (project: Input) =>
  server.query(admin, 'mutation ($project: ProjectInput!) { createProject(input: { project: $project }) { project { id } } }', { project });
const updateProject = (id: string, patch: Input, who = admin) =>
  server.query(
    who,
    'mutation ($id: UUID!, $patch: ProjectPatch!) { updateProject(input: { id: $id, patch: $patch }) { project { id name version } } }',
    { id, patch },
  );
const updateDefect = (id: string, patch: Input, who = admin) =>
  server.query(
    who,
    'mutation ($id: UUID!, $patch: DefectPatch!) { updateDefect(input: { id: $id, patch: $patch }) { defect { id title version } } }',
    { id, patch },
  );
const createDefect = (defect: Input) =>
  server.query(admin, 'mutation ($defect: DefectInput!) { createDefect(input: { defect: $defect }) { defect { id } } }', {
    defect: { projectId: acme.project, title: 'Something', ...defect },
  });

describe('what is stored already, or does not exist', () => {
  test('a unique value', async () => {
    const error = expectError(await createProject({ name: 'Another', slug: 'shop' }), 'BAD_USER_INPUT');
    expect(error.extensions.fields).toEqual(['slug']);
    expect(error.message).toMatch(/slug/i);
  });

  test.each(['projectId', 'testId', 'assigneeId'])('a reference: %s', async (field) => {
    const foreign = { projectId: initech.project, testId: await testOf(initech.id), assigneeId: initech.users.admin }[field];
    const unknown = expectError(await createDefect({ [field]: randomUUID() }), 'BAD_USER_INPUT');
    expect(unknown.extensions.fields).toEqual([field]);
    // The very same words for another organization's row, or its existence would be told.
    expect(expectError(await createDefect({ [field]: foreign }), 'BAD_USER_INPUT')).toEqual(unknown);
  });
});

async function testOf(organization: string): Promise<string> {
  const { rows } = await database.operator.query<{ id: string }>('select id from app.tests where organization_id = $1', [organization]);
  return (rows[0] as { id: string }).id;
}

describe('values that a table refuses', () => {
  test.each<[string, Input]>([
    ['slug', { slug: 'a'.repeat(64) }],
    ['slug', { slug: 'Not A Slug' }],
    ['slug', { slug: '' }],
    ['name', { name: '' }],
    ['name', { name: 'x'.repeat(201) }],
    ['dockerImage', { dockerImage: 'Not an image!' }],
    ['repositoryUrl', { repositoryUrl: 'javascript:alert(1)' }],
    ['productionUrl', { productionUrl: 'ftp://example.com' }],
    ['healthCheckUrl', { healthCheckUrl: `https://example.com/${'x'.repeat(2_000)}` }],
    ['description', { description: 'x'.repeat(10_001) }],
  ])('%s of a project: %j', async (field, input) => {
    const error = expectError(await createProject({ name: 'New', slug: 'new', ...input }), 'BAD_USER_INPUT');
    expect(error.extensions.fields).toEqual([field]);
  });

  test.each<[string, Input]>([
    ['environment', { environment: [1, 2] }],
    ['environment', { environment: 'linux' }],
    ['environment', { environment: { a: 'x'.repeat(20_000) } }],
    ['title', { title: '' }],
    ['errorType', { errorType: 'x'.repeat(301) }],
  ])('%s of a defect', async (field, input) => {
    expect(expectError(await createDefect(input), 'BAD_USER_INPUT').extensions.fields).toEqual([field]);
  });

  test('a null where there must be a value', async () => {
    const error = expectError(await updateProject(acme.project, { name: null }), 'BAD_USER_INPUT');
    expect(error.extensions.fields).toEqual(['name']);
  });

  test('a patch that changes nothing', async () => {
    expect(expectError(await updateProject(acme.project, {}), 'BAD_USER_INPUT').extensions.fields).toEqual(['patch']);
  });
});

describe('values that have the wrong form', () => {
  test.each<[string, Input]>([
    ['NUL', { title: 'a\u0000b' }],
    ['NUL in a sensitive value', { failureDetails: '\u0000' }],
    ['half of a surrogate pair', { title: 'a\ud800b' }],
    ['half of a surrogate pair, deep within', { environment: { deep: [{ er: '\udfff' }] } }],
    ['NUL in JSON', { environment: { a: '\u0000' } }],
    ['an unknown value of an enum', { severity: 'AWFUL' }],
    ['a value of an enum as the database writes it', { severity: 'high' }],
    ['an id that is none', { assigneeId: 'me' }],
    ['a field that does not exist', { organizationId: initech.id }],
  ])('%s', async (_name, input) => {
    expectError(await createDefect(input), 'BAD_USER_INPUT');
  });

  test.each([
    '{ defect(id: "nope") { id } }',
    '{ defect(id: 7) { id } }',
    '{ defects(after: "nope") { nodes { id } } }',
    '{ defects(after: "WyJ4IiwxXQ==") { nodes { id } } }',
    '{ defects(offset: -1) { nodes { id } } }',
    '{ defects(filter: { firstSeenAt: { lessThan: "yesterday, or so" } }) { nodes { id } } }',
    '{ defects(filter: { firstSeenAt: { lessThan: "9999999-01-01T00:00:00Z" } }) { nodes { id } } }',
    '{ defects(filter: { severity: { equalTo: AWFUL } }) { nodes { id } } }',
    '{ defects(filter: { errorType: { equalTo: null } }) { nodes { id } } }',
    '{ defects(filter: { errorType: { like: "AssertionErro\\\\" } }) { nodes { id } } }',
    '{ defects(filter: {}) { nodes { id } } }',
    '{ defects(filter: { or: [{}] }) { nodes { id } } }',
    '{ defectDailyStats(condition: { day: "2026-13-45" }) { nodes { day } } }',
    '{ node(nodeId: "WyJEZWZlY3QiLCJub3BlIl0=") { nodeId } }',
    '{ nothing }',
    '{ defects( }',
    '',
    'query A { __typename } query B { __typename }',
    'subscription { defects { id } }',
    '{ ... on Defect { id } }',
    'query ($n: Int!) { defects(first: $n) { nodes { id } } }',
  ])('%s', async (query) => {
    const answer = await server.query(admin, query);
    expectError(answer, 'BAD_USER_INPUT');
    expect(Object.values(answer.data ?? {}).filter((value) => value !== null)).toEqual([]);
  });
});

describe('rights', () => {
  test.each([
    [
      'a member may not update a project',
      persona(acme, 'member'),
      () => updateProject(acme.project, { name: 'Mine' }, persona(acme, 'member')),
    ],
    [
      'an engineer may not change a title',
      persona(acme, 'engineer'),
      () => updateDefect(acme.defect, { title: 'x' }, persona(acme, 'engineer')),
    ],
    [
      'an analyst may not read defects',
      persona(acme, 'analyst'),
      () => server.query(persona(acme, 'analyst'), '{ defects { nodes { id } } }'),
    ],
    [
      'nobody may not read projects',
      persona(acme, 'anonymous'),
      () => server.query(persona(acme, 'anonymous'), '{ projects { nodes { id } } }'),
    ],
  ])('%s', async (_name, _who, ask) => {
    const answer: GraphQLAnswer = await ask();
    expect(expectError(answer, 'FORBIDDEN').message).toBe('Your role may not do this.');
    expect(Object.values(answer.data ?? {}).filter((value) => value !== null)).toEqual([]);
  });

  test.each([
    ['unknown', randomUUID()],
    ["another organization's", initech.project],
    ["another organization's in a schema of its own", globex.project],
  ])('an update or a delete of an id that is %s finds nothing', async (_name, id) => {
    const update = expectError(await updateProject(id, { name: 'Mine' }), 'NOT_FOUND');
    expect(update.extensions).toEqual({ code: 'NOT_FOUND' });
    const answer = await server.query(admin, 'mutation ($id: UUID!) { deleteProject(input: { id: $id }) { project { id } } }', { id });
    expectError(answer, 'NOT_FOUND');
    expectError(await updateDefect(id, { title: 'Mine' }), 'NOT_FOUND');
  });
});

describe.each([
  ['updateProject', (patch: Input) => updateProject(acme.project, patch), 'project', { name: 'Shop' }],
  ['updateDefect', (patch: Input) => updateDefect(acme.defect, patch), 'defect', { title: 'Wrong total' }],
] as const)('expectedVersion of %s', (mutation, update, row, patch) => {
  const version = async (change: Input) => (await update(change)).data[mutation][row].version as number;

  test('the current one succeeds and raises the version by one', async () => {
    const current = await version(patch);
    expect(await version({ ...patch, expectedVersion: current })).toBe(current + 1);
  });

  test('a stale one, or one not reached yet, fails with where the row stands, and changes nothing', async () => {
    const current = await version(patch);
    for (const expectedVersion of [current - 1, current + 1, 0, -1]) {
      const answer = await update({ ...patch, expectedVersion });
      expect(expectError(answer, 'CONFLICT').extensions).toEqual({ code: 'CONFLICT', currentVersion: current });
      expect(answer.data).toBeNull();
    }
    expect(await version(patch)).toBe(current + 1);
  });

  test('none, or null, asks for nothing', async () => {
    const current = await version(patch);
    expect(await version({ ...patch, expectedVersion: null })).toBe(current + 1);
  });
});

describe('our own mistakes', () => {
  const SECRET = 'token=hunter2-hunter2';

  beforeAll(async () => {
    await database.operator.query(`
      create function public.fail() returns trigger language plpgsql as $$
      begin raise exception 'unexpected' using errcode = 'XX001', detail = new.description, hint = new.description; end $$;
      grant execute on function public.fail() to public;
      create trigger _999_fail before update of description on app.projects for each row execute function public.fail()`);
  });

  test('are told by an id alone, which stands in the log with the reason and no value', async () => {
    const error = expectError(await updateProject(acme.project, { description: SECRET }), 'INTERNAL');
    const id = error.extensions.id as string;
    expect(error.extensions).toEqual({ code: 'INTERNAL', id });
    expect(error.message).toContain(id);
    const lines = server.log.filter((line) => line.includes(id));
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] as string)).toMatchObject({ level: 50, id, message: 'unexpected', code: 'XX001' });
    expect(server.log.join('\n')).not.toContain('hunter2');
  });
});

test('every code has its meaning', () => {
  for (const meaning of Object.values(ERROR_CODES)) expect(meaning).toMatch(/\.$/);
});

test('an error of a part leaves the others their answer', async () => {
  const answer = await server.query(
    persona(acme, 'analyst'),
    '{ projects { nodes { id } } defects { nodes { id } } maskedDefects { totalCount } }',
  );
  expectNothingInternal(answer);
  expect(expectError(answer, 'FORBIDDEN').path).toEqual(['defects']);
  expect(answer.data).toMatchObject({ defects: null, maskedDefects: { totalCount: 2 } });
  expect(answer.data.projects.nodes).toHaveLength(2);
});
