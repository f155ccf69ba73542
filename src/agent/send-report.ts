import type { Receipt } from './receipt.ts';
import { type Destination, sendMutation } from './send-mutation.ts';

/** A run, or a part of it, as the mutation `reportTestRun` takes it. */
export interface Report {
  readonly project: string;
  readonly reportId: string;
  readonly runKey: string;
  readonly shard: string | null;
  readonly commitSha: string | null;
  readonly branch: string | null;
  readonly ciProvider: string | null;
  readonly runUrl: string | null;
  readonly environment: Readonly<Record<string, string>>;
  readonly startedAt: string | null;
  readonly durationMs: number | null;
  readonly isInfrastructureFailure: boolean;
  /** A JSON array of them, each as `resultInput` makes it, in UTF-8. */
  readonly results: Uint8Array;
}

const MUTATION = `mutation ReportTestRun($input: ReportTestRunInput!) {
  reportTestRun(input: $input) {
    receipt {
      reportId replayed results alreadyStored passed failed errored skipped newTests newDefects knownDefects regressedDefects
      mutedDefects flakyTests verdict isInfrastructureFailure
      defects { id title severity state isMuted occurrences test }
      flaky { id name suite score }
    }
  }
}`;

interface AnswerData {
  readonly reportTestRun?: { readonly receipt?: Receipt } | null;
}

/**
 * Sends one report, once.
 *
 * @param patienceMs how long it may take.
 * @throws SendError with the server's sentence, or with why it could not be reached.
 */
export async function sendReport(destination: Destination, token: string, report: Report, patienceMs: number): Promise<Receipt> {
  const read = (data: AnswerData) => data.reportTestRun?.receipt;
  return sendMutation(destination, token, bodyOf(report), read, patienceMs);
}

/** The request, into which the results are put as they are. */
function bodyOf({ results, ...run }: Report): Uint8Array<ArrayBuffer> {
  const input = JSON.stringify(run).slice(0, -1);
  return Buffer.concat([
    Buffer.from(`{"query":${JSON.stringify(MUTATION)},"variables":{"input":${input},"results":`),
    results,
    Buffer.from('}}}'),
  ]);
}
