import { expect, inject, test } from 'vitest';
import { Deadline, withRetries } from '../../src/agent/retry.ts';
import { sendReport } from '../../src/agent/send-report.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { sampleReport } from './sample-report.ts';

const { globex } = inject('fixture');
const database = useDatabase();
// As a server has it by default.
const server = useServer(database, { DATABASE_POOL_SIZE: '20' });
const AGENTS = 100;
const RESULTS = 100;

test(`${AGENTS} agents at once, of the same tests and failures: all are stored, exactly`, async () => {
  const token = await server.token(persona(globex, 'ci'));
  const results = Buffer.from(
    JSON.stringify(
      Array.from({ length: RESULTS }, (_, n) => ({
        name: `test ${n}`,
        suite: 'many agents',
        executionId: '1',
        outcome: n % 5 === 0 ? 'FAILED' : 'PASSED',
        ...(n % 5 === 0 ? { failure: { type: `Many${String.fromCharCode(65 + n / 5)}`, message: 'of many', details: '' } } : {}),
      })),
    ),
  );
  const deadline = new Deadline(120_000);
  const receipts = await Promise.all(
    Array.from({ length: AGENTS }, (_, n) => {
      const report = {
        ...sampleReport(`agent ${n}`),
        project: 'shop',
        runKey: `agent ${n}`,
        commitSha: 'abcdef1',
        isInfrastructureFailure: false,
        results,
      };
      return withRetries((patience) => sendReport({ server: new URL(server.url), organization: null }, token, report, patience), {
        deadline,
        onWait: () => {},
      });
    }),
  );
  expect(receipts.filter(({ results: stored, failed }) => stored === RESULTS && failed === RESULTS / 5)).toHaveLength(AGENTS);
  expect(receipts.reduce((sum, { newDefects }) => sum + newDefects, 0)).toBe(RESULTS / 5);
  const { rows } = await database.operator.query(
    `select (select count(*)::int from tenant_globex.test_results as r join tenant_globex.test_runs as t on t.id = r.test_run_id where t.run_key like 'agent %') as results,
       (select array_agg(distinct occurrence_count) from tenant_globex.defects where error_type like 'Many%') as occurrences,
       (select count(*)::int from tenant_globex.defects where error_type like 'Many%') as defects`,
  );
  expect(rows).toEqual([{ results: AGENTS * RESULTS, occurrences: [AGENTS], defects: RESULTS / 5 }]);
}, 180_000);
