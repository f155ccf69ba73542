import { Credential } from '../agent/credential.ts';
import { Deadline } from '../agent/retry.ts';
import type { Destination } from '../agent/send-mutation.ts';
import { serverAddress } from '../agent/server-address.ts';
import type { ServerOptions } from './server-options.ts';

/** What the CI agent needs to send something. */
export interface Connection extends Destination {
  /** Gives the credential; throws an Error with a sentence where there is none. */
  readonly credential: () => Credential;
  readonly deadline: Deadline;
}

/**
 * The connection that options ask for, from now on.
 *
 * @throws Error with a sentence that says what is wrong with the address.
 */
export function connectionOf(options: ServerOptions, onProblem: (sentence: string) => void): Connection {
  const server = serverAddress(options.server);
  verifyCertificates(onProblem);
  return {
    server,
    organization: options.organization ?? null,
    credential: () =>
      Credential.find({
        token: options.token ?? null,
        audience: options.audience ?? server.origin,
        serviceConnection: options.serviceConnection ?? null,
        variable: (name) => process.env[name]?.trim() || null,
      }),
    deadline: new Deadline(options.timeout),
  };
}

/** Node.js would take any certificate for this variable's sake, of whoever stands between. */
function verifyCertificates(onProblem: (sentence: string) => void): void {
  if (process.env.NODE_TLS_REJECT_UNAUTHORIZED !== '0') return;
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  onProblem('NODE_TLS_REJECT_UNAUTHORIZED is ignored: certificates are verified; name one of your own in NODE_EXTRA_CA_CERTS.');
}
