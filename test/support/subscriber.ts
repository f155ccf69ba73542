import { createClient } from 'graphql-ws';
import { afterAll } from 'vitest';
import { WebSocket } from 'ws';
import type { Principal } from '../../src/database/identity.ts';
import type { TestServer } from './server.ts';

/** A subscription of a test: what it was told is taken one by one. */
export interface TestSubscription {
  /** The next payload of its field; throws what the server says instead, or after a time in which nothing came. */
  // biome-ignore lint/suspicious/noExplicitAny: payloads have the shape of the subscription.
  next(milliseconds?: number): Promise<any>;
  /** The error that ends it: an `error` message, or how the socket was closed. */
  ended(): Promise<unknown>;
  stop(): void;
}

export interface TestSubscriber {
  subscribe(query: string, variables?: Record<string, unknown>): TestSubscription;
  /** How the socket was closed. */
  readonly closed: Promise<{ code: number; reason: string }>;
  /** Cuts the connection without a word. */
  cut(): void;
}

/** Connects clients to a test's server over WebSockets, and disconnects them when the tests are done. */
export function subscribers(server: TestServer) {
  const disposals: (() => void)[] = [];
  afterAll(() => {
    for (const dispose of disposals) dispose();
  });
  const connect = (authorization: string, options: { headers?: Record<string, string> } = {}): TestSubscriber => {
    let socket: WebSocket | undefined;
    let close: (event: { code: number; reason: string }) => void;
    const closed = new Promise<{ code: number; reason: string }>((resolve) => (close = resolve));
    const client = createClient({
      url: `${server.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: class extends WebSocket {
        constructor(url: string, protocols: string[]) {
          super(url, protocols, { headers: options.headers ?? {} });
          socket = this;
        }
      },
      connectionParams: { authorization },
      retryAttempts: 0,
      lazyCloseTimeout: 60_000,
      onNonLazyError: () => {},
      on: { closed: (event) => close(event as { code: number; reason: string }) },
    });
    disposals.push(() => void client.dispose());
    return {
      closed,
      cut: () => socket?.terminate(),
      subscribe(query, variables = {}) {
        // Not `iterate`, which waits for ever for an error that came before it was asked.
        const told: (() => unknown)[] = [];
        let isThere = () => {};
        const tell = (what: () => unknown) => {
          told.push(what);
          isThere();
        };
        const stop = client.subscribe(
          { query, variables },
          {
            next({ data, errors }) {
              tell(() => {
                if (errors !== undefined) throw errors;
                return Object.values(data as object)[0];
              });
            },
            error(error) {
              tell(() => {
                throw error;
              });
            },
            complete() {
              tell(() => {
                throw new Error('The subscription is complete.');
              });
            },
          },
        );
        const take = async () => {
          if (told.length === 0) await new Promise<void>((resolve) => (isThere = resolve));
          return (told.shift() as () => unknown)();
        };
        return {
          async next(milliseconds = 10_000) {
            let timer: NodeJS.Timeout | undefined;
            const late = new Promise<never>((_resolve, reject) => {
              timer = setTimeout(() => reject(new Error(`Nothing was told for ${milliseconds} ms.`)), milliseconds);
            });
            return Promise.race([take(), late]).finally(() => clearTimeout(timer));
          },
          ended: () =>
            take().then(
              (told) => ({ told }),
              (error: unknown) => error,
            ),
          stop,
        };
      },
    };
  };
  return {
    connect,
    as: async (principal: Principal, options?: { headers?: Record<string, string> }) =>
      connect(`Bearer ${await server.token(principal)}`, options),
    /** Where things stand for a principal. */
    async now(principal: Principal): Promise<string> {
      const { data, errors } = await server.query(principal, '{ eventCursor }');
      if (errors.length > 0) throw new Error(JSON.stringify(errors));
      return data.eventCursor;
    },
  };
}
