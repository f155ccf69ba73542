import type { Credential } from './credential.ts';
import type { Receipt } from './receipt.ts';
import { type Deadline, withRetries } from './retry.ts';
import { type Destination, SendError } from './send-mutation.ts';
import { type Report, sendReport } from './send-report.ts';
import type { Spool } from './spool.ts';

/** What the server will refuse however often it is sent. */
const NEVER_TAKEN = new Set(['BAD_USER_INPUT', 'CONFLICT']);
/** What is true of one report, and says nothing of the next. */
const OF_ONE_REPORT = new Set(['BAD_USER_INPUT', 'CONFLICT', 'FORBIDDEN', 'NOT_FOUND']);

export interface DeliverySettings extends Destination {
  /** Gives the credential; throws an Error with a sentence where there is none. */
  readonly credential: () => Credential;
  /** Where what cannot be sent is kept; null where nothing is. */
  readonly spool: Spool | null;
  readonly deadline: Deadline;
  /** A sentence of what went wrong. */
  readonly onProblem: (sentence: string) => void;
  /** A sentence of what goes on. */
  readonly onProgress: (sentence: string) => void;
  /** The receipt of a batch. */
  readonly onReceipt: (receipt: Receipt) => void;
}

/** What became of a report. */
export interface Delivery {
  /** Batches of it that were kept. */
  readonly kept: number;
  /** Reports of earlier that were sent now. */
  readonly caughtUp: number;
}

/**
 * Sends what was kept earlier and then a report's batches, in order. Once the server cannot be asked, or takes the
 * credential for nothing, the rest is kept, where there is a place for it, and not tried.
 *
 * @param report all of it but the batches; `reportId` gets the batch's number.
 */
export async function deliver(
  report: Omit<Report, 'results'>,
  batches: AsyncIterable<Uint8Array>,
  settings: DeliverySettings,
): Promise<Delivery> {
  const { server, spool, onProblem, onReceipt } = settings;
  const sender = new Sender(settings);
  const caughtUp = spool === null ? 0 : await catchUp(spool, sender, settings);
  let count = 0;
  let kept = 0;
  for await (const results of batches) {
    count += 1;
    const batch = { ...report, reportId: `${report.reportId}-${count}`, results };
    const answer = await sender.send(batch);
    if (!(answer instanceof SendError)) {
      onReceipt(answer);
      continue;
    }
    const further = count - 1 - kept > 0 ? ' further' : '';
    if (spool === null || NEVER_TAKEN.has(answer.code)) {
      onProblem(`The report was not sent${further}: ${answer.message}`);
      break;
    }
    // Once one is kept, all after it are, or the order would not be.
    sender.stop(answer);
    try {
      await spool.keep(server.origin, batch);
    } catch (error) {
      if (kept === 0) onProblem(`The report was not sent${further}: ${answer.message}`);
      onProblem(`The rest of it is not kept: ${(error as Error).message}`);
      break;
    }
    if (kept === 0) onProblem(`The report was not sent${further}: ${answer.message} It is kept, and sent next time.`);
    kept += 1;
  }
  return { kept, caughtUp };
}

/** Sends until the server cannot be asked; from then on it answers with that. */
class Sender {
  readonly #settings: DeliverySettings;
  #credential: Credential | null = null;
  #failure: SendError | null = null;

  constructor(settings: DeliverySettings) {
    this.#settings = settings;
  }

  get hasStopped(): boolean {
    return this.#failure !== null;
  }

  stop(failure: SendError): void {
    this.#failure ??= failure;
  }

  async send(report: Report): Promise<Receipt | SendError> {
    if (this.#failure !== null) return this.#failure;
    const { deadline, credential, onProgress } = this.#settings;
    try {
      this.#credential ??= credential();
      const found = this.#credential;
      const onWait = (error: SendError, waitMs: number) =>
        onProgress(`${error.message} Trying again in ${Math.max(1, Math.round(waitMs / 1_000))} s …`);
      return await withRetries(async (patienceMs) => sendReport(this.#settings, await found.token(), report, patienceMs), {
        deadline,
        onWait,
      });
    } catch (error) {
      const failure = error instanceof SendError ? error : new SendError('NO_CREDENTIAL', (error as Error).message, false);
      if (!OF_ONE_REPORT.has(failure.code)) this.#failure = failure;
      return failure;
    }
  }
}

/** Sends what was kept; gives how many reports were stored. */
async function catchUp(spool: Spool, sender: Sender, { server, onProblem, onProgress }: DeliverySettings): Promise<number> {
  let sent = 0;
  try {
    for await (const kept of spool.claim(server.origin, onProblem)) {
      const answer = await sender.send(kept.report);
      if (!(answer instanceof SendError)) {
        await kept.remove();
        sent += 1;
      } else if (NEVER_TAKEN.has(answer.code)) {
        onProblem(`A report that was kept is refused, and was moved to ${await kept.setAside()}: ${answer.message}`);
      } else {
        await kept.release();
        if (sender.hasStopped) break;
        onProblem(`A report that was kept is not taken, and is kept on: ${answer.message}`);
      }
    }
  } catch (error) {
    onProblem(`What was kept cannot be read: ${(error as Error).message}`);
  }
  if (sent > 0) onProgress(`${sent} of what was kept earlier ${sent === 1 ? 'is' : 'are'} sent.`);
  return sent;
}
