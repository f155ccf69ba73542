import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { inTransaction, withClient } from '../../src/database/connection.ts';
import { localEncryptionKey } from '../../src/database/encryption-key.ts';
import { checkDataSet } from './check.ts';
import { copyIn, Rows } from './copy-in.ts';
import { CONTENTS_FILE, type Contents, type DataOrganization } from './data-set.ts';
import { failuresKept } from './failures.ts';
import { dropIndexes, restoreIndexes } from './indexes.ts';
import { loadProjects } from './load.ts';
import type { DataKey } from './loader.ts';
import { makeOrganizations, type NewDataOrganization } from './organizations.ts';
import { preparePlace } from './place.ts';
import { type ProjectPlan, planProjects, SPAN_MS } from './plan.ts';
import { type Progress, startProgress } from './progress.ts';
import { startDataServer } from './server.ts';
import { ORGANIZATIONS } from './sizes.ts';

const SAMPLES = 200;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Makes the database of a data set in `place`, where nothing of an earlier one is left:
 *
 * - 200 organizations with keys, people of all roles and projects, by the functions that production uses; four have a schema of
 *   their own. The n-th largest has a share of 1/n of all defects (Zipf).
 * - Of each project tests, runs, results, defects and occurrences (five for each defect), daily counts, flakes, deployments and
 *   maintenance requests of half a year, made by a seeded generator in threads and loaded by COPY, without triggers: what those
 *   would have done is done by the generator. Titles, fingerprints and explanations are the product's own for the texts; the texts
 *   are encrypted with each organization's key. A stack trace has about 2 kB, and is shared by some dozens of defects in all.
 * - Left out: the audit trail and the events of all this; of results that passed there are half as many as of those that failed.
 *
 * Names, texts, numbers and their order follow from the seed; times go up to the present, and keys are new.
 *
 * @throws Error where the disk has too little room, or what the API answers does not agree with what was loaded.
 */
export async function makeDataSet(defects: number, place: string): Promise<void> {
  await preparePlace(defects, place);
  const began = performance.now();
  process.stderr.write(`Making ${defects.toLocaleString('en')} defects of ${ORGANIZATIONS} organizations in ${place}\n`);
  const now = Date.now();
  const server = await startDataServer(place, true);
  // At an exit the database is stopped; without a listener, a signal ends the process without one.
  const interrupted = () => process.exit(130);
  for (const signal of SIGNALS) process.once(signal, interrupted);
  try {
    const organizations = await step('Organizations', ORGANIZATIONS, 'organizations', (progress) =>
      makeOrganizations(server.operatorUrl, place, defects, progress),
    );
    const plans = planProjects(organizations, now);
    await withClient(server.operatorUrl, async (client) => {
      await insertProjects(client, plans, now);
      const indexes = await dropIndexes(client);
      const keys = await dataKeys(client, place, organizations);
      const data = { operatorUrl: server.operatorUrl, now, keys, failures: failuresKept(defects) };
      await step('Rows', rowsOf(defects), 'rows', (progress) => loadProjects(data, plans, progress));
      await step('Indexes', indexes.length, 'indexes', (progress) => restoreIndexes(server.operatorUrl, indexes, progress));
      await step('Tallies', organizations.length, 'organizations', (progress) => recountTallies(client, organizations, progress));
      await step('Statistics', 1, 'database', async (progress) => {
        await client.query('vacuum (analyze, parallel 2)');
        progress.add(1);
      });
      const described: DataOrganization[] = [];
      for (const organization of organizations) described.push(await describe(client, organization, plans));
      await step('Check', described.length, 'organizations', (progress) => checkDataSet(server.apiUrl, client, place, described, progress));
      const contents: Contents = { madeAt: new Date(now).toISOString(), defects, organizations: described };
      writeFileSync(join(place, CONTENTS_FILE), JSON.stringify(contents));
    });
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
    await server.stop();
  }
  process.stderr.write(`Made in ${Math.round((performance.now() - began) / 1_000)} s\n`);
}

async function step<T>(
  what: string,
  total: number,
  unit: string,
  work: (progress: ReturnType<typeof startProgress>) => Promise<T>,
): Promise<T> {
  const progress = startProgress(what, total, unit);
  const result = await work(progress);
  progress.end();
  return result;
}

/** What triggers would have kept as the rows came. */
async function recountTallies(client: pg.Client, organizations: readonly NewDataOrganization[], progress: Progress): Promise<void> {
  for (const { id, home } of organizations) {
    await inTransaction(client, async () => {
      await client.query('select app_private.work_for($1)', [id]);
      await client.query(`select ${home}.recount_tallies()`);
    });
    progress.add(1);
  }
}

/** About how many rows there are of so many defects, in all tables. */
function rowsOf(defects: number): number {
  return Math.round(defects * 14.8);
}

async function insertProjects(client: pg.Client, plans: readonly ProjectPlan[], now: number): Promise<void> {
  await client.query('set session_replication_role = replica');
  const made = new Date(now - SPAN_MS);
  for (const home of new Set(plans.map((plan) => plan.home))) {
    const rows = new Rows('projects', ['organization_id', 'id', 'owner_id', 'name', 'slug', 'repository_url', 'created_at', 'updated_at']);
    for (const plan of plans) {
      if (plan.home !== home) continue;
      const url = `https://git.example.com/${plan.slug}`;
      rows.add([plan.organizationId, plan.id, plan.workers[0] ?? null, plan.name, plan.slug, url, made, made]);
    }
    await copyIn(client, home, rows);
  }
  await client.query('reset session_replication_role');
}

async function dataKeys(client: pg.Client, place: string, organizations: readonly NewDataOrganization[]): Promise<Map<string, DataKey>> {
  const encryptionKey = localEncryptionKey({ DATA_DIR: place, ENCRYPTION_KEY: undefined });
  const keys = new Map<string, DataKey>();
  for (const { id } of organizations) {
    const { rows } = await client.query<{ key_version: number; wrapped_key: Buffer }>(
      'select key_version, wrapped_key from app_private.wrapped_keys($1) where organization_id = $1',
      [id],
    );
    const [row] = rows;
    if (row === undefined) throw new Error(`The organization ${id} has no data key.`);
    keys.set(id, { version: row.key_version, key: encryptionKey.unwrap(row.wrapped_key, id, row.key_version) });
  }
  return keys;
}

async function describe(
  client: pg.Client,
  { workers: _, ...organization }: NewDataOrganization,
  plans: readonly ProjectPlan[],
): Promise<DataOrganization> {
  const { rows } = await client.query<{ id: string }>(
    `select id from (
       select id, row_number() over (order by id) as n, count(*) over () as total from ${organization.home}.defects where organization_id = $1
     ) as d where n % greatest(1, total / $2) = 0 limit $2`,
    [organization.id, SAMPLES],
  );
  return {
    ...organization,
    sampleDefectIds: rows.map(({ id }) => id),
    projects: plans.filter((plan) => plan.organizationId === organization.id).map(({ id, slug }) => ({ id, slug })),
  };
}
