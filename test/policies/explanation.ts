import { expect } from 'vitest';
import type { Principal } from '../../src/database/identity.ts';
import type { GraphQLAnswer, TestServer } from '../support/server.ts';

const ARGUMENTS = '$nodeId: ID, $type: String, $id: UUID, $operation: AccessOperation!, $role: BaseRole, $userId: UUID, $projectId: UUID';
const PASSED = ARGUMENTS.replaceAll(/\$(\w+): \w+!?/g, '$1: $$$1');

/** `explainAccess` with all that it can be asked and all that it answers. */
export const EXPLAIN = `query (${ARGUMENTS}) { explainAccess(${PASSED}) {
  type operation role roleName userId projectId allowed refusal advice
  grants { operation scope fields }
  policies { operation name permissive passes rule condition check }
  maskedFields { field mode rule }
} }`;

/** Asks a server for explanations, each way that the tests need the answer. */
export function explainer(server: TestServer) {
  const ask = (principal: Principal, variables: Record<string, unknown>): Promise<GraphQLAnswer> =>
    server.query(principal, EXPLAIN, variables);
  return {
    ask,
    /** The explanation itself. */
    async explained(principal: Principal, variables: Record<string, unknown>) {
      const answer = await ask(principal, variables);
      expect(answer.errors).toEqual([]);
      return answer.data.explainAccess;
    },
    /** The whole answer as it goes over the wire. */
    async bytes(principal: Principal, variables: Record<string, unknown>): Promise<string> {
      const response = await fetch(`${server.url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${await server.token(principal)}` },
        body: JSON.stringify({ query: EXPLAIN, variables }),
      });
      return `${response.status} ${await response.text()}`;
    },
  };
}
