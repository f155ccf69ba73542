import { figure, type Round } from './measurement.ts';
import type { Result } from './result.ts';
import { type Spread, spread } from './statistics.ts';

/** What is aimed at: a figure that each round gives, and where its median must be. */
export interface Goal {
  readonly id: string;
  readonly what: string;
  /** The measurement whose rounds it is computed from. */
  readonly measurement: string;
  readonly unit: '×' | 'MB' | 's' | '';
  /** Exactly one of the two. */
  readonly atLeast?: number;
  readonly atMost?: number;
  /** How a round gives the figure, in words and as it is computed. */
  readonly computed: string;
  /** Who must have taken part; where one did not, the goal is not measured. */
  readonly contenders: readonly string[];
  of(round: Round): number;
}

/** What became of a goal; `undefined` where it has not been measured. */
export interface Verdict {
  readonly goal: Goal;
  readonly measured: (Spread & { readonly rounds: number; readonly isMet: boolean }) | undefined;
}

type Limit = { readonly atLeast: number } | { readonly atMost: number };

/** The figure of one contender through that of another, in one round. */
function ratio(id: string, what: string, measurement: string, name: string, contenders: readonly [string, string], limit: Limit): Goal {
  const [one, other] = contenders;
  const of = (round: Round) => figure(round, one, name) / figure(round, other, name);
  return { id, what, measurement, unit: '×', ...limit, computed: `${name}: ${one} / ${other}`, contenders, of };
}

function plain(id: string, what: string, measurement: string, contender: string, name: string, unit: Goal['unit'], atMost: number): Goal {
  const of = (round: Round) => figure(round, contender, name);
  return { id, what, measurement, unit, atMost, computed: `${name}: ${contender}`, contenders: [contender], of };
}

const STOCK = ['product', 'stock'] as const;
const loopback = ['w1', 'w2', 'w6'].flatMap((workload) => {
  const name = workload.toUpperCase();
  return [
    ratio(`${workload}-stock`, `${name} against stock, requests/s`, workload, 'requestsPerSecond', STOCK, { atLeast: 2 }),
    ratio(`${workload}-stock-p99`, `${name} against stock, p99`, workload, 'p99Ms', STOCK, { atMost: 1 }),
  ];
});
const delayed = ['w1', 'w2'].map((workload) =>
  ratio(
    `${workload}-delayed`,
    `${workload.toUpperCase()} with 1 ms to the database: how much lower p50 is than stock's`,
    `${workload}-delayed`,
    'p50Ms',
    ['stock', 'product'],
    { atLeast: 3 },
  ),
);
const rowSecurity = ['w1', 'w2', 'w3'].map((workload) =>
  ratio(
    `row-security-${workload}`,
    `Row-level security against the same SQL with an explicit condition, ${workload.toUpperCase()}`,
    'row-security',
    `${workload}Ms`,
    ['policies', 'explicit'],
    { atMost: 1.05 },
  ),
);
const growth = ['w1', 'w2', 'w3'].map((workload) =>
  ratio(
    `growth-${workload}`,
    `Growth a hundredfold, p50 of ${workload.toUpperCase()}`,
    'growth',
    `${workload}P50Ms`,
    ['largest', 'smallest'],
    { atMost: 1.3 },
  ),
);

/** All goals, in the order in which they are shown. */
export const GOALS: readonly Goal[] = [
  ...loopback,
  ratio('unseen-stock', 'Texts never seen before, against stock, requests/s', 'unseen', 'requestsPerSecond', STOCK, { atLeast: 1.5 }),
  plain(
    'unseen-memory',
    'Texts never seen before: memory after a round through that after the warm-up',
    'unseen',
    'product',
    'growth',
    '×',
    1.1,
  ),
  plain('w1-flights', 'Round trips to the database, a query', 'w1-delayed', 'product', 'flightsPerRequest', '', 1.05),
  plain('w5-flights', 'Round trips to the database, a simple mutation', 'w5-delayed', 'product', 'flightsPerRequest', '', 1.05),
  ...delayed,
  ratio('w2-hand-written', 'W2 against hand-written, requests/s', 'w2', 'requestsPerSecond', ['product', 'hand-written'], { atLeast: 1.5 }),
  ratio('w2-limit', "W2 against pgbench's transactions/s", 'w2', 'requestsPerSecond', ['product', 'limit'], { atLeast: 0.2 }),
  ratio('w2-bare', 'W2 against the bare Node server, requests/s', 'w2', 'requestsPerSecond', ['product', 'bare'], { atLeast: 0.6 }),
  ...rowSecurity,
  ratio('w4-sql', 'W4: defects/s by HTTP against the same SQL', 'w4', 'defectsPerSecond', ['http', 'sql'], { atLeast: 0.7 }),
  ratio('w4-agent-sql', 'W4: defects/s by the CI agent against the same SQL', 'w4-agent', 'defectsPerSecond', ['agent', 'sql'], {
    atLeast: 0.6,
  }),
  plain('w4-agent-memory', 'W4: memory of the CI agent', 'w4-agent', 'agent', 'peakMb', 'MB', 200),
  ...growth,
  plain('start', 'Start to /health/ready on a migrated database', 'start', 'product', 'readySeconds', 's', 1.5),
  plain('steady-growth', 'Memory of W6: the last minute through the second', 'steady', 'product', 'growth', '×', 1.05),
  plain('steady-memory', 'Memory of W6, the most after the first minute', 'steady', 'product', 'residentMb', 'MB', 300),
  plain('subscribers-memory', 'Memory of 1,000 idle subscribers', 'subscribers', 'product', 'memoryMb', 'MB', 100),
  plain('subscribers-connections', 'Database connections of 1,000 idle subscribers', 'subscribers', 'product', 'connections', '', 1),
];

/** Each goal with what the result says of it. */
export function judge(result: Pick<Result, 'measurements'>): readonly Verdict[] {
  return GOALS.map((goal) => {
    const rounds = result.measurements[goal.measurement]?.rounds ?? [];
    const tookPart = rounds.every((round) => goal.contenders.every((contender) => round[contender] !== undefined));
    if (rounds.length === 0 || !tookPart) return { goal, measured: undefined };
    const values = spread(rounds.map((round) => goal.of(round)));
    const isMet = goal.atLeast === undefined ? values.median <= (goal.atMost as number) : values.median >= goal.atLeast;
    return { goal, measured: { ...values, rounds: rounds.length, isMet } };
  });
}
