import pg, { type FieldDef, type QueryConfig } from 'pg';

/** What the server answered to one statement of a flight. */
export interface FlightResult {
  readonly rows: unknown[];
  readonly rowCount: number | null;
}

/** A statement as it is sent: prepared under its name where it has one. */
export interface FlightStatement extends QueryConfig {
  /** Whether rows are arrays of values, in place of objects by column names. */
  readonly rowMode?: 'array';
  /** Whether it gives no rows, and so is not asked which columns they have. */
  readonly isCommand?: true;
}

/** What `pg` has of a connection, as far as it is used here. */
interface Connection {
  readonly stream: { cork(): void; uncork(): void };
  readonly parsedStatements: Record<string, string | undefined>;
  readonly submittedNamedStatements: Record<string, string | undefined>;
  parse(statement: { name?: string | undefined; text: string }): void;
  bind(values: { statement?: string | undefined; values: unknown[] }): void;
  describe(portal: { type: 'P' }): void;
  execute(portal: object): void;
  sync(): void;
}

/** How `pg` writes a parameter; it declares no type for it. */
const asText = (pg as unknown as { readonly utils: { prepareValue(value: unknown): unknown } }).utils.prepareValue;

type Parser = (value: string) => unknown;
interface Columns {
  readonly names: readonly string[];
  readonly parsers: readonly Parser[];
}

/** The columns of the statements that a connection has prepared, by their names: what is known need not be described again. */
const columnsOf = new WeakMap<object, Map<string, Columns>>();

/** Says that a connection has a statement prepared no longer. */
export function forgetColumns(connection: object | undefined, name: string): void {
  if (connection !== undefined) columnsOf.get(connection)?.delete(name);
}

/** Which statement of a flight failed; the ones after it were not run. */
export interface FlightFailure {
  readonly error: Error;
  /** Counted from 0. */
  readonly index: number;
}

/**
 * Statements that leave in one write with one Sync behind them, and whose answers come back in one: where one fails, PostgreSQL
 * skips the rest of them. `pg` sends a Sync with each statement, and the server an answer by itself for each Sync.
 *
 * Between `begin` and `commit` in one flight nothing is committed unless all of it went well; after a failure the
 * transaction is still open, and is to be rolled back.
 */
class Flight extends pg.Query {
  declare name: string | undefined;
  declare text: string | undefined;
  readonly statements: readonly FlightStatement[];
  readonly #isNew: boolean[] = [];
  readonly #results: { rows: unknown[]; rowCount: number | null }[] = [];
  readonly #land: (results: FlightResult[] | FlightFailure) => void;
  #connection: Connection | undefined;
  #columns: Columns | undefined;
  #rows: unknown[] = [];
  #decoding: Error | undefined;

  constructor(statements: readonly FlightStatement[], land: (results: FlightResult[] | FlightFailure) => void) {
    super({ text: '' }, () => undefined);
    this.statements = statements;
    this.#land = land;
    this.#next();
  }

  // `pg` declares it as a property.
  override submit = (given: unknown): Error | null => {
    const connection = given as Connection;
    this.#connection = connection;
    let values: unknown[][];
    try {
      values = this.statements.map((statement) => (statement.values ?? []).map(asText));
    } catch (error) {
      return error as Error;
    }
    connection.stream.cork();
    for (const [n, statement] of this.statements.entries()) this.#send(connection, statement, values[n] as unknown[]);
    connection.sync();
    connection.stream.uncork();
    return null;
  };

  #send(connection: Connection, { name, text, isCommand }: FlightStatement, values: unknown[]): void {
    const isNew =
      name === undefined || (connection.parsedStatements[name] === undefined && connection.submittedNamedStatements[name] === undefined);
    this.#isNew.push(isNew);
    if (isNew) {
      connection.parse({ name, text });
      if (name !== undefined) connection.submittedNamedStatements[name] = text;
    }
    connection.bind({ statement: name, values });
    if (isCommand !== true && (isNew || knownColumns(connection, name) === undefined)) connection.describe({ type: 'P' });
    connection.execute({});
  }

  /** `pg` asks for the name of the statement that is being answered when it notes what was parsed. */
  #next(): void {
    const statement = this.statements[this.#results.length];
    this.name = statement?.name;
    this.text = statement?.text;
    this.#rows = [];
    this.#columns = this.#connection === undefined ? undefined : knownColumns(this.#connection, this.name);
  }

  handleRowDescription({ fields }: { fields: FieldDef[] }): void {
    this.#columns = {
      names: fields.map(({ name }) => name),
      parsers: fields.map(({ dataTypeID }) => pg.types.getTypeParser(dataTypeID, 'text') as Parser),
    };
    if (this.name === undefined) return;
    const connection = this.#connection as Connection;
    let known = columnsOf.get(connection);
    if (known === undefined) columnsOf.set(connection, (known = new Map()));
    known.set(this.name, this.#columns);
  }

  handleDataRow({ fields }: { fields: (string | null)[] }): void {
    this.#columns ??= knownColumns(this.#connection as Connection, this.name);
    const { names, parsers } = this.#columns as Columns;
    try {
      const values = fields.map((value, n) => (value === null ? null : (parsers[n] as Parser)(value)));
      const asArray = this.statements[this.#results.length]?.rowMode === 'array';
      this.#rows.push(asArray ? values : Object.fromEntries(names.map((name, n) => [name, values[n]])));
    } catch (error) {
      this.#decoding ??= error as Error;
    }
  }

  handleCommandComplete({ text }: { text: string }): void {
    const count = /\d+$/.exec(text)?.[0];
    this.#results.push({ rows: this.#rows, rowCount: count === undefined ? null : Number(count) });
    this.#next();
  }

  handleEmptyQuery(): void {
    this.handleCommandComplete({ text: '' });
  }

  handleError(error: Error): void {
    const index = this.#results.length;
    const { submittedNamedStatements } = this.#connection ?? { submittedNamedStatements: {} as Record<string, undefined> };
    // Skipped with the rest, they were not parsed.
    for (let n = index; n < this.statements.length; n += 1) {
      const name = this.statements[n]?.name;
      if (this.#isNew[n] === true && name !== undefined) delete submittedNamedStatements[name];
    }
    this.#land({ error, index });
  }

  handleReadyForQuery(): void {
    this.#land(this.#decoding === undefined ? this.#results : { error: this.#decoding, index: this.#results.length });
  }

  handleCopyInResponse(): void {
    throw new Error('COPY has no place in a flight.');
  }
}

function knownColumns(connection: Connection, name: string | undefined): Columns | undefined {
  return name === undefined ? undefined : columnsOf.get(connection)?.get(name);
}

/** Sends statements in one flight; the client's connection is in pipeline mode or idle. Never rejects. */
export function fly(client: pg.ClientBase, statements: readonly FlightStatement[]): Promise<FlightResult[] | FlightFailure> {
  return new Promise((land) => void client.query(new Flight(statements, land)));
}
