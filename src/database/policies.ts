import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { inTransaction } from './connection.ts';

/** A part of a policies file that is applied in a transaction of its own, most often one table. */
export interface PolicySection {
  /** `<file>#<name>`, unique in its folder. */
  readonly name: string;
  readonly sql: string;
  readonly digest: Buffer;
}

const POLICIES = new URL('../../db/policies/', import.meta.url);
const LOCK_TIMEOUT_MS = 2_000;
const ATTEMPTS = 8;
/** lock_not_available, deadlock_detected, and "tuple concurrently updated": others were at the same table. */
const RETRIED = new Set(['55P03', '40P01', 'XX000']);

/**
 * The sections of the policies files of one kind, in the order in which they are applied: by file name, then as they
 * stand. A section begins with a line `-- section: <name>`.
 */
export function policySections(kind: 'platform' | 'tenant'): PolicySection[] {
  const folder = new URL(`${kind}/`, POLICIES);
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .flatMap((file) => {
      const [, ...parts] = readFileSync(new URL(file, folder), 'utf8').split(/^-- section: /m);
      return parts.map((part) => {
        const end = part.indexOf('\n');
        const sql = part.slice(end + 1);
        return { name: `${file}#${part.slice(0, end).trim()}`, sql, digest: createHash('sha256').update(sql).digest() };
      });
    });
}

/**
 * Applies to one schema the sections that are new or have changed, each in a transaction of its own with a lock timeout,
 * so that traffic waits for a table at most that long. `searchPath` begins with the schema.
 *
 * @returns how many sections were applied.
 * @throws the database's error for the section that failed, with `section` naming it; those before it stay applied.
 */
export async function applyPolicies(client: pg.Client, kind: 'platform' | 'tenant', schema: string, searchPath: string): Promise<number> {
  const { rows } = await client
    .query<{ section: string; digest: Buffer }>('select section, digest from app_private.applied_policies where schema_name = $1', [schema])
    .catch((error: { code?: string }) => {
      // Before the owner's own policies exist, a non-superuser operator reads none of this.
      if (error.code === '42501') return { rows: [] };
      throw error;
    });
  const applied = new Map(rows.map((row) => [row.section, row.digest]));
  const changed = policySections(kind).filter((section) => !applied.get(section.name)?.equals(section.digest));
  for (const section of changed) {
    await applySection(client, section, schema, searchPath);
  }
  return changed.length;
}

async function applySection(client: pg.Client, section: PolicySection, schema: string, searchPath: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await inTransaction(client, async () => {
        await client.query(`set local role app_owner; set local search_path = ${searchPath}; set local lock_timeout = ${LOCK_TIMEOUT_MS}`);
        await client.query(section.sql);
        await client.query('set local role app_owner');
        await client.query(
          `insert into app_private.applied_policies (schema_name, section, digest) values ($1, $2, $3)
           on conflict (schema_name, section) do update set digest = excluded.digest, applied_at = now()`,
          [schema, section.name, section.digest],
        );
      });
      return;
    } catch (error) {
      const { code } = error as { code?: string };
      if (code === undefined || !RETRIED.has(code) || attempt === ATTEMPTS) {
        throw Object.assign(error as Error, { section: section.name });
      }
      await delay(50 * 2 ** attempt * (0.5 + Math.random()));
    }
  }
}
