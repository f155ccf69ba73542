import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Bench, type Measured, measurement } from '../bench.ts';
import { alternate, type Figures } from '../measurement.ts';
import { endingWithUs, stop } from '../served.ts';
import { PRODUCTION } from '../servers.ts';

const POLL_MS = 5;
const PATIENCE_MS = 60_000;

/** How long `defectxray serve` takes on a migrated database, from the start of the process until `/health/ready` answers 200. */
export async function measureStart({ data, rounds, say }: Bench): Promise<Measured> {
  const port = await freePort();
  const run = () => start(data.directory, { ...data.environment, ...PRODUCTION, PORT: String(port) }, port);
  const all = await alternate([{ name: 'product', run }], rounds, (text) => say(`start, ${text}`));
  return { start: measurement({ 'polled every, ms': POLL_MS }, all) };
}

async function start(directory: string, environment: Readonly<Record<string, string>>, port: number): Promise<Figures> {
  const main = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
  const began = performance.now();
  const child = endingWithUs(
    spawn(process.execPath, [main, '--json', 'serve'], {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { PATH: process.env.PATH, DATA_DIR: directory, ...environment },
    }),
  );
  try {
    while (!(await isReady(port))) {
      if (child.exitCode !== null) throw new Error(`The server ended with ${child.exitCode} before it was ready.`);
      if (performance.now() - began > PATIENCE_MS) throw new Error(`The server was not ready after ${PATIENCE_MS} ms.`);
      await sleep(POLL_MS);
    }
    return { readySeconds: (performance.now() - began) / 1_000 };
  } finally {
    await stop(child);
  }
}

async function isReady(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/health/ready`);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
