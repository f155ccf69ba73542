import { createHash } from 'node:crypto';
import type { TestOutcome, TestResult } from '../ingest/report.ts';
import type { ReportFormat } from '../ingest/report-parser.ts';
import { Batches } from './batches.ts';
import { resultsOf } from './report-files.ts';

const MAX_DURATION_MS = 2_147_483_647;

/** Fewer results say nothing of the machine: with three tests, all may well be broken. */
const INFRASTRUCTURE_LEAST_RESULTS = 10;
const INFRASTRUCTURE_SHARE = 0.8;

/** A report of no more, as nearly all are, is held until it is sent; a longer one is read again, in memory that does not grow with it. */
const HELD_RESULTS = 10_000;
const HELD_BYTES = 8_000_000;

/** What is to be known of a report as a whole before any of it is sent. */
export interface Survey {
  /** The files that can be read, in order. */
  readonly files: readonly string[];
  /** What they are. */
  readonly format: ReportFormat | 'auto';
  /** SHA-256 of their content, whatever they are called; 32 bytes in hexadecimal. */
  readonly digest: string;
  readonly results: number;
  readonly outcomes: Readonly<Record<TestOutcome, number>>;
  /** When the first result began, ISO 8601; null where no result has a time. */
  readonly startedAt: string | null;
  /** From the first result's beginning to the last one's end; without times, the sum. Null where nothing is known. */
  readonly durationMs: number | null;
  /**
   * Whether so much failed that the machine is likelier broken than the code: over 80 % of at least ten results that were
   * not skipped.
   */
  readonly isInfrastructureFailure: boolean;
  /** All of its results, as they are sent; null where they are too many to be held. */
  readonly batches: readonly Uint8Array[] | null;
}

/** Reads all files once; `onProblem` is given a sentence for each that breaks or cannot be read. */
export async function surveyOf(
  files: readonly string[],
  format: ReportFormat | 'auto',
  onProblem: (sentence: string) => void,
): Promise<Survey> {
  const whole = createHash('sha256');
  const outcomes = { passed: 0, failed: 0, errored: 0, skipped: 0 };
  const times = new Times();
  const readable: string[] = [];
  let held: HeldReport | null = new HeldReport();
  for (const file of files) {
    const content = createHash('sha256');
    const told = ({ line, column, message }: { line: number; column: number; message: string }) =>
      onProblem(`${file}:${line}:${column}: ${message}`);
    try {
      for await (const result of resultsOf(file, format, told, (chunk) => content.update(chunk))) {
        outcomes[result.outcome] += 1;
        times.add(result);
        if (held?.add(result) === false) held = null;
      }
    } catch (error) {
      // Nothing of it is sent, and it may have been read to the middle.
      held = null;
      onProblem(`${file}: it cannot be read (${(error as Error).message}).`);
      continue;
    }
    readable.push(file);
    whole.update(content.digest());
  }
  const broken = outcomes.failed + outcomes.errored;
  const ran = broken + outcomes.passed;
  return {
    files: readable,
    format,
    digest: whole.digest('hex'),
    results: ran + outcomes.skipped,
    outcomes,
    startedAt: times.startedAt,
    durationMs: times.durationMs,
    isInfrastructureFailure: ran >= INFRASTRUCTURE_LEAST_RESULTS && broken > INFRASTRUCTURE_SHARE * ran,
    batches: held?.batches ?? null,
  };
}

/** The batches of a short report, made as it is surveyed. */
class HeldReport {
  readonly #batches = new Batches(HELD_RESULTS);
  readonly #filled: Uint8Array[] = [];
  #results = 0;
  #bytes = 0;

  /** Whether there was room for it; where there was not, the whole is of no more use. */
  add(result: TestResult): boolean {
    if (this.#results === HELD_RESULTS || this.#bytes > HELD_BYTES) return false;
    this.#results += 1;
    this.#fill(this.#batches.add(result));
    return true;
  }

  /** To be asked for once, at the end. */
  get batches(): readonly Uint8Array[] {
    this.#fill(this.#batches.end());
    return this.#filled;
  }

  #fill(batch: Uint8Array | null): void {
    if (batch === null) return;
    this.#bytes += batch.length;
    this.#filled.push(batch);
  }
}

class Times {
  #first = Number.POSITIVE_INFINITY;
  #last = Number.NEGATIVE_INFINITY;
  #sum: number | null = null;

  add({ startedAt, durationMs }: TestResult): void {
    if (durationMs !== null) this.#sum = (this.#sum ?? 0) + durationMs;
    if (startedAt === null) return;
    const began = Date.parse(startedAt);
    this.#first = Math.min(this.#first, began);
    this.#last = Math.max(this.#last, began + (durationMs ?? 0));
  }

  get startedAt(): string | null {
    return Number.isFinite(this.#first) ? new Date(this.#first).toISOString() : null;
  }

  get durationMs(): number | null {
    const duration = this.#last > this.#first ? this.#last - this.#first : this.#sum;
    return duration === null || duration > MAX_DURATION_MS ? null : duration;
  }
}
