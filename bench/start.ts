// How long a start takes on a migrated database, from the command to the first 200 of /health/ready: as it is from the second
// start on, and where nothing compiled is kept, as in a new container. Alternating; the database's own start is not counted.
//
//   npm run -s bench:start [-- <rounds>]
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startDevelopmentDatabase } from '../src/database/development.ts';
import { stop } from './served.ts';

const MAIN = fileURLToPath(new URL('../src/cli/main.js', import.meta.url));
const PORT = 5_691;
const KINDS: Record<string, Record<string, string>> = {
  'compiled code kept': {},
  'nothing compiled': { NODE_DISABLE_COMPILE_CACHE: '1' },
};

const rounds = Number(process.argv[2] ?? 7);
const directory = mkdtempSync(join(tmpdir(), 'defectxray-bench-'));
const database = await startDevelopmentDatabase({ DATA_DIR: directory });
try {
  const times = new Map(Object.keys(KINDS).map((kind) => [kind, [] as number[]]));
  // The first round fills what is kept.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [kind, environment] of Object.entries(KINDS)) {
      const ms = await start(environment);
      if (round > 0) times.get(kind)?.push(ms);
    }
  }
  for (const [kind, of] of times) {
    const sorted = of.sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)] as number;
    console.log(`${kind}: ${median.toFixed(0)} ms (median of ${rounds}; ${sorted[0]?.toFixed(0)} to ${sorted.at(-1)?.toFixed(0)})`);
  }
} finally {
  await database.stop();
  rmSync(directory, { recursive: true, force: true });
}

/** Milliseconds until a server is ready, which is then stopped. */
async function start(environment: Record<string, string>): Promise<number> {
  const began = performance.now();
  const server = spawn(process.execPath, [MAIN, 'serve'], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      NODE_ENV: 'production',
      DATA_DIR: directory,
      DATABASE_URL: database.databaseUrl,
      PORT: String(PORT),
      ...environment,
    },
  });
  while (!(await isReady(server))) await delay(5);
  const ms = performance.now() - began;
  await stop(server);
  return ms;
}

function isReady(server: ChildProcess): Promise<boolean> {
  if (server.exitCode !== null) throw new Error(`The server ended before it was ready; port ${PORT} must be free.`);
  return new Promise((resolve) => {
    const request = get({ port: PORT, path: '/health/ready', agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    request.on('error', () => resolve(false));
  });
}
