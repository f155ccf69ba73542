import type { Bench } from '../bench.ts';
import { PRODUCT } from '../documents.ts';
import type { Contender } from '../measurement.ts';
import { limitScripts, runPgbench } from '../peers/limit.ts';

/** What PostgreSQL answers at most, without any server: pgbench with the statements that the product sends for a workload. */
export async function limit({ data, seconds }: Bench, workload: 'w1' | 'w2', clients: number): Promise<Contender> {
  const scripts = await limitScripts(data, workload === 'w1' ? 'point' : 'list', PRODUCT);
  return {
    name: 'limit',
    async run() {
      // pgbench counts whole seconds.
      const options = { clients, seconds: Math.max(1, Math.round(seconds)) };
      const { transactionsPerSecond, latencyMs } = await runPgbench(data.apiUrl, scripts, options);
      return { requestsPerSecond: transactionsPerSecond, meanMs: latencyMs };
    },
  };
}
