import { closeSync, fstatSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';

const IN_MEMORY = 1_000_000;
const CHUNK = 65_536;

/**
 * A queue of any length in bounded memory: of what is put in, about a million characters of JSON are held in memory
 * unless another number is given, the rest in a temporary file that nobody else may read. It gives everything back in its order.
 */
export class Spool<T> {
  #lines: string[] = [];
  #characters = 0;
  #directory = '';
  #file: number | null = null;
  readonly #inMemory: number;

  constructor(inMemory = IN_MEMORY) {
    this.#inMemory = inMemory;
  }

  add(item: T): void {
    const line = `${JSON.stringify(item)}\n`;
    this.#lines.push(line);
    this.#characters += line.length;
    if (this.#characters < this.#inMemory) return;
    this.#file ??= this.#open();
    writeSync(this.#file, this.#lines.join(''));
    this.#lines = [];
    this.#characters = 0;
  }

  /** Everything that was put in, the first one first; nothing may be added meanwhile. */
  *items(): Generator<T> {
    yield* this.#stored();
    for (const line of this.#lines) yield JSON.parse(line);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
    this.#file = null;
    this.#lines = [];
    if (this.#directory !== '') rmSync(this.#directory, { recursive: true, force: true });
  }

  #open(): number {
    this.#directory = mkdtempSync(join(tmpdir(), 'defectxray-report-'));
    const file = openSync(join(this.#directory, 'held'), 'wx+', 0o600);
    // A process that is killed leaves nothing behind, where a file that is open may be removed.
    if (process.platform !== 'win32') rmSync(this.#directory, { recursive: true, force: true });
    return file;
  }

  *#stored(): Generator<T> {
    if (this.#file === null) return;
    const decoder = new StringDecoder('utf8');
    const chunk = Buffer.alloc(CHUNK);
    const { size } = fstatSync(this.#file);
    let line: string[] = [];
    for (let position = 0; position < size; ) {
      const read = readSync(this.#file, chunk, 0, CHUNK, position);
      if (read === 0) break;
      position += read;
      const [first = '', ...others] = decoder.write(chunk.subarray(0, read)).split('\n');
      line.push(first);
      for (const next of others) {
        yield JSON.parse(line.join(''));
        line = [next];
      }
    }
  }
}
