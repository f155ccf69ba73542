import { describe, expect, inject, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { waitForLock, whileLocked } from './locks.ts';

const { acme } = inject('fixture');
const admin = persona(acme, 'admin');

describe('a request whose client has gone', () => {
  const database = useDatabase();
  // One connection: it serves the next request only when it serves this one no more.
  const server = useServer(database, { DATABASE_POOL_SIZE: '1', STATEMENT_TIMEOUT_MS: '3600000' });

  /** Sends an operation, goes away when it waits for a lock of the table, and gives when the connection answers somebody else. */
  async function abandon(query: string, table: string): Promise<number> {
    const gone = new AbortController();
    return whileLocked(database, table, async () => {
      const asked = fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await server.token(admin)}` },
        body: JSON.stringify({ query }),
        signal: gone.signal,
      });
      await waitForLock(database);
      const began = performance.now();
      gone.abort();
      await expect(asked).rejects.toThrow();
      // Asks for nothing that is locked.
      expect((await server.query(admin, '{ people { nodes { id } } }')).errors).toEqual([]);
      return performance.now() - began;
    });
  }

  test('has its statement cancelled, and the connection serves the next', async () => {
    const query = '{ tests { nodes { id name } } }';
    // The first goes out in two parts, the second whole.
    for (let time = 0; time < 2; time += 1) {
      expect((await server.query(admin, '{ people { nodes { id } } }')).errors).toEqual([]);
      expect(await abandon(query, 'app.tests')).toBeLessThan(10_000);
      expect((await server.query(admin, query)).data.tests.nodes.length).toBeGreaterThan(1);
    }
  });

  test('has the rest of its statements not begun', async () => {
    expect(await abandon('{ a: tests { nodes { id } } b: defects { totalCount } c: projects { totalCount } }', 'app.tests')).toBeLessThan(
      10_000,
    );
  });

  test('has changed nothing', async () => {
    const mutation = 'mutation { createProjectGroup(input: { projectGroup: { name: "abandoned" } }) { projectGroup { id } } }';
    await abandon(mutation, 'app.project_groups');
    const { rows } = await database.operator.query("select from app.project_groups where name = 'abandoned'");
    expect(rows).toEqual([]);
    // The same, asked by who waits.
    expect((await server.query(admin, mutation)).data.createProjectGroup.projectGroup.id).toEqual(expect.any(String));
  });
});
