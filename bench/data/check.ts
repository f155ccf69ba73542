import pg from 'pg';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { connectionOptions } from '../../src/database/connection.ts';
import { localEncryptionKey } from '../../src/database/encryption-key.ts';
import type { BaseRole } from '../../src/database/identity.ts';
import { KeyEnvelopes } from '../../src/database/key-envelopes.ts';
import type { DataOrganization } from './data-set.ts';
import type { Progress } from './progress.ts';

/** What each role must see of a stack trace: clear, without its secrets, or a token. */
const TRACES: Readonly<Partial<Record<BaseRole, (trace: string) => boolean>>> = {
  admin: (trace) => trace.includes('https://build:') && trace.includes('?signature='),
  developer: (trace) => trace.includes('https://<credentials>@') && !trace.includes('https://build:'),
  auditor: (trace) => /^masked:[0-9a-f]{32}$/.test(trace),
};

/**
 * Asks the database through the API's own login, in every organization as several roles: as many defects as were meant to be,
 * counters that agree with rows, and traces that can be read by whom they may be read.
 *
 * @throws Error naming the first organization of which that is not so.
 */
export async function checkDataSet(
  apiUrl: string,
  operator: pg.Client,
  directory: string,
  organizations: readonly DataOrganization[],
  progress: Progress,
): Promise<void> {
  const api = new pg.Client(connectionOptions(apiUrl));
  await api.connect();
  try {
    const keys = new KeyEnvelopes(api, localEncryptionKey({ DATA_DIR: directory, ENCRYPTION_KEY: undefined }));
    for (const organization of organizations) {
      await checkOrganization(api, keys, organization);
      progress.add(1);
    }
    const hidden = await operator.query<{ n: string }>('select count(*) as n from app.defects');
    const shared = organizations.filter(({ home }) => home === 'app').reduce((sum, { defects }) => sum + defects, 0);
    expectSame('the shared tables', 'defects', Number(hidden.rows[0]?.n), shared);
  } finally {
    await api.end();
  }
}

async function checkOrganization(api: pg.Client, keys: KeyEnvelopes, organization: DataOrganization): Promise<void> {
  const { slug, principals } = organization;
  await asPrincipal(api, keys, principals.admin, async () => {
    const one = async (text: string) => ((await api.query<string[]>({ text, rowMode: 'array' })).rows[0] ?? []).map(Number);
    const [defects, occurrences] = await one('select count(*), sum(occurrence_count) from defects');
    expectSame(slug, 'defects', defects, organization.defects);
    expectSame(slug, 'occurrences', (await one('select count(*) from defect_occurrences'))[0], occurrences);
    const stats = await one('select sum(opened), sum(occurrences) from defect_daily_stats');
    expectSame(slug, 'defects opened, by day', stats[0], defects);
    expectSame(slug, 'occurrences, by day', stats[1], occurrences);
    const [open] = await one("select count(*) from defects where status in ('open', 'triaged', 'in_progress')");
    const summed = await one(
      'select sum(open_low_defects + open_medium_defects + open_high_defects + open_critical_defects) from project_summary_view',
    );
    expectSame(slug, 'open defects, by project', summed[0], open);
    expectSame(slug, 'defects opened, of all projects', (await one('select sum(opened) from day_tallies'))[0], defects);
    const [failed, passed, flaky] = await one(
      'select sum(failed_count + errored_count), sum(passed_count), sum(flaky_count) from test_runs',
    );
    const results = await one(
      "select count(*) filter (where is_final and outcome <> 'passed'), count(*) filter (where outcome = 'passed'), count(*) filter (where not is_final) from test_results",
    );
    expectSame(slug, 'failed results', results[0], failed);
    expectSame(slug, 'failed results and occurrences', failed, occurrences);
    expectSame(slug, 'passed results', results[1], passed);
    expectSame(slug, 'attempts before the last', results[2], flaky);
    expectSame(slug, 'times that tests were flaky', (await one('select coalesce(sum(times), 0) from test_flakiness'))[0], flaky);
    expectSame(slug, 'flakes', (await one('select count(*) from test_flakes'))[0], flaky);
  });
  for (const [role, isRight] of Object.entries(TRACES)) {
    await asPrincipal(api, keys, principals[role as BaseRole], async () => {
      const { rows } = await api.query<{ trace: string; details: string; explanation: string }>(
        `select defects_stack_trace(d) as trace, defects_failure_details(d) as details, defects_fingerprint_explanation(d) as explanation
         from defects as d where id = $1`,
        [organization.sampleDefectIds[0]],
      );
      const trace = rows[0]?.trace ?? '';
      if (!isRight(trace)) throw new Error(`The stack trace of a defect of ${slug} is wrong for the role ${role}: ${trace.slice(0, 200)}`);
    });
  }
}

function expectSame(where: string, what: string, found: number | undefined, expected: number | undefined): void {
  if (found !== expected) throw new Error(`Of ${what} there are ${found} in ${where}, where there should be ${expected}.`);
}
