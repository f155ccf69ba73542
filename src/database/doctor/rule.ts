import type pg from 'pg';
import type { EncryptionKey } from '../encryption-key.ts';

/** What the rules look at. */
export interface Examined {
  /** The operator's connection, in a transaction; a superuser is not needed. */
  readonly client: pg.ClientBase;
  /** The key-encryption key of this machine; null where it has none. */
  readonly encryptionKey: EncryptionKey | null;
}

/** Something that must hold in every database of the product. */
export interface Rule {
  /** Stable: programs know the rule by it. */
  readonly name: string;
  /** An error breaks a promise of docs/security.md or keeps an organization out; a warning weakens or slows something. */
  readonly severity: 'error' | 'warning';
  /** What is wrong with each object found, as a sentence without its subject. */
  readonly problem: string;
  readonly remedy: string;
  /** The objects that break the rule; none where it holds. */
  find(examined: Examined): Promise<string[]>;
}

/** One object that breaks one rule. */
export interface Finding {
  readonly rule: string;
  readonly severity: Rule['severity'];
  readonly object: string;
}

/** A condition on pg_namespace: the schemas of the product, private, shared and the tenants'. */
export const OUR_SCHEMA = "nspname = any (array(select name from app_private.tenant_schemas) || '{app_private}')";

/** A condition on pg_namespace: the schemas that hold tenants' rows, `app` included. */
export const TENANT_SCHEMA = 'nspname in (select name from app_private.tenant_schemas)';

/** A condition on pg_class: not the tables in which dbmate keeps its state, which nobody is granted. */
export const NOT_DBMATES = "relname not in ('schema_migrations', 'platform_migrations', 'tenant_migrations')";

/** Finds by a query that gives the objects' names in the column `object`. */
export function bySql(text: string): Rule['find'] {
  return async ({ client }) => objects(client, text);
}

/** The same, of tables that only functions of app_definer read. */
export function bySqlOfDefiner(text: string): Rule['find'] {
  return ({ client }) => asDefiner(client, () => objects(client, text));
}

/** Runs `work` with the rights of app_definer, which the operator may take by way of app_owner. */
export async function asDefiner<T>(client: pg.ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('set local role app_definer');
  const result = await work();
  await client.query('reset role');
  return result;
}

async function objects(client: pg.ClientBase, text: string): Promise<string[]> {
  const { rows } = await client.query<{ object: string }>(`select distinct object from (${text}) as found (object) order by object`);
  return rows.map(({ object }) => object);
}
