import { describe, expect, inject, test } from 'vitest';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme } = inject('fixture');
const database = useDatabase();
const TOKEN = 'a-token-of-32-characters-or-more';
const opened = useServer(database, { METRICS_TOKEN: TOKEN });
const closed = useServer(database);

const get = (url: string, headers: Record<string, string> = {}) => fetch(`${url}/health/metrics`, { headers });
const read = async () => (await get(opened.url, { authorization: `Bearer ${TOKEN}` })).text();

/** The value of a line that begins so; 0 where there is none. */
function sampleOf(text: string, line: string): number {
  const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
  return Number(found?.slice(line.length + 1) ?? 0);
}

describe('who may read them', () => {
  test('without a token in the settings there is nothing, for anybody', async () => {
    for (const headers of [
      {},
      { authorization: 'Bearer ' },
      { authorization: 'Bearer undefined' },
      { authorization: `Bearer ${TOKEN}` },
    ] as const) {
      expect((await get(closed.url, headers)).status).toBe(404);
    }
  });

  test.each([[{}], [{ authorization: 'Bearer x' }], [{ authorization: TOKEN }], [{ authorization: `Bearer ${TOKEN}x` }]])(
    'another token is refused: %o',
    async (headers) => {
      const response = await get(opened.url, headers as Record<string, string>);
      expect([response.status, await response.text()]).toEqual([401, 'The metrics token is missing or wrong.\n']);
    },
  );

  test('an administrator’s token is none', async () => {
    expect((await get(opened.url, { authorization: `Bearer ${await opened.token(persona(acme, 'admin'))}` })).status).toBe(401);
  });
});

describe('what they say', () => {
  test('requests by route and status, operations, errors by code, the pool and the process', async () => {
    const before = await read();
    const admin = persona(acme, 'admin');
    expect((await opened.query(admin, '{ projects { totalCount } }')).errors).toEqual([]);
    expect((await opened.query(persona(acme, 'ci'), '{ notifications { totalCount } }')).errors).toHaveLength(1);
    expect((await opened.query(admin, '{ nothing }')).errors).toHaveLength(1);
    expect((await opened.post({ authorization: 'Bearer wrong' }, '{}')).status).toBe(401);
    await fetch(`${opened.url}/${acme.id}`);
    await fetch(`${opened.url}/health/live`, { method: 'PROPFIND' });
    const after = await read();
    const more = (line: string) => sampleOf(after, line) - sampleOf(before, line);
    const requests = 'defectxray_http_request_duration_seconds_count';
    expect(more(`${requests}{method="POST",route="/graphql",status="401"}`)).toBe(1);
    expect(more(`${requests}{method="GET",route="other",status="404"}`)).toBe(1);
    expect(more(`${requests}{method="other",route="/health/live",status="404"}`)).toBe(1);
    expect(more(`${requests}{method="POST",route="/graphql",status="200"}`)).toBeGreaterThanOrEqual(2);
    expect(more('defectxray_graphql_operations_total{operation="query",outcome="succeeded"}')).toBe(1);
    expect(more('defectxray_graphql_operations_total{operation="query",outcome="failed"}')).toBe(1);
    for (const code of ['FORBIDDEN', 'BAD_USER_INPUT', 'UNAUTHENTICATED'])
      expect(more(`defectxray_errors_total{code="${code}"}`), code).toBe(1);
    expect(sampleOf(after, 'defectxray_database_pool{state="total"}')).toBeGreaterThan(0);
    expect(sampleOf(after, 'defectxray_database_pool{state="waiting"}')).toBe(0);
    expect(after).toMatch(/^nodejs_eventloop_lag_p99_seconds /m);
    expect(after).toMatch(/^process_resident_memory_bytes /m);
  });

  test('nothing of who asked, or for what', async () => {
    const text = await read();
    for (const word of [acme.id, acme.slug, acme.users.admin, 'notifications', 'nothing']) expect(text).not.toContain(word);
  });
});
