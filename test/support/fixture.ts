import type pg from 'pg';
import { inTransaction, withClient } from '../../src/database/connection.ts';
import type { EncryptionKey } from '../../src/database/encryption-key.ts';
import { BASE_ROLES, type BaseRole } from '../../src/database/identity.ts';
import { KeyEnvelopes } from '../../src/database/key-envelopes.ts';
import { createOrganization } from '../../src/database/organizations.ts';
import { makeCompliance } from './fixture-compliance.ts';
import { type FixtureDesigns, makeDesigns } from './fixture-designs.ts';
import { makeNotifications } from './fixture-notifications.ts';
import { makeStates } from './fixture-states.ts';

/** An organization of the tests with one row or more in every tenant table. */
export interface FixtureOrganization {
  readonly slug: string;
  readonly id: string;
  readonly home: string;
  readonly users: Readonly<Record<BaseRole, string>>;
  /** The project that holds the fixture's rows, and another that a CI identity of the first must not see. */
  readonly project: string;
  readonly otherProject: string;
  readonly defect: string;
  readonly otherDefect: string;
  readonly designs: FixtureDesigns;
  /** A role of its own, that nobody has. */
  readonly role: string;
  /** An identity provider, which knows the admin. */
  readonly provider: string;
}

/** acme and initech share tables; globex has a schema of its own. */
export interface Fixture {
  readonly acme: FixtureOrganization;
  readonly initech: FixtureOrganization;
  readonly globex: FixtureOrganization;
}

export const DETAILS = 'Expected total of "alice@example.com" to be 42, token=s3cr3t-0123456789abcdef';
export const STACK = `AssertionError: expected 41 to be 42
    at total (/srv/shop/src/cart.ts:12:7)
    at Object.<anonymous> (/srv/shop/test/cart.test.ts:30:5) https://bob:pw@example.com/?key=abc`;

/** Makes the organizations of the tests, by the operator's connection. */
export async function makeFixture(operatorUrl: string, encryptionKey: EncryptionKey): Promise<Fixture> {
  return {
    acme: await makeOrganization(operatorUrl, encryptionKey, 'acme', 'shared'),
    initech: await makeOrganization(operatorUrl, encryptionKey, 'initech', 'shared'),
    globex: await makeOrganization(operatorUrl, encryptionKey, 'globex', 'schema'),
  };
}

async function makeOrganization(
  operatorUrl: string,
  encryptionKey: EncryptionKey,
  slug: string,
  isolation: 'shared' | 'schema',
): Promise<FixtureOrganization> {
  const { id, home } = await createOrganization(operatorUrl, encryptionKey, {
    slug,
    name: slug,
    region: 'eu-central',
    isolation,
    members: BASE_ROLES.map((role) => ({ email: `${role}@${slug}.example`, name: `${role} of ${slug}`, role })),
  });
  return withClient(operatorUrl, async (client) => {
    const keys = await new KeyEnvelopes(client, encryptionKey).of(id);
    return inTransaction(client, async () => {
      // A superuser's rows: it passes row-level security by, and still writes as the organization.
      await client.query("select set_config('search_path', app_private.work_for($1, $2), true)", [id, keys]);
      const users = await client.query<{ id: string; role_name: BaseRole }>('select id, role_name from people where organization_id = $1', [
        id,
      ]);
      const group = await one(client, "insert into project_groups (name) values ('Storefront') returning id");
      const owner = users.rows.find(({ role_name }) => role_name === 'engineer')?.id;
      const project = await one(
        client,
        "insert into projects (name, slug, group_id, owner_id) values ('Shop', 'shop', $1, $2) returning id",
        [group, owner],
      );
      const otherProject = await one(client, "insert into projects (name, slug) values ('Billing', 'billing') returning id");
      await makeCompliance(client, owner);
      const [defect, otherDefect] = [await makeRows(client, project), await makeRows(client, otherProject)];
      await makeOperations(client, Object.fromEntries(users.rows.map((row) => [row.role_name, row.id])), project, otherProject);
      const people = users.rows.filter(({ role_name }) => role_name !== 'ci').map((user) => user.id);
      const designs = await makeDesigns(client, Object.fromEntries(users.rows.map((row) => [row.role_name, row.id])), {
        project,
        otherProject,
      });
      await makeNotifications(client, id, people, defect);
      await makeStates(client, users.rows.find(({ role_name }) => role_name === 'engineer')?.id, designs);
      const role = await makeCredentials(
        client,
        id,
        users.rows.map((user) => user.id),
      );
      const provider = await makeOutsideIdentities(client, id, project, users.rows.find(({ role_name }) => role_name === 'admin')?.id);
      return {
        slug,
        role,
        provider,
        id,
        home,
        project,
        otherProject,
        defect,
        otherDefect,
        designs,
        users: Object.fromEntries(users.rows.map((row) => [row.role_name, row.id])) as Record<BaseRole, string>,
      };
    });
  });
}

async function makeRows(client: pg.Client, project: string): Promise<string> {
  const test = await one(client, "insert into tests (project_id, name, suite) values ($1, 'totals are right', 'cart') returning id", [
    project,
  ]);
  const run = await one(client, "insert into test_runs (project_id, run_key, failed_count) values ($1, 'run-1', 1) returning id", [
    project,
  ]);
  const defect = await one(
    client,
    `insert into defects (project_id, test_id, title, error_type, failure_details, stack_trace, occurrence_count, first_run_id, last_run_id)
     values ($1, $2, 'AssertionError: expected <number>', 'AssertionError', $3, $4, 1, $5, $5) returning id`,
    [project, test, DETAILS, STACK, run],
  );
  await client.query(
    'insert into defect_occurrences (project_id, defect_id, test_id, test_run_id, occurred_at) values ($1, $2, $3, $4, now())',
    [project, defect, test, run],
  );
  await client.query(
    "insert into defect_daily_stats (project_id, day, severity, opened, occurrences) values ($1, current_date, 'medium', 1, 1)",
    [project],
  );
  await client.query(
    "insert into ingest_receipts (project_id, report_id, content_sha256, receipt) values ($1, 'report-1', sha256('x'), '{}')",
    [project],
  );
  await client.query(
    `insert into test_results (project_id, test_run_id, test_id, execution_id, attempt, is_final, outcome, occurred_at)
     values ($1, $2, $3, '1', 1, true, 'failed', now())`,
    [project, run, test],
  );
  await client.query(
    "insert into test_flakes (project_id, test_id, reason, scope, occurred_at) values ($1, $2, 'retry', 'fixture', now())",
    [project, test],
  );
  await client.query(`insert into severity_rules (project_id, pattern, severity) values ($1, '{"suite": "fixture of *"}', 'high')`, [
    project,
  ]);
  await client.query("insert into defect_groupings (project_id, fingerprint, defect_id) values ($1, sha256('grouped'), $2)", [
    project,
    defect,
  ]);
  return defect;
}

/** A deployment of each project; a request of the member's, open again and assigned to the developer; one of others, in progress. */
async function makeOperations(client: pg.Client, users: Record<string, string>, project: string, otherProject: string): Promise<void> {
  await client.query(
    "insert into deployments (project_id, version, environment, deployed_by) values ($1, '1.0', 'production', $3), ($2, '1.0', 'production', $3)",
    [project, otherProject, users.engineer],
  );
  const request = (title: string, ...people: (string | undefined)[]) =>
    one(client, 'insert into maintenance_requests (project_id, title, requested_by, assigned_to) values ($1, $2, $3, $4) returning id', [
      project,
      title,
      ...people,
    ]);
  const own = await request('Renew the certificate', users.member, users.developer);
  const other = await request('Move the database', users.admin, users.engineer);
  for (const status of ['in_progress', 'open']) {
    await client.query('update maintenance_requests set status = $2 where id = $1', [own, status]);
  }
  await client.query("update maintenance_requests set status = 'in_progress' where id = $1", [other]);
  await client.query(
    "insert into maintenance_work_logs (maintenance_request_id, user_id, work_description, hours_spent) values ($1, $2, 'Looked', 0.5), ($1, $3, 'Helped', 1)",
    [other, users.engineer, users.admin],
  );
}

/** Sessions, an invitation, a key and a role of the organization's own; gives the role. */
async function makeCredentials(client: pg.Client, organization: string, users: readonly string[]): Promise<string> {
  const role = await one(client, "insert into roles (organization_id, name, base_role) values ($1, 'Triager', 'developer') returning id", [
    organization,
  ]);
  await client.query(
    "insert into role_permissions (organization_id, role_id, permission) select $1, $2, unnest(array['defects:read', 'defects:triage'])",
    [organization, role],
  );
  await client.query(
    "insert into sessions (organization_id, user_id, expires_at) select $1, unnest($2::uuid[]), now() + interval '1 day'",
    [organization, users],
  );
  await client.query(
    "insert into invitations (organization_id, email, role_id, expires_at) values ($1, 'new@example.com', $2, now() + interval '1 day')",
    [organization, role],
  );
  await client.query(
    "insert into api_keys (organization_id, name, prefix, role, expires_at) values ($1, 'fixture', 'dxk_0000', 'member', now() + interval '1 day')",
    [organization],
  );
  await client.query(
    "insert into masking_policies (organization_id, field, role, mode) values ($1, 'invitations.email', 'auditor', 'full')",
    [organization],
  );
  return role;
}

/** An identity provider with a mapped group and a person, and a CI trust; gives the provider. */
async function makeOutsideIdentities(client: pg.Client, organization: string, project: string, user: string | undefined): Promise<string> {
  const provider = await one(
    client,
    `insert into identity_providers (organization_id, name, issuer, audience)
     values ($1, 'Directory', 'https://directory.example', 'defectxray') returning id`,
    [organization],
  );
  await client.query(
    `insert into group_mappings (organization_id, provider_id, group_name, role_id)
     select $1, $2, 'Developers', id from roles where name = 'developer' and organization_id is null`,
    [organization, provider],
  );
  await client.query("insert into user_identities (organization_id, provider_id, subject, user_id) values ($1, $2, 'someone', $3)", [
    organization,
    provider,
    user,
  ]);
  await client.query(
    `insert into ci_trusts (organization_id, project_id, name, issuer, audience, subject_pattern)
     values ($1, $2, 'Builds', 'https://ci.example', 'defectxray', 'repo:acme/web:*')`,
    [organization, project],
  );
  return provider;
}

async function one(client: pg.Client, text: string, values: unknown[] = []): Promise<string> {
  const { rows } = await client.query<{ id: string }>(text, values);
  return (rows[0] as { id: string }).id;
}
