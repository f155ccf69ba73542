import { describe, expect, inject, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { expectError } from './answers.ts';
import { waitForLock } from './locks.ts';

const { acme } = inject('fixture');
const admin = persona(acme, 'admin');
const database = useDatabase();
const server = useServer(database);

async function countOf(table: string, condition: string): Promise<number> {
  const { rows } = await database.operator.query<{ count: number }>(`select count(*)::int as count from app.${table} where ${condition}`);
  return rows[0]?.count ?? -1;
}

describe('a query', () => {
  test('sees one snapshot: what is committed between two of its statements is not in it', async () => {
    const count = async () => (await server.query(admin, '{ tests { totalCount } }')).data.tests.totalCount as number;
    const before = await count();
    // Its snapshot is taken by the statement that gives it its identity; then one of its parts waits while a row is committed.
    await database.operator.query('begin; lock table app.tests in access exclusive mode');
    const asked = server.query(admin, '{ projects { totalCount } tests { totalCount } again: tests { totalCount nodes { id } } }');
    await waitForLock(database);
    await database.operator.query("insert into app.tests (organization_id, project_id, name) values ($1, $2, 'in between')", [
      acme.id,
      acme.project,
    ]);
    await database.operator.query('commit');
    const { data, errors } = await asked;
    expect(errors).toEqual([]);
    expect([data.tests.totalCount, data.again.totalCount, data.again.nodes.length]).toEqual([before, before, before]);
    expect(await count()).toBe(before + 1);
  });

  test('is read only: a function that writes does not get through', async () => {
    const { rows } = await database.operator.query<{ original: string }>(
      "select pg_get_functiondef('app.users_email(app.users)'::regprocedure) as original",
    );
    await database.operator.query(`create or replace function app.users_email(users app.users) returns text
      language plpgsql volatile security definer as $$
      begin
        update app.users as u set name = 'written' where u.id = $1.id;
        return 'written';
      end $$`);
    const answer = await server.query(admin, '{ users(first: 1) { nodes { id email } } projects { totalCount } }');
    await database.operator.query(rows[0]?.original ?? '');
    expect(answer.data).toEqual({ users: null, projects: { totalCount: 2 } });
    expectError(answer, 'INTERNAL');
    expect(server.log.join('\n')).toContain('cannot execute UPDATE in a read-only transaction');
    expect(await countOf('users', "name = 'written'")).toBe(0);
  });
});

describe('a mutation', () => {
  const group = (name: string) => `createProjectGroup(input: { projectGroup: { name: "${name}" } }) { projectGroup { id } }`;

  test('is one transaction, whatever the number of its fields, and its trail names the request', async () => {
    const response = await fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${await server.token(admin)}` },
      body: JSON.stringify({ query: `mutation { a: ${group('one')} b: ${group('two')} c: ${group('three')} }` }),
    });
    const { data } = (await response.json()) as { data: Record<string, { projectGroup: { id: string } }> };
    const ids = Object.values(data).map(({ projectGroup }) => projectGroup.id);
    const { rows } = await database.operator.query<{ request_id: string; xid: string }>(
      'select request_id, xmin::text as xid from app.audit_logs where target_id = any ($1)',
      [ids],
    );
    expect(rows).toHaveLength(3);
    expect(new Set(rows.map(({ xid }) => xid)).size).toBe(1);
    expect(new Set(rows.map(({ request_id }) => request_id))).toEqual(new Set([response.headers.get('x-request-id')]));
  });

  test('of which one part fails leaves nothing, answers nothing, and says what failed once', async () => {
    for (const parts of [
      `a: ${group('left')} b: ${group('Storefront')}`,
      `a: ${group('Storefront')} b: ${group('left')}`,
      `a: ${group('left')} b: ${group('Storefront')} c: ${group('left, too')} d: ${group('Storefront')}`,
    ]) {
      const answer = await server.query(admin, `mutation { ${parts} }`);
      expect(expectError(answer, 'BAD_USER_INPUT').extensions.fields).toEqual(['name']);
      expect(answer.data).toBeNull();
    }
    expect(await countOf('project_groups', "name like 'left%'")).toBe(0);
  });

  test('of which one part is refused before it reaches the database leaves nothing either', async () => {
    const answer = await server.query(
      admin,
      `mutation ($failure: TestFailureInput!) {
        a: ${group('left')}
        b: reportTestRun(input: { project: "shop", runKey: "long", results: [{ name: "a", outcome: FAILED, failure: $failure }] }) { receipt { failed } }
      }`,
      { failure: { details: 'x'.repeat(140_000) } },
    );
    expect(expectError(answer, 'BAD_USER_INPUT').extensions.fields).toEqual(['results.0.failure.details']);
    expect(answer.data).toBeNull();
    expect(await countOf('project_groups', "name = 'left'")).toBe(0);
  });

  test('whose answer asks for what the caller may not read leaves nothing', async () => {
    const report = (runKey: string, selection: string) =>
      server.query(
        persona(acme, 'ci'),
        `mutation { reportTestRun(input: { project: "shop", runKey: "${runKey}", results: [{ name: "a", outcome: PASSED }] }) { receipt { passed } testRun { ${selection} } } }`,
      );
    const answer = await report('curious', 'id project { ingestReceipts { totalCount } }');
    expectError(answer, 'FORBIDDEN');
    expect(answer.data).toBeNull();
    expect(await countOf('test_runs', "run_key = 'curious'")).toBe(0);
    // The same without the curiosity is stored.
    expect((await report('modest', 'id project { slug }')).errors).toEqual([]);
    expect(await countOf('test_runs', "run_key = 'modest'")).toBe(1);
  });

  test('that deadlocks with another transaction is run again, and done once', async () => {
    const rename = (alias: string, id: string) =>
      `${alias}: updateProject(input: { id: "${id}", patch: { description: "renamed" } }) { project { version } }`;
    const versions = async () =>
      (
        await database.operator.query<{ version: number }>('select version from app.projects where organization_id = $1 order by id', [
          acme.id,
        ])
      ).rows;
    const before = await versions();
    // The other never gives way: the request is the one that is chosen.
    await database.operator.query("set deadlock_timeout = '60s'; begin");
    await database.operator.query('select from app.projects where id = $1 for update', [acme.otherProject]);
    const asked = server.query(admin, `mutation { ${rename('a', acme.project)} ${rename('b', acme.otherProject)} }`);
    await waitForLock(database);
    await database.operator.query('select from app.projects where id = $1 for update', [acme.project]);
    await database.operator.query('commit');
    const answer = await asked;
    expect(answer.errors).toEqual([]);
    expect(await versions()).toEqual(before.map(({ version }) => ({ version: version + 1 })));
  });
});

describe('an answer', () => {
  test('has headers that protect whoever gets it, and an id of its own', async () => {
    const ids = new Set<string | null>();
    for (const path of ['/graphql', '/health', '/health/live', '/health/ready', '/.well-known/jwks.json', '/nothing', '/']) {
      const { headers } = await fetch(`${server.url}${path}`, { headers: { accept: 'text/html' } });
      ids.add(headers.get('x-request-id'));
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      for (const name of ['x-powered-by', 'access-control-allow-origin', 'set-cookie']) expect(headers.get(name)).toBeNull();
    }
    expect(ids.size).toBe(7);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  test('about its health is short', async () => {
    for (const path of ['/health', '/health/live', '/health/ready']) {
      const response = await fetch(`${server.url}${path}`);
      expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
    }
  });
});
