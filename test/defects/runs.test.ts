import { describe, expect, inject, test } from 'vitest';
import { BASE_ROLES } from '../../src/database/identity.ts';
import { useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { failed, passed, reporter, retried } from './reporting.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

describe.each([acme, globex])('a run of $slug', (organization) => {
  const { report, data } = reporter(server, organization);
  const verdict = async (id: string) => (await data('analyst', `{ testRun(id: "${id}") { verdict } }`)).testRun.verdict;
  const resolve = (id: string) =>
    data('developer', `mutation { updateDefect(input: { id: "${id}", patch: { status: RESOLVED } }) { defect { id } } }`);

  test('says what it shows: nothing, something new, something known, what has come back', async () => {
    expect(await report('clean', [passed('a'), passed('b')])).toMatchObject({ verdict: 'CLEAN', defects: [], flaky: [] });
    const first = await report('first', [failed('a', 'First'), passed('b')]);
    expect(first).toMatchObject({ verdict: 'NEW', newDefects: 1, knownDefects: 0 });
    expect(first.defects).toEqual([
      {
        id: first.newDefectIds[0],
        title: 'First of something',
        severity: 'MEDIUM',
        state: 'NEW',
        isMuted: false,
        occurrences: 1,
        test: 'a',
      },
    ]);
    const second = await report('second', [failed('a', 'First', { executionId: '1' }), failed('a', 'First', { executionId: '2' })]);
    expect(second).toMatchObject({ verdict: 'KNOWN', newDefects: 0, knownDefects: 1, defects: [{ state: 'KNOWN', occurrences: 2 }] });
    await resolve(first.newDefectIds[0]);
    const third = await report('third', [failed('a', 'First')]);
    expect(third).toMatchObject({ verdict: 'NEW', regressedDefects: 1, defects: [{ state: 'REGRESSED' }] });
    const { defect } = await data(
      'member',
      `{ defect(id: "${first.newDefectIds[0]}") { status regressionCount regressedAt regressedRun { runKey } } }`,
    );
    expect(defect).toMatchObject({
      status: 'OPEN',
      regressionCount: 1,
      regressedAt: expect.any(String),
      regressedRun: { runKey: 'third' },
    });
    // What was new then stays what was new then.
    expect([await verdict(first.runId), await verdict(second.runId), await verdict(third.runId)]).toEqual(['NEW', 'KNOWN', 'NEW']);
  });

  test('is told to every role that reads runs', async () => {
    const { runId } = await report('told', [passed('a')]);
    for (const role of BASE_ROLES) {
      expect(await data(role, `{ testRun(id: "${runId}") { verdict flakyCount isInfrastructureFailure } }`), role).toEqual({
        testRun: { verdict: 'CLEAN', flakyCount: 0, isInfrastructureFailure: false },
      });
    }
  });

  test('is an infrastructure failure where over 80 % of ten or more fail, and opens no defects then', async () => {
    const failing = (count: number, type: string) => Array.from({ length: count }, (_, n) => failed(`${type} ${n}`, type));
    const skipped = Array.from({ length: 20 }, (_, n) => ({ name: `s ${n}`, outcome: 'SKIPPED' }));
    const much = await report('much', [...failing(9, 'Much'), passed('a'), ...skipped]);
    expect(much).toMatchObject({ verdict: 'INFRASTRUCTURE', isInfrastructureFailure: true, newDefects: 0, failed: 9, defects: [] });
    expect(await data('developer', '{ defects(filter: { errorType: { equalTo: "Much" } }) { totalCount } }')).toEqual({
      defects: { totalCount: 0 },
    });
    // 80 % is not over 80 %, nine are not ten, and who reports may say otherwise.
    expect(await report('four fifths', [...failing(8, 'Fifths'), passed('a'), passed('b')])).toMatchObject({
      isInfrastructureFailure: false,
      newDefects: 1,
    });
    expect(await report('nine', failing(9, 'Nine'))).toMatchObject({ isInfrastructureFailure: false, newDefects: 1 });
    expect(await report('asked', failing(10, 'Asked'), { isInfrastructureFailure: false })).toMatchObject({ newDefects: 1 });
    expect(await report('said', [failed('one', 'Said')], { isInfrastructureFailure: true })).toMatchObject({
      verdict: 'INFRASTRUCTURE',
      newDefects: 0,
    });
  });

  test('knows a test by what is the same of its name in each run', async () => {
    const named = (id: string, n: number) => passed(`order ${id} is made`, { executionId: '1', parameters: `[${n}]` });
    const ids = ['4f3c2b1a-0d9e-4f8a-b7c6-5e4d3c2b1a09', '5f3c2b1a-0d9e-4f8a-b7c6-5e4d3c2b1a09', '6f3c2b1a-0d9e-4f8a-b7c6-5e4d3c2b1a09'];
    expect(await report('names 1', [named(ids[0] as string, 1), named(ids[1] as string, 1), named(ids[0] as string, 2)])).toMatchObject({
      results: 3,
      newTests: 2,
    });
    expect(await report('names 2', [named(ids[2] as string, 1)])).toMatchObject({ results: 1, newTests: 0 });
    expect(await data('member', '{ tests(filter: { name: { startsWith: "order" } }) { nodes { name } } }')).toEqual({
      tests: { nodes: [{ name: 'order <uuid> is made' }, { name: 'order <uuid> is made' }] },
    });
  });

  test('keeps every result and attempt, and an execution once', async () => {
    const { runId } = await report('kept', [retried('a'), failed('b', 'Kept', { durationMs: 7 }), passed('b')]);
    const { testRun } = await data(
      'analyst',
      `{ testRun(id: "${runId}") { passedCount failedCount flakyCount
        results(orderBy: [PRIMARY_KEY_ASC]) { nodes { test { name } executionId attempt isFinal outcome durationMs } } } }`,
    );
    expect(testRun).toMatchObject({ passedCount: 2, failedCount: 1, flakyCount: 1 });
    expect(testRun.results.nodes.map((node: { test: { name: string } }) => ({ ...node, test: node.test.name }))).toEqual(
      expect.arrayContaining([
        { test: 'a', executionId: '1', attempt: 1, isFinal: false, outcome: 'FAILED', durationMs: '3' },
        { test: 'a', executionId: '1', attempt: 2, isFinal: true, outcome: 'PASSED', durationMs: null },
        { test: 'b', executionId: '1', attempt: 1, isFinal: true, outcome: 'FAILED', durationMs: '7' },
        { test: 'b', executionId: '2', attempt: 1, isFinal: true, outcome: 'PASSED', durationMs: null },
      ]),
    );
    // Again in another report of the run: what is there is left as it is.
    const again = await report('kept', [passed('b', { executionId: '1' }), passed('b', { executionId: '3' })], { reportId: 'again' });
    expect(again).toMatchObject({ results: 1, alreadyStored: 1, passed: 1 });
  });
});
