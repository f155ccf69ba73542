import type { Goal } from '../goals.ts';

/** A figure with three digits that count, and thousands told apart. */
export function shown(value: number): string {
  if (Number.isInteger(value) || Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return value
    .toPrecision(3)
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '');
}

/** A figure with its unit: `2.1×`, `180 MB`. */
export function withUnit(value: number, unit: Goal['unit']): string {
  return unit === '×' ? `${shown(value)}×` : unit === '' ? shown(value) : `${shown(value)} ${unit}`;
}

/** Where a goal begins or ends: `≥ 2×`. */
export function limitOf({ atLeast, atMost, unit }: Goal): string {
  return atLeast === undefined ? `≤ ${withUnit(atMost as number, unit)}` : `≥ ${withUnit(atLeast, unit)}`;
}

const FIGURES: Readonly<Record<string, string>> = {
  requestsPerSecond: 'requests/s',
  p50Ms: 'p50 ms',
  p95Ms: 'p95 ms',
  p99Ms: 'p99 ms',
  maxMs: 'longest, ms',
  requests: 'requests',
  answers: 'answers',
  cpuMs: 'CPU ms a request',
  databaseCpuMs: 'of PostgreSQL',
  residentMb: 'memory MB',
  clientCores: 'cores of the clients',
  flightsPerRequest: 'round trips a request',
  growth: 'growth of memory',
  defectsPerSecond: 'defects/s',
  peakMb: 'most memory MB',
  readySeconds: 'seconds until ready',
  memoryMb: 'memory added, MB',
  connections: 'database connections added',
};

/** What a figure is called for people. */
export function nameOf(figure: string): string {
  const [, workload, rest] = /^(w\d)(P50Ms|P99Ms|Ms)$/.exec(figure) ?? [];
  if (workload !== undefined)
    return `${workload.toUpperCase()}, ${rest === 'Ms' ? 'ms a statement' : `${rest?.slice(0, 3).toLowerCase()} ms`}`;
  return FIGURES[figure] ?? figure;
}
