import type { Logger } from 'pino';
import { EventListener } from '../database/event-listener.ts';
import { currentSnapshot, eventChannel } from '../database/events.ts';
import type { Principal } from '../database/identity.ts';
import { type DeliverySources, deliver, mayBegin } from './deliver-events.ts';
import { asGraphQLError, badUserInput } from './errors.ts';
import { type EventCursor, nextTransaction } from './event-cursor.ts';
import { type Deliver, EventFeed } from './event-feed.ts';
import { Follower } from './follower.ts';
import type { SubscribedOperation } from './subscribed-operation.ts';

/** What the hub is made from. */
export interface HubSources extends DeliverySources {
  readonly databaseUrl: string;
  readonly log: Logger;
  /** How many results wait for one client at most. */
  readonly maxWaiting: number;
  /** How many of the pool's connections are used at once to read for followers. */
  readonly maxReaders: number;
}

/** What is told of a follower beside its results. */
export interface FollowerEvents {
  /** Nothing more is told. */
  readonly onEnd: (follower: Follower) => void;
  /** It has ended because its client is too slow. */
  readonly onFull: () => void;
}

/** How long a cursor holds: a day less than events are kept, so that everything since is still there. */
const CURSOR_MS = 6 * 24 * 60 * 60 * 1_000;

/** How many missed events are read for a client before it is waited for. */
const CATCH_UP = 50;

interface Shared {
  readonly feed: EventFeed;
  readonly channel: string;
  followers: number;
}

/**
 * Tells subscriptions of what happens. One connection listens for all of them; an organization's events are read once, what
 * they happened to once for each identity, and no connection is held for anybody who waits.
 */
export class SubscriptionHub {
  readonly #sources: HubSources;
  readonly #listener: EventListener;
  readonly #feeds = new Map<string, Promise<Shared>>();
  readonly #byChannel = new Map<string, EventFeed>();
  #reading = 0;
  readonly #queue: (() => void)[] = [];

  constructor(sources: HubSources) {
    this.#sources = sources;
    this.#listener = new EventListener({
      url: sources.databaseUrl,
      log: sources.log,
      onNotification: (channel) => this.#byChannel.get(channel)?.wake(),
      onReconnected: () => {
        for (const feed of this.#byChannel.values()) feed.wake();
      },
    });
  }

  /**
   * Follows what an operation asks for: first what has happened since its cursor, then what happens.
   *
   * @throws GraphQLError as a client is told it.
   */
  async follow(principal: Principal, operation: SubscribedOperation, { onEnd, onFull }: FollowerEvents): Promise<Follower> {
    const { organizationId } = principal;
    if (organizationId === null) throw new Error('Nobody follows without an organization.');
    await mayBegin(this.#sources, principal, operation);
    if (operation.after !== null) await this.#checkCursor(operation.after);
    const shared = await this.#acquire(organizationId);
    const follower = new Follower(
      this.#sources.maxWaiting,
      (ended) => {
        shared.feed.leave(principal, operation, ended);
        this.#release(organizationId, shared);
        onEnd(ended);
      },
      onFull,
    );
    if (operation.after === null) shared.feed.join(principal, operation, follower);
    else void this.#catchUp(shared.feed, principal, operation, operation.after, follower);
    return follower;
  }

  async close(): Promise<void> {
    for (const feed of this.#byChannel.values()) feed.close();
    await this.#listener.close();
  }

  async #checkCursor({ at, until }: EventCursor): Promise<void> {
    if (at < Date.now() - CURSOR_MS) {
      throw badUserInput('The cursor is too old: what happened since is no longer kept. Read anew, and subscribe without a cursor.', [
        'after',
      ]);
    }
    let now: string;
    try {
      now = await currentSnapshot(this.#sources.pool);
    } catch (error) {
      throw this.#sources.translate(asGraphQLError(error));
    }
    // After a backup was restored, numbers that cursors name are given anew.
    if (nextTransaction(until) > nextTransaction(now)) {
      throw badUserInput('The cursor is not one of this database as it is now. Read anew, and subscribe without a cursor.', ['after']);
    }
  }

  /** Tells one follower what it has missed, as fast as its client takes it, and lets it join the others where it has caught up. */
  async #catchUp(
    feed: EventFeed,
    principal: Principal,
    operation: SubscribedOperation,
    after: EventCursor,
    follower: Follower,
  ): Promise<void> {
    const following = [{ operation, followers: [follower] }];
    const tell = async (pages: ReturnType<EventFeed['pages']>) => {
      for await (const { events } of pages) {
        for (let begin = 0; begin < events.length && !follower.ended; begin += CATCH_UP) {
          await this.#deliver(principal, following, events.slice(begin, begin + CATCH_UP));
          await follower.drained();
        }
        if (follower.ended) return;
      }
    };
    try {
      // Of what the feed has not told yet the follower may have read some already.
      await feed.advanced();
      if (after.rest !== null) await tell(feed.pages(after.rest.since, after.until, after.rest.position));
      let come = after.until;
      while (!follower.ended) {
        const until = feed.told;
        if (come === until) return feed.join(principal, operation, follower);
        await tell(feed.pages(come, until));
        come = until;
      }
    } catch {
      follower.fail(badUserInput('The cursor is not one of a subscription.', ['after']));
    }
  }

  readonly #deliver: Deliver = async (principal, followings, events) => {
    while (this.#reading >= this.#sources.maxReaders) await new Promise<void>((resolve) => this.#queue.push(resolve));
    this.#reading += 1;
    try {
      await deliver(this.#sources, principal, followings, events);
    } finally {
      this.#reading -= 1;
      this.#queue.shift()?.();
    }
  };

  async #acquire(organizationId: string): Promise<Shared> {
    let opening = this.#feeds.get(organizationId);
    if (opening === undefined) {
      opening = this.#open(organizationId);
      this.#feeds.set(organizationId, opening);
      opening.catch(() => this.#feeds.delete(organizationId));
    }
    try {
      const shared = await opening;
      // Its last follower may have gone while this one waited.
      if (this.#feeds.get(organizationId) !== opening) return this.#acquire(organizationId);
      shared.followers += 1;
      return shared;
    } catch (error) {
      throw this.#sources.translate(asGraphQLError(error));
    }
  }

  async #open(organizationId: string): Promise<Shared> {
    const { pool } = this.#sources;
    const channel = await eventChannel(pool, organizationId);
    const feed = new EventFeed(pool, organizationId, this.#deliver);
    await this.#listener.listen(channel);
    // What happens from here on is notified.
    await feed.begin().catch((error: unknown) => {
      this.#listener.unlisten(channel);
      throw error;
    });
    this.#byChannel.set(channel, feed);
    return { feed, channel, followers: 0 };
  }

  #release(organizationId: string, shared: Shared): void {
    shared.followers -= 1;
    if (shared.followers > 0) return;
    shared.feed.close();
    this.#feeds.delete(organizationId);
    this.#byChannel.delete(shared.channel);
    this.#listener.unlisten(shared.channel);
  }
}
