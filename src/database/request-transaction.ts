import type { Duplex } from 'node:stream';
import type { PgClient, PgClientQuery, PgClientResult, WithPgClient } from '@dataplan/pg';
import type pg from 'pg';
import type { QueryConfig } from 'pg';
import { cancelStatement } from './cancel-statement.ts';
import { type FlightResult, type FlightStatement, fly } from './flight.ts';
import { namePrepared } from './prepared-statements.ts';

/** Where a request transaction comes from, and as whom it runs. */
export interface TransactionStart {
  /** Of connections in pipeline mode. */
  readonly pool: pg.Pool;
  /** A query runs READ ONLY in one snapshot; a mutation in READ COMMITTED, so that it waits for others' rows. */
  readonly kind: 'query' | 'mutation';
  /** The statement that gives the transaction its identity, and its statements a timeout in milliseconds. */
  readonly identity: (timeoutMs: number) => Promise<QueryConfig>;
  /** Whose rows it is about. */
  readonly organizationId: string | null;
  /** As which role its statements run. */
  readonly role: string;
  /** How long one statement may run, in milliseconds. */
  readonly statementTimeoutMs: number;
  /** When the time of the request is over, by `performance.now()`: no statement is begun after it, none runs past it. */
  readonly deadline: number;
}

/**
 * The search path of each organization, as its last transaction was told: a statement that goes out with the identity is named by it
 * before the answer. Where it has changed since, the statement still runs in the right one.
 */
const pathsOf = new WeakMap<pg.Pool, Map<string | null, string>>();

/** What is said to the statements of a mutation after the one that failed, whose own error is the one that matters. */
export class EarlierPartFailed extends Error {
  override name = 'EarlierPartFailed';

  constructor() {
    super('An earlier part of the mutation failed.');
  }
}

/** `begin` and `commit` as a flight sends them: prepared as well, so that they are parsed once a connection. */
const BEGIN: Record<TransactionStart['kind'], FlightStatement> = {
  query: { name: 'defectxray_begin_query', text: 'begin isolation level repeatable read read only', isCommand: true },
  mutation: { name: 'defectxray_begin_mutation', text: 'begin', isCommand: true },
};
const COMMIT: FlightStatement = { name: 'defectxray_commit', text: 'commit', isCommand: true };
const IDENTITY_INDEX = 1;
const STATEMENT_INDEX = 2;

// now() is when the transaction began.
const TIME_LEFT = {
  name: 'defectxray_time_left',
  text: `select set_config('statement_timeout',
    greatest(1, least($1::integer, $2::integer - extract(epoch from clock_timestamp() - now()) * 1000))::integer::text, true)`,
};

/** The time of the request is over; its code is that of a statement that PostgreSQL ends for the same reason. */
export class DeadlinePassed extends Error {
  override name = 'DeadlinePassed';
  readonly code = '57014';

  constructor() {
    super('The time of the request is over.');
  }
}

/** Who asked does not wait for the answer. */
export class Abandoned extends Error {
  override name = 'Abandoned';
  readonly code = '57014';

  constructor() {
    super('The request was abandoned.');
  }
}

/**
 * One transaction for a whole request, opened by the first statement that needs it. Its `withPgClient` is what
 * PostGraphile's steps are given in place of a pool, so that all statements of a plan see one snapshot and one identity.
 *
 * Where the plan has one statement only (`expectOne`), begin, identity, statement and commit are one flight: after an identity
 * that was refused nothing more is run. Else begin, identity and the first statement leave together, and come back together
 * (the connections are in pipeline mode); then a statement after a refused identity fails in a transaction that has failed.
 *
 * In a query each statement returns to one savepoint: a field that fails fails alone. In a mutation an error anywhere rolls back
 * everything.
 */
export class RequestTransaction {
  readonly #start: TransactionStart;
  readonly #searchPaths: Map<string | null, string>;
  #opened: Promise<pg.PoolClient> | undefined;
  /** Resolved by the answer to the identity statement. */
  #identified: Promise<unknown> | undefined;
  #isOnly = false;
  /** Whether the only statement was committed in the flight that it was sent in. */
  #committed = false;
  #identityError: Error | undefined;
  #broken = false;
  #ended = false;
  #abandoned = false;
  /** The request to cancel what runs: the connection serves nobody else before it has been passed on, or at all where it was not. */
  #cancelling: Promise<boolean> | undefined;
  /** How much of the request's time was left when the transaction began, in milliseconds. */
  #budgetMs = 0;
  #sent = 0;

  constructor(start: TransactionStart) {
    this.#start = start;
    const known = pathsOf.get(start.pool) ?? new Map<string | null, string>();
    pathsOf.set(start.pool, known);
    this.#searchPaths = known;
  }

  /** Why the caller's identity was refused; then no statement of the request was run. */
  get identityError(): Error | undefined {
    return this.#identityError;
  }

  readonly withPgClient: WithPgClient = async (_settings, callback) => callback(this.#client);

  readonly #client: PgClient = {
    query: (query) => this.#run(query),
    // The request is a transaction already.
    withTransaction: (callback) => callback(this.#client as never),
  };

  /** Says, before anything runs, that there will be one statement at most. */
  expectOne(): void {
    this.#isOnly = true;
  }

  /** Ends what is run for the request, and begins nothing more: nobody waits for its answer any longer. */
  abandon(): void {
    this.#abandoned = true;
    if (this.#opened === undefined || this.#ended) return;
    this.#cancelling ??= this.#opened.then(
      (client) => this.#ended || cancelStatement(client),
      () => true,
    );
  }

  /**
   * Ends the transaction: commits, or rolls back where `succeeded` is false. Nothing happens where none was opened. For the
   * end of a query nobody waits: what it has read, it has read.
   *
   * @throws the database's error where the commit of a mutation failed.
   */
  async end(succeeded: boolean): Promise<void> {
    // From here on nothing is begun: the connection goes on to serve others.
    this.#ended = true;
    if (this.#opened === undefined) return;
    const client = await this.#opened.catch(() => undefined);
    if (client === undefined) return;
    const isUnsure = (await this.#cancelling) === false;
    if (this.#committed) return client.release(isUnsure);
    const ended = this.#finish(client, succeeded && this.#identityError === undefined, isUnsure);
    if (this.#start.kind === 'mutation') await ended;
    else ended.catch(() => undefined);
  }

  /** The connection goes back to the pool with the answer, not before; one that is lost is closed. */
  async #finish(client: pg.PoolClient, succeeded: boolean, isUnsure: boolean): Promise<void> {
    const ended = await client.query(succeeded ? 'commit' : 'rollback').catch((error: Error) => {
      client.release(true);
      throw error;
    });
    client.release(isUnsure);
    // A transaction that had failed answers ROLLBACK to a commit.
    if (succeeded && ended.command !== 'COMMIT') throw new Error('The transaction had failed and was rolled back.');
  }

  #open(): Promise<pg.PoolClient> {
    this.#opened ??= this.#begin();
    return this.#opened;
  }

  /** Sends what begins the transaction, and waits for none of the answers. */
  async #begin(): Promise<pg.PoolClient> {
    this.#budgetMs = this.#timeLeft();
    const identity = await this.#identity();
    const client = await this.#start.pool.connect();
    inOneWrite(client);
    // Where it fails, the connection is gone, and the identity fails with it.
    client.query(this.#start.kind === 'query' ? 'begin isolation level repeatable read read only' : 'begin').catch(() => undefined);
    this.#identified = client.query<{ search_path: string }>(identity).then(
      ({ rows: [row] }) => this.#searchPaths.set(this.#start.organizationId, row?.search_path ?? ''),
      (error: Error) => {
        this.#identityError = error;
        throw error;
      },
    );
    this.#identified.catch(() => undefined);
    if (this.#start.kind === 'query') unawaited(client, 'savepoint field');
    return client;
  }

  #identity(): Promise<QueryConfig> {
    return this.#start.identity(Math.min(this.#budgetMs, this.#start.statementTimeoutMs));
  }

  async #run<Row>(query: PgClientQuery): Promise<PgClientResult<Row>> {
    if (this.#ended) throw new Error('The request has ended.');
    if (this.#abandoned) throw new Abandoned();
    // Of an organization that nobody has asked for yet, the answer to the identity says where its rows are.
    if (this.#isOnly && this.#searchPaths.has(this.#start.organizationId)) return this.#flyWhole(query);
    const client = await this.#open();
    if (!this.#searchPaths.has(this.#start.organizationId)) await this.#identified;
    if (this.#ended) throw new Error('The request has ended.');
    if (this.#abandoned) throw new Abandoned();
    // After an error in a mutation only a rollback is left; nothing more is sent, not even what makes room for a name.
    if (this.#broken) throw new EarlierPartFailed();
    try {
      return (await this.#send(client, query)) as unknown as PgClientResult<Row>;
    } catch (error) {
      if (this.#identityError !== undefined) throw this.#identityError;
      if (this.#broken) throw new EarlierPartFailed();
      this.#broken = this.#start.kind === 'mutation';
      throw error;
    }
  }

  /** The whole transaction in one flight, with its only statement. */
  async #flyWhole<Row>(query: PgClientQuery): Promise<PgClientResult<Row>> {
    if (this.#opened !== undefined) throw new Error('A second statement, where the plan has one.');
    this.#budgetMs = this.#timeLeft();
    const { pool, kind, organizationId } = this.#start;
    this.#opened = pool.connect();
    const [client, identity] = await Promise.all([this.#opened, this.#identity()]);
    // Who went while a connection was waited for has nothing begun.
    if (this.#abandoned) throw new Abandoned();
    const landed = await fly(client, [BEGIN[kind], identity, this.#prepared(client, query) as FlightStatement, COMMIT]);
    if ('error' in landed) {
      if (landed.index === IDENTITY_INDEX) this.#identityError = landed.error;
      throw landed.error;
    }
    this.#committed = true;
    const [identified] = (landed[IDENTITY_INDEX] as FlightResult).rows as { search_path: string }[];
    this.#searchPaths.set(organizationId, identified?.search_path ?? '');
    return landed[STATEMENT_INDEX] as unknown as PgClientResult<Row>;
  }

  /** Sends a statement and what goes with it, at once: the answers come in the same order. */
  #send(client: pg.PoolClient, query: PgClientQuery): Promise<pg.QueryResult> {
    this.#limitTime(client);
    const answer = client.query(this.#prepared(client, query));
    // There is nothing to lose in a query, and what failed is undone.
    if (this.#start.kind === 'query') unawaited(client, 'rollback to savepoint field');
    return answer;
  }

  #prepared(client: pg.PoolClient, { text, values, arrayMode, name }: PgClientQuery): QueryConfig {
    const { role, organizationId } = this.#start;
    return {
      text,
      ...(values === undefined ? {} : { values }),
      ...(arrayMode === true ? { rowMode: 'array' as const } : {}),
      ...namePrepared(client, name, role, this.#searchPaths.get(organizationId) ?? ''),
    } as QueryConfig;
  }

  /** How much of the request's time is left, in milliseconds. */
  #timeLeft(): number {
    const left = Math.floor(this.#start.deadline - performance.now());
    if (left < 1) throw new DeadlinePassed();
    return left;
  }

  /** The first statement has its timeout from the identity; of those after it the database knows when they come to be run. */
  #limitTime(client: pg.PoolClient): void {
    this.#timeLeft();
    this.#sent += 1;
    if (this.#sent > 1) unawaited(client, { ...TIME_LEFT, values: [this.#start.statementTimeoutMs, this.#budgetMs] });
  }
}

/** Sends a statement whose answer says nothing that the next one's would not: a connection that is gone has rolled back by itself. */
function unawaited(client: pg.PoolClient, statement: string | QueryConfig): void {
  client.query(statement).catch(() => undefined);
}

/** Has all that is sent until the present work is done leave in one write. */
function inOneWrite(client: pg.PoolClient): void {
  const { stream } = (client as unknown as { readonly connection: { readonly stream: Duplex } }).connection;
  stream.cork();
  process.nextTick(() => stream.uncork());
}
