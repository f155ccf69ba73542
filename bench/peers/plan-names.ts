import type { Principal } from '../../src/database/identity.ts';

/**
 * Names prepared statements for who runs them, as the product does: PostgreSQL plans a statement anew where it was planned for another
 * role or search path than it is run with.
 */
export class PlanNames {
  readonly #paths = new Map<string | null, string>();
  /** A name has room for a number only. */
  readonly #numbers = new Map<string, number>();

  /** @returns the name of `statement` for a caller. */
  of(statement: string, { role, organizationId }: Principal): string {
    const path = this.#paths.get(organizationId);
    return `${statement}:${role}:${path === undefined ? '' : this.#numbers.get(path)}`;
  }

  /** Remembers the search path that the database gave to a caller, as its identity statement answers. */
  learn({ organizationId }: Principal, path: string): void {
    this.#paths.set(organizationId, path);
    if (!this.#numbers.has(path)) this.#numbers.set(path, this.#numbers.size);
  }
}
