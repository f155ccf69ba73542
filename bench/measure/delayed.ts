import { type Bench, type Measured, measurement } from '../bench.ts';
import { askedBy } from '../contender.ts';
import { delayedDatabase, measureDelay } from '../load/delayed.ts';
import { alternate, type Contender } from '../measurement.ts';
import type { Server } from '../servers.ts';
import type { Workload } from '../workloads.ts';

/** 1 ms of network delay: a round trip takes that much longer. */
const ROUND_TRIP_MS = 1;
const ECHOES = 500;
/** So few that all of them are asked before it is counted. */
const QUESTIONS = 60;
const WARMING_CLIENTS = 8;

/** How a contender is started on a database that is reached by another way. */
export type Start = (databaseUrl: string) => Promise<Server>;

/**
 * W1 and W2 with a network between server and database, asked by one client, so that the time is the way's and not the queue's; and
 * how many round trips a request makes, counted on the way. W5 of the product only, for the round trips of a mutation.
 */
export async function measureDelayed(bench: Bench, starts: Readonly<Record<'product' | 'stock', Start>>): Promise<Measured> {
  // One client's answers differ little.
  const seconds = bench.seconds / 2;
  const product = await delayed(bench, seconds, starts.product);
  const stock = await delayed(bench, seconds, starts.stock);
  try {
    const { delayedMs, directMs } = await measureDelay(ROUND_TRIP_MS, ECHOES);
    const conditions = {
      clients: 1,
      'seconds a run': seconds,
      'an echo through the delay, ms': delayedMs,
      'without it, ms': directMs,
    };
    const measure = async (workload: Workload, behind: readonly Behind[]) => {
      const contenders: Contender[] = [];
      for (const one of behind) contenders.push(await one.contender(workload));
      const said = (text: string) => bench.say(`${workload.toUpperCase()} with 1 ms to the database, ${text}`);
      return measurement({ ...conditions, defects: bench.data.defects }, await alternate(contenders, bench.rounds, said));
    };
    return {
      'w1-delayed': await measure('w1', [product, stock]),
      'w2-delayed': await measure('w2', [product, stock]),
      'w5-delayed': await measure('w5', [product]),
    };
  } finally {
    await Promise.all([product.stop(), stock.stop()]);
  }
}

/** A server whose database is further away. */
interface Behind {
  contender(workload: Workload): Promise<Contender>;
  stop(): Promise<void>;
}

async function delayed({ data, load, workloads }: Bench, seconds: number, start: Start): Promise<Behind> {
  const database = await delayedDatabase(data.apiUrl, ROUND_TRIP_MS);
  const server = await start(database.url);
  return {
    async contender(workload) {
      const scripts = `${server.name} ${workload} delayed`;
      await load.prepare(scripts, (await workloads.of(workload, server.documents)).slice(0, QUESTIONS));
      // Of an organization that has not been asked for lately the server has first to learn where its rows are, and to fetch its keys.
      await load.run(scripts, { url: server.url, clients: WARMING_CLIENTS, seconds: 3, from: 0, once: false });
      const asked = askedBy(load, server, { scripts, clients: 1, seconds });
      return {
        name: server.name,
        async run(round) {
          await database.flights();
          const figures = await asked.run(round);
          return { ...figures, flightsPerRequest: (await database.flights()) / (figures.answers as number) };
        },
      };
    },
    async stop() {
      await server.stop();
      database.stop();
    },
  };
}
