import { randomUUID } from 'node:crypto';
import type pg from 'pg';
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

describe.each(tiers)('in $organization.slug', ({ organization }) => {
  const defect = { type: 'Defect', id: organization.defect };

  test('is the same answer for what never existed, what is of others, and what there is no type of', async () => {
    const node = (type: string, id: string) => Buffer.from(JSON.stringify([type, id])).toString('base64');
    const others = [initech, globex, acme].filter(({ id }) => id !== organization.id);
    for (const role of BASE_ROLES) {
      const principal = persona(organization, role);
      const never = await bytes(principal, { type: 'Defect', id: randomUUID(), operation: 'SELECT' });
      expect(never).toMatch(/^200 .*"code":"NOT_FOUND"/);
      const same: Record<string, unknown>[] = [
        ...['Defects', 'defects', 'SchemaMigration', 'tenant_schemas', 'Defect"; drop table app.defects; --', "x' or true --", ''].map(
          (type) => ({ type, id: organization.defect }),
        ),
        ...['', '!', node('Nothing', organization.defect), node('defects', randomUUID()), btoa('null'), btoa('7')].map((nodeId) => ({
          nodeId,
        })),
        ...others.flatMap((other) => [
          { type: 'Defect', id: other.defect },
          { type: 'MaskedDefect', id: other.defect },
          { type: 'Project', id: other.project },
          { type: 'Person', id: other.users.admin },
          { type: 'User', id: other.users.admin },
          { type: 'Organization', id: other.id },
          { nodeId: node('defects', other.defect) },
        ]),
      ];
      for (const reference of same) {
        for (const operation of ['SELECT', 'INSERT', 'UPDATE', 'DELETE']) {
          expect(await bytes(principal, { ...reference, operation }), `${role} ${JSON.stringify(reference)}`).toBe(never);
        }
      }
    }
    for (const { users, project } of others) {
      const asked = { ...defect, operation: 'SELECT' };
      const admin = persona(organization, 'admin');
      const never = await bytes(admin, { ...asked, userId: randomUUID() });
      expect(await bytes(admin, { ...asked, userId: users.admin })).toBe(never);
      expect(await bytes(admin, { ...asked, projectId: project })).toBe(never);
      expect(never).toMatch(/"code":"NOT_FOUND"/);
    }
  });

  test('tells a credential of one project nothing of another', async () => {
    const ci = persona(organization, 'ci');
    const never = await bytes(ci, { type: 'Defect', id: randomUUID(), operation: 'SELECT' });
    for (const reference of [
      { type: 'Defect', id: organization.otherDefect },
      { type: 'MaskedDefect', id: organization.otherDefect },
      { type: 'Project', id: organization.otherProject },
    ]) {
      expect(await bytes(ci, { ...reference, operation: 'SELECT' })).toBe(never);
      // It is there for the organization's own admin.
      expect(await explained(persona(organization, 'admin'), { ...reference, operation: 'DELETE' })).toMatchObject({ role: 'ADMIN' });
    }
    expect(await explained(ci, { type: 'Project', id: organization.project, operation: 'SELECT' })).toMatchObject({ allowed: true });
    expect(await explained({ ...ci, projectId: null }, { ...defect, id: organization.otherDefect, operation: 'SELECT' })).toMatchObject({
      allowed: true,
    });
  });
});

describe('the identity after an explanation', () => {
  const SETTINGS = ['role', 'search_path', 'statement_timeout', 'row_security'].concat(
    ['organization_id', 'base_role', 'user_id', 'session_id', 'project_id', 'home', 'region', 'permissions', 'actor', 'keys'].map(
      (name) => `app.${name}`,
    ),
  );
  const identity = async (client: pg.Client) => {
    const columns = SETTINGS.map((name) => `current_setting('${name}', true) as "${name}"`).join(', ');
    return (await client.query(`select current_user, session_user, ${columns}`)).rows[0];
  };
  const askFor = 'select explain_access($1, $2, $3, $4, $5, $6)';
  const counts = async (client: pg.Client) =>
    (await client.query('select (select count(*)::int from projects) as projects, (select count(*)::int from defects) as defects')).rows[0];

  test.each(tiers)('in $organization.slug is the one before', async ({ organization }) => {
    for (const role of ['admin', 'auditor'] as const) {
      await database.as(persona(organization, role), async (client) => {
        const before = await identity(client);
        const as = ['ci', null, organization.project];
        await client.query(askFor, ['defects', { id: organization.defect }, 'select', ...as]);
        expect(await identity(client)).toEqual(before);
        expect(await counts(client)).toEqual({ projects: 2, defects: 2 });
      });
    }
  });

  test.each(tiers)('in $organization.slug is the one before where it failed in the middle', async ({ organization }) => {
    await database.operator.query(
      `create policy broken on ${organization.home}.tests for select to app_member using (length(name) / (length(name) - length(name)) > 0)`,
    );
    onTestFinished(async () => void (await database.operator.query(`drop policy broken on ${organization.home}.tests`)));
    const { rows } = await database.operator.query<{ id: string }>(
      `select id from ${organization.home}.tests where organization_id = $1 limit 1`,
      [organization.id],
    );
    await database.as(persona(organization, 'admin'), async (client) => {
      const before = await identity(client);
      await client.query('savepoint before');
      const failing = client.query(askFor, ['tests', { id: rows[0]?.id }, 'select', 'member', null, null]);
      await expect(failing).rejects.toMatchObject({ code: '22012' });
      await client.query('rollback to before');
      expect(await identity(client)).toEqual(before);
      expect(await counts(client)).toEqual({ projects: 2, defects: 2 });
    });
    const answer = await server.query(
      persona(organization, 'admin'),
      `{ explainAccess(type: "Test", id: "${rows[0]?.id}", operation: SELECT, role: MEMBER) { allowed } }`,
    );
    expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['INTERNAL']);
    expect(JSON.stringify(answer)).not.toMatch(/division|zero|broken|length/);
  });

  test.each(tiers)('in $organization.slug is the one of what else is asked in the same request', async ({ organization }) => {
    const asCi = `type: "Defect", id: "${organization.otherDefect}", operation: SELECT, role: CI, projectId: "${organization.project}"`;
    const answer = await server.query(
      persona(organization, 'admin'),
      `{ before: projects { totalCount }
         asCi: explainAccess(${asCi}) { allowed role }
         after: projects(first: 10) { nodes { defects { totalCount } } }
         own: explainAccess(type: "Defect", id: "${organization.otherDefect}", operation: DELETE) { allowed role } }`,
    );
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({
      before: { totalCount: 2 },
      asCi: { allowed: false, role: 'CI' },
      after: { nodes: [{ defects: { totalCount: 1 } }, { defects: { totalCount: 1 } }] },
      own: { allowed: true, role: 'ADMIN' },
    });
  });
});

describe('what is wrong with the question', () => {
  test.each([
    ['nothing is named', {}],
    ['a type without an id', { type: 'Defect' }],
    ['an id without a type', { id: acme.defect }],
    ['both', { nodeId: 'x', type: 'Defect', id: acme.defect }],
    ['a role that is not the member’s', { type: 'Defect', id: acme.defect, userId: acme.users.member, role: 'ENGINEER' }],
    ['an id that is none', { type: 'Defect', id: "' or true --" }],
    ['an operation that is none', { type: 'Defect', id: acme.defect, operation: 'UPSERT' }],
    ['a role that is none', { type: 'Defect', id: acme.defect, role: "ADMIN'" }],
  ])('%s', async (_, variables) => {
    expectError(await ask(persona(acme, 'admin'), { operation: 'SELECT', ...variables }), 'BAD_USER_INPUT');
  });

  test('nobody is signed in', async () => {
    expectError(await ask(persona(acme, 'anonymous'), { type: 'Defect', id: acme.defect, operation: 'SELECT' }), 'FORBIDDEN');
  });

  test('nothing that is given to the function itself becomes SQL', async () => {
    const evil = `'"; drop table app.defects; --`;
    await database.as(persona(acme, 'admin'), async (client) => {
      const code = async (...values: unknown[]) => {
        await client.query('savepoint attempt');
        const failure = await client.query('select explain_access($1, $2, $3, $4)', values).catch((error: { code: string }) => error.code);
        await client.query('rollback to attempt');
        return failure;
      };
      expect(await code(evil, { id: acme.defect }, 'select', null)).toBe('DX404');
      expect(await code('app_private.secrets', { id: acme.defect }, 'select', null)).toBe('DX404');
      expect(await code('secrets', { name: 'audit' }, 'select', null)).toBe('DX404');
      expect(await code('pg_class', { oid: 1 }, 'select', null)).toBe('DX404');
      expect(await code('defects', { id: evil }, 'select', null)).toBe('22P02');
      expect(await code('defects', { [evil]: acme.defect }, 'select', null)).toBe('DX404');
      expect(await code('permissions', { name: evil }, 'select', null)).toBe('DX404');
      expect(await code('defects', { id: acme.defect }, evil, null)).toBe('DX400');
      expect(await code('defects', { id: acme.defect }, 'select', evil)).toBe('DX400');
    });
    expect((await database.operator.query('select from app.defects')).rowCount).toBeGreaterThan(0);
  });
});
