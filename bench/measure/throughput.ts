import { withClient } from '../../src/database/connection.ts';
import { type Bench, type Measured, measurement } from '../bench.ts';
import { askedBy } from '../contender.ts';
import type { DataOrganization, DataSet } from '../data/data-set.ts';
import { alternate, type Contender } from '../measurement.ts';
import { residentMb } from '../processes.ts';
import type { Server } from '../servers.ts';
import type { Workload } from '../workloads.ts';
import { limit } from './limit.ts';

export const CLIENTS = 16;
const MIXED_CLIENTS = 64;
const UNSEEN_TEXTS = 200_000;

/** Who takes part in what. */
export interface Field {
  readonly product: Server;
  readonly stock: Server;
  /** Beside them in W2. */
  readonly others: readonly Server[];
}

/** Requests a second, latencies and processor time of W1, W2, W6 and texts never seen before, all on the loopback. */
export async function measureThroughput(bench: Bench, { product, stock, others }: Field): Promise<Measured> {
  const pair = [product, stock];
  return {
    w1: await asked(bench, 'w1', CLIENTS, pair, [await limit(bench, 'w1', CLIENTS)]),
    w2: await asked(bench, 'w2', CLIENTS, [...pair, ...others], [await limit(bench, 'w2', CLIENTS)]),
    w6: await asked(bench, 'w6', MIXED_CLIENTS, pair, []),
    unseen: await unseen(bench, pair),
  };
}

async function asked(bench: Bench, workload: Workload, clients: number, servers: readonly Server[], beside: readonly Contender[]) {
  const { load, workloads, seconds, rounds, data, say } = bench;
  const contenders: Contender[] = [];
  for (const server of servers) {
    const scripts = `${server.name} ${workload}`;
    await load.prepare(scripts, await workloads.of(workload, server.documents));
    contenders.push(askedBy(load, server, { scripts, clients, seconds }));
  }
  const all = await alternate([...contenders, ...beside], rounds, (text) => say(`${workload.toUpperCase()}, ${text}`));
  return measurement({ clients, 'seconds a run': seconds, defects: data.defects }, all);
}

async function unseen({ data, load, workloads, seconds, rounds, say }: Bench, servers: readonly Server[]) {
  const ids = await someIds(data, Math.min(UNSEEN_TEXTS, data.defects));
  const contenders: Contender[] = [];
  for (const server of servers) {
    const scripts = `${server.name} unseen`;
    await load.prepare(scripts, await workloads.unseen(server.documents, ids));
    contenders.push(growing(server, askedBy(load, server, { scripts, clients: CLIENTS, seconds, once: true })));
  }
  const all = await alternate(contenders, rounds, (text) => say(`texts never seen before, ${text}`));
  return measurement({ clients: CLIENTS, 'seconds a run': seconds, defects: data.defects }, all);
}

/** With `growth`: the server's memory after a round through what it was after the warm-up. */
function growing({ pid }: Server, contender: Contender): Contender {
  let warm = 0;
  return {
    name: contender.name,
    async run(round) {
      const figures = await contender.run(round);
      const now = residentMb(pid);
      if (round < 0) warm = now;
      return { ...figures, growth: now / warm };
    },
  };
}

/** Ids of defects of all organizations, of each as many as it has of all. */
async function someIds(data: DataSet, count: number): Promise<Map<DataOrganization, readonly string[]>> {
  const ids = new Map<DataOrganization, readonly string[]>();
  await withClient(data.operatorUrl, async (client) => {
    for (const organization of data.organizations) {
      const { rows } = await client.query<{ id: string }>(
        `select id from ${client.escapeIdentifier(organization.home)}.defects where organization_id = $1 order by id limit $2`,
        [organization.id, Math.floor(count * organization.weight)],
      );
      ids.set(
        organization,
        rows.map(({ id }) => id),
      );
    }
  });
  return ids;
}
