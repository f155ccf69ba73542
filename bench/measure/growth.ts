import type { Bench, Measured } from '../bench.ts';
import { measurement } from '../bench.ts';
import { askedBy } from '../contender.ts';
import type { DataSet } from '../data/data-set.ts';
import { alternate, type Contender, type Figures } from '../measurement.ts';
import { type Server, startProduct } from '../servers.ts';
import { Workloads } from '../workloads.ts';

const CLIENTS = 4;
const ASKED = ['w1', 'w2', 'w3'] as const;

/**
 * p50 of W1 to W3 on data sets of several sizes, all of them served at once and asked in turn.
 *
 * @param sets the smallest first.
 */
export async function measureGrowth(
  { load, rounds, seconds, say }: Omit<Bench, 'data' | 'workloads'>,
  sets: readonly DataSet[],
): Promise<Measured> {
  const servers: Server[] = [];
  try {
    const contenders: Contender[] = [];
    for (const data of sets) {
      const server = await startProduct(data);
      servers.push(server);
      const workloads = new Workloads(data);
      const asked: (readonly [string, Contender])[] = [];
      for (const workload of ASKED) {
        const scripts = `${data.defects} ${workload}`;
        await load.prepare(scripts, await workloads.of(workload, server.documents));
        asked.push([workload, askedBy(load, server, { scripts, clients: CLIENTS, seconds })]);
      }
      const name = data === sets[0] ? 'smallest' : data === sets.at(-1) ? 'largest' : String(data.defects);
      contenders.push({ name, run: (round) => oneAfterTheOther(asked, round) });
    }
    const all = await alternate(contenders, rounds, (text) => say(`growth, ${text} defects`));
    return {
      growth: measurement({ clients: CLIENTS, 'seconds a run': seconds, sizes: sets.map(({ defects }) => defects).join(', ') }, all),
    };
  } finally {
    await Promise.all(servers.map((server) => server.stop()));
  }
}

async function oneAfterTheOther(asked: readonly (readonly [string, Contender])[], round: number): Promise<Figures> {
  const figures: Record<string, number> = {};
  for (const [workload, contender] of asked) {
    const { p50Ms, p99Ms } = await contender.run(round);
    figures[`${workload}P50Ms`] = p50Ms as number;
    figures[`${workload}P99Ms`] = p99Ms as number;
  }
  return figures;
}
