import { readFileSync } from 'node:fs';
import { expect, inject, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

test('what docs/sign-in.md has an administrator send is accepted as it stands there', async () => {
  const page = readFileSync(new URL('../../docs/sign-in.md', import.meta.url), 'utf8');
  const blocks = [...page.matchAll(/```graphql\n([\s\S]*?)```/g)]
    .map(([, text]) => text as string)
    .filter((text) => text.includes('create'));
  const admin = persona(acme, 'admin');
  const roles = await server.query(admin, /`(\{ roles .*?)`/.exec(page)?.[1] as string);
  const named = roles.data.roles.nodes as { id: string; name: string }[];
  const variables: Record<string, unknown> = { project: acme.project, developer: named.find(({ name }) => name === 'developer')?.id };
  for (const query of blocks) {
    const answer = await server.query(admin, query, variables);
    expect(answer.errors).toEqual([]);
    variables.provider ??= answer.data.createIdentityProvider.identityProvider.id;
  }
  expect(blocks).toHaveLength(3);
});
