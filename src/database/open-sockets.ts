import { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/** How long connections may take to say goodbye. */
const GOODBYE_MS = 1_000;

/**
 * The sockets of database connections (`stream` is their option), so that they can be closed where the database says nothing any
 * more: `end` of a client or a pool waits for its answer, for as long as TCP does.
 */
export class OpenSockets {
  readonly #open = new Set<Socket>();

  readonly stream = (): Socket => {
    const socket = new Socket();
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return socket;
  };

  /** Closes all of them when `goodbye` is done, and after a second in any case. Never fails. */
  async close(goodbye: Promise<unknown>): Promise<void> {
    await Promise.race([goodbye.catch(() => undefined), delay(GOODBYE_MS, undefined, { ref: false })]);
    for (const socket of this.#open) socket.destroy();
  }
}
