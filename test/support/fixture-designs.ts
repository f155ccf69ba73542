import type pg from 'pg';
import type { BaseRole } from '../../src/database/identity.ts';

export const CONFIG = '{"instance_class": "db.t4g.micro", "password": "s3cr3t-0123456789abcdef", "owner": "alice@example.com"}';

/** The designs of a fixture's organization: by the person who made each, and one of nobody's. */
export interface FixtureDesigns {
  readonly template: string;
  /** Private, and in the fixture's project; shared with the member to view. */
  readonly admin: string;
  /** Private, and in the other project; shared with the engineer to edit and with the auditor to view. */
  readonly developer: string;
  /** Visible to the organization, and in no project. */
  readonly engineer: string;
}

/** A row or more in every table of the designs group, as the organization that the connection works for. */
export async function makeDesigns(
  client: pg.Client,
  users: Record<string, string>,
  projects: { project: string; otherProject: string },
): Promise<FixtureDesigns> {
  const template = await one(
    client,
    `insert into templates (name, description, category, cloud_provider, canvas, is_featured)
     values ('Three tiers', 'Web, service, database', 'web', 'aws', '{"nodes": [{"id": "web"}]}', true) returning id`,
  );
  const design = async (role: BaseRole, name: string, visibility: string, project: string | null) => {
    const id = await one(
      client,
      `insert into designs (name, creator_id, template_id, visibility, project_id) values ($1, $2, $3, $4, $5) returning id`,
      [name, users[role], template, visibility, project],
    );
    await client.query(`update designs set canvas = '{"nodes": [{"id": "web"}, {"id": "db"}]}', changelog = 'A database' where id = $1`, [
      id,
    ]);
    const comment = await one(client, "insert into comments (design_id, author_id, body) values ($1, $2, 'Why this size?') returning id", [
      id,
      users[role],
    ]);
    await client.query("insert into comments (design_id, author_id, parent_id, body) values ($1, $2, $3, 'It was measured.')", [
      id,
      users[role],
      comment,
    ]);
    await client.query("insert into resources (design_id, name, resource_type, config) values ($1, 'db', 'aws_db_instance', $2)", [
      id,
      CONFIG,
    ]);
    return id;
  };
  const designs = {
    template,
    admin: await design('admin', 'Landing zone', 'private', projects.project),
    developer: await design('developer', 'Checkout', 'private', projects.otherProject),
    engineer: await design('engineer', 'Network', 'organization', null),
  };
  for (const [id, role, permission] of [
    [designs.admin, 'member', 'view'],
    [designs.developer, 'engineer', 'edit'],
    [designs.developer, 'auditor', 'view'],
    [designs.engineer, 'developer', 'comment'],
  ] as const) {
    await client.query('insert into design_shares (design_id, shared_with, permission) values ($1, $2, $3)', [id, users[role], permission]);
  }
  return designs;
}

async function one(client: pg.Client, text: string, values: unknown[] = []): Promise<string> {
  const { rows } = await client.query<{ id: string }>(text, values);
  return (rows[0] as { id: string }).id;
}
