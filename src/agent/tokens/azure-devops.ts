import { askForToken, type TokenSource, type TokenVariables } from './token-source.ts';

/**
 * Azure Pipelines gives one to steps that map `SYSTEM_ACCESSTOKEN: $(System.AccessToken)`. Its audience is always
 * `api://AzureADTokenExchange`; with a service connection its subject is that connection, else the pipeline.
 *
 * https://learn.microsoft.com/rest/api/azure/devops/distributedtask/oidctoken/create
 */
export function azureDevopsToken(variable: TokenVariables, serviceConnection: string | null): TokenSource | null {
  const [url, accessToken] = [variable('SYSTEM_OIDCREQUESTURI'), variable('SYSTEM_ACCESSTOKEN')];
  if (url === null || accessToken === null) return null;
  const name = 'Azure DevOps';
  return {
    name,
    request() {
      const address = new URL(url);
      address.searchParams.set('api-version', '7.1');
      if (serviceConnection !== null) address.searchParams.set('serviceConnectionId', serviceConnection);
      const headers = { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json', accept: 'application/json' };
      return askForToken(name, address, { method: 'POST', headers, body: '' }, 'oidcToken');
    },
  };
}
