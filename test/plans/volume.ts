import type pg from 'pg';
import type { TestDatabase } from '../support/database.ts';
import type { Fixture, FixtureOrganization } from '../support/fixture.ts';

/** Rows of a table, of all organizations of its schema together. */
const ROWS: Readonly<Record<string, number>> = {
  defects: 20_000,
  defect_occurrences: 20_000,
  test_results: 20_000,
  defect_daily_stats: 20_000,
  audit_logs: 20_000,
  tests: 6_000,
  test_runs: 6_000,
  deployments: 6_000,
  maintenance_requests: 6_000,
};
const USUAL = 3_000;
/** As many as are usual on one server. Fewer, and a large organization is half of a table, which is then best read whole. */
const ORGANIZATIONS = 200;
/** What has a schema of its own has no neighbours to outnumber. */
const ALONE = 0.2;

/** What the ids of the fixture's organizations are made of: the ranks of those that share tables. */
const OWNERS: Readonly<Record<string, string>> = { acme: '2', initech: '9', globex: 'globex' };

interface Column {
  readonly name: string;
  readonly type: string;
  /** What a domain allows, where that is a list. */
  readonly values: readonly string[] | null;
  readonly parent: string | null;
  readonly indexed: boolean;
}

/**
 * Fills every table of the shared schema with the rows of 200 organizations of uneven size (of which the fixture's are two), and
 * those of the schema of globex with its own; then has the whole of every table counted for the planner's statistics. Each row is
 * its table's row in the fixture, with another id, other times, and other values where an index is: a row more in the fixture is a
 * table more here. The same rows each time, in the same order, so that the same plans are chosen.
 */
export async function fillDatabase({ operator }: TestDatabase, { acme, initech, globex }: Fixture): Promise<void> {
  await openVolume(operator);
  // The n-th row of an organization, and what its ids are made of: not the organization's own, which is another each time. The first organization has a tenth of all rows, half of them have a few hundredths.
  await operator.query(
    `insert into volume
     select i, o as organization_id, rank::text as owner, row_number() over (partition by rank order by i) - 1 as n
     from (
       select i, rank, case rank when ${OWNERS.acme} then $1::uuid when ${OWNERS.initech} then $2::uuid else md5('organization' || rank)::uuid end as o
       from (select i, floor($3::integer * power(((hashint8(i)::bigint + 2147483648) / 4294967296.0)::float8, 2)) as rank
             from generate_series(0, $4::integer - 1) as i) as ranked
     ) as drawn`,
    [acme.id, initech.id, ORGANIZATIONS, Math.max(...Object.values(ROWS))],
  );
  await operator.query(
    `insert into app.organizations (id, slug, name, primary_region, data_retention_days, provisioning_state)
     select distinct organization_id, 'volume_' || left(md5(organization_id::text), 20), 'Volume', 'eu-central', 1095, 'ready'
     from volume where organization_id <> all ($1)`,
    [[acme.id, initech.id]],
  );
  for (const table of await tablesOf(operator, 'app')) await fill(operator, 'app', table, acme.id, rowsOf(table));
  const rows = (await tablesOf(operator, globex.home)).map((table) => [table, rowsOf(table) * ALONE]);
  await fillOrganization(operator, globex, Object.fromEntries(rows));
  await closeVolume(operator, globex.home);
}

/** Fills tables with rows of one organization, as `fillDatabase` does with those of many: so many of a table as `rows` says. */
export async function fillLargeOrganization(
  { operator }: TestDatabase,
  organization: FixtureOrganization,
  rows: Readonly<Record<string, number>>,
): Promise<void> {
  await openVolume(operator);
  await fillOrganization(operator, organization, rows);
  await closeVolume(operator, organization.home);
}

async function openVolume(operator: pg.Client): Promise<void> {
  // No trigger, no foreign key: rows as they would be after years.
  await operator.query('set session_replication_role = replica');
  await operator.query(
    `create function pg_temp.row_id(table_name text, owner text, n bigint) returns uuid language sql immutable as
     $$ select md5(case table_name when 'people' then 'users' else table_name end || owner || n)::uuid $$`,
  );
  await operator.query('create temp table volume (i integer, organization_id uuid, owner text, n bigint)');
}

async function fillOrganization(
  operator: pg.Client,
  { id, home, slug }: FixtureOrganization,
  rows: Readonly<Record<string, number>>,
): Promise<void> {
  await operator.query('truncate volume');
  await operator.query('insert into volume select n, $1, $2, n from generate_series(0, $3::integer - 1) as n', [
    id,
    OWNERS[slug],
    Math.max(...Object.values(rows)),
  ]);
  for (const [table, count] of Object.entries(rows)) await fill(operator, home, table, id, count);
}

async function closeVolume(operator: pg.Client, schema: string): Promise<void> {
  await operator.query('set session_replication_role = origin');
  // Of every row, not of a sample that chance draws; and with the visibility map, which says whether an index alone will do.
  await operator.query('set default_statistics_target = 1000');
  const tables = await operator.query<{ name: string }>(
    "select c.oid::regclass::text as name from pg_class as c where c.relkind = 'r' and c.relnamespace = any (array['app', $1]::regnamespace[])",
    [schema],
  );
  await operator.query(`vacuum (analyze) ${tables.rows.map(({ name }) => name).join(', ')}`);
}

function rowsOf(table: string): number {
  return ROWS[table] ?? USUAL;
}

/** The id of a row that `fillDatabase` has made: of each table the same one, with the same rows beside it. */
export async function rowId({ operator }: TestDatabase, table: string, { slug }: FixtureOrganization): Promise<string> {
  const { rows } = await operator.query<{ id: string }>('select pg_temp.row_id($1, $2, 3) as id', [table, OWNERS[slug]]);
  return rows[0]?.id as string;
}

async function tablesOf(operator: pg.Client, schema: string): Promise<string[]> {
  const { rows } = await operator.query<{ name: string }>(
    `select c.relname as name from pg_class as c
     where c.relnamespace = $1::regnamespace and c.relkind = 'r' and (c.relname = 'users' or exists (
       select from pg_attribute as a where a.attrelid = c.oid and a.attname = 'organization_id'))
     order by 1`,
    [schema],
  );
  return rows.map(({ name }) => name);
}

/** Copies a row of an organization as often as there are rows in the first `count` of `volume`. */
async function fill(operator: pg.Client, schema: string, table: string, organization: string, count: number): Promise<void> {
  const columns = await columnsOf(operator, schema, table);
  const values = columns.map((column) => `${copyOf(column, table)} as ${column.name}`);
  const own = columns.some(({ name }) => name === 'organization_id') ? `organization_id = '${organization}'` : 'true';
  await operator.query(
    `insert into ${schema}.${table} (${columns.map(({ name }) => name).join(', ')})
     select ${values.join(', ')}
     from (select * from ${schema}.${table} where ${own} limit 1) as t, volume as v
     where v.i < ${count} order by v.i
     on conflict do nothing`,
  );
}

async function columnsOf(operator: pg.Client, schema: string, table: string): Promise<Column[]> {
  const { rows } = await operator.query<Column>(
    `select a.attname as name, format_type(coalesce(nullif(y.typbasetype, 0), y.oid), null) as type,
       (select array_agg(m[1] order by m[1]) from pg_constraint as x, regexp_matches(pg_get_constraintdef(x.oid), '''([^'']+)''::text', 'g') as m
        where x.contypid = y.oid or x.conrelid = a.attrelid and x.contype = 'c' and x.conkey = array[a.attnum] and pg_get_constraintdef(x.oid) like '%= ANY (ARRAY[%') as values,
       (select x.confrelid::regclass::text from pg_constraint as x
        where x.conrelid = a.attrelid and x.contype = 'f' and x.conkey[cardinality(x.conkey)] = a.attnum and a.attname <> 'organization_id'
        limit 1) as parent,
       exists (select from pg_index as x where x.indrelid = a.attrelid and a.attnum = any (x.indkey)) as indexed
     from pg_attribute as a join pg_type as y on y.oid = a.atttypid
     where a.attrelid = format('%I.%I', $1::text, $2::text)::regclass and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
     order by a.attnum`,
    [schema, table],
  );
  return rows.map((column) => ({ ...column, parent: column.parent?.split('.').at(-1) ?? null }));
}

/** SQL of a column's value in the copy `v.n` of the row `t`. */
function copyOf({ name, type, values, parent, indexed }: Column, table: string): string {
  const template = `t.${name}`;
  if (name === 'organization_id') return 'v.organization_id';
  if (name === 'id') return `pg_temp.row_id('${table}', v.owner, v.n)`;
  if (parent !== null && type === 'uuid' && parent !== 'roles') {
    return `pg_temp.row_id('${parent}', v.owner, v.n % ${Math.ceil(rowsOf(parent) / ORGANIZATIONS / 2)})`;
  }
  // All of its times, so that they stay in their order.
  if (type === 'timestamp with time zone') return `${template} - v.n * interval '17 minutes'`;
  if (!indexed) return template;
  if (type === 'date') return `${template} - (v.n % 400)::integer`;
  if (table === 'webhook_deliveries' && name === 'status') return template;
  if (values !== null) return `(array['${values.join("', '")}'])[1 + v.n % ${values.length}]`;
  if (type === 'text') return `${template} || v.n`;
  if (type === 'uuid') return `case when ${template} is not null then pg_temp.row_id('${name}', v.owner, v.n) end`;
  if (type === 'bytea') return `sha256(('${table}' || v.owner || v.n)::bytea)`;
  if (type === 'integer' || type === 'bigint') return `1 + v.n % 10000`;
  if (type === 'boolean') return 'v.n % 3 = 0';
  if (type === 'double precision') return `${template} - v.n / 100.0`;
  return template;
}
