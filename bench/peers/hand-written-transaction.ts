import DataLoader from 'dataloader';
import type pg from 'pg';
import type { Principal } from '../../src/database/identity.ts';
import type { PlanNames } from './plan-names.ts';

/** What a defect refers to. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** Who asks, and how statements are named for them. */
export interface Asking {
  readonly principal: Principal;
  readonly identity: () => Promise<pg.QueryConfig>;
  readonly names: PlanNames;
}

type Loader<Row> = DataLoader<string, Row | null>;

/**
 * The transaction of one request, opened by its first statement: begin, identity and that statement leave together. Rows that others
 * refer to are loaded by their ids, those of one kind together.
 */
export class HandWrittenTransaction {
  readonly tests: Loader<Named & { readonly suite: string }>;
  readonly projects: Loader<Named & { readonly slug: string }>;
  readonly people: Loader<Named>;
  readonly #open: () => Promise<pg.PoolClient>;
  readonly #isMutation: boolean;
  readonly #nameOf: (statement: string) => string;
  #client: Promise<pg.PoolClient> | undefined;

  constructor(pool: pg.Pool, { principal, identity, names }: Asking, isMutation: boolean) {
    this.#isMutation = isMutation;
    this.#nameOf = (statement) => names.of(statement, principal);
    this.#open = async () => {
      const statement = await identity();
      const client = await pool.connect();
      // Where one of them fails, so does what comes after it.
      client.query(isMutation ? 'begin' : 'begin isolation level repeatable read read only').catch(() => {});
      client.query<{ search_path: string }>(statement).then(
        ({ rows }) => names.learn(principal, rows[0]?.search_path ?? ''),
        () => {},
      );
      return client;
    };
    const loader = <Row extends Named>(name: string, columns: string, table: string): Loader<Row> =>
      new DataLoader(async (ids) => {
        const rows = await this.rows<Row>(name, `select ${columns} from ${table} where id = any ($1::uuid[])`, [ids]);
        const byId = new Map(rows.map((row) => [row.id, row]));
        return ids.map((id) => byId.get(id) ?? null);
      });
    this.tests = loader('tests', 'id, name, suite', 'tests');
    this.projects = loader('projects', 'id, name, slug', 'projects');
    this.people = loader('people', 'id, name', 'people');
  }

  /** The rows of a statement, which is prepared under its name. */
  async rows<Row extends object>(name: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    this.#client ??= this.#open();
    const client = await this.#client;
    return (await client.query<Row>({ name: this.#nameOf(name), text, values: [...values] })).rows;
  }

  /** Nobody waits for the end of a query: what it has read, it has read. */
  async end(succeeded: boolean): Promise<void> {
    if (this.#client === undefined) return;
    const client = await this.#client.catch(() => undefined);
    if (client === undefined) return;
    const ended = client.query(succeeded ? 'commit' : 'rollback').then(
      () => client.release(),
      (error: Error) => {
        client.release(true);
        throw error;
      },
    );
    if (this.#isMutation) await ended;
    else ended.catch(() => {});
  }
}
