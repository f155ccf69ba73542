import type pg from 'pg';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { inTransaction } from '../../src/database/connection.ts';
import { BASE_ROLES } from '../../src/database/identity.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';
import { useServer } from '../support/server.ts';
import { asking } from './asking.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

/** Projects with rows of every state, of many people; some projects and people without any. */
async function generate(client: pg.Client, { id, home, users }: FixtureOrganization): Promise<void> {
  const people = `(array['${users.engineer}', '${users.admin}', '${users.developer}', null]::uuid[])[1 + floor(random() * 4)::int]`;
  const pick = (...values: string[]) => `(array['${values.join("', '")}'])[1 + floor(random() * ${values.length})::int]`;
  const project = `(select array_agg(id order by slug) from ${home}.projects where organization_id = '${id}' and slug like 'generated%')`;
  await inTransaction(client, async () => {
    // Without triggers: rows are wanted in every state at once.
    await client.query('set local session_replication_role = replica');
    await client.query(
      `insert into ${home}.projects (organization_id, name, slug, group_id)
       select '${id}', 'Generated ' || n, 'generated-' || n, case when n % 2 = 0 then (select id from ${home}.project_groups where organization_id = '${id}' limit 1) end
       from generate_series(1, 12) as n`,
    );
    await client.query(
      `insert into ${home}.deployments (organization_id, project_id, version, environment, status, deployed_by, deployed_at)
       select '${id}', p.ids[1 + floor(random() * 9)::int], n::text, 'production', ${pick('pending', 'in_progress', 'success', 'failed', 'rolled_back')},
         ${people}, now() - random() * interval '90 days'
       from generate_series(1, 700) as n, (select ${project} as ids) as p`,
    );
    await client.query(
      `insert into ${home}.maintenance_requests (organization_id, project_id, title, status, due_date, requested_by, assigned_to)
       select '${id}', p.ids[1 + floor(random() * 11)::int], n::text, ${pick('open', 'in_progress', 'completed', 'cancelled')},
         current_date - 30 + floor(random() * 60)::int, ${people}, ${people}
       from generate_series(1, 800) as n, (select ${project} as ids) as p`,
    );
    await client.query(
      `insert into ${home}.defects (organization_id, project_id, title, severity, status)
       select '${id}', p.ids[2 + floor(random() * 10)::int], n::text, ${pick('low', 'medium', 'high', 'critical')},
         ${pick('open', 'triaged', 'in_progress', 'resolved', 'ignored')}
       from generate_series(1, 600) as n, (select ${project} as ids) as p`,
    );
    await client.query('select app_private.work_for($1)', [id]);
    await client.query(`select ${home}.recount_tallies()`);
  });
}

beforeAll(async () => {
  await database.operator.query('select setseed(0.5)');
  for (const organization of [acme, initech, globex]) await generate(database.operator, organization);
  await database.operator.query('analyze');
});

// biome-ignore lint/suspicious/noExplicitAny: rows of any table.
type Row = any;

describe.each([acme, globex])('the views of $slug', (organization) => {
  const { ask, data } = asking(server, organization);
  const { id, home } = organization;
  const rowsOf = async (table: string): Promise<Row[]> =>
    (await database.operator.query(`select * from ${home}.${table} where organization_id = $1`, [id])).rows;

  const SUMMARY = `id name slug status group { id } groupName totalDeployments successfulDeployments lastDeploymentId lastDeployedAt totalMaintenanceRequests
    openMaintenanceRequests maintenanceRequestsInProgress openLowDefects openMediumDefects openHighDefects openCriticalDefects`;

  /** The same, counted from the rows themselves. */
  async function countedProjects(): Promise<Row[]> {
    const projects = await rowsOf('projects');
    const groups = await rowsOf('project_groups');
    const deployments = await rowsOf('deployments');
    const requests = await rowsOf('maintenance_requests');
    const defects = await rowsOf('defects');
    return projects.map((project) => {
      const of = (rows: Row[]) => rows.filter((row) => row.project_id === project.id);
      const [last] = of(deployments).sort((a, b) => b.deployed_at - a.deployed_at || (a.id < b.id ? 1 : -1));
      const [mine, open] = [of(requests), of(defects).filter(({ status }) => !['resolved', 'ignored'].includes(status))];
      return {
        id: project.id,
        name: project.name,
        slug: project.slug,
        status: project.status.toUpperCase(),
        group: project.group_id === null ? null : { id: project.group_id },
        groupName: groups.find((group) => group.id === project.group_id)?.name ?? null,
        totalDeployments: of(deployments).length,
        successfulDeployments: of(deployments).filter(({ status }) => status === 'success').length,
        lastDeploymentId: last?.id ?? null,
        lastDeployedAt: last?.deployed_at.getTime() ?? null,
        totalMaintenanceRequests: mine.length,
        openMaintenanceRequests: mine.filter(({ status }) => status === 'open').length,
        maintenanceRequestsInProgress: mine.filter(({ status }) => status === 'in_progress').length,
        ...Object.fromEntries(
          ['Low', 'Medium', 'High', 'Critical'].map((severity) => [
            `open${severity}Defects`,
            open.filter((defect) => defect.severity === severity.toLowerCase()).length,
          ]),
        ),
      };
    });
  }

  const byId = (rows: Row[]) =>
    rows
      .map((row) => ({ ...row, lastDeployedAt: row.lastDeployedAt === null ? null : new Date(row.lastDeployedAt).getTime() }))
      .sort((a, b) => (a.id < b.id ? -1 : 1));

  test.each(BASE_ROLES.filter((role) => role !== 'ci'))('project_summary_view counts the whole organization for %s', async (role) => {
    const { projectSummaries } = await data(role, `{ projectSummaries(first: 100) { totalCount nodes { ${SUMMARY} } } }`);
    const counted = byId(await countedProjects());
    expect(projectSummaries.totalCount).toBe(counted.length);
    expect(byId(projectSummaries.nodes)).toEqual(counted);
    // Of some projects there is nothing to count, of others much.
    expect(counted.filter(({ totalDeployments }) => totalDeployments === 0).length).toBeGreaterThan(2);
    expect(
      counted.filter(({ totalDeployments, openCriticalDefects }) => totalDeployments > 50 && openCriticalDefects > 5).length,
    ).toBeGreaterThan(5);
  });

  test('a project has its summary, with the last deployment', async () => {
    const { projectBySlug } = await data(
      'engineer',
      '{ projectBySlug(slug: "generated-3") { id summary { lastDeployment { id } project { slug } } } }',
    );
    const expected = (await countedProjects()).find(({ slug }) => slug === 'generated-3');
    expect(projectBySlug.summary).toEqual({ lastDeployment: { id: expected.lastDeploymentId }, project: { slug: 'generated-3' } });
  });

  test('engineers_view has every engineer and administrator, and what they do', async () => {
    const { engineers } = await data(
      'auditor',
      '{ engineers(orderBy: NAME_ASC) { nodes { id name roleName isActive assignedRequests unfinishedAssignedRequests totalDeployments lastDeployedAt person { id } } } }',
    );
    const requests = await rowsOf('maintenance_requests');
    const deployments = await rowsOf('deployments');
    const counted = (['admin', 'engineer'] as const).map((role) => {
      const user = organization.users[role];
      const assigned = requests.filter((row) => row.assigned_to === user);
      const deployed = deployments.filter((row) => row.deployed_by === user);
      return {
        id: user,
        name: `${role} of ${organization.slug}`,
        roleName: role,
        isActive: true,
        assignedRequests: assigned.length,
        unfinishedAssignedRequests: assigned.filter(({ status }) => ['open', 'in_progress'].includes(status)).length,
        totalDeployments: deployed.length,
        lastDeployedAt: Math.max(...deployed.map((row) => row.deployed_at.getTime())),
        person: { id: user },
      };
    });
    expect(engineers.nodes.map((row: Row) => ({ ...row, lastDeployedAt: new Date(row.lastDeployedAt).getTime() }))).toEqual(counted);
    expect(counted.every(({ totalDeployments }) => totalDeployments > 100)).toBe(true);
  });

  test('engineers_view masks e-mail addresses as people do', async () => {
    for (const role of ['admin', 'developer', 'engineer', 'auditor'] as const) {
      const { engineers, people } = await data(role, '{ engineers { nodes { id email } } people { nodes { id email } } }');
      const emails = new Map(people.nodes.map((person: Row) => [person.id, person.email]));
      for (const engineer of engineers.nodes) expect(engineer.email).toBe(emails.get(engineer.id));
      const [admin] = engineers.nodes.filter((engineer: Row) => engineer.id === organization.users.admin);
      expect(admin.email === `admin@${organization.slug}.example`).toBe(role === 'admin');
    }
    for (const role of ['analyst', 'member', 'ci'] as const) expectError(await ask(role, '{ engineers { totalCount } }'), 'FORBIDDEN');
  });

  test('who has no permission for requests or deployments counts none', async () => {
    const scoped = { ...persona(organization, 'engineer'), scopes: ['projects:read'] };
    const query =
      '{ projectSummaries(first: 100) { nodes { totalDeployments totalMaintenanceRequests openLowDefects } } engineers { nodes { assignedRequests totalDeployments } } }';
    const { data: answer, errors } = await server.query(scoped, query);
    expect(errors).toEqual([]);
    expect(answer.projectSummaries.nodes.length).toBeGreaterThan(12);
    for (const row of [...answer.projectSummaries.nodes, ...answer.engineers.nodes])
      expect(new Set(Object.values(row))).toEqual(new Set([0]));
  });

  test.each([
    ['defects:read', { totalDeployments: 0, totalMaintenanceRequests: 0 }],
    ['deployments:read', { totalMaintenanceRequests: 0, openLowDefects: 0 }],
    ['maintenance:read', { totalDeployments: 0, openLowDefects: 0 }],
  ] as const)('who has of permissions to count only %s counts nothing else', async (permission, none) => {
    const scoped = { ...persona(organization, 'engineer'), scopes: ['projects:read', permission] };
    const query =
      '{ projectSummaries(first: 100) { nodes { id totalDeployments totalMaintenanceRequests openLowDefects } } projects(first: 100) { nodes { id health { openLow } } } }';
    const { data: answer, errors } = await server.query(scoped, query);
    expect(errors).toEqual([]);
    const counted = await countedProjects();
    const { nodes } = answer.projectSummaries;
    expect(nodes.length).toBe(counted.length);
    for (const node of nodes) {
      const { totalDeployments, totalMaintenanceRequests, openLowDefects } = counted.find(({ id: of }) => of === node.id);
      const expected = { id: node.id, totalDeployments, totalMaintenanceRequests, openLowDefects, ...none };
      expect(node).toEqual(expected);
      expect(answer.projects.nodes.find(({ id: of }: Row) => of === node.id).health.openLow).toBe(expected.openLowDefects);
    }
  });

  /** The plan of a statement as a role sees it, in one text; with what really ran, where it is to be run. */
  const planOf = (role: 'engineer' | 'member', text: string, options = 'costs off') =>
    database.as(persona(organization, role), async (client) => {
      await client.query('set local enable_seqscan = off');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (${options}) ${text}`);
      return rows.map((row) => row['QUERY PLAN']).join('\n');
    });

  test('an index serves isOverdue, and what is not asked for is not counted', async () => {
    const overdue = await planOf('engineer', 'select id from maintenance_requests as r where maintenance_requests_is_overdue(r) = true');
    expect(overdue).toMatch(/Index Cond: .*organization_id = .*due_date < CURRENT_DATE/s);
    expect(overdue).not.toContain('maintenance_requests_is_overdue');
    const names = await planOf('member', 'select name from project_summary_view order by name limit 50');
    expect(names).not.toMatch(/deployments|maintenance_requests|defects/);
    expect(names).not.toContain('project_tallies');
    const counts = await planOf('member', 'select total_deployments from project_summary_view order by name limit 50');
    expect(counts).toMatch(/Index Cond: \(\(organization_id = p.organization_id\) AND .*\(project_id = p.id\)/);
    expect(counts).toContain('on project_tallies');
    expect(counts).not.toMatch(/on (deployments|maintenance_requests|defects)/);
    // Ordered by what no index orders alone, as GraphQL asks for it: counted after the page is cut, not for every project.
    const page = 'select total_deployments from project_summary_view order by name, id limit 5';
    const ran = await planOf('member', page, 'analyze, costs off, timing off, summary off, buffers off');
    expect(ran).toMatch(/Scan.* on project_tallies t.*loops=5\)/);
  });
});
