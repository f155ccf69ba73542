import { describe, expect, inject, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { waitForLock, whileLocked } from './locks.ts';

const { acme } = inject('fixture');
const admin = persona(acme, 'admin');
const METRICS_TOKEN = 'a-token-for-the-metrics';

describe('a request whose client has gone', () => {
  const database = useDatabase();
  // One connection: it serves the next request only when it serves this one no more.
  const server = useServer(database, { DATABASE_POOL_SIZE: '1', STATEMENT_TIMEOUT_MS: '3600000', METRICS_TOKEN });

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

  test('has nothing begun, where it was still waiting for a connection', async () => {
    const measured = async () =>
      (await fetch(`${server.url}/health/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } })).text();
    const authorization = `Bearer ${await server.token(admin)}`;
    const send = (query: string, signal?: AbortSignal) =>
      fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ query }),
        ...(signal === undefined ? {} : { signal }),
      });
    expect((await send('{ people { nodes { id } } }')).status).toBe(200);
    const aborted = async () => Number(/status="aborted"\} (\d+)\n/.exec((await measured()).replace(/_bucket.*\n/g, ''))?.[1] ?? 0);
    const before = await aborted();
    const [first] = await whileLocked(database, 'app.tests', async () => {
      const holds = send('{ tests { nodes { id } } }');
      await waitForLock(database);
      const gone = new AbortController();
      const waits = send('mutation { createProjectGroup(input: { projectGroup: { name: "gone" } }) { projectGroup { id } } }', gone.signal);
      await expect.poll(measured).toContain('defectxray_database_pool{state="waiting"} 1');
      gone.abort();
      await expect(waits).rejects.toThrow();
      await expect.poll(aborted).toBe(before + 1);
      // Not waited for: it waits for the lock.
      return [holds];
    });
    expect((await first)?.status).toBe(200);
    expect((await send('{ people { nodes { id } } }')).status).toBe(200);
    const { rows } = await database.operator.query("select from app.project_groups where name = 'gone'");
    expect(rows).toEqual([]);
  });
});
