import { beforeAll, describe, expect, inject, test } from 'vitest';
import { useComparedStatements } from '../support/compared-statements.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const tiers = Object.values(inject('fixture')).filter(({ slug }) => slug === 'acme' || slug === 'globex');

const DEFECT =
  'query ($id: UUID!) { defect(id: $id) { id title test { id name } project { id name defects(first: 2) { nodes { id } } } } }';
const PAGE = `query ($first: Int, $after: Cursor, $filter: DefectFilter, $orderBy: [DefectOrderBy!]) {
  defects(first: $first, after: $after, filter: $filter, orderBy: $orderBy) {
    totalCount nodes { id severity project { id } } pageInfo { endCursor hasNextPage hasPreviousPage } } }`;
const FILTERED = 'query ($filter: DefectFilter) { defects(filter: $filter, orderBy: [ID_ASC]) { nodes { id severity status } } }';

const compared = useComparedStatements();

describe.each(tiers)('statements that were built once, in an organization of the $home tier', (organization) => {
  const database = useDatabase();
  const server = useServer(database);
  const ask = async (query: string, variables = {}, role: 'admin' | 'developer' = 'admin') => {
    const before = { ...compared };
    const { data, errors } = await server.query(persona(organization, role), query, variables);
    return { data, errors, run: compared.run - before.run, remembered: compared.remembered - before.remembered };
  };
  beforeAll(async () => {
    await database.operator.query(
      `with identity as (select app_private.work_for($1))
       insert into ${organization.home}.defects (organization_id, project_id, title, severity, last_seen_at)
       select $1, $2, 'defect ' || n, (array['low', 'medium', 'high'])[n % 3 + 1], timestamptz '2026-01-01 00:00Z' + n % 7 * interval '1 hour'
       from identity, generate_series(1, 20) as n`,
      [organization.id, organization.project],
    );
  });
  const defects = async () => (await ask('{ defects(orderBy: [ID_ASC]) { nodes { id severity } } }')).data.defects.nodes;

  test('are given the values of each request', async () => {
    const all = await defects();
    expect(all.length).toBeGreaterThan(2);
    for (const [n, { id }] of all.entries()) {
      const { data, run, remembered } = await ask(DEFECT, { id });
      expect(data.defect.id).toBe(id);
      expect({ run, remembered }).toEqual({ run: 1, remembered: n === 0 ? 0 : 1 });
    }
    expect((await ask(DEFECT, { id: '01936ee8-0000-7000-8000-00000000dead' })).data.defect).toBeNull();
  });

  test('lead from page to page', async () => {
    const expected = (await defects()).map(({ id }: { id: string }) => id);
    for (const first of [1, 2]) {
      const found: string[] = [];
      for (let after = null, more = true; more; ) {
        const { data } = await ask(
          'query ($first: Int, $after: Cursor) { defects(first: $first, after: $after, orderBy: [ID_ASC]) { nodes { id } pageInfo { endCursor hasNextPage } } }',
          { first, after },
        );
        found.push(...data.defects.nodes.map(({ id }: { id: string }) => id));
        ({ endCursor: after, hasNextPage: more } = data.defects.pageInfo);
      }
      expect(found).toEqual(expected);
    }
  });

  test('differ where order, size or filter differ', async () => {
    const all = await defects();
    const orders = [['LAST_SEEN_AT_DESC'], ['ERROR_TYPE_ASC', 'ID_DESC'], ['ID_ASC'], ['ID_DESC'], [], null, undefined];
    for (let time = 0; time < 2; time += 1) {
      for (const orderBy of orders) {
        for (const severity of ['MEDIUM', 'HIGH', 'LOW', 'CRITICAL']) {
          const expected = all.filter((defect: { severity: string }) => defect.severity === severity).length;
          for (const first of [0, 1, 2, 50]) {
            const { data, errors } = await ask(PAGE, { first, filter: { severity: { equalTo: severity } }, orderBy });
            expect(errors).toEqual([]);
            expect(data.defects.totalCount).toBe(expected);
            expect(data.defects.nodes.length).toBe(Math.min(first, expected));
            expect(data.defects.pageInfo.hasNextPage).toBe(first > 0 && first < expected);
          }
        }
      }
    }
  });

  test('are not given the cursor of another order, nor one that says nothing', async () => {
    const { data } = await ask(PAGE, { first: 1, orderBy: ['ID_ASC'] });
    const after = data.defects.pageInfo.endCursor;
    for (let time = 0; time < 2; time += 1) {
      expect((await ask(PAGE, { first: 1, orderBy: ['ID_ASC'], after })).errors).toEqual([]);
      for (const wrong of [
        { orderBy: ['LAST_SEEN_AT_DESC'], after },
        { orderBy: ['ID_ASC'], after: 'bm90aGluZw==' },
      ]) {
        const { errors } = await ask(PAGE, { first: 1, ...wrong });
        expect(errors.map(({ extensions }) => extensions.code)).toEqual(['BAD_USER_INPUT']);
      }
    }
  });

  test('know what is absent from what is null, and each filter from the others', async () => {
    const all = await defects();
    const ids = all.map(({ id }: { id: string }) => id);
    const filters = [
      undefined,
      { id: { in: ids.slice(0, 1) } },
      { id: { in: ids.slice(0, 2) } },
      { id: { in: ids } },
      { not: { id: { in: ids } } },
    ];
    for (let time = 0; time < 2; time += 1) {
      for (const [n, expected] of [all.length, 1, 2, all.length, 0].entries()) {
        const { data } = await ask(FILTERED, { filter: filters[n] });
        expect(data.defects.nodes.length).toBe(expected);
      }
    }
    for (const severity of ['LOW', 'MEDIUM', 'HIGH']) {
      const { data } = await ask(FILTERED, { filter: { severity: { equalTo: severity } } });
      expect(new Set(data.defects.nodes.map((defect: { severity: string }) => defect.severity))).toEqual(new Set([severity]));
    }
  });

  test('are kept for a few shapes alone', async () => {
    for (let first = 1; first <= 30; first += 1) await ask(PAGE, { first });
    expect((await ask(PAGE, { first: 30 })).remembered).toBeGreaterThan(0);
    const { data } = await ask(PAGE, { first: 1 });
    expect(data.defects.nodes.length).toBe(1);
  });

  test('serve many requests at once', async () => {
    const all = await defects();
    const asked = Array.from({ length: 200 }, (_, n) => all[n % all.length].id);
    const answers = await Promise.all(asked.map((id) => server.query(persona(organization, 'developer'), DEFECT, { id })));
    expect(answers.map(({ data }) => data.defect.id)).toEqual(asked);
  });
});
