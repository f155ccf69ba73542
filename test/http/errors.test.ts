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
    const error = expectError(await createDefect(input), 'BAD_USER_INPUT');
    const [field] = Object.keys(input);
    expect(`${error.message} ${error.extensions.fields}`).toContain(field);
  });

  test.each<[string, string[], Input]>([
    ['defect.title: String cannot represent', ['title'], { title: 7 }],
    ['defect.severity: Value "AWFUL" does not exist', ['severity'], { severity: 'AWFUL' }],
    ['defect.assigneeId: It must be a UUID', ['assigneeId'], { assigneeId: [randomUUID()] }],
    ['defect.title contains a NUL character.', ['title'], { title: 'a\0b' }],
    ['defect.environment.deep.0.er contains half', ['environment.deep.0.er'], { environment: { deep: [{ er: '\udfff' }] } }],
    [
      'defect.environment.0.0.0.0.0 is nested more than 200 levels deep',
      ['environment.0.0.0.0.0'],
      { environment: JSON.parse(`${'['.repeat(300)}${']'.repeat(300)}`) },
    ],
  ])('is told as "%s…"', async (sentence, fields, input) => {
    const error = expectError(await createDefect(input), 'BAD_USER_INPUT');
    expect(error.message).toMatch(sentence);
    expect(error.extensions.fields).toEqual(fields);
  });

  test('without what else was sent, however long it is', async () => {
    const password = 'a password that nobody else may read';
    const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { role } }';
    const [missing, long] = await Promise.all([
      server.query(admin, query, { input: { password } }),
      createDefect({ severity: 'x'.repeat(100_000) }),
    ]);
    const error = expectError(missing, 'BAD_USER_INPUT');
    expect(error.extensions.fields).toEqual(['email']);
    expect(JSON.stringify(missing)).not.toContain(password);
    expect(expectError(long, 'BAD_USER_INPUT').message.length).toBeLessThan(400);
  });

  test('a number that JSON has and JavaScript has not', async () => {
    const query = 'mutation ($e: JSON) { createDefect(input: { defect: { title: "x", environment: $e } }) { clientMutationId } }';
    const headers = { authorization: `Bearer ${await server.token(admin)}` };
    const answer = await server.post(headers, `{"query":${JSON.stringify(query)},"variables":{"e":{"n":1e400}}}`);
    expect(expectError(answer, 'BAD_USER_INPUT').message).toBe('e.n is a number that is too large.');
  });

  const TIMES = [
    ['Datetime', ['now', 'tomorrow', 'infinity', '-infinity', '0044-03-15T00:00:00Z BC', '294276-12-31T00:00:00Z', '0000-01-01T00:00:00Z']],
    ['Datetime', ['2026-02-30T00:00:00Z', '2026-01-01T24:01:00Z', '2026-01-01T00:00:00+99:00', '20260101', 1767225600]],
    ['Date', ['now', 'infinity', '2026-02-29', '10000-01-01', '2026-1-1', '2026-01-01T00:00:00Z', '']],
    ['BigFloat', ['NaN', 'Infinity', '-Infinity', '1e400', '1,5', '0x10', '', ' 1']],
    ['BigInt', ['9223372036854775808', '1.5', 'NaN', '1e3', '']],
  ] as const;
  const FIELDS = {
    Datetime: 'updateTestRun(input: { id: $id, patch: { startedAt: $value } })',
    Date: 'updateMaintenanceRequest(input: { id: $id, patch: { dueDate: $value } })',
    BigFloat: 'updateMaintenanceWorkLog(input: { id: $id, patch: { hoursSpent: $value } })',
    BigInt: 'updateTestRun(input: { id: $id, patch: { durationMs: $value } })',
  };
  test.each(TIMES)('a %s is none of %j', async (type, values) => {
    for (const value of values) {
      const query = `mutation ($id: UUID!, $value: ${type}) { ${FIELDS[type]} { clientMutationId } }`;
      const error = expectError(await server.query(admin, query, { id: randomUUID(), value }), 'BAD_USER_INPUT');
      expect([value, error.message]).toEqual([value, expect.stringMatching(/^value: It must be a .* such as "/)]);
      const literal = `mutation ($id: UUID!) { ${FIELDS[type].replace('$value', JSON.stringify(value))} { clientMutationId } }`;
      expectError(await server.query(admin, literal, { id: randomUUID() }), 'BAD_USER_INPUT');
    }
  });

  test.each([
    [
      'Datetime',
      ['2026-01-31', '2026-01-31 12:00', '2026-01-31T12:00:00.123456789+05:30', '0001-01-01T00:00:00Z', '2024-02-29T23:59:59-0800'],
    ],
    ['Date', ['2024-02-29', '0001-01-01', '9999-12-31']],
    ['BigFloat', ['1', '-0.5', '1e2', 12.5]],
    ['BigInt', ['9223372036854775807', '-9223372036854775808', 42]],
  ] as const)('a %s is each of %j', async (type, values) => {
    for (const value of values) {
      const query = `mutation ($id: UUID!, $value: ${type}) { ${FIELDS[type]} { clientMutationId } }`;
      // Of the right form: there is only no such row.
      const answer = await server.query(admin, query, { id: randomUUID(), value });
      expect([value, answer.errors.map(({ extensions }) => extensions.code)]).toEqual([value, ['NOT_FOUND']]);
    }
  });

  test('a decimal number that is too large for its field', async () => {
    const query =
      'mutation ($id: UUID!) { updateMaintenanceWorkLog(input: { id: $id, patch: { hoursSpent: "1000" } }) { clientMutationId } }';
    const { data } = await server.query(admin, '{ maintenanceWorkLogs(first: 1) { nodes { id } } }');
    const error = expectError(await server.query(admin, query, { id: data.maintenanceWorkLogs.nodes[0].id }), 'BAD_USER_INPUT');
    expect([error.message, error.extensions.fields]).toEqual(['hoursSpent must be less than 10^3.', ['hoursSpent']]);
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
