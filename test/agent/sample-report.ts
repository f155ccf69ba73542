import { resultInput } from '../../src/agent/result-input.ts';
import type { Report } from '../../src/agent/send-report.ts';
import type { TestResult } from '../../src/ingest/report.ts';

export function sampleResult(name: string): TestResult {
  return {
    framework: 'vitest',
    suite: 'cart',
    file: 'cart.test.ts',
    name,
    parameters: '',
    outcome: 'passed',
    durationMs: 3,
    startedAt: null,
    failure: null,
    attempts: [],
  };
}

export function sampleReport(reportId: string): Report {
  return {
    project: 'shop',
    reportId,
    runKey: 'github-1-1',
    shard: null,
    commitSha: null,
    branch: 'main',
    ciProvider: null,
    runUrl: null,
    environment: { os: 'Linux' },
    startedAt: null,
    durationMs: null,
    isInfrastructureFailure: false,
    results: Buffer.from(JSON.stringify([resultInput(sampleResult('adds'), '1')])),
  };
}
