import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { clearAway, PATIENCE, type Running, readyUrl, start, temporaryDirectory } from '../cli/command-line.ts';
import { useDatabase } from '../support/database.ts';

const PROBE = fileURLToPath(new URL('own-usage.ts', import.meta.url));
const database = useDatabase();
const directory = temporaryDirectory();
let server: Running;
let url: string;

beforeAll(async () => {
  server = start(['serve'], {
    NODE_OPTIONS: `--import ${PROBE}`,
    DATABASE_URL: database.url,
    DATA_DIR: inject('dataDirectory'),
    PORT: '0',
    ANONYMOUS_RATE_LIMIT_PER_MINUTE: '100000',
  });
  url = await readyUrl(server);
});
afterAll(() => clearAway(directory, [server]));

/** What the server's process says of itself: how long its thread has worked since it was last asked (ms), or its memory (MB). */
async function told(signal: 'SIGUSR2' | 'SIGWINCH'): Promise<number> {
  const said = server.stderr.length;
  const line = signal === 'SIGUSR2' ? /worked ([\d.]+)\n/ : /heap (\d+)\n/;
  server.child.kill(signal);
  await vi.waitFor(() => expect(server.stderr.slice(said)).toMatch(line), PATIENCE);
  return Number(line.exec(server.stderr.slice(said))?.[1]);
}

async function send(body: string): Promise<string> {
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return response.text();
}

/** Another text each time, or the second would be answered from a cache. */
const anew = (body: string, n: number) => body.replace(/"\}$/, ` #${n}"}`);
const asQuery = (query: string) => JSON.stringify({ query });
const times = (count: number, each: (n: number) => string, between = ' ') => Array.from({ length: count }, (_, n) => each(n)).join(between);

const EIGHTEEN =
  'assigneeId createdAt environment errorType firstRunId firstSeenAt id lastRunId lastSeenAt nodeId occurrenceCount projectId resolvedAt severity status testId title updatedAt';

const HOSTILE: Readonly<Record<string, string>> = {
  '10,000 aliases': asQuery(`{ ${times(10_000, (n) => `a${n}: __typename`)} }`),
  '3,000 aliases': asQuery(`{ ${times(3_000, (n) => `a${n}: __typename`)} }`),
  '3,300 fields of one name': asQuery(`{ ${times(3_300, () => 'a: __typename')} }`),
  '500 fields of one name': asQuery(`{ ${times(500, () => '__typename')} }`),
  '500 fields of one name with fields': asQuery(`{ ${times(250, () => 'defects { totalCount }')} }`),
  'fields of one name with arguments': asQuery(`{ ${times(250, () => 'defects(first: 1, offset: 0, filter: {}) { totalCount }')} }`),
  '1 MB of directives': asQuery(`{ __typename ${'@include(if: true) '.repeat(55_000)} }`),
  '3,000 directives': asQuery(`{ __typename ${'@skip '.repeat(3_300)} }`),
  '1 MB of one string': asQuery(`{ __type(name: "${'x'.repeat(1_000_000)}") { name } }`),
  '1 MB of one name': asQuery(`{ ${'x'.repeat(1_000_000)} }`),
  '1 MB of a comment': asQuery(`#${'x'.repeat(1_000_000)}\n{ __typename }`),
  '1 MB of commas': asQuery(`{ __typename ${','.repeat(1_000_000)} }`),
  '100,000 brackets': asQuery(`{ a(b: ${'['.repeat(100_000)}${']'.repeat(100_000)}) }`),
  '100,000 brackets of JSON': `{"query":"{ __typename }","variables":{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`,
  '1 MB of JSON keys': `{"query":"{ __typename }","variables":{${times(70_000, (n) => `"k${n}":${n}`, ',')}}}`,
  'a batch': `[${times(20_000, () => '{"query":"{ __typename }"}', ',')}]`,
  'introspection in circles': asQuery('{ __schema { types { fields { type { fields { type { fields { name } } } } } } } }'),
  'introspection in a smaller circle': asQuery('{ __schema { types { fields { type { fields { name } } } } } }'),
  'introspection three times': asQuery(
    '{ a: __schema { types { fields { type { fields { name } } } } } b: __schema { types { fields { type { fields { name } } } } } c: __schema { types { fields { type { fields { name } } } } } }',
  ),
  '900 fragments that double': asQuery(
    `{ ...F0 } ${times(900, (n) => `fragment F${n} on Query { ${n === 899 ? '__typename' : `...F${n + 1} ...F${n + 1}`} }`)}`,
  ),
  'fragments in a circle': asQuery(`{ ...F0 } ${times(900, (n) => `fragment F${n} on Query { ...F${(n + 1) % 900} }`)}`),
  '1,100 fragments that are not used': asQuery(`{ __typename } ${times(1_100, (n) => `fragment F${n} on Query { __typename }`)}`),
  '1,600 operations': asQuery(times(1_600, (n) => `query Q${n} { __typename }`)),
  '1,900 variables': asQuery(`query (${times(1_900, (n) => `$v${n}: Int`)}) { __typename }`),
  '500 mistyped fields': asQuery(`{ ${times(500, (n) => `projectz${n}`)} }`),
  '250 mistyped arguments': asQuery(`{ ${times(250, (n) => `defects(firstt${n}: 1) { id }`)} }`),
  'as many fields as are planned': asQuery(`{ ${times(25, (n) => `a${n}: defects(offset: ${n}) { nodes { ${EIGHTEEN} } }`)} }`),
  'a deep filter': asQuery(`{ defects(filter: ${'{ and: ['.repeat(1_200)}${'] }'.repeat(1_200)}) { totalCount } }`),
  'a wide filter': asQuery(`{ defects(filter: { or: [${times(1_600, () => '{ title: { includes: "a" } }')}] }) { totalCount } }`),
};

test.each(Object.entries(HOSTILE))('%s does not hold up others', async (_name, body) => {
  const worked: number[] = [];
  // What is compiled, or collected of those before, is not its doing: the least of three is.
  for (let n = 0; n < 3; n += 1) {
    await told('SIGUSR2');
    await send(anew(body, n));
    worked.push(await told('SIGUSR2'));
  }
  // No tick of the event loop can be longer than all of them together.
  expect(Math.min(...worked)).toBeLessThan(100);
  expect((await fetch(`${url}/health/live`)).status).toBe(200);
});

test('memory does not stay high after many large operations', async () => {
  const large = (n: number) => asQuery(`query Q${n} { ${times(25, (m) => `a${m}: defects(offset: ${m}) { nodes { ${EIGHTEEN} } }`)} }`);
  // Who may not read them: only the planning is done.
  for (let n = 0; n < 35; n += 1) expect(await send(large(n))).toContain('FORBIDDEN');
  const before = await told('SIGWINCH');
  for (let n = 35; n < 95; n += 1) await send(large(n));
  const after = await told('SIGWINCH');
  // Kept, each would take more than 4 MB.
  expect(after - before).toBeLessThan(50);
}, 120_000);
