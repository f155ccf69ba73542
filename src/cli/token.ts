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
import { memberId, organizationId, projectId } from './look-up.ts';
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
  const admin: Principal = {
    ...ANONYMOUS,
    role: 'admin',
    organizationId: await organizationId(client, options.org),
    actor: 'token command',
  };
  return asPrincipal(client, keys, admin, async () => ({
    ...admin,
    role,
    actor: '',
    projectId: options.project === undefined ? null : await projectId(client, options.org, options.project),
    userId: options.user === undefined ? null : await memberId(client, options.org, options.user, role),
  }));
}
