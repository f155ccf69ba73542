import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { pino } from 'pino';
import type { Config } from '../config.ts';
import { databaseUrls } from '../database/development.ts';
import { localEncryptionKey } from '../database/encryption-key.ts';
import { answerMetrics } from '../http/metrics-endpoint.ts';
import { newRegistry } from '../http/request-metrics.ts';
import { JobRunner } from '../jobs/job-runner.ts';
import { JobsError } from '../jobs/jobs-error.ts';
import { CommandError, type Output } from './output.ts';
import { stopped, stopSignal } from './stop-signal.ts';

/**
 * Runs background jobs, and nothing else, until SIGINT, SIGTERM or SIGHUP: then those under way have five seconds to finish, and
 * what is not finished is given back.
 */
export async function worker(config: Config, output: Output): Promise<void> {
  const url = config.WORKER_DATABASE_URL ?? workerUrl(config);
  const signal = stopSignal(output);
  const registry = newRegistry();
  const log = pino({ level: config.LOG_LEVEL }, pino.destination({ fd: 2, sync: true }));
  const jobs = await JobRunner.start({
    url,
    encryptionKey: localEncryptionKey(config),
    concurrency: config.JOB_CONCURRENCY,
    outbound: { allowLoopback: config.ALLOW_LOOPBACK_WEBHOOKS === 'true' },
    registry,
    log,
  }).catch((error: unknown) => {
    throw error instanceof JobsError ? new CommandError(error.message) : error;
  });
  let health: Server | undefined;
  try {
    if (config.METRICS_PORT !== undefined) {
      const app = express();
      app.disable('x-powered-by');
      app.get('/health/live', (_request, response) => void response.json({ status: 'ok' }));
      app.get('/health/metrics', answerMetrics(registry, config.METRICS_TOKEN));
      health = createServer(app).listen(config.METRICS_PORT, config.HOST);
      await once(health, 'listening');
    }
    const port = health === undefined ? null : (health.address() as AddressInfo).port;
    output.result(
      `Background jobs are run, ${config.JOB_CONCURRENCY} at once.${port === null ? '' : ` Health is told at port ${port}.`} Ctrl-C stops them.`,
      {
        concurrency: config.JOB_CONCURRENCY,
        port,
      },
    );
    if (!signal.aborted) await stopped(signal);
  } finally {
    health?.close();
    health?.closeAllConnections();
    await jobs.stop();
  }
}

function workerUrl(config: Config): string {
  const url = config.DATABASE_URL === undefined ? databaseUrls(config).workerUrl : undefined;
  if (url === undefined) throw new CommandError('Set WORKER_DATABASE_URL: the connection of background jobs, as app_worker.');
  return url;
}
