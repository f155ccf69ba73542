import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';
import { currentSnapshot, type EventPosition, readEvents } from '../database/events.ts';
import type { Principal } from '../database/identity.ts';
import type { Following } from './deliver-events.ts';
import { type EventCursor, encodeEventCursor } from './event-cursor.ts';
import type { FollowedEvent } from './followed-event.ts';
import type { Follower } from './follower.ts';
import type { SubscribedOperation } from './subscribed-operation.ts';

/** Tells the followers of one identity of events; see `deliver`. */
export type Deliver = (principal: Principal, followings: readonly Following[], events: readonly FollowedEvent[]) => Promise<void>;

const PAGE_SIZE = 500;
const LONGEST_WAIT_MS = 5_000;

interface Identity {
  readonly principal: Principal;
  readonly operations: Map<string, { readonly operation: SubscribedOperation; readonly followers: Set<Follower> }>;
}

/**
 * The events of one organization as its followers are told them: each is read once, however many they are. What has been
 * told is known by a snapshot of the database, not by a number: a transaction that commits late is told late, and never lost.
 */
export class EventFeed {
  readonly #pool: pg.Pool;
  readonly #organizationId: string;
  readonly #deliver: Deliver;
  readonly #identities = new Map<string, Identity>();
  readonly #closing = new AbortController();
  #told: string | undefined;
  #waiting: (() => void)[] = [];
  #isReading = false;
  #again = false;

  constructor(pool: pg.Pool, organizationId: string, deliver: Deliver) {
    this.#pool = pool;
    this.#organizationId = organizationId;
    this.#deliver = deliver;
  }

  /** Begins with what is there now: what comes after it is told. */
  async begin(): Promise<void> {
    this.#told = await currentSnapshot(this.#pool);
  }

  /** What has been told, or is being told, to those who have joined: a snapshot. */
  get told(): string {
    if (this.#told === undefined) throw new Error('The feed has not begun.');
    return this.#told;
  }

  close(): void {
    this.#closing.abort();
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** From now on the follower is told what `told` does not see. */
  join(principal: Principal, operation: SubscribedOperation, follower: Follower): void {
    const key = identityKey(principal);
    let identity = this.#identities.get(key);
    if (identity === undefined) this.#identities.set(key, (identity = { principal, operations: new Map() }));
    let following = identity.operations.get(operation.key);
    if (following === undefined) identity.operations.set(operation.key, (following = { operation, followers: new Set() }));
    following.followers.add(follower);
  }

  leave(principal: Principal, operation: SubscribedOperation, follower: Follower): void {
    const identity = this.#identities.get(identityKey(principal));
    const following = identity?.operations.get(operation.key);
    if (identity === undefined || following === undefined) return;
    following.followers.delete(follower);
    if (following.followers.size === 0) identity.operations.delete(operation.key);
    if (identity.operations.size === 0) this.#identities.delete(identityKey(principal));
  }

  /** Resolves when `told` is no older than this moment. */
  advanced(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.wake();
    });
  }

  /** Has everything told that has happened since the last time. */
  wake(): void {
    this.#again = true;
    if (this.#isReading || this.#told === undefined) return;
    this.#isReading = true;
    void this.#read();
  }

  /**
   * What has happened between two snapshots, in pages, each event with its cursor. Pages that cannot be read are tried again
   * until the feed is closed.
   *
   * @param until null for now; the first page says what that is.
   */
  async *pages(
    since: string,
    until: string | null,
    from: EventPosition | null = null,
  ): AsyncGenerator<{ until: string; events: FollowedEvent[] }> {
    let position = from;
    for (let end = until, isLast = false; !isLast; ) {
      const page = await this.#page(since, end, position);
      if (page === null) return;
      end = page.until;
      isLast = page.events.length < PAGE_SIZE;
      const events = page.events.map((event, index): FollowedEvent => {
        const here = { transactionId: event.transactionId, id: event.id };
        const isTold = isLast && index === page.events.length - 1;
        const cursor: EventCursor = { at: page.at, until: page.until, rest: isTold ? null : { since, position: here } };
        return { ...event, cursor: encodeEventCursor(cursor) };
      });
      position = events.at(-1) ?? position;
      yield { until: end, events };
    }
  }

  async #page(since: string, until: string | null, position: EventPosition | null) {
    for (let wait = 100; !this.#closing.signal.aborted; wait = Math.min(2 * wait, LONGEST_WAIT_MS)) {
      try {
        return await readEvents(this.#pool, { organizationId: this.#organizationId, since, until, position, pageSize: PAGE_SIZE });
      } catch (error) {
        // What is wrong with a snapshot that a client has sent stays wrong.
        if ((error as { code?: string }).code?.startsWith('22') === true) throw error;
        await delay(wait * (0.5 + Math.random() / 2), undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
    return null;
  }

  async #read(): Promise<void> {
    while (this.#again && !this.#closing.signal.aborted) {
      this.#again = false;
      const waiting = this.#waiting.splice(0);
      let audience: { principal: Principal; followings: Following[] }[] | undefined;
      for await (const { until, events } of this.pages(this.told, null)) {
        if (audience === undefined) {
          // Who joins from here on is told what comes after this.
          audience = this.#audience();
          this.#told = until;
          for (const resolve of waiting) resolve();
        }
        if (events.length === 0) continue;
        await Promise.all(audience.map(({ principal, followings }) => this.#deliver(principal, followings, events)));
      }
    }
    this.#isReading = false;
  }

  #audience() {
    return [...this.#identities.values()].map(({ principal, operations }) => ({
      principal,
      followings: [...operations.values()].map(({ operation, followers }) => ({ operation, followers: [...followers] })),
    }));
  }
}

/** Everything that decides what an identity sees; what its role may do is asked anew at each reading. */
function identityKey({ organizationId, role, userId, credential, projectId, scopes }: Principal): string {
  return JSON.stringify([organizationId, role, userId, credential?.kind, credential?.id, projectId, scopes]);
}
