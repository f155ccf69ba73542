import cluster from 'node:cluster';
import { join } from 'node:path';
import { pino } from 'pino';
import type { RunningServer } from '../../server.ts';
import { PrimaryLink } from '../cluster/primary-link.ts';
import { shareOf } from '../cluster/share.ts';
import { startWorkers, type Workers } from '../cluster/workers.ts';
import { type Config, ConfigError } from '../config.ts';
import { openApiDatabase } from '../database/api-database.ts';
import type { DevelopmentDatabase } from '../database/development.ts';
import { ListenError } from '../http/listen.ts';
import { JobsError } from '../jobs/jobs-error.ts';
import { sentenceOf } from './failure.ts';
import { CommandError, type Output } from './output.ts';
import type { DemoOrganization } from './seed.ts';
import { stopped, stopSignal } from './stop-signal.ts';

/** Who signs in to what an embedded database is filled with. */
interface Demo {
  readonly organizations: readonly DemoOrganization[];
  readonly password: string;
}

/**
 * Serves until SIGINT, SIGTERM or SIGHUP (a terminal that is closed). Without DATABASE_URL an embedded PostgreSQL is started first and, at first start,
 * filled with demo data. A signal that comes while it starts ends it too, when the step under way is done. With WORKERS this
 * process supervises those that serve.
 */
export async function serve(config: Config, output: Output): Promise<void> {
  if (cluster.isWorker) return serveAsWorker(config);
  const began = performance.now();
  if (config.NODE_ENV === 'production' && config.DATABASE_URL === undefined) {
    // Loaded all the same: so is it compiled where an image is built (docs/operations.md).
    await import('../../server.ts');
    throw new ConfigError('The setting DATABASE_URL must be set in production.');
  }
  const signal = stopSignal(output);
  const started: { database?: DevelopmentDatabase; server?: RunningServer | Workers } = {};
  try {
    let demo: Demo | undefined;
    if (config.DATABASE_URL === undefined) {
      const { startDevelopmentDatabase } = await import('../database/development.ts');
      started.database = await startDevelopmentDatabase(config);
      if (signal.aborted) return;
      const { demoPassword, seedDemo } = await import('./seed.ts');
      const organizations = await seedDemo(config, started.database, output);
      if (organizations.length > 0) demo = { organizations, password: demoPassword(config) };
    }
    const { database } = started;
    if (signal.aborted) return;
    const databaseUrl = config.DATABASE_URL ?? (database as DevelopmentDatabase).databaseUrl;
    const workerUrl = config.WORKER_DATABASE_URL ?? database?.workerUrl;
    const { url } = (started.server =
      config.WORKERS > 1
        ? await startWorkers(
            config,
            { DATABASE_URL: databaseUrl, ...(workerUrl === undefined ? {} : { WORKER_DATABASE_URL: workerUrl }) },
            pino({ level: config.LOG_LEVEL }),
          )
        : await openAndServe({ ...config, DATABASE_URL: databaseUrl, WORKER_DATABASE_URL: workerUrl }));
    if (signal.aborted) return;
    const seconds = ((performance.now() - began) / 1000).toFixed(1);
    output.result(banner(url, seconds, config, demo), { url, seconds: Number(seconds) });
    const ends = [stopped(signal), ...(database === undefined ? [] : [database.exited.then(databaseEnded)])];
    await Promise.race(ends);
  } catch (error) {
    // Ctrl-C on a terminal also reaches the programs that the start is waiting for.
    if (!signal.aborted) throw error instanceof ListenError || error instanceof JobsError ? new CommandError(error.message) : error;
  } finally {
    try {
      await started.server?.stop();
    } finally {
      await started.database?.stop();
    }
  }
}

/** Serves as one of several processes, until the one that supervises them says stop. */
async function serveAsWorker(config: Config): Promise<void> {
  const primary = new PrimaryLink();
  const signal = stopSignal();
  let server: RunningServer | undefined;
  try {
    server = await openAndServe({ ...shareOf(config), DATABASE_URL: config.DATABASE_URL as string }, primary);
    primary.ready(server.url);
    if (!signal.aborted) await stopped(signal);
  } catch (error) {
    process.exitCode = 1;
    await primary.failed(sentenceOf(error as Error));
  } finally {
    await server?.stop();
    // Node.js ends a process that its primary has left, or which has left it.
    if (process.connected) process.disconnect();
  }
}

/** Serves. The database is asked first, and answers while the GraphQL server is loaded. */
async function openAndServe(config: Config & { DATABASE_URL: string }, processes?: PrimaryLink): Promise<RunningServer> {
  const log = pino({ level: config.LOG_LEVEL });
  const database = await openApiDatabase(config, log);
  const { startServer } = await import('../../server.ts');
  return startServer(config, log, processes, database);
}

function databaseEnded(): never {
  throw new CommandError('The embedded PostgreSQL has ended by itself; its log is postgres.log in the data directory.');
}

function banner(url: string, seconds: string, config: Config, demo: Demo | undefined): string {
  return [
    `DefectXray is ready at ${url} after ${seconds} s.`,
    `  GraphQL   ${url}/graphql`,
    ...(config.NODE_ENV === 'production'
      ? []
      : [`  Ruru      ${url}/`, '  Token     npm run -s defectxray -- token --org acme --role developer']),
    ...(demo?.organizations ?? []).map(({ slug, members }) => `  ${slug.padEnd(9)} ${members.map(({ email }) => email).join(', ')}`),
    ...(demo === undefined
      ? []
      : [`  Password  ${demo.password}   (of everyone above; kept in ${join(config.DATA_DIR, 'demo.password')})`]),
    'Ctrl-C stops it.',
  ].join('\n');
}
