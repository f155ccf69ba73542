const UNREACHABLE = new Set(['ECONNREFUSED', 'ECONNRESET', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ETIMEDOUT', '57P03']);
const LOGIN_REFUSED = new Set(['28000', '28P01']);

/**
 * What a person is told of an error that ended a command, in one sentence where the cause is known. Commands connect to
 * nothing but the database (`report` speaks for itself), so an address that does not answer is the database's.
 */
export function sentenceOf({ name, message, code }: Error & { code?: string }): string {
  // Our own errors are sentences already; those with a code come from the system or the database.
  if (code === undefined || name === 'EmbeddedServerError') return message;
  if (UNREACHABLE.has(code)) {
    return `The database cannot be reached (${message || code}): start one with "npm start", or set DATABASE_URL to where it is.`;
  }
  if (LOGIN_REFUSED.has(code)) return `The database refuses the login (${message}): check the connection string.`;
  return `${message} (${code})`;
}
