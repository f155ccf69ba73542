import { getIntrospectionQuery } from 'graphql';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { LARGE_VALUES } from '../../src/plugins/operation-cost.ts';
import { persona, useDatabase } from '../support/database.ts';
import { type GraphQLAnswer, useServer } from '../support/server.ts';
import { expectError } from './answers.ts';

const { acme } = inject('fixture');
const admin = persona(acme, 'admin');
const database = useDatabase();
const server = useServer(database);

/** What is refused must be refused before much work is done. */
async function quickly(ask: () => Promise<GraphQLAnswer>): Promise<GraphQLAnswer> {
  const began = performance.now();
  const answer = await ask();
  expect(performance.now() - began).toBeLessThan(1_000);
  return answer;
}

async function expectTooComplex(query: string, limit?: number): Promise<void> {
  const answer = await quickly(() => server.query(admin, query));
  const { extensions } = expectError(answer, 'QUERY_TOO_COMPLEX');
  expect(answer.data).toBeUndefined();
  if (limit !== undefined) {
    expect(extensions.limit).toBe(limit);
    expect(extensions.cost).toBeGreaterThan(limit);
  }
}

/** The server has taken no harm. */
async function expectAlive(): Promise<void> {
  expect((await server.query(admin, '{ projects { totalCount } }')).data).toEqual({ projects: { totalCount: 2 } });
}

describe('depth', () => {
  const nested = (levels: number) =>
    `{ project(id: "${acme.project}") ${'{ group { projects(first: 1) { nodes '.repeat(levels)} { id } ${'} } }'.repeat(levels)} }`;

  test('fifteen levels are allowed', async () => {
    expect((await server.query(admin, nested(4))).errors).toEqual([]);
  });

  test('fifty are not, nor with the depth hidden in fragments', async () => {
    await expectTooComplex(nested(17), 15);
    const fragments = Array.from(
      { length: 20 },
      (_, n) => `fragment F${n} on Project { group { projects { nodes { ${n === 0 ? 'id' : `...F${n - 1}`} } } } }`,
    );
    await expectTooComplex(`{ projects { nodes { ...F19 } } } ${fragments.join(' ')}`, 15);
  });

  test('thousands are not even parsed', async () => {
    await expectTooComplex(`{ ${'a { '.repeat(3_000)} b ${'}'.repeat(3_000)} }`);
    await expectTooComplex(`{ ${'... { '.repeat(3_000)} __typename ${'}'.repeat(3_000)} }`);
    await expectTooComplex(`{ a(b: ${'['.repeat(4_000)}${']'.repeat(4_000)}) }`);
    await expectAlive();
  });

  test('nor thousands of levels of variables', async () => {
    const deep = `{"query":"query ($x: JSON) { __typename }","variables":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`;
    const answer = await quickly(() => server.post({}, deep));
    expect(answer.status).toBe(400);
    expectError(answer, 'BAD_USER_INPUT');
    await expectAlive();
  });
});

describe('fields', () => {
  const aliases = (count: number) => Array.from({ length: count }, (_, n) => `a${n}: __typename`).join(' ');
  const fields = (count: number) => '__typename '.repeat(count);

  test('five hundred are allowed, one more is not', async () => {
    const nineteen =
      'assigneeId createdAt environment errorType firstRunId firstSeenAt id lastRunId lastSeenAt nodeId occurrenceCount projectId resolvedAt severity status testId title updatedAt version';
    const defects = Array.from({ length: 25 }, (_, n) => `a${n}: defect(id: "${acme.defect}") { ${nineteen} }`).join(' ');
    expect((await server.query(admin, `{ ${defects} }`)).errors).toEqual([]);
    await expectTooComplex(`{ ${defects} __typename }`, 500);
    await expectTooComplex(`{ ${fields(501)} }`, 500);
  });

  test('fifty under other names, one more is not', async () => {
    expect(Object.keys((await server.query(admin, `{ ${aliases(50)} }`)).data)).toHaveLength(50);
    await expectTooComplex(`{ ${aliases(51)} }`, 50);
    // Nor hidden in a fragment that is used twice.
    await expectTooComplex(`{ ...F ... on Query { ...F } } fragment F on Query { ${aliases(26)} }`, 50);
  });

  test('fifty directives, one more is not, wherever they stand', async () => {
    const included = (count: number) => '... @include(if: true) { __typename } '.repeat(count);
    expect((await server.query(admin, `{ ${included(50)} }`)).errors).toEqual([]);
    await expectTooComplex(`{ ${included(51)} }`, 50);
    await expectTooComplex(`query ${'@a '.repeat(51)} { __typename }`, 50);
    await expectTooComplex(`query ($x: Int ${'@a '.repeat(51)}) { __typename }`, 50);
    await expectTooComplex(`{ ...F ${'@include(if: true) '.repeat(26)} } fragment F on Query ${'@a '.repeat(25)} { __typename }`, 50);
  });

  test('fifty operations a document, thousands are not', async () => {
    const operations = (count: number) => Array.from({ length: count }, (_, n) => `query Q${n} { __typename }`).join(' ');
    const ask = (count: number) => server.post({}, JSON.stringify({ query: operations(count), operationName: 'Q1' }));
    expect((await ask(50)).data).toEqual({ __typename: 'Query' });
    expect(expectError(await quickly(() => ask(51)), 'QUERY_TOO_COMPLEX').extensions).toMatchObject({ cost: 51, limit: 50 });
    expectError(await quickly(() => ask(1_900)), 'QUERY_TOO_COMPLEX');
  });

  test('the same field again and again', async () => {
    await expectTooComplex(`{ ${fields(9_000)} }`, 500);
    await expectTooComplex(`{ ${'a: __typename '.repeat(60_000)} }`);
  });

  test('fragments that double 16 times, and 900 times', async () => {
    for (const times of [16, 900]) {
      const fragments = Array.from(
        { length: times },
        (_, n) => `fragment F${n} on Query { ${n === 0 ? '__typename' : `...F${n - 1} ...F${n - 1}`} }`,
      );
      await expectTooComplex(`{ ...F${times - 1} } ${fragments.join(' ')}`, 500);
    }
  });

  test('a fragment of an operation that is not run, or that is not used, counts too', async () => {
    await expectTooComplex(`query A { __typename } query B { ${fields(501)} }`, 500);
    await expectTooComplex(`{ __typename } fragment F on Query { ${fields(501)} }`, 500);
  });

  test('fragments in a circle are refused, not followed', async () => {
    const answer = await quickly(() => server.query(admin, '{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }'));
    expectError(answer, 'BAD_USER_INPUT');
  });

  test('directives and arguments by the thousand', async () => {
    await expectTooComplex(`{ __typename ${'@include(if: true) '.repeat(5_000)} }`);
    await expectTooComplex(`{ defects(filter: { or: [${'{ and: [] } '.repeat(5_000)}] }) { totalCount } }`);
    await expectAlive();
  });
});

describe('pages', () => {
  beforeAll(async () => {
    await database.operator.query(
      "insert into app.tests (organization_id, project_id, name) select $1, $2, 'test ' || n from generate_series(1, 1100) as n",
      [acme.id, acme.project],
    );
  });

  test('have 100 rows where nothing else is asked for, and 1,000 at most', async () => {
    const answer = await server.query(
      admin,
      '{ few: tests { nodes { id } totalCount } many: tests(first: 1000) { nodes { id } } none: tests(first: 0) { nodes { id } } }',
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data.few.nodes).toHaveLength(100);
    expect(answer.data.few.totalCount).toBeGreaterThan(1_100);
    expect(answer.data.many.nodes).toHaveLength(1_000);
    expect(answer.data.none.nodes).toEqual([]);
  });

  test.each<[string, string, Record<string, unknown>?]>([
    ['too large', '{ tests(first: 1001) { nodes { id } } }'],
    ['negative', '{ tests(first: -1) { nodes { id } } }'],
    ['null', '{ tests(first: null) { nodes { id } } }'],
    ['too large in a variable', 'query ($n: Int!) { tests(first: $n) { nodes { id } } }', { n: 1_001 }],
    ['negative in a variable', 'query ($n: Int!) { tests(first: $n) { nodes { id } } }', { n: -1 }],
    ['null in a variable', 'query ($n: Int!) { tests(first: $n) { nodes { id } } }', { n: null }],
    ['no number in a variable', 'query ($n: Int!) { tests(first: $n) { nodes { id } } }', { n: '5' }],
    ["too large by a variable's default", 'query ($n: Int! = 1001) { tests(first: $n) { nodes { id } } }'],
    ['too large within a fragment', '{ ...F } fragment F on Query { tests(first: 1001) { nodes { id } } }'],
    ['too large within a list', `{ project(id: "${acme.project}") { tests(first: 100000) { nodes { id } } } }`],
    ['beyond integers', '{ tests(first: 99999999999) { nodes { id } } }'],
  ])('%s is refused', async (_name, query, variables) => {
    const answer = await server.query(admin, query, variables);
    expectError(answer, 'BAD_USER_INPUT');
    expect(answer.data).toBeUndefined();
  });

  test('backwards there is no way round', async () => {
    expectError(await server.query(admin, '{ tests(last: 100000) { nodes { id } } }'), 'BAD_USER_INPUT');
  });
});

describe('cost', () => {
  const LIMIT = 100_000;
  const diffs = (count: number) =>
    Array.from({ length: count }, (_, n) => `a${n}: designDiff(designId: "${acme.designs.admin}", from: 1, to: 2) { patch }`).join(' ');

  test.each<[string, string, Record<string, unknown>?]>([
    [
      '100 rows, 10 fields and what they belong to',
      '{ defects { nodes { id title status severity version createdAt updatedAt firstSeenAt lastSeenAt occurrenceCount project { id name slug } test { id name } } } }',
    ],
    ['1,000 rows of 20 fields', `{ tests(first: 1000) { nodes { ${'id '.repeat(20)} } } }`],
    ['100 × 100 rows of 3 fields', '{ projects { nodes { id tests { nodes { id name createdAt } } } } }'],
    ['small pages deep down', '{ projects(first: 5) { nodes { tests(first: 5) { nodes { defects(first: 5) { nodes { id } } } } } } }'],
    [
      'by variables',
      'query ($n: Int!) { projects(first: $n) { nodes { tests(first: $n) { nodes { defects(first: $n) { nodes { id } } } } } } }',
      { n: 10 },
    ],
    ['100 canvases', '{ designs { edges { node { id name canvas } } } }'],
    ['some patches', `{ ${diffs(5)} }`],
  ])('%s are allowed', async (_name, query, variables) => {
    expect((await server.query(admin, query, variables)).errors).toEqual([]);
  });

  test.each<[string, string, Record<string, unknown>?]>([
    ['100 × 100 × 100 rows', '{ projects { nodes { tests { nodes { defects { nodes { id } } } } } } }'],
    ['the same by edges', '{ projects { edges { node { tests { edges { node { defects { edges { node { id } } } } } } } } } }'],
    [
      'hidden in fragments',
      '{ projects { ...A } } fragment A on ProjectConnection { nodes { tests { ...B } } } fragment B on TestConnection { nodes { defects { nodes { id } } } }',
    ],
    ['hidden behind an alias', '{ a: projects { b: nodes { c: tests { d: nodes { e: defects { f: nodes { id } } } } } } }'],
    ['by a variable', 'query ($n: Int!) { projects(first: $n) { nodes { tests(first: $n) { nodes { id } } } } }', { n: 1_000 }],
    ["by a variable's default", 'query ($n: Int! = 1000) { projects(first: $n) { nodes { tests(first: $n) { nodes { id } } } } }'],
    ['lists side by side', `{ ${Array.from({ length: 50 }, (_, n) => `a${n}: tests(first: 1000) { nodes { id name } }`).join(' ')} }`],
    ['canvases by the thousand', '{ designVersions(first: 1000) { nodes { canvas } } }'],
    ['canvases under many names', `{ designs { nodes { ${Array.from({ length: 50 }, (_, n) => `a${n}: canvas`).join(' ')} } } }`],
    ['states by the thousand', '{ states(first: 1000) { nodes { state } } }'],
    ['patches by the dozen', `{ ${diffs(12)} }`],
    ['introspection in circles', '{ __schema { types { fields { type { fields { type { fields { type { name } } } } } } } } }'],
    [
      'introspection side by side',
      `{ ${Array.from({ length: 50 }, (_, n) => `a${n}: __schema { types { fields { args { name } } } }`).join(' ')} }`,
    ],
  ])('%s are not', async (_name, query, variables) => {
    const answer = await quickly(() => server.query(admin, query, variables));
    const { extensions } = expectError(
      answer,
      /fields \{ type \{ fields \{ type \{ fields/.test(query) ? 'BAD_USER_INPUT' : 'QUERY_TOO_COMPLEX',
    );
    expect(answer.data).toBeUndefined();
    if (extensions.code === 'QUERY_TOO_COMPLEX') {
      expect(extensions.limit).toBe(LIMIT);
      expect(extensions.cost).toBeGreaterThan(LIMIT);
    }
  });

  test('is what could be answered, exactly', async () => {
    // 1,000 tests; of each, itself and its id, and a page of 100 defects with its count.
    const answer = await server.query(admin, '{ tests(first: 1000) { nodes { id defects { totalCount nodes { id } } } } }');
    expect(expectError(answer, 'QUERY_TOO_COMPLEX').extensions.cost).toBe(1 + 1_000 * (2 + 1 + 1 + 100 * 2));
  });

  test('follows the sizes that each request has, of one text too', async () => {
    const query =
      'query ($n: Int = 1000, $m: Int!, $name: String) { tests(first: $n, filter: { name: { equalTo: $name } }) { nodes { id defects(first: $m) { nodes { id } } } } }';
    for (let time = 0; time < 2; time += 1) {
      for (const [n, m] of [
        [10, 10],
        [1_000, 1_000],
        [900, 1_000],
        [1_000, 10],
        [undefined, 1_000],
      ] as const) {
        const answer = await server.query(admin, query, { n, m, name: `test ${n}` });
        const cost = 1 + (n ?? 1_000) * (2 + 1 + m * 2);
        if (cost > LIMIT) expect(expectError(answer, 'QUERY_TOO_COMPLEX').extensions.cost).toBe(cost);
        else expect(answer.errors).toEqual([]);
      }
    }
    expectError(await server.query(admin, query, { n: 1_001, m: 1 }), 'BAD_USER_INPUT');
  });

  test('what counts for more than one value is there', async () => {
    for (const name of Object.keys(LARGE_VALUES)) {
      const [type, field] = name.split('.');
      const { data } = await server.query(admin, `{ __type(name: "${type}") { fields { name } } }`);
      expect(data.__type?.fields, name).toContainEqual({ name: field });
    }
  });

  test('the introspection that tools send is allowed', async () => {
    const { data, errors } = await server.query(
      admin,
      getIntrospectionQuery({ inputValueDeprecation: true, directiveIsRepeatable: true, schemaDescription: true, specifiedByUrl: true }),
    );
    expect(errors).toEqual([]);
    expect(data.__schema.types.length).toBeGreaterThan(100);
  });
});

describe('requests', () => {
  const bodyOf = (bytes: number) => JSON.stringify({ query: '{ __typename }', variables: { padding: 'x'.repeat(bytes) } });
  const ask = async (role: 'analyst' | 'ci' | 'anonymous', body: string) =>
    server.post(role === 'anonymous' ? {} : { authorization: `Bearer ${await server.token(persona(acme, role))}` }, body);

  test('of 1 MB at most, or 10 from who may report', async () => {
    for (const role of ['analyst', 'anonymous'] as const) {
      expect((await ask(role, bodyOf(1_000_000))).errors).toEqual([]);
      const answer = await ask(role, bodyOf(1_048_577));
      expect(answer.status).toBe(413);
      expectError(answer, 'BAD_USER_INPUT');
    }
    expect((await ask('ci', bodyOf(10_000_000))).errors).toEqual([]);
    const answer = await ask('ci', bodyOf(10_485_761));
    expect(answer.status).toBe(413);
    expectError(answer, 'BAD_USER_INPUT');
    await expectAlive();
  });

  test.each<[string, number, RequestInit]>([
    ['no JSON', 400, { body: '{"query":' }],
    ['a number', 400, { body: '7' }],
    ['nothing', 400, { body: '' }],
    ['no query', 400, { body: '{}' }],
    ['a query that is no text', 400, { body: '{"query":{"a":1}}' }],
    ['variables that are a list', 400, { body: '{"query":"{ __typename }","variables":[]}' }],
    ['a list of operations', 400, { body: '[{"query":"{ __typename }"},{"query":"{ __typename }"}]' }],
    ['an operation that is not in the document', 200, { body: '{"query":"query A { __typename }","operationName":"B"}' }],
    [
      'the same, of who knows the newer media type',
      400,
      { body: '{"query":"query A { __typename }","operationName":"B"}', headers: { accept: 'application/graphql-response+json' } },
    ],
    ['compressed by its own word', 400, { body: '{"query":"{ __typename }"}', headers: { 'content-encoding': 'gzip' } }],
    ['an unknown encoding', 415, { body: '{"query":"{ __typename }"}', headers: { 'content-encoding': 'x' } }],
    ['another character set', 415, { body: '{"query":"{ __typename }"}', headers: { 'content-type': 'application/json; charset=latin1' } }],
    ['a form', 415, { body: 'query={__typename}', headers: { 'content-type': 'application/x-www-form-urlencoded' } }],
    ['text', 415, { body: '{"query":"{ __typename }"}', headers: { 'content-type': 'text/plain' } }],
    ['GraphQL itself', 415, { body: '{ __typename }', headers: { 'content-type': 'application/graphql' } }],
    ['an answer in HTML', 406, { body: '{"query":"{ __typename }"}', headers: { accept: 'text/html' } }],
    ['GET', 405, { method: 'GET' }],
    ['PUT', 405, { method: 'PUT', body: '{"query":"{ __typename }"}' }],
    ['OPTIONS', 405, { method: 'OPTIONS' }],
  ])('%s', async (_name, status, init) => {
    const response = await fetch(`${server.url}/graphql?query={__typename}`, {
      method: 'POST',
      ...init,
      headers: { 'content-type': 'application/json', ...init.headers },
    });
    const answer = (await response.json()) as GraphQLAnswer;
    expect(response.status).toBe(status);
    expectError(answer, 'BAD_USER_INPUT');
    expect(answer.data).toBeUndefined();
    // Nobody is invited to ask from another site.
    expect(response.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('HEAD', async () => {
    const response = await fetch(`${server.url}/graphql`, { method: 'HEAD' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST']);
  });

  test.each(['/nothing', '/graphql/', '/%', '/graphql/stream'])('another path: %s', async (path) => {
    const response = await fetch(`${server.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ __typename }"}',
    });
    expect(response.status).toBe(404);
    expectError((await response.json()) as GraphQLAnswer, 'NOT_FOUND');
  });
});
