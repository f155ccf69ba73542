import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { persona, useDatabase } from '../support/database.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const digest = (text: string) => createHash('sha256').update(text).digest('hex');

/** What became of one execution of a test, with everything that differs between two of the same fingerprint. */
interface Execution {
  readonly run: string;
  readonly shard: string;
  readonly test: string;
  readonly executionId: string;
  readonly failure: string | null;
  readonly minute: number;
  readonly retried: boolean;
  readonly severity: string;
}

const execution: fc.Arbitrary<Execution> = fc.record({
  run: fc.constantFrom('r1', 'r2', 'r3'),
  shard: fc.constantFrom('', '1'),
  test: fc.constantFrom('a', 'b', 'c'),
  executionId: fc.constantFrom('1', '2'),
  failure: fc.constantFrom(null, 'x', 'y'),
  // Over midnight, and many at the same time.
  minute: fc.constantFrom(0, 0, 1, 1_439, 1_440),
  retried: fc.boolean(),
  severity: fc.constantFrom('low', 'high'),
});
const key = ({ run, shard, test, executionId }: Execution) => [run, shard, test, executionId].join('/');
const executions = fc.uniqueArray(execution, { selector: key, minLength: 4, maxLength: 16 });

interface Report {
  readonly run: string;
  readonly shard: string;
  readonly id: string;
  readonly executions: readonly Execution[];
}

/** The executions in reports of at most so many results, one run and shard each. */
function reports(all: readonly Execution[], size: number): Report[] {
  return [...Map.groupBy(all, ({ run, shard }) => `${run}/${shard}`)].flatMap(([name, some]) =>
    Array.from({ length: Math.ceil(some.length / size) }, (_, n) => ({
      ...(some[0] as Execution),
      id: `${name}/${size}/${n}`,
      executions: some.slice(n * size, (n + 1) * size),
    })),
  );
}

describe.each([{ organization: acme }, { organization: globex }])('what is stored of reports in $organization.slug', ({ organization }) => {
  let rounds = 0;

  /** Sends reports in a world of their own: other names, and days that nobody else has. */
  async function stored(sent: readonly Report[]): Promise<{ results: unknown[] | null }> {
    rounds += 1;
    const world = `${organization.slug}${rounds}-`;
    const began = Date.UTC(1971, 0, 1 + 3 * rounds);
    const at = (minute: number) => new Date(began + minute * 60_000).toISOString();
    for (const { run, shard, id, executions: some } of sent) {
      const results = some.map(({ test: name, failure, executionId, minute, retried, severity, ...one }) => ({
        name: world + name,
        executionId,
        startedAt: at(minute),
        severity,
        attempts: retried ? [{ outcome: 'errored', durationMs: 5 }] : [],
        outcome: failure === null ? 'passed' : 'failed',
        ...(failure === null
          ? {}
          : {
              fingerprint: digest(world + failure),
              title: `${world}${failure} as ${key({ test: name, failure, executionId, minute, retried, severity, ...one })}`,
              failureDetails: key({ test: name, failure, executionId, minute, retried, severity, ...one }),
            }),
      }));
      await asPrincipal(database.api, database.keys, persona(organization, 'ci'), () =>
        database.api.query('select report_test_run($1::json)', [
          JSON.stringify({
            project: 'shop',
            runKey: world + run,
            shard,
            reportId: world + id,
            // Two runs of one commit, and one of another.
            commitSha: run === 'r3' ? 'c'.repeat(7) : digest(world).slice(0, 40),
            isInfrastructureFailure: false,
            results,
          }),
        ]),
      );
    }
    const { rows } = await database.operator.query(
      `select
         (select jsonb_agg(to_jsonb(t) - array['id', 'organization_id', 'created_at', 'updated_at'] order by run_key, shard)
            from $home.test_runs as t where starts_with(run_key, $1)) as runs,
         (select jsonb_agg(jsonb_build_array(t.run_key, t.shard, n.name, r.execution_id, r.attempt, r.is_final, r.outcome, r.occurred_at)
              order by t.run_key, t.shard, n.name, r.execution_id, r.attempt)
            from $home.test_results as r join $home.test_runs as t on t.id = r.test_run_id join $home.tests as n on n.id = r.test_id
            where starts_with(t.run_key, $1)) as results,
         (select jsonb_agg(jsonb_build_array(n.name, f.reason, f.commit_sha, f.occurred_at) order by n.name, f.reason, f.occurred_at, f.commit_sha = 'ccccccc')
            from $home.test_flakes as f
            join $home.tests as n on n.id = f.test_id where starts_with(n.name, $1)) as flakes,
         (select jsonb_agg(jsonb_build_array(d.title, d.severity, d.status, d.occurrence_count, d.first_seen_at, d.last_seen_at, f.run_key, f.shard,
              l.run_key, l.shard, n.name, split_part(d.failure_details, '.', 3), d.version) order by d.title)
            from $home.defects as d join $home.tests as n on n.id = d.test_id join $home.test_runs as f on f.id = d.first_run_id
            join $home.test_runs as l on l.id = d.last_run_id where starts_with(d.title, $1)) as defects,
         (select jsonb_agg(jsonb_build_array(d.title, n.name, t.run_key, t.shard, o.occurred_at) order by d.title, n.name, t.run_key, t.shard, o.occurred_at)
            from $home.defect_occurrences as o join $home.defects as d on d.id = o.defect_id join $home.tests as n on n.id = o.test_id
            join $home.test_runs as t on t.id = o.test_run_id where starts_with(d.title, $1)) as occurrences,
         (select jsonb_agg(jsonb_build_array(s.day, s.severity, s.opened, s.occurrences) order by s.day, s.severity)
            from $home.defect_daily_stats as s where s.day between $2::date and $2::date + 2 and (s.opened, s.occurrences) <> (0, 0)) as days`.replaceAll(
        '$home',
        organization.home,
      ),
      [world, new Date(began).toISOString().slice(0, 10)],
    );
    // Into the same world, to be compared.
    return JSON.parse(
      JSON.stringify(rows[0])
        .replaceAll(world, '')
        .replaceAll(/"(\d{4}-\d\d-\d\d)(T[^"]*)?"/g, (_, day, time) =>
          JSON.stringify([(Date.parse(day) - began) / 86_400_000, time ?? '']),
        ),
      (_, value) => (/^[0-9a-f]{40}$/.test(value) ? 'commit' : value),
    );
  }

  test('is the same whatever the order, the number of times and the parts in which they come', async () => {
    const scenario = executions.chain((all) => {
      const some = [...reports(all, 16), ...reports(all, 2), ...reports(all, 1)];
      return fc.tuple(
        fc.constant(all),
        // What is lost is sent again: each execution at least once, in parts of one size.
        fc.tuple(fc.constantFrom(16, 2, 1), fc.array(fc.constantFrom(...some), { maxLength: 10 })).chain(([size, more]) => {
          const all_ = [...reports(all, size), ...more];
          return fc.shuffledSubarray(all_, { minLength: all_.length });
        }),
      );
    });
    await fc.assert(
      fc.asyncProperty(scenario, async ([all, sent]) => {
        const expected = await stored(reports(all, 16));
        expect(expected.results).not.toHaveLength(0);
        expect(await stored(sent)).toEqual(expected);
      }),
      { numRuns: 40, endOnFailure: true },
    );
  }, 240_000);
});
