import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { withClient } from '../../src/database/connection.ts';
import { newPassword, setLogin } from '../../src/database/development.ts';
import { startEmbedded } from '../../src/database/embedded.ts';
import { localEncryptionKey } from '../../src/database/encryption-key.ts';
import { migrate } from '../../src/database/migrate.ts';
import { type Fixture, makeFixture } from './fixture.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The operator's connection to the server's maintenance database. */
    serverUrl: string;
    templateName: string;
    appUserPassword: string;
    appWorkerPassword: string;
    dataDirectory: string;
    fixture: Fixture;
  }
}

interface TestServer {
  readonly url: string;
  stop(): Promise<void>;
}

/** The server that the tests run on: TEST_DATABASE_URL, Testcontainers when TEST_DATABASE says so, else an embedded one. */
async function startTestServer(directory: string): Promise<TestServer> {
  if (process.env.TEST_DATABASE_URL) return { url: process.env.TEST_DATABASE_URL, stop: async () => {} };
  if (process.env.TEST_DATABASE === 'testcontainers') return startContainer();
  if (process.env.TEST_DATABASE) throw new Error('TEST_DATABASE must be "testcontainers" or not set.');
  const server = await startEmbedded({ directory, durable: false, settings: { max_connections: '200' } });
  return { url: server.operatorUrl, stop: () => server.stop() };
}

async function startContainer(): Promise<TestServer> {
  const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
  try {
    const container = await new PostgreSqlContainer(process.env.TEST_DATABASE_IMAGE ?? 'postgres:18').withDatabase('postgres').start();
    return { url: container.getConnectionUri(), stop: async () => void (await container.stop()) };
  } catch (error) {
    throw new Error(`TEST_DATABASE=testcontainers needs a Docker engine, and none answers: ${(error as Error).message}`);
  }
}

/** Migrates one database with its organizations; each test file works on a copy of it (see database.ts). */
export default async function setup(project: TestProject) {
  const directory = mkdtempSync(join(tmpdir(), 'defectxray-test-'));
  // PostgreSQL does not run as root: its own user must be able to pass through.
  chmodSync(directory, 0o711);
  const server = await startTestServer(directory).catch((error: unknown) => {
    rmSync(directory, { recursive: true, force: true });
    throw error;
  });
  const templateName = `dx_template_${process.pid}`;
  const appUserPassword = newPassword();
  const templateUrl = new URL(server.url);
  templateUrl.pathname = `/${templateName}`;
  await withClient(server.url, (client) => client.query(`create database ${templateName}`));
  await migrate(templateUrl.toString());
  await setLogin(templateUrl.toString(), 'app_user', appUserPassword);
  const appWorkerPassword = newPassword();
  await setLogin(templateUrl.toString(), 'app_worker', appWorkerPassword);
  const encryptionKey = localEncryptionKey({ DATA_DIR: directory, ENCRYPTION_KEY: undefined });
  project.provide('fixture', await makeFixture(templateUrl.toString(), encryptionKey));
  project.provide('serverUrl', server.url);
  project.provide('templateName', templateName);
  project.provide('appUserPassword', appUserPassword);
  project.provide('appWorkerPassword', appWorkerPassword);
  project.provide('dataDirectory', directory);
  return async () => {
    await withClient(server.url, (client) => client.query(`drop database if exists ${templateName} with (force)`));
    await server.stop();
    rmSync(directory, { recursive: true, force: true });
  };
}
