import { randomUUID } from 'node:crypto';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { BASE_ROLES } from '../../src/database/identity.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { explainer } from './explanation.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const tiers = [{ organization: acme }, { organization: globex }];

const { ask, explained, bytes } = explainer(server);

describe.each(tiers)('an explanation in $organization.slug', ({ organization }) => {
  const defect = { type: 'Defect', id: organization.defect };

  test('says of a role what it lacks, in sentences', async () => {
    expect(await explained(persona(organization, 'engineer'), { ...defect, operation: 'DELETE' })).toEqual({
      type: 'Defect',
      operation: 'DELETE',
      role: 'ENGINEER',
      roleName: 'engineer',
      userId: organization.users.engineer,
      projectId: null,
      allowed: false,
      refusal: 'NO_GRANT',
      advice: 'Ask for a role that may delete rows of this kind: admin.',
      grants: [
        { operation: 'DELETE', scope: 'NONE', fields: null },
        { operation: 'SELECT', scope: 'TABLE', fields: null },
      ],
      policies: [
        policy('DELETE', 'permission_delete', false, 'The role has the permission for this.', false),
        policy('DELETE', 'tenant', false, 'The row belongs to your organization.'),
        policy('SELECT', 'permission_select', false, 'The role has the permission for this.'),
        policy('SELECT', 'tenant', false, 'The row belongs to your organization.'),
        policy('SELECT', 'read', true, 'The role may do this with rows of this kind.'),
      ],
      maskedFields: [
        { field: 'failureDetails', mode: 'PARTIAL', rule: 'DEFAULT' },
        { field: 'fingerprintExplanation', mode: 'PARTIAL', rule: 'DEFAULT' },
        { field: 'stackTrace', mode: 'PARTIAL', rule: 'DEFAULT' },
      ],
    });
  });

  test('says of columns granted which fields they are', async () => {
    const { allowed, grants } = await explained(persona(organization, 'engineer'), { ...defect, operation: 'UPDATE' });
    expect(allowed).toBe(true);
    expect(grants[0]).toEqual({ operation: 'UPDATE', scope: 'COLUMNS', fields: ['status', 'assigneeId', 'version'] });
    const person = { type: 'Person', id: organization.users.admin, operation: 'SELECT' };
    const reads = await explained(persona(organization, 'analyst'), person);
    expect(reads.grants[0].scope).toBe('COLUMNS');
    expect(reads.grants[0].fields).toContain('name');
    expect(reads.grants[0].fields).not.toContain('email');
  });

  test('shows the expressions of policies to admins and auditors, and to nobody else', async () => {
    for (const role of BASE_ROLES) {
      const { policies } = await explained(persona(organization, role), { ...defect, operation: 'SELECT' });
      const conditions = policies.map(({ condition }: { condition: string | null }) => condition);
      if (role === 'admin' || role === 'auditor') expect(conditions.join()).toContain(`current_org_id('${organization.home}'`);
      else expect(conditions.filter((condition: string | null) => condition !== null)).toEqual([]);
    }
  });

  test('of a role of the organization’s own says which permission it lacks', async () => {
    const { users, role, project } = organization;
    const become = (id: string) =>
      database.operator.query('update app.organization_members set role_id = $1 where user_id = $2', [id, users.developer]);
    const builtIn = await database.operator.query<{ id: string }>(
      "select id from app.roles where organization_id is null and name = 'developer'",
    );
    await become(role);
    onTestFinished(async () => void (await become(builtIn.rows[0]?.id as string)));
    const expected = {
      role: 'DEVELOPER',
      roleName: 'Triager',
      allowed: false,
      refusal: 'RESTRICTIVE_POLICY',
      advice: 'The role lacks the permission projects:read: ask an administrator for a role that has it.',
    };
    const asked = { type: 'Project', id: project, operation: 'SELECT' };
    const developer = persona(organization, 'developer');
    expect(await explained(developer, asked)).toMatchObject(expected);
    expect((await server.query(developer, '{ projects { totalCount } }')).data.projects.totalCount).toBe(0);
    const admin = persona(organization, 'admin');
    expect(await explained(admin, { ...asked, userId: users.developer })).toMatchObject(expected);
    // Of the built-in role it is not so.
    expect(await explained(admin, { ...asked, role: 'DEVELOPER' })).toMatchObject({ allowed: true, roleName: 'developer' });
    expect(await explained(developer, { ...defect, operation: 'SELECT' })).toMatchObject({ allowed: true });
  });

  test('of a credential narrowed by scopes is about what is left', async () => {
    const narrowed = { ...persona(organization, 'developer'), scopes: ['defects:read'] };
    await database.as(narrowed, async (client) => {
      const allowed = async (table: string, id: string) =>
        (await client.query('select explain_access($1, $2, $3) as explained', [table, { id }, 'select'])).rows[0].explained.allowed;
      expect(await allowed('projects', organization.project)).toBe(false);
      expect(await allowed('defects', organization.defect)).toBe(true);
      expect((await client.query('select from projects')).rowCount).toBe(0);
    });
  });

  test('is given to admins and auditors for any role, member and project', async () => {
    for (const asker of ['admin', 'auditor'] as const) {
      const principal = persona(organization, asker);
      const asCi = { ...defect, operation: 'SELECT', role: 'CI' };
      expect(await explained(principal, { ...asCi, projectId: organization.project })).toMatchObject({ allowed: true });
      expect(await explained(principal, { ...asCi, projectId: organization.otherProject })).toMatchObject({
        allowed: false,
        refusal: 'NO_POLICY',
        projectId: organization.otherProject,
        advice: 'The row belongs to another project: use a credential for that project.',
      });
      const user = { type: 'User', id: organization.users.member, operation: 'UPDATE' };
      expect(await explained(principal, { ...user, userId: organization.users.member })).toMatchObject({
        allowed: true,
        role: 'MEMBER',
        roleName: 'member',
      });
      expect(await explained(principal, { ...user, userId: organization.users.developer })).toMatchObject({
        allowed: false,
        refusal: 'NO_POLICY',
        advice: 'The row belongs to someone else, and this role is bound to its own.',
      });
    }
  });

  test.each(['developer', 'engineer', 'analyst', 'member', 'ci'] as const)('is not given to a %s for others', async (role) => {
    const other = role === 'member' ? 'DEVELOPER' : 'MEMBER';
    for (const asked of [{ role: other }, { userId: organization.users.admin }, { projectId: organization.otherProject }]) {
      for (const id of [organization.defect, randomUUID()]) {
        expectError(await ask(persona(organization, role), { type: 'Defect', id, operation: 'SELECT', ...asked }), 'FORBIDDEN');
      }
    }
    const own = { role: role.toUpperCase(), userId: persona(organization, role).userId };
    if (role !== 'ci') expect(await explained(persona(organization, role), { ...defect, operation: 'SELECT' })).toMatchObject(own);
  });

  test('takes a row by its nodeId as well', async () => {
    const answer = await server.query(persona(organization, 'admin'), `{ defect(id: "${organization.defect}") { nodeId } }`);
    const { nodeId } = answer.data.defect;
    const admin = persona(organization, 'admin');
    expect(await explained(admin, { nodeId, operation: 'SELECT' })).toEqual(await explained(admin, { ...defect, operation: 'SELECT' }));
  });

  test('has nothing of what stands in the row', async () => {
    const { rows } = await database.operator.query<{ row: Record<string, unknown> }>(
      `select to_jsonb(d) as row from ${organization.home}.defects as d where id = $1`,
      [organization.defect],
    );
    const values = Object.values(rows[0]?.row ?? {}).filter((value) => typeof value === 'string' && value.length > 8) as string[];
    expect(values.length).toBeGreaterThan(8);
    for (const role of BASE_ROLES) {
      for (const operation of ['SELECT', 'UPDATE']) {
        const answer = await bytes(persona(organization, role), { ...defect, operation });
        // The credential's own project is not the row's to tell.
        const told = values.filter((value) => answer.includes(value) && !(role === 'ci' && value === organization.project));
        expect(told, role).toEqual([]);
      }
    }
  });

  test('says of masking what the organization has said', async () => {
    const fields = async (role: (typeof BASE_ROLES)[number], type = 'Defect', id = organization.defect) =>
      (await explained(persona(organization, role), { type, id, operation: 'SELECT' })).maskedFields;
    const both = (mode: string) =>
      ['failureDetails', 'fingerprintExplanation', 'stackTrace'].map((field) => ({ field, mode, rule: 'DEFAULT' }));
    expect(await fields('admin')).toEqual(both('NONE'));
    expect(await fields('developer')).toEqual(both('PARTIAL'));
    expect(await fields('member')).toEqual(both('FULL'));
    expect(await fields('analyst', 'MaskedDefect')).toEqual(both('FULL'));
    expect(await fields('developer', 'Person', organization.users.developer)).toEqual([{ field: 'email', mode: 'NONE', rule: 'OWN' }]);
    expect(await fields('developer', 'Person', organization.users.admin)).toEqual([{ field: 'email', mode: 'PARTIAL', rule: 'DEFAULT' }]);

    for (const [type, table] of [
      ['State', 'states'],
      ['StateVersion', 'state_versions'],
    ] as const) {
      const { rows } = await database.operator.query<{ id: string }>(
        `select id from ${organization.home}.${table} where organization_id = $1 limit 1`,
        [organization.id],
      );
      expect(await fields('admin', type, rows[0]?.id)).toEqual([{ field: 'state', mode: 'NONE', rule: 'DEFAULT' }]);
    }

    await database.operator.query(
      `insert into app.masking_policies (organization_id, field, role, mode)
       values ($1, 'defects.stack_trace', 'member', 'partial'), ($2, 'defects.failure_details', 'member', 'none')`,
      [organization.id, initech.id],
    );
    onTestFinished(async () => void (await database.operator.query("delete from app.masking_policies where role = 'member'")));
    // From the next statement on, and without what another organization has said.
    expect(await fields('member')).toEqual([
      { field: 'failureDetails', mode: 'FULL', rule: 'DEFAULT' },
      { field: 'fingerprintExplanation', mode: 'FULL', rule: 'DEFAULT' },
      { field: 'stackTrace', mode: 'PARTIAL', rule: 'ORGANIZATION' },
    ]);
  });

  test('names a policy that is new, and its verdict', async () => {
    const member = persona(organization, 'member');
    await database.operator.query(
      `create policy not_medium on ${organization.home}.defects as restrictive for select to app_member using (severity <> 'medium')`,
    );
    onTestFinished(async () => void (await database.operator.query(`drop policy not_medium on ${organization.home}.defects`)));
    const answer = await explained(member, { ...defect, operation: 'SELECT' });
    expect(answer).toMatchObject({ allowed: false, refusal: 'RESTRICTIVE_POLICY' });
    expect(answer.policies[0]).toEqual(policy('SELECT', 'not_medium', false, 'A rule for rows of this kind.', false));
    expect(answer.advice).toBe('A restriction refuses this, whatever else allows it: see the policy that does not pass.');
    await database.operator.query(`comment on policy not_medium on ${organization.home}.defects is 'It is not of medium severity.'`);
    expect((await explained(member, { ...defect, operation: 'SELECT' })).policies[0].rule).toBe('It is not of medium severity.');
    // Others are not bound by it.
    expect(await explained(persona(organization, 'developer'), { ...defect, operation: 'SELECT' })).toMatchObject({ allowed: true });
  });
});

function policy(operation: string, name: string, permissive: boolean, rule: string, passes = true) {
  return { operation, name, permissive, passes, rule, condition: null, check: null };
}
