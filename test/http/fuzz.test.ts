import { connect } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, inject, test } from 'vitest';
import { newSecret } from '../../src/auth/secret-tokens.ts';
import { persona, useDatabase } from '../support/database.ts';
import { type GraphQLAnswer, useServer } from '../support/server.ts';
import { expectNothingInternal } from './answers.ts';

const { acme } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { SIGN_IN_ATTEMPTS_PER_ADDRESS: '100000', SIGN_IN_ATTEMPTS_PER_ACCOUNT: '1000' });
const PATIENCE = 120_000;

/** Whatever was sent, it was the sender's fault, and is said in words of the API. */
function expectRefused(answer: GraphQLAnswer, codes: readonly string[]): void {
  expectNothingInternal(answer);
  expect(answer.errors).not.toEqual([]);
  for (const { extensions } of answer.errors) expect(codes).toContain(extensions.code);
}

afterEach(async () => {
  const answer = await server.query(persona(acme, 'developer'), '{ projects { totalCount } }');
  expect(answer.data.projects.totalCount).toBe(2);
  // An error without a code of its own is a hole, whoever it was told.
  expect(server.log.filter((line) => line.includes('request failed'))).toEqual([]);
});

describe('without an identity', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 400 }),
    fc.string({ unit: 'grapheme', maxLength: 100 }),
    fc.constantFrom('', '\0', 'a\0b@c.example', '\ud800', 'a@\udfff', '\u202e@x', "' or 1=1 --", '%s%n', 'x'.repeat(100_000)),
  );
  const emails = fc.oneof(
    odd,
    fc.emailAddress(),
    fc.tuple(odd, odd).map(([local, domain]) => `${local}@${domain}`),
    fc.constantFrom(
      '"a b"@x.example',
      'ADMIN@ACME.EXAMPLE',
      ' admin@acme.example',
      'admin@acme.example\n',
      'admin@аcme.example',
      'a@b@c',
      '<script>@x',
    ),
  );

  test(
    'any e-mail address and password is a wrong one, or one that is none',
    async () => {
      const query = 'mutation ($email: String!, $password: String!) { signIn(input: { email: $email, password: $password }) { role } }';
      await fc.assert(
        fc.asyncProperty(emails, odd, async (email, password) => {
          const answer = await server.post({}, JSON.stringify({ query, variables: { email, password } }));
          expectRefused(answer, ['UNAUTHENTICATED', 'BAD_USER_INPUT']);
        }),
        { numRuns: 60 },
      );
    },
    PATIENCE,
  );

  test(
    'any token of an invitation, a password or a session is none',
    async () => {
      const tokens = fc.oneof(
        odd,
        fc.constantFrom('invitation', 'passwordReset', 'refreshToken', 'apiKey').map((kind) => newSecret(kind as 'invitation')),
      );
      const query = `mutation ($t: String!, $p: String!) {
      a: acceptInvitation(input: { token: $t, name: $p, password: $p }) { role }
      b: resetPassword(input: { token: $t, newPassword: $p }) { role }
      c: refreshSession(input: { refreshToken: $t }) { role }
    }`;
      await fc.assert(
        fc.asyncProperty(tokens, odd, async (t, p) => {
          const answer = await server.post({}, JSON.stringify({ query, variables: { t, p } }));
          expectRefused(answer, ['UNAUTHENTICATED', 'BAD_USER_INPUT']);
        }),
        { numRuns: 60 },
      );
    },
    PATIENCE,
  );

  test(
    'any Authorization header is refused, as no lesser identity',
    async () => {
      const printable = fc.stringMatching(/^[!-~]{1,300}$/);
      const base64url = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
      const json = fc.json({ maxDepth: 4 }).map((text) => Buffer.from(text).toString('base64url'));
      const ours = fc
        .record(
          { alg: fc.constantFrom('EdDSA', 'HS256', 'none', 'RS256'), kid: fc.jsonValue(), crit: fc.jsonValue(), jku: fc.webUrl() },
          { requiredKeys: ['alg'] },
        )
        .map((header) => Buffer.from(JSON.stringify(header)).toString('base64url'));
      const claims = fc
        .record({ iss: fc.constant('defectxray'), aud: fc.jsonValue(), sub: fc.jsonValue(), exp: fc.jsonValue() })
        .map((payload) => Buffer.from(JSON.stringify(payload)).toString('base64url'));
      const token = fc.oneof(
        printable,
        fc.array(fc.oneof(base64url, json), { minLength: 1, maxLength: 6 }).map((parts) => parts.join('.')),
        fc.tuple(ours, claims, base64url).map((parts) => parts.join('.')),
        printable.map((text) => `dxk_${text}`),
      );
      const header = fc.oneof(
        token.map((text) => `Bearer ${text}`),
        token,
        fc.tuple(printable, token).map((parts) => parts.join(' ')),
      );
      await fc.assert(
        fc.asyncProperty(header, async (authorization) => {
          const answer = await server.post({ authorization }, '{"query":"{ __typename }"}');
          expectRefused(answer, ['UNAUTHENTICATED']);
          expect(answer.data ?? null).toBeNull();
        }),
        { numRuns: 500 },
      );
    },
    PATIENCE,
  );

  test(
    'any body is answered, and never as a failure of the server',
    async () => {
      const bodies = fc.oneof(
        fc.json({ maxDepth: 6 }),
        fc.string({ unit: 'binary', maxLength: 500 }),
        fc.record({ query: fc.jsonValue(), variables: fc.jsonValue(), operationName: fc.jsonValue() }).map((body) => JSON.stringify(body)),
        fc.string({ unit: 'grapheme', maxLength: 200 }).map((query) => JSON.stringify({ query })),
      );
      await fc.assert(
        fc.asyncProperty(bodies, async (body) => {
          const answer = await server.post({}, body);
          expect(answer.status).toBeLessThan(500);
          expectNothingInternal(answer);
        }),
        { numRuns: 500 },
      );
    },
    PATIENCE,
  );

  test(
    'any bytes in any header are answered, and put nothing into an answer or the trail',
    async () => {
      const name = fc.constantFrom(
        ...['User-Agent', 'X-Request-Id', 'X-Forwarded-For', 'Origin', 'Accept', 'Content-Encoding', 'Content-Type', 'Cookie', 'Host'],
      );
      const value = fc
        .oneof(
          fc.uint8Array({ maxLength: 300 }),
          fc
            .constantFrom('a\r\nX-Injected: 1', 'a\nX-Injected: 1', 'a\r\n\r\nHTTP/1.1 200 OK', '\0', '\x7f')
            .map((text) => Buffer.from(text)),
        )
        .map((bytes) => Buffer.from(bytes));
      await fc.assert(
        fc.asyncProperty(name, value, async (header, bytes) => {
          const answer = await raw(header, bytes);
          expect(answer).toMatch(/^HTTP\/1\.1 (200|4\d\d) /);
          expect(answer.split('\r\n\r\n')[0]).not.toMatch(/^X-Injected/im);
        }),
        { numRuns: 300 },
      );
    },
    PATIENCE,
  );
});

/** Sends a request as bytes, with one header as it is, and gives the answer's. */
function raw(header: string, value: Buffer): Promise<string> {
  const { hostname, port } = new URL(server.url);
  const body = '{"query":"{ __typename }"}';
  const head = [
    'POST /graphql HTTP/1.1',
    ...(header === 'Host' ? [] : [`Host: ${hostname}`]),
    ...(header === 'Content-Type' ? [] : ['Content-Type: application/json']),
    `Content-Length: ${body.length}`,
    'Connection: close',
    `${header}: `,
  ].join('\r\n');
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () =>
      socket.end(Buffer.concat([Buffer.from(head), value, Buffer.from(`\r\n\r\n${body}`)])),
    );
    socket.setEncoding('latin1').on('data', (text) => (answer += text));
    // What is refused early may be answered before all of it was read.
    socket.on('error', (error) => (answer === '' ? reject(error) : resolve(answer)));
    socket.on('close', () => resolve(answer));
  });
}
