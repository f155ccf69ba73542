import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { readTrustedDocuments } from '../../src/http/trusted-documents.ts';
import { persona, useDatabase } from '../support/database.ts';
import { type TestServer, useServer } from '../support/server.ts';
import { expectError } from './answers.ts';

const { acme } = inject('fixture');
const TRUSTED = 'query Named($first: Int! = 1) { projects(first: $first) { nodes { id } totalCount } }';
const hash = createHash('sha256').update(TRUSTED).digest('hex');
const directory = mkdtempSync(join(tmpdir(), 'defectxray-trusted-'));
const manifest = join(directory, 'manifest.json');
writeFileSync(join(directory, `${hash}.graphql`), TRUSTED);
writeFileSync(manifest, JSON.stringify({ [hash]: TRUSTED }));
afterAll(() => rmSync(directory, { recursive: true }));

const database = useDatabase();
const ask = async (server: TestServer, body: object) =>
  server.post({ authorization: `Bearer ${await server.token(persona(acme, 'admin'))}` }, JSON.stringify(body));
const byHash = (sha256Hash: string, more = {}) => ({ extensions: { persistedQuery: { version: 1, sha256Hash } }, ...more });
const unknown = 'f'.repeat(64);

describe('trusted documents', () => {
  const server = useServer(database, { TRUSTED_DOCUMENTS: directory });

  test.each([
    ["Relay's", { documentId: hash }],
    ["the draft's", { documentId: `sha256:${hash}` }],
    ["Apollo's", byHash(hash)],
  ])('are asked for by hash in %s form, with variables', async (_name, body) => {
    const answer = await ask(server, { ...body, variables: { first: 2 } });
    expect(answer.errors).toEqual([]);
    expect(answer.data.projects.nodes).toHaveLength(2);
  });

  test('have the text that is known, whatever is sent with the hash', async () => {
    expect((await ask(server, byHash(hash, { query: '{ __typename }' }))).data.projects.totalCount).toBe(2);
  });

  test('that are not known are not found, or the text is taken where it is sent', async () => {
    for (const body of [byHash(unknown), { documentId: unknown }, { documentId: '../../etc/passwd' }, { documentId: '__proto__' }]) {
      const answer = await ask(server, body);
      expect(answer.status).toBe(404);
      expectError(answer, 'NOT_FOUND');
    }
    expect((await ask(server, byHash(unknown, { query: '{ __typename }' }))).data).toEqual({ __typename: 'Query' });
  });

  test('are bound by the limits like any other', async () => {
    expectError(await ask(server, { documentId: hash, variables: { first: 1_001 } }), 'BAD_USER_INPUT');
  });
});

describe('where nothing else is trusted', () => {
  const server = useServer(database, { TRUSTED_DOCUMENTS: manifest, TRUSTED_DOCUMENTS_ONLY: 'true' });

  test('texts are refused, with an unknown hash and without one', async () => {
    expect((await ask(server, { documentId: hash })).data.projects.totalCount).toBe(2);
    const text = await ask(server, { query: TRUSTED });
    expect(text.status).toBe(400);
    expectError(text, 'BAD_USER_INPUT');
    expectError(await ask(server, byHash(unknown, { query: TRUSTED })), 'NOT_FOUND');
    expectError(await ask(server, {}), 'BAD_USER_INPUT');
  });
});

describe('the settings', () => {
  const read = (path: string) => readTrustedDocuments({ TRUSTED_DOCUMENTS: path, TRUSTED_DOCUMENTS_ONLY: 'false' });

  test('refuse what is not there, another text than the hash is of, and what is no GraphQL', async () => {
    await expect(read(join(directory, 'nothing'))).rejects.toThrow('The setting TRUSTED_DOCUMENTS must be');
    const write = (texts: object) => {
      const path = join(directory, 'other.json');
      writeFileSync(path, JSON.stringify(texts));
      return path;
    };
    await expect(read(write({}))).rejects.toThrow('at least one');
    await expect(read(write({ [hash]: '{ __typename }' }))).rejects.toThrow('not the SHA-256');
    const broken = '{ a';
    await expect(read(write({ [createHash('sha256').update(broken).digest('hex')]: broken }))).rejects.toThrow('no GraphQL');
  });

  test('refuse to trust nothing but what there is not', () => {
    expect(() => parseConfig({ TRUSTED_DOCUMENTS_ONLY: 'true' })).toThrow('The setting TRUSTED_DOCUMENTS must be set');
  });
});
