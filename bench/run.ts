import type { Output } from '../src/cli/output.ts';
import { withClient } from '../src/database/connection.ts';
import type { Bench, Measured } from './bench.ts';
import { type DataSet, openDataSet } from './data/data-set.ts';
import { FULL_DEFECTS, QUICK_DEFECTS } from './data/sizes.ts';
import { Load } from './load/load.ts';
import { machine } from './machine.ts';
import { measureAgent } from './measure/agent.ts';
import { measureClients } from './measure/clients.ts';
import { measureDelayed } from './measure/delayed.ts';
import { measureGrowth } from './measure/growth.ts';
import { measureIngest } from './measure/ingest.ts';
import { measureRowSecurity } from './measure/row-security.ts';
import { measureStart } from './measure/start.ts';
import { measureSteady } from './measure/steady.ts';
import { measureSubscribers } from './measure/subscribers.ts';
import { measureThroughput } from './measure/throughput.ts';
import { PART_NAMES, type PartName } from './parts.ts';
import { PEERS } from './peers/start.ts';
import { addToResult, type Result, type Size } from './result.ts';
import { type Server, startPeer, startProduct } from './servers.ts';
import { Workloads } from './workloads.ts';

/** How much is measured: of `quick` so much that all of it takes less than three minutes, of `full` less than twenty. */
const EXTENT = {
  quick: { defects: QUICK_DEFECTS, rounds: 3, seconds: 1.25 },
  full: { defects: FULL_DEFECTS, rounds: 5, seconds: 6 },
} as const;

type Part = (bench: Bench, product: () => Promise<Server>) => Promise<Measured>;

const PARTS: Readonly<Record<PartName, Part>> = {
  clients: (bench) => measureClients(bench),
  throughput: async (bench, product) => {
    const others: Server[] = [];
    try {
      for (const name of PEERS) others.push(await startPeer(name, bench.data));
      const [stock, ...beside] = others as [Server, ...Server[]];
      return await measureThroughput(bench, { product: await product(), stock, others: beside });
    } finally {
      await Promise.all(others.map((server) => server.stop()));
    }
  },
  delayed: (bench) =>
    measureDelayed(bench, {
      product: (databaseUrl) => startProduct(bench.data, { DATABASE_URL: databaseUrl }),
      stock: (databaseUrl) => startPeer('stock', bench.data, databaseUrl),
    }),
  'row-security': (bench) => measureRowSecurity(bench),
  ingest: async (bench, product) => measureIngest(bench, await product()),
  agent: async (bench, product) => measureAgent(bench, await product()),
  start: (bench) => measureStart(bench),
  // Of one size only, and nearly all of it waiting: not for every day.
  subscribers: async (bench) => (bench.size === 'quick' ? {} : measureSubscribers(bench)),
};

/** Measures parts of the benchmark (all, if none are named), and writes what it has measured beside what the last result of the size has. */
export async function runBenchmark(output: Output, size: Size, parts: readonly PartName[] = PART_NAMES): Promise<Result> {
  const { defects, rounds, seconds } = EXTENT[size];
  return withData([defects], async ([data]) => {
    const load = new Load();
    let product: Promise<Server> | undefined;
    try {
      const facts = machine(await versionOf(data as DataSet));
      const workloads = new Workloads(data as DataSet);
      const bench: Bench = { data: data as DataSet, load, workloads, size, rounds, seconds, say: (text) => output.progress(text) };
      let result: Result | undefined;
      for (const part of parts) {
        const measured = await PARTS[part](bench, () => (product ??= startProduct(data as DataSet)));
        // After each part, so that what was measured is not lost with what fails later.
        result = addToResult(size, facts, measured);
      }
      return result as Result;
    } finally {
      load.close();
      await (await product)?.stop();
    }
  });
}

/** W6 for some minutes, on the data of the full run. */
export async function runSteady(output: Output, minutes: number): Promise<Result> {
  const { defects, rounds, seconds } = EXTENT.full;
  return withData([defects], async ([data]) => {
    const load = new Load();
    try {
      const facts = machine(await versionOf(data as DataSet));
      const say = (text: string) => output.progress(text);
      const bench: Bench = { data: data as DataSet, load, workloads: new Workloads(data as DataSet), size: 'full', rounds, seconds, say };
      return addToResult('full', facts, await measureSteady(bench, minutes));
    } finally {
      load.close();
    }
  });
}

/** W1 to W3 on data sets of these sizes, all served at once. */
export async function runGrowth(output: Output, sizes: readonly number[]): Promise<Result> {
  const { rounds, seconds } = EXTENT.full;
  return withData(sizes, async (sets) => {
    const load = new Load();
    try {
      const facts = machine(await versionOf(sets[0] as DataSet));
      const say = (text: string) => output.progress(text);
      return addToResult('full', facts, await measureGrowth({ load, rounds, seconds, size: 'full', say }, sets));
    } finally {
      load.close();
    }
  });
}

/** Opens data sets of these sizes, one after the other, and stops them all however `work` ends. */
async function withData<T>(sizes: readonly number[], work: (sets: readonly DataSet[]) => Promise<T>): Promise<T> {
  // What was started ends with this process, where it ends by itself; a signal alone would leave it running.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
  const sets: DataSet[] = [];
  try {
    for (const size of sizes) sets.push(await openDataSet(size));
    return await work(sets);
  } finally {
    await Promise.all(sets.map((data) => data.stop()));
  }
}

async function versionOf(data: DataSet): Promise<string> {
  return withClient(data.operatorUrl, async (client) => (await client.query('show server_version')).rows[0].server_version);
}
