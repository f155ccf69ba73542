import { askForToken, type TokenSource, type TokenVariables } from './token-source.ts';

/**
 * GitHub Actions gives one to jobs with `permissions: id-token: write`.
 *
 * https://docs.github.com/en/actions/reference/security/oidc#methods-for-requesting-the-oidc-token
 */
export function githubActionsToken(variable: TokenVariables): TokenSource | null {
  const [url, requestToken] = [variable('ACTIONS_ID_TOKEN_REQUEST_URL'), variable('ACTIONS_ID_TOKEN_REQUEST_TOKEN')];
  if (url === null || requestToken === null) return null;
  const name = 'GitHub Actions';
  return {
    name,
    request(audience) {
      const address = new URL(url);
      address.searchParams.set('audience', audience);
      return askForToken(name, address, { headers: { authorization: `Bearer ${requestToken}`, accept: 'application/json' } }, 'value');
    },
  };
}
