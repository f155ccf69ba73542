import type { PgClient, PgClientQuery, PgClientResult, WithPgClient } from '@dataplan/pg';
import type pg from 'pg';
import type { QueryConfig } from 'pg';
import { namePrepared } from './prepared-statements.ts';

/** Where a request transaction comes from, and as whom it runs. */
export interface TransactionStart {
  readonly pool: pg.Pool;
  /** A query runs READ ONLY in one snapshot; a mutation in READ COMMITTED, so that it waits for others' rows. */
  readonly kind: 'query' | 'mutation';
  /** The statement that gives the transaction its identity, and its statements a timeout in milliseconds. */
  readonly identity: (timeoutMs: number) => Promise<QueryConfig>;
  /** How long one statement may run, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** When the time of the request is over, by `performance.now()`: no statement is begun after it, none runs past it. */
  readonly deadline: number;
}

/** What is said to the statements of a mutation after the one that failed, whose own error is the one that matters. */
export class EarlierPartFailed extends Error {
  override name = 'EarlierPartFailed';

  constructor() {
    super('An earlier part of the mutation failed.');
  }
}

/** The time of the request is over; its code is that of a statement that PostgreSQL ends for the same reason. */
export class DeadlinePassed extends Error {
  override name = 'DeadlinePassed';
  readonly code = '57014';

  constructor() {
    super('The time of the request is over.');
  }
}

/**
 * One transaction for a whole request, opened by the first statement that needs it. Its `withPgClient` is what
 * PostGraphile's steps are given in place of a pool, so that all statements of a plan see one snapshot and one identity.
 *
 * In a query each statement has a savepoint: a field that fails fails alone. In a mutation an error anywhere rolls back
 * everything.
 */
export class RequestTransaction {
  readonly #start: TransactionStart;
  #searchPath = '';
  #opened: Promise<pg.PoolClient> | undefined;
  #queue: Promise<unknown> = Promise.resolve();
  #identityError: Error | undefined;
  #broken = false;
  #ended = false;
  /** The timeout that the database has for each statement. */
  #timeoutMs = 0;

  constructor(start: TransactionStart) {
    this.#start = start;
  }

  /** Why the caller's identity was refused; then no statement of the request was run. */
  get identityError(): Error | undefined {
    return this.#identityError;
  }

  readonly withPgClient: WithPgClient = async (_settings, callback) => callback(this.#client);

  readonly #client: PgClient = {
    query: (query) => this.#enqueue((client) => this.#run(client, query)),
    // The request is a transaction already.
    withTransaction: (callback) => callback(this.#client as never),
  };

  /**
   * Ends the transaction: commits, or rolls back where `succeeded` is false. Nothing happens where none was opened.
   *
   * @throws the database's error where the commit failed.
   */
  async end(succeeded: boolean): Promise<void> {
    // From here on nothing is begun: the connection goes on to serve others.
    this.#ended = true;
    await this.#queue;
    if (this.#opened === undefined) return;
    const client = await this.#opened.catch(() => undefined);
    if (client === undefined) return;
    try {
      const ended = await client.query(succeeded ? 'commit' : 'rollback');
      // A transaction that had failed answers ROLLBACK to a commit.
      if (succeeded && ended.command !== 'COMMIT') throw new Error('The transaction had failed and was rolled back.');
      client.release();
    } catch (error) {
      client.release(true);
      throw error;
    }
  }

  #open(): Promise<pg.PoolClient> {
    this.#opened ??= this.#begin();
    return this.#opened;
  }

  async #begin(): Promise<pg.PoolClient> {
    this.#timeoutMs = this.#timeLeft();
    const identity = await this.#start.identity(this.#timeoutMs);
    const client = await this.#start.pool.connect();
    try {
      await client.query(this.#start.kind === 'query' ? 'begin isolation level repeatable read read only' : 'begin');
    } catch (error) {
      client.release(true);
      throw error;
    }
    try {
      const { rows } = await client.query<{ search_path: string }>(identity);
      this.#searchPath = rows[0]?.search_path ?? '';
      return client;
    } catch (error) {
      this.#identityError = error as Error;
      // All that the identity has set ends with the transaction; a connection that cannot even roll back is closed.
      await client.query('rollback').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  }

  /** One statement at a time: savepoints nest, and a connection runs them in order anyway. */
  #enqueue<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    if (this.#ended) return Promise.reject(new Error('The request has ended.'));
    const result = this.#queue.then(async () => work(await this.#open()));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #run<Row>(client: pg.PoolClient, { text, values, arrayMode, name }: PgClientQuery): Promise<PgClientResult<Row>> {
    // After an error in a mutation only a rollback is left; nothing more is sent, not even what makes room for a name.
    if (this.#broken) throw new EarlierPartFailed();
    const statement = {
      text,
      ...(values === undefined ? {} : { values }),
      ...(arrayMode === true ? { rowMode: 'array' as const } : {}),
      ...namePrepared(client, name, this.#searchPath),
    };
    if (this.#start.kind === 'mutation') {
      try {
        const timeout = this.#shorterTimeout();
        if (timeout !== null) await client.query(timeout);
        return (await client.query(statement)) as unknown as PgClientResult<Row>;
      } catch (error) {
        this.#broken = true;
        throw error;
      }
    }
    const timeout = this.#shorterTimeout();
    // Set before the savepoint, or a field that fails would set it back; sent together, so it costs no way to the database.
    await client.query(timeout === null ? 'savepoint field' : `${timeout}; savepoint field`);
    try {
      const result = await client.query(statement);
      await client.query('release savepoint field');
      return result as unknown as PgClientResult<Row>;
    } catch (error) {
      // A connection that is gone has rolled back by itself; the error that matters is the first.
      await client.query('rollback to savepoint field').catch(() => undefined);
      throw error;
    }
  }

  /** How long a statement that is begun now may run. */
  #timeLeft(): number {
    const left = Math.floor(this.#start.deadline - performance.now());
    if (left < 1) throw new DeadlinePassed();
    return Math.min(left, this.#start.statementTimeoutMs);
  }

  /** What gives the next statement less time than the one before it, where less is left. */
  #shorterTimeout(): string | null {
    const left = this.#timeLeft();
    if (left >= this.#timeoutMs) return null;
    this.#timeoutMs = left;
    return `set local statement_timeout = ${left}`;
  }
}
