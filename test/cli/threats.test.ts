import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { persona } from '../support/database.ts';
import { run, temporaryDirectory } from './command-line.ts';
import { useServedClone } from './served-clone.ts';

const { acme, globex } = inject('fixture');
const served = useServedClone();
let directory: string;

beforeAll(() => {
  directory = temporaryDirectory();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

function feed(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

const stix = (count: number, fields: object = {}) =>
  JSON.stringify({
    type: 'bundle',
    objects: Array.from({ length: count }, (_, index) => ({
      type: 'indicator',
      pattern: `[domain-name:value = 'host-${index}.example']`,
      valid_from: '2026-01-01T00:00:00Z',
      modified: '2026-02-01T00:00:00Z',
      ...fields,
    })),
  });

async function imported(organization: typeof acme, args: readonly string[], role: 'admin' | 'developer' = 'admin') {
  const token = await served.token(persona(organization, role));
  return run(['threats', 'import', ...args], { DEFECTXRAY_URL: served.url, DEFECTXRAY_TOKEN: token });
}

describe.each([acme, globex])('threats import into $slug', (organization) => {
  test('imports a STIX bundle in batches with its progress; the second time changes nothing', async () => {
    const file = feed('feed.json', stix(6_000));
    const first = await imported(organization, [file, '--source', 'example feed', '--level', 'high']);
    expect(first).toMatchObject({ code: 0, stdout: '6000 created, 0 updated, 0 unchanged.\n' });
    expect(first.stderr).toMatch(/Bytes imported: \d+ of \d+/);
    const version = 'select max(version) as version, count(*)::int as count from %.threat_indicators where source = $1'.replace(
      '%',
      organization.home,
    );
    const before = (await served.database.operator.query(version, ['example feed'])).rows;
    expect(before).toEqual([{ version: 1, count: 6_000 }]);
    const second = await imported(organization, [file, '--source', 'example feed', '--level', 'high', '--json']);
    expect(second.code).toBe(0);
    expect(JSON.parse(second.stdout)).toEqual({ created: 0, updated: 0, unchanged: 6_000, problems: [], problemCount: 0 });
    expect((await served.database.operator.query(version, ['example feed'])).rows).toEqual(before);

    const newer = await imported(organization, [feed('newer.json', stix(10, { modified: '2026-03-01T00:00:00Z', confidence: 99 }))]);
    expect(newer.stdout).toBe('0 created, 10 updated, 0 unchanged.\n');
    const { rows } = await served.database.operator.query(
      `select threat_level, source, confidence_score from ${organization.home}.threat_indicators where indicator_value = 'host-9.example' and organization_id = $1`,
      [organization.id],
    );
    expect(rows).toEqual([{ threat_level: 'medium', source: 'newer.json', confidence_score: 99 }]);
  });

  test('imports CSV, says with its place what it leaves out, and fails for that with --strict only', async () => {
    const file = feed(
      'feed.csv',
      'type,value,last_seen\nurl,https://bad.example/,2026-01-01\nurl,,2026-01-01\nipv4-addr,203.0.113.9,2026-01-01\n',
    );
    const lax = await imported(organization, [file]);
    expect(lax).toMatchObject({ code: 0, stdout: '2 created, 0 updated, 0 unchanged; 1 problem.\n' });
    expect(lax.stderr).toContain('feed.csv:3:1: an indicator is left out: its value has 0 bytes, not 1 to 2000');
    const strict = await imported(organization, [file, '--strict']);
    expect(strict).toMatchObject({ code: 2, stdout: '0 created, 0 updated, 2 unchanged; 1 problem.\n' });
  });
});

test('who may not is told so, and so is who gives no file, no credential or a wrong level', async () => {
  const file = feed('one.csv', 'type,value,last_seen\nurl,x,2026-01-01\n');
  const forbidden = await imported(acme, [file], 'developer');
  expect(forbidden).toMatchObject({ code: 1, stdout: '' });
  expect(forbidden.stderr).toContain('The import ended after 0 created, 0 updated, 0 unchanged: FORBIDDEN: Your role may not do this.');
  expect((await imported(acme, [join(directory, 'none.csv')])).stderr).toContain('There is no file ');
  const anonymous = await run(['threats', 'import', file], { DEFECTXRAY_URL: served.url });
  expect(anonymous.code).toBe(1);
  expect(anonymous.stderr).toContain('There is no credential: set DEFECTXRAY_TOKEN, or give --token.');
  expect((await imported(acme, [file, '--level', 'worst'])).stderr).toContain('It must be low, medium, high or critical.');
});
