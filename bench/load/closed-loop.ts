import { performance } from 'node:perf_hooks';
import { quantile } from '../statistics.ts';
import { type Answer, HttpConnection, postRequest } from './http-connection.ts';

/** What a client asks, and perhaps the next page after it. */
export interface Script {
  readonly token: string;
  /** The body of the POST. */
  readonly body: string;
  /**
   * Bodies that may be sent in its place, each as likely as another: whether a change changes anything does then not depend on who was
   * asked before.
   */
  readonly or?: readonly string[];
  /** What a right answer holds: an answer without it fails the run, so that nobody is quick by answering nothing. */
  readonly expect: string;
  /** The body that asks for the page after, with CURSOR where the first answer's `endCursor` belongs. */
  readonly next?: string;
}

/** What clients do: each asks, waits for the answer and asks again, all of them taking the scripts in turn. */
export interface Plan {
  readonly url: string;
  readonly clients: number;
  /** How long is counted; a tenth of it before is not. */
  readonly seconds: number;
  /** The first of the scripts; they begin again after the last, unless `once`. */
  readonly from: number;
  /** Whether a script may be asked once only: running out of them fails. */
  readonly once: boolean;
}

/** What the clients saw. */
export interface LoadFigures {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How much of a core the clients took; near 1 they would be what is measured. */
  readonly clientCores: number;
}

/** A plan that was run. */
export interface Run {
  readonly figures: LoadFigures;
  /** The script that would have been the next. */
  readonly next: number;
  /** How many answers there were in all, those that are not counted too. */
  readonly answers: number;
}

export const CURSOR = '%CURSOR%';
const ERRORS = Buffer.from('"errors":');

/**
 * Runs a plan.
 *
 * @throws Error with the answer, for the first that is not 200, has an error, or lacks what it must hold.
 */
export async function runPlan(plan: Plan, scripts: readonly Script[]): Promise<Run> {
  const url = new URL(plan.url);
  const connections = await Promise.all(Array.from({ length: plan.clients }, () => HttpConnection.open(url.hostname, Number(url.port))));
  const ready: Buffer[] = [];
  const times: number[] = [];
  let answers = 0;
  let counter = plan.from;
  let failed: Error | undefined;
  const from = performance.now() + plan.seconds * 100;
  const until = from + plan.seconds * 1_000;

  const ask = async (connection: HttpConnection, request: Buffer, script: Script): Promise<Answer> => {
    const began = performance.now();
    const answer = await connection.ask(request);
    const ended = performance.now();
    refuseWrong(answer, script);
    answers += 1;
    if (ended >= from && ended <= until) times.push(ended - began);
    return answer;
  };
  const client = async (connection: HttpConnection) => {
    while (performance.now() < until && failed === undefined) {
      if (plan.once && counter >= scripts.length) throw new Error(`There were only ${scripts.length} different texts.`);
      const index = counter++ % scripts.length;
      const script = scripts[index] as Script;
      const request = script.or === undefined ? (ready[index] ??= postRequest(url, script.token, script.body)) : anyRequest(url, script);
      const { body } = await ask(connection, request, script);
      const cursor = script.next === undefined ? undefined : /"endCursor":"([^"]+)"/.exec(body.toString('latin1'))?.[1];
      if (cursor === undefined || performance.now() >= until) continue;
      await ask(connection, postRequest(url, script.token, (script.next as string).replace(CURSOR, cursor)), { ...script, expect: '' });
    }
  };
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  try {
    await Promise.all(connections.map((connection) => client(connection).catch((error: Error) => (failed ??= error))));
  } finally {
    for (const connection of connections) connection.close();
  }
  if (failed !== undefined) throw failed;
  const cpu = process.cpuUsage(cpuBefore);
  const clientCores = (cpu.user + cpu.system) / 1_000 / (performance.now() - began);
  if (times.length === 0) throw new Error(`No answer came within ${plan.seconds} s.`);
  const sorted = Float64Array.from(times).sort();
  const figures = {
    requests: sorted.length,
    requestsPerSecond: sorted.length / plan.seconds,
    p50Ms: quantile(sorted, 0.5),
    p95Ms: quantile(sorted, 0.95),
    p99Ms: quantile(sorted, 0.99),
    maxMs: sorted.at(-1) as number,
    clientCores,
  };
  return { figures, next: counter, answers };
}

function anyRequest(url: URL, { token, body, or = [] }: Script): Buffer {
  const bodies = [body, ...or];
  return postRequest(url, token, bodies[Math.floor(Math.random() * bodies.length)] as string);
}

function refuseWrong({ status, body }: Answer, script: Script): void {
  const what =
    status !== 200
      ? `was ${status}`
      : body.includes(ERRORS)
        ? 'has an error'
        : body.includes(script.expect)
          ? ''
          : `lacks ${script.expect}`;
  if (what === '') return;
  throw new Error(`An answer ${what}: ${body.toString('utf8', 0, 2_000)}\nto ${script.body.slice(0, 2_000)}`);
}
