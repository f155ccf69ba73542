import type { TokenSource, TokenVariables } from './token-source.ts';

/** Systems that put the token into the job's environment, for an audience that their settings name. */
const VARIABLES = [
  /**
   * Of GitLab, `id_tokens` of the job under this name: https://docs.gitlab.com/ci/secrets/id_token_authentication/. Of Jenkins,
   * a credential of the OpenID Connect Provider plugin, bound to it: https://plugins.jenkins.io/oidc-provider/
   */
  { name: 'DEFECTXRAY_ID_TOKEN', variable: 'DEFECTXRAY_ID_TOKEN' },
  /** The audience is the organization's id: https://circleci.com/docs/guides/permissions-authentication/openid-connect-tokens/ */
  { name: 'CircleCI', variable: 'CIRCLE_OIDC_TOKEN_V2' },
  /** Steps with `oidc: true`: https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/ */
  { name: 'Bitbucket', variable: 'BITBUCKET_STEP_OIDC_TOKEN' },
] as const;

export function tokenInVariable(variable: TokenVariables): TokenSource | null {
  for (const source of VARIABLES) {
    const token = variable(source.variable);
    if (token !== null) return { name: source.name, request: async () => token };
  }
  return null;
}
