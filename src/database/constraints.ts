import type { Queryable } from './key-envelopes.ts';

/** What a violated constraint is about, for the error that a client is told. */
export interface Constraint {
  readonly kind: 'primary' | 'unique' | 'foreign' | 'check';
  readonly table: string;
  /** The columns, without the tenant's. */
  readonly columns: readonly string[];
  /** The constraint's own sentence (its comment), where it has one. */
  readonly sentence: string | null;
}

const KINDS = { p: 'primary', u: 'unique', f: 'foreign', c: 'check' } as const;

/**
 * The constraints and unique indexes of schema `app` by name; a tenant's own schema has the same names. And as `numeric(5,2)` the
 * columns of a bounded decimal type: where a number is too large PostgreSQL names that alone.
 */
export async function readConstraints(database: Queryable): Promise<ReadonlyMap<string, Constraint>> {
  const { rows } = await database.query<{
    name: string;
    type: 'p' | 'u' | 'f' | 'c';
    table: string;
    columns: string[];
    comment: string | null;
  }>(`
    select c.conname as name, c.contype as type, r.relname as table, obj_description(c.oid, 'pg_constraint') as comment,
      array(select a.attname::text from unnest(c.conkey) with ordinality as k (attnum, n)
        join pg_attribute as a on a.attrelid = c.conrelid and a.attnum = k.attnum
        -- A column that is computed is nobody's to change.
        where a.attname <> 'organization_id' and (a.attgenerated = '' or c.contype = 'c') order by k.n) as columns
    from pg_constraint as c
    join pg_class as r on r.oid = c.conrelid
    where c.connamespace = 'app'::regnamespace and c.contype in ('p', 'u', 'f', 'c')
    union all
    select i.relname, 'u', r.relname, null,
      array(select a.attname::text from unnest(x.indkey::int2[]) with ordinality as k (attnum, n)
        join pg_attribute as a on a.attrelid = x.indrelid and a.attnum = k.attnum
        where a.attname <> 'organization_id' order by k.n)
    from pg_index as x
    join pg_class as i on i.oid = x.indexrelid
    join pg_class as r on r.oid = x.indrelid
    where i.relnamespace = 'app'::regnamespace and x.indisunique
      and not exists (select from pg_constraint as c where c.conindid = x.indexrelid)
    union all
    select format_type(a.atttypid, a.atttypmod), 'c', '', null, array_agg(distinct a.attname::text)
    from pg_attribute as a
    join pg_class as r on r.oid = a.attrelid
    where r.relnamespace = 'app'::regnamespace and r.relkind = 'r' and a.atttypid = 'numeric'::regtype and a.atttypmod > 0
    group by 1`);
  return new Map(
    rows.map((row) => [row.name, { kind: KINDS[row.type], table: row.table, columns: row.columns, sentence: withoutTags(row.comment) }]),
  );
}

/** A comment without its smart tags (lines that begin with @). */
function withoutTags(comment: string | null): string | null {
  const text = comment
    ?.split('\n')
    .filter((line) => !line.startsWith('@'))
    .join('\n')
    .trim();
  return text === undefined || text === '' ? null : text;
}
