import { withClient } from '../src/database/connection.ts';
import { localEncryptionKey } from '../src/database/encryption-key.ts';
import { ANONYMOUS, type Principal } from '../src/database/identity.ts';
import { createOrganization } from '../src/database/organizations.ts';
import type { DataSet } from './data/data-set.ts';

const SLUG = 'bench_guest';
/** The slugs of its projects. */
export const PROJECTS = ['first', 'second'] as const;

/**
 * Runs `work` with an organization beside those of the data set, and removes it with all that is its own: the data set is kept, and is
 * to be the same for who measures next. One that was left behind is removed first.
 *
 * @param work is given whom it may report as.
 */
export async function withGuest<T>(data: DataSet, work: (principal: Principal, token: string) => Promise<T>): Promise<T> {
  await removeGuest(data);
  const key = localEncryptionKey({ DATA_DIR: data.directory, ENCRYPTION_KEY: undefined });
  const organization = { slug: SLUG, name: 'Guest', region: 'eu-central', isolation: 'shared', members: [] } as const;
  const { id } = await createOrganization(data.operatorUrl, key, organization);
  await withClient(data.operatorUrl, (client) =>
    client.query(`insert into app.projects (organization_id, name, slug) select $1, slug, slug from unnest($2::text[]) as slug`, [
      id,
      PROJECTS,
    ]),
  );
  try {
    const principal: Principal = { ...ANONYMOUS, role: 'ci', organizationId: id, actor: 'token:bench' };
    return await work(principal, await data.token(principal));
  } finally {
    await removeGuest(data);
  }
}

async function removeGuest(data: DataSet): Promise<void> {
  await withClient(data.operatorUrl, async (client) => {
    const { rows } = await client.query<{ id: string }>('select id from app.organizations where slug = $1', [SLUG]);
    const [guest] = rows;
    if (guest === undefined) return;
    const tables = await client.query<{ name: string }>(
      `select c.oid::regclass::text as name from pg_class as c join pg_attribute as a on a.attrelid = c.oid
       where c.relnamespace in ('app'::regnamespace, 'app_private'::regnamespace) and c.relkind = 'r'
         and a.attname = 'organization_id' and not a.attisdropped
         and c.oid <> 'app.audit_logs'::regclass`,
    );
    await client.query('begin');
    // Neither triggers nor foreign keys: everything of it goes, in whatever order, and leaves no audit trail.
    await client.query('set local session_replication_role = replica');
    for (const { name } of tables.rows) await client.query(`delete from ${name} where organization_id = $1`, [guest.id]);
    await client.query('delete from app.organizations where id = $1', [guest.id]);
    await client.query('commit');
    for (const { name } of tables.rows) await client.query(`vacuum analyze ${name}`);
  });
}
