import { pino } from 'pino';
import { expect, inject, test, vi } from 'vitest';
import { startServer } from '../../server.ts';
import { parseConfig } from '../../src/config.ts';
import { EventListener } from '../../src/database/event-listener.ts';
import { useDatabase } from '../support/database.ts';
import { silentProxy } from '../support/silent-proxy.ts';
import { runJobs } from './running.ts';

const database = useDatabase();
const PATIENCE = { timeout: 20_000, interval: 20 };

test('jobs stop in ten seconds, and leave nothing open, where the database says nothing any more', async () => {
  const proxy = await silentProxy(database.workerUrl);
  const { stop } = await runJobs({ ...database, workerUrl: proxy.url });
  await vi.waitFor(() => expect(proxy.open).toBeGreaterThan(1), PATIENCE);
  proxy.silence();
  const began = performance.now();
  await stop();
  expect(performance.now() - began).toBeLessThan(12_000);
  // A client that has gone is seen when something is read.
  proxy.speak();
  await vi.waitFor(() => expect(proxy.open).toBe(0), PATIENCE);
});

test('a server stops, and leaves nothing open, where the database says nothing any more', async () => {
  const proxy = await silentProxy(database.url);
  const config = parseConfig({ NODE_ENV: 'test', PORT: '0', LOG_LEVEL: 'silent', DATA_DIR: inject('dataDirectory') });
  const running = await startServer({ ...config, DATABASE_URL: proxy.url });
  const ready = () => fetch(`${running.url}/health/ready`).then(({ status }) => status);
  expect(await ready()).toBe(200);
  proxy.silence();
  // Leaves a connection in use.
  expect(await ready()).toBe(503);
  const began = performance.now();
  await running.stop();
  expect(performance.now() - began).toBeLessThan(12_000);
  proxy.speak();
  await vi.waitFor(() => expect(proxy.open).toBe(0), PATIENCE);
});

test('a listener that is closed while it connects leaves nothing open', async () => {
  const proxy = await silentProxy(database.url);
  proxy.silence();
  const listener = new EventListener({ url: proxy.url, log: pino({ level: 'silent' }), onNotification: () => {}, onReconnected: () => {} });
  const listening = listener.listen('channel').then(
    () => 'listens',
    (error: Error) => error.message,
  );
  await vi.waitFor(() => expect(proxy.open).toBe(1), PATIENCE);
  await listener.close();
  proxy.speak();
  expect(await listening).toContain('Connection terminated');
  await vi.waitFor(() => expect(proxy.open).toBe(0), PATIENCE);
});
