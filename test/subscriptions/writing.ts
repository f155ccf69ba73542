import pg from 'pg';
import { connectionOptions } from '../../src/database/connection.ts';
import type { TestDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';

/** Defects that are opened in one transaction, before it is said how it ends. */
export interface OpenWriting {
  readonly ids: readonly string[];
  end(how: 'commit' | 'rollback'): Promise<void>;
}

/** A connection that opens defects of an organization as the operator does. */
export async function writer(database: TestDatabase, organization: FixtureOrganization) {
  const client = new pg.Client(connectionOptions(database.operatorUrl));
  await client.connect();
  /** Opens so many defects by one statement, with an environment of so many characters, then does nothing for a while. */
  const begin = async (count: number, seconds = 0, characters = 0): Promise<OpenWriting> => {
    await client.query('begin');
    await client.query("select set_config('search_path', app_private.work_for($1), true)", [organization.id]);
    const { rows } = await client.query<{ id: string }>(
      `insert into defects (project_id, title, environment)
       select $1, 'written ' || n, jsonb_build_object('text', repeat('x', $3)) from generate_series(1, $2) as n returning id`,
      [organization.project, count, characters],
    );
    if (seconds > 0) await client.query('select pg_sleep($1)', [seconds]);
    return { ids: rows.map(({ id }) => id), end: async (how) => void (await client.query(how)) };
  };
  return {
    begin,
    async write(count = 1, characters = 0): Promise<readonly string[]> {
      const writing = await begin(count, 0, characters);
      await writing.end('commit');
      return writing.ids;
    },
    end: () => client.end(),
  };
}
