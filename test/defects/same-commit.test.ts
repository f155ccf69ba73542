import { describe, expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { persona, useDatabase } from '../support/database.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const RESULTS = 4_000;
const FAILING = 5;

/** Results of ten runs, which are all that statistics know of. */
async function otherRuns({ id, home, project }: typeof acme): Promise<void> {
  const { operator } = database;
  await operator.query(`alter table ${home}.test_results set (autovacuum_enabled = off)`);
  await operator.query('begin');
  // Of tests that nobody has asked for: without triggers and foreign keys.
  await operator.query('set local session_replication_role = replica');
  await operator.query(
    `insert into ${home}.test_results (organization_id, project_id, test_run_id, test_id, execution_id, attempt, is_final, outcome, occurred_at)
     select $1, $2, md5((n % 10)::text)::uuid, md5(n::text)::uuid, '1', 1, true, 'passed', now() from generate_series(1, 30000) as n`,
    [id, project],
  );
  await operator.query('commit');
  await operator.query(`analyze ${home}.test_results`);
}

/** How long a run is stored in, in milliseconds; its failures are those of every such run. */
async function storing(organization: typeof acme, runKey: string, commitSha: string): Promise<number> {
  const results = Array.from({ length: RESULTS }, (_, n) => ({
    name: `large ${n}`,
    outcome: n % FAILING === 0 ? 'failed' : 'passed',
    ...(n % FAILING === 0 ? { fingerprint: (n % 10).toString(16).padStart(64, '0'), title: `Large ${n % 10}` } : {}),
  }));
  const report = JSON.stringify({ project: 'shop', runKey, commitSha, isInfrastructureFailure: false, results });
  const began = performance.now();
  await asPrincipal(database.api, database.keys, persona(organization, 'ci'), () =>
    database.api.query('select report_test_run($1::json)', [report]),
  );
  return performance.now() - began;
}

describe.each([acme, globex])('a large run in $slug', (organization) => {
  // Where the statistics know nothing of an earlier run, a plan that compares each result with each takes some ten times as long.
  test('is stored about as fast on a commit that was tested before as on another', async () => {
    await otherRuns(organization);
    await storing(organization, 'large 1', 'a'.repeat(40));
    const other = await storing(organization, 'large 2', 'b'.repeat(40));
    const same = await storing(organization, 'large 3', 'a'.repeat(40));
    expect(same / other).toBeLessThan(3);
  }, 60_000);
});
