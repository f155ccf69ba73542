import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import type { Registry } from 'prom-client';

const digest = (text: string) => createHash('sha256').update(text).digest();

/**
 * Answers what was measured, in Prometheus' text format, to who bears the token. An address decides nothing: through a proxy
 * on this machine strangers come from it too. Without a token there is nothing at the address, for anybody.
 */
export function answerMetrics(registry: Registry, token: string | undefined): RequestHandler {
  const expected = token === undefined ? null : digest(`Bearer ${token}`);
  return async (request, response, next) => {
    if (expected === null) return next();
    // Of equal length, whatever was sent: how long it is compared says nothing.
    if (!timingSafeEqual(digest(request.get('authorization') ?? ''), expected)) {
      return void response
        .status(401)
        .set('WWW-Authenticate', 'Bearer')
        .type('text/plain')
        .send('The metrics token is missing or wrong.\n');
    }
    response
      .set('Content-Type', registry.contentType)
      .set('Cache-Control', 'no-store')
      .send(await registry.metrics());
  };
}
