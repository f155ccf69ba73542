import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { connectionOptions } from '../../src/database/connection.ts';
import { setLogin } from '../../src/database/development.ts';
import { persona, useDatabase } from '../support/database.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();

describe("a login of its own, such as a BI tool's", () => {
  const login = `bi_${randomBytes(4).toString('hex')}`;
  let client: pg.Client;

  beforeAll(async () => {
    await database.operator.query(`create role ${login} login in role app_analyst`);
    await database.operator.query(
      "insert into app_private.sql_principals (login_role, organization_id, base_role) values ($1, $2, 'analyst')",
      [login, acme.id],
    );
    client = new pg.Client(connectionOptions(await setLogin(database.operatorUrl, login, randomBytes(12).toString('hex'))));
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.operator.query('delete from app_private.sql_principals where login_role = $1', [login]);
    await database.operator.query(`drop role ${login}`);
  });

  const visible = async () =>
    (await client.query<{ id: string; failure_details: string }>('select id, failure_details from app.masked_defects_view order by id'))
      .rows;
  const expectOnlyItsOwn = async () => {
    const rows = await visible();
    expect(rows.map(({ id }) => id)).toEqual([acme.defect, acme.otherDefect].sort());
    for (const { failure_details } of rows) expect(failure_details).toMatch(/^masked:/);
  };

  test('sees its own organization, masked', expectOnlyItsOwn);

  test('is given no explanations, which take another identity by settings', async () => {
    const asked = client.query("select app.explain_access('masked_defects_view', $1, 'select')", [{ id: acme.defect }]);
    await expect(asked).rejects.toMatchObject({ code: '42501' });
  });

  test('stays who it is whatever settings it sets', async () => {
    for (const other of [initech, globex]) {
      for (const [name, value] of Object.entries({
        'app.organization_id': other.id,
        'app.home': other.home,
        'app.base_role': 'admin',
        'app.user_id': other.users.admin,
        'app.project_id': other.project,
        'app.keys': await database.keys.of(other.id),
        role: 'app_analyst',
        row_security: 'on',
      })) {
        await client.query('select set_config($1, $2, false)', [name, value]);
        await expectOnlyItsOwn();
      }
    }
    await client.query('reset all; reset role');
  });

  test.each([
    'set role app_user',
    'set role app_admin',
    'set role app_owner',
    'set role app_definer',
    'set session authorization app_user',
    'create temporary table defects (id uuid)',
    'create table app.mine (id uuid)',
    'create function pg_temp.f() returns int language sql return 1',
    'create schema mine',
    'select * from app.defects',
    'select * from app.audit_logs',
    `select * from ${globex.home}.defects`,
    'select app_private.current_org_id()',
    "select app_private.authenticate(null, 'admin', null, null, null, '', null, null, null, null, null, null)",
    "select app.report_test_run('{}')",
    "copy (select 1) to program 'id'",
    "copy app.regions from program 'id'",
    "select pg_read_file('/etc/hostname')",
    'select * from app_private.organization_keys',
    'select * from app_private.secrets',
    'alter table app.defects disable row level security',
  ])('may not %s', async (text) => {
    await expect(client.query(text)).rejects.toMatchObject({ code: expect.stringMatching(/^(42501|42704|25006)$/) });
    await expectOnlyItsOwn();
  });

  test('finds a view of another schema empty', async () => {
    expect((await client.query(`select from ${globex.home}.masked_defects_view`)).rowCount).toBe(0);
  });

  test('cannot shadow what policies call, by any search path', async () => {
    await client.query(`set search_path = pg_temp, ${globex.home}, app, pg_catalog`);
    await expectOnlyItsOwn();
    await client.query('reset search_path');
  });

  test('finds no values in statistics, and none in an error or a plan', async () => {
    await database.operator.query('analyze app.defects');
    expect((await client.query("select from pg_stats where tablename in ('defects', 'users', 'people')")).rowCount).toBe(0);
    const plan = await client.query("explain (verbose, analyze) select * from app.masked_defects_view where failure_details like 'x%'");
    expect(JSON.stringify(plan.rows)).not.toMatch(/alice|dx1\.1\./);
    const error = await client.query('select failure_details::int from app.masked_defects_view').catch((e: Error) => e.message);
    expect(error).toMatch(/"masked:[0-9a-f]{32}"/);
  });

  test("sees nothing at once when it is a person's and the person is no member any more", async () => {
    await database.operator.query('update app_private.sql_principals set user_id = $2 where login_role = $1', [login, acme.users.analyst]);
    await expectOnlyItsOwn();
    await database.operator.query('update app.users set is_active = false where id = $1', [acme.users.analyst]);
    expect(await visible()).toEqual([]);
    await database.operator.query('update app.users set is_active = true where id = $1', [acme.users.analyst]);
    await database.operator.query('update app.organization_members set removed_at = now() where user_id = $1', [acme.users.analyst]);
    expect(await visible()).toEqual([]);
    await database.operator.query('update app_private.sql_principals set user_id = null where login_role = $1', [login]);
    await expectOnlyItsOwn();
  });

  test("sees nothing when it is a person's who holds another role than the login's", async () => {
    await database.operator.query('update app_private.sql_principals set user_id = $2 where login_role = $1', [
      login,
      acme.users.developer,
    ]);
    expect(await visible()).toEqual([]);
    await database.operator.query('update app_private.sql_principals set user_id = null where login_role = $1', [login]);
    await expectOnlyItsOwn();
  });

  test('sees nothing at once when its organization is deleted', async () => {
    await database.operator.query('update app.organizations set deleted_at = now() where id = $1', [acme.id]);
    expect(await visible()).toEqual([]);
    await database.operator.query('update app.organizations set deleted_at = null where id = $1', [acme.id]);
  });
});

describe("the API's own login", () => {
  test('reads nothing by itself', async () => {
    for (const table of [
      'app.defects',
      'app.organizations',
      'app.users',
      'app_private.organization_keys',
      'app_private.secrets',
      'app_private.sql_principals',
    ]) {
      await expect(database.api.query(`select * from ${table}`)).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('with a role but no identity sees no rows, and that is no error', async () => {
    await database.api.query('begin; set local role app_admin');
    expect((await database.api.query('select from app.defects')).rowCount).toBe(0);
    expect((await database.api.query('select from app.organizations')).rowCount).toBe(0);
    await database.api.query('rollback');
  });

  test('paired with the wrong schema sees no rows of either organization', async () => {
    const rows = await database.as(persona(acme, 'admin'), async (client) => {
      await client.query(`set local search_path = ${globex.home}, app, pg_temp`);
      return client.query('select from defects');
    });
    expect(rows.rowCount).toBe(0);
    const others = await database.as(persona(globex, 'admin'), async (client) => {
      await client.query('set local search_path = app, pg_temp');
      return client.query('select from defects');
    });
    expect(others.rowCount).toBe(0);
  });

  test('leaves no identity behind in the connection', async () => {
    await database.as(persona(acme, 'admin'), async () => undefined);
    const { rows } = await database.api.query(
      "select current_user::text as role, current_setting('app.organization_id', true) as organization, current_setting('search_path') as path",
    );
    expect(rows[0]).toMatchObject({ role: 'app_user', path: '"$user", public' });
    expect(rows[0].organization || null).toBeNull();
  });

  test.each([
    'set session authorization app_owner',
    'set role app_owner',
    'set role app_definer',
    'set role app_views',
    'create schema x',
    'create temporary table x (id int)',
  ])('may not %s', async (text) => {
    await expect(database.api.query(text)).rejects.toMatchObject({ code: '42501' });
  });

  test.each([
    ['unknown organization', { organizationId: '00000000-0000-7000-8000-000000000000', userId: null }],
    ['user of another organization', { userId: initech.users.admin }],
    ["role that is not the user's", { role: 'auditor' as const }],
    ['organization for nobody', { organizationId: null }],
  ])('is refused an identity with an %s', async (_what, change) => {
    await expect(database.as({ ...persona(acme, 'admin'), ...change }, async () => undefined)).rejects.toMatchObject({ code: 'DX401' });
  });

  test('is refused an organization whose schema is behind', async () => {
    await database.operator.query("update app_private.tenant_schemas set version = '2000' where name = $1", [globex.home]);
    await expect(database.as(persona(globex, 'admin'), async () => undefined)).rejects.toMatchObject({ code: 'DX503' });
    await database.as(persona(acme, 'admin'), async () => undefined);
    await database.operator.query(
      "update app_private.tenant_schemas set version = (select version from app_private.tenant_schemas where name = 'app')",
    );
  });
});
