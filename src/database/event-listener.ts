import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Logger } from 'pino';
import { connectionOptions } from './connection.ts';
import { OpenSockets } from './open-sockets.ts';

/** What a listener is made from. */
export interface EventListenerOptions {
  /** The API's database, which must be the primary: a standby cannot listen. */
  readonly url: string;
  readonly log: Logger;
  /** Called for each notification. */
  readonly onNotification: (channel: string) => void;
  /** Called when the connection stands again after it was lost: what was notified meanwhile is not told. */
  readonly onReconnected: () => void;
}

const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 10_000;
/** How long who begins to listen waits for a connection. */
const PATIENCE_MS = 5_000;
/** A connection whose other end is gone without a word is found out that often. */
const HEARTBEAT_MS = 30_000;
const HEARTBEAT_PATIENCE_MS = 10_000;

/**
 * The one connection by which a process is notified: its own, not of the pool, opened by the first who listens. When it is
 * lost it is made again, however long that takes, and listens to the same channels as before.
 */
export class EventListener {
  readonly #options: EventListenerOptions;
  readonly #channels = new Set<string>();
  #connected: Promise<pg.Client> | undefined;
  #client: pg.Client | undefined;
  #heartbeat: NodeJS.Timeout | undefined;
  readonly #sockets = new OpenSockets();
  readonly #closing = new AbortController();

  constructor(options: EventListenerOptions) {
    this.#options = options;
  }

  /**
   * Resolves when notifications of the channel come in.
   *
   * @throws Error where the database cannot be reached for five seconds.
   */
  async listen(channel: string): Promise<void> {
    this.#channels.add(channel);
    try {
      const giveUp = AbortSignal.timeout(PATIENCE_MS);
      const client = await Promise.race([this.#connection(), refusal(giveUp)]);
      await client.query(`listen ${client.escapeIdentifier(channel)}`);
    } catch (error) {
      this.#channels.delete(channel);
      throw error;
    }
  }

  unlisten(channel: string): void {
    if (!this.#channels.delete(channel)) return;
    const client = this.#client;
    client?.query(`unlisten ${client.escapeIdentifier(channel)}`).catch(() => {
      // A connection that is gone listens to nothing.
    });
  }

  /** Closes the connection, also one that is being made. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearInterval(this.#heartbeat);
    await this.#sockets.close(this.#client?.end() ?? Promise.resolve());
  }

  #connection(): Promise<pg.Client> {
    this.#connected ??= this.#connect(false);
    return this.#connected;
  }

  async #connect(isAgain: boolean): Promise<pg.Client> {
    for (let wait = FIRST_WAIT_MS; ; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      if (this.#closing.signal.aborted) throw new Error('Connection terminated: the server is stopping.');
      const client = new pg.Client({
        ...connectionOptions(this.#options.url),
        application_name: 'defectxray events',
        keepAlive: true,
        stream: this.#sockets.stream,
      });
      client.on('error', () => {});
      try {
        await client.connect();
        const channels = [...this.#channels].map((channel) => `listen ${client.escapeIdentifier(channel)}`);
        if (channels.length > 0) await client.query(channels.join('; '));
        this.#adopt(client);
        if (isAgain) this.#options.log.info('the connection that listens for events stands again');
        return client;
      } catch (error) {
        client.end().catch(() => undefined);
        if (wait === FIRST_WAIT_MS) this.#options.log.warn({ error: (error as Error).message }, 'no connection that listens for events');
        await delay(wait * (0.5 + Math.random() / 2), undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  #adopt(client: pg.Client): void {
    this.#client = client;
    client.on('notification', ({ channel }) => this.#options.onNotification(channel));
    client.once('end', () => this.#lost(client));
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => void this.#beat(client), HEARTBEAT_MS).unref();
  }

  async #beat(client: pg.Client): Promise<void> {
    try {
      await Promise.race([client.query('select 1'), refusal(AbortSignal.timeout(HEARTBEAT_PATIENCE_MS))]);
    } catch {
      this.#lost(client);
      client.end().catch(() => undefined);
    }
  }

  #lost(client: pg.Client): void {
    if (this.#client !== client || this.#closing.signal.aborted) return;
    this.#options.log.warn('the connection that listens for events was lost');
    this.#client = undefined;
    client.removeAllListeners('notification');
    const connected = this.#connect(true);
    this.#connected = connected;
    connected.then(
      () => this.#options.onReconnected(),
      () => {
        // The server is stopping.
      },
    );
  }
}

function refusal(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('Connection terminated: the database does not answer.')), { once: true });
  });
}
