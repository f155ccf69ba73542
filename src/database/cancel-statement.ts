import pg from 'pg';

/** What `pg` knows of a client's connection; it declares none of it. */
interface Connected {
  readonly host: string;
  readonly port: number;
  readonly ssl: boolean | object;
  readonly processID: number | null;
  readonly secretKey: number | null;
}

/** The messages before a session. */
interface RequestConnection extends NodeJS.EventEmitter {
  connect(port: number, host: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
  end(): void;
  readonly stream: { destroy(): void };
}

/** Each is a connection of its own: when more are wanted at once, statements are left to their timeout. */
const MAX_AT_ONCE = 10;
const PATIENCE_MS = 2_000;
let underway = 0;

/**
 * Asks the server to end what a client is running (CancelRequest, section 54.2.8 of PostgreSQL's manual), over TLS where the client has
 * it. Resolves when the server has passed it on: what the client sends after that is not meant. Never rejects; where it
 * cannot be asked, nothing happens.
 *
 * @returns whether the connection may serve others; not where it is unknown when the request arrives, or what it will meet.
 */
export async function cancelStatement(client: pg.ClientBase): Promise<boolean> {
  const { host, port, ssl, processID, secretKey } = client as unknown as Connected;
  if (processID === null || secretKey === null || underway >= MAX_AT_ONCE) return true;
  underway += 1;
  try {
    return await new Promise<boolean>((resolve) => {
      const connection = new pg.Connection({ ssl } as pg.ConnectionConfig) as unknown as RequestConnection;
      let isSent = false;
      let isPassedOn = true;
      const giveUp = () => {
        isPassedOn = false;
        connection.stream.destroy();
      };
      const timer = setTimeout(giveUp, PATIENCE_MS);
      const cancel = () => {
        isSent = true;
        connection.cancel(processID, secretKey);
      };
      connection.on('connect', () => (ssl ? connection.requestSsl() : cancel()));
      connection.on('sslconnect', cancel);
      connection.on('error', giveUp);
      // The server says nothing, and closes.
      connection.on('end', () => {
        clearTimeout(timer);
        resolve(isPassedOn || !isSent);
      });
      connection.connect(port, host);
    });
  } finally {
    underway -= 1;
  }
}
