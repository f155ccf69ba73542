import { withClient } from '../../src/database/connection.ts';
import { type EncryptionKey, localEncryptionKey } from '../../src/database/encryption-key.ts';
import { ANONYMOUS, BASE_ROLES, type BaseRole, type Principal } from '../../src/database/identity.ts';
import { createOrganization } from '../../src/database/organizations.ts';
import type { Progress } from './progress.ts';
import { apportion, zipfWeights } from './sizes.ts';
import { COMPANY_FIRST, COMPANY_SECOND, COMPANY_THIRD } from './vocabulary.ts';

/** An organization that has its people, and its projects and defects to come. */
export interface NewDataOrganization {
  readonly id: string;
  readonly slug: string;
  readonly home: string;
  readonly weight: number;
  readonly defects: number;
  readonly principals: Readonly<Record<BaseRole, Principal>>;
  /** Who defects are assigned to and who deploys: developers and engineers. */
  readonly workers: readonly string[];
}

/** Those with a schema of their own, by their rank in size; the largest share tables. */
const SCHEMA_TIER: ReadonlySet<number> = new Set([10, 40, 90, 150]);
const REGIONS = ['eu-central', 'us-east', 'uk-south', 'singapore'] as const;
/** Of each role one at least; of those who work on defects more where there are more. */
const PEOPLE = BASE_ROLES.filter((role) => role !== 'ci');

/** Makes the organizations with their people, as the product makes them: keys, schemas, members. */
export async function makeOrganizations(
  operatorUrl: string,
  directory: string,
  defects: number,
  progress: Progress,
): Promise<readonly NewDataOrganization[]> {
  const key = localEncryptionKey({ DATA_DIR: directory, ENCRYPTION_KEY: undefined });
  const weights = zipfWeights();
  const parts = apportion(defects, weights);
  const made: NewDataOrganization[] = [];
  for (const [rank, weight] of weights.entries()) {
    made.push(await makeOrganization(operatorUrl, key, rank, weight, parts[rank] as number));
    progress.add(1);
  }
  return made;
}

async function makeOrganization(operatorUrl: string, key: EncryptionKey, rank: number, weight: number, defects: number) {
  const words = [
    COMPANY_FIRST[rank % 10] as string,
    COMPANY_SECOND[Math.floor(rank / 10) % 10] as string,
    COMPANY_THIRD[Math.floor(rank / 100)] as string,
  ];
  const slug = words.join('_');
  const more = Math.min(20, Math.round(weight * 200));
  const roles: readonly BaseRole[] = [
    ...PEOPLE,
    ...Array.from({ length: more }, (_, n) => (n % 2 === 0 ? 'developer' : 'engineer') as BaseRole),
  ];
  const { id, home } = await createOrganization(operatorUrl, key, {
    slug,
    name: words.map((word) => `${(word[0] as string).toUpperCase()}${word.slice(1)}`).join(' '),
    region: REGIONS[rank % REGIONS.length] as string,
    isolation: SCHEMA_TIER.has(rank + 1) ? 'schema' : 'shared',
    // No address is anybody's yet, so that nobody need be asked.
    mayKnowMembers: true,
    members: roles.map((role, n) => ({ email: `${role}.${n}@${slug.replaceAll('_', '-')}.example`, name: `${role} ${n}`, role })),
  });
  const people = await withClient(operatorUrl, async (client) => {
    const { rows } = await client.query<{ id: string; role: BaseRole }>(
      `select id, role_name as role from ${home}.people where organization_id = $1 order by name`,
      [id],
    );
    return rows;
  });
  const principal = (role: BaseRole): Principal => {
    const userId = people.find((person) => person.role === role)?.id ?? null;
    return { ...ANONYMOUS, role, organizationId: id, userId, actor: userId === null ? `token:${role}` : `user:${userId}` };
  };
  return {
    id,
    slug,
    home,
    weight,
    defects,
    principals: Object.fromEntries(BASE_ROLES.map((role) => [role, principal(role)])) as Record<BaseRole, Principal>,
    workers: people.filter(({ role }) => role === 'developer' || role === 'engineer').map((person) => person.id),
  };
}
