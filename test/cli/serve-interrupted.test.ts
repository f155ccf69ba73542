import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { withClient } from '../../src/database/connection.ts';
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

type Moment = (directory: string, server: Running) => boolean | Promise<boolean>;

/** How far a first start has come, from its beginning to its end. */
const MOMENTS: Record<string, Moment> = {
  'PostgreSQL makes its files': (directory) => existsSync(join(directory, 'postgres.new', 'base')),
  'PostgreSQL starts': (directory) => postmasterOf(directory) !== null,
  'the demo data is begun': (_, server) => server.stderr.includes('First start'),
  'the second organization is half made': (directory) => has(directory, "slug = 'globex' and provisioning_state <> 'ready'"),
};

async function has(directory: string, condition: string): Promise<boolean> {
  const note = join(directory, 'connection.json');
  if (!existsSync(note)) return false;
  const { operatorUrl } = JSON.parse(readFileSync(note, 'utf8')) as { operatorUrl: string };
  return withClient(operatorUrl, async (client) => {
    const { rowCount } = await client.query(`select from app.organizations where ${condition}`);
    return rowCount === 1;
  }).catch(() => false);
}

/** A new directory, and starts on it that can be interrupted. */
function newPlace() {
  const directory = temporaryDirectory();
  const servers: Running[] = [];
  onTestFinished(() => clearAway(directory, servers));
  const begin = () => {
    const server = start(['serve'], { DATA_DIR: directory, PORT: '0' });
    servers.push(server);
    return server;
  };
  return {
    directory,
    begin,
    async beginUntil(moment: string) {
      const server = begin();
      const reached = MOMENTS[moment] as Moment;
      await vi.waitFor(async () => expect(await reached(directory, server), `${moment} ${server.stderr}`).toBe(true), {
        ...PATIENCE,
        interval: 1,
      });
      return server;
    },
  };
}

test('kill -9 at any moment of a first start: the next one goes on, and the demo data is complete', {
  timeout: 120_000,
}, async () => {
  const { directory, begin, beginUntil } = newPlace();
  for (const moment of Object.keys(MOMENTS)) {
    const server = await beginUntil(moment);
    server.child.kill('SIGKILL');
    await server.ended;
    expect(server.stdout, moment).toBe('');
  }
  const url = await readyUrl(begin());
  const query = `{ people { totalCount } projects(orderBy: SLUG_ASC) { nodes { slug tests { totalCount } defects { totalCount }
    testRuns(orderBy: RUN_KEY_ASC) { nodes { runKey passedCount failedCount erroredCount skippedCount } } } } }`;
  const shopRun = { passedCount: 6, failedCount: 7, erroredCount: 0, skippedCount: 2 };
  const shop = (...runs: string[]) => ({
    slug: 'shop',
    tests: { totalCount: 15 },
    defects: { totalCount: 7 },
    testRuns: { nodes: runs.map((runKey) => ({ runKey, ...shopRun })) },
  });
  const billing = {
    slug: 'billing',
    tests: { totalCount: 16 },
    defects: { totalCount: expect.any(Number) },
    testRuns: { nodes: [{ runKey: 'demo-1', passedCount: 6, failedCount: 5, erroredCount: 3, skippedCount: 2 }] },
  };
  for (const [org, projects] of Object.entries({ acme: [billing, shop('demo-1', 'demo-2')], globex: [shop('demo-1')] })) {
    const { stdout } = await run(['token', '--org', org, '--role', 'admin'], { DATA_DIR: directory });
    expect(await ask(url, stdout.trim(), query), org).toEqual({ people: { totalCount: 6 }, projects: { nodes: projects } });
  }
});

test.each(['PostgreSQL makes its files', 'the demo data is begun'])('SIGTERM while %s: all ends', { timeout: 120_000 }, async (moment) => {
  const { directory, beginUntil } = newPlace();
  const server = await beginUntil(moment);
  const family = descendants(server.pid);
  process.kill(server.pid, 'SIGTERM');
  expect(await server.ended).toMatchObject({ code: 0, stdout: '', stderr: expect.stringMatching(/Stopping …\n$/) });
  expect(family.filter(isAlive)).toEqual([]);
  expect(['postgres.lock', 'connection.json', 'postgres/postmaster.pid'].filter((file) => existsSync(join(directory, file)))).toEqual([]);
});
