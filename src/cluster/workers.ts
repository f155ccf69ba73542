import type { Logger } from 'pino';
import type { Config } from '../config.ts';
import { allMetrics } from './all-metrics.ts';
import type { Answers, ProcessMetrics, Question, Upward } from './messages.ts';
import { SharedCounts } from './shared-counts.ts';
import { WorkerProcess } from './worker-process.ts';

/** How long a process may take to say what it has measured, before the others' is told without it. */
const MEASURE_MS = 2_000;

/** Several processes that serve one port. */
export interface Workers {
  readonly url: string;
  /** Ends them all when the requests under way are answered. */
  stop(): Promise<void>;
}

/**
 * Serves by as many processes as WORKERS says, each of which is replaced when it ends. This one only supervises: it hands
 * connections to them in turn and keeps what they count together.
 *
 * @throws Error with the sentence of the first that cannot serve, when all have ended.
 */
export async function startWorkers(config: Config, environment: Record<string, string>, log: Logger): Promise<Workers> {
  const supervisor = new Supervisor(config, environment, log);
  try {
    return { url: await supervisor.start(), stop: () => supervisor.stop() };
  } catch (error) {
    await supervisor.stop();
    throw error;
  }
}

class Supervisor {
  readonly #counts: SharedCounts;
  readonly #workers: readonly WorkerProcess[];
  readonly #measurements = new Map<
    number,
    { readonly metrics: Map<number, ProcessMetrics>; readonly told: () => void; readonly of: number }
  >();
  #next = 0;

  constructor(config: Config, environment: Record<string, string>, log: Logger) {
    this.#counts = new SharedCounts(config);
    this.#workers = Array.from(
      { length: config.WORKERS },
      (_, number) =>
        new WorkerProcess({
          number,
          // Jobs are run by one of them, as by one process that serves alone.
          environment: number === 0 ? environment : { ...environment, JOBS: 'off' },
          log,
          onMessage: (message) => void this.#receive(number, message),
          onEnd: () => this.#counts.ended(number),
        }),
    );
  }

  async start(): Promise<string> {
    const [url] = await Promise.all(this.#workers.map((worker) => worker.start()));
    return url as string;
  }

  async stop(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.stop()));
  }

  async #receive(number: number, message: Upward): Promise<void> {
    if (message.kind === 'ask') {
      const answer = await this.#answer(number, message.question);
      this.#workers[number]?.send({ kind: 'answer', id: message.id, answer });
    } else if (message.kind === 'release') {
      this.#counts.release(number, message.socket);
    } else if (message.kind === 'shut') {
      for (const [other, worker] of this.#workers.entries()) if (other !== number) worker.send(message);
    } else if (message.kind === 'measured') {
      const measurement = this.#measurements.get(message.id);
      measurement?.metrics.set(number, message.metrics);
      if (measurement?.metrics.size === measurement?.of) measurement?.told();
    }
  }

  async #answer(number: number, question: Question): Promise<Answers[keyof Answers]> {
    if (question.about === 'count') return this.#counts.count(question.key, question.seconds);
    if (question.about === 'take') return this.#counts.take(number, question.list, question.key);
    return this.#measure();
  }

  async #measure(): Promise<string> {
    const id = this.#next++;
    const asked = this.#workers.filter(({ isReady }) => isReady);
    const metrics = new Map<number, ProcessMetrics>();
    await new Promise<void>((told) => {
      const timer = setTimeout(told, MEASURE_MS);
      this.#measurements.set(id, { metrics, told, of: asked.length });
      for (const worker of asked) worker.send({ kind: 'measure', id });
      timer.unref();
    });
    this.#measurements.delete(id);
    return allMetrics(metrics);
  }
}
