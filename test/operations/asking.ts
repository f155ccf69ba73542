import type { BaseRole } from '../../src/database/identity.ts';
import { persona } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';
import type { GraphQLAnswer, TestServer } from '../support/server.ts';

/** Questions of one organization, over HTTP. */
export function asking(server: TestServer, organization: FixtureOrganization) {
  const ask = (role: BaseRole, query: string, variables: Record<string, unknown> = {}): Promise<GraphQLAnswer> =>
    server.query(persona(organization, role), query, variables);
  // biome-ignore lint/suspicious/noExplicitAny: answers have the shape of the query that asked for them.
  const data = async (role: BaseRole, query: string, variables: Record<string, unknown> = {}): Promise<any> => {
    const { data, errors } = await ask(role, query, variables);
    if (errors.length > 0) throw new Error(JSON.stringify(errors) + server.log.slice(-1));
    return data;
  };
  return {
    ask,
    data,
    /** Makes a row of a type; gives its id. */
    async make(role: BaseRole, type: string, fields: Record<string, unknown>): Promise<string> {
      const field = type.charAt(0).toLowerCase() + type.slice(1);
      const mutation = `mutation ($row: ${type}Input!) { made: create${type}(input: { ${field}: $row }) { row: ${field} { id } } }`;
      return (await data(role, mutation, { row: fields })).made.row.id;
    },
    /** Changes a row of a type. */
    change(role: BaseRole, type: string, id: string, patch: Record<string, unknown>): Promise<GraphQLAnswer> {
      const mutation = `mutation ($id: UUID!, $patch: ${type}Patch!) { update${type}(input: { id: $id, patch: $patch }) { clientMutationId } }`;
      return ask(role, mutation, { id, patch });
    },
    remove(role: BaseRole, type: string, id: string): Promise<GraphQLAnswer> {
      return ask(role, `mutation { delete${type}(input: { id: "${id}" }) { clientMutationId } }`);
    },
  };
}

/** What a machine of states allows: by state, those that may follow it. */
export type Machine = Readonly<Record<string, readonly string[]>>;

/** Every pair of different states of a machine, and whether one may follow the other. */
export function steps(machine: Machine): { from: string; to: string; allowed: boolean }[] {
  const states = Object.keys(machine);
  return states.flatMap((from) =>
    states.filter((to) => to !== from).map((to) => ({ from, to, allowed: machine[from]?.includes(to) === true })),
  );
}

/** The shortest way from where things begin to a state. */
export function wayTo(machine: Machine, beginning: string, state: string): string[] {
  const ways: string[][] = [[beginning]];
  for (const way of ways) {
    if (way.at(-1) === state) return way.slice(1);
    for (const next of machine[way.at(-1) as string] ?? []) if (!way.includes(next)) ways.push([...way, next]);
  }
  throw new Error(`Nothing leads to ${state}.`);
}
