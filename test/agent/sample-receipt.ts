import type { Receipt, ReportedDefect } from '../../src/agent/receipt.ts';

/** A receipt as the server gives it, of a report in which nothing failed unless it is said. */
export function sampleReceipt(said: Partial<Receipt>): Receipt {
  return {
    reportId: 'r',
    replayed: false,
    results: 1,
    alreadyStored: 0,
    passed: 1,
    failed: 0,
    errored: 0,
    skipped: 0,
    newTests: 0,
    newDefects: 0,
    knownDefects: 0,
    regressedDefects: 0,
    mutedDefects: 0,
    flakyTests: 0,
    verdict: 'CLEAN',
    isInfrastructureFailure: false,
    defects: [],
    flaky: [],
    ...said,
  };
}

export function sampleDefect(said: Partial<ReportedDefect>): ReportedDefect {
  return {
    id: '0197f3a0-0000-7000-8000-000000000001',
    title: 'PaymentError: card of <value> declined',
    severity: 'MEDIUM',
    state: 'NEW',
    isMuted: false,
    occurrences: 1,
    test: 'takes a card',
    ...said,
  };
}
