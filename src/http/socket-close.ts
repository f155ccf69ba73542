import type { WebSocket } from 'ws';

/** Why a WebSocket is closed, as its client is told by a code; beside them graphql-ws has its own (4400 and following). */
export const SOCKET_CLOSE = {
  /** The server is stopping: connect again, to another. */
  goingAway: 1001,
  /** Too many messages. */
  misused: 1008,
  /** Too slow, too many sockets or too many requests: later it may be possible. */
  tryAgainLater: 1013,
  /** The credential is missing or is not accepted: there is no use in trying it again. */
  unauthenticated: 4401,
  /** The credential has ended: connect again with another. */
  credentialEnded: 4403,
} as const;

/** Closes with a reason, of which a frame takes 123 bytes; and without the client's consent where it does not answer. */
export function closeSocket(socket: WebSocket, code: (typeof SOCKET_CLOSE)[keyof typeof SOCKET_CLOSE], reason: string): void {
  socket.close(code, Buffer.from(reason).subarray(0, 123).toString());
  setTimeout(() => socket.terminate(), code === SOCKET_CLOSE.goingAway ? STOPPING_MS : PATIENCE_MS).unref();
}

/** What is on its way to the client comes before the close. */
const PATIENCE_MS = 10_000;
const STOPPING_MS = 2_000;
