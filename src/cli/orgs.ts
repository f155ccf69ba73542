import type { Config } from '../config.ts';
import { databaseUrls } from '../database/development.ts';
import { localEncryptionKey } from '../database/encryption-key.ts';
import { AccountExistsError, createOrganization } from '../database/organizations.ts';
import { CommandError, type Output } from './output.ts';

export interface CreateOrganizationOptions {
  readonly name?: string;
  readonly region: string;
  readonly isolation: string;
  readonly admin: string;
  readonly adminName?: string;
  readonly existingUser?: true;
}

/** The operator's connection, or a sentence that says how to give it. */
export function operatorUrl(config: Config): string {
  const url = config.OPERATOR_DATABASE_URL ?? databaseUrls(config).operatorUrl;
  if (url === undefined) throw new CommandError("This command needs the operator's connection: set OPERATOR_DATABASE_URL.");
  return url;
}

/** Makes an organization with its first administrator; run again, it finishes what was interrupted. */
export async function createOrg(config: Config, output: Output, slug: string, options: CreateOrganizationOptions): Promise<void> {
  if (!/^[a-z][a-z0-9_]{1,40}$/.test(slug)) {
    throw new CommandError(`The slug "${slug}" must begin with a lower-case letter, followed by 1 to 40 lower-case letters, digits or _.`);
  }
  // Before anything is made: an organization without its administrator would stay half-made.
  if (!/^[^@\s]+@[^@\s]+$/.test(options.admin))
    throw new CommandError(`The e-mail address "${options.admin}" must be of the form name@domain.`);
  if (options.isolation !== 'shared' && options.isolation !== 'schema') throw new CommandError('The isolation is "shared" or "schema".');
  const organization = await createOrganization(operatorUrl(config), localEncryptionKey(config), {
    slug,
    name: options.name ?? slug,
    region: options.region,
    isolation: options.isolation,
    members: [{ email: options.admin, name: options.adminName ?? (options.admin.split('@')[0] as string), role: 'admin' }],
    mayKnowMembers: options.existingUser === true,
  }).catch((error: Error & { code?: string }) => {
    if (error instanceof AccountExistsError)
      throw new CommandError(`${error.message} If it is that person's, who is to run this organization too, add --existing-user.`);
    if (error.code?.startsWith('DX4') === true) throw new CommandError(error.message);
    throw error;
  });
  output.result(`The organization ${slug} is ready; its rows live in schema ${organization.home}.`, { slug, ...organization });
}
