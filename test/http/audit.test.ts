import { serverAudits } from 'graphql-http';
import { describe, expect, test } from 'vitest';
import { useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

/** What GraphQL over HTTP leaves open, and is done otherwise here on purpose; nothing that it says MUST or SHOULD be. */
const GET = 'GET is not offered: a link could make the request, and its address stands in logs.';
const OTHERWISE: Readonly<Record<string, string>> = { '5A70': GET, D6D5: GET, '6A70': GET };

const server = useServer(useDatabase());

describe('GraphQL over HTTP', () => {
  const audits = serverAudits({ url: () => `${server.url}/graphql` });

  test.each(audits.filter(({ id }) => !(id in OTHERWISE)))('$id $name', async ({ fn }) => {
    const result = await fn();
    expect(result.status === 'ok' ? 'ok' : `${result.status}: ${result.reason}`).toBe('ok');
  });

  test('what is done otherwise is nothing that must or should be, and is so still', async () => {
    const exceptions = audits.filter(({ id }) => id in OTHERWISE);
    expect(exceptions.map(({ id }) => id).sort()).toEqual(Object.keys(OTHERWISE).sort());
    for (const { name, fn } of exceptions) {
      expect(name).toMatch(/^MAY /);
      expect((await fn()).status).not.toBe('ok');
    }
  });
});
