import { WebSocket } from 'ws';

/** A WebSocket that follows defects; it has been told of nothing yet. */
export async function follower(url: string, token: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  socket.send(JSON.stringify({ type: 'connection_init', payload: { authorization: `Bearer ${token}` } }));
  await new Promise((resolve) => socket.once('message', resolve));
  const query = 'subscription { defectReported { cursor eventId defect { id title severity project { name } } } }';
  socket.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query } }));
  // The protocol does not say when it follows; a refusal of the same subscription comes after that.
  socket.send(JSON.stringify({ type: 'subscribe', id: '2', payload: { query: '{ eventCursor }' } }));
  await new Promise((resolve) => socket.once('message', resolve));
  await new Promise((resolve) => setTimeout(resolve, 200));
  return socket;
}

/** Many of them, fifty at a time. */
export async function followers(url: string, token: string, count: number): Promise<WebSocket[]> {
  const sockets: WebSocket[] = [];
  while (sockets.length < count) {
    sockets.push(...(await Promise.all(Array.from({ length: Math.min(50, count - sockets.length) }, () => follower(url, token)))));
  }
  return sockets;
}

/** What a server needs in its environment to let so many in from one address and caller. */
export const MANY_SOCKETS = {
  MAX_SOCKETS_PER_CALLER: '100000',
  MAX_SOCKETS_PER_ADDRESS: '100000',
  MAX_SOCKET_MESSAGES_PER_MINUTE: '1000000',
  MAX_CONNECTIONS: '10000',
};
