import { beforeAll, describe, expect, inject, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { expectError, expectNothingInternal } from './answers.ts';
import { whileLocked } from './locks.ts';

const { acme } = inject('fixture');
const admin = persona(acme, 'admin');
/** One statement's time; a request has twice that. */
const STATEMENT_MS = 500;
const BUDGET_MS = 2 * STATEMENT_MS;

describe('the time of a request', () => {
  const database = useDatabase();
  const server = useServer(database, { STATEMENT_TIMEOUT_MS: String(STATEMENT_MS) });

  beforeAll(async () => {
    // What each statement that asks for an e-mail address takes.
    await database.operator.query(`create or replace function app.users_email(users app.users) returns text
      language plpgsql volatile as $$ begin perform pg_sleep(0.3); return 'slow'; end $$`);
  });

  async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
    const began = performance.now();
    const result = await work();
    return [result, performance.now() - began];
  }
  // Of each another row: what is asked for twice would be read once.
  const slowParts = (count: number) =>
    Object.values(acme.users)
      .slice(0, count)
      .map((id, n) => `a${n}: users(condition: { id: "${id}" }) { nodes { email } }`)
      .join(' ');

  test('is that of all its statements together', async () => {
    const [answer, took] = await timed(() => server.query(admin, `{ ${slowParts(7)} }`));
    expectNothingInternal(answer);
    const answered = Object.values(answer.data).filter((part) => part !== null);
    expect(answered.length).toBeGreaterThanOrEqual(2);
    expect(answered.length).toBeLessThanOrEqual(3);
    expect(new Set(answer.errors.map(({ extensions }) => extensions.code))).toEqual(new Set(['TIMEOUT']));
    expect(answer.errors.length).toBe(7 - answered.length);
    expect(took).toBeGreaterThan(BUDGET_MS * 0.9);
  });

  test('is what a statement has left of it, not begun anew by each', async () => {
    const [answer, took] = await whileLocked(database, 'app.tests', () =>
      timed(() => server.query(admin, `{ ${slowParts(2)} a: tests { totalCount } b: tests { totalCount } c: tests { totalCount } }`)),
    );
    expect([answer.data.a, answer.data.b, answer.data.c]).toEqual([null, null, null]);
    // Three times their own would be 1.5 s, after 0.6 s of the others.
    expect(took).toBeLessThan(BUDGET_MS * 2);
  });

  test('ends a mutation as well, which leaves nothing', async () => {
    const group = (name: string) => `createProjectGroup(input: { projectGroup: { name: "${name}" } }) { projectGroup { id } }`;
    const slow = `updateUser(input: { id: "${acme.users.admin}", patch: { name: "slow" } }) { user { email } }`;
    const parts = Array.from({ length: 8 }, (_, n) => `s${n}: ${slow}`).join(' ');
    const [answer, took] = await timed(() => server.query(admin, `mutation { first: ${group('late')} ${parts} }`));
    expectError(answer, 'TIMEOUT');
    expect(answer.data).toBeNull();
    // Eight times 0.3 s would be 2.4.
    expect(took).toBeLessThan(BUDGET_MS * 2);
    const { rows } = await database.operator.query("select from app.project_groups where name = 'late'");
    expect(rows).toEqual([]);
  });

  test('begins anew with each request', async () => {
    expect((await server.query(admin, `{ ${slowParts(2)} }`)).errors).toEqual([]);
  });
});
