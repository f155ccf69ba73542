import type pg from 'pg';
import { asPrincipal } from '../src/database/as-principal.ts';
import { withClient } from '../src/database/connection.ts';
import type { Principal } from '../src/database/identity.ts';
import type { KeyEnvelopes } from '../src/database/key-envelopes.ts';

const ROUNDS = 9;
const REQUESTS = 100;

/** What is written, and how many times a round. */
const WRITES: readonly (readonly [string, string, number])[] = [
  ['a deployment that CI starts', "select start_deployment('project-7', gen_random_uuid()::text, 'production')", REQUESTS],
  [
    "an engineer's deployment",
    "insert into deployments (project_id, version, environment) select id, '1', 'staging' from projects where slug = 'project-7'",
    REQUESTS,
  ],
  ['a request for somebody', "insert into maintenance_requests (title, assigned_to) select 'One', id from people limit 1", REQUESTS],
  [
    'a request handed over',
    `update maintenance_requests set assigned_to = (select id from people order by random() limit 1)
     where id = (select id from maintenance_requests order by id desc limit 1)`,
    REQUESTS,
  ],
  [
    '1,000 requests for 100 people at once',
    `insert into maintenance_requests (title, assigned_to)
     select 'Bulk', p.ids[1 + n % cardinality(p.ids)] from generate_series(1, 1000) as n, (select array_agg(id) as ids from people) as p`,
    3,
  ],
];

/** Prints what each write takes with the triggers that keep tallies and without them, in rounds that alternate. */
export async function compareWrites(client: pg.Client, keys: KeyEnvelopes, engineer: Principal, operatorUrl: string): Promise<void> {
  await withClient(operatorUrl, async (operator) => {
    const switchTriggers = async (to: 'enable' | 'disable') => {
      for (const table of ['deployments', 'maintenance_requests'])
        for (const event of ['insert', 'update', 'delete'])
          await operator.query(`alter table app.${table} ${to} trigger _410_tally_${event}`);
    };
    for (const [what, text, requests] of WRITES) {
      const as: Principal = what.includes('CI') ? { ...engineer, role: 'ci', userId: null, actor: 'bench' } : engineer;
      const times: Record<'enable' | 'disable', number[]> = { enable: [], disable: [] };
      for (let round = -1; round < ROUNDS; round += 1) {
        for (const way of ['enable', 'disable'] as const) {
          await switchTriggers(way);
          const began = performance.now();
          for (let n = 0; n < requests; n += 1) await asPrincipal(client, keys, as, () => client.query(text));
          // The first round warms up.
          if (round >= 0) times[way].push((performance.now() - began) / requests);
        }
      }
      const [counted, plain] = [median(times.enable), median(times.disable)];
      console.log(`${what}: ${counted.toFixed(2)} ms, ${plain.toFixed(2)} without tallies, ×${(counted / plain).toFixed(2)}`);
    }
    await switchTriggers('enable');
  });
}

function median(times: number[]): number {
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] as number;
}
