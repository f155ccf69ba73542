import { PLATFORM } from '../encryption-key.ts';
import { asDefiner, bySqlOfDefiner, type Rule } from './rule.ts';

/** That sensitive columns can be written and read: each organization has a data key, and this machine opens it. */
export const keyRules: readonly Rule[] = [
  {
    name: 'data_key_missing',
    severity: 'error',
    problem: 'has no data key: nothing sensitive of it can be written or read',
    remedy:
      'Bring app_private.organization_keys back from a backup; for an organization that was never finished, run "defectxray orgs create" again.',
    // The nil UUID stands for what belongs to no organization; a database without organizations needs no key yet.
    find: bySqlOfDefiner(`
      select coalesce(o.slug, 'the platform')
      from (
        select id, slug from app.organizations where provisioning_state = 'ready' and deleted_at is null
        union all
        select '${PLATFORM}', null where exists (select from app.organizations where provisioning_state = 'ready')
      ) as o
      where not exists (select from app_private.organization_keys as k where k.organization_id = o.id and k.retired_at is null)`),
  },
  {
    name: 'data_key_locked',
    severity: 'error',
    problem: "has a data key that this machine's key-encryption key does not open",
    remedy: 'Set ENCRYPTION_KEY (or the file encryption.key) to the key that wrapped it.',
    async find({ client, encryptionKey }) {
      if (encryptionKey === null) return [];
      const { rows } = await asDefiner(client, () =>
        client.query<{ organization: string; key_version: number; wrapped_key: Buffer; name: string }>(
          `select k.organization_id as organization, k.key_version, k.wrapped_key, coalesce(o.slug, 'the platform') as name
           from app_private.organization_keys as k left join app.organizations as o on o.id = k.organization_id
           where k.retired_at is null order by name, k.key_version`,
        ),
      );
      const opens = (row: (typeof rows)[number]) => {
        try {
          return encryptionKey.unwrap(row.wrapped_key, row.organization, row.key_version).length === 32;
        } catch {
          return false;
        }
      };
      return rows.filter((row) => !opens(row)).map(({ name, key_version }) => `${name}, version ${key_version}`);
    },
  },
  {
    name: 'key_encryption_key_unknown',
    severity: 'warning',
    problem: 'is not here, so whether it opens the data keys was not looked at',
    remedy: 'Set ENCRYPTION_KEY, or DATA_DIR to the directory with encryption.key.',
    find: async ({ encryptionKey }) => (encryptionKey === null ? ['the key-encryption key'] : []),
  },
];
