import type pg from 'pg';
import { inTransaction } from './connection.ts';
import { identityStatement, type Principal } from './identity.ts';
import type { KeyEnvelopes } from './key-envelopes.ts';

const COMMAND_TIMEOUT_MS = 60_000;

/**
 * Runs `work` in a transaction of the API's login with the identity of a principal, as a request would.
 *
 * @param client a connection as `app_user`.
 */
export async function asPrincipal<T>(client: pg.ClientBase, keys: KeyEnvelopes, principal: Principal, work: () => Promise<T>): Promise<T> {
  const sealed = principal.organizationId === null ? '' : await keys.of(principal.organizationId);
  return inTransaction(client, async () => {
    await client.query(
      identityStatement(principal, { requestId: 'command', ipAddress: null, userAgent: null }, sealed, COMMAND_TIMEOUT_MS),
    );
    return work();
  });
}
