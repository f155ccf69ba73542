import { setTimeout as delay } from 'node:timers/promises';
import type { Queryable } from './key-envelopes.ts';
import { newestTenantVersion } from './migrate.ts';

const PATIENCE_MS = 2_000;

/** Makes the check behind /health/ready: null where the database answers and is migrated, else the reason. */
export function readinessCheck(database: Queryable): () => Promise<string | null> {
  const expected = newestTenantVersion();
  return async () => {
    const answer = database
      .query<{ version: string }>('select app_private.schema_version() as version')
      .then(({ rows }) => {
        const version = rows[0]?.version ?? '';
        return version >= expected
          ? null
          : `The database is at version ${version || 'none'}, this server needs ${expected}: run "defectxray migrate".`;
      })
      .catch(() => 'The database does not answer.');
    return Promise.race([answer, delay(PATIENCE_MS, 'The database does not answer.', { ref: false })]);
  };
}
