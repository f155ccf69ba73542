import type { TestDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';

/**
 * The tables in which an organization's rows are beside those of others. Of what it has a schema for, only it has rows there; of
 * `organizations` each has one, too few altogether for an index to be always worth it.
 */
export async function sharedTables({ operator }: TestDatabase, { home }: FixtureOrganization): Promise<ReadonlySet<string>> {
  const { rows } = await operator.query<{ name: string }>(
    `select c.relname as name from pg_class as c
     where c.relnamespace = 'app'::regnamespace and c.relkind = 'r'
       and (c.relname = 'users' or exists (
         select from pg_attribute as a where a.attrelid = c.oid and a.attname = 'organization_id'))
       and ($1 = 'app' or to_regclass(format('%I.%I', $1, c.relname)) is null)`,
    [home],
  );
  return new Set(rows.map(({ name }) => name));
}
