import { UnsecuredJWT } from 'jose';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { newSecret } from '../../src/auth/secret-tokens.ts';
import { withClient } from '../../src/database/connection.ts';
import { backendOf, persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { expectError } from './answers.ts';
import { waitForLock, whileLocked } from './locks.ts';

const { acme } = inject('fixture');
const admin = persona(acme, 'admin');
const RENAME = `mutation { updateProject(input: { id: "${acme.project}", patch: { name: "Shop" } }) { project { id } } }`;
const DEFECTS = '{ projects { totalCount } defects { totalCount } }';

describe('what takes too long', () => {
  const database = useDatabase();
  const server = useServer(database, { STATEMENT_TIMEOUT_MS: '300', INGEST_TIMEOUT_MS: '60000' });

  test('a field of a query fails alone', async () => {
    const answer = await whileLocked(database, 'app.defects', () => server.query(admin, DEFECTS));
    expect(expectError(answer, 'TIMEOUT').path?.[0]).toBe('defects');
    expect(answer.data?.projects).toEqual({ totalCount: 2 });
  });

  test('a mutation is undone', async () => {
    const answer = await whileLocked(database, 'app.projects', () => server.query(admin, RENAME));
    expectError(answer, 'TIMEOUT');
    expect(answer.data).toBeNull();
    expect((await server.query(admin, RENAME)).errors).toEqual([]);
  });

  test('a reported test run has a time of its own', async () => {
    const report = `mutation { reportTestRun(input: { project: "shop", runKey: "slow", results: [{ name: "a", outcome: PASSED }] }) { receipt { passed } } }`;
    const answer = await whileLocked(database, 'app.tests', async () => {
      const reported = server.query(admin, report);
      await waitForLock(database);
      // Longer than any other statement may take, by the database's own clock.
      await database.operator.query('select pg_sleep(0.6)');
      return { reported };
    });
    expect((await answer.reported).errors).toEqual([]);
  });
});

describe('when connections are short', () => {
  const database = useDatabase();
  const server = useServer(database, { DATABASE_POOL_SIZE: '1' });

  test('who waits too long for one is told so, and who has it is answered', async () => {
    const first = await whileLocked(database, 'app.defects', async () => {
      const holder = server.query(admin, DEFECTS);
      await waitForLock(database);
      const [query, mutation] = await Promise.all([server.query(admin, DEFECTS), server.query(admin, RENAME)]);
      for (const { extensions } of query.errors) expect(extensions.code).toBe('UNAVAILABLE');
      expect(query.errors).not.toEqual([]);
      expectError(mutation, 'UNAVAILABLE');
      return { holder };
    });
    expect((await first.holder).errors).toEqual([]);
  });

  test.each([
    ['a query', DEFECTS],
    ['a mutation', RENAME],
  ])('%s whose connection is cut is told so, and the next one is answered', async (_name, text) => {
    const table = text === RENAME ? 'app.projects' : 'app.defects';
    const answer = await whileLocked(database, table, async () => {
      const asked = server.query(admin, text);
      const pid = await waitForLock(database);
      await database.operator.query('select pg_terminate_backend($1)', [pid]);
      return asked;
    });
    // Each field of a query says so for itself.
    expect(new Set(answer.errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['UNAVAILABLE']));
    expect((await server.query(admin, text)).errors).toEqual([]);
  });

  test('a connection that is cut between two requests is replaced', async () => {
    for (let round = 0; round < 5; round += 1) {
      await database.operator.query(
        "select pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = $1 and usename = 'app_user' and pid <> $2",
        [database.name, await backendOf(database.api)],
      );
      const answer = await server.query(admin, DEFECTS);
      // The server may not have noticed yet; then it says so, and the next request is answered.
      for (const { extensions } of answer.errors) expect(extensions.code).toBe('UNAVAILABLE');
      expect((await server.query(admin, DEFECTS)).errors).toEqual([]);
    }
  });
});

describe('when the database is gone', () => {
  const database = useDatabase();
  const server = useServer(database);
  const health = (path: string) => fetch(`${server.url}${path}`);

  beforeAll(async () => {
    expect((await health('/health/ready')).status).toBe(200);
    expect((await server.query(admin, DEFECTS)).errors).toEqual([]);
    for (const client of [database.operator, database.api]) client.on('error', () => {});
    await withClient(inject('serverUrl'), (client) => client.query(`drop database ${database.name} with (force)`));
  });

  test('who has to be asked of it is told to come back', async () => {
    const outside = new UnsecuredJWT({ sub: 'x' }).setIssuer('https://directory.example').encode();
    for (const credential of [newSecret('apiKey'), outside]) {
      const answer = await server.post({ authorization: `Bearer ${credential}` }, JSON.stringify({ query: DEFECTS }));
      expect(answer.status).toBe(503);
      expectError(answer, 'UNAVAILABLE');
    }
  });

  test('it is not ready, yet alive', async () => {
    for (const path of ['/health', '/health/ready']) {
      const response = await health(path);
      expect(response.status).toBe(503);
      expect(await response.json()).toEqual({ status: 'unavailable', reason: 'The database does not answer.' });
    }
    expect((await health('/health/live')).status).toBe(200);
  });

  test.each([
    ['a query', DEFECTS],
    ['a mutation', RENAME],
  ])('%s is told so', async (_name, text) => {
    const answer = await server.query(admin, text);
    for (const { message, extensions } of answer.errors) {
      expect(extensions).toEqual({ code: 'UNAVAILABLE' });
      expect(message).not.toContain(database.name);
    }
    expect(answer.errors).not.toEqual([]);
  });

  test('what needs no database is answered', async () => {
    expect((await server.query(admin, '{ __typename }')).data).toEqual({ __typename: 'Query' });
  });
});
