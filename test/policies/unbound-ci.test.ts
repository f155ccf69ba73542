import { describe, expect, inject, test } from 'vitest';
import type { Principal } from '../../src/database/identity.ts';
import { persona, useDatabase } from '../support/database.ts';
import { MATRIX } from './matrix.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
/** What a CI identity sees of its one project, and has the project in a column of its own. */
const TABLES = MATRIX.filter(({ access, project, kind }) => access.ci.rows === 'project' && kind === 'tenant' && project === undefined)
  .filter(({ table }) => table !== 'project_groups')
  .map(({ table, id }) => ({ table, id }));

describe.each([
  { tier: 'shared', organization: acme },
  { tier: 'schema', organization: globex },
])('a CI identity that is bound to no project, in the $tier tier', ({ organization }) => {
  const unbound: Principal = { ...persona(organization, 'ci'), projectId: null };

  test.each(TABLES)('reads of $table the rows of all projects of its organization, and none without a project', async ({ table, id }) => {
    const project = table === 'projects' ? 'id' : 'project_id';
    const { rows: expected } = await database.operator.query(
      `select ${id}, ${project} as project from ${organization.home}.${table} where organization_id = $1 and ${project} is not null
         ${table === 'designs' ? 'and deleted_at is null' : ''} order by 1`,
      [organization.id],
    );
    const seen = await database.as(unbound, (client) => client.query(`select ${id}, ${project} as project from ${table} order by 1`));
    expect(seen.rows).toEqual(expected);
    expect(new Set(expected.map((row) => row.project)).size).toBeGreaterThan(1);
  });
});

/** Their policies ask whether the row is of another project than the one bound to: of a row of none, that would not say no. */
test('what a policy compares with the project that CI is bound to is never null', async () => {
  const { rows } = await database.operator.query<{ column: string; required: boolean }>(
    `select distinct format('%s.%s', c.relname, a.attname) as column, a.attnotnull as required
     from pg_policy as p
       join pg_class as c on c.oid = p.polrelid
       join pg_depend as d on d.classid = 'pg_policy'::regclass and d.objid = p.oid and d.refobjid = c.oid and d.refobjsubid > 0
       join pg_attribute as a on a.attrelid = c.oid and a.attnum = d.refobjsubid
     where pg_get_expr(p.polqual, p.polrelid) ~ 'COALESCE.*current_project_id\\(\\)'
     order by 1`,
  );
  expect(rows.filter(({ required }) => !required)).toEqual([]);
  expect(rows.map(({ column }) => column)).toContain('defects.project_id');
});
