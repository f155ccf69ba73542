import cluster from 'node:cluster';
import { join } from 'node:path';
import { pino } from 'pino';
import { ListenError, type RunningServer, startServer } from '../../server.ts';
import { PrimaryLink } from '../cluster/primary-link.ts';
import { shareOf } from '../cluster/share.ts';
import { startWorkers, type Workers } from '../cluster/workers.ts';
import { type Config, ConfigError } from '../config.ts';
import { type DevelopmentDatabase, startDevelopmentDatabase } from '../database/development.ts';
import { JobsError } from '../jobs/job-runner.ts';
import { sentenceOf } from './failure.ts';
import { CommandError, type Output } from './output.ts';
import { type DemoOrganization, demoPassword, seedDemo } from './seed.ts';
import { stopped, stopSignal } from './stop-signal.ts';

/**
 * Serves until SIGINT, SIGTERM or SIGHUP (a terminal that is closed). Without DATABASE_URL an embedded PostgreSQL is started first and, at first start,
 * filled with demo data. A signal that comes while it starts ends it too, when the step under way is done. With WORKERS this
 * process supervises those that serve.
 */
export async function serve(config: Config, output: Output): Promise<void> {
  if (cluster.isWorker) return serveAsWorker(config);
  const began = performance.now();
  if (config.NODE_ENV === 'production' && config.DATABASE_URL === undefined) {
    throw new ConfigError('The setting DATABASE_URL must be set in production.');
  }
  const signal = stopSignal(output);
  const started: { database?: DevelopmentDatabase; server?: RunningServer | Workers } = {};
  try {
    if (config.DATABASE_URL === undefined) started.database = await startDevelopmentDatabase(config);
    const { database } = started;
    const demo = database === undefined || signal.aborted ? [] : await seedDemo(config, database, output);
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
        : await startServer({ ...config, DATABASE_URL: databaseUrl, WORKER_DATABASE_URL: workerUrl }));
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
    server = await startServer({ ...shareOf(config), DATABASE_URL: config.DATABASE_URL as string }, undefined, primary);
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

function databaseEnded(): never {
  throw new CommandError('The embedded PostgreSQL has ended by itself; its log is postgres.log in the data directory.');
}

function banner(url: string, seconds: string, config: Config, demo: readonly DemoOrganization[]): string {
  return [
    `DefectXray is ready at ${url} after ${seconds} s.`,
    `  GraphQL   ${url}/graphql`,
    ...(config.NODE_ENV === 'production'
      ? []
      : [`  Ruru      ${url}/`, '  Token     npm run -s defectxray -- token --org acme --role developer']),
    ...demo.map(({ slug, members }) => `  ${slug.padEnd(9)} ${members.map(({ email }) => email).join(', ')}`),
    ...(demo.length === 0
      ? []
      : [`  Password  ${demoPassword(config)}   (of everyone above; kept in ${join(config.DATA_DIR, 'demo.password')})`]),
    'Ctrl-C stops it.',
  ].join('\n');
}
