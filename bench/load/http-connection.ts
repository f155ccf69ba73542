import { connect, type Socket } from 'node:net';

/** What a server answered; the body is whole. */
export interface Answer {
  readonly status: number;
  readonly body: Buffer;
}

const HEADER_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');

/**
 * One kept-alive HTTP/1.1 connection, which asks one thing at a time. It knows no more of HTTP than servers under test answer
 * (a length, or chunks), so that asking costs far less than answering.
 */
export class HttpConnection {
  readonly #socket: Socket;
  #received: Buffer = Buffer.alloc(0);
  #resolve: ((answer: Answer) => void) | undefined;
  #reject: ((error: Error) => void) | undefined;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (data) => this.#take(data));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('The server closed the connection.')));
  }

  static open(host: string, port: number): Promise<HttpConnection> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host, port });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  /** Sends a whole request, as `postRequest` makes it. */
  ask(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#resolve = this.#reject = undefined;
    this.#socket.destroy();
  }

  #take(data: Buffer): void {
    this.#received = this.#received.length === 0 ? data : Buffer.concat([this.#received, data]);
    try {
      const answer = parse(this.#received);
      if (answer === undefined) return;
      this.#received = Buffer.alloc(0);
      this.#resolve?.(answer);
    } catch (error) {
      this.#fail(error as Error);
    }
  }

  #fail(error: Error): void {
    this.#reject?.(error);
    this.#resolve = this.#reject = undefined;
  }
}

/** A POST of JSON as it goes over the wire. */
export function postRequest(url: URL, token: string, body: string): Buffer {
  const authorization = token === '' ? '' : `Authorization: Bearer ${token}\r\n`;
  const head = `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\nAccept: application/json\r\n`;
  return Buffer.from(`${head}${authorization}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
}

/**
 * An answer, where it is whole.
 *
 * @throws Error for what is not HTTP/1.1 with a length or chunks.
 */
export function parse(received: Buffer): Answer | undefined {
  const end = received.indexOf(HEADER_END);
  if (end < 0) return undefined;
  const head = received.toString('latin1', 0, end);
  const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1]);
  if (Number.isNaN(status)) throw new Error(`This is not HTTP/1.1: ${head.slice(0, 100)}`);
  const start = end + HEADER_END.length;
  const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
  if (length !== undefined) {
    const last = start + Number(length);
    return received.length < last ? undefined : { status, body: received.subarray(start, last) };
  }
  if (!/\r\ntransfer-encoding: *chunked/i.test(head)) throw new Error(`The answer has neither a length nor chunks: ${head}`);
  return unchunk(received, start, status);
}

function unchunk(received: Buffer, start: number, status: number): Answer | undefined {
  const parts: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = received.indexOf(LINE_END, at);
    if (lineEnd < 0) return undefined;
    const size = Number.parseInt(received.toString('latin1', at, lineEnd), 16);
    const from = lineEnd + LINE_END.length;
    if (received.length < from + size + LINE_END.length) return undefined;
    if (size === 0) return { status, body: Buffer.concat(parts) };
    parts.push(received.subarray(from, from + size));
    at = from + size + LINE_END.length;
  }
}
