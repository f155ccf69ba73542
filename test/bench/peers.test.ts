import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { documents as product } from '../../bench/peers/hand-written.ts';
import type { RunningPeer } from '../../bench/peers/peer.ts';
import { PEERS, type Peer, peer } from '../../bench/peers/start.ts';
import { asPrincipal } from '../../src/database/as-principal.ts';
import type { BaseRole } from '../../src/database/identity.ts';
import { persona, useDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';
import { useServer } from '../support/server.ts';

const ROLES = ['admin', 'developer', 'engineer', 'auditor', 'member', 'ci'] as const;
const ORGANIZATIONS = ['acme', 'initech', 'globex'] as const;
const DEFECTS = 25;

interface Answer {
  // biome-ignore lint/suspicious/noExplicitAny: answers have the shape of the query that asked for them.
  readonly data?: any;
  readonly errors?: readonly { readonly message: string }[];
}

type Ask = (query: string, variables: Record<string, unknown>) => Promise<Answer>;

const database = useDatabase();
const server = useServer(database);
const fixture = () => inject('fixture');

/** More than a page of defects of the severity `high`, seen at the same time: their order is that of their ids. */
beforeAll(async () => {
  for (const slug of ORGANIZATIONS) {
    const organization = fixture()[slug];
    await asPrincipal(database.api, database.keys, persona(organization, 'admin'), () =>
      database.api.query(
        `insert into defects (project_id, test_id, title, severity, assignee_id)
         select case when n % 5 = 0 then $1::uuid else $2 end, case when n % 3 = 0 then null else (select test_id from defects where id = $3) end,
           $4 || ' ' || n, 'high', case when n % 2 = 0 then $5::uuid end
         from generate_series(1, $6::integer) as n`,
        [organization.otherProject, organization.project, organization.defect, `canary of ${slug}`, organization.users.developer, DEFECTS],
      ),
    );
  }
});

describe.each(PEERS)('%s', (name) => {
  let running: RunningPeer;
  let asked: Peer;
  beforeAll(async () => {
    asked = await peer(name);
    running = await asked.start({ databaseUrl: database.url, dataDirectory: inject('dataDirectory'), poolSize: 2, port: 0 });
  });
  afterAll(() => running.stop());

  const asker =
    (url: () => string, organization: FixtureOrganization, role: BaseRole | 'anonymous'): Ask =>
    async (query, variables) => {
      const token = role === 'anonymous' ? {} : { authorization: `Bearer ${await server.token(persona(organization, role))}` };
      const response = await fetch(`${url()}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...token },
        body: JSON.stringify({ query, variables }),
      });
      return (await response.json()) as Answer;
    };
  const askPeer = (organization: FixtureOrganization, role: BaseRole | 'anonymous') => asker(() => running.url, organization, role);
  const askProduct = (organization: FixtureOrganization, role: BaseRole | 'anonymous') => asker(() => server.url, organization, role);

  for (const slug of ORGANIZATIONS) {
    test.each(ROLES)(`answers W1 and W2 of ${slug} with the rows of the product, as %s`, async (role) => {
      const organization = fixture()[slug];
      for (const id of [organization.defect, organization.otherDefect]) {
        const [ours, theirs] = await Promise.all([
          askProduct(organization, role)(product.point, { id }),
          askPeer(organization, role)(asked.documents.point, { id }),
        ]);
        expect(theirs.errors).toBeUndefined();
        expect(instants(theirs.data)).toEqual(instants(ours.data));
        // CI is bound to the first project.
        expect(theirs.data.defect === null).toBe(role === 'ci' && id === organization.otherDefect);
      }
      const ours = await pages(askProduct(organization, role), product.list);
      const theirs = await pages(askPeer(organization, role), asked.documents.list);
      expect(theirs).toEqual(ours);
      expect(theirs.flat()).toHaveLength(role === 'ci' ? DEFECTS - DEFECTS / 5 : DEFECTS);
      expect(theirs.flat().every(({ title }) => (title as string).startsWith(`canary of ${slug} `))).toBe(true);
    });

    test(`gives nothing of ${slug} to another organization`, async () => {
      const organization = fixture()[slug];
      const other = fixture()[slug === 'initech' ? 'globex' : 'initech'];
      const { rows } = await database.operator.query(`select from ${organization.home}.defects where id = $1`, [organization.defect]);
      expect(rows).toHaveLength(1);
      for (const role of ROLES) {
        expect((await askPeer(other, role)(asked.documents.point, { id: organization.defect })).data).toEqual({ defect: null });
      }
    });
  }

  test('shows no defect to analysts, nor to anybody who has not signed in', async () => {
    for (const role of ['analyst', 'anonymous'] as const) {
      const { data, errors } = await askPeer(fixture().acme, role)(asked.documents.point, { id: fixture().acme.defect });
      expect(errors?.length).toBeGreaterThan(0);
      expect(data?.defect ?? null).toBeNull();
    }
  });

  test('accepts no token but the product’s', async () => {
    const token = await server.token(persona(fixture().acme, 'admin'));
    const response = await fetch(`${running.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token.slice(0, -8)}AAAAAAAA` },
      body: JSON.stringify({ query: asked.documents.point, variables: { id: fixture().acme.defect } }),
    });
    const { data, errors } = (await response.json()) as Answer;
    expect(errors?.length).toBeGreaterThan(0);
    expect(data?.defect ?? null).toBeNull();
  });
});

/** All pages of a list, each with what its rows say. */
async function pages(ask: Ask, document: string): Promise<Record<string, unknown>[][]> {
  const found: Record<string, unknown>[][] = [];
  for (let after: string | null = null; ; ) {
    const { data, errors } = await ask(document, { severity: 'HIGH', after });
    expect(errors).toBeUndefined();
    found.push(instants(data.defects.nodes) as Record<string, unknown>[]);
    if (!data.defects.pageInfo.hasNextPage) return found;
    after = data.defects.pageInfo.endCursor as string;
  }
}

/** An answer in which times are numbers: one writes them with microseconds, another without. */
function instants(answer: unknown): unknown {
  return JSON.parse(JSON.stringify(answer), (key, value) => (/At$/.test(key) && value !== null ? Date.parse(value as string) : value));
}
