import type pg from 'pg';
import { CommandError } from './output.ts';

/**
 * The id of the organization of a slug, by the API's login.
 *
 * @throws CommandError where there is none that is ready.
 */
export async function organizationId(client: pg.ClientBase, slug: string): Promise<string> {
  const { rows } = await client.query<{ id: string; state: string }>('select id, state from app_private.organization_by_slug($1)', [slug]);
  if (rows[0]?.state !== 'ready') throw new CommandError(`There is no organization "${slug}".`);
  return rows[0].id;
}

/**
 * The id of the project of a slug, within the identity of the transaction.
 *
 * @throws CommandError where there is none.
 */
export async function projectId(client: pg.ClientBase, organization: string, slug: string): Promise<string> {
  const { rows } = await client.query<{ id: string }>('select id from projects where slug = $1', [slug]);
  if (rows[0] === undefined) throw new CommandError(`There is no project "${slug}" in ${organization}.`);
  return rows[0].id;
}

/**
 * A present member by e-mail address or id, within the identity of an admin.
 *
 * @param role the base role that the member must have, where one is asked for.
 * @throws CommandError where there is none, or in another role.
 */
export async function memberId(client: pg.ClientBase, organization: string, user: string, role?: string): Promise<string> {
  const { rows } = await client.query<{ id: string; base_role: string }>(
    `select p.id, r.base_role from people as p
     join organization_members as m on m.user_id = p.id join roles as r on r.id = m.role_id
     where p.removed_at is null and (p.id::text = $1 or lower(people_email(p)) = lower($1))`,
    [user],
  );
  const member = rows[0];
  if (member === undefined) throw new CommandError(`Nobody in ${organization} has the e-mail address or id "${user}".`);
  if (rows.length > 1) throw new CommandError(`Several people in ${organization} have the e-mail address "${user}": give an id.`);
  if (role !== undefined && member.base_role !== role) {
    throw new CommandError(`${user} is ${member.base_role} in ${organization}, not ${role}.`);
  }
  return member.id;
}
