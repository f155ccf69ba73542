import { createHash } from 'node:crypto';
import type pg from 'pg';
import { forgetColumns } from './flight.ts';

const KEPT = 200;
const names = new WeakMap<pg.PoolClient, Set<string>>();

interface WithParsedStatements {
  readonly connection?: { readonly parsedStatements?: Record<string, unknown> };
}

const MAX_SUFFIXES = 10_000;
const suffixes = new Map<string, string>();

/** Stands for a setting in a name, which has room for little. */
function suffixOf(setting: string): string {
  let suffix = suffixes.get(setting);
  if (suffix === undefined) {
    if (suffixes.size >= MAX_SUFFIXES) suffixes.clear();
    suffix = createHash('sha256').update(setting).digest('base64url').slice(0, 10);
    suffixes.set(setting, suffix);
  }
  return suffix;
}

/**
 * Lets a statement be prepared under its name, and forgets the one used longest ago once a connection holds 200: texts
 * come from clients, so their number has no bound of its own. It is prepared for one search path, since what a parameter is was
 * decided then, and a tenant's type is another than one of the same name elsewhere; and for one role, since PostgreSQL plans anew
 * what row-level security is part of when the role is another than before.
 *
 * @param statement a digest of the text, of which 50 characters are enough: PostgreSQL cuts names at 63.
 */
export function namePrepared(client: pg.PoolClient, statement: string | undefined, role: string, searchPath: string): { name?: string } {
  if (statement === undefined) return {};
  const name = `${statement.slice(0, 50)}:${suffixOf(`${role} ${searchPath}`)}`;
  let kept = names.get(client);
  if (kept === undefined) names.set(client, (kept = new Set()));
  kept.delete(name);
  kept.add(name);
  if (kept.size > KEPT) {
    const oldest = kept.values().next().value as string;
    kept.delete(oldest);
    forgetColumns((client as WithParsedStatements).connection, oldest);
    // `pg` remembers by connection what was prepared. What is not there failed at its first use: to deallocate it would
    // be an error, and end the transaction.
    const parsed = (client as WithParsedStatements).connection?.parsedStatements;
    const text = parsed?.[oldest];
    if (parsed !== undefined && text !== undefined) {
      // At once, not with the answer: what is sent after this, in the same flight too, must prepare it again.
      delete parsed[oldest];
      client.query(`deallocate ${client.escapeIdentifier(oldest)}`).catch(() => {
        // The connection is gone, and the statement with it; or its transaction has failed, and it stays prepared.
        parsed[oldest] ??= text;
      });
    }
  }
  return { name };
}
