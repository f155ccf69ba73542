import type { GrafservBase } from 'grafserv';
import type { Context, ServerOptions } from 'graphql-ws';
import type { Logger } from 'pino';
import { type DocumentNode, GraphQLError, type GraphQLSchema, getOperationAST } from 'postgraphile/graphql';
import type { WebSocket } from 'ws';
import { type AuthenticationSources, authenticate, credentialEnd } from '../auth/authenticate.ts';
import { UnauthenticatedError } from '../auth/tokens.ts';
import type { Config } from '../config.ts';
import type { Principal, RequestOrigin } from '../database/identity.ts';
import type { OrganizationRates } from '../database/organization-rates.ts';
import { asGraphQLError, badUserInput } from '../plugins/errors.ts';
import type { Follower } from '../plugins/follower.ts';
import { refuseOperation } from '../plugins/operation-limits.ts';
import { readSubscription } from '../plugins/subscribed-operation.ts';
import type { SubscriptionHub } from '../plugins/subscription-hub.ts';
import { RequestError, readOperation } from './graphql-request.ts';
import { callerKey, countRequest, type RefusalLimit } from './limit-rate.ts';
import type { RateLimits } from './rate-limits.ts';
import { closeSocket, SOCKET_CLOSE } from './socket-close.ts';
import type { TrustedDocuments } from './trusted-documents.ts';

/** What subscriptions over WebSockets are made from. */
export interface SubscriptionParts {
  readonly config: Config;
  readonly log: Logger;
  readonly credentials: AuthenticationSources;
  readonly rates: RateLimits;
  readonly refusals: RefusalLimit;
  readonly organizationRates: OrganizationRates;
  readonly trusted: TrustedDocuments;
  readonly hub: SubscriptionHub;
  readonly translate: (error: GraphQLError) => GraphQLError;
  readonly schema: GraphQLSchema;
  readonly parse: Awaited<ReturnType<GrafservBase['getExecutionConfig']>>['parseAndValidate'];
}

/** One WebSocket. */
export interface SocketContext {
  readonly socket: WebSocket;
  readonly origin: RequestOrigin;
  /** The headers of the upgrade. */
  readonly authorization: readonly string[] | undefined;
  readonly organization: string | undefined;
  /** Aborted when the socket is closed. */
  readonly ended: AbortController;
  /** Null until somebody has signed in. */
  caller: Caller | null;
}

interface Caller {
  readonly principal: Principal;
  readonly followers: Set<Follower>;
  /** The ids of subscriptions that do not follow yet. */
  readonly beginning: Set<string>;
}

type Hooks = ServerOptions<Record<string, unknown>, SocketContext>;
type Open = Context<Record<string, unknown>, SocketContext>;

/** Counts one more socket of a caller; gives what takes it off again, or null where that would be too many. */
export type TakeSocket = (caller: string) => Promise<(() => void) | null> | (() => void) | null;

/** What is done when a client signs in, and when it subscribes. */
export function subscriptionHooks(parts: SubscriptionParts, takeCaller: TakeSocket): Hooks {
  const { config } = parts;
  return {
    connectionInitWaitTimeout: config.SOCKET_INIT_TIMEOUT_MS,
    async onConnect(context) {
      const { socket } = context.extra;
      try {
        await signIn(parts, takeCaller, context);
        return true;
      } catch (error) {
        const { code, reason } = refusal(parts, error);
        closeSocket(socket, code, reason);
        return false;
      }
    },
    async onSubscribe(context, id, payload) {
      try {
        return await begin(parts, context, id, payload);
      } catch (error) {
        return [parts.translate(error instanceof RequestError ? said(error) : asGraphQLError(error))];
      }
    },
    // What is subscribed to is followed by then.
    subscribe: ({ rootValue }) => rootValue as Follower,
    onError(context, _id, _payload, errors) {
      const told = errors.map((error) => parts.translate(error.originalError instanceof GraphQLError ? error.originalError : error));
      if (told.some(({ extensions }) => extensions.code === 'UNAUTHENTICATED')) {
        // After the error itself has been sent.
        setImmediate(() =>
          closeSocket(context.extra.socket, SOCKET_CLOSE.credentialEnded, 'The credential has ended: connect with another.'),
        );
      }
      return told.map((error) => error.toJSON());
    },
  };
}

/** What a client is told who cannot connect. */
class CannotConnect extends Error {}

async function signIn(parts: SubscriptionParts, takeCaller: TakeSocket, { extra, connectionParams }: Open): Promise<void> {
  const { refusals, rates, organizationRates, config } = parts;
  const { ipAddress } = extra.origin;
  const shut = refusals.shutFor(ipAddress);
  if (shut > 0) throw new CannotConnect(`Too many credentials were refused: try again in ${shut} seconds.`);
  const authorization = oneAuthorization(extra, connectionParams);
  const organization = connectionParams?.organization ?? extra.organization;
  let principal: Principal;
  try {
    principal = await authenticate(parts.credentials, {
      authorization,
      organization: typeof organization === 'string' ? organization : undefined,
      origin: extra.origin,
    });
  } catch (error) {
    if (error instanceof UnauthenticatedError) await refusals.refused(ipAddress);
    throw error;
  }
  const { exceeded, resetSeconds } = await countRequest(rates, organizationRates, config, principal, ipAddress);
  if (exceeded) throw new CannotConnect(`Too many requests: try again in ${resetSeconds} seconds.`);
  if (extra.ended.signal.aborted) return;
  const release = await takeCaller(callerKey(principal));
  if (release === null) throw new CannotConnect('You have too many WebSockets open: close one first.');
  if (extra.ended.signal.aborted) return release();
  const followers = new Set<Follower>();
  extra.caller = { principal, followers, beginning: new Set() };
  const end = credentialEnd(authorization);
  const timer = end === null ? undefined : setTimeout(() => endCredential(extra, followers), end - Date.now());
  extra.ended.signal.addEventListener('abort', () => {
    release();
    clearTimeout(timer);
    // graphql-ws knows of one by id, and a client may have used an id again.
    for (const follower of followers) void follower.return();
  });
}

/** The credential of the header or of `connection_init`, where browsers, which cannot set a header, give it. */
function oneAuthorization({ authorization: headers = [] }: SocketContext, given: Open['connectionParams']): string {
  const params = Object.entries(given ?? {}).flatMap(([name, value]) => (name.toLowerCase() === 'authorization' ? [value] : []));
  const [authorization, second] = [...new Set([...headers, ...params])];
  if (second !== undefined) throw new UnauthenticatedError('There must be one credential.');
  if (typeof authorization !== 'string') {
    throw new UnauthenticatedError('Send { "authorization": "Bearer <token>" } as the payload of connection_init.');
  }
  return authorization;
}

function endCredential({ socket }: SocketContext, followers: ReadonlySet<Follower>): void {
  const error = new GraphQLError('The token has expired.', { extensions: { code: 'UNAUTHENTICATED' } });
  if (followers.size === 0) closeSocket(socket, SOCKET_CLOSE.credentialEnded, 'The token has expired: connect with another.');
  for (const follower of followers) follower.fail(error);
}

function refusal({ translate }: SubscriptionParts, error: unknown) {
  if (error instanceof UnauthenticatedError) return { code: SOCKET_CLOSE.unauthenticated, reason: error.message };
  if (error instanceof CannotConnect) return { code: SOCKET_CLOSE.tryAgainLater, reason: error.message };
  const told = translate(asGraphQLError(error));
  return told.extensions.code === 'UNAUTHENTICATED'
    ? { code: SOCKET_CLOSE.unauthenticated, reason: told.message }
    : { code: SOCKET_CLOSE.tryAgainLater, reason: told.message };
}

function said(error: RequestError): GraphQLError {
  return new GraphQLError(error.message, { extensions: { code: error.code } });
}

/** Holds a subscription to what a socket may have, by what really follows: ids come and go as the client likes. */
async function begin(parts: SubscriptionParts, { extra }: Open, id: string, payload: unknown) {
  const { caller } = extra;
  if (caller === null) throw new Error('A subscription before connection_ack.');
  const { followers, beginning } = caller;
  const max = parts.config.MAX_SUBSCRIPTIONS_PER_SOCKET;
  if (beginning.has(id)) throw badUserInput('The subscription that had this id has not ended yet: use another id.', []);
  if (followers.size + beginning.size >= max) throw badUserInput(`A WebSocket has at most ${max} subscriptions: complete one first.`, []);
  beginning.add(id);
  try {
    return await follow(parts, extra, caller, payload);
  } finally {
    beginning.delete(id);
  }
}

async function follow(
  parts: SubscriptionParts,
  { socket, origin, ended }: SocketContext,
  { principal, followers }: Caller,
  payload: unknown,
) {
  const { config, rates, organizationRates, schema } = parts;
  const { exceeded, resetSeconds } = await countRequest(rates, organizationRates, config, principal, origin.ipAddress);
  if (exceeded) {
    throw new GraphQLError(`Too many requests: try again in ${resetSeconds} seconds.`, {
      extensions: { code: 'RATE_LIMITED', retryAfter: resetSeconds },
    });
  }
  const { query, operationName, variables } = readOperation(payload, parts.trusted);
  const parsed = parts.parse(query);
  if (parsed.errors !== undefined) return parsed.errors as GraphQLError[];
  const document = parsed.document as DocumentNode;
  const operation = readSubscription({
    schema,
    document,
    text: query,
    operationName: operationName ?? undefined,
    variables: variables ?? {},
  });
  const definition = getOperationAST(document, operation.operationName);
  const limits = { maxPageSize: config.MAX_PAGE_SIZE, maxCost: config.MAX_QUERY_COST };
  const tooMuch = definition == null ? null : refuseOperation(schema, document, definition, operation.variables, limits);
  if (tooMuch !== null) throw tooMuch;
  const follower = await parts.hub.follow(principal, operation, {
    onEnd: (follower) => followers.delete(follower),
    onFull: () => closeSocket(socket, SOCKET_CLOSE.tryAgainLater, 'Too slow: connect again, and go on from your last cursor.'),
  });
  if (ended.signal.aborted) await follower.return();
  if (!follower.ended) followers.add(follower);
  return { schema, document, operationName: operation.operationName, rootValue: follower, contextValue: {} };
}
