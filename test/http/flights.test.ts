import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const tiers = Object.values(inject('fixture')).filter(({ slug }) => slug === 'acme' || slug === 'globex');

/** Between the API and the database: counts how often the API says something after it has heard an answer. */
class CountingProxy {
  flights = 0;
  url = '';
  readonly #server: Server;

  #target = new URL('postgres://127.0.0.1');

  constructor() {
    this.#server = createServer((api) => this.#join(api, connect(Number(this.#target.port), this.#target.hostname)));
  }

  async open(target: URL): Promise<void> {
    this.#target = target;
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const url = new URL(target);
    url.hostname = '127.0.0.1';
    url.port = String((this.#server.address() as unknown as { port: number }).port);
    this.url = url.toString();
  }

  close(): void {
    this.#server.close();
  }

  #join(api: Socket, database: Socket): void {
    let answered = true;
    api.on('data', (chunk) => {
      if (answered) this.flights += 1;
      answered = false;
      database.write(chunk);
    });
    database.on('data', (chunk) => {
      answered = true;
      api.write(chunk);
    });
    for (const [socket, other] of [
      [api, database],
      [database, api],
    ] as const) {
      socket.setNoDelay(true);
      socket.on('close', () => other.destroy());
      socket.on('error', () => other.destroy());
    }
  }
}

describe.each(tiers)('an organization of the $home tier', (organization) => {
  const database = useDatabase();
  const proxy = new CountingProxy();
  beforeAll(() => proxy.open(new URL(database.url)));
  const server = useServer(
    {
      ...database,
      get url() {
        return proxy.url;
      },
    },
    { DATABASE_POOL_SIZE: '1' },
  );
  afterAll(() => proxy.close());

  /** The flights of a request that was made before, so that nothing is prepared for the first time. */
  async function flightsOf(query: (n: number) => string, role: 'admin' | 'member' = 'admin'): Promise<{ flights: number; data: unknown }> {
    for (let n = 0; n < 3; n += 1) await server.query(persona(organization, role), query(n));
    await new Promise(setImmediate);
    proxy.flights = 0;
    const { data, errors } = await server.query(persona(organization, role), query(3));
    // The end of a query is not waited for; that of the next request comes after it.
    expect(errors).toEqual([]);
    return { flights: proxy.flights, data };
  }

  test('is answered a query in one', async () => {
    const defect = organization.defect;
    expect((await flightsOf(() => `{ defect(id: "${defect}") { id title failureDetails test { name project { name } } } }`)).flights).toBe(
      1,
    );
    expect((await flightsOf(() => '{ defects(first: 20) { nodes { id test { name } assignee { name } } } }')).flights).toBe(1);
  });

  test('changes a row in one', async () => {
    const states = ['TRIAGED', 'IN_PROGRESS'];
    const change = (n: number) =>
      `mutation { updateDefect(input: { id: "${organization.defect}", patch: { status: ${states[n % 2]} } }) { defect { id status } } }`;
    const { flights, data } = await flightsOf(change);
    expect(flights).toBe(1);
    expect(data).toEqual({ updateDefect: { defect: { id: organization.defect, status: 'IN_PROGRESS' } } });
    const { rows } = await database.operator.query(`select status from ${organization.home}.defects where id = $1`, [organization.defect]);
    expect(rows).toEqual([{ status: 'in_progress' }]);
  });

  test('is answered a query of several statements in one, and an end that nobody waits for', async () => {
    expect(
      (await flightsOf(() => '{ projects { nodes { id } } defects { nodes { id } } people { totalCount nodes { id } } }')).flights,
    ).toBe(2);
  });

  test('is answered each field for itself, where one fails', async () => {
    // The last one of a role that may not read the audit trail.
    const query = '{ projects { nodes { id } } auditLogs { nodes { id } } people { nodes { id } } }';
    for (let n = 0; n < 2; n += 1) {
      const { data, errors } = await server.query(persona(organization, 'member'), query);
      expect(errors.map(({ path, extensions }) => [path, extensions.code])).toEqual([[['auditLogs'], 'FORBIDDEN']]);
      expect(data).toMatchObject({ projects: { nodes: [{}, {}] }, auditLogs: null });
      expect(data.people.nodes.length).toBeGreaterThan(3);
    }
  });
});
