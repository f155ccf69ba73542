import { asPrincipal } from '../../src/database/as-principal.ts';
import type { BaseRole } from '../../src/database/identity.ts';
import { persona, type TestDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';

/** A design of the tests. */
export interface DesignOptions {
  /** Who makes it, in their role; the admin unless said. */
  readonly creator?: BaseRole;
  readonly visibility?: 'private' | 'organization';
  /** The fixture's first project unless said; null for none. */
  readonly project?: string | null;
}

/** Makes a design, and shares it; gives its id. */
export async function makeDesign(
  database: TestDatabase,
  organization: FixtureOrganization,
  { creator = 'admin', visibility = 'private', project = organization.project }: DesignOptions = {},
  shares: Partial<Record<BaseRole, 'view' | 'comment' | 'edit'>> = {},
): Promise<string> {
  const id = await asPrincipal(database.api, database.keys, persona(organization, creator), async () => {
    const { rows } = await database.api.query<{ id: string }>(
      "insert into designs (project_id, name, visibility) values ($1, 'Of the tests', $2) returning id",
      [project, visibility],
    );
    return rows[0]?.id as string;
  });
  for (const [role, permission] of Object.entries(shares)) {
    await database.operator.query(
      `insert into ${organization.home}.design_shares (organization_id, design_id, shared_with, permission) values ($1, $2, $3, $4)`,
      [organization.id, id, organization.users[role as BaseRole], permission],
    );
  }
  return id;
}
