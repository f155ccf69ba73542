import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import {
  ask,
  clearAway,
  descendants,
  isAlive,
  PATIENCE,
  postmasterOf,
  type Running,
  readyUrl,
  run,
  start,
  temporaryDirectory,
} from './command-line.ts';

// A start takes seconds where the machine is busy, and some tests have two.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** A directory that a first start has filled and a stop has left. */
const made = temporaryDirectory();

beforeAll(async () => {
  const server = start(['serve'], { DATA_DIR: made, PORT: '0' });
  await readyUrl(server);
  server.child.kill('SIGINT');
  await server.ended;
});
afterAll(() => clearAway(made, []));

/** A copy of the directory for one test, and what it starts there. */
function copyOfMade() {
  const parent = temporaryDirectory();
  const directory = join(parent, 'data');
  execFileSync('cp', ['-a', made, directory]);
  const servers: Running[] = [];
  onTestFinished(async () => {
    await clearAway(directory, servers);
    await clearAway(parent, []);
  });
  const begin = (port = 0) => {
    const server = start(['serve'], { DATA_DIR: directory, PORT: String(port) });
    servers.push(server);
    return server;
  };
  return {
    directory,
    begin,
    async serve(port = 0) {
      const server = begin(port);
      return { server, url: await readyUrl(server) };
    },
    async projects(url: string) {
      const data = await ask(url, await this.token(), '{ projects { nodes { slug } } }');
      return (data.projects.nodes as { slug: string }[]).map(({ slug }) => slug).sort();
    },
    async makeProject(url: string, slug: string) {
      const mutation = 'mutation ($project: ProjectInput!) { createProject(input: { project: $project }) { project { slug } } }';
      await ask(url, await this.token(), mutation, { project: { name: slug, slug } });
    },
    async token() {
      return (await run(['token', '--org', 'acme', '--role', 'admin'], { DATA_DIR: directory })).stdout.trim();
    },
    /** No process, no lock, and no note of how to reach the database. */
    expectNothingLeft(family: readonly number[]) {
      expect(family.filter(isAlive)).toEqual([]);
      const notes = ['postgres.lock', 'connection.json', 'postgres/postmaster.pid'];
      expect(notes.filter((file) => existsSync(join(directory, file)))).toEqual([]);
    },
  };
}

test('Ctrl-C leaves nothing behind, and the next start has the data and nothing to say of a first one', async () => {
  const place = copyOfMade();
  const { server, url } = await place.serve();
  await place.makeProject(url, 'kept');
  const family = descendants(server.pid);
  expect(family).toContain(postmasterOf(place.directory));
  // Twice, as npm passes on what the terminal has sent already.
  process.kill(server.pid, 'SIGINT');
  process.kill(server.pid, 'SIGINT');
  expect(await server.ended).toMatchObject({ code: 0, stderr: 'Stopping …\n' });
  place.expectNothingLeft([server.pid, ...family]);
  expect(await canListen(Number(new URL(url).port))).toBe(true);

  const again = await place.serve();
  expect(again.server.stderr).toBe('');
  expect(again.server.stdout).not.toContain('@acme.example');
  expect(await place.projects(again.url)).toEqual(['billing', 'kept', 'shop']);
});

test('kill -9 leaves a database that the next start takes over, and SIGTERM leaves nothing behind', async () => {
  const place = copyOfMade();
  const port = await freePort();
  const { server, url } = await place.serve(port);
  expect(url).toBe(`http://localhost:${port}`);
  await place.makeProject(url, 'kept');
  server.child.kill('SIGKILL');
  await server.ended;
  const orphan = postmasterOf(place.directory) as number;
  expect(isAlive(orphan)).toBe(true);

  const again = await place.serve(port);
  expect(isAlive(orphan)).toBe(false);
  expect(await place.projects(again.url)).toEqual(['billing', 'kept', 'shop']);
  const family = descendants(again.server.pid);
  process.kill(again.server.pid, 'SIGTERM');
  expect(await again.server.ended).toMatchObject({ code: 0 });
  place.expectNothingLeft([again.server.pid, ...family]);
});

test('a port in use: one sentence, and nothing is left running', async () => {
  const place = copyOfMade();
  const port = await freePort();
  const stranger = createServer().listen(port, '127.0.0.1');
  onTestFinished(() => void stranger.close());
  const refused = place.begin(port);
  let family: number[] = [];
  await vi.waitFor(() => expect((family = descendants(refused.pid))).toContain(postmasterOf(place.directory)), PATIENCE);
  expect(await refused.ended).toEqual({
    code: 1,
    stdout: '',
    stderr: `Port ${port} is in use: stop what listens there, or choose another with PORT.\n`,
  });
  place.expectNothingLeft([refused.pid, ...family]);
});

test('the server ends with its database, and says so', async () => {
  const place = copyOfMade();
  const { server } = await place.serve();
  const family = descendants(server.pid);
  process.kill(postmasterOf(place.directory) as number, 'SIGKILL');
  const { code, stderr } = await server.ended;
  expect(code).toBe(1);
  expect(stderr).toBe('The embedded PostgreSQL has ended by itself; its log is postgres.log in the data directory.\n');
  expect([server.pid, ...family].filter(isAlive)).toEqual([]);
  expect(existsSync(join(place.directory, 'postgres.lock'))).toBe(false);
});

test('a database that was moved away is made anew, with the demo data', async () => {
  const place = copyOfMade();
  execFileSync('mv', [join(place.directory, 'postgres'), join(place.directory, 'postgres.old')]);
  const { server, url } = await place.serve();
  expect(server.stderr).toMatch(/^First start: .*\n$/);
  expect(await place.projects(url)).toEqual(['billing', 'shop']);
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function canListen(port: number): Promise<boolean> {
  const probe = createServer();
  return new Promise((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
}
