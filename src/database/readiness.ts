import { setTimeout as delay } from 'node:timers/promises';
import { newestQueueVersion, newestTenantVersion } from './expected-versions.ts';
import type { Queryable } from './key-envelopes.ts';

const PATIENCE_MS = 2_000;

/** Makes the check behind /health/ready: null where the database answers and is migrated, else the reason. */
export function readinessCheck(database: Queryable): () => Promise<string | null> {
  const expected = newestTenantVersion();
  const expectedQueue = newestQueueVersion();
  return async () => {
    const answer = database
      .query<{ version: string; queue: number }>('select app_private.schema_version() as version, app_private.job_queue_version() as queue')
      .then(({ rows }) => {
        const { version = '', queue = 0 } = rows[0] ?? {};
        if (version < expected)
          return `The database is at version ${version || 'none'}, this server needs ${expected}: run "defectxray migrate".`;
        if (queue < expectedQueue)
          return `The queue of jobs is at version ${queue || 'none'}, this server needs ${expectedQueue}: run "defectxray migrate".`;
        return null;
      })
      .catch(() => 'The database does not answer.');
    return Promise.race([answer, delay(PATIENCE_MS, 'The database does not answer.', { ref: false })]);
  };
}
