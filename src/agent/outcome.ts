import { type Receipt, type ReportedDefect, type ReportedTest, SEVERITIES, type Severity, type Verdict } from './receipt.ts';

/** When a report is to fail the build. */
export type FailOn = 'new' | 'regressed' | 'any' | `severity=${Severity}`;

const SUMMED = ['results', 'passed', 'failed', 'errored', 'skipped', 'alreadyStored', 'newTests'] as const satisfies (keyof Receipt)[];
/** Of defects, each once, whatever batches it is in. */
const COUNTED = { NEW: 'newDefects', KNOWN: 'knownDefects', REGRESSED: 'regressedDefects' } as const;

export type Counts = Record<
  (typeof SUMMED)[number] | (typeof COUNTED)[ReportedDefect['state']] | 'mutedDefects' | 'batches' | 'replayedBatches',
  number
>;

/** The worst of them is the whole's. */
const VERDICTS: readonly Verdict[] = ['CLEAN', 'FLAKY', 'KNOWN', 'NEW', 'INFRASTRUCTURE'];
/** The order in which they are shown. */
const STATES = ['NEW', 'REGRESSED', 'KNOWN'] as const;
/** More are counted, not listed: nobody reads them, and they are held in memory. Known ones leave half of the room to others. */
const MAX_LISTED = 2_000;

/** What the receipts of a report's batches come to. */
export class Outcome {
  readonly counts = Object.fromEntries(
    [...SUMMED, ...Object.values(COUNTED), 'mutedDefects', 'batches', 'replayedBatches'].map((name) => [name, 0]),
  ) as Counts;
  readonly #failOn: readonly FailOn[];
  readonly #seen = new Set<string>();
  readonly #defects = new Map<string, ReportedDefect>();
  readonly #flaky = new Map<string, ReportedTest>();
  #flakyTests = 0;
  #verdict: Verdict = 'CLEAN';
  #infrastructure = false;
  #failing = new Set<FailOn>();

  constructor(failOn: readonly FailOn[]) {
    this.#failOn = failOn;
  }

  add(receipt: Receipt): void {
    this.counts.batches += 1;
    if (receipt.replayed) this.counts.replayedBatches += 1;
    for (const count of SUMMED) this.counts[count] += receipt[count];
    if (VERDICTS.indexOf(receipt.verdict) > VERDICTS.indexOf(this.#verdict)) this.#verdict = receipt.verdict;
    this.#infrastructure ||= receipt.isInfrastructureFailure;
    for (const condition of this.#failOn) if (isMet(condition, receipt)) this.#failing.add(condition);
    for (const defect of receipt.defects) this.#list(defect);
    this.#flakyTests = Math.max(this.#flakyTests, receipt.flakyTests);
    for (const test of receipt.flaky) if (this.#flaky.size < MAX_LISTED) this.#flaky.set(test.id, test);
  }

  /** A defect that several batches have is as new as the first of them says. */
  #list(defect: ReportedDefect): void {
    if (!this.#seen.has(defect.id)) {
      this.#seen.add(defect.id);
      this.counts[COUNTED[defect.state]] += 1;
      if (defect.isMuted) this.counts.mutedDefects += 1;
    }
    const listed = this.#defects.get(defect.id);
    if (listed !== undefined) {
      this.#defects.set(defect.id, { ...listed, occurrences: listed.occurrences + defect.occurrences });
    } else if (this.#defects.size < (defect.state === 'KNOWN' ? MAX_LISTED / 2 : MAX_LISTED)) {
      this.#defects.set(defect.id, defect);
    }
  }

  /** New ones first, then regressed ones, then known ones; of each the worst first; muted ones last. */
  get defects(): readonly ReportedDefect[] {
    const rank = ({ isMuted, state, severity }: ReportedDefect) =>
      (isMuted ? 100 : 0) + 10 * STATES.indexOf(state) - SEVERITIES.indexOf(severity.toLowerCase() as Severity);
    return [...this.#defects.values()].sort((a, b) => rank(a) - rank(b));
  }

  /** The flakiest first. */
  get flaky(): readonly ReportedTest[] {
    return [...this.#flaky.values()].sort((a, b) => b.score - a.score);
  }

  get flakyTests(): number {
    return Math.max(this.#flakyTests, this.#flaky.size);
  }

  get verdict(): Verdict {
    return this.#infrastructure ? 'INFRASTRUCTURE' : this.#verdict;
  }

  get isInfrastructureFailure(): boolean {
    return this.#infrastructure;
  }

  /** The conditions that are met; none where the machine, and not the code, has failed. */
  get failing(): readonly FailOn[] {
    return this.#infrastructure ? [] : [...this.#failing];
  }
}

/** A defect that is muted meets none. */
function isMet(condition: FailOn, { defects }: Receipt): boolean {
  const heard = defects.filter(({ isMuted }) => !isMuted);
  if (condition === 'new') return heard.some(({ state }) => state === 'NEW');
  if (condition === 'regressed') return heard.some(({ state }) => state === 'REGRESSED');
  if (condition === 'any') return heard.length > 0;
  const least = SEVERITIES.indexOf(condition.slice('severity='.length) as Severity);
  return heard.some(({ severity }) => SEVERITIES.indexOf(severity.toLowerCase() as Severity) >= least);
}
