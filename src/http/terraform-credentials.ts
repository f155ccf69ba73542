import type { RequestHandler } from 'express';

/**
 * Takes the password of HTTP Basic, which is what Terraform's HTTP backend can send, for the bearer's token: an API key or an access
 * token. The user name says nothing. Only where it is mounted: nothing else takes Basic, and no answer asks a browser for it.
 */
export const basicAsBearer: RequestHandler = (request, _response, next) => {
  const all = request.headersDistinct.authorization;
  const encoded = all?.length === 1 ? /^Basic +([A-Za-z0-9+/]+={0,2})$/i.exec(all[0] as string)?.[1] : undefined;
  if (encoded !== undefined) {
    const pair = Buffer.from(encoded, 'base64').toString('utf8');
    request.headersDistinct.authorization = [`Bearer ${pair.slice(pair.indexOf(':') + 1)}`];
  }
  next();
};
