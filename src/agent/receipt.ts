/** How a defect stands after a report: never seen before, seen before, or resolved and now back. */
export type ReportedDefectState = 'NEW' | 'KNOWN' | 'REGRESSED';

export const SEVERITIES = ['low', 'medium', 'high', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** What is to be thought of a run so far. */
export type Verdict = 'CLEAN' | 'NEW' | 'KNOWN' | 'FLAKY' | 'INFRASTRUCTURE';

/** A defect that occurred in a report. */
export interface ReportedDefect {
  readonly id: string;
  readonly title: string;
  readonly severity: Uppercase<Severity>;
  readonly state: ReportedDefectState;
  /** Whether somebody has said that it fails no build. */
  readonly isMuted: boolean;
  /** In this report. */
  readonly occurrences: number;
  /** The name of a test that it occurred in. */
  readonly test: string | null;
}

/** A test that passes and fails on the same code. */
export interface ReportedTest {
  readonly id: string;
  readonly name: string;
  readonly suite: string;
  /** From 0, steady, to 1. */
  readonly score: number;
}

/** What the server answers to a report. */
export interface Receipt {
  readonly reportId: string | null;
  readonly replayed: boolean;
  readonly results: number;
  /** Results that another report of the run had brought. */
  readonly alreadyStored: number;
  readonly passed: number;
  readonly failed: number;
  readonly errored: number;
  readonly skipped: number;
  readonly newTests: number;
  readonly newDefects: number;
  readonly knownDefects: number;
  readonly regressedDefects: number;
  readonly mutedDefects: number;
  readonly flakyTests: number;
  readonly verdict: Verdict;
  readonly isInfrastructureFailure: boolean;
  readonly defects: readonly ReportedDefect[];
  readonly flaky: readonly ReportedTest[];
}
