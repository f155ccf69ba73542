import type { Figures, Round } from '../../bench/measurement.ts';
import type { Result } from '../../bench/result.ts';

const asked = (requestsPerSecond: number, p50Ms: number): Figures => ({
  requestsPerSecond,
  ...{ p50Ms, p95Ms: 2 * p50Ms, p99Ms: 3 * p50Ms, maxMs: 9 * p50Ms, clientCores: 0.1, cpuMs: 0.5, residentMb: 200, answers: 1_000 },
});

const rounds = (...ratios: number[]): Round[] => ratios.map((ratio) => ({ product: asked(1_000 * ratio, 4), stock: asked(1_000, 6) }));

/** A result of some measurements, as a file would hold it; the memory of W6 has grown, W2 knows more contenders. */
export const smallResult: Result = {
  size: 'full',
  machine: {
    cores: 2,
    processor: 'Processor <of some kind> & more',
    memoryGb: 8,
    system: 'Linux 6.1.0',
    node: '24.0.0',
    postgres: '18.0',
    loadBefore: 0.1,
  },
  measurements: {
    w1: { at: '2026-01-02T03:04:05Z', conditions: { clients: 16, defects: 1_000_000 }, rounds: rounds(2.2, 2.4, 1.9) },
    w2: {
      at: '2026-01-02T03:05:05Z',
      conditions: { clients: 16 },
      rounds: rounds(1.5, 2.1, 1.4).map((round) => ({ ...round, limit: { requestsPerSecond: 9_000, p50Ms: 1 } })),
    },
    start: { at: '2026-01-03T03:04:05Z', conditions: {}, rounds: [{ product: { readySeconds: 1 } }, { product: { readySeconds: 1.5 } }] },
    steady: {
      at: '2026-01-03T03:04:05Z',
      conditions: { minutes: 10 },
      rounds: [{ product: { residentMb: 250, growth: 1.2 } }],
      series: [0, 60, 120].map((atSeconds) => ({
        atSeconds,
        ...{ residentMb: 200 + atSeconds, heapUsedMb: 90, eventLoopP99Ms: 12, gcMsPerSecond: 20, poolWaiting: 3 },
      })),
    },
  },
};
