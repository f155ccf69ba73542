import type { IncomingMessage } from 'node:http';
import { type PublicSettings, requestPublic, UnreachedError } from './public-request.ts';

/** How long all of it may take: name, connection and body. */
const TIME_LIMIT_MS = 3_000;
/** The body at most; Entra ID's keys take some 15 kB. */
const MAX_BODY_BYTES = 262_144;

const MESSAGES = {
  address: 'The address must be https, without user name or fragment, with no port or one from 1024 on.',
  unreachable: 'Nothing answers at the address.',
  answer: 'The address does not answer with a JSON document of at most 256 kB.',
} as const;

/**
 * A document that could not be had. There are three reasons and no more: whether a name exists, where it leads and
 * what listens there is not told to who chose the address.
 */
export class PublicFetchError extends Error {
  override name = 'PublicFetchError';
  readonly reason: keyof typeof MESSAGES;

  constructor(reason: keyof typeof MESSAGES) {
    super(MESSAGES[reason]);
    this.reason = reason;
  }
}

/**
 * Gets a JSON document from an address that somebody outside has chosen (requestPublic says what is asked at all).
 *
 * @throws PublicFetchError and nothing else, after at most three seconds.
 */
export async function fetchPublicJson(address: string, settings: PublicSettings): Promise<unknown> {
  try {
    return await get(address, settings, AbortSignal.timeout(TIME_LIMIT_MS));
  } catch (error) {
    if (error instanceof PublicFetchError) throw error;
    throw new PublicFetchError(error instanceof UnreachedError ? error.reason : 'unreachable');
  }
}

async function get(address: string, settings: PublicSettings, signal: AbortSignal): Promise<unknown> {
  const sent = await requestPublic(address, settings, { method: 'GET', headers: { accept: 'application/json' }, signal });
  return new Promise((resolve, reject) => {
    let isAnswered = false;
    sent.on('response', (response) => {
      isAnswered = true;
      readJson(response)
        .then(resolve, reject)
        .finally(() => sent.destroy());
    });
    sent.on('error', reject);
    // Neither answer nor error, as after a switch of protocols. What is left of an answer is read after the close.
    sent.on('close', () => {
      if (!isAnswered) reject(new PublicFetchError('unreachable'));
    });
    sent.end();
  });
}

/** The document, from the bytes as they come: nothing is decompressed, so that what is compressed is no JSON. */
async function readJson(response: IncomingMessage): Promise<unknown> {
  const { 'content-type': type = '', 'content-length': length = '0' } = response.headers;
  const isJson = /^application\/(?:[\w.-]+\+)?json *(?:;|$)/i.test(type);
  if (response.statusCode !== 200 || !isJson || Number(length) > MAX_BODY_BYTES) throw new PublicFetchError('answer');
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw new PublicFetchError('answer');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new PublicFetchError('answer');
  }
}
