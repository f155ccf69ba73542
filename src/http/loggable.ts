/** What may stand in the log of an error: PostgreSQL's DETAIL shows rows and is left out. */
export function loggable(error: unknown) {
  const { message, code, constraint, where, stack } = error as Error & { code?: string; constraint?: string; where?: string };
  return { message, code, constraint, where, stack };
}
