import { serverAddress } from '../server-address.ts';

/** How a CI system gives a job a token that says which job it is. */
export interface TokenSource {
  /** What it is called in a sentence: "GitHub Actions". */
  readonly name: string;
  /**
   * A token that is meant for the audience, where the system lets one choose it.
   *
   * @throws Error with a sentence, in which no token stands.
   */
  request(audience: string): Promise<string>;
}

export type TokenVariables = (name: string) => string | null;

const PATIENCE_MS = 20_000;

/**
 * Asks an endpoint for a token, once.
 *
 * @param field of the JSON answer in which the token stands.
 * @throws Error with the status, without anything of the answer.
 */
export async function askForToken(name: string, address: URL, init: RequestInit, field: string): Promise<string> {
  serverAddress(address.href);
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(address, { ...init, signal: AbortSignal.timeout(PATIENCE_MS), redirect: 'error' });
    answer = await response.json().catch(() => null);
  } catch {
    throw new TokenError(`${name} could not be asked for a token.`, true);
  }
  const token = (answer as Record<string, unknown> | null)?.[field];
  if (!response.ok || typeof token !== 'string' || token === '') {
    const isPassing = response.status === 429 || response.status >= 500;
    throw new TokenError(`${name} gave no token (HTTP ${response.status}).`, isPassing);
  }
  return token;
}

/** A token could not be had. */
export class TokenError extends Error {
  override name = 'TokenError';
  /** Whether it may well be had in a moment. */
  readonly isPassing: boolean;

  constructor(message: string, isPassing: boolean) {
    super(message);
    this.isPassing = isPassing;
  }
}
