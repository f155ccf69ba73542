import type { TestResult } from '../ingest/report.ts';

/** What the server answers to a report. */
export interface Receipt {
  readonly reportId: string | null;
  readonly replayed: boolean;
  readonly results: number;
  readonly passed: number;
  readonly failed: number;
  readonly errored: number;
  readonly skipped: number;
  readonly newTests: number;
  readonly newDefects: number;
  readonly knownDefects: number;
  readonly regressedDefects: number;
}

/** A run, or a part of it, as the mutation `reportTestRun` takes it. */
export interface Report {
  readonly project: string;
  readonly reportId: string;
  readonly runKey: string;
  readonly shard: string | undefined;
  readonly commitSha: string | undefined;
  readonly branch: string | undefined;
  readonly runUrl: string | undefined;
  readonly results: readonly TestResult[];
}

const TIMEOUT_MS = 120_000;
const MUTATION = `mutation ReportTestRun($input: ReportTestRunInput!) {
  reportTestRun(input: $input) {
    receipt { reportId replayed results passed failed errored skipped newTests newDefects knownDefects regressedDefects }
  }
}`;

/**
 * Sends one report.
 *
 * @throws Error with the server's sentence, or with why it could not be reached.
 */
export async function sendReport(server: string, token: string, report: Report): Promise<Receipt> {
  const input = { ...report, results: report.results.map((result) => ({ ...result, outcome: result.outcome.toUpperCase() })) };
  let response: Response;
  try {
    response = await fetch(new URL('/graphql', server), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': 'defectxray-report',
      },
      body: JSON.stringify({ query: MUTATION, variables: { input } }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
      redirect: 'error',
    });
  } catch (error) {
    // Where a name has several addresses, the cause has a code and no message.
    const cause = (error as { cause?: Error & { code?: string } }).cause;
    throw new Error(`${server} cannot be reached (${cause?.message || cause?.code || (error as Error).message}).`);
  }
  const body = (await response.json().catch(() => null)) as {
    data?: { reportTestRun?: { receipt?: Receipt } };
    errors?: { message: string; extensions?: { code?: string } }[];
  } | null;
  const [error] = body?.errors ?? [];
  if (error !== undefined) throw new Error(`${error.extensions?.code ?? 'ERROR'}: ${error.message}`);
  const receipt = body?.data?.reportTestRun?.receipt;
  if (receipt === undefined) throw new Error(`${server} answered with HTTP ${response.status} and no receipt: is it DefectXray?`);
  return receipt;
}
