import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sampleReceipt } from './sample-receipt.ts';

/** A request as it arrived. */
export interface Asked {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingMessage['headers'];
  // biome-ignore lint/suspicious/noExplicitAny: bodies have the shape that the test expects of them.
  readonly body: any;
  /** When, in milliseconds since the server began. */
  readonly at: number;
}

/** What is answered; `null` closes the connection without an answer. */
export type Scripted = { readonly status?: number; readonly headers?: Record<string, string>; readonly body?: unknown } | null;

/** A server over HTTP whose answers a test says beforehand, one for each request, the last one for all after. */
export interface ScriptedServer {
  readonly url: URL;
  readonly asked: Asked[];
  close(): Promise<void>;
}

export async function scriptedServer(...script: readonly (Scripted | ((asked: Asked) => Scripted))[]): Promise<ScriptedServer> {
  const asked: Asked[] = [];
  const began = performance.now();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const { method, url, headers } = request;
    asked.push({ method, url, headers, body: text === '' ? null : JSON.parse(text), at: performance.now() - began });
    const step = script[Math.min(asked.length, script.length) - 1];
    const answer = typeof step === 'function' ? step(asked.at(-1) as Asked) : (step ?? null);
    if (answer === null) return void request.socket.destroy();
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', connection: 'close', ...answer.headers });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body ?? {}));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}`), asked, close: () => closed(server) };
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

/** What the server answers to a stored report. */
export function stored(reportId: string, counts: Partial<Record<string, unknown>> = {}): Scripted {
  return { body: { data: { reportTestRun: { receipt: sampleReceipt({ reportId, ...counts }) } } } };
}

/** What the server answers where it does not store a report. */
export function refused(code: string, message: string, extensions: object = {}): Scripted {
  return { body: { errors: [{ message, extensions: { code, ...extensions } }] } };
}
