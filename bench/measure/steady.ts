import { setTimeout as sleep } from 'node:timers/promises';
import { type Bench, type Measured, measurement } from '../bench.ts';
import type { Figures } from '../measurement.ts';
import { residentMb } from '../processes.ts';
import { type Server, startProduct } from '../servers.ts';
import { median } from '../statistics.ts';

const CLIENTS = 64;
const SAMPLE_MS = 5_000;
const MINUTE_S = 60;
const METRICS_TOKEN = 'of-the-benchmark-only';

/** W6 for some minutes, three at least: memory, event loop, garbage collection and who waits for a database connection, every 5 s. */
export async function measureSteady({ data, load, workloads, say }: Bench, minutes: number): Promise<Measured> {
  const server = await startProduct(data, { METRICS_TOKEN });
  try {
    await load.prepare('steady', await workloads.of('w6', server.documents));
    const seconds = minutes * MINUTE_S;
    const series: Figures[] = [];
    const stopped = new AbortController();
    const sampling = sample(server, series, stopped.signal, (text) => say(`W6 for ${minutes} minutes, ${text}`));
    const { figures } = await load
      .run('steady', { url: server.url, clients: CLIENTS, seconds, from: 0, once: false })
      .finally(() => stopped.abort());
    await sampling;
    const between = (from: number, to: number) =>
      series.filter(({ atSeconds = 0 }) => atSeconds >= from && atSeconds < to).map(({ residentMb = 0 }) => residentMb);
    // The tenth of it before the clients count is asked as well.
    const end = (series.at(-1)?.atSeconds ?? 0) + 1;
    const product = {
      ...figures,
      residentMb: Math.max(...between(MINUTE_S, end)),
      growth: median(between(end - MINUTE_S, end)) / median(between(MINUTE_S, 2 * MINUTE_S)),
    };
    return { steady: measurement({ clients: CLIENTS, minutes, defects: data.defects }, [{ product }], series) };
  } finally {
    await server.stop();
  }
}

async function sample(server: Server, series: Figures[], signal: AbortSignal, said: (text: string) => void): Promise<void> {
  const began = performance.now();
  let [gcBefore, atBefore] = [0, 0];
  while (!signal.aborted) {
    const response = await fetch(`${server.origin}/health/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
    const text = await response.text();
    const read = (name: string) => sumOf(text, name);
    const atSeconds = (performance.now() - began) / 1_000;
    const gc = read('nodejs_gc_duration_seconds_sum');
    series.push({
      atSeconds,
      residentMb: residentMb(server.pid),
      heapUsedMb: read('nodejs_heap_size_used_bytes') / 1_048_576,
      eventLoopP99Ms: read('nodejs_eventloop_lag_p99_seconds') * 1_000,
      gcMsPerSecond: atSeconds === atBefore ? 0 : ((gc - gcBefore) * 1_000) / (atSeconds - atBefore),
      poolWaiting: read('defectxray_database_pool{state="waiting"}'),
    });
    [gcBefore, atBefore] = [gc, atSeconds];
    if (series.length % 12 === 0) said(`${Math.round(atSeconds / MINUTE_S)} min: ${residentMb(server.pid).toFixed(0)} MB`);
    // Ends early where the clients are done.
    await sleep(SAMPLE_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** What Prometheus' text says of a metric, all its labels together. */
export function sumOf(text: string, name: string): number {
  const values = text.split('\n').filter((line) => [' ', '{'].includes(line.slice(name.length, name.length + 1)) && line.startsWith(name));
  if (values.length === 0) throw new Error(`The server has no metric ${name}.`);
  return values.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}
