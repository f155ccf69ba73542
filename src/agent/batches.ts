import { ExecutionNumbers } from './execution-numbers.ts';
import { resultsOf } from './report-files.ts';
import { resultInput } from './result-input.ts';
import type { Survey } from './survey.ts';

/** Results in one request, and bytes of them: well below what the server takes. */
const BATCH_RESULTS = 2_000;
const BATCH_BYTES = 4_000_000;

/**
 * The results of a report that was surveyed, in batches that are the same each time: each the JSON array that is sent, in
 * UTF-8. As objects they would live until the batch is full, and V8 would let garbage of many times their size gather.
 */
export async function* batchesOf({ files, format, results }: Survey): AsyncGenerator<Uint8Array> {
  const executions = new ExecutionNumbers(results);
  let batch: Buffer[] = [];
  let bytes = 0;
  for (const file of files) {
    // What is wrong with it was said when it was surveyed.
    for await (const result of resultsOf(file, format, () => {})) {
      const json = Buffer.from(`${batch.length === 0 ? '[' : ','}${JSON.stringify(resultInput(result, executions.next(result)))}`);
      batch.push(json);
      bytes += json.length;
      if (batch.length >= BATCH_RESULTS || bytes >= BATCH_BYTES) {
        yield Buffer.concat([...batch, END]);
        batch = [];
        bytes = 0;
      }
    }
  }
  if (batch.length > 0) yield Buffer.concat([...batch, END]);
}

const END = Buffer.from(']');
