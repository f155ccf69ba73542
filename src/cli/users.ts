import { newSecret, secretHash } from '../auth/secret-tokens.ts';
import type { Config } from '../config.ts';
import { withClient } from '../database/connection.ts';
import { localEncryptionKey, PLATFORM } from '../database/encryption-key.ts';
import { KeyEnvelopes } from '../database/key-envelopes.ts';
import { operatorUrl } from './orgs.ts';
import { CommandError, type Output } from './output.ts';

/** How long a token for a password holds. */
const RESET_HOURS = 24;

/** Issues a token by which a person sets a password, once: for the first administrator, and for who has forgotten theirs. */
export async function resetPassword(config: Config, output: Output, email: string): Promise<void> {
  const token = await issuePasswordReset(operatorUrl(config), config, email);
  if (token === null) throw new CommandError(`Nobody has the e-mail address "${email}".`);
  output.result(`${token}\nWhoever has it sets the password of ${email} within ${RESET_HOURS} hours, by the mutation resetPassword.`, {
    email,
    token,
    hours: RESET_HOURS,
  });
}

/** A token that sets the password of a user; null where there is none by that address. */
export async function issuePasswordReset(
  operator: string,
  config: Pick<Config, 'ENCRYPTION_KEY' | 'DATA_DIR'>,
  email: string,
): Promise<string | null> {
  const token = newSecret('passwordReset');
  return withClient(operator, async (client) => {
    await client.query('set role app_owner');
    const keys = await new KeyEnvelopes(client, localEncryptionKey(config)).of(PLATFORM);
    const { rows } = await client.query<{ member: string | null }>('select app_private.issue_password_reset($1, $2, $3, $4) as member', [
      email,
      secretHash(token),
      RESET_HOURS,
      keys,
    ]);
    return rows[0]?.member == null ? null : token;
  });
}
