import { readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'postgraphile/graphql';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { InlinedValues } from '../../src/http/inlined-values.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme } = inject('fixture');

describe('values that are written into a document', () => {
  const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
  const isValid = (query: string) => validate(schema, parse(query)).length === 0;
  let inlined: InlinedValues;
  beforeAll(() => {
    inlined = new InlinedValues(schema, isValid);
  });
  const lift = (query: string, variables?: Record<string, unknown>) => inlined.lift({ query, variables });

  test('become variables, and the texts one', () => {
    const first = lift('{ defects(first: 5, filter: { errorType: { includes: "a%" } }) { nodes { id } } }');
    const second = lift('{ defects(first: 50,\n filter: { errorType: { includes: """b""" } }) { nodes { id } } }');
    expect(first).toEqual({
      query:
        'query ($inlined_0: Int!, $inlined_1: String) { defects(first: $inlined_0, filter: { errorType: { includes: $inlined_1 } }) { nodes { id } } }',
      variables: { inlined_0: 5, inlined_1: 'a%' },
    });
    // A block string is another word of the language.
    expect(second.variables).toEqual({ inlined_0: 50, inlined_1: 'b' });
    expect(lift('{ defects(first: 7, filter: { errorType: { includes: "c" } }) { nodes { id } } }').query).toBe(first.query);
  });

  test('stand beside those that are variables already', () => {
    expect(lift('query Q($n: Int!) { defects(first: $n, filter: { errorType: { in: ["a", "b"] } }) { nodes { id } } }', { n: 3 })).toEqual({
      query:
        'query Q($inlined_0: String!, $inlined_1: String!, $n: Int!) { defects(first: $n, filter: { errorType: { in: [$inlined_0, $inlined_1] } }) { nodes { id } } }',
      variables: { n: 3, inlined_0: 'a', inlined_1: 'b' },
    });
    expect(lift('query Named { defects(first: 3) { nodes { id } } }').query).toBe(
      'query Named ($inlined_0: Int!) { defects(first: $inlined_0) { nodes { id } } }',
    );
  });

  test.each([
    ['is of another type than it looks', '{ defects(first: "5") { nodes { id } } }'],
    ['is too large for its type', '{ defects(first: 5000000000) { nodes { id } } }'],
    ['names no field', '{ nothing(first: 5) { id } }'],
    ['is a default', 'query ($n: Int = 5) { defects(first: $n) { nodes { id } } }'],
    ['is one of several operations', 'query A { defects(first: 5) { nodes { id } } } query B { defects(first: 6) { nodes { id } } }'],
    ['stands behind a fragment', 'fragment F on Query { defects(first: 5) { nodes { id } } } query { ...F }'],
    ['is in one field twice', '{ defects(first: 5) { nodes { id } } defects(first: 5) { totalCount } }'],
    ['is not GraphQL', '{ defects(first: 5'],
  ])('stay, where the document %s', (_what, query) => {
    for (let time = 0; time < 2; time += 1) expect(lift(query)).toEqual({ query, variables: undefined });
  });

  test('of any number are one document', () => {
    const queries = new Set(
      Array.from({ length: 2_000 }, (_, n) => lift(`{ defects(first: ${n}, offset: ${n * 2}) { nodes { id } } }`).query),
    );
    expect(queries.size).toBe(1);
  });
});

describe('a client that writes values into its documents', () => {
  const database = useDatabase();
  const server = useServer(database);
  const ask = (query: string, variables = {}) => server.query(persona(acme, 'admin'), query, variables);

  test('is answered as one that sends them as variables', async () => {
    const { data } = await ask('{ projects { nodes { id name } } }');
    expect(data.projects.nodes.length).toBeGreaterThan(1);
    const given = `query ($id: UUID!, $name: String!) {
      project(id: $id) { id name } projects(filter: { name: { equalTo: $name } }) { totalCount } }`;
    for (const { id, name } of data.projects.nodes) {
      const text = JSON.stringify(name);
      const written = await ask(`{ project(id: "${id}") { id name } projects(filter: { name: { equalTo: ${text} } }) { totalCount } }`);
      expect(written).toEqual(await ask(given, { id, name }));
      expect(written.data).toEqual({ project: { id, name }, projects: { totalCount: 1 } });
    }
  });

  test('changes what it says', async () => {
    const names = ['one', 'a "quoted" \\ name', 'ü€😀'];
    for (const name of names) {
      const answer = await ask(
        `mutation { createProjectGroup(input: { projectGroup: { name: ${JSON.stringify(name)} } }) { projectGroup { name } } }`,
      );
      expect(answer.data.createProjectGroup.projectGroup).toEqual({ name });
    }
  });

  test('is told of a wrong value where it stands', async () => {
    await ask(`{ defect(id: "${acme.defect}") { id } }`);
    const answer = await ask('{ defect(id: "nonsense") { id } }');
    expect(answer.errors[0]?.extensions.code).toBe('BAD_USER_INPUT');
    expect(JSON.stringify(answer)).not.toContain('inlined_');
    const page = await ask('{ defects(first: 100000) { nodes { id } } }');
    expect(page.errors[0]?.extensions).toMatchObject({ code: 'BAD_USER_INPUT', fields: ['first'] });
    expect(JSON.stringify(page)).not.toContain('inlined_');
  });
});
