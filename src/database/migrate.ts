import { readFileSync } from 'node:fs';
import type pg from 'pg';
import { withClient } from './connection.ts';
import { runDbmate } from './dbmate.ts';
import { newestTenantVersion, tenantVersions } from './expected-versions.ts';
import { migrateJobQueue } from './job-queue.ts';
import { applyPolicies } from './policies.ts';

/** What one schema's upgrade came to. */
export interface SchemaResult {
  readonly schema: string;
  /** Policy sections applied; 0 where nothing had changed. */
  readonly policies: number;
  /** Why the schema is still at its old version; null where it is current. */
  readonly error: string | null;
}

const DB = new URL('../../db/', import.meta.url);
/** Held while schemas are made or upgraded, so that those who do wait for each other. */
export const ADVISORY_LOCK = 0x0dec_7a11;

/** The search path under which a schema's migrations and policies run. */
export function searchPathOf(schema: string): string {
  return schema === 'app' ? 'app, pg_temp' : `${schema}, app, pg_temp`;
}

/**
 * Brings the database up to date: roles, platform, the queue of jobs, then every tenant schema, and the shared schema last, so that no
 * schema-tier organization is refused as "behind" while others are upgraded. A tenant schema that fails stays at its old
 * version; the others are upgraded all the same. It can be run again at any time.
 *
 * @param operatorUrl a login that may create roles and owns the database.
 * @param onSchema called after each schema, with how many there are.
 * @throws what the platform's or the shared schema's own upgrade threw: without them nothing works.
 */
export async function migrate(operatorUrl: string, onSchema?: (result: SchemaResult, total: number) => void): Promise<SchemaResult[]> {
  return withClient(operatorUrl, async (client) => {
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    await client.query(readFileSync(new URL('roles.sql', DB), 'utf8'));
    await runDbmate(operatorUrl, 'platform', 'app, pg_temp', 'app_private.platform_migrations');
    const platformPolicies = await applyPolicies(client, 'platform', 'app_private', 'app, pg_temp');
    await loadRegions(client);
    await migrateJobQueue(client, operatorUrl);

    const { rows } = await client.query<{ name: string }>("select name from app_private.tenant_schemas where name <> 'app' order by name");
    const total = rows.length + 1;
    const results: SchemaResult[] = [];
    for (const { name } of rows) {
      const result = await upgradeSchema(client, operatorUrl, name).catch((error: Error) => ({
        schema: name,
        policies: 0,
        error: describe(error),
      }));
      results.push(result);
      onSchema?.(result, total);
    }
    const shared = await upgradeSchema(client, operatorUrl, 'app');
    results.push({ ...shared, policies: shared.policies + platformPolicies });
    onSchema?.(shared, total);
    return results;
  });
}

/** Brings one tenant schema (or `app`) to the newest migrations and policies; the schema is made if it is missing. */
export async function upgradeSchema(client: pg.Client, operatorUrl: string, schema: string): Promise<SchemaResult> {
  await client.query(`create schema if not exists ${schema} authorization app_owner`);
  const searchPath = searchPathOf(schema);
  const table = schema === 'app' ? 'app_private.tenant_migrations' : `${schema}.schema_migrations`;
  if (!(await hasEveryMigration(client, table))) await runDbmate(operatorUrl, 'tenant', searchPath, table);
  const policies = await applyPolicies(client, 'tenant', schema, searchPath);
  await client.query('update app_private.tenant_schemas set version = $2, updated_at = now() where name = $1 and version <> $2', [
    schema,
    newestTenantVersion(),
  ]);
  return { schema, policies, error: null };
}

/** Whether all migrations are noted as applied, so that dbmate need not be asked. */
async function hasEveryMigration(client: pg.Client, table: string): Promise<boolean> {
  const { rows: exists } = await client.query<{ found: boolean }>('select to_regclass($1) is not null as found', [table]);
  if (exists[0]?.found !== true) return false;
  const { rows } = await client.query<{ version: string }>(`select version from ${table}`);
  const applied = new Set(rows.map(({ version }) => version));
  return tenantVersions().every((version) => applied.has(version));
}

async function loadRegions(client: pg.Client): Promise<void> {
  const { regions } = JSON.parse(readFileSync(new URL('../infra/regions.json', DB), 'utf8')) as { regions: unknown[] };
  await client.query('select app_private.load_regions($1)', [JSON.stringify(regions)]);
}

function describe(error: Error & { section?: string }): string {
  return error.section === undefined ? error.message : `${error.section}: ${error.message}`;
}
