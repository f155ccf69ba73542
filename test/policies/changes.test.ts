import { describe, expect, inject, test } from 'vitest';
import { BASE_ROLES, type BaseRole } from '../../src/database/identity.ts';
import { persona, useDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';
import { useServer } from '../support/server.ts';
import { MATRIX } from './matrix.ts';

const fixture = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const tiers = [
  { own: fixture.acme, other: fixture.globex },
  { own: fixture.globex, other: fixture.acme },
];

const TRIAGE = `mutation ($id: UUID!, $assigneeId: UUID) {
  updateDefect(input: { id: $id, patch: { status: TRIAGED, assigneeId: $assigneeId } }) { defect { id status assignee { id } } }
}`;
const MAKE = 'mutation ($slug: String!) { createProject(input: { project: { name: "New", slug: $slug } }) { project { slug } } }';
const REMOVE = 'mutation ($id: UUID!) { deleteDefect(input: { id: $id }) { defect { id } } }';

function may(role: BaseRole, table: string, operation: string): boolean {
  return MATRIX.find((row) => row.table === table)?.access[role].operations.includes(operation) === true;
}

/** Runs a mutation as a role: its data where the matrix allows it, else the refusal is asserted. */
async function change(
  organization: FixtureOrganization,
  role: BaseRole,
  allowed: boolean,
  query: string,
  variables: Record<string, unknown>,
) {
  const answer = await server.query(persona(organization, role), query, variables);
  expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(allowed ? [] : ['FORBIDDEN']);
  return allowed ? answer.data : null;
}

describe.each(tiers)('by GraphQL in $own.slug', ({ own, other }) => {
  test.each(BASE_ROLES)('%s triages a defect, or may not', async (role) => {
    const allowed = may(role, 'defects', 'U');
    await database.operator.query(
      `with identity as (select app_private.work_for($2))
       update ${own.home}.defects set status = 'open', assignee_id = null from identity where id = $1`,
      [own.defect, own.id],
    );
    const data = await change(own, role, allowed, TRIAGE, { id: own.defect, assigneeId: own.users.developer });
    if (allowed) expect(data.updateDefect.defect).toEqual({ id: own.defect, status: 'TRIAGED', assignee: { id: own.users.developer } });
    const { rows } = await database.operator.query(`select status, assignee_id from ${own.home}.defects where id = $1`, [own.defect]);
    expect(rows).toEqual([allowed ? { status: 'triaged', assignee_id: own.users.developer } : { status: 'open', assignee_id: null }]);
  });

  test.each(BASE_ROLES)('%s makes a project, or may not', async (role) => {
    await change(own, role, may(role, 'projects', 'C'), MAKE, { slug: `by-${role}` });
    const { rowCount } = await database.operator.query(`select from ${own.home}.projects where organization_id = $1 and slug = $2`, [
      own.id,
      `by-${role}`,
    ]);
    expect(rowCount).toBe(may(role, 'projects', 'C') ? 1 : 0);
  });

  test("an administrator changes and deletes nothing of another organization's", async () => {
    for (const [query, variables] of [
      [TRIAGE, { id: other.defect, assigneeId: null }],
      [REMOVE, { id: other.defect }],
    ] as const) {
      const answer = await server.query(persona(own, 'admin'), query, variables);
      expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
    }
    expect((await database.operator.query(`select from ${other.home}.defects where id = $1`, [other.defect])).rowCount).toBe(1);
  });

  test.each(BASE_ROLES)('%s deletes a defect, or may not', async (role) => {
    const made = await database.operator.query<{ id: string }>(
      `with identity as (select app_private.work_for($1))
       insert into ${own.home}.defects (organization_id, project_id, title) select $1, $2, 'To go' from identity returning id`,
      [own.id, own.project],
    );
    const id = made.rows[0]?.id;
    await change(own, role, may(role, 'defects', 'D'), REMOVE, { id });
    const { rowCount } = await database.operator.query(`select from ${own.home}.defects where id = $1`, [id]);
    expect(rowCount).toBe(may(role, 'defects', 'D') ? 0 : 1);
  });
});
