import { randomBytes } from 'node:crypto';
import type { RequestHandler, Response } from 'express';
import helmet from 'helmet';

declare module 'express-serve-static-core' {
  interface Locals {
    /** Lets scripts within the IDE's page run; drawn for each answer. */
    scriptNonce?: string;
  }
}

/**
 * What the IDE's page needs beyond nothing: its own scripts, styles and workers. A script within the page runs by
 * its nonce; styles within it are made by Ruru's editor as it runs, which knows no nonce.
 */
const IDE_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'", (_request: unknown, response: unknown) => `'nonce-${(response as Response).locals.scriptNonce}'`],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'", 'data:'],
  connectSrc: ["'self'"],
  workerSrc: ["'self'"],
};
const NOTHING = { defaultSrc: ["'none'"] };
const NOT_EMBEDDED = { baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] };

/**
 * The headers that protect whoever gets an answer: it loads nothing, stands in no frame and is never taken for another
 * type. The IDE's page is let load its own parts; it is there in development only.
 */
export function securityHeaders(isProduction: boolean): RequestHandler {
  const headers = (policy: typeof NOTHING | typeof IDE_POLICY) =>
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { ...policy, ...NOT_EMBEDDED } },
      frameguard: { action: 'deny' },
      // Where TLS ends in front of a development server, browsers would keep the name to HTTPS for a year.
      strictTransportSecurity: isProduction,
    });
  const api = headers(NOTHING);
  const ide = headers(IDE_POLICY);
  return (request, response, next) => {
    // Its own files have it too, since a worker goes by the headers that it came with.
    const isIde = !isProduction && (request.path === '/' || request.path.startsWith('/ruru-static/'));
    if (isIde) response.locals.scriptNonce = randomBytes(16).toString('base64');
    (isIde ? ide : api)(request, response, next);
  };
}
