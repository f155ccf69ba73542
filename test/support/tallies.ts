import { inTransaction } from '../../src/database/connection.ts';
import type { TestDatabase } from './database.ts';
import type { FixtureOrganization } from './fixture.ts';

class RolledBack extends Error {}

/** What is counted of an organization as it is kept, and as `recount_tallies` finds it in the rows; nothing is changed. */
export async function keptAndRecounted(
  { operator }: TestDatabase,
  { id, home }: FixtureOrganization,
): Promise<readonly [unknown[], unknown[]]> {
  const sums = async () =>
    (
      await operator.query(
        `select 'project' as of, project_id::text as which, counted, sum(amount)::text as amount from ${home}.project_tallies
         where organization_id = $1 group by 2, 3 having sum(amount) <> 0
         union all
         select 'person', person_id::text, counted, sum(amount)::text from ${home}.person_tallies
         where organization_id = $1 group by 2, 3 having sum(amount) <> 0
         union all
         select 'day', day::text, severity, format('%s %s %s', sum(opened), sum(resolved), sum(occurrences)) from ${home}.day_tallies
         where organization_id = $1 group by 2, 3 having (sum(opened), sum(resolved), sum(occurrences)) <> (0, 0, 0)
         union all
         select 'test', test_id::text, project_id::text, format('%s %s', times, round(heat::numeric, 6)) from ${home}.test_flakiness where organization_id = $1
         order by 1, 2, 3`,
        [id],
      )
    ).rows;
  let both: readonly [unknown[], unknown[]] = [[], []];
  await inTransaction(operator, async () => {
    await operator.query('select app_private.work_for($1)', [id]);
    await operator.query(`lock table ${home}.defects, ${home}.deployments, ${home}.maintenance_requests in share mode`);
    const kept = await sums();
    await operator.query(`select ${home}.recount_tallies()`);
    both = [kept, await sums()];
    throw new RolledBack();
  }).catch((error: unknown) => {
    if (!(error instanceof RolledBack)) throw error;
  });
  return both;
}
