/** Background jobs that cannot be run; the message is one sentence. */
export class JobsError extends Error {
  override name = 'JobsError';
}
