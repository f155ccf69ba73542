import pg from 'pg';
import { loadSigningKey } from '../auth/signing-key.ts';
import { mintToken } from '../auth/tokens.ts';
import type { Config } from '../config.ts';
import { asPrincipal } from '../database/as-principal.ts';
import { connectionOptions } from '../database/connection.ts';
import { databaseUrls } from '../database/development.ts';
import { localEncryptionKey } from '../database/encryption-key.ts';
import { ANONYMOUS, BASE_ROLES, type BaseRole, type Principal } from '../database/identity.ts';
import { KeyEnvelopes } from '../database/key-envelopes.ts';
import { CommandError, type Output } from './output.ts';

export interface TokenOptions {
  readonly org: string;
  readonly role: string;
  readonly user?: string;
  readonly project?: string;
  readonly hours: number;
}

/** Mints a development token for a role of an organization; refuses in production. */
export async function token(config: Config, output: Output, options: TokenOptions): Promise<void> {
  if (config.NODE_ENV === 'production') throw new CommandError('Development tokens are not minted in production.');
  const role = BASE_ROLES.find((known) => known === options.role);
  if (role === undefined) throw new CommandError(`There is no role "${options.role}": choose one of ${BASE_ROLES.join(', ')}.`);
  const client = new pg.Client(connectionOptions(databaseUrls(config).databaseUrl));
  await client.connect();
  try {
    const principal = await lookUp(client, new KeyEnvelopes(client, localEncryptionKey(config)), role, options);
    const key = await loadSigningKey(config);
    const minted = await mintToken(
      { key, issuer: config.JWT_ISSUER, audience: config.JWT_AUDIENCE },
      principal,
      Math.ceil(options.hours * 3600),
    );
    output.result(minted, {
      token: minted,
      organizationId: principal.organizationId,
      role,
      userId: principal.userId,
      projectId: principal.projectId,
    });
  } finally {
    await client.end();
  }
}

async function lookUp(client: pg.Client, keys: KeyEnvelopes, role: BaseRole, options: TokenOptions): Promise<Principal> {
  const organizations = await client.query<{ id: string; state: string }>('select id, state from app_private.organization_by_slug($1)', [
    options.org,
  ]);
  const organization = organizations.rows[0];
  if (organization?.state !== 'ready') throw new CommandError(`There is no organization "${options.org}".`);
  const admin: Principal = { ...ANONYMOUS, role: 'admin', organizationId: organization.id, actor: 'token command' };
  return asPrincipal(client, keys, admin, async () => {
    const principal = { ...admin, role, actor: '' };
    if (options.project !== undefined) {
      const { rows } = await client.query<{ id: string }>('select id from projects where slug = $1', [options.project]);
      if (rows[0] === undefined) throw new CommandError(`There is no project "${options.project}" in ${options.org}.`);
      principal.projectId = rows[0].id;
    }
    if (options.user !== undefined) {
      const { rows } = await client.query<{ id: string; base_role: string }>(
        `select p.id, r.base_role from people as p
         join organization_members as m on m.user_id = p.id join roles as r on r.id = m.role_id
         where p.removed_at is null and (p.id::text = $1 or lower(people_email(p)) = lower($1))`,
        [options.user],
      );
      const user = rows[0];
      if (user === undefined) throw new CommandError(`Nobody in ${options.org} has the e-mail address or id "${options.user}".`);
      if (user.base_role !== role) throw new CommandError(`${options.user} is ${user.base_role} in ${options.org}, not ${role}.`);
      principal.userId = user.id;
    }
    return principal;
  });
}
