import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { connectionOptions } from '../../src/database/connection.ts';
import { persona, useDatabase } from '../support/database.ts';
import { run } from './command-line.ts';

const { acme, globex, initech } = inject('fixture');
const database = useDatabase();
const prefix = `an_${randomBytes(4).toString('hex')}`;
const analytics = (...args: string[]) =>
  run(['analytics', ...args], { DATA_DIR: inject('dataDirectory'), OPERATOR_DATABASE_URL: database.operatorUrl });
const granted = async (...args: string[]) => JSON.parse((await analytics('grant', ...args, '--json')).stdout);

/** The rows of a query as a login, which is refused where the query or the connection is. */
async function as(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client(connectionOptions(url));
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

// Roles are the whole server's: what a test that failed has left would stay.
afterAll(async () => {
  const { rows } = await database.operator.query<{ login: string }>('select login_role::text as login from app_private.sql_principals');
  for (const { login } of rows) await analytics('revoke', login, '--yes');
});

describe.each([
  { tier: 'shared', mine: acme, schema: 'app', path: 'app' },
  { tier: 'schema', mine: globex, schema: globex.home, path: `${globex.home}, app` },
])('grant in the $tier tier', ({ tier, mine, schema, path }) => {
  const login = `${prefix}_${tier}`;
  let url: string;

  beforeAll(async () => {
    const { code, stdout, stderr } = await analytics('grant', login, '--org', mine.slug, '--valid-until', '2099-01-31');
    expect([code, stderr]).toEqual([0, '']);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toBe(`The login ${login} reads ${mine.slug} as analyst; its tables are in schema ${schema}.`);
    url = lines[2] as string;
  });

  test('makes a login that reads its organization, masked, with limits of its own', async () => {
    const seen = await as(url, 'select id, failure_details from masked_defects_view order by id');
    expect(seen.map(({ id }) => id)).toEqual([mine.defect, mine.otherDefect].sort());
    for (const { failure_details } of seen) expect(failure_details).toMatch(/^masked:/);
    const [limits] = await as(
      url,
      `select current_setting('statement_timeout') as timeout, current_setting('search_path') as path,
         current_setting('default_transaction_read_only') as read_only, rolconnlimit, rolvaliduntil, rolcreaterole or rolsuper as powerful
       from pg_roles where rolname = session_user`,
    );
    expect(limits).toEqual({
      timeout: '1min',
      path,
      read_only: 'on',
      rolconnlimit: 5,
      rolvaliduntil: new Date('2099-01-31'),
      powerful: false,
    });
  });

  test('can run what the page for analysts shows', async () => {
    const page = readFileSync(new URL('../../docs/analytics.md', import.meta.url), 'utf8');
    const [examples] = [...page.matchAll(/```sql\n(.*?)```/gs)].map((match) => match[1] as string);
    const queries = (examples as string).split(';').filter((query) => query.trim() !== '');
    expect(queries).toHaveLength(2);
    for (const query of queries) expect((await as(url, query)).length).toBeGreaterThan(0);
  });

  test('stands in the trail of the organization, and in the security events', async () => {
    const trail = "select action, target_type, target_id from audit_logs where target_type = 'sql_principals'";
    const { rows } = await database.as(persona(mine, 'admin'), (client) => client.query(trail));
    expect(rows).toEqual([{ action: 'insert', target_type: 'sql_principals', target_id: login }]);
    const events = await database.operator.query(
      "select action from app_private.security_events where target_type = 'sql_principals' and target_id = $1",
      [login],
    );
    expect(events.rows).toEqual([{ action: 'insert' }]);
  });

  test('again changes the login and keeps its password, unless a new one is asked for', async () => {
    // By what the server keeps: one that trusts its own machine asks nobody for a password.
    const verifier = async () =>
      (await database.operator.query<{ kept: string }>('select rolpassword as kept from pg_authid where rolname = $1', [login])).rows[0]
        ?.kept as string;
    const before = await verifier();
    const changed = await granted(login, '--org', mine.slug, '--role', 'auditor', '--connections', '2', '--timeout', '5s');
    expect(changed).toMatchObject({ password: null, role: 'auditor', schema });
    expect(await verifier()).toBe(before);
    const [now] = await as(url, "select count(*)::int as logs, current_setting('statement_timeout') as timeout from audit_logs");
    expect(now).toEqual({ logs: expect.any(Number), timeout: '5s' });
    await expect(as(url, 'select from masked_defects_view')).rejects.toMatchObject({ code: '42501' });

    const renewed = await granted(login, '--org', mine.slug, '--new-password');
    expect([await verifier(), before].every((kept) => kept.startsWith('SCRAM-SHA-256$'))).toBe(true);
    expect(await verifier()).not.toBe(before);
    expect(await as(renewed.url, 'select count(*)::int as defects from masked_defects_view')).toEqual([{ defects: 2 }]);
  });

  test('of another organization, or of a role that is none of these logins, is refused', async () => {
    const others = await analytics('grant', login, '--org', initech.slug);
    expect(others).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(/belongs to another organization/) });
    const role = `${login}_own`;
    await database.operator.query(`create role ${role} login`);
    onTestFinished(async () => void (await database.operator.query(`drop role ${role}`)));
    expect((await analytics('grant', role, '--org', mine.slug)).stderr).toMatch(/exists already and is none of these logins/);
    const { rowCount } = await database.operator.query('select from app_private.sql_principals where login_role = $1', [role]);
    expect(rowCount).toBe(0);
  });
});

test('a login for a member reads while the member is active in that role', async () => {
  const login = `${prefix}_person`;
  const wrong = await analytics('grant', login, '--org', 'acme', '--user', 'auditor@acme.example');
  expect(wrong).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Nobody with the e-mail address .* is an active analyst/) });
  const { url } = await granted(login, '--org', 'acme', '--user', 'Analyst@acme.example');
  const { logins } = JSON.parse((await analytics('list', '--org', 'acme', '--json')).stdout);
  expect(logins.find((known: { login: string }) => known.login === login)).toEqual({
    login,
    organization: 'acme',
    role: 'analyst',
    userId: acme.users.analyst,
    user: 'analyst of acme',
    connectionLimit: 5,
    timeout: '60s',
    validUntil: null,
    connections: 0,
  });
  const defects = 'select count(*)::int as seen from masked_defects_view';
  expect(await as(url, defects)).toEqual([{ seen: 2 }]);
  await database.operator.query('update app.users set is_active = false where id = $1', [acme.users.analyst]);
  expect(await as(url, defects)).toEqual([{ seen: 0 }]);
});

test.each([
  ['a name that would be SQL', ['x"; drop schema app', '--org', 'acme'], /must have 3 to 63 lower-case letters/],
  ['a name of the product', ['app_reader', '--org', 'acme'], /must have 3 to 63 lower-case letters/],
  ['an organization that is not there', ['some_login', '--org', 'umbrella'], /^There is no organization "umbrella"/],
  ['a role that changes things', ['some_login', '--org', 'acme', '--role', 'admin'], /Allowed choices are analyst, auditor/],
  ['a date that has passed', ['some_login', '--org', 'acme', '--valid-until', '2001-01-01'], /must be a date in the future/],
])('grant refuses %s', async (_, args, sentence) => {
  expect(await analytics('grant', ...args)).toMatchObject({ code: 1, stdout: '', stderr: expect.stringMatching(sentence) });
});

test('revoke finishes what was interrupted, also where the role is gone already', async () => {
  const [closed, gone] = [`${prefix}_closed`, `${prefix}_lost`];
  for (const login of [closed, gone]) await granted(login, '--org', 'initech');
  await database.operator.query(`alter role ${closed} nologin; drop owned by ${gone}; drop role ${gone}`);
  for (const login of [closed, gone]) expect((await analytics('revoke', login, '--yes')).code).toBe(0);
  const { logins } = JSON.parse((await analytics('list', '--org', 'initech', '--json')).stdout);
  expect(logins).toEqual([]);
});

test('revoke asks, ends the sessions, and leaves nothing', async () => {
  const login = `${prefix}_gone`;
  const { url } = await granted(login, '--org', 'globex');
  const client = new pg.Client(connectionOptions(url));
  const ended = new Promise((resolve) => client.once('end', resolve));
  // That the connection is lost is the point.
  client.on('error', () => {});
  await client.connect();
  expect((await analytics('list')).stdout).toMatch(new RegExp(`^${login} +globex +analyst +- +1 of 5 +60s +-$`, 'm'));

  expect(await analytics('revoke', login)).toMatchObject({ code: 1, stderr: 'There is no terminal to ask at: say --yes.\n' });
  expect(await analytics('revoke', login, '--yes')).toEqual({
    code: 0,
    stdout: `The login ${login} is gone, and 1 of its sessions was ended.\n`,
    stderr: '',
  });
  await ended;
  await expect(as(url, 'select 1')).rejects.toMatchObject({ code: expect.stringMatching(/^28(000|P01)$/) });
  expect((await database.operator.query('select from pg_roles where rolname = $1', [login])).rowCount).toBe(0);
  expect(await analytics('revoke', login, '--yes')).toMatchObject({ code: 1, stderr: `There is no login "${login}" for analytics.\n` });
});
