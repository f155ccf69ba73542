import pg from 'pg';
import { connectionOptions } from '../../src/database/connection.ts';
import type { Progress } from './progress.ts';

/** An index that no constraint needs. */
interface Index {
  readonly schema: string;
  readonly name: string;
  readonly definition: string;
  readonly comment: string | null;
}

/** The tables on whose indexes loading would spend most of its time. */
const LARGE = ['defects', 'defect_occurrences', 'test_results', 'test_runs', 'tests'];
const AT_ONCE = 2;

/** Takes the indexes of large tables away while rows come; gives what brings them back. */
export async function dropIndexes(client: pg.Client): Promise<readonly Index[]> {
  const { rows } = await client.query<Index>(
    `select i.schemaname as schema, i.indexname as name, i.indexdef as definition, obj_description(c.oid, 'pg_class') as comment
     from pg_indexes as i
     join pg_class as c on c.relname = i.indexname and c.relnamespace = i.schemaname::regnamespace
     where i.schemaname = 'app' and i.tablename = any ($1)
       and not exists (select from pg_constraint as k where k.conindid = c.oid)
     order by pg_table_size(c.oid), i.indexname`,
    [LARGE],
  );
  for (const { schema, name } of rows) await client.query(`drop index ${schema}.${client.escapeIdentifier(name)}`);
  return rows;
}

/** Makes them as they were, two at a time. */
export async function restoreIndexes(operatorUrl: string, indexes: readonly Index[], progress: Progress): Promise<void> {
  const waiting = [...indexes];
  const work = async () => {
    const client = new pg.Client(connectionOptions(operatorUrl));
    await client.connect();
    try {
      for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) {
        await client.query(index.definition);
        if (index.comment !== null) {
          const name = `${index.schema}.${client.escapeIdentifier(index.name)}`;
          await client.query(`comment on index ${name} is ${client.escapeLiteral(index.comment)}`);
        }
        progress.add(1);
      }
    } finally {
      await client.end();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}
