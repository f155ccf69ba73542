import { afterAll, expect, inject, test, vi } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { PATIENCE, type Running, readyUrl, start } from './command-line.ts';

const database = useDatabase();
const TOKEN = 'a-token-of-32-characters-or-more';
const started: Running[] = [];
afterAll(async () => {
  for (const { child, ended } of started) {
    child.kill('SIGTERM');
    await ended;
  }
});

function run(args: string[], environment: Record<string, string>): Running {
  const running = start(args, { DATA_DIR: inject('dataDirectory'), METRICS_TOKEN: TOKEN, ...environment });
  started.push(running);
  return running;
}

const metrics = async (url: string) => (await fetch(`${url}/health/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } })).text();

test('a worker tells of its health and of the queue, to who has the token', { timeout: 60_000 }, async () => {
  const worker = run(['worker', '--json'], { WORKER_DATABASE_URL: database.workerUrl, METRICS_PORT: '0' });
  await vi.waitFor(() => expect(worker.stdout, worker.stderr).toContain('port'), PATIENCE);
  const url = `http://127.0.0.1:${JSON.parse(worker.stdout).port}`;
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
  expect((await fetch(`${url}/health/metrics`)).status).toBe(401);
  expect(await metrics(url)).toMatch(/^defectxray_jobs_queued \d+$/m);
});

test('serve runs jobs itself where it has their connection, and says once where it has not', { timeout: 120_000 }, async () => {
  const api = { DATABASE_URL: database.url, PORT: '0' };
  const own = run(['serve'], { ...api, WORKER_DATABASE_URL: database.workerUrl });
  const without = run(['serve'], api);
  const off = run(['serve'], { ...api, WORKER_DATABASE_URL: database.workerUrl, JOBS: 'off' });
  expect(await metrics(await readyUrl(own))).toMatch(/^defectxray_jobs_queued \d+$/m);
  for (const server of [without, off]) expect(await metrics(await readyUrl(server))).not.toContain('defectxray_jobs_queued');
  const said = ({ stdout, stderr }: Running) => `${stdout}${stderr}`.split('background jobs are not run here').length - 1;
  expect([said(own), said(without), said(off)]).toEqual([0, 1, 0]);
});
