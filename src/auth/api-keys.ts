import type { BaseRole, Principal } from '../database/identity.ts';
import type { Queryable } from '../database/key-envelopes.ts';
import { isSecret, SECRET_PREFIXES, secretHash } from './secret-tokens.ts';
import { UnauthenticatedError } from './tokens.ts';

/** Whether a credential says of itself that it is an API key. */
export function looksLikeApiKey(credential: string): boolean {
  return credential.startsWith(SECRET_PREFIXES.apiKey);
}

/**
 * Who an API key is. Asked of the database each time, so that a revoked key is refused at once; `authenticate` asks again within the
 * transaction.
 *
 * @throws UnauthenticatedError
 */
export async function verifyApiKey(database: Queryable, key: string): Promise<Principal> {
  if (!isSecret('apiKey', key)) throw new UnauthenticatedError('The API key is mistyped or cut off: its checksum does not fit.');
  const { rows } = await database.query<{
    id: string;
    organization_id: string;
    project_id: string | null;
    role: BaseRole;
    scopes: string[];
  }>('select id, organization_id, project_id, role, scopes from app_private.use_api_key($1)', [secretHash(key)]);
  const found = rows[0];
  if (found === undefined) throw new UnauthenticatedError('The API key does not exist, has expired or was revoked.');
  return {
    role: found.role,
    organizationId: found.organization_id,
    userId: null,
    credential: { kind: 'key', id: found.id },
    projectId: found.project_id,
    scopes: found.scopes,
    actor: `key:${found.id}`,
  };
}
