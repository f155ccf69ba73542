import type { TestResult } from '../ingest/report.ts';
import { ExecutionNumbers } from './execution-numbers.ts';
import { oneAhead } from './one-ahead.ts';
import { resultsOf } from './report-files.ts';
import { resultInput } from './result-input.ts';
import type { Survey } from './survey.ts';

/** Results in one request, and bytes of them: well below what the server takes. */
const BATCH_RESULTS = 2_000;
const BATCH_BYTES = 4_000_000;

/**
 * Puts results together into batches: each the JSON array that is sent, in UTF-8. As objects they would live until the batch
 * is full, and V8 would let garbage of many times their size gather.
 */
export class Batches {
  readonly #executions: ExecutionNumbers;
  #parts: Buffer[] = [];
  #bytes = 0;

  /** @param results how many will be added at most. */
  constructor(results: number) {
    this.#executions = new ExecutionNumbers(results);
  }

  /** Adds a result; gives the batch that it fills, else null. */
  add(result: TestResult): Uint8Array | null {
    const json = JSON.stringify(resultInput(result, this.#executions.next(result)));
    const part = Buffer.from(`${this.#parts.length === 0 ? '[' : ','}${json}`);
    this.#parts.push(part);
    this.#bytes += part.length;
    return this.#parts.length >= BATCH_RESULTS || this.#bytes >= BATCH_BYTES ? this.#taken() : null;
  }

  /** The last batch, once there are no more results; null where nothing is left for it. */
  end(): Uint8Array | null {
    return this.#parts.length > 0 ? this.#taken() : null;
  }

  #taken(): Uint8Array {
    const batch = Buffer.concat([...this.#parts, END]);
    this.#parts = [];
    this.#bytes = 0;
    return batch;
  }
}

const END = Buffer.from(']');

/**
 * The results of a report that was surveyed, in batches that are the same each time. Of a long one the next batch is read while
 * one is used, and no more than that.
 */
export async function* batchesOf(survey: Survey): AsyncGenerator<Uint8Array> {
  if (survey.batches !== null) yield* survey.batches;
  else yield* oneAhead(readAgain(survey));
}

async function* readAgain({ files, format, results }: Survey): AsyncGenerator<Uint8Array> {
  const batches = new Batches(results);
  for (const file of files) {
    // What is wrong with it was said when it was surveyed.
    for await (const result of resultsOf(file, format, () => {})) {
      const batch = batches.add(result);
      if (batch !== null) yield batch;
    }
  }
  const last = batches.end();
  if (last !== null) yield last;
}
