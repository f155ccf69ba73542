import type pg from 'pg';
import { inTransaction, withClient } from './connection.ts';
import { type EncryptionKey, PLATFORM } from './encryption-key.ts';
import { ensureDataKey, KeyEnvelopes } from './key-envelopes.ts';
import { ADVISORY_LOCK, upgradeSchema } from './migrate.ts';

/** What an organization is made from. */
export interface NewOrganization {
  /** `^[a-z][a-z0-9_]{1,40}$` */
  readonly slug: string;
  readonly name: string;
  readonly region: string;
  readonly isolation: 'shared' | 'schema';
  readonly members: readonly NewMember[];
  /** Whether members may be people who have an account already. */
  readonly mayKnowMembers?: boolean;
}

/** An address that has an account already, where the caller did not say that it may. */
export class AccountExistsError extends Error {
  override name = 'AccountExistsError';
}

export interface NewMember {
  readonly email: string;
  readonly name: string;
  /** The name of a built-in role, or of one of the organization's own. */
  readonly role: string;
}

/** An organization as commands see it. */
export interface Organization {
  readonly id: string;
  /** The schema that its rows live in. */
  readonly home: string;
  readonly state: 'provisioning' | 'ready';
}

/**
 * Makes an organization with its data key, its schema (in the schema tier) and its first members, by the operator's
 * connection. Until all of it exists it is `provisioning` and invisible; running it again finishes it, and changes nothing
 * of one that is ready.
 *
 * @throws the database's error, with code DX400 or DX409 where the caller can mend it.
 */
export async function createOrganization(
  operatorUrl: string,
  encryptionKey: EncryptionKey,
  wanted: NewOrganization,
): Promise<Organization> {
  return withClient(operatorUrl, async (client) => {
    // Waits for a migrate, or for another that makes organizations.
    await client.query('select pg_advisory_lock($1)', [ADVISORY_LOCK]);
    await client.query('set role app_owner');
    await ensureDataKey(client, encryptionKey, PLATFORM);
    if (wanted.mayKnowMembers !== true) await refuseAccounts(client, encryptionKey, wanted);
    const { rows } = await client.query<Organization>('select id, home, state from app_private.create_organization($1, $2, $3, $4, $5)', [
      wanted.slug,
      wanted.name,
      wanted.region,
      wanted.isolation,
      encryptionKey.id,
    ]);
    const organization = rows[0] as Organization;
    // Members of an organization that is in use are its administrators' affair.
    if (organization.state === 'ready') return organization;
    await ensureDataKey(client, encryptionKey, organization.id);
    if (wanted.isolation === 'schema') {
      await client.query('reset role');
      await upgradeSchema(client, operatorUrl, organization.home);
      await client.query('set role app_owner');
    }
    await addMembers(client, encryptionKey, organization.id, wanted.members);
    await client.query('select app_private.finish_organization($1)', [organization.id]);
    return { ...organization, state: 'ready' };
  });
}

async function refuseAccounts(client: pg.Client, encryptionKey: EncryptionKey, { slug, members }: NewOrganization): Promise<void> {
  const keys = await new KeyEnvelopes(client, encryptionKey).of(PLATFORM);
  for (const { email } of members) {
    const { rows } = await client.query<{ exists: boolean }>('select app_private.is_account_elsewhere($1, $2, $3) as exists', [
      email,
      slug,
      keys,
    ]);
    if (rows[0]?.exists === true) throw new AccountExistsError(`There is an account with the e-mail address "${email}" already.`);
  }
}

/**
 * Makes people members of an organization (users are made for new e-mail addresses), in one transaction.
 *
 * @returns the users' ids, in the order given.
 */
async function addMembers(
  client: pg.Client,
  encryptionKey: EncryptionKey,
  organizationId: string,
  members: readonly NewMember[],
): Promise<string[]> {
  const keys = await new KeyEnvelopes(client, encryptionKey).of(organizationId);
  return inTransaction(client, async () => {
    await client.query('select app_private.work_for($1, $2)', [organizationId, keys]);
    const ids: string[] = [];
    for (const member of members) {
      const { rows } = await client.query<{ id: string }>('select app_private.add_member($1, $2, $3) as id', [
        member.email,
        member.name,
        member.role,
      ]);
      ids.push((rows[0] as { id: string }).id);
    }
    return ids;
  });
}
