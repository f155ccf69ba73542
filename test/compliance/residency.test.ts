import { describe, expect, inject, test } from 'vitest';
import { reporter } from '../defects/reporting.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const VERIFY = 'mutation { verifyResidency(input: { clientMutationId: "7" }) { tables clientMutationId } }';
const REGISTER = '{ residencyEntries(first: 1000) { nodes { dataType regionCode rowCount bytes verifiedAt } } }';

interface Entry {
  readonly dataType: string;
  readonly regionCode: string;
  readonly rowCount: string | null;
  readonly bytes: string | null;
  readonly verifiedAt: string | null;
}

describe.each([acme, globex])('the residency register of $slug', (organization) => {
  const { ask, data } = reporter(server, organization);
  const register = async (): Promise<Map<string, Entry>> => {
    const { residencyEntries } = await data('analyst', REGISTER);
    return new Map((residencyEntries.nodes as Entry[]).map((entry) => [`${entry.dataType} ${entry.regionCode}`, entry]));
  };
  const count = async (table: string) => {
    const { rows } = await database.operator.query(
      `select count(*)::int as count from ${organization.home}.${table} where organization_id = $1`,
      [organization.id],
    );
    return rows[0].count as number;
  };

  test('counts the organization’s own rows of every tenant table, and no others', async () => {
    const { verifyResidency } = await data('admin', VERIFY);
    const { rows } = await database.operator.query(
      "select c.relname as name from pg_class as c join pg_attribute as a on a.attrelid = c.oid where c.relnamespace = $1::regnamespace and c.relkind = 'r' and a.attname = 'organization_id' and c.relname <> 'regional_data'",
      [globex.home],
    );
    const tables = rows.map(({ name }) => name as string);
    expect(verifyResidency).toEqual({ tables: tables.length, clientMutationId: '7' });
    const entries = await register();
    for (const table of tables) {
      const entry = entries.get(`${table} EU_CENTRAL`);
      // Counting itself leaves a trace there.
      if (table === 'audit_logs') {
        expect(Number(entry?.rowCount)).toBeGreaterThan(0);
        expect(entry?.bytes).toBeNull();
        continue;
      }
      expect([table, Number(entry?.rowCount)]).toEqual([table, await count(table)]);
      expect([table, Number(entry?.bytes) > 0]).toEqual([table, true]);
      expect(entry?.verifiedAt).not.toBeNull();
    }
    expect((await database.operator.query('select count(*)::int as count from app.defects')).rows[0].count).toBeGreaterThan(
      await (organization === acme ? count('defects') : 0),
    );
    // What an administrator has entered is no table: it stays as it is.
    expect(entries.get('backups EU_CENTRAL')).toMatchObject({ rowCount: null, verifiedAt: null });
    expect(entries.size).toBe(tables.length + 1);
  });

  test('says none of what is gone, and finds what is in another region', async () => {
    await data('admin', VERIFY);
    await database.operator.query(
      `begin; set local session_replication_role = replica;
       update ${organization.home}.threat_indicators set region_code = 'us-east' where organization_id = '${organization.id}';
       commit`,
    );
    await data('admin', VERIFY);
    const found = await register();
    expect(found.get('threat_indicators EU_CENTRAL')).toMatchObject({ rowCount: '0', bytes: '0' });
    expect(found.get('threat_indicators US_EAST')).toMatchObject({ rowCount: '1' });
    await database.operator.query(`delete from ${organization.home}.threat_indicators where organization_id = '${organization.id}'`);
    await data('admin', VERIFY);
    const gone = await register();
    expect(gone.get('threat_indicators EU_CENTRAL')).toMatchObject({ rowCount: '0' });
    expect(gone.get('threat_indicators US_EAST')).toMatchObject({ rowCount: '0' });
  });

  test('holds no count but the database’s own', async () => {
    for (const text of [
      'update regional_data set row_count = 1',
      'update regional_data set verified_at = now()',
      "insert into regional_data (data_type, row_count) values ('x', 1)",
    ]) {
      await expect(
        database.as(persona(organization, 'admin'), (client) => client.query(text)),
        text,
      ).rejects.toMatchObject({ code: '42501' });
    }
  });

  test('is verified by admins only', async () => {
    for (const role of ['developer', 'engineer', 'auditor', 'analyst', 'member', 'ci'] as const)
      expectError(await ask(role, VERIFY), 'FORBIDDEN');
    expectError(await server.query({ ...persona(organization, 'admin'), scopes: ['compliance:read'] }, VERIFY), 'FORBIDDEN');
  });

  test('is no one else’s', async () => {
    const before = await database.operator.query('select count(*)::int as count from app.regional_data where organization_id = $1', [
      initech.id,
    ]);
    await data('admin', VERIFY);
    const after = await database.operator.query('select count(*)::int as count from app.regional_data where organization_id = $1', [
      initech.id,
    ]);
    expect(after.rows).toEqual(before.rows);
  });
});
