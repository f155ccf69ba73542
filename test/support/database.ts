import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, inject } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { connectionOptions, withClient } from '../../src/database/connection.ts';
import { type EncryptionKey, localEncryptionKey } from '../../src/database/encryption-key.ts';
import { ANONYMOUS, type BaseRole, type Principal } from '../../src/database/identity.ts';
import { KeyEnvelopes } from '../../src/database/key-envelopes.ts';
import type { FixtureOrganization } from './fixture.ts';

/** A test file's own copy of the migrated database. */
export interface TestDatabase {
  /** As the API's login. */
  readonly url: string;
  readonly operatorUrl: string;
  /** As the login of background jobs. */
  readonly workerUrl: string;
  readonly name: string;
  /** As a superuser: sees that hidden rows exist. */
  readonly operator: pg.Client;
  /** As `app_user`. */
  readonly api: pg.Client;
  readonly keys: KeyEnvelopes;
  readonly encryptionKey: EncryptionKey;
  /** Runs SQL with the identity of a principal, in a transaction that is rolled back. */
  as<T>(principal: Principal, work: (client: pg.Client) => Promise<T>): Promise<T>;
}

class RolledBack extends Error {}

/** Clones the migrated template for this test file, and drops the clone when the file is done. */
export function useDatabase(): TestDatabase {
  const database = {} as { -readonly [Key in keyof TestDatabase]: TestDatabase[Key] };
  beforeAll(async () => {
    const name = `dx_${randomBytes(6).toString('hex')}`;
    await withClient(inject('serverUrl'), async (client) => {
      await client.query(`create database ${name} template ${inject('templateName')}`);
      // A copy has its template's objects and their grants, but not the grants on the database itself (db/roles.sql).
      await client.query(`revoke create, temporary on database ${name} from public`);
    });
    const operatorUrl = new URL(inject('serverUrl'));
    operatorUrl.pathname = `/${name}`;
    const url = new URL(operatorUrl);
    url.username = 'app_user';
    url.password = inject('appUserPassword');
    const workerUrl = new URL(operatorUrl);
    [workerUrl.username, workerUrl.password] = ['app_worker', inject('appWorkerPassword')];
    const [operator, api] = [new pg.Client(connectionOptions(operatorUrl.toString())), new pg.Client(connectionOptions(url.toString()))];
    await Promise.all([operator.connect(), api.connect()]);
    const encryptionKey = localEncryptionKey({ DATA_DIR: inject('dataDirectory'), ENCRYPTION_KEY: undefined });
    const keys = new KeyEnvelopes(api, encryptionKey);
    Object.assign(database, {
      name,
      operator,
      api,
      keys,
      encryptionKey,
      url: url.toString(),
      operatorUrl: operatorUrl.toString(),
      workerUrl: workerUrl.toString(),
      async as<T>(principal: Principal, work: (client: pg.Client) => Promise<T>): Promise<T> {
        let result: T | undefined;
        await asPrincipal(api, keys, principal, async () => {
          result = await work(api);
          throw new RolledBack();
        }).catch((error: unknown) => {
          if (!(error instanceof RolledBack)) throw error;
        });
        return result as T;
      },
    } satisfies TestDatabase);
  });
  afterAll(async () => {
    await Promise.all([database.operator.end(), database.api.end()]);
    await withClient(inject('serverUrl'), (client) => client.query(`drop database if exists ${database.name} with (force)`));
  });
  return database;
}

/** A member of an organization in a role; CI is bound to the fixture's first project. */
export function persona(organization: FixtureOrganization, role: BaseRole | 'anonymous'): Principal {
  if (role === 'anonymous') return ANONYMOUS;
  const isCi = role === 'ci';
  const userId = isCi ? null : organization.users[role];
  return {
    role,
    userId,
    organizationId: organization.id,
    credential: null,
    projectId: isCi ? organization.project : null,
    scopes: [],
    actor: userId === null ? 'token:test' : `user:${userId}`,
  };
}

/** The server process that serves a connection. */
export async function backendOf(client: pg.Client): Promise<number | undefined> {
  return (await client.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
}
