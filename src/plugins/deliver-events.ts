import { setTimeout as delay } from 'node:timers/promises';
import type { WithPgClient } from '@dataplan/pg';
import type pg from 'pg';
import { subscribe } from 'postgraphile/grafast';
import { type ExecutionResult, GraphQLError } from 'postgraphile/graphql';
import { identityStatement, type Principal, type RequestOrigin } from '../database/identity.ts';
import type { KeyEnvelopes } from '../database/key-envelopes.ts';
import { RequestTransaction } from '../database/request-transaction.ts';
import { asGraphQLError } from './errors.ts';
import { type FollowedEvent, once } from './followed-event.ts';
import type { FollowedKind } from './followed-kinds.ts';
import type { Follower } from './follower.ts';
import type { SubscribedOperation } from './subscribed-operation.ts';

/** What events are delivered with. */
export interface DeliverySources {
  readonly pool: pg.Pool;
  readonly keys: KeyEnvelopes;
  readonly statementTimeoutMs: number;
  readonly resolvedPreset: GraphileConfig.ResolvedPreset;
  /** To what a client is told. */
  readonly translate: (error: GraphQLError) => GraphQLError;
}

/** Who follow by the same operation, as one identity. */
export interface Following {
  readonly operation: SubscribedOperation;
  readonly followers: readonly Follower[];
}

/** Events that are read in one transaction. */
const SLICE = 50;
/** How long a database that is gone is waited for: half a minute in all. */
const WAITS_MS = [100, 500, 1_000, 3_000, 5_000, 10_000, 10_000];

/**
 * Tells the followers of one identity of events. What the events happened to is looked up once, under that identity: what it
 * may not see is not told of. Then each operation is run once for each event that it follows, in the same transaction, and
 * all who follow by it are given the one result.
 *
 * Who may not (any more) follow is ended with the error that says why. Never fails.
 */
export async function deliver(
  sources: DeliverySources,
  principal: Principal,
  followings: readonly Following[],
  events: readonly FollowedEvent[],
): Promise<void> {
  const concerned = events.filter((event) => followings.some(({ operation }) => mayFollow(operation, principal, event)));
  for (let begin = 0; begin < concerned.length; begin += SLICE) {
    const left = followings.flatMap(({ operation, followers }) => {
      const there = followers.filter(({ ended }) => !ended);
      return there.length === 0 ? [] : [{ operation, followers: there }];
    });
    if (left.length === 0) return;
    await deliverSlice(sources, principal, left, concerned.slice(begin, begin + SLICE));
  }
}

/**
 * Checks that an identity stands, and may read what it wants to follow.
 *
 * @throws GraphQLError as a client is told it.
 */
export async function mayBegin(sources: DeliverySources, principal: Principal, { followed }: SubscribedOperation): Promise<void> {
  const transaction = begin(sources, principal);
  try {
    await visible(transaction.withPgClient, followed, []);
  } catch (error) {
    throw sources.translate(asGraphQLError(transaction.identityError ?? error));
  } finally {
    await transaction.end(true).catch(() => undefined);
  }
}

async function deliverSlice(
  sources: DeliverySources,
  principal: Principal,
  followings: readonly Following[],
  events: readonly FollowedEvent[],
): Promise<void> {
  let done = 0;
  for (const wait of [...WAITS_MS, null]) {
    const transaction = begin(sources, principal);
    try {
      const seen = await visibleTargets(transaction.withPgClient, sources, principal, followings, events);
      for (; done < events.length; done += 1) {
        const event = events[done] as FollowedEvent;
        const results = await runAll(sources, principal, transaction.withPgClient, followings, event, seen);
        // Only when all of it is known: what is tried again must not be told to some twice.
        for (const [followers, result] of results) for (const follower of followers) follower.push(result);
      }
      return;
    } catch (error) {
      const told = sources.translate(asGraphQLError(transaction.identityError ?? error));
      if (told.extensions.code !== 'UNAVAILABLE' || wait === null) return failAll(followings, told);
      await delay(wait);
    } finally {
      await transaction.end(true).catch(() => undefined);
    }
  }
}

/** Of each kind of event, the rows that the identity sees of what the events happened to, by their ids. */
async function visibleTargets(
  withPgClient: WithPgClient,
  sources: DeliverySources,
  principal: Principal,
  followings: readonly Following[],
  events: readonly FollowedEvent[],
): Promise<ReadonlyMap<FollowedKind, ReadonlyMap<string, string | null>>> {
  const seen = new Map<FollowedKind, ReadonlyMap<string, string | null>>();
  for (const { operation } of followings) {
    const { followed } = operation;
    if (seen.has(followed)) continue;
    const ids = events.filter((event) => isFor(followed, principal, event)).map(({ targetId }) => targetId);
    try {
      seen.set(followed, ids.length === 0 ? new Map() : await visible(withPgClient, followed, [...new Set(ids)]));
    } catch (error) {
      const told = sources.translate(asGraphQLError(error));
      if (told.extensions.code !== 'FORBIDDEN') throw error;
      // What else the identity follows it may still read.
      seen.set(followed, new Map());
      failAll(
        followings.filter(({ operation: other }) => other.followed === followed),
        told,
      );
    }
  }
  return seen;
}

async function visible(
  withPgClient: WithPgClient,
  { table, filter }: FollowedKind,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string | null>> {
  const { rows } = await withPgClient(null, (client) =>
    client.query<{ id: string; narrowed: string | null }>({
      text: `select id, ${filter === null ? 'null::uuid' : filter.column} as narrowed from ${table} where id = any ($1::uuid[])`,
      values: [ids],
    }),
  );
  return new Map(rows.map(({ id, narrowed }) => [id, narrowed]));
}

async function runAll(
  sources: DeliverySources,
  principal: Principal,
  withPgClient: WithPgClient,
  followings: readonly Following[],
  event: FollowedEvent,
  seen: ReadonlyMap<FollowedKind, ReadonlyMap<string, string | null>>,
): Promise<[readonly Follower[], ExecutionResult][]> {
  const results: [readonly Follower[], ExecutionResult][] = [];
  for (const { operation, followers } of followings) {
    const rows = seen.get(operation.followed);
    if (!mayFollow(operation, principal, event) || rows?.has(event.targetId) !== true) continue;
    if (operation.filter !== null && rows.get(event.targetId) !== operation.filter) continue;
    results.push([followers, await run(sources, principal, withPgClient, operation, event)]);
  }
  return results;
}

async function run(
  sources: DeliverySources,
  principal: Principal,
  withPgClient: WithPgClient,
  operation: SubscribedOperation,
  event: FollowedEvent,
): Promise<ExecutionResult> {
  const contextValue = { principal, origin: ORIGIN, withPgClient, followed: { subscribe: () => once(event) } };
  const result = await subscribe({
    schema: operation.schema,
    document: operation.document,
    operationName: operation.operationName ?? null,
    variableValues: operation.variables,
    contextValue: contextValue as never,
    resolvedPreset: sources.resolvedPreset,
    middleware: null,
  });
  const answer =
    Symbol.asyncIterator in result ? await first(result as AsyncIterableIterator<ExecutionResult>) : (result as ExecutionResult);
  if (answer.errors === undefined) return answer;
  const errors = answer.errors.map(sources.translate);
  const unavailable = answer.errors[errors.findIndex(({ extensions }) => extensions.code === 'UNAVAILABLE')];
  if (unavailable !== undefined) throw unavailable;
  return { ...answer, errors };
}

async function first(results: AsyncIterableIterator<ExecutionResult>): Promise<ExecutionResult> {
  const { value, done } = await results.next();
  await results.return?.();
  if (done === true) throw new GraphQLError('The subscription has answered nothing.');
  return value;
}

/** Whether an operation follows an event, as far as can be told without reading what it happened to. */
function mayFollow({ followed, filter }: SubscribedOperation, principal: Principal, event: FollowedEvent): boolean {
  return isFor(followed, principal, event) && (filter === null || followed.filter?.column !== 'id' || event.targetId === filter);
}

function isFor({ kind }: FollowedKind, { userId }: Principal, event: FollowedEvent): boolean {
  return event.kind === kind && (event.userId === null || event.userId === userId);
}

function failAll(followings: readonly Following[], error: GraphQLError): void {
  for (const { followers } of followings) for (const follower of followers) follower.fail(error);
}

/** Reading leaves no trace, so it does not matter from where the many who are told of one thing have come. */
const ORIGIN: RequestOrigin = { requestId: 'subscription', ipAddress: null, userAgent: null };

function begin({ pool, keys, statementTimeoutMs }: DeliverySources, principal: Principal): RequestTransaction {
  return new RequestTransaction({
    pool,
    kind: 'query',
    statementTimeoutMs,
    deadline: performance.now() + 2 * statementTimeoutMs,
    organizationId: principal.organizationId,
    role: principal.role,
    identity: async (timeoutMs) =>
      identityStatement(principal, ORIGIN, principal.organizationId === null ? '' : await keys.of(principal.organizationId), timeoutMs),
  });
}
