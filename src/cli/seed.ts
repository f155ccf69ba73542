import { createReadStream, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { Passwords } from '../auth/passwords.ts';
import { secretHash } from '../auth/secret-tokens.ts';
import type { Config } from '../config.ts';
import { asPrincipal } from '../database/as-principal.ts';
import { connectionOptions, withClient } from '../database/connection.ts';
import { newPassword } from '../database/development.ts';
import { localEncryptionKey } from '../database/encryption-key.ts';
import { ANONYMOUS, type BaseRole, type Principal } from '../database/identity.ts';
import { KeyEnvelopes } from '../database/key-envelopes.ts';
import { createOrganization, type NewOrganization } from '../database/organizations.ts';
import { secretFile } from '../database/secret-file.ts';
import { readReport } from '../ingest/read-report.ts';
import { prepareReport } from '../plugins/report-test-run.ts';
import { CommandError, type Output } from './output.ts';
import { makeCompliance } from './seed-compliance.ts';
import { makeDesigns } from './seed-designs.ts';
import { type ActAs, type DemoDeployment, type DemoRequest, makeDeployment, makeRequest } from './seed-operations.ts';
import { makeStates } from './seed-states.ts';
import { issuePasswordReset } from './users.ts';

interface DemoProject {
  readonly slug: string;
  readonly name: string;
  readonly description: string;
  readonly group: string;
  readonly owner: string;
  /** JUnit XML files beside demo.json, each reported as a run. */
  readonly reports: readonly string[];
  readonly deployments: readonly DemoDeployment[];
}

/** An organization of the demo data. */
export interface DemoOrganization extends NewOrganization {
  readonly projects: readonly DemoProject[];
  readonly maintenance: readonly DemoRequest[];
}

/** Names, in the data directory, the database that has the demo data. */
const NOTE = 'demo-data';
const SEEDS = new URL('../../db/seeds/', import.meta.url);

/**
 * Makes the demo organizations, through the functions that production uses, unless this database has them already. What
 * was interrupted is finished; what people have changed since it was finished stays as they left it.
 *
 * @returns the organizations that were made; none where they were there.
 * @throws CommandError in production.
 */
export async function seedDemo(
  config: Config,
  urls: { databaseUrl: string; operatorUrl: string },
  output: Output,
): Promise<readonly DemoOrganization[]> {
  if (config.NODE_ENV === 'production') throw new CommandError('Demo data is for development only.');
  const noteFile = join(config.DATA_DIR, NOTE);
  const database = await identityOf(urls.operatorUrl);
  if (contentOf(noteFile) === database) return [];
  output.progress('First start: making two demo organizations, acme (shared tier) and globex (schema tier) …');
  const { organizations } = JSON.parse(readFileSync(new URL('demo.json', SEEDS), 'utf8')) as { organizations: DemoOrganization[] };
  const encryptionKey = localEncryptionKey(config);
  const client = new pg.Client(connectionOptions(urls.databaseUrl));
  await client.connect();
  try {
    const password = new Passwords(1).hash(demoPassword(config));
    for (const organization of organizations) {
      const { id } = await createOrganization(urls.operatorUrl, encryptionKey, organization);
      const keys = new KeyEnvelopes(client, encryptionKey);
      for (const { email } of organization.members) {
        const token = await issuePasswordReset(urls.operatorUrl, config, email);
        await client.query('select app_private.reset_password($1, $2)', [secretHash(token ?? ''), await password]);
      }
      const admin: Principal = { ...ANONYMOUS, role: 'admin', organizationId: id, actor: 'demo' };
      const act = actor(client, keys, organization, id);
      for (const project of organization.projects) {
        await asPrincipal(client, keys, admin, () => makeProject(client, project));
        for (const [index, report] of project.reports.entries()) {
          await asPrincipal(client, keys, admin, () => reportRun(client, project.slug, report, index));
        }
        for (const deployment of project.deployments) await makeDeployment(client, act, project.slug, deployment);
      }
      await asPrincipal(client, keys, admin, () => makeCompliance(client, `${organization.name} Admin`));
      for (const request of organization.maintenance) await makeRequest(client, act, request);
      await makeDesigns(client, act, organization.name);
      await makeStates(client, act, organization.name);
    }
  } finally {
    await client.end();
  }
  writeFileSync(noteFile, database);
  return organizations;
}

/** The one password of everyone in the demo data; made at first start, and kept in a file that only its owner may read. */
export function demoPassword(config: Pick<Config, 'DATA_DIR'>): string {
  return secretFile(join(config.DATA_DIR, 'demo.password'), () => newPassword().slice(0, 16));
}

/** What tells a database from one that was made anew in the same place. */
async function identityOf(operatorUrl: string): Promise<string> {
  return withClient(operatorUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>('select system_identifier::text as id from pg_control_system()');
    return (rows[0] as { id: string }).id;
  });
}

function contentOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    return null;
  }
}

/** Acts as the members of an organization, each in their role, and as its CI. */
function actor(client: pg.Client, keys: KeyEnvelopes, { members }: DemoOrganization, organizationId: string): ActAs {
  return async (person, work) => {
    const ci: Principal = { ...ANONYMOUS, role: 'ci', organizationId, actor: 'demo' };
    if (person === null) return void (await asPrincipal(client, keys, ci, work));
    const role = members.find(({ name }) => name === person)?.role as BaseRole | undefined;
    if (role === undefined) throw new Error(`demo.json names ${person}, who is no member.`);
    let userId: string | null = null;
    await asPrincipal(client, keys, ci, async () => {
      userId = (await client.query<{ id: string }>('select id from people where name = $1', [person])).rows[0]?.id ?? null;
    });
    await asPrincipal(client, keys, { ...ANONYMOUS, role, userId, organizationId, actor: `user:${userId}` }, work);
  };
}

async function makeProject(client: pg.Client, project: DemoProject): Promise<void> {
  await client.query('insert into project_groups (name) values ($1) on conflict do nothing', [project.group]);
  await client.query(
    `insert into projects (slug, name, description, group_id, owner_id)
     values ($1, $2, $3, (select id from project_groups where name = $4), (select id from people where name = $5))
     on conflict do nothing`,
    [project.slug, project.name, project.description, project.group, project.owner],
  );
}

async function reportRun(client: pg.Client, project: string, file: string, index: number): Promise<void> {
  const results = await Array.fromAsync(
    readReport(createReadStream(new URL(file, SEEDS)), file, ({ message }) => {
      throw new Error(`${file}: ${message}`);
    }),
  );
  const report = await prepareReport({
    project,
    runKey: `demo-${index + 1}`,
    branch: 'main',
    ciProvider: 'demo',
    results: results as never,
  });
  await client.query('select report_test_run($1::json)', [JSON.stringify(report)]);
}
