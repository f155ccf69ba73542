/** How a command speaks: sentences for people, one JSON document for programs (`--json`). */
export interface Output {
  /** The result: printed as it is for people, as JSON for programs. */
  result(text: string, data: unknown): void;
  /** What is going on; never on standard output, which belongs to the result, and nothing with `--json`. */
  progress(text: string): void;
  /** Why the command failed, on standard error: a sentence, with `--json` the document `{"error": "<sentence>"}`. */
  failure(text: string): void;
  /** Whether a person watches the progress on a terminal. */
  readonly watched: boolean;
}

/** A failure that a person can act on: printed as one sentence, with the exit code that goes with it. */
export class CommandError extends Error {
  override name = 'CommandError';
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

export function createOutput(json: boolean): Output {
  return {
    result(text, data) {
      process.stdout.write(json ? `${JSON.stringify(data)}\n` : `${text}\n`);
    },
    progress(text) {
      if (!json) process.stderr.write(`${text}\n`);
    },
    failure(text) {
      process.stderr.write(json ? `${JSON.stringify({ error: text })}\n` : `${text}\n`);
    },
    watched: process.stderr.isTTY && !json,
  };
}

/** How far long work has come: one line that is rewritten on a terminal, a line a tenth elsewhere. */
export function progressBar(output: Output, what: string): (done: number, total: number) => void {
  let tenths = -1;
  return (done, total) => {
    if (output.watched) {
      const filled = Math.round((20 * done) / Math.max(total, 1));
      process.stderr.write(`\r${what} ${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${done}/${total}${done >= total ? '\n' : ''}`);
      return;
    }
    const now = Math.floor((10 * done) / Math.max(total, 1));
    if (now !== tenths) output.progress(`${what}: ${done} of ${total}`);
    tenths = now;
  };
}
