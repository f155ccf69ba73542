import { SendError } from './send-mutation.ts';
import { azureDevopsToken } from './tokens/azure-devops.ts';
import { buildkiteToken } from './tokens/buildkite.ts';
import { githubActionsToken } from './tokens/github-actions.ts';
import { TokenError, type TokenSource, type TokenVariables } from './tokens/token-source.ts';
import { tokenInVariable } from './tokens/variable.ts';

/** A token that ends sooner than this is not begun with. */
const LEAST_LEFT_S = 60;

export interface CredentialSettings {
  /** What was given; null where the CI's own token is to be used. */
  readonly token: string | null;
  /** Whom the CI's token is to be meant for. */
  readonly audience: string;
  readonly serviceConnection: string | null;
  readonly variable: TokenVariables;
}

/** Gives the token to send a report with: never kept on disk, never printed, in no argument of a process. */
export class Credential {
  readonly #source: TokenSource;
  readonly #audience: string;
  #token: string | null = null;

  private constructor(source: TokenSource, audience: string) {
    this.#source = source;
    this.#audience = audience;
  }

  /**
   * Where the token comes from: what was given, else the CI's own.
   *
   * @throws Error with a sentence that says what to set.
   */
  static find({ token, audience, serviceConnection, variable }: CredentialSettings): Credential {
    if (token !== null) {
      refuseBroken(token);
      return new Credential({ name: 'DEFECTXRAY_TOKEN', request: async () => token }, audience);
    }
    const source =
      githubActionsToken(variable) ??
      azureDevopsToken(variable, serviceConnection) ??
      tokenInVariable(variable) ??
      buildkiteToken(variable);
    if (source === null) throw new Error(`There is no credential: ${howToGiveOne(variable)}`);
    return new Credential(source, audience);
  }

  /**
   * A token that holds for a minute at least, as far as it says: CI systems give theirs for some minutes only, and a long
   * report outlives them.
   *
   * @throws SendError where there is none to be had.
   */
  async token(): Promise<string> {
    if (this.#token !== null && secondsLeft(this.#token) > LEAST_LEFT_S) return this.#token;
    try {
      const token = (await this.#source.request(this.#audience)).trim();
      refuseBroken(token);
      this.#token = token;
      return token;
    } catch (error) {
      throw new SendError('UNAUTHENTICATED', (error as Error).message, error instanceof TokenError && error.isPassing);
    }
  }
}

/** It would become part of a header, and of what the runtime says of a header that is none. */
function refuseBroken(token: string): void {
  if (/^[!-~]+$/.test(token)) return;
  throw new Error('The credential holds characters that no credential has: copy it whole, and nothing else with it.');
}

/** By the token's own claim `exp` (RFC 7519), which nothing is trusted for; an API key never ends. */
function secondsLeft(token: string): number {
  try {
    const { exp } = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as { exp?: unknown };
    return typeof exp === 'number' ? exp - Date.now() / 1_000 : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

function howToGiveOne(variable: TokenVariables): string {
  const key = 'set DEFECTXRAY_TOKEN, or give --token.';
  if (variable('GITHUB_ACTIONS') !== null) return `give the job "permissions: id-token: write", or ${key}`;
  if (variable('GITLAB_CI') !== null) return `give the job "id_tokens: DEFECTXRAY_ID_TOKEN", or ${key}`;
  if (variable('TF_BUILD') !== null) return `map SYSTEM_ACCESSTOKEN: $(System.AccessToken) into the step's env, or ${key}`;
  if (variable('BITBUCKET_BUILD_NUMBER') !== null) return `give the step "oidc: true", or ${key}`;
  return key;
}
