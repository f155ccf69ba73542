import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Config } from '../config.ts';
import { startDevelopmentDatabase } from '../database/development.ts';
import { CommandError, type Output } from './output.ts';
import { seedDemo } from './seed.ts';

/**
 * Serves until SIGINT or SIGTERM. Without DATABASE_URL an embedded PostgreSQL is started first and, at first start,
 * filled with demo data.
 */
export async function serve(config: Config, output: Output): Promise<void> {
  const began = performance.now();
  // Before anything is started: the commonest mistake should not cost a database start.
  const { startServer, ListenError } = await import('../../server.ts');
  const database = config.DATABASE_URL === undefined ? await startEmbeddedWithDemo(config, output) : undefined;
  const databaseUrl = config.DATABASE_URL ?? (database as { databaseUrl: string }).databaseUrl;
  try {
    const server = await startServer({ ...config, DATABASE_URL: databaseUrl });
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    output.result(banner(server.url, seconds, config), { url: server.url, seconds: Number(seconds) });
    const reason = await Promise.race([stopSignal(), database?.exited.then(() => 'database') ?? new Promise<never>(() => {})]);
    await server.stop();
    if (reason === 'database') throw new CommandError('The embedded PostgreSQL has ended by itself; its log is in the data directory.');
  } catch (error) {
    if (error instanceof ListenError) throw new CommandError(error.message);
    throw error;
  } finally {
    await database?.stop();
  }
}

async function startEmbeddedWithDemo(config: Config, output: Output) {
  const database = await startDevelopmentDatabase(config);
  const marker = join(config.DATA_DIR, 'demo.json');
  if (!existsSync(marker)) {
    output.progress('First start: making two demo organizations, acme (shared tier) and globex (schema tier) …');
    await seedDemo(config, database, marker).catch(async (error: unknown) => {
      await database.stop();
      throw error;
    });
  }
  return database;
}

function banner(url: string, seconds: string, config: Config): string {
  return [
    `DefectXray is ready at ${url} after ${seconds} s.`,
    `  GraphQL   ${url}/graphql`,
    ...(config.NODE_ENV === 'production'
      ? []
      : [`  Ruru      ${url}/`, '  Token     npm run -s defectxray -- token --org acme --role developer']),
    'Ctrl-C stops it.',
  ].join('\n');
}

function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve(signal));
  });
}
