import { beforeAll, describe, expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import type { BaseRole } from '../../src/database/identity.ts';
import { persona, useDatabase } from '../support/database.ts';

const fixture = inject('fixture');
const database = useDatabase();
const tiers = [{ organization: fixture.acme }, { organization: fixture.globex }];

interface AuditRow {
  readonly action: string;
  readonly target_type: string;
  readonly target_id: string;
  readonly actor: string;
  readonly user_id: string | null;
  readonly request_id: string | null;
  readonly region_code: string;
  readonly old_values: Record<string, unknown> | null;
  readonly new_values: Record<string, unknown> | null;
}

describe.each(tiers)('the audit trail of $organization.slug', ({ organization }) => {
  /** Runs and commits SQL as a role, and gives the audit rows that it left. */
  async function trace(role: BaseRole, ...statements: string[]): Promise<AuditRow[]> {
    const last = await database.operator.query<{ id: string }>(
      `select coalesce(max(id::text), '') as id from ${organization.home}.audit_logs`,
    );
    await asPrincipal(database.api, database.keys, persona(organization, role), async () => {
      for (const text of statements) await database.api.query(text);
    });
    const { rows } = await database.operator.query<AuditRow>(
      `select * from ${organization.home}.audit_logs where organization_id = $1 and id::text > $2 order by id`,
      [organization.id, last.rows[0]?.id],
    );
    return rows;
  }

  test('says who did what, and of an update only what changed', async () => {
    const [row, ...others] = await trace(
      'developer',
      `update defects set status = 'triaged', assignee_id = '${organization.users.developer}' where id = '${organization.defect}'`,
    );
    expect(others).toEqual([]);
    expect(row).toMatchObject({
      action: 'update',
      target_type: 'defects',
      target_id: organization.defect,
      actor: `user:${organization.users.developer}`,
      user_id: organization.users.developer,
      request_id: 'command',
      region_code: 'eu-central',
      old_values: { status: 'open' },
      new_values: { status: 'triaged', assignee_id: organization.users.developer },
    });
    expect(Object.keys(row?.new_values ?? {}).sort()).toEqual(['assignee_id', 'status']);
  });

  test('has digests in place of what is sensitive or personal', async () => {
    const rows = await trace('admin', `update defects set failure_details = 'call dave@example.com' where id = '${organization.defect}'`);
    expect(rows[0]?.new_values).toEqual({ failure_details: expect.stringMatching(/^digest:[0-9a-f]{32}$/) });
    const { rows: all } = await database.operator.query(`select * from ${organization.home}.audit_logs where organization_id = $1`, [
      organization.id,
    ]);
    expect(all.some(({ target_type }) => target_type === 'people')).toBe(true);
    expect(JSON.stringify(all)).not.toMatch(/dave@|alice@|dx1\.1\.|developer of|@acme|@globex/);
  });

  test('records a delete with what goes with it', async () => {
    const rows = await trace(
      'admin',
      "insert into projects (name, slug) values ('Gone', 'gone')",
      "insert into tests (project_id, name) select id, 'gone' from projects where slug = 'gone'",
      "delete from projects where slug = 'gone'",
    );
    expect(rows.map(({ action, target_type }) => `${action} ${target_type}`).sort()).toEqual([
      'delete projects',
      'delete tests',
      'insert projects',
      'insert tests',
    ]);
    expect(rows.find(({ action, target_type }) => action === 'delete' && target_type === 'projects')?.old_values).toMatchObject({
      slug: 'gone',
    });
  });

  test('records each row of a bulk statement, by one insert', async () => {
    const rows = await trace(
      'admin',
      `insert into tests (project_id, name) select '${organization.project}', 'bulk ' || n from generate_series(1, 10000) as n`,
    );
    expect(rows).toHaveLength(10_000);
    expect(new Set(rows.map(({ target_id }) => target_id)).size).toBe(10_000);
    const triggers = await database.operator.query("select from pg_trigger where tgfoid = 'app_private.audit'::regproc and tgtype & 1 = 1");
    expect(triggers.rowCount).toBe(0);
  });

  test('records what the operator changes without any identity', async () => {
    const { rowCount } = await database.operator.query(`update ${organization.home}.projects set name = 'By hand' where id = $1`, [
      organization.project,
    ]);
    expect(rowCount).toBe(1);
    const { rows } = await database.operator.query<AuditRow>(
      `select * from ${organization.home}.audit_logs where organization_id = $1 order by id desc limit 1`,
      [organization.id],
    );
    expect(rows[0]).toMatchObject({
      action: 'update',
      target_id: organization.project,
      new_values: { name: 'By hand' },
      user_id: null,
      actor: new URL(database.operatorUrl).username,
    });
  });

  test("carries a changed name to the tenant's people, and says so", async () => {
    const rows = await trace('member', `update users set name = 'Renamed' where id = '${organization.users.member}'`);
    expect(rows.map(({ action, target_type, target_id }) => [action, target_type, target_id])).toEqual([
      ['update', 'people', organization.users.member],
    ]);
    const people = await database.operator.query(`select name from ${organization.home}.people where id = $1`, [organization.users.member]);
    expect(people.rows).toEqual([{ name: 'Renamed' }]);
  });

  test('records nothing of a statement that is rolled back, nor of an update that changes nothing', async () => {
    await database.as(persona(organization, 'admin'), (client) => client.query("update projects set description = 'rolled back'"));
    expect(await trace('admin', 'update projects set name = name')).toEqual([]);
  });

  test.each(['update audit_logs set action = $$x$$', 'delete from audit_logs', 'truncate audit_logs'])(
    'cannot be changed by anyone: %s',
    async (text) => {
      await expect(database.as(persona(organization, 'admin'), (client) => client.query(text))).rejects.toMatchObject({ code: '42501' });
      await database.operator.query('begin');
      await database.operator.query(`set local search_path = ${organization.home}`);
      // Even for a superuser, whom neither grants nor policies bind.
      await expect(database.operator.query(text)).rejects.toMatchObject({
        code: '42501',
        message: expect.stringMatching(/^(UPDATE|DELETE|TRUNCATE) is refused on audit_logs[.]$/),
      });
      await database.operator.query('rollback');
    },
  );
});

test.each(['defects', 'projects', 'tests'])('%s cannot be truncated, which would leave no trace', async (table) => {
  await expect(database.operator.query(`truncate app.${table} cascade`)).rejects.toMatchObject({ code: '42501' });
});

test('the trail is not changed even where triggers are switched off for replication', async () => {
  await database.operator.query('begin; set local session_replication_role = replica');
  await expect(database.operator.query('delete from app.audit_logs')).rejects.toMatchObject({ code: '42501' });
  await database.operator.query('rollback');
});

describe('the security events', () => {
  let actions: string[];
  beforeAll(async () => {
    await database.operator.query('update app.users set is_active = false where id = $1', [fixture.initech.users.member]);
    const { rows } = await database.operator.query(
      'select action, target_type, target_id, details from app_private.security_events order by id',
    );
    actions = rows.map((row) => `${row.action} ${row.target_type} ${row.target_id} ${JSON.stringify(row.details)}`);
  });

  test('tell of organizations, users and regions, by names of columns only', () => {
    expect(actions).toContain(`insert organizations ${fixture.acme.id} {}`);
    expect(actions).toContain(`insert users ${fixture.acme.users.admin} {}`);
    expect(actions).toContain('insert regions eu-central {}');
    expect(actions).toContain(`update users ${fixture.initech.users.member} {"changed":["is_active"]}`);
  });
});
