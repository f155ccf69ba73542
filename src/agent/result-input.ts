import type { TestResult } from '../ingest/report.ts';

/**
 * A result as the mutation `reportTestRun` takes it; outcomes are an enumeration.
 *
 * @param executionId which execution of its test it is, within the run and shard.
 */
export function resultInput({ attempts, outcome, ...result }: TestResult, executionId: string): Record<string, unknown> {
  return {
    ...result,
    executionId,
    outcome: outcome.toUpperCase(),
    // What an attempt said that was not the last is not kept.
    attempts: attempts.map((attempt) => ({ outcome: attempt.outcome.toUpperCase(), durationMs: attempt.durationMs })),
  };
}
