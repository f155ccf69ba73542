import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Plan } from './plan.ts';

/** Between the API and a database that tells the plan of each statement (auto_explain): hears them all. */
export class PlanProxy {
  url = '';
  #heard: Plan[] = [];
  /** The connections that are in a transaction, or have been asked something. */
  readonly #busy = new Set<Socket>();
  readonly #whenQuiet: (() => void)[] = [];
  readonly #server: Server;
  #target = new URL('postgres://127.0.0.1');

  constructor() {
    this.#server = createServer((api) => this.#join(api, connect(Number(this.#target.port), this.#target.hostname)));
  }

  async open(target: URL): Promise<void> {
    this.#target = target;
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((this.#server.address() as AddressInfo).port);
    this.url = url.toString();
  }

  close(): void {
    this.#server.close();
  }

  /**
   * The plans of the statements since it was last asked, in their order; those of functions before those of their callers. Waits
   * until every connection is idle: a plan is told after the rows, where the statement's portal is closed.
   */
  async take(): Promise<Plan[]> {
    if (this.#busy.size > 0) await new Promise<void>((resolve) => this.#whenQuiet.push(resolve));
    const heard = this.#heard;
    this.#heard = [];
    return heard;
  }

  #join(api: Socket, database: Socket): void {
    let rest = Buffer.alloc(0);
    database.on('data', (chunk) => {
      rest = this.#read(Buffer.concat([rest, chunk]), api);
      api.write(chunk);
    });
    api.on('data', (chunk) => {
      this.#busy.add(api);
      database.write(chunk);
    });
    api.on('close', () => this.#becomeIdle(api));
    for (const [socket, other] of [
      [api, database],
      [database, api],
    ] as const) {
      socket.setNoDelay(true);
      socket.on('close', () => other.destroy());
      socket.on('error', () => other.destroy());
    }
  }

  /** Reads the messages that are there: a letter, four bytes of length, and the rest. Gives what is left. */
  #read(bytes: Buffer, api: Socket): Buffer<ArrayBuffer> {
    let at = 0;
    while (bytes.length >= at + 5) {
      const end = at + 1 + bytes.readInt32BE(at + 1);
      if (bytes.length < end) break;
      const [kind, body] = [bytes.toString('latin1', at, at + 1), bytes.subarray(at + 5, end)];
      if (kind === 'N') this.#hear(body.toString('utf8'));
      // Ready for the next query, and in no transaction.
      if (kind === 'Z' && body.toString('latin1') === 'I') this.#becomeIdle(api);
      at = end;
    }
    return Buffer.from(bytes.subarray(at));
  }

  #becomeIdle(api: Socket): void {
    this.#busy.delete(api);
    if (this.#busy.size > 0) return;
    for (const resolve of this.#whenQuiet.splice(0)) resolve();
  }

  /** A notice is fields, each a letter and a text that ends with a zero; M is the message. */
  #hear(notice: string): void {
    const message = notice.split('\0').find((field) => field.startsWith('M')) ?? '';
    const plan = /^Mduration: [\d.]+ ms {2}plan:\n(.*)$/s.exec(message)?.[1];
    if (plan !== undefined) this.#heard.push(JSON.parse(plan));
  }
}
