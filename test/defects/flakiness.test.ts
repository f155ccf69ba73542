import { describe, expect, inject, test } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { failed, passed, reporter, retried } from './reporting.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const today = new Date().toISOString().slice(0, 10);

describe.each([acme, globex])('flakiness in $slug', (organization) => {
  const { report, data } = reporter(server, organization);
  const flakiness = async (name: string) =>
    (await data('member', `{ tests(filter: { name: { equalTo: "${name}" } }) { nodes { flakiness { score reasons } } } }`)).tests.nodes[0]
      .flakiness;

  test('is none of a test that passes, or fails', async () => {
    await report('steady 1', [passed('steady'), failed('broken', 'Broken')], { commitSha: 'a'.repeat(40) });
    await report('steady 2', [passed('steady'), failed('broken', 'Broken')], { commitSha: 'a'.repeat(40) });
    expect(await flakiness('steady')).toEqual({ score: 0, reasons: [] });
    expect(await flakiness('broken')).toEqual({ score: 0, reasons: [] });
  });

  test('shows in a pass after a failed attempt, half as much after two weeks, and no more after 90 days', async () => {
    const receipt = await report('retry 1', [retried('retry'), passed('other')]);
    expect(receipt).toMatchObject({ verdict: 'FLAKY', flakyTests: 1, flaky: [{ name: 'retry', score: 0.5 }], defects: [] });
    expect(await flakiness('retry')).toEqual({ score: 0.5, reasons: [`Passed after a failed attempt once, last on ${today}.`] });
    await report('retry 2', [retried('retry')]);
    expect((await flakiness('retry')).score).toBe(0.75);
    const age = (days: number) =>
      database.operator.query(
        `with identity as (select app_private.work_for($2))
         update ${organization.home}.test_flakes as f set occurred_at = now() - make_interval(days => $1)
         from identity, ${organization.home}.tests as t where t.id = f.test_id and t.name = 'retry'`,
        [days, organization.id],
      );
    await age(14);
    expect((await flakiness('retry')).score).toBe(0.5);
    await age(91);
    expect(await flakiness('retry')).toEqual({ score: 0, reasons: [] });
  });

  test('orders the flakiest tests by their scores, without those of 90 days ago', async () => {
    for (const [names, daysAgo] of [
      [['rank b', 'rank d'], 0],
      [['rank a', 'rank b'], 10],
      [['rank a', 'rank c'], 30],
      [['rank gone'], 91],
    ] as const) {
      const startedAt = new Date(Date.now() - daysAgo * 86_400_000).toISOString();
      await report(`rank ${daysAgo}`, names.map(retried), { startedAt });
    }
    for (const argument of ['', `(projectId: "${organization.project}")`]) {
      const { flakiestTests } = await data('member', `{ flakiestTests${argument} { nodes { name flakiness { score } } } }`);
      const ranked = flakiestTests.nodes.filter(({ name }: { name: string }) => name.startsWith('rank'));
      expect(ranked.map(({ name }: { name: string }) => name)).toEqual(['rank b', 'rank d', 'rank a', 'rank c']);
      const scores = flakiestTests.nodes.map(({ flakiness: { score } }: { flakiness: { score: number } }) => score);
      expect(scores).toEqual([...scores].sort((one, other) => other - one));
    }
    expect(await flakiness('rank gone')).toEqual({ score: 0, reasons: [] });
  });

  test('shows in a pass and a failure on one commit, whichever comes first, in the same shard and execution only', async () => {
    const on = (commitSha: string, shard = '') => ({ commitSha: commitSha.repeat(40), shard });
    await report('commit 1', [passed('commit up'), failed('commit down', 'Down')], on('b'));
    const receipt = await report('commit 2', [failed('commit up', 'Up'), passed('commit down')], on('b'));
    const reason = `Passed and failed on the same commit once, last on ${today}.`;
    expect(await flakiness('commit up')).toEqual({ score: 0.5, reasons: [reason] });
    expect(await flakiness('commit down')).toEqual({ score: 0.5, reasons: [reason] });
    // It failed as it never had, so that is what counts; from then on it is known to be flaky.
    expect(receipt).toMatchObject({ verdict: 'NEW', flaky: [{ name: 'commit up' }] });
    expect(await report('commit 3', [failed('commit up', 'Up')], on('b'))).toMatchObject({
      verdict: 'FLAKY',
      defects: [{ state: 'KNOWN' }],
    });
    // The same commit once more is no more than that.
    expect((await flakiness('commit up')).score).toBe(0.5);

    // A part that was repeated, where CI counts no attempts.
    await report('repeated', [passed('repeated')], on('9', 'unit 1/3 #4711'));
    await report('repeated', [failed('repeated', 'Repeated')], on('9', 'unit 1/3 #4712'));
    expect((await flakiness('repeated')).score).toBe(0.5);

    await report('apart 1', [passed('apart')], on('c', 'linux'));
    await report('apart 2', [failed('apart', 'Apart')], on('c', 'windows'));
    await report('apart 3', [passed('apart', { executionId: 'chromium' })], on('d'));
    await report('apart 4', [failed('apart', 'Apart', { executionId: 'firefox' })], on('d'));
    await report('apart 5', [failed('apart', 'Apart')], on('e'));
    expect((await flakiness('apart')).score).toBe(0);
  });

  test('is not made of what an infrastructure failure shows', async () => {
    const all = (outcome: 'passed' | 'failed') =>
      Array.from({ length: 10 }, (_, n) => (outcome === 'passed' ? passed(`infra ${n}`) : failed(`infra ${n}`, 'Infra')));
    await report('infra 1', all('failed'), { commitSha: 'f'.repeat(40) });
    await report('infra 2', all('passed'), { commitSha: 'f'.repeat(40) });
    expect((await flakiness('infra 1')).score).toBe(0);
  });

  test('orders tests: the flakiest first, of a project or of all', async () => {
    for (let n = 0; n < 4; n += 1) await report(`most ${n}`, [retried('most')]);
    const names = async (projectId: string | null) =>
      (
        await data('developer', 'query ($id: UUID) { flakiestTests(first: 2, projectId: $id) { nodes { name flakiness { score } } } }', {
          id: projectId,
        })
      ).flakiestTests.nodes;
    expect((await names(organization.project))[0]).toMatchObject({ name: 'most', flakiness: { score: expect.closeTo(0.938, 2) } });
    expect(await names(null)).toHaveLength(2);
    expect((await names(organization.otherProject)).map(({ name }: { name: string }) => name)).toEqual(['totals are right']);
  });
});
