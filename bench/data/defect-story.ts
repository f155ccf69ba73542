import type { Random } from './random.ts';

/** How bad defects are: as often as they stand here. */
export const SEVERITIES = [
  ...(Array(6).fill('low') as 'low'[]),
  ...(Array(9).fill('medium') as 'medium'[]),
  ...(Array(4).fill('high') as 'high'[]),
  'critical',
] as const;

/** What becomes of a defect. */
export interface DefectStory {
  /** The runs in which it occurs, the first first, each once. */
  readonly runs: readonly number[];
  readonly status: 'open' | 'triaged' | 'in_progress' | 'resolved' | 'ignored';
  readonly resolvedAt: number | null;
  /** Whether its last occurrence came after it had been resolved. */
  readonly isRegressed: boolean;
  readonly isAssigned: boolean;
}

interface Setting {
  /** How many runs its project has. */
  readonly runs: number;
  /** The first run that shows it. */
  readonly first: number;
  /** When a run began. */
  readonly timeOf: (run: number) => number;
  readonly now: number;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** Occurrences beyond the first have this mean (exponential), so that there are five of a defect, and of some over thirty. */
const MORE_OCCURRENCES = 4.5;

/** Most defects are resolved within weeks after they were last seen; the newest are open. */
export function defectStory(random: Random, { runs, first, timeOf, now }: Setting): DefectStory {
  const times = Math.min(1 + Math.floor(-Math.log(1 - random.number()) * MORE_OCCURRENCES), runs - first);
  const spread = Math.min(runs - 1 - first, times - 1 + Math.floor((random.number() ** 2 * runs) / 5));
  const seen = Array.from({ length: times }, (_, n) => (times === 1 ? first : first + Math.floor((n * spread) / (times - 1))));
  const lastAt = timeOf(seen.at(-1) as number);
  const age = (now - lastAt) / DAY_MS;
  const isRegressed = times > 2 && random.chance(0.05);
  const isResolved = !isRegressed && age > 1 && random.chance(Math.min(0.9, 0.3 + age / 60));
  const status = isResolved
    ? 'resolved'
    : isRegressed
      ? 'open'
      : random.pick(['open', 'open', 'open', 'triaged', 'in_progress', age > 30 ? 'ignored' : 'open'] as const);
  return {
    runs: seen,
    status,
    resolvedAt: isResolved ? Math.floor(lastAt + random.number() * Math.min(age, 14) * DAY_MS) : null,
    isRegressed,
    isAssigned: status === 'in_progress' || random.chance(status === 'open' ? 0.1 : 0.6),
  };
}
