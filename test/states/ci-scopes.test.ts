import { beforeAll, describe, expect, inject, test } from 'vitest';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { terraformState } from '../support/fixture-states.ts';
import { useServer } from '../support/server.ts';
import { backendAt, basic } from '../terraform/backend.ts';
import { makeDesign } from './designs.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const CREATE = 'mutation ($input: CreateApiKeyInput!) { createApiKey(input: $input) { key } }';

describe.each([acme, globex])('a build’s key of $slug', (organization) => {
  let design: string;
  let ofOtherProject: string;
  let ofNoProject: string;
  let made = 0;

  beforeAll(async () => {
    design = await makeDesign(database, organization);
    ofOtherProject = await makeDesign(database, organization, { project: organization.otherProject });
    ofNoProject = await makeDesign(database, organization, { project: null, visibility: 'organization' });
    const token = await server.token(persona(organization, 'admin'));
    for (const id of [design, ofOtherProject, ofNoProject]) {
      const stored = await backendAt(`${server.url}/terraform/states/${id}/default`, basic(token)).post(terraformState(1));
      expect(stored.status).toBe(200);
    }
  });

  async function keyWith(scopes: readonly string[]) {
    const input = {
      name: `terraform ${(made += 1)}`,
      role: 'CI',
      projectId: organization.project,
      scopes,
    };
    const answer = await server.query(persona(organization, 'admin'), CREATE, { input });
    if (answer.errors.length > 0) throw new Error(JSON.stringify(answer.errors));
    const key = answer.data.createApiKey.key as string;
    return {
      at: (id: string, username?: string) => backendAt(`${server.url}/terraform/states/${id}/default`, basic(key, username)),
      ask: (query: string) => server.post({ authorization: `Bearer ${key}` }, JSON.stringify({ query })),
    };
  }

  const LISTS = '{ states { nodes { designId } } stateVersions { nodes { designId } } }';

  test.each([[[]], [['designs:read', 'pipelines:read', 'pipelines:write', 'defects:read']]])(
    'whose scopes are %j has nothing of states',
    async (scopes) => {
      const { at, ask } = await keyWith(scopes);
      const client = at(design);
      for (const answer of [
        await client.get(),
        await client.post(terraformState(2)),
        await client.lock('x'),
        await client.unlock(null),
        await client.remove(),
      ]) {
        expect([answer.status, answer.code]).toEqual([403, 'FORBIDDEN']);
      }
      expect(await ask(LISTS)).toMatchObject({ errors: [], data: { states: { nodes: [] }, stateVersions: { nodes: [] } } });
      const made = await ask(`mutation { createState(input: { state: { designId: "${design}", workspace: "x" } }) { clientMutationId } }`);
      expectError(made, 'FORBIDDEN');
    },
  );

  test('that names states:write reads and writes those of its project’s designs, by any user name, and no others', async () => {
    const { at, ask } = await keyWith(['states:write']);
    expect((await at(design, 'anyone').get()).bytes.toString()).toMatch(/"serial":1/);
    expect((await at(design).lock('build')).status).toBe(200);
    expect((await at(design).post(terraformState(2), 'build')).status).toBe(200);
    expect((await at(design).unlock('build')).status).toBe(200);
    for (const other of [ofOtherProject, ofNoProject]) {
      for (const answer of [await at(other).get(), await at(other).post(terraformState(2)), await at(other).lock('x')]) {
        expect([answer.status, answer.code]).toEqual([404, 'NOT_FOUND']);
      }
    }
    const { data } = await ask(LISTS);
    const seen = [...data.states.nodes, ...data.stateVersions.nodes].map((node: { designId: string }) => node.designId);
    expect(seen).toContain(design);
    expect(seen).not.toContain(ofOtherProject);
    expect(seen).not.toContain(ofNoProject);
  });

  test('that names states:read reads, and locks and writes nothing', async () => {
    const { at } = await keyWith(['states:read']);
    expect((await at(design).get()).status).toBe(200);
    for (const answer of [await at(design).post(terraformState(9)), await at(design).lock('x'), await at(design).remove()])
      expect(answer.status).toBe(403);
  });

  test('sees what it reads in GraphQL as a token', async () => {
    const { ask } = await keyWith(['states:write']);
    const { data } = await ask('{ states { nodes { state } } }');
    for (const { state } of data.states.nodes) expect(state).toMatch(/^masked:[0-9a-f]{32}$/);
  });
});

test.each([
  ['nothing', undefined, 401],
  ['a key that does not exist', basic('dxk_nothing'), 401],
  ['no token', basic('a password'), 401],
  ['Basic that is none', 'Basic %%%', 401],
])('who sends %s is asked to sign in', async (_what, authorization, status) => {
  const { rows } = await database.operator.query<{ design_id: string }>('select design_id from app.states limit 1');
  const answer = await backendAt(`${server.url}/terraform/states/${rows[0]?.design_id}/default`, authorization).get();
  expect([answer.status, answer.code]).toEqual([status, 'UNAUTHENTICATED']);
  // Basic would have a browser ask for a password, and send it along from then on.
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
});

test('HTTP Basic is for Terraform alone', async () => {
  const answer = await server.post(
    { authorization: basic(await server.token(persona(acme, 'admin'))) },
    JSON.stringify({ query: '{ me { role } }' }),
  );
  expectError(answer, 'UNAUTHENTICATED');
});

test('requests of Terraform are counted with the others of the same caller', async () => {
  const design = await makeDesign(database, acme, { creator: 'engineer' });
  const token = await server.token(persona(acme, 'engineer'));
  const answer = await backendAt(`${server.url}/terraform/states/${design}/default`, basic(token)).get();
  const left = Number(answer.headers.get('ratelimit-remaining'));
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ me { role } }' }),
  });
  expect(Number(response.headers.get('ratelimit-remaining'))).toBe(left - 1);
});
