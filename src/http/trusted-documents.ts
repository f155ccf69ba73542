import { createHash } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'postgraphile/graphql';
import { z } from 'zod';
import { type Config, ConfigError } from '../config.ts';

/** What may be asked: texts by their SHA-256 in hexadecimal, and whether nothing else. */
export interface TrustedDocuments {
  readonly texts: ReadonlyMap<string, string>;
  readonly only: boolean;
}

const manifest = z.record(z.string(), z.string());

/**
 * Reads the documents that may be asked for by their hash: the files `<sha256>.graphql` of a directory, or a JSON object
 * of texts by hash. None where the setting TRUSTED_DOCUMENTS is not set.
 *
 * @throws ConfigError where they cannot be read, a text is not that of its hash, or is no GraphQL.
 */
export async function readTrustedDocuments(
  config: Pick<Config, 'TRUSTED_DOCUMENTS' | 'TRUSTED_DOCUMENTS_ONLY'>,
): Promise<TrustedDocuments> {
  const { TRUSTED_DOCUMENTS: path, TRUSTED_DOCUMENTS_ONLY } = config;
  if (path === undefined) return { texts: new Map(), only: false };
  const entries = await readEntries(path).catch(() => []);
  if (entries.length === 0) {
    throw new ConfigError(
      'The setting TRUSTED_DOCUMENTS must be a directory of <sha256>.graphql files, or a JSON file of texts by hash, with at least one.',
    );
  }
  for (const [hash, text] of entries) {
    if (createHash('sha256').update(text).digest('hex') !== hash) {
      throw new ConfigError(`The setting TRUSTED_DOCUMENTS has a text under ${hash} of which that is not the SHA-256.`);
    }
    try {
      parse(text);
    } catch (error) {
      throw new ConfigError(`The setting TRUSTED_DOCUMENTS has a text under ${hash} that is no GraphQL: ${(error as Error).message}`);
    }
  }
  return { texts: new Map(entries), only: TRUSTED_DOCUMENTS_ONLY === 'true' };
}

/** The hash by which a request asks for a trusted document, as Relay (`documentId`) or Apollo sends it. */
export function documentHash(
  documentId: string | null | undefined,
  extensions: Readonly<Record<string, unknown>> | null | undefined,
): string | undefined {
  const apollo = (extensions?.persistedQuery as { readonly sha256Hash?: unknown } | null | undefined)?.sha256Hash;
  const hash = documentId ?? apollo;
  return typeof hash === 'string' ? hash.replace(/^sha256:/, '') : undefined;
}

async function readEntries(path: string): Promise<[string, string][]> {
  if (!(await stat(path)).isDirectory()) return Object.entries(manifest.parse(JSON.parse(await readFile(path, 'utf8'))));
  const names = (await readdir(path)).filter((name) => name.endsWith('.graphql'));
  return Promise.all(
    names.map(async (name): Promise<[string, string]> => [name.slice(0, -'.graphql'.length), await readFile(join(path, name), 'utf8')]),
  );
}
