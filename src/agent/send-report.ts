import type { Receipt } from './receipt.ts';
import { VERSION } from './version.ts';

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

/** Why a report was not stored. */
export class SendError extends Error {
  override name = 'SendError';
  /** The server's code; `UNREACHABLE` where it could not be asked, `NO_RECEIPT` where something else answered. */
  readonly code: string;
  /** In how many seconds the server asks to be asked again; null where it does not say. */
  readonly retryAfter: number | null;
  /** Whether the same request may well be answered in a moment. */
  readonly isPassing: boolean;

  constructor(code: string, message: string, isPassing: boolean, retryAfter: number | null = null) {
    super(message);
    this.code = code;
    this.isPassing = isPassing;
    this.retryAfter = retryAfter;
  }
}

const PASSING_CODES = new Set(['RATE_LIMITED', 'UNAVAILABLE', 'TIMEOUT']);
const PASSING_STATUSES = new Set([429, 502, 503, 504]);
const MAX_RESPONSE_BYTES = 16_000_000;

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

interface AnswerBody {
  readonly data?: unknown;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string; readonly retryAfter?: number } }[];
}

interface ReportData {
  readonly reportTestRun?: { readonly receipt?: Receipt } | null;
}

/** Where a report goes. */
export interface Destination {
  readonly server: URL;
  /** The slug or id of the organization, where the credential might fit several; null where it is not said. */
  readonly organization: string | null;
}

/**
 * Sends one report, once.
 *
 * @param patienceMs how long it may take.
 * @throws SendError with the server's sentence, or with why it could not be reached.
 */
export async function sendReport(destination: Destination, token: string, report: Report, patienceMs: number): Promise<Receipt> {
  return sendOperation(destination, token, bodyOf(report), patienceMs, (data) => (data as ReportData | null)?.reportTestRun?.receipt);
}

/**
 * Sends one GraphQL operation, once.
 *
 * @param requestBody the request, as JSON in UTF-8.
 * @param patienceMs how long it may take.
 * @param receiptOf picks from `data` what shows that it was done.
 * @throws SendError with the server's sentence, or with why it could not be reached.
 */
export async function sendOperation<Answer>(
  { server, organization }: Destination,
  token: string,
  requestBody: Uint8Array<ArrayBuffer>,
  patienceMs: number,
  receiptOf: (data: unknown) => Answer | undefined,
): Promise<Answer> {
  let response: Response;
  let body: AnswerBody | null;
  try {
    response = await fetch(new URL('/graphql', server), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json',
        'user-agent': `defectxray-report/${VERSION}`,
        ...(organization === null ? {} : { 'x-defectxray-organization': organization }),
      },
      body: requestBody,
      signal: AbortSignal.timeout(Math.max(1, Math.round(patienceMs))),
      // The credential goes to nobody that an answer names.
      redirect: 'manual',
    });
    body = await answerOf(response);
  } catch (error) {
    throw new SendError('UNREACHABLE', `${server.origin} cannot be reached (${reasonOf(error as Error)}).`, true);
  }
  const [error] = body?.errors ?? [];
  const isPassing = PASSING_STATUSES.has(response.status);
  if (error !== undefined) {
    const code = error.extensions?.code ?? 'ERROR';
    const retryAfter = error.extensions?.retryAfter ?? retryAfterOf(response);
    throw new SendError(code, `${code}: ${error.message}`, isPassing || PASSING_CODES.has(code), retryAfter);
  }
  const answer = receiptOf(body?.data ?? null);
  if (answer === undefined) {
    const sentence = `${server.origin} answered with HTTP ${response.status} and no receipt: is it DefectXray?`;
    throw new SendError('NO_RECEIPT', sentence, isPassing, retryAfterOf(response));
  }
  return answer;
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

/** The JSON of a response; null where it has none, or more than any answer is long. */
async function answerOf(response: Response): Promise<AnswerBody | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_RESPONSE_BYTES) return null;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as AnswerBody | null;
  } catch {
    return null;
  }
}

/** RFC 9110, section 10.2.3: seconds, or a date. */
function retryAfterOf(response: Response): number | null {
  const value = response.headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, (date - Date.now()) / 1_000);
}

function reasonOf(error: Error): string {
  if (error.name === 'TimeoutError') return 'it did not answer in time';
  // Where a name has several addresses, the cause has a code and no message.
  const cause = (error as { cause?: Error & { code?: string } }).cause;
  return cause?.message || cause?.code || error.message;
}
