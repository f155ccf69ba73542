import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ask, clearAway, type Running, readyUrl, run, start, temporaryDirectory } from './command-line.ts';

const directory = temporaryDirectory();
const environment = { DATA_DIR: directory, PORT: '0' };
let server: Running;
let url: string;

beforeAll(async () => {
  server = start(['serve'], environment);
  url = await readyUrl(server);
}, 120_000);
afterAll(() => clearAway(directory, [server]));

async function token(...args: string[]): Promise<string> {
  const { stdout, stderr } = await run(['token', ...args], environment);
  expect(stderr).toBe('');
  return stdout.trim();
}

test('a first start says where the server is and, once, who is in the demo data and their password', async () => {
  expect(server.stdout).toContain(`Ruru      ${url}/\n`);
  expect(server.stdout).toMatch(/acme +admin@acme\.example, developer@acme\.example/);
  expect(server.stdout).toMatch(/globex +admin@globex\.example/);
  const password = /Password +(\S+)/.exec(server.stdout)?.[1];
  for (const email of ['admin@acme.example', 'analyst@globex.example']) {
    const answer = await fetch(`${url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        query: 'mutation ($email: String!, $password: String!) { signIn(input: { email: $email, password: $password }) { accessToken } }',
        variables: { email, password },
      }),
    });
    const { data } = (await answer.json()) as { data: { signIn: { accessToken: string } } };
    expect((await ask(url, data.signIn.accessToken, '{ me { role } }')).me.role).toBe(email.split('@')[0]?.toUpperCase());
  }
  expect(server.stderr).toMatch(/^First start: .*\n$/);
});

test('a forgotten password is set by a token of the operator', async () => {
  const { stdout, code } = await run(['users', 'reset-password', 'member@acme.example', '--json'], environment);
  expect(code).toBe(0);
  const { token: reset } = JSON.parse(stdout) as { token: string };
  const answer = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: `mutation { resetPassword(input: { token: "${reset}", password: "a password of one's own" }) { done } }`,
    }),
  });
  expect(await answer.json()).toEqual({ data: { resetPassword: { done: true } } });
  const unknown = await run(['users', 'reset-password', 'nobody@acme.example'], environment);
  expect([unknown.code, unknown.stderr]).toEqual([1, 'Nobody has the e-mail address "nobody@acme.example".\n']);
});

test('health, Ruru and the public keys are served', async () => {
  for (const path of ['/health', '/health/live', '/health/ready']) expect((await fetch(url + path)).status, path).toBe(200);
  const page = await fetch(`${url}/`, { headers: { accept: 'text/html' } });
  expect(page.headers.get('content-type')).toContain('text/html');
  expect(await page.text()).toContain('Ruru');
  expect(await (await fetch(`${url}/.well-known/jwks.json`)).json()).toEqual({
    keys: [{ kty: 'OKP', crv: 'Ed25519', x: expect.any(String), kid: expect.any(String), alg: 'EdDSA', use: 'sig' }],
  });
});

test.each([
  ['acme', ['billing', 'shop']],
  ['globex', ['shop']],
])('the demo organization %s sees its own projects, people and defects', async (slug, projects) => {
  const query = '{ organizations { nodes { slug } } projects { nodes { slug defects { totalCount } } } people { totalCount } }';
  const seen = await ask(url, await token('--org', slug, '--role', 'developer'), query);
  expect(seen.organizations.nodes).toEqual([{ slug }]);
  expect(seen.people.totalCount).toBe(6);
  const found = seen.projects.nodes as { slug: string; defects: { totalCount: number } }[];
  expect(found.map((project) => project.slug).sort()).toEqual(projects);
  for (const { defects } of found) expect(defects.totalCount).toBeGreaterThan(0);
});

test.each(['acme', 'globex'])('the demo organization %s has designs with a history and what is said of them', async (slug) => {
  const query = `{ templates { totalCount } designs(orderBy: ID_ASC) { nodes {
    name versions { totalCount } shares { totalCount } resources { totalCount } template { usageCount } comments { totalCount } } } }`;
  const seen = await ask(url, await token('--org', slug, '--role', 'admin'), query);
  expect(seen).toEqual({
    templates: { totalCount: 3 },
    designs: {
      nodes: [
        {
          name: 'Shop in production',
          versions: { totalCount: 3 },
          shares: { totalCount: 1 },
          resources: { totalCount: 2 },
          template: { usageCount: 1 },
          comments: { totalCount: 3 },
        },
        {
          name: 'Order events',
          versions: { totalCount: 2 },
          shares: { totalCount: 2 },
          resources: { totalCount: 1 },
          template: { usageCount: 1 },
          comments: { totalCount: 1 },
        },
      ],
    },
  });
});

test.each(['acme', 'globex'])('the demo organization %s has a Terraform state, drift, and a pipeline that ran', async (slug) => {
  const query = `{ states(first: 5) { nodes { workspace serial versions { totalCount } driftLogs { totalCount } design { name } } }
    pipelines(first: 5) { nodes { executions(first: 5, orderBy: [PRIMARY_KEY_ASC]) { nodes { status error stages(first: 5, orderBy: [POSITION_ASC]) { nodes { status } } } } } } }`;
  const seen = await ask(url, await token('--org', slug, '--role', 'admin'), query);
  expect(seen.states.nodes).toEqual([
    {
      workspace: 'production',
      serial: '2',
      versions: { totalCount: 2 },
      driftLogs: { totalCount: 2 },
      design: { name: 'Shop in production' },
    },
  ]);
  const executions = seen.pipelines.nodes[0].executions.nodes as { status: string; stages: { nodes: { status: string }[] } }[];
  expect(executions.map(({ status, stages }) => [status, stages.nodes.map((stage) => stage.status)])).toEqual([
    ['SUCCEEDED', ['SUCCEEDED', 'SUCCEEDED', 'SUCCEEDED']],
    ['FAILED', ['SUCCEEDED', 'FAILED', 'CANCELLED']],
    ['RUNNING', ['SUCCEEDED', 'PENDING', 'PENDING']],
  ]);
});

test('the files that hold secrets can be read by their owner only', () => {
  for (const name of ['encryption.key', 'jwt.key', 'postgres.password', 'app-user.password', 'connection.json', 'postgres.log']) {
    expect([name, (statSync(join(directory, name)).mode & 0o777).toString(8)]).toEqual([name, '600']);
  }
});

test('a second server on the same directory is refused and leaves the first in peace', async () => {
  const second = await run(['serve'], environment);
  expect(second).toEqual({
    code: 1,
    stdout: '',
    stderr: `The database in ${directory} is already in use, by process ${server.pid}: stop that one first.\n`,
  });
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
  // The note by which commands find the database is the first one's still.
  await token('--org', 'acme', '--role', 'member');
});
