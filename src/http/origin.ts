import { randomUUID } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { RequestOrigin } from '../database/identity.ts';
import { clientAddress } from './client-address.ts';

declare module 'express-serve-static-core' {
  interface Request {
    origin?: RequestOrigin;
  }
}

const REQUEST_ID = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * Says where a request comes from, and answers with its id: a trusted proxy's `X-Request-Id`, else one made here, so
 * that nobody else writes into the log and the audit trail what looks like another's request.
 */
export const origin: RequestHandler = (request, response, next) => {
  const given = request.get('x-request-id');
  const requestId = given !== undefined && REQUEST_ID.test(given) && comesThroughProxy(request) ? given : randomUUID();
  request.origin = { requestId, ipAddress: clientAddress(request), userAgent: request.get('user-agent') ?? null };
  response.set('X-Request-Id', requestId);
  next();
};

function comesThroughProxy({ app, socket }: Parameters<RequestHandler>[0]): boolean {
  const trusts = app.get('trust proxy fn') as (address: string, hop: number) => boolean;
  return socket.remoteAddress !== undefined && trusts(socket.remoteAddress, 0);
}
