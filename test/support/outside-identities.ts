import { randomUUID } from 'node:crypto';
import { expect } from 'vitest';
import { persona, type TestDatabase } from './database.ts';
import type { FixtureOrganization } from './fixture.ts';
import type { GraphQLAnswer, TestServer } from './server.ts';

const CREATE_PROVIDER =
  'mutation ($provider: IdentityProviderInput!) { createIdentityProvider(input: { identityProvider: $provider }) { identityProvider { id } } }';
const CREATE_MAPPING =
  'mutation ($mapping: GroupMappingInput!) { createGroupMapping(input: { groupMapping: $mapping }) { groupMapping { id } } }';
const CREATE_TRUST = 'mutation ($trust: CiTrustInput!) { createCiTrust(input: { ciTrust: $trust }) { ciTrust { id } } }';

/** A row that was registered, and the audience of the tokens that it takes. */
export interface Registered {
  readonly id: string;
  readonly audience: string;
}

/** Registers what the tests of outside identities need, by GraphQL as an administrator of an organization. */
export function registrar(database: TestDatabase, server: TestServer) {
  async function make(organization: FixtureOrganization, query: string, variables: Record<string, unknown>): Promise<string> {
    const answer = await server.query(persona(organization, 'admin'), query, variables);
    expect(answer.errors).toEqual([]);
    const [payload] = Object.values(answer.data as Record<string, Record<string, { id: string }>>);
    return Object.values(payload as Record<string, { id: string }>)[0]?.id as string;
  }

  async function roleId(name: string): Promise<string> {
    const { rows } = await database.operator.query<{ id: string }>('select id from app.roles where name = $1 and organization_id is null', [
      name,
    ]);
    return rows[0]?.id as string;
  }

  return {
    roleId,
    /** An identity provider; with an audience of its own where none is given, so that tests do not meet. */
    async provider(organization: FixtureOrganization, issuer: string, input: Record<string, unknown> = {}): Promise<Registered> {
      const audience = (input.audience as string | undefined) ?? `api://${randomUUID()}`;
      const provider = { name: randomUUID(), issuer, audience, ...input };
      return { id: await make(organization, CREATE_PROVIDER, { provider }), audience };
    },
    async mapping(organization: FixtureOrganization, provider: Registered, groupName: string, role: string, position = 0): Promise<string> {
      const mapping = { providerId: provider.id, groupName, roleId: await roleId(role), position };
      return make(organization, CREATE_MAPPING, { mapping });
    },
    async trust(
      organization: FixtureOrganization,
      issuer: string,
      subjectPattern: string,
      input: Record<string, unknown> = {},
    ): Promise<Registered> {
      const audience = (input.audience as string | undefined) ?? `https://${randomUUID()}.example`;
      const trust = { name: randomUUID(), projectId: organization.project, issuer, audience, subjectPattern, ...input };
      return { id: await make(organization, CREATE_TRUST, { trust }), audience };
    },
    /** Asks with a token. */
    ask(token: string, query: string, headers: Record<string, string> = {}): Promise<GraphQLAnswer> {
      return server.post({ authorization: `Bearer ${token}`, ...headers }, JSON.stringify({ query }));
    },
  };
}
