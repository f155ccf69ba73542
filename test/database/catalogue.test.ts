import { readFileSync } from 'node:fs';
import { describe, expect, inject, test } from 'vitest';
import { describeSecurity } from '../../src/database/catalogue.ts';
import { inTransaction } from '../../src/database/connection.ts';
import { examine } from '../../src/database/doctor/doctor.ts';
import { useDatabase } from '../support/database.ts';

const { globex } = inject('fixture');
const database = useDatabase();
const names = async (text: string) => (await database.operator.query<{ name: string }>(text)).rows.map(({ name }) => name);

/** Schemas of the product: platform, shared tier, private, and one tenant's. */
const OURS = `nspname in ('app', 'app_private', '${globex.home}')`;

/** Rules about the server, which the tests may have been given as it is. */
const OF_THE_SERVER = ['parameters_logged', 'errors_logged_in_full', 'passwords_hashed_weakly'];

describe('the catalogue', () => {
  test('of a database that was just migrated breaks no rule of the doctor, nor differs from the committed snapshot', async () => {
    const findings = await inTransaction(database.operator, () =>
      examine({ client: database.operator, encryptionKey: database.encryptionKey }),
    );
    expect(findings.filter(({ rule }) => !OF_THE_SERVER.includes(rule))).toEqual([]);
  });

  test('has the roles and memberships of the committed snapshot, and no more', async () => {
    const about = (security: string) => security.split('\n').filter((line) => /^(role|member) /.test(line));
    const committed = readFileSync(new URL('../../db/security.snapshot', import.meta.url), 'utf8');
    expect(about(await describeSecurity(database.operator, ['app', 'app_private']))).toEqual(about(committed));
  });

  test.each([
    [
      'a CHECK of a tenant table without a sentence for who violates it',
      "select k.conname as name from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attname = 'organization_id' where k.connamespace = 'app'::regnamespace and k.contype = 'c' and obj_description(k.oid, 'pg_constraint') is null",
    ],
    [
      'a table, view or column without a comment',
      "select c.relname || coalesce('.' || a.attname, '') as name from pg_class c left join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped where c.relnamespace = 'app'::regnamespace and c.relkind in ('r', 'v') and (obj_description(c.oid, 'pg_class') is null or col_description(c.oid, a.attnum) is null)",
    ],
    [
      'a function without a comment',
      `select f.oid::regprocedure::text as name from pg_proc f join pg_namespace n on n.oid = f.pronamespace where ${OURS} and obj_description(f.oid, 'pg_proc') is null and not exists (select from pg_depend d where d.objid = f.oid and d.deptype = 'e')`,
    ],
    [
      'an unnamed constraint or one with a made-up name',
      "select conname as name from pg_constraint where connamespace = 'app'::regnamespace and contype in ('c', 'f', 'u', 'p') and conname ~ '(_check|_key|_fkey)[0-9]+$'",
    ],
  ])('does not have %s', async (_what, text) => {
    expect(await names(text)).toEqual([]);
  });
});
