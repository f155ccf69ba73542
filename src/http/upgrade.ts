import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Express, Request } from 'express';
import type { RequestOrigin } from '../database/identity.ts';
import { clientAddress } from './client-address.ts';

/** Where a WebSocket comes from, as a request's origin is: believed of trusted proxies only. */
export function upgradeOrigin(app: Express, request: IncomingMessage): RequestOrigin {
  // What Express does with each request: its `ip` goes by the setting `trust proxy`.
  const asked = Object.setPrototypeOf(request, app.request) as Request;
  return { requestId: randomUUID(), ipAddress: clientAddress(asked), userAgent: request.headers['user-agent'] ?? null };
}

/**
 * Whether a page of this origin may open a WebSocket: this server's own, those that CORS_ORIGINS names, and what is no page of
 * a browser and sends none. A browser asks for no leave first, as it does with `fetch`.
 */
export function isOriginAllowed({ headers }: IncomingMessage, allowed: readonly string[]): boolean {
  const { origin, host } = headers;
  if (origin === undefined || allowed.includes(origin)) return true;
  return URL.canParse(origin) && new URL(origin).host === host;
}

/** Answers an upgrade that is refused, in one sentence. */
export function refuseUpgrade(socket: Duplex, status: string, sentence: string): void {
  const body = `${sentence}\n`;
  socket.end(
    `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}
