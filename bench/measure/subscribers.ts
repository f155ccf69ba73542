import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../src/database/connection.ts';
import { type Bench, type Measured, measurement } from '../bench.ts';
import type { DataOrganization, DataSet } from '../data/data-set.ts';
import { follower, followers, MANY_SOCKETS } from '../followers.ts';
import { residentMb } from '../processes.ts';
import { startProduct } from '../servers.ts';

const SUBSCRIBERS = 1_000;
/** Longer than the pool keeps a connection that nobody uses. */
const UNTIL_IDLE_MS = 35_000;

/** What 1,000 subscribers that are told nothing cost a server of their own: memory and database connections. */
export async function measureSubscribers({ data, say }: Bench): Promise<Measured> {
  const server = await startProduct(data, MANY_SOCKETS);
  try {
    const token = await data.token((data.organizations[0] as DataOrganization).principals.developer);
    // One first, so that what is loaded once is loaded.
    const first = await follower(server.origin, token);
    say('subscribers: until the server is idle');
    await sleep(UNTIL_IDLE_MS);
    const [memory, connections] = [residentMb(server.pid), await connectionsOf(data)];
    say(`subscribers: ${SUBSCRIBERS} of them connect`);
    const sockets = await followers(server.origin, token, SUBSCRIBERS);
    await sleep(UNTIL_IDLE_MS);
    const product = {
      memoryMb: residentMb(server.pid) - memory,
      connections: (await connectionsOf(data)) - connections,
      residentMb: residentMb(server.pid),
    };
    for (const socket of [first, ...sockets]) socket.terminate();
    return { subscribers: measurement({ subscribers: SUBSCRIBERS }, [{ product }]) };
  } finally {
    await server.stop();
  }
}

async function connectionsOf(data: DataSet): Promise<number> {
  return withClient(data.operatorUrl, async (client) => {
    const { rows } = await client.query("select count(*)::int as count from pg_stat_activity where usename = 'app_user'");
    return rows[0].count;
  });
}
