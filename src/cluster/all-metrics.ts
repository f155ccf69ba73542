import { AggregatorRegistry } from 'prom-client';
import type { ProcessMetrics } from './messages.ts';

/**
 * What was measured in several processes, in Prometheus' text format, each series with the label `worker`: counters that were
 * added up would seem to fall when a process is replaced.
 */
export function allMetrics(measured: ReadonlyMap<number, ProcessMetrics>): Promise<string> {
  const labelled = [...measured].map(([worker, metrics]) =>
    metrics.map((metric) => ({
      ...metric,
      values: metric.values.map((value) => ({ ...value, labels: { ...value.labels, worker: String(worker) } })),
      // The default of some is to be left out.
      aggregator: 'first' as const,
    })),
  );
  return AggregatorRegistry.aggregate(labelled as unknown as object[]).metrics();
}
