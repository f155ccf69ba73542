// What a page of 50 of each operations view costs beside a million deployments and a million maintenance requests, under the
// API's login and as an engineer, against the same view as it is written first: all tables joined and the rows told apart again.
// And what who writes pays for it: the same with the triggers that keep tallies, and without.
//
//   npm run -s bench:operations [-- <rows>]
import '../src/graphile-env.ts';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { asPrincipal } from '../src/database/as-principal.ts';
import { connectionOptions, inTransaction, withClient } from '../src/database/connection.ts';
import { databaseUrls } from '../src/database/development.ts';
import { localEncryptionKey } from '../src/database/encryption-key.ts';
import { ANONYMOUS, type Principal } from '../src/database/identity.ts';
import { KeyEnvelopes } from '../src/database/key-envelopes.ts';
import { createOrganization } from '../src/database/organizations.ts';
import { compareWrites } from './operation-writes.ts';
import { ready, serve, stop } from './served.ts';

const PROJECTS = 1_000;
const ENGINEERS = 100;
const OTHERS = 10;
const ROUNDS = 15;
/** A naive page that takes longer is given up. */
const PATIENCE_S = 60;

const SUMMARY =
  'id, name, total_deployments, successful_deployments, last_deployed_at, total_maintenance_requests, open_maintenance_requests';
const ENGINEER = 'id, name, assigned_requests, unfinished_assigned_requests, total_deployments, last_deployed_at';

/** Joined at once, so that each deployment stands beside each request; the counts are right, by distinct. */
const FAN_OUT = {
  project_summary_view: `select p.id, p.name, count(distinct d.id)::integer as total_deployments,
      (count(distinct d.id) filter (where d.status = 'success'))::integer as successful_deployments, max(d.deployed_at) as last_deployed_at,
      count(distinct m.id)::integer as total_maintenance_requests,
      (count(distinct m.id) filter (where m.status = 'open'))::integer as open_maintenance_requests
    from projects as p
    left join deployments as d on d.organization_id = p.organization_id and d.project_id = p.id
    left join maintenance_requests as m on m.organization_id = p.organization_id and m.project_id = p.id
    group by p.organization_id, p.id`,
  engineers_view: `select p.id, p.name, count(distinct m.id)::integer as assigned_requests,
      (count(distinct m.id) filter (where m.status in ('open', 'in_progress')))::integer as unfinished_assigned_requests,
      count(distinct d.id)::integer as total_deployments, max(d.deployed_at) as last_deployed_at
    from people as p
    join roles as r on r.name = p.role_name and r.base_role in ('admin', 'engineer')
    left join maintenance_requests as m on m.organization_id = p.organization_id and m.assigned_to = p.id
    left join deployments as d on d.organization_id = p.organization_id and d.deployed_by = p.id
    group by p.organization_id, p.id`,
};

/** Each table counted whole, then joined: right as well, and no row is multiplied. */
const PRE_AGGREGATED = {
  project_summary_view: `select p.id, p.name, coalesce(d.total, 0) as total_deployments, coalesce(d.successful, 0) as successful_deployments,
      d.last_at as last_deployed_at, coalesce(m.total, 0) as total_maintenance_requests, coalesce(m.open, 0) as open_maintenance_requests
    from projects as p
    left join (
      select project_id, count(*)::integer as total, (count(*) filter (where status = 'success'))::integer as successful, max(deployed_at) as last_at
      from deployments group by project_id
    ) as d on d.project_id = p.id
    left join (
      select project_id, count(*)::integer as total, (count(*) filter (where status = 'open'))::integer as open
      from maintenance_requests group by project_id
    ) as m on m.project_id = p.id`,
  engineers_view: `select p.id, p.name, coalesce(m.total, 0) as assigned_requests, coalesce(m.unfinished, 0) as unfinished_assigned_requests,
      coalesce(d.total, 0) as total_deployments, d.last_at as last_deployed_at
    from people as p
    join roles as r on r.name = p.role_name and r.base_role in ('admin', 'engineer')
    left join (
      select assigned_to, count(*)::integer as total, (count(*) filter (where status in ('open', 'in_progress')))::integer as unfinished
      from maintenance_requests group by assigned_to
    ) as m on m.assigned_to = p.id
    left join (select deployed_by, count(*)::integer as total, max(deployed_at) as last_at from deployments group by deployed_by) as d on d.deployed_by = p.id`,
};

const rows = Number(process.argv[2] ?? 1_000_000);
const directory = mkdtempSync(join(tmpdir(), 'defectxray-bench-'));
const server = serve(directory);
try {
  await ready(server);
  const config = { DATA_DIR: directory, DATABASE_URL: undefined, OPERATOR_DATABASE_URL: undefined };
  const { databaseUrl, operatorUrl } = databaseUrls(config);
  const engineer = await generate(operatorUrl as string, config);
  const client = new pg.Client(connectionOptions(databaseUrl as string));
  await client.connect();
  const keys = new KeyEnvelopes(client, localEncryptionKey({ DATA_DIR: directory, ENCRYPTION_KEY: undefined }));
  for (const [view, columns] of [
    ['project_summary_view', SUMMARY],
    ['engineers_view', ENGINEER],
  ] as const) {
    const page = (source: string) => `select ${columns} from ${source} as v order by name, id limit 50`;
    const measured = (source: string, rounds: number) => measure(client, keys, engineer, page(source), rounds);
    const ours = await measured(view, ROUNDS);
    const aggregated = await measured(`(${PRE_AGGREGATED[view]})`, 3);
    const joined = await measured(`(${FAN_OUT[view]})`, 1);
    if (aggregated.rows !== ours.rows) throw new Error(`${view} differs from what is counted whole.`);
    if (joined.rows !== null && joined.rows !== ours.rows) throw new Error(`${view} differs from what is joined.`);
    console.log(`${view}, page of 50: ${ours.ms.toFixed(1)} ms (median of ${ROUNDS})`);
    console.log(`  each table counted whole: ${aggregated.ms.toFixed(0)} ms, ×${(aggregated.ms / ours.ms).toFixed(0)}`);
    const given = joined.rows === null ? `given up after ${PATIENCE_S} s, over ×` : `${joined.ms.toFixed(0)} ms, ×`;
    console.log(`  all tables joined: ${given}${(joined.ms / ours.ms).toFixed(0)}`);
  }
  await compareWrites(client, keys, engineer, operatorUrl as string);
  await client.end();
} finally {
  await stop(server);
  rmSync(directory, { recursive: true, force: true });
}

/** An organization with the rows, and others with a tenth of them together; gives one of its engineers. */
async function generate(operatorUrl: string, config: { DATA_DIR: string }): Promise<Principal> {
  const key = localEncryptionKey({ ...config, ENCRYPTION_KEY: undefined });
  const began = performance.now();
  const make = (slug: string, engineers: number) =>
    createOrganization(operatorUrl, key, {
      slug,
      name: slug,
      region: 'eu-central',
      isolation: 'shared',
      members: Array.from({ length: engineers }, (_, n) => ({
        email: `e${n}@${slug}.example`,
        name: `Engineer ${n}`,
        role: n === 0 ? 'admin' : 'engineer',
      })),
    });
  const { id } = await make('large', ENGINEERS);
  const others: string[] = [];
  for (let n = 0; n < OTHERS; n += 1) others.push((await make(`other_${n}`, 3)).id);
  return withClient(operatorUrl, async (client) => {
    await fill(client, id, PROJECTS, rows);
    for (const other of others) await fill(client, other, 20, rows / 10 / OTHERS);
    await client.query('vacuum analyze');
    const engineers = await client.query<{ id: string }>(
      "select id from app.people where organization_id = $1 and role_name = 'engineer' limit 1",
      [id],
    );
    console.log(
      `${rows} deployments and ${rows} requests of ${PROJECTS} projects beside others, made in ${Math.round((performance.now() - began) / 1_000)} s`,
    );
    const userId = engineers.rows[0]?.id ?? null;
    return { ...ANONYMOUS, role: 'engineer', organizationId: id, userId, actor: `user:${userId}` };
  });
}

async function fill(client: pg.Client, organization: string, projects: number, count: number): Promise<void> {
  await inTransaction(client, async () => {
    // Without triggers: rows of every state at once, and no audit trail of them.
    await client.query('set local session_replication_role = replica');
    await client.query(
      "insert into app.projects (organization_id, name, slug) select $1, 'Project ' || n, 'project-' || n from generate_series(1, $2::integer) as n",
      [organization, projects],
    );
    const ids = `(select (select array_agg(id) from app.projects where organization_id = $1) as projects,
      (select array_agg(id) from app.people where organization_id = $1) as people)`;
    const some = (array: string, n: string) => `${array}[1 + (${n}) % cardinality(${array})]`;
    await client.query(
      `insert into app.deployments (organization_id, project_id, version, environment, status, deployed_by, deployed_at)
       select $1, ${some('x.projects', 'n')}, n::text, 'production', (array['success', 'success', 'failed', 'rolled_back'])[1 + n % 4],
         ${some('x.people', 'n / 7')}, now() - n * interval '20 seconds'
       from generate_series(1, $2::integer) as n, ${ids} as x`,
      [organization, count],
    );
    await client.query(
      `insert into app.maintenance_requests (organization_id, project_id, title, status, due_date, assigned_to)
       select $1, ${some('x.projects', 'n')}, 'Request ' || n, (array['open', 'in_progress', 'completed', 'completed', 'cancelled'])[1 + n % 5],
         current_date + n % 365 - 180, ${some('x.people', 'n / 3')}
       from generate_series(1, $2::integer) as n, ${ids} as x`,
      [organization, count],
    );
    await client.query('select app_private.work_for($1)', [organization]);
    await client.query('select app.recount_tallies()');
  });
}

/** The median time of a statement in milliseconds, and its rows as text; null where it was given up. */
async function measure(
  client: pg.Client,
  keys: KeyEnvelopes,
  principal: Principal,
  text: string,
  rounds: number,
): Promise<{ ms: number; rows: string | null }> {
  const times: number[] = [];
  let found: string | null = null;
  for (let n = 0; n < rounds; n += 1) {
    const began = performance.now();
    let first = 0;
    try {
      await asPrincipal(client, keys, principal, async () => {
        await client.query(`set local statement_timeout = '${PATIENCE_S}s'`);
        first = performance.now();
        found = JSON.stringify((await client.query(text)).rows);
      });
    } catch (error) {
      if ((error as { code?: string }).code !== '57014') throw error;
      return { ms: performance.now() - (first || began), rows: null };
    }
    times.push(performance.now() - first);
  }
  return { ms: times.sort((a, b) => a - b)[Math.floor(times.length / 2)] as number, rows: found };
}
