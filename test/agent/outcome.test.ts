import { describe, expect, test } from 'vitest';
import { type FailOn, Outcome } from '../../src/agent/outcome.ts';
import { sampleDefect as defect, sampleReceipt as receipt } from './sample-receipt.ts';

const failing = (failOn: FailOn, ...receipts: Parameters<typeof receipt>[0][]) => {
  const outcome = new Outcome([failOn]);
  for (const one of receipts) outcome.add(receipt(one));
  return outcome.failing.length > 0;
};

describe('--fail-on', () => {
  const fresh = { newDefects: 1, defects: [defect({ state: 'NEW', severity: 'LOW' })] };
  const back = { regressedDefects: 1, defects: [defect({ state: 'REGRESSED', severity: 'HIGH' })] };
  const known = { knownDefects: 1, defects: [defect({ state: 'KNOWN', severity: 'CRITICAL' })] };

  test.each<[FailOn, boolean, boolean, boolean]>([
    ['new', true, false, false],
    ['regressed', false, true, false],
    ['any', true, true, true],
    ['severity=low', true, true, true],
    ['severity=medium', false, true, true],
    ['severity=high', false, true, true],
    ['severity=critical', false, false, true],
  ])('%s: a new low one %s, a regressed high one %s, a known critical one %s', (condition, ...expected) => {
    expect([fresh, back, known].map((one) => failing(condition, one))).toEqual(expected);
  });

  test('nothing, where nothing failed or nothing is asked', () => {
    expect(failing('any', {})).toBe(false);
    const outcome = new Outcome([]);
    outcome.add(receipt(fresh));
    expect(outcome.failing).toEqual([]);
  });

  test.each<FailOn>(['new', 'regressed', 'any', 'severity=low'])('%s: not what is muted', (condition) => {
    const muted = [fresh, back, known].map((one) => ({
      ...one,
      mutedDefects: 1,
      defects: one.defects.map((d) => ({ ...d, isMuted: true })),
    }));
    expect(muted.map((one) => failing(condition, one))).toEqual([false, false, false]);
  });

  test.each<FailOn>(['new', 'regressed', 'any', 'severity=low'])('%s: not a failure of the machine', (condition) => {
    for (const one of [fresh, back, known]) expect(failing(condition, { ...one, isInfrastructureFailure: true })).toBe(false);
  });

  test('of several batches, one is enough', () => {
    expect(failing('new', {}, fresh, {})).toBe(true);
    expect(failing('any', known)).toBe(true);
  });
});

describe('batches', () => {
  test('are summed; a defect in several is one, as new as it was first, and counted once', () => {
    const outcome = new Outcome([]);
    outcome.add(
      receipt({ results: 2, failed: 2, newDefects: 1, verdict: 'NEW', defects: [defect({ id: 'd1', state: 'NEW', occurrences: 2 })] }),
    );
    outcome.add(
      receipt({
        results: 3,
        failed: 1,
        knownDefects: 1,
        replayed: true,
        verdict: 'KNOWN',
        defects: [defect({ id: 'd1', state: 'KNOWN' })],
      }),
    );
    expect(outcome.counts).toMatchObject({ results: 5, failed: 3, newDefects: 1, knownDefects: 0, batches: 2, replayedBatches: 1 });
    expect(outcome.defects).toEqual([defect({ id: 'd1', state: 'NEW', occurrences: 3 })]);
    expect(outcome.verdict).toBe('NEW');
  });

  test.each([
    [['CLEAN', 'FLAKY'], 'FLAKY'],
    [['KNOWN', 'FLAKY'], 'KNOWN'],
    [['NEW', 'CLEAN'], 'NEW'],
    [['INFRASTRUCTURE', 'NEW'], 'INFRASTRUCTURE'],
  ] as const)('%j is %s', (verdicts, expected) => {
    const outcome = new Outcome([]);
    for (const verdict of verdicts) outcome.add(receipt({ verdict }));
    expect(outcome.verdict).toBe(expected);
  });

  test('are listed: new before regressed before known, the worst first, muted last', () => {
    const outcome = new Outcome([]);
    const defects = [
      defect({ id: 'known', state: 'KNOWN', severity: 'CRITICAL' }),
      defect({ id: 'muted', state: 'NEW', severity: 'CRITICAL', isMuted: true }),
      defect({ id: 'low', state: 'NEW', severity: 'LOW' }),
      defect({ id: 'back', state: 'REGRESSED', severity: 'MEDIUM' }),
      defect({ id: 'high', state: 'NEW', severity: 'HIGH' }),
    ];
    outcome.add(receipt({ defects }));
    expect(outcome.defects.map(({ id }) => id)).toEqual(['high', 'low', 'back', 'known', 'muted']);
  });

  test('with any number of known defects leave room for new ones', () => {
    const outcome = new Outcome(['new']);
    for (let n = 0; n < 5; n += 1) {
      outcome.add(receipt({ defects: Array.from({ length: 1_000 }, (_, i) => defect({ id: `${n}-${i}`, state: 'KNOWN' })) }));
    }
    outcome.add(receipt({ defects: [defect({ id: 'new', state: 'NEW' })] }));
    expect(outcome.defects.length).toBeLessThan(2_001);
    expect(outcome.defects[0]?.id).toBe('new');
    expect(outcome.failing).toEqual(['new']);
  });
});
