import type pg from 'pg';

/** Counters of attempts, and what is kept for a moment: not rows of anybody's. */
const PASSING = /^(login_throttles|security_events|applied_policies|tenant_schemas)$/;

/** What is stored, organization by organization. */
export class Rows {
  private readonly database: pg.Client;
  private text: string | undefined;

  constructor(database: pg.Client) {
    this.database = database;
  }

  /**
   * By table, in any schema, how many rows organizations have and which transactions wrote them: the same again when, and only
   * when, no row of theirs was made, changed or deleted.
   */
  async written(organizations: readonly string[]): Promise<Record<string, string>> {
    this.text ??= await this.statement();
    const answer = await this.database.query<{ name: string; rows: string }>({
      name: 'written',
      text: this.text,
      values: [organizations],
    });
    return Object.fromEntries(answer.rows.map(({ name, rows }) => [name, rows]));
  }

  private async statement(): Promise<string> {
    const { rows } = await this.database.query<{ schema: string; table: string }>(
      `select n.nspname as schema, c.relname as table
       from pg_class as c join pg_namespace as n on n.oid = c.relnamespace
       where c.relkind in ('r', 'p') and n.nspname ~ '^(app|app_private|tenant_.*)$'
         and exists (select from pg_attribute where attrelid = c.oid and attname = 'organization_id' and not attisdropped)`,
    );
    const written = (name: string, from: string) =>
      `select '${name}' as name, format('%s rows by %s', count(*), sum(t.xmin::text::bigint)) as rows from ${from}`;
    return [
      ...rows
        .filter(({ table }) => !PASSING.test(table))
        .map(({ schema, table }) => written(`${schema}.${table}`, `${schema}.${table} as t where organization_id = any ($1::uuid[])`)),
      written('organizations', 'app.organizations as t where id = any ($1::uuid[])'),
      written(
        'users',
        'app.users as t where id in (select user_id from app.organization_members where organization_id = any ($1::uuid[]))',
      ),
    ].join(' union all ');
  }
}
