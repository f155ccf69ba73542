import { readFileSync } from 'node:fs';
import { createClient } from 'graphql-ws';
import { expect, inject, onTestFinished, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { writer } from './writing.ts';

const { acme } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const page = readFileSync(new URL('../../docs/subscriptions.md', import.meta.url), 'utf8');
const block = (language: string) => new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(page)?.[1] as string;

test('what docs/subscriptions.md has a frontend do is done as it stands there', async () => {
  const developer = persona(acme, 'developer');
  const { data, errors } = await server.query(developer, block('graphql'));
  expect(errors).toEqual([]);
  expect(data.defects.nodes).toHaveLength(2);
  const shown: { title: string }[] = [];
  const code = block('js')
    .replace("import { createClient } from 'graphql-ws';", '')
    .replace('ws://localhost:5678', server.url.replace('http', 'ws'));
  const run = new Function('createClient', 'accessToken', 'show', 'after', `${code}; return client;`);
  const client = run(
    createClient,
    () => server.token(developer),
    (defect: { title: string }) => shown.push(defect),
    data.eventCursor,
  );
  onTestFinished(() => client.dispose());
  const { write, end } = await writer(database, acme);
  await write(2).finally(end);
  const byTitle = (a: { title: string }, b: { title: string }) => a.title.localeCompare(b.title);
  await expect
    // What one statement has written is told in no particular order.
    .poll(() => shown.toSorted(byTitle), { timeout: 10_000 })
    .toEqual([
      { title: 'written 1', severity: 'MEDIUM' },
      { title: 'written 2', severity: 'MEDIUM' },
    ]);
});
