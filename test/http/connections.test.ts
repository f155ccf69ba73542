import fc from 'fast-check';
import { describe, expect, inject, test } from 'vitest';
import { BASE_ROLES, type BaseRole } from '../../src/database/identity.ts';
import { backendOf, persona, useDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';
import { useServer } from '../support/server.ts';
import { expectNothingInternal } from './answers.ts';

const { acme, initech, globex } = inject('fixture');

describe('connections that many share', () => {
  const database = useDatabase();
  const server = useServer(database, { DATABASE_POOL_SIZE: '3' });

  /** Asks as a role of an organization, and checks that the answer is of that organization and role alone. */
  async function ask(organization: FixtureOrganization, role: BaseRole | 'anonymous'): Promise<'answered' | 'unavailable'> {
    const answer = await server.query(
      persona(organization, role),
      '{ projects(first: 1000) { nodes { id } } auditLogs(first: 1) { totalCount } people { nodes { id } } }',
    );
    expectNothingInternal(answer);
    const codes = new Set(answer.errors.map(({ extensions }) => extensions.code));
    if (codes.has('UNAVAILABLE')) return 'unavailable';
    if (role === 'anonymous') {
      expect([codes, answer.data]).toEqual([new Set(['FORBIDDEN']), { projects: null, auditLogs: null, people: null }]);
      return 'answered';
    }
    const idsOf = (field: string) => answer.data[field].nodes.map(({ id }: { id: string }) => id).sort();
    expect(idsOf('projects')).toEqual((role === 'ci' ? [organization.project] : [organization.project, organization.otherProject]).sort());
    expect(idsOf('people')).toEqual(Object.values(organization.users).sort());
    expect(answer.data.auditLogs === null).toBe(!['admin', 'developer', 'engineer', 'auditor'].includes(role));
    return 'answered';
  }

  test('never carry an identity from one request to the next, even when they are cut', async () => {
    const who = fc.tuple(fc.constantFrom(acme, initech, globex), fc.constantFrom<BaseRole | 'anonymous'>(...BASE_ROLES, 'anonymous'));
    const asked = fc.sample(who, 500);
    let answered = 0;
    const next = asked.entries();
    const worker = async () => {
      for (const [n, [organization, role]] of next) {
        if (n % 40 === 39) {
          await database.operator.query(
            "select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = 'app_user' and pid <> $2 order by random() limit 1",
            [database.name, await backendOf(database.api)],
          );
        }
        if ((await ask(organization, role)) === 'answered') answered += 1;
      }
    };
    await Promise.all(Array.from({ length: 6 }, worker));
    // Each of the 12 cuts may fail the request that it hits, and one that was given the connection before it was noticed.
    expect(answered).toBeGreaterThan(asked.length - 40);
  });
});

describe('a connection', () => {
  const database = useDatabase();
  const server = useServer(database, { DATABASE_POOL_SIZE: '1' });

  test('keeps two hundred prepared statements, however many texts it is asked', async () => {
    // Counted within the session that holds them: the mask of an e-mail address is made to tell.
    await database.operator.query(`create or replace function app.users_email(users app.users) returns text
      language sql stable as $$ select count(*)::text from pg_prepared_statements $$`);
    const prepared = async () => {
      const { data } = await server.query(persona(acme, 'admin'), '{ users(first: 1) { nodes { email } } }');
      return Number(data.users.nodes[0].email);
    };
    expect(await prepared()).toBeLessThan(10);
    const fields = ['id', 'name', 'slug', 'description', 'status', 'version', 'createdAt', 'dockerImage'];
    for (let subset = 1; subset <= 250; subset += 1) {
      const selection = fields.filter((_, bit) => (subset >> bit) & 1).join(' ');
      const answer = await server.query(persona(acme, 'admin'), `{ projects { nodes { ${selection} } } }`);
      expect(answer.errors).toEqual([]);
    }
    const count = await prepared();
    expect(count).toBeGreaterThan(190);
    // And those that begin, identify and end the transaction of each request.
    expect(count).toBeLessThanOrEqual(203);
    // What was forgotten is prepared again.
    expect((await server.query(persona(acme, 'admin'), '{ projects { nodes { id } } }')).data.projects.nodes).toHaveLength(2);
  });
});
