import type { ClientRequest, IncomingMessage } from 'node:http';
import { type PublicSettings, requestPublic, UnreachedError } from './public-request.ts';

/** How long all of it may take: name, connection and answer. */
export const POST_TIMEOUT_MS = 10_000;
/** What is read of an answer, and what is kept of that. */
const MAX_ANSWER_BYTES = 4_096;
const MAX_ANSWER_CHARACTERS = 1_000;

/** What came of it: a status and the beginning of the answer, or why there was none. */
export type PostOutcome =
  | { readonly status: number; readonly answer: string; readonly error: null }
  | { readonly status: null; readonly answer: null; readonly error: string };

const MESSAGES = {
  address: 'The address must be https, without user name or fragment, with no port or one from 1024 on.',
  unreachable: 'Nothing answers at the address.',
  late: `Nothing had been answered after ${POST_TIMEOUT_MS / 1_000} seconds.`,
} as const;

/**
 * Posts JSON to an address that somebody outside has chosen (requestPublic says what is asked at all). Redirects are not
 * followed; of the answer 4 kB are read at most, and 1,000 characters given.
 *
 * @param stop ends it at once.
 * @throws the reason of `stop`, and nothing else.
 */
export async function postPublicJson(
  address: string,
  settings: PublicSettings,
  sent: { readonly body: string; readonly headers: Readonly<Record<string, string>> },
  stop: AbortSignal,
): Promise<PostOutcome> {
  const late = AbortSignal.timeout(POST_TIMEOUT_MS);
  const signal = AbortSignal.any([late, stop]);
  const body = Buffer.from(sent.body, 'utf8');
  try {
    const headers = { ...sent.headers, 'content-type': 'application/json', 'content-length': String(body.length) };
    const request = await requestPublic(address, settings, { method: 'POST', headers, signal });
    try {
      const response = await responseOf(request, body);
      // What has no body of its own still has its status: an answer that comes by drops changes nothing of it.
      return { status: response.statusCode as number, answer: await beginningOf(response), error: null };
    } finally {
      request.destroy();
    }
  } catch (error) {
    stop.throwIfAborted();
    const reason = error instanceof UnreachedError ? error.reason : late.aborted ? 'late' : 'unreachable';
    return { status: null, answer: null, error: MESSAGES[reason] };
  }
}

function responseOf(request: ClientRequest, body: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request.on('response', resolve);
    request.on('error', reject);
    // Neither answer nor error, as after a switch of protocols.
    request.on('close', () => reject(new UnreachedError('unreachable')));
    request.end(body);
  });
}

/** The beginning of an answer as text that PostgreSQL takes: well-formed, without NUL. */
async function beginningOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_ANSWER_BYTES) break;
    }
  } catch {
    // It broke off, or took too long: what has come is kept.
  }
  const text = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString('utf8').replaceAll('\0', '');
  return Array.from(text).slice(0, MAX_ANSWER_CHARACTERS).join('');
}
