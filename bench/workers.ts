// Requests a second of one process and of several (WORKERS) on one database, alternating: a list of 20 defects, asked over 32
// connections by `wrk`, which must be installed. The load, the processes and PostgreSQL share the machine's cores.
//
//   npm run -s bench:workers [-- <workers> <rounds> <seconds>]
import { type ChildProcess, execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { loadSigningKey } from '../src/auth/signing-key.ts';
import { mintToken } from '../src/auth/tokens.ts';
import { parseConfig } from '../src/config.ts';
import { withClient } from '../src/database/connection.ts';
import { databaseUrls } from '../src/database/development.ts';
import { ANONYMOUS } from '../src/database/identity.ts';
import { ready, serve, stop } from './served.ts';

const QUERY = '{ defects(first: 20) { nodes { id title severity status test { name } project { slug } } } }';

const [workers = availableParallelism(), rounds = 9, seconds = 5] = process.argv.slice(2).map(Number);
const directory = mkdtempSync(join(tmpdir(), 'defectxray-bench-'));
const host = serve(directory);
const servers = new Map<number, ChildProcess>();
try {
  await ready(host);
  const config = parseConfig({ DATA_DIR: directory });
  const { databaseUrl, operatorUrl } = databaseUrls(config);
  const organizationId = await withClient(operatorUrl as string, async (operator) => {
    const { rows } = await operator.query<{ id: string }>("select id from app.organizations where slug = 'acme'");
    return rows[0]?.id as string;
  });
  const tokens = { key: await loadSigningKey(config), issuer: config.JWT_ISSUER, audience: config.JWT_AUDIENCE };
  const token = await mintToken(tokens, { ...ANONYMOUS, role: 'developer', organizationId, actor: 'token:bench' }, 36_000);
  const script = join(directory, 'request.lua');
  const headers = `{ ["content-type"] = "application/json", ["authorization"] = "Bearer ${token}" }`;
  writeFileSync(script, `wrk.method = "POST"\nwrk.headers = ${headers}\nwrk.body = [[${JSON.stringify({ query: QUERY })}]]\n`);
  for (const count of [1, workers]) {
    servers.set(
      count,
      serve(directory, { DATABASE_URL: databaseUrl, NODE_ENV: 'production', MAX_RATE_LIMIT_PER_MINUTE: '1000000', WORKERS: String(count) }),
    );
  }
  const rates = new Map([1, workers].map((count) => [count, [] as number[]]));
  const urls = new Map(await Promise.all([...servers].map(async ([count, server]) => [count, await ready(server)] as const)));
  // The first round warms them up.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [count, url] of urls) {
      const rate = await wrk(url, script, seconds);
      if (round > 0) rates.get(count)?.push(rate);
    }
  }
  for (const [count, of] of rates) console.log(`WORKERS=${count}: ${described(of, 0)} requests/s`);
  const [one, several] = [...rates.values()] as [number[], number[]];
  console.log(
    `×${described(
      several.map((rate, round) => rate / (one[round] as number)),
      2,
    )}`,
  );
} finally {
  await Promise.all([...servers.values()].map(stop));
  await stop(host);
  rmSync(directory, { recursive: true, force: true });
}

function described(values: readonly number[], digits: number): string {
  const sorted = [...values].sort((a, b) => a - b).map((value) => value.toFixed(digits));
  return `${sorted[Math.floor(sorted.length / 2)]} (median of ${rounds}; ${sorted[0]} to ${sorted.at(-1)})`;
}

async function wrk(url: string, script: string, duration: number): Promise<number> {
  const { stdout } = await promisify(execFile)('wrk', ['-t1', '-c32', `-d${duration}s`, '-s', script, `${url}/graphql`]);
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`Not every request was answered:\n${stdout}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(stdout)?.[1]);
}
