import { createServer } from 'node:net';
import { expect, onTestFinished, test, vi } from 'vitest';
import { descendants, isAlive, PATIENCE, postmasterOf, readyUrl } from '../cli/command-line.ts';
import { waitForLock, whileLocked } from '../http/locks.ts';
import { useDatabase } from '../support/database.ts';
import { ask, bearer, beginByTwo, query, serveByTwo } from './served-by-two.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const database = useDatabase();

test('a process that is killed is replaced, and requests go on meanwhile', async () => {
  const { server, url, workers } = await serveByTwo(database);
  const [killed, other] = workers() as [number, number];
  process.kill(killed, 'SIGKILL');
  await vi.waitFor(() => expect(server.stdout).toContain('A process of the server ended by SIGKILL. Another is started.'), PATIENCE);
  for (let n = 0; n < 10; n += 1) expect((await ask(url, '/health/ready')).status).toBe(200);
  await vi.waitFor(() => expect(workers()).toHaveLength(2), PATIENCE);
  const replacement = workers().find((pid) => pid !== other) as number;
  expect(replacement).not.toBe(killed);
  // The one that was there may end as well: the new one serves.
  await vi.waitFor(async () => {
    const ports = await Promise.all(Array.from({ length: 4 }, () => ask(url, '/health/live')));
    expect(ports.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  }, PATIENCE);
});

test('SIGTERM lets both answer what they have under way, and all end', async () => {
  const { server, url, workers } = await serveByTwo(database);
  const right = await bearer('admin');
  const family = workers();
  const asked = await whileLocked(database, 'app.projects', async () => {
    const answers = Array.from({ length: 4 }, () => query(url, '{ projects { totalCount } }', right));
    await waitForLock(database, 4);
    process.kill(server.pid, 'SIGTERM');
    await vi.waitFor(() => expect(server.stderr).toContain('Stopping …'), PATIENCE);
    // Nobody else is let in.
    await vi.waitFor(async () => await expect(ask(url, '/health/live')).rejects.toThrow('ECONNREFUSED'), PATIENCE);
    expect([server.pid, ...family].filter(isAlive)).toHaveLength(3);
    return answers;
  });
  for (const { status, body } of await Promise.all(asked)) expect([status, JSON.parse(body).errors]).toEqual([200, undefined]);
  expect(await server.ended).toMatchObject({ code: 0, stderr: 'Stopping …\n' });
  expect(family.filter(isAlive)).toEqual([]);
});

test('Ctrl-C on a terminal reaches all of them at once, and nobody is replaced', async () => {
  const { server, workers } = await serveByTwo(database);
  const family = [server.pid, ...workers()];
  for (const pid of family) process.kill(pid, 'SIGINT');
  expect(await server.ended).toMatchObject({ code: 0, stderr: 'Stopping …\n' });
  expect(server.stdout).not.toContain('Another is started');
  expect(family.filter(isAlive)).toEqual([]);
});

test('they end with the one that supervises them', async () => {
  const { server, workers } = await serveByTwo(database);
  const family = workers();
  expect(family).toHaveLength(2);
  server.child.kill('SIGKILL');
  await vi.waitFor(() => expect(family.filter(isAlive)).toEqual([]), PATIENCE);
});

test('a port in use: one sentence, and nothing is left running', async () => {
  const stranger = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void stranger.close());
  await vi.waitFor(() => expect(stranger.address()).not.toBeNull());
  const { port } = stranger.address() as { port: number };
  const { server } = beginByTwo({ DATABASE_URL: database.url, PORT: String(port) });
  let family: number[] = [];
  await vi.waitFor(() => expect((family = descendants(server.pid))).toHaveLength(2), PATIENCE);
  expect(await server.ended).toEqual({
    code: 1,
    stdout: '',
    stderr: `Port ${port} is in use: stop what listens there, or choose another with PORT.\n`,
  });
  expect(family.filter(isAlive)).toEqual([]);
});

test.each([
  [{ WORKERS: '0' }, 'The setting WORKERS must be a whole number from 1 to 128.'],
  [{ WORKERS: '3', DATABASE_POOL_SIZE: '2' }, 'The setting DATABASE_POOL_SIZE must be at least 3, one for each of WORKERS.'],
  [{ WORKERS: '3', MAX_CONNECTIONS: '2' }, 'The setting MAX_CONNECTIONS must be at least 3, one for each of WORKERS.'],
])('%o is refused', async (settings, sentence) => {
  const { server } = beginByTwo({ DATABASE_URL: 'postgres://app_user@127.0.0.1:1/x', ...settings });
  expect(await server.ended).toEqual({ code: 1, stdout: '', stderr: `${sentence}\n` });
});

test('without a database one is started for both, and ends with them', async () => {
  const { server, directory } = beginByTwo({});
  const url = await readyUrl(server);
  const family = descendants(server.pid);
  expect(family).toContain(postmasterOf(directory));
  expect(server.stdout).toMatch(/acme +admin@acme\.example/);
  for (let n = 0; n < 4; n += 1) expect((await ask(url, '/health/ready')).status).toBe(200);
  process.kill(server.pid, 'SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0 });
  expect([server.pid, ...family].filter(isAlive)).toEqual([]);
  expect(postmasterOf(directory)).toBeNull();
});
