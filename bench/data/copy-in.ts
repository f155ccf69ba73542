import type pg from 'pg';

/** What a column is given: a Buffer is bytea; an object, JSON. */
export type Value = string | number | boolean | null | Date | Buffer | object;

const CHUNK = 65_536;

/** Rows on their way to a table, as the text that COPY takes. */
export class Rows {
  readonly table: string;
  readonly columns: readonly string[];
  #chunks: string[] = [];
  #text = '';
  #count = 0;

  constructor(table: string, columns: readonly string[]) {
    this.table = table;
    this.columns = columns;
  }

  get count(): number {
    return this.#count;
  }

  /** @param values in the order of the columns. */
  add(values: readonly Value[]): void {
    let line = '';
    for (let n = 0; n < values.length; n += 1) line += (n === 0 ? '' : '\t') + fieldOf(values[n] as Value);
    this.#text += `${line}\n`;
    this.#count += 1;
    if (this.#text.length > CHUNK) {
      this.#chunks.push(this.#text);
      this.#text = '';
    }
  }

  /** Gives the text so far, and begins anew. */
  take(): readonly string[] {
    const chunks = this.#text === '' ? this.#chunks : [...this.#chunks, this.#text];
    this.#chunks = [];
    this.#text = '';
    this.#count = 0;
    return chunks;
  }
}

function fieldOf(value: Value): string {
  if (value === null) return '\\N';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (value instanceof Date) return value.toISOString();
  if (Buffer.isBuffer(value)) return `\\\\x${value.toString('hex')}`;
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (!/[\\\n\r\t]/.test(text)) return text;
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t');
}

/** What `pg` calls of a statement of its own kind, as far as COPY answers. */
interface CopyConnection {
  query(text: string): void;
  sendCopyFromChunk(chunk: Buffer): void;
  endCopyFrom(): void;
}

/** Sends rows to their table by COPY, and forgets them; the connection must not be in pipeline mode. */
export function copyIn(client: pg.Client, schema: string, rows: Rows): Promise<void> {
  if (rows.count === 0) return Promise.resolve();
  const chunks = rows.take();
  const text = `copy ${schema}.${rows.table} (${rows.columns.join(', ')}) from stdin`;
  return new Promise((resolve, reject) => {
    const copy = {
      submit: (connection: CopyConnection) => connection.query(text),
      handleCopyInResponse(connection: CopyConnection) {
        for (const chunk of chunks) connection.sendCopyFromChunk(Buffer.from(chunk));
        connection.endCopyFrom();
      },
      handleCommandComplete() {},
      handleError: reject,
      handleReadyForQuery: () => resolve(),
    };
    client.query(copy as unknown as pg.Submittable);
  });
}
