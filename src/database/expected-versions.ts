import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const MIGRATIONS = new URL('../../db/migrations/tenant/', import.meta.url);

/** The versions of all tenant migrations, in their order. */
export function tenantVersions(): string[] {
  return readdirSync(MIGRATIONS)
    .sort()
    .map((file) => file.split('_')[0] as string);
}

/** The version of the newest tenant migration, which is what a current schema is at. */
export function newestTenantVersion(): string {
  return tenantVersions().at(-1) ?? '';
}

/** The version that the queue of background jobs must be at: that of the library's newest migration. */
export function newestQueueVersion(): number {
  const migrations = readdirSync(join(dirname(createRequire(import.meta.url).resolve('graphile-worker')), '../sql'));
  return Math.max(...migrations.map((file) => Number.parseInt(file, 10)).filter(Number.isInteger));
}
