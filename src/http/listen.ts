import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A port that cannot be listened on; the message is one sentence. */
export class ListenError extends Error {
  override name = 'ListenError';
}

/**
 * Listens; gives the address to ask at.
 *
 * @throws ListenError
 */
export function listen(server: Server, host: string, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(new ListenError(`Port ${port} is in use: stop what listens there, or choose another with PORT.`));
      else if (error.code === 'EACCES')
        reject(new ListenError(`Port ${port} may not be listened on by this user: choose another with PORT.`));
      else reject(error);
    });
    server.listen(port, host, () => {
      const { port: actual } = server.address() as AddressInfo;
      resolve(`http://${host === '127.0.0.1' || host === '0.0.0.0' || host === '::' ? 'localhost' : host}:${actual}`);
    });
  });
}

/** How long requests under way have to finish. */
const DRAIN_MS = 10_000;

/** Stops accepting, and resolves when the requests under way are answered, or their time is over. */
export async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(timer);
}
