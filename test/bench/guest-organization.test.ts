import { expect, inject, test } from 'vitest';
import type { DataSet } from '../../bench/data/data-set.ts';
import { PROJECTS, withGuest } from '../../bench/guest-organization.ts';
import { reportedResults } from '../../bench/load/reports.ts';
import { prepared, SqlReporter } from '../../bench/measure/ingest.ts';
import { useDatabase } from '../support/database.ts';

const database = useDatabase();

/** How many rows each table has that belong to an organization, by table; the audit trail lets nothing be deleted. */
async function rowsByTable(): Promise<Record<string, number>> {
  const { rows } = await database.operator.query<{ name: string; count: number }>(
    `select c.oid::regclass::text as name, (xpath('/row/count/text()',
        query_to_xml(format('select count(*) from %s', c.oid::regclass), false, true, '')))[1]::text::int as count
     from pg_class as c join pg_attribute as a on a.attrelid = c.oid
     where c.relnamespace in ('app'::regnamespace, 'app_private'::regnamespace) and c.relkind = 'r'
       and a.attname = 'organization_id' and not a.attisdropped and c.oid <> 'app.audit_logs'::regclass`,
  );
  return Object.fromEntries(rows.map(({ name, count }) => [name, count]));
}

test('what a guest has reported is gone with it, and nothing of others', async () => {
  const data = {
    apiUrl: database.url,
    operatorUrl: database.operatorUrl,
    directory: inject('dataDirectory'),
    token: async () => 'none is needed',
  } as unknown as DataSet;
  const before = await rowsByTable();
  const report = async (name: string) =>
    withGuest(data, async (principal) => {
      const reporter = await SqlReporter.open(data, principal);
      const results = [...reportedResults({ name, results: 20, failing: 5, unknown: 2 })];
      await reporter.report(await prepared({ project: PROJECTS[1], runKey: name }, results), 20).finally(() => reporter.close());
      const rows = await rowsByTable();
      expect([rows['app.test_results'], rows['app.defects']]).toEqual([
        (before['app.test_results'] as number) + 20,
        (before['app.defects'] as number) + 4,
      ]);
      if (name === 'fails') throw new Error('as a measurement may');
    });
  await report('first');
  expect(await rowsByTable()).toEqual(before);
  await expect(report('fails')).rejects.toThrow('as a measurement may');
  expect(await rowsByTable()).toEqual(before);
  const { rows } = await database.operator.query("select count(*)::int as count from app.organizations where slug = 'bench_guest'");
  expect(rows).toEqual([{ count: 0 }]);
});
