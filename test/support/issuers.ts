import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OAuth2Server } from 'oauth2-mock-server';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { fetchPublicJson } from '../../src/outbound/public-fetch.ts';

/** Fetches as the product does, from servers of this machine as well. */
export const fetchLocal = (address: string) => fetchPublicJson(address, { allowLoopback: true });

export interface LocalServer {
  readonly url: string;
  /** The paths that were asked for, in order. */
  readonly asked: string[];
  readonly server: Server;
}

/** A server that answers as it is told, for the rest of the test. */
export async function serveLocally(listener: RequestListener): Promise<LocalServer> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked, server };
}

/** Answers with a JSON document. */
export function json(document: () => unknown): RequestListener {
  return (_request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify(document()));
}

/** An OpenID Connect server with one RS256 key, for the rest of the test; at the port of an earlier one if given. */
export async function serveIssuer(kid: string, port = 0): Promise<OAuth2Server> {
  const issuer = new OAuth2Server();
  await issuer.issuer.keys.generate('RS256', { kid });
  await issuer.start(port, '127.0.0.1');
  onTestFinished(async () => {
    if (issuer.listening) await issuer.stop();
  });
  return issuer;
}

export const AUDIENCE = 'api://defectxray';

/** A token that the issuer signs, good but for the changes. */
export function tokenOf(issuer: OAuth2Server, kid: string, changes: Record<string, unknown> = {}): Promise<string> {
  return issuer.issuer.buildToken({
    kid,
    scopesOrTransform: (_header, payload) => {
      Object.assign(payload, { aud: AUDIENCE, sub: 'someone', ...changes });
    },
  });
}

/** An issuer with one key for all tests of a file. */
export interface TestIssuer {
  readonly url: string;
  readonly server: OAuth2Server;
  /** A token with these claims, for an audience; signed with the key of another issuer if given. */
  token(audience: string, changes?: Record<string, unknown>, signer?: TestIssuer): Promise<string>;
}

const KID = 'key';

/** Starts an OpenID Connect server for this test file. */
export function useIssuer(): TestIssuer {
  const issuer = {} as { -readonly [Key in keyof TestIssuer]: TestIssuer[Key] };
  beforeAll(async () => {
    const server = new OAuth2Server();
    await server.issuer.keys.generate('RS256', { kid: KID });
    await server.start(0, '127.0.0.1');
    const url = server.issuer.url as string;
    Object.assign(issuer, {
      url,
      server,
      token: (audience, changes = {}, signer = issuer) => tokenOf(signer.server, KID, { iss: url, aud: audience, ...changes }),
    } satisfies TestIssuer);
  });
  afterAll(async () => {
    if (issuer.server.listening) await issuer.server.stop();
  });
  return issuer;
}
