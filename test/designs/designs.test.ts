import { describe, expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import type { BaseRole } from '../../src/database/identity.ts';
import { expectError } from '../http/answers.ts';
import { asking } from '../operations/asking.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

describe.each([
  { organization: acme, other: globex },
  { organization: globex, other: acme },
])('designs of $organization.slug', ({ organization, other }) => {
  const { ask, data, make, change } = asking(server, organization);
  const { users, home, project } = organization;
  const act = (role: BaseRole, verb: string, id: string) =>
    ask(role, `mutation { ${verb}Design(input: { id: "${id}" }) { clientMutationId } }`);

  test('are made in the name of who makes them, and handed over by admins', async () => {
    const made = (role: BaseRole, creatorId: string) =>
      ask(
        role,
        `mutation { createDesign(input: { design: { name: "x", creatorId: "${creatorId}" } }) { design { id creator { id } visibility status } } }`,
      );
    expectError(await made('developer', users.engineer), 'FORBIDDEN');
    const { data: answer } = await made('admin', users.engineer);
    expect(answer.createDesign.design).toMatchObject({ creator: { id: users.engineer }, visibility: 'PRIVATE', status: 'DRAFT' });
    const { id } = answer.createDesign.design;
    expectError(await change('engineer', 'Design', id, { creatorId: users.developer }), 'FORBIDDEN');
    expect((await change('admin', 'Design', id, { creatorId: users.developer })).errors).toEqual([]);
    expect((await data('developer', `{ design(id: "${id}") { name } }`)).design).toEqual({ name: 'x' });
    expect((await data('engineer', `{ design(id: "${id}") { name } }`)).design).toBeNull();
    // A key that stands for nobody has nothing of its own.
    const nobody = { ...persona(organization, 'developer'), userId: null, actor: 'key:x' };
    expectError(
      await server.query(nobody, 'mutation { createDesign(input: { design: { name: "x" } }) { clientMutationId } }'),
      'FORBIDDEN',
    );
  });

  test('have a canvas that is an object, and not too large', async () => {
    for (const canvas of [[], 'text', 1, { text: 'x'.repeat(1_000_000) }]) {
      const { errors } = await ask(
        'developer',
        'mutation ($canvas: JSON!) { createDesign(input: { design: { name: "x", canvas: $canvas } }) { clientMutationId } }',
        {
          canvas,
        },
      );
      expect(errors.map(({ message, extensions }) => [message, extensions.code])).toEqual([
        ['The canvas is a JSON object of at most 1,000,000 bytes.', 'BAD_USER_INPUT'],
      ]);
    }
  });

  test('that are deleted are gone with all that hangs on them, but for admins, and come back', async () => {
    const id = await make('developer', 'Design', { name: 'Deleted', visibility: 'ORGANIZATION', projectId: project });
    await make('developer', 'Comment', { designId: id, body: 'x' });
    await make('developer', 'Resource', { designId: id, name: 'x', resourceType: 'x' });
    const own = await make('engineer', 'Comment', { designId: id, body: 'y' });
    await make('developer', 'DesignShare', { designId: id, sharedWithId: users.engineer, permission: 'EDIT' });
    const seen = async (role: BaseRole) => {
      const lists = ['designVersions', 'comments', 'resources', ...(role === 'ci' ? [] : ['designShares'])];
      const answer = await data(
        role,
        `{ design(id: "${id}") { id } ${lists.map((list) => `${list}(condition: { designId: "${id}" }) { totalCount }`).join(' ')} }`,
      );
      return [answer.design !== null, ...lists.map((list) => answer[list].totalCount)];
    };
    for (const role of ['engineer', 'auditor'] as const)
      expectError(await act(role, 'delete', id), role === 'auditor' ? 'FORBIDDEN' : 'NOT_FOUND');
    expectError(await act('developer', 'restore', id), 'NOT_FOUND');
    expect((await act('developer', 'delete', id)).errors).toEqual([]);
    for (const role of ['developer', 'engineer', 'auditor', 'member'] as const) expect(await seen(role)).toEqual([false, 0, 0, 0, 0]);
    expect(await seen('ci')).toEqual([false, 0, 0, 0]);
    expect(await seen('admin')).toEqual([true, 1, 2, 1, 1]);
    expectError(await change('developer', 'Design', id, { name: 'x' }), 'NOT_FOUND');
    expectError(await act('developer', 'delete', id), 'NOT_FOUND');
    expectError(await ask('engineer', `mutation { deleteComment(input: { id: "${own}" }) { id } }`), 'NOT_FOUND');
    expectError(
      await ask('developer', `mutation { createComment(input: { comment: { designId: "${id}", body: "x" } }) { clientMutationId } }`),
      'FORBIDDEN',
    );
    for (const role of ['engineer', 'member'] as const)
      expectError(await act(role, 'restore', id), role === 'member' ? 'FORBIDDEN' : 'NOT_FOUND');
    const { data: answer } = await ask(
      'developer',
      `mutation { restoreDesign(input: { id: "${id}", clientMutationId: "c" }) { clientMutationId design { name deletedAt } } }`,
    );
    expect(answer.restoreDesign).toEqual({ clientMutationId: 'c', design: { name: 'Deleted', deletedAt: null } });
    expect(await seen('engineer')).toEqual([true, 1, 2, 1, 1]);
    expect((await act('admin', 'delete', id)).errors).toEqual([]);
    expect((await act('admin', 'restore', id)).errors).toEqual([]);
    // Neither without the permission, nor in another organization.
    const scoped = { ...persona(organization, 'developer'), scopes: ['designs:read'] };
    expectError(await server.query(scoped, `mutation { deleteDesign(input: { id: "${id}" }) { id } }`), 'FORBIDDEN');
    expectError(await asking(server, other).ask('admin', `mutation { deleteDesign(input: { id: "${id}" }) { id } }`), 'NOT_FOUND');
    await expect(
      database.as(persona(organization, 'developer'), (client) =>
        client.query('update designs set deleted_at = now() where id = $1', [id]),
      ),
    ).rejects.toMatchObject({ code: '42501' });
  });

  describe('from a template', () => {
    const template = (fields: Record<string, unknown> = {}) =>
      make('engineer', 'Template', {
        name: `Template ${Math.random()}`,
        category: 'web',
        cloudProvider: 'AWS',
        canvas: { nodes: ['web', 'db'] },
        ...fields,
      });
    const uses = async (id: string) =>
      (await data('member', `{ template(id: "${id}") { usageCount version designs { totalCount } } }`)).template;

    test('take its canvas and provider where none is given, and are counted', async () => {
      const id = await template();
      const made = async (fields: Record<string, unknown>) => {
        const design = await make('developer', 'Design', { name: 'From', templateId: id, visibility: 'ORGANIZATION', ...fields });
        return (
          await data('developer', `{ design(id: "${design}") { canvas cloudProvider template { id } versions { nodes { canvas } } } }`)
        ).design;
      };
      const taken = { nodes: ['web', 'db'] };
      expect(await made({})).toEqual({ canvas: taken, cloudProvider: 'AWS', template: { id }, versions: { nodes: [{ canvas: taken }] } });
      expect(await made({ canvas: { own: 1 }, cloudProvider: 'GCP' })).toMatchObject({ canvas: { own: 1 }, cloudProvider: 'GCP' });
      expect(await uses(id)).toEqual({ usageCount: 2, version: 1, designs: { totalCount: 2 } });
      await asPrincipal(database.api, database.keys, persona(organization, 'developer'), () =>
        database.api.query(
          "insert into designs (name, template_id) select 'bulk', t.id from unnest(array[$1::uuid, null, $1, $2]) as t (id)",
          [id, organization.designs.template],
        ),
      );
      expect((await uses(id)).usageCount).toBe(4);
      const { rows } = await database.operator.query(
        `select action from ${home}.audit_logs where organization_id = $1 and target_type = 'templates' and target_id = $2`,
        [organization.id, id],
      );
      expect(rows).toEqual([{ action: 'insert' }]);
    });

    test('are counted exactly, however many are made at once', async () => {
      const id = await template();
      await Promise.all(Array.from({ length: 20 }, () => make('developer', 'Design', { name: 'At once', templateId: id })));
      expect((await uses(id)).usageCount).toBe(20);
    });

    test('stay when it is gone, which is for admins', async () => {
      const id = await template();
      const design = await make('developer', 'Design', { name: 'Left', templateId: id });
      const removed = (role: BaseRole) => ask(role, `mutation { deleteTemplate(input: { id: "${id}" }) { clientMutationId } }`);
      expectError(await removed('engineer'), 'FORBIDDEN');
      expectError(
        await ask('member', `mutation { updateTemplate(input: { id: "${id}", patch: { name: "x" } }) { clientMutationId } }`),
        'FORBIDDEN',
      );
      expect((await removed('admin')).errors).toEqual([]);
      expect((await data('developer', `{ design(id: "${design}") { template { id } canvas } }`)).design).toEqual({
        template: null,
        canvas: { nodes: ['web', 'db'] },
      });
    });

    test('are chosen by category, provider and what is featured, by an index', async () => {
      const id = await template({ category: 'rare', cloudProvider: 'GCP', isFeatured: true });
      const { templates } = await data(
        'member',
        '{ templates(condition: { category: "rare", cloudProvider: GCP, isFeatured: true }) { nodes { id } } }',
      );
      expect(templates.nodes).toEqual([{ id }]);
      await database.as(persona(organization, 'member'), async (client) => {
        await client.query('set local enable_seqscan = off');
        for (const condition of ["category = 'rare'", "cloud_provider = 'gcp'", 'is_featured']) {
          const { rows } = await client.query<{ 'QUERY PLAN': string }>(`explain (costs off) select id from templates where ${condition}`);
          expect(rows.map((row) => row['QUERY PLAN']).join('\n')).toMatch(
            /Index Cond: .*organization_id = .* AND \(?\(?(category|cloud_provider|is_featured)/,
          );
        }
      });
    });
  });

  test('are found by an index for who sees only some', async () => {
    await database.as(persona(organization, 'engineer'), async (client) => {
      await client.query('set local enable_seqscan = off');
      const { rows } = await client.query<{ 'QUERY PLAN': string }>('explain (costs off) select id from designs');
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toMatch(/Index (Cond|Scan)/);
      const children = await client.query<{ 'QUERY PLAN': string }>('explain (costs off) select id from comments');
      const ofChildren = children.rows.map((row) => row['QUERY PLAN']).join('\n');
      // The designs are asked for once, not for each row. (Which index a handful of rows are read by is another on each version.)
      expect(ofChildren).toMatch(/design_id = ANY \(/);
      expect(ofChildren).toMatch(/Index Cond/);
      expect(ofChildren).not.toMatch(/SubPlan/);
    });
  });
});
