import pg from 'pg';
import { connectionOptions } from '../../src/database/connection.ts';
import { localEncryptionKey } from '../../src/database/encryption-key.ts';
import { identityStatement } from '../../src/database/identity.ts';
import { KeyEnvelopes } from '../../src/database/key-envelopes.ts';
import { type Bench, type Measured, measurement } from '../bench.ts';
import type { DataOrganization, DataSet } from '../data/data-set.ts';
import { alternate, type Contender, type Figures } from '../measurement.ts';

/** How many statements leave at once, so that the way to the database counts for little. */
const BATCH = 100;

const LISTED = 'd.id, d.title, d.severity, d.status, d.occurrence_count, d.first_seen_at, d.last_seen_at';

/** Plain statements of W1 to W3: `of` is what they say of the organization of a table, nothing where the policies do; `$1` is the id of W1. */
const STATEMENTS: Readonly<Record<'w1' | 'w2' | 'w3', (of: (alias: string) => string) => string>> = {
  w1: (of) => `select ${LISTED}, t.name as test, p.name as project from defects as d
    left join tests as t on t.organization_id = d.organization_id and t.id = d.test_id ${of('t')}
    left join projects as p on p.organization_id = d.organization_id and p.id = d.project_id ${of('p')}
    where d.id = $1 ${of('d')}`,
  w2: (of) => `select ${LISTED}, t.name as test, p.name as project, a.name as assignee from defects as d
    left join tests as t on t.organization_id = d.organization_id and t.id = d.test_id ${of('t')}
    left join projects as p on p.organization_id = d.organization_id and p.id = d.project_id ${of('p')}
    left join people as a on a.organization_id = d.organization_id and a.id = d.assignee_id ${of('a')}
    where d.status = 'open' and d.severity = 'high' ${of('d')}
    order by d.last_seen_at desc, d.id limit 20`,
  w3: (of) => `select s.day, s.severity, sum(s.opened) as opened, sum(s.resolved) as resolved, sum(s.occurrences) as occurrences
    from defect_daily_stats as s where s.day > current_date - 30 ${of('s')} group by s.day, s.severity`,
};

/**
 * What the policies cost: the same statements with the identity of a developer, and as a role that bypasses row-level security with
 * the organization as a condition on each table. One transaction a batch; milliseconds a statement.
 */
export async function measureRowSecurity({ data, rounds, say, seconds }: Bench): Promise<Measured> {
  const organization = data.organizations.find(({ home }) => home === 'app') as DataOrganization;
  const batches = Math.max(3, Math.round(seconds * 5));
  const policies = await open(data.apiUrl);
  const explicit = await open(data.operatorUrl);
  try {
    const contenders = [
      contender('policies', policies, await asDeveloper(policies, data, organization), organization, batches),
      contender('explicit', explicit, asBypassing(explicit), organization, batches),
    ];
    const all = await alternate(contenders, rounds, (text) => say(`row-level security, ${text}`));
    return { 'row-security': measurement({ 'statements a round': BATCH * batches, defects: data.defects }, all) };
  } finally {
    await Promise.all([policies.end(), explicit.end()]);
  }
}

function contender(
  name: string,
  client: pg.Client,
  begin: () => Promise<unknown>,
  organization: DataOrganization,
  batches: number,
): Contender {
  const isExplicit = name === 'explicit';
  return {
    name,
    async run(): Promise<Figures> {
      const figures: Record<string, number> = {};
      for (const [workload, statement] of Object.entries(STATEMENTS)) {
        // W1 has one parameter more, its id; that of the organization is the last.
        const position = workload === 'w1' ? 2 : 1;
        const text = statement((alias) => (isExplicit ? `and ${alias}.organization_id = $${position}` : ''));
        let taken = 0;
        for (let batch = 0; batch < batches; batch += 1) {
          await begin();
          const began = performance.now();
          const answers = await Promise.all(
            Array.from({ length: BATCH }, (_, n) => {
              const id = organization.sampleDefectIds[(batch * BATCH + n) % organization.sampleDefectIds.length];
              return client.query({
                name: `${name}-${workload}`,
                text,
                values: [...(workload === 'w1' ? [id] : []), ...(isExplicit ? [organization.id] : [])],
              });
            }),
          );
          taken += performance.now() - began;
          await client.query('commit');
          if (answers.some(({ rowCount }) => rowCount === 0)) throw new Error(`${name} found nothing for ${workload}.`);
        }
        figures[`${workload}Ms`] = taken / (batches * BATCH);
      }
      return figures;
    },
  };
}

async function open(url: string): Promise<pg.Client> {
  const client = new pg.Client({ ...connectionOptions(url), pipeline: true } as pg.ClientConfig);
  await client.connect();
  return client;
}

async function asDeveloper(client: pg.Client, data: DataSet, organization: DataOrganization): Promise<() => Promise<unknown>> {
  const keys = new KeyEnvelopes(client, localEncryptionKey({ DATA_DIR: data.directory, ENCRYPTION_KEY: undefined }));
  const sealed = await keys.of(organization.id);
  const origin = { requestId: 'bench', ipAddress: null, userAgent: null };
  return () =>
    Promise.all([
      client.query('begin isolation level repeatable read read only'),
      client.query(identityStatement(organization.principals.developer, origin, sealed, 60_000)),
    ]);
}

/** The superuser is bound by no policy; what else the identity sets is set the same. */
function asBypassing(client: pg.Client): () => Promise<unknown> {
  return () =>
    Promise.all([
      client.query('begin isolation level repeatable read read only'),
      client.query("select set_config('search_path', 'app, pg_temp', true), set_config('jit', 'off', true)"),
    ]);
}
