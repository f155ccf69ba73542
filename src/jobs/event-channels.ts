import type pg from 'pg';
import type { Logger } from 'pino';
import { EventListener } from '../database/event-listener.ts';

/** How often it is looked which organizations have webhooks. */
const REFRESH_MS = 10_000;

export interface EventChannelsParts {
  /** The database, as `app_worker`. */
  readonly url: string;
  readonly pool: pg.Pool;
  readonly log: Logger;
  /** Called when something has happened in an organization. */
  readonly onEvent: (organization: string) => void;
}

/**
 * Listens to the channels of organizations that have webhooks, so that what happens is sent at once. What is missed while the
 * connection is lost, or before an organization is known, is found by the jobs of the next minute.
 */
export class EventChannels {
  readonly #parts: EventChannelsParts;
  readonly #listener: EventListener;
  readonly #timer: NodeJS.Timeout;
  /** Organizations by channel. */
  readonly #organizations = new Map<string, string>();
  #refreshing: Promise<void> = Promise.resolve();
  #stopped = false;

  constructor(parts: EventChannelsParts) {
    this.#parts = parts;
    const tell = (channel: string) => {
      const organization = this.#organizations.get(channel);
      if (organization !== undefined) parts.onEvent(organization);
    };
    this.#listener = new EventListener({
      url: parts.url,
      log: parts.log,
      onNotification: tell,
      onReconnected: () => {
        for (const channel of this.#organizations.keys()) tell(channel);
      },
    });
    this.#timer = setInterval(() => void this.refresh(), REFRESH_MS).unref();
  }

  /** Listens to what there is to listen to now; never throws. */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshing
      .then(() => this.#refresh())
      .catch((error: Error) => {
        if (!this.#stopped) this.#parts.log.warn({ error: error.message }, 'not every organization with webhooks is listened to yet');
      });
    return this.#refreshing;
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    await this.#listener.close();
    await this.#refreshing;
  }

  async #refresh(): Promise<void> {
    if (this.#stopped) return;
    const { rows } = await this.#parts.pool.query<{ organization_id: string; channel: string }>(
      'select organization_id, channel from app_private.webhook_channels()',
    );
    const wanted = new Map(rows.map(({ organization_id, channel }) => [channel, organization_id]));
    for (const channel of this.#organizations.keys()) {
      if (wanted.has(channel)) continue;
      this.#organizations.delete(channel);
      this.#listener.unlisten(channel);
    }
    for (const [channel, organization] of wanted) {
      if (this.#organizations.has(channel)) continue;
      await this.#listener.listen(channel);
      this.#organizations.set(channel, organization);
      // What has happened before.
      this.#parts.onEvent(organization);
    }
  }
}
