import { execFile } from 'node:child_process';
import { TokenError, type TokenSource, type TokenVariables } from './token-source.ts';

const PATIENCE_MS = 30_000;

/**
 * Buildkite's agent prints one; it finds its own access token in the environment.
 *
 * https://buildkite.com/docs/agent/v3/cli-oidc
 */
export function buildkiteToken(variable: TokenVariables): TokenSource | null {
  if (variable('BUILDKITE') !== 'true' || variable('BUILDKITE_AGENT_ACCESS_TOKEN') === null) return null;
  return {
    name: 'Buildkite',
    request(audience) {
      return new Promise((resolve, reject) => {
        const args = ['oidc', 'request-token', '--audience', audience];
        execFile('buildkite-agent', args, { timeout: PATIENCE_MS, windowsHide: true }, (error, stdout) => {
          const token = stdout.trim();
          if (error === null && token !== '') resolve(token);
          // What it has written may hold the token: the exit code alone is told.
          else reject(new TokenError(`buildkite-agent gave no token (${error?.code ?? 'it printed nothing'}).`, false));
        });
      });
    },
  };
}
