import type { AddressInfo, Server } from 'node:net';

/** What a server of a benchmark is started with. */
export interface PeerOptions {
  /** The database, as the API's login. */
  readonly databaseUrl: string;
  /** Where the keys are by which tokens are verified and texts decrypted: those of the running product. */
  readonly dataDirectory: string;
  /** How many connections it holds at most. */
  readonly poolSize: number;
  /** 0 for any free one. */
  readonly port: number;
}

/** A server that is running. */
export interface RunningPeer {
  /** Where it answers `POST /graphql`. */
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * What a peer is asked, in its own names; answers have the same names everywhere. The variables are the same for all: `$id` of a
 * defect, `$severity` and `$after` of a page, `$status` that a defect is given.
 */
export interface PeerDocuments {
  /** W1: a defect by its id, with its test and project. */
  readonly point: string;
  /** W2: the 20 open defects of a severity that were seen last, with test, project and assignee; and the cursor after them. */
  readonly list: string;
  /** W3: 30 days by severity, the projects' summaries, the ten flakiest tests. */
  readonly dashboard: string;
  /** W5: the status of a defect, and what the client shows of it. */
  readonly update: string;
}

/** Listens on this machine, and gives the address. */
export async function listen(server: Server, port: number): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Stops listening, and waits for what is under way. */
export function close(server: Server & { closeIdleConnections(): void }): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  return closed;
}
