import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connectionOptions, withClient } from '../../src/database/connection.ts';
import { setLogin } from '../../src/database/development.ts';
import { examine } from '../../src/database/doctor/doctor.ts';
import { localEncryptionKey } from '../../src/database/encryption-key.ts';
import { migrate } from '../../src/database/migrate.ts';
import { createOrganization } from '../../src/database/organizations.ts';
import { grantSqlLogin, listSqlLogins, revokeSqlLogin } from '../../src/database/sql-logins.ts';

// As on Azure and RDS: the operator may create roles and owns the database, and is no superuser.
const name = `op_${randomBytes(4).toString('hex')}`;
let operatorUrl: string;

beforeAll(async () => {
  await withClient(inject('serverUrl'), async (client) => {
    await client.query(`create role ${name} login createrole`);
    // The app roles belong to the whole server and were made by another; whoever makes them may administer them.
    const { rows } = await client.query<{ role: string }>(
      "select rolname as role from pg_roles where rolname like 'app\\_%' and rolname <> 'app_backup'",
    );
    for (const { role } of rows) await client.query(`grant ${role} to ${name} with admin option`);
    await client.query(`create database ${name} owner ${name}`);
  });
  const url = new URL(await setLogin(inject('serverUrl'), name, randomBytes(12).toString('hex')));
  url.pathname = `/${name}`;
  operatorUrl = url.toString();
});

afterAll(() =>
  withClient(inject('serverUrl'), async (client) => {
    await client.query(`drop database ${name} with (force)`);
    // Since 16 a membership remembers who gave it, and keeps that role.
    const { rows } = await client.query<{ text: string }>(
      `select format('revoke %I from %I granted by %I cascade', a.roleid::regrole, a.member::regrole, a.grantor::regrole) as text
       from pg_auth_members as a where a.grantor = $1::regrole and current_setting('server_version_num')::int >= 160000`,
      [name],
    );
    for (const { text } of rows) await client.query(text);
    await client.query(`drop role ${name}`);
  }),
);

test('an operator who is no superuser migrates and makes organizations in both tiers', async () => {
  expect(await migrate(operatorUrl)).toEqual([{ schema: 'app', policies: expect.any(Number), error: null }]);
  const encryptionKey = localEncryptionKey({ DATA_DIR: '', ENCRYPTION_KEY: randomBytes(32).toString('base64') });
  for (const isolation of ['shared', 'schema'] as const) {
    const organization = {
      slug: `of_${isolation}`,
      name: isolation,
      region: 'us-east',
      isolation,
      members: [{ email: `a@${isolation}.example`, name: 'A', role: 'admin' }],
    };
    const made = await createOrganization(operatorUrl, encryptionKey, organization);
    expect(made).toMatchObject({ home: isolation === 'shared' ? 'app' : 'tenant_of_schema', state: 'ready' });
    // Again, as after a crash.
    expect(await createOrganization(operatorUrl, encryptionKey, organization)).toEqual(made);
  }
  const again = await migrate(operatorUrl);
  expect(again.map(({ schema, policies, error }) => [schema, policies, error])).toEqual([
    ['tenant_of_schema', 0, null],
    ['app', 0, null],
  ]);
  // The doctor looks by the same login; what only a superuser can take away it warns of.
  const findings = await withClient(operatorUrl, async (client) => {
    await client.query('begin read only');
    return examine({ client, encryptionKey });
  });
  expect([...new Set(findings.map(({ rule }) => rule))].filter((rule) => !/logged/.test(rule))).toEqual(['large_objects_allowed']);
  // Logins for analytics are made and ended by it as well.
  const login = `${name}_bi`;
  const { password } = await grantSqlLogin(operatorUrl, () => encryptionKey, {
    login,
    organization: 'of_schema',
    role: 'analyst',
    user: null,
    connections: 2,
    timeout: '30s',
    validUntil: null,
    newPassword: false,
  });
  const url = new URL(operatorUrl);
  [url.username, url.password] = [login, password as string];
  const analyst = new pg.Client(connectionOptions(url.toString()));
  const lost = new Promise((resolve) => analyst.once('end', resolve));
  // That the connection is lost is the point.
  analyst.on('error', () => {});
  await analyst.connect();
  expect((await analyst.query('select from permissions')).rowCount).toBeGreaterThan(0);
  expect(await listSqlLogins(operatorUrl, 'of_schema')).toMatchObject([{ login, connections: 1, connectionLimit: 2, timeout: '30s' }]);
  expect(await revokeSqlLogin(operatorUrl, login)).toBe(1);
  await lost;
  expect(await listSqlLogins(operatorUrl, null)).toEqual([]);
  // What belongs to organizations is closed to the operator's login as to any other.
  await withClient(operatorUrl, async (client) => {
    expect((await client.query('select from app.organizations')).rowCount).toBe(0);
  });
});
