import { createHash } from 'node:crypto';
import type pg from 'pg';

const KEPT = 100;
const names = new WeakMap<pg.PoolClient, Set<string>>();

interface WithParsedStatements {
  readonly connection?: { readonly parsedStatements?: Record<string, unknown> };
}

/**
 * Lets a statement be prepared under its name, and forgets the one used longest ago once a connection holds 100: texts
 * come from clients, so their number has no bound of its own. It is prepared for one search path: what a parameter is was
 * decided then, and a tenant's type is another than one of the same name elsewhere.
 *
 * @param statement a digest of the text, of which 50 characters are enough: PostgreSQL cuts names at 63.
 */
export function namePrepared(client: pg.PoolClient, statement: string | undefined, searchPath: string): { name?: string } {
  if (statement === undefined) return {};
  const name = `${statement.slice(0, 50)}:${createHash('sha256').update(searchPath).digest('base64url').slice(0, 10)}`;
  let kept = names.get(client);
  if (kept === undefined) names.set(client, (kept = new Set()));
  kept.delete(name);
  kept.add(name);
  if (kept.size > KEPT) {
    const oldest = kept.values().next().value as string;
    kept.delete(oldest);
    // `pg` remembers by connection what was prepared. What is not there failed at its first use: to deallocate it would
    // be an error, and end the transaction.
    const parsed = (client as WithParsedStatements).connection?.parsedStatements;
    if (parsed?.[oldest] !== undefined) {
      client.query(`deallocate ${client.escapeIdentifier(oldest)}`).then(
        () => delete parsed[oldest],
        () => {
          // The connection is gone, and the statement with it; or it stays prepared, and known to be.
        },
      );
    }
  }
  return { name };
}
