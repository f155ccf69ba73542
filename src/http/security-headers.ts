import type { RequestHandler } from 'express';
import helmet from 'helmet';

/** What the IDE's page needs beyond nothing: its own scripts and styles, some of them inline, and its workers. */
const IDE_POLICY = {
  defaultSrc: ["'self'"],
  scriptSrc: ["'self'", "'unsafe-inline'", "'unsafe-eval'"],
  styleSrc: ["'self'", "'unsafe-inline'"],
  imgSrc: ["'self'", 'data:'],
  fontSrc: ["'self'", 'data:'],
  workerSrc: ["'self'", 'blob:'],
};
const NOTHING = { defaultSrc: ["'none'"] };
const NOT_EMBEDDED = { baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] };

/**
 * The headers that protect whoever gets an answer: it loads nothing, stands in no frame and is never taken for another
 * type. The IDE's page is let load its own parts; it is there in development only.
 */
export function securityHeaders(isProduction: boolean): RequestHandler {
  const headers = (policy: Record<string, string[]>) =>
    helmet({
      contentSecurityPolicy: { useDefaults: false, directives: { ...policy, ...NOT_EMBEDDED } },
      frameguard: { action: 'deny' },
      // Where TLS ends in front of a development server, browsers would keep the name to HTTPS for a year.
      strictTransportSecurity: isProduction,
    });
  const api = headers(NOTHING);
  const ide = headers(IDE_POLICY);
  return (request, response, next) => {
    const isIde = !isProduction && (request.path === '/' || request.path.startsWith('/ruru-static/'));
    (isIde ? ide : api)(request, response, next);
  };
}
