import { type ChildProcess, spawn } from 'node:child_process';
import { Agent, request } from 'node:http';
import { fileURLToPath } from 'node:url';
import { ready, stop } from './served.ts';

const CLIENTS = 16;
const ROUND_MS = 1_500;

const QUERIES = (design: string): Readonly<Record<string, string>> => ({
  'a page of 20 templates':
    '{ templates(first: 20, orderBy: NAME_ASC, condition: { category: "web" }) { nodes { id name description category } } }',
  'a design with a canvas of 20 kB': `{ design(id: "${design}") { id name canvas updatedAt } }`,
});

/** What is measured: the same database, caller and design. */
export interface Subject {
  readonly directory: string;
  readonly databaseUrl: string;
  readonly token: string;
  readonly design: string;
  readonly redisPort: number;
}

/**
 * Prints what whole requests over HTTP gain by a cache: how many a second 16 clients get, what of a processor the server takes for each
 * (which bounds how many, and depends least on what else the machine does), and the median time of one client; of a server without and
 * of one with it (cached-server.ts), in rounds that alternate.
 */
export async function compareOverHttp({ directory, databaseUrl, token, design, redisPort }: Subject, rounds: number): Promise<void> {
  const start = (...argument: string[]) =>
    spawn(process.execPath, [fileURLToPath(new URL('./cached-server.ts', import.meta.url)), ...argument], {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: 'production',
        DATA_DIR: directory,
        DATABASE_URL: databaseUrl,
        PORT: '0',
        JOBS: 'off',
        RATE_LIMIT_PER_MINUTE: '1000000',
        MAX_RATE_LIMIT_PER_MINUTE: '1000000',
      },
    });
  const servers: ChildProcess[] = [start(), start(String(redisPort))];
  try {
    const urls = await Promise.all(servers.map(ready));
    for (const [what, query] of Object.entries(QUERIES(design))) {
      const answers = await Promise.all(urls.map((url) => ask(url, token, query)));
      await Promise.all(urls.map((url) => ask(url, token, query)));
      if (answers[0]?.includes('"errors"') || answers[0] !== answers[1] || answers[1] !== (await ask(urls[1] as string, token, query)))
        throw new Error(`Different answers: ${answers.map((answer) => answer.slice(0, 200)).join(' and ')}.`);
      const measured = urls.map(() => ({ many: [] as number[], cpu: [] as number[], one: [] as number[] }));
      for (let round = -1; round < rounds; round += 1) {
        for (const [index, url] of urls.entries()) {
          const before = await cpuOf(servers[index] as ChildProcess);
          const { requests, perSecond } = await load(url, token, query, CLIENTS);
          const cpu = ((await cpuOf(servers[index] as ChildProcess)) - before) / requests / 1_000;
          const { p50 } = await load(url, token, query, 1);
          // The first round warms up.
          if (round < 0) continue;
          measured[index]?.many.push(perSecond);
          measured[index]?.cpu.push(cpu);
          measured[index]?.one.push(p50);
        }
      }
      const [plain, cached] = measured.map(({ many, cpu, one }) => ({ many: spread(many), cpu: spread(cpu), one: spread(one) }));
      if (plain === undefined || cached === undefined) throw new Error('Nothing was measured.');
      const line = (label: string, a: Spread, b: Spread, unit: string) =>
        console.log(
          `  ${label.padEnd(24)} ${text(a)} ${unit} from the database, ${text(b)} from Redis, ×${(b.median / a.median).toFixed(2)}`,
        );
      console.log(`${what}, over HTTP`);
      line(`${CLIENTS} clients`, plain.many, cached.many, 'requests/s');
      line('of a processor, each', plain.cpu, cached.cpu, 'ms');
      line('one client, median', plain.one, cached.one, 'ms');
    }
  } finally {
    await Promise.all(servers.map(stop));
  }
}

/** Microseconds of a processor that a server has used. */
function cpuOf(server: ChildProcess): Promise<number> {
  return new Promise((resolve) => {
    server.once('message', (used) => resolve(used as number));
    server.send('cpu');
  });
}

interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

function spread(values: number[]): Spread {
  const sorted = values.sort((a, b) => a - b);
  return { median: sorted[Math.floor(sorted.length / 2)] as number, least: sorted[0] as number, most: sorted.at(-1) as number };
}

function text({ median, least, most }: Spread): string {
  const digits = median < 100 ? 2 : 0;
  return `${median.toFixed(digits)} [${least.toFixed(digits)}–${most.toFixed(digits)}]`;
}

const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });

/** The body of the answer. */
function ask(url: string, token: string, query: string): Promise<string> {
  const body = JSON.stringify({ query });
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/graphql`, {
      method: 'POST',
      agent,
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), authorization: `Bearer ${token}` },
    });
    sent.on('error', reject);
    sent.on('response', (response) => {
      let answer = '';
      response.setEncoding('utf8');
      response.on('data', (part: string) => (answer += part));
      response.on('end', () => resolve(answer));
    });
    sent.end(body);
  });
}

/** Asks the same again and again for some seconds, as many clients at once; the median in milliseconds. */
async function load(
  url: string,
  token: string,
  query: string,
  clients: number,
): Promise<{ requests: number; perSecond: number; p50: number }> {
  const times: number[] = [];
  const began = performance.now();
  await Promise.all(
    Array.from({ length: clients }, async () => {
      for (let now = performance.now(); now - began < ROUND_MS; ) {
        await ask(url, token, query);
        const after = performance.now();
        times.push(after - now);
        now = after;
      }
    }),
  );
  const seconds = (performance.now() - began) / 1_000;
  return { requests: times.length, perSecond: times.length / seconds, p50: spread(times).median };
}
