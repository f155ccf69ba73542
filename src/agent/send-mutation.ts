import { VERSION } from './version.ts';

/** Why something was not sent. */
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

interface AnswerBody<Data> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: { readonly code?: string; readonly retryAfter?: number } }[];
}

/** Where things are sent. */
export interface Destination {
  readonly server: URL;
  /** The slug or id of the organization, where the credential might fit several; null where it is not said. */
  readonly organization: string | null;
}

/**
 * Sends one mutation, once.
 *
 * @param body the request, JSON in UTF-8.
 * @param read takes what is wanted from the answer's data.
 * @param patienceMs how long it may take.
 * @throws SendError with the server's sentence, or with why it could not be reached.
 */
export async function sendMutation<Data, Value>(
  { server, organization }: Destination,
  token: string,
  body: Uint8Array<ArrayBuffer>,
  read: (data: Data) => Value | null | undefined,
  patienceMs: number,
): Promise<Value> {
  let response: Response;
  let answer: AnswerBody<Data> | null;
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
      body,
      signal: AbortSignal.timeout(Math.max(1, Math.round(patienceMs))),
      // The credential goes to nobody that an answer names.
      redirect: 'manual',
    });
    answer = await answerOf(response);
  } catch (error) {
    throw new SendError('UNREACHABLE', `${server.origin} cannot be reached (${reasonOf(error as Error)}).`, true);
  }
  const [error] = answer?.errors ?? [];
  const isPassing = PASSING_STATUSES.has(response.status);
  if (error !== undefined) {
    const code = error.extensions?.code ?? 'ERROR';
    const retryAfter = error.extensions?.retryAfter ?? retryAfterOf(response);
    throw new SendError(code, `${code}: ${error.message}`, isPassing || PASSING_CODES.has(code), retryAfter);
  }
  const value = answer?.data == null ? null : read(answer.data);
  if (value === undefined || value === null) {
    const sentence = `${server.origin} answered with HTTP ${response.status} and no receipt: is it DefectXray?`;
    throw new SendError('NO_RECEIPT', sentence, isPassing, retryAfterOf(response));
  }
  return value;
}

/** The JSON of a response; null where it has none, or more than any answer is long. */
async function answerOf<Data>(response: Response): Promise<AnswerBody<Data> | null> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.length;
    if (length > MAX_RESPONSE_BYTES) return null;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as AnswerBody<Data> | null;
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
