import { describe, expect, inject, test } from 'vitest';
import { expectError } from '../http/answers.ts';
import { useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { failed, passed, reporter, retried } from './reporting.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const today = new Date().toISOString().slice(0, 10);
const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

describe.each([acme, globex])('the dashboard of $slug', (organization) => {
  const { ask, report, data } = reporter(server, organization);
  const trend = async (variables: object, role: 'member' | 'analyst' = 'member') =>
    (
      await data(
        role,
        'query ($id: UUID, $days: Int) { trend(projectId: $id, days: $days) { day severity opened resolved occurrences } }',
        { ...variables },
      )
    ).trend as { day: string; severity: string; opened: number; resolved: number; occurrences: number }[];

  test('shows each day of each severity, from daily counts', async () => {
    const before = await trend({ id: organization.project });
    expect(before).toHaveLength(120);
    expect(new Set(before.map(({ day }) => day)).size).toBe(30);
    const receipt = await report('trend', [
      failed('t a', 'TrendA', { severity: 'CRITICAL' }),
      failed('t b', 'TrendA'),
      failed('t c', 'TrendB', { startedAt: daysAgo(3) }),
    ]);
    await data(
      'developer',
      `mutation { updateDefect(input: { id: "${receipt.defects[0].id}", patch: { status: RESOLVED } }) { clientMutationId } }`,
    );
    const after = await trend({ id: organization.project });
    const changed = after.filter((row, n) => JSON.stringify(row) !== JSON.stringify(before[n]));
    expect(changed).toEqual([
      { day: daysAgo(3).slice(0, 10), severity: 'MEDIUM', opened: 1, resolved: 0, occurrences: 1 },
      { day: today, severity: 'CRITICAL', opened: 1, resolved: 1, occurrences: 2 },
    ]);
    expect(await trend({}, 'analyst')).toHaveLength(120);
    expect(await trend({ days: 2 })).toHaveLength(8);
    expect(await trend({ days: 100_000 })).toHaveLength(4 * 366);
    expect(await trend({ days: -5 })).toHaveLength(4);
    // Another project's, and another organization's.
    expect(
      (await trend({ id: organization.otherProject })).filter(({ severity, opened }) => severity === 'CRITICAL' && opened > 0),
    ).toEqual([]);
    const other = organization === acme ? globex : acme;
    expect((await trend({ id: other.project })).filter(({ occurrences }) => occurrences > 0)).toEqual([]);
    expectError(await ask('ci', '{ trend { day } }'), 'FORBIDDEN');
  });

  test('shows how each project does', async () => {
    const health = async () =>
      (
        await data(
          'analyst',
          `{ project(id: "${organization.project}") { health { openLow openMedium openHigh openCritical passRate runCount flakyTestCount lastRun { runKey verdict } } } }`,
        )
      ).project.health;
    const before = await health();
    await report('health 1', [failed('h a', 'HealthA', { severity: 'HIGH' }), retried('h b'), passed('h c')]);
    await report('health 0', [failed('h a', 'HealthA', { severity: 'HIGH' })], { startedAt: daysAgo(8) });
    const after = await health();
    expect(after).toMatchObject({
      openHigh: before.openHigh + 1,
      openMedium: before.openMedium,
      runCount: before.runCount + 1,
      flakyTestCount: before.flakyTestCount + 1,
      // What failed in it had failed before.
      lastRun: { runKey: 'health 1', verdict: 'KNOWN' },
    });
    const { rows } = await database.operator.query(
      `select sum(passed_count)::float / sum(passed_count + failed_count + errored_count) as rate from ${organization.home}.test_runs
       where project_id = $1 and started_at > now() - interval '7 days'`,
      [organization.project],
    );
    expect(after.passRate).toBeCloseTo(rows[0].rate, 9);
  });
});
