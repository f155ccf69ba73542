import type { Server } from 'node:http';
import type { Express } from 'express';
import { handleProtocols, makeServer } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { addressKey } from './client-address.ts';
import type { SharedState } from './shared-state.ts';
import { closeSocket, SOCKET_CLOSE } from './socket-close.ts';
import { SocketCounts } from './socket-counts.ts';
import { type SocketContext, type SubscriptionParts, subscriptionHooks } from './subscription-hooks.ts';
import { isOriginAllowed, refuseUpgrade, upgradeOrigin } from './upgrade.ts';

/** The WebSockets of a server. */
export interface SubscriptionServer {
  /** Lets no more in, and closes those that are open (1001), within two seconds. */
  close(): Promise<void>;
}

const MINUTE_MS = 60_000;

/**
 * Serves subscriptions over WebSockets at `/graphql`, in the protocol graphql-transport-ws. Whoever connects has a few seconds to
 * sign in; nobody follows anything before that, and nothing but subscriptions is asked this way.
 */
export function serveSubscriptions(server: Server, app: Express, parts: SubscriptionParts, processes?: SharedState): SubscriptionServer {
  const { config, log } = parts;
  const addresses = new SocketCounts(config.MAX_SOCKETS_PER_ADDRESS);
  const callers = new SocketCounts(config.MAX_SOCKETS_PER_CALLER);
  const takeAddress = (key: string) => processes?.take('addresses', key) ?? addresses.take(key);
  const takeCaller = (key: string) => processes?.take('callers', key) ?? callers.take(key);
  const protocol = makeServer(subscriptionHooks(parts, takeCaller));
  const sockets = new WebSocketServer({
    noServer: true,
    maxPayload: config.MAX_SOCKET_MESSAGE_BYTES,
    perMessageDeflate: false,
    handleProtocols,
  });
  const silent = new WeakSet<WebSocket>();
  let isClosing = false;

  server.on('upgrade', async (request, socket, head) => {
    socket.on('error', () => {});
    // What a client sends may be no address at all; thrown here it would end the process.
    if (URL.parse(request.url ?? '/', 'http://localhost')?.pathname !== '/graphql') {
      return refuseUpgrade(socket, '404 Not Found', 'Subscriptions are asked at /graphql.');
    }
    if (isClosing) return refuseUpgrade(socket, '503 Service Unavailable', 'The server is stopping.');
    if (!isOriginAllowed(request, config.CORS_ORIGINS ?? [])) {
      return refuseUpgrade(socket, '403 Forbidden', 'Pages of this origin may not connect: it is not named in CORS_ORIGINS.');
    }
    const origin = upgradeOrigin(app, request);
    const release = await takeAddress(addressKey(origin.ipAddress));
    if (release === null)
      return refuseUpgrade(socket, '429 Too Many Requests', 'This address has too many WebSockets open: close one first.');
    if (socket.destroyed) return release();
    socket.once('close', release);
    if (isClosing) return refuseUpgrade(socket, '503 Service Unavailable', 'The server is stopping.');
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      serve(webSocket, {
        socket: webSocket,
        origin,
        authorization: request.headersDistinct.authorization,
        organization: request.headers['x-defectxray-organization']?.toString(),
        ended: new AbortController(),
        caller: null,
      });
    });
  });

  function serve(socket: WebSocket, context: SocketContext): void {
    let messages = 0;
    let minute = performance.now();
    // Among them a message that is too large, which has closed the socket (1009).
    socket.on('error', () => {});
    socket.on('pong', () => silent.delete(socket));
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) =>
          new Promise<void>((resolve) => {
            // Resolved also where it fails: the socket is closing then, and everything ends with it.
            if (socket.readyState === socket.OPEN) socket.send(data, () => resolve());
            else resolve();
          }),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (handle) => {
          socket.on('message', async (data, isBinary) => {
            const now = performance.now();
            if (now - minute > MINUTE_MS) [minute, messages] = [now, 0];
            messages += 1;
            if (messages > config.MAX_SOCKET_MESSAGES_PER_MINUTE || isBinary) {
              return closeSocket(socket, SOCKET_CLOSE.misused, isBinary ? 'Messages are text.' : 'Too many messages.');
            }
            try {
              await handle(String(data));
            } catch (error) {
              log.error({ id: context.origin.requestId, error: (error as Error).message }, 'a WebSocket message failed');
              socket.close(4500, 'Something went wrong on our side.');
            }
          });
        },
      },
      context,
    );
    socket.once('close', (code, reason) => {
      context.ended.abort();
      closed(code, String(reason)).catch((error: Error) => log.error({ error: error.message }, 'a WebSocket did not end well'));
    });
  }

  const pings = setInterval(() => {
    for (const socket of sockets.clients) {
      if (silent.has(socket)) {
        socket.terminate();
        continue;
      }
      silent.add(socket);
      socket.ping();
    }
  }, config.SOCKET_PING_MS).unref();

  return {
    async close() {
      isClosing = true;
      clearInterval(pings);
      const open = [...sockets.clients];
      await Promise.all(
        open.map(
          (socket) =>
            new Promise<void>((resolve) => {
              socket.once('close', () => resolve());
              closeSocket(socket, SOCKET_CLOSE.goingAway, 'The server is stopping.');
            }),
        ),
      );
    },
  };
}
