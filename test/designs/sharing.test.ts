import { describe, expect, inject, test } from 'vitest';
import type { BaseRole } from '../../src/database/identity.ts';
import { expectError } from '../http/answers.ts';
import { asking } from '../operations/asking.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

type Role = Exclude<BaseRole, 'analyst'>;
const ROLES: readonly Role[] = ['admin', 'developer', 'engineer', 'auditor', 'member', 'ci'];

describe.each([
  { organization: acme, other: initech },
  { organization: globex, other: acme },
])('designs of $organization.slug', ({ organization, other }) => {
  const { ask, data, make, change, remove } = asking(server, organization);
  const { users, home, project, otherProject } = organization;

  /** A design of the developer's with something of everything on it. */
  async function design(fields: Record<string, unknown> = {}) {
    const id = await make('developer', 'Design', { name: 'A design', canvas: { nodes: [1] }, ...fields });
    const comment = await make('developer', 'Comment', { designId: id, body: 'Look' });
    const resource = await make('developer', 'Resource', { designId: id, name: 'db', resourceType: 'database', config: '{"size": 1}' });
    return { id, comment, resource };
  }
  const share = (designId: string, role: BaseRole, permission: string, fields: Record<string, unknown> = {}) =>
    make('developer', 'DesignShare', { designId, sharedWithId: users[role], permission, ...fields });

  /** What a role finds of a design: by its id, by its relations, and in the lists of what hangs on it. */
  async function found(role: BaseRole, id: string): Promise<Record<string, unknown>> {
    const lists = ['designVersions', 'comments', 'resources', ...(role === 'ci' ? [] : ['designShares'])];
    const answer = await data(
      role,
      `{ design(id: "${id}") { id } ${lists.map((list) => `${list}(condition: { designId: "${id}" }) { totalCount }`).join(' ')} }`,
    );
    return { design: answer.design?.id === id, ...Object.fromEntries(lists.map((list) => [list, answer[list].totalCount])) };
  }
  const NOTHING = { design: false, designVersions: 0, comments: 0, resources: 0, designShares: 0 };
  const ALL = { design: true, designVersions: 1, comments: 1, resources: 1 };
  const seenBy = async (id: string) => {
    const seen: Role[] = [];
    for (const role of ROLES) if ((await found(role, id)).design) seen.push(role);
    return seen;
  };

  test('a private one is seen by its creator, admins and auditors, with all that hangs on it, and nothing of it by others', async () => {
    const { id } = await design();
    for (const role of ['developer', 'admin', 'auditor'] as const) expect(await found(role, id)).toEqual({ ...ALL, designShares: 0 });
    for (const role of ['engineer', 'member'] as const) expect(await found(role, id)).toEqual(NOTHING);
    const { designShares: _, ...nothing } = NOTHING;
    expect(await found('ci', id)).toEqual(nothing);
    expectError(await ask('analyst', `{ design(id: "${id}") { id } }`), 'FORBIDDEN');
  });

  test('one for the organization is seen by everyone who sees designs, and commented on by those who make designs, and changed by none of them', async () => {
    const { id, comment, resource } = await design({ visibility: 'ORGANIZATION' });
    expect(await seenBy(id)).toEqual(['admin', 'developer', 'engineer', 'auditor', 'member']);
    await make('engineer', 'Comment', { designId: id, body: 'Nice', parentId: comment });
    expectError(
      await ask('member', `mutation { createComment(input: { comment: { designId: "${id}", body: "x" } }) { comment { id } } }`),
      'FORBIDDEN',
    );
    expectError(await change('engineer', 'Design', id, { name: 'Mine' }), 'NOT_FOUND');
    expectError(await change('engineer', 'Resource', resource, { name: 'mine' }), 'NOT_FOUND');
    expectError(await remove('engineer', 'Resource', resource), 'NOT_FOUND');
    expectError(await change('engineer', 'Comment', comment, { resolvedAt: '2026-01-01T00:00:00Z' }), 'NOT_FOUND');
    const mutation = `mutation { createResource(input: { resource: { designId: "${id}", name: "x", resourceType: "x" } }) { resource { id } } }`;
    expectError(await ask('engineer', mutation), 'FORBIDDEN');
  });

  test('CI sees those of its project', async () => {
    const [own, others] = [await design(), await design({ projectId: otherProject })];
    expect((await change('developer', 'Design', own.id, { projectId: project })).errors).toEqual([]);
    const { designShares: _, ...nothing } = NOTHING;
    expect(await found('ci', own.id)).toEqual(ALL);
    expect(await found('ci', others.id)).toEqual(nothing);
    expectError(await change('ci', 'Design', own.id, { name: 'x' }), 'FORBIDDEN');
  });

  describe('a share', () => {
    test('gives what it says, and no more', async () => {
      for (const [permission, comments, edits] of [
        ['VIEW', false, false],
        ['COMMENT', true, false],
        ['EDIT', true, true],
      ] as const) {
        const { id, comment, resource } = await design();
        await share(id, 'engineer', permission);
        expect(await found('engineer', id)).toEqual({ ...ALL, designShares: 1 });
        const said = await ask(
          'engineer',
          `mutation { createComment(input: { comment: { designId: "${id}", body: "x" } }) { comment { authorId } } }`,
        );
        if (comments) expect(said.data.createComment.comment.authorId).toBe(users.engineer);
        else expectError(said, 'FORBIDDEN');
        const attempts = [
          await change('engineer', 'Design', id, { canvas: { nodes: [2] } }),
          await change('engineer', 'Comment', comment, { resolvedAt: '2026-01-01T00:00:00Z' }),
          await change('engineer', 'Resource', resource, { provider: 'other' }),
          await remove('engineer', 'Resource', resource),
        ];
        for (const attempt of attempts) {
          if (edits) expect(attempt.errors).toEqual([]);
          else expectError(attempt, 'NOT_FOUND');
        }
        // Never what is the creator's.
        expectError(await ask('engineer', `mutation { deleteDesign(input: { id: "${id}" }) { id } }`), 'NOT_FOUND');
        const visibility = await change('engineer', 'Design', id, { visibility: 'ORGANIZATION' });
        if (edits) expect(expectError(visibility, 'FORBIDDEN').message).toContain('for its creator and for admins');
        else expectError(visibility, 'NOT_FOUND');
        // A project's builds see its designs.
        const project = await change('engineer', 'Design', id, { projectId: organization.project });
        if (edits) expect(expectError(project, 'FORBIDDEN').message).toContain('for its creator and for admins');
        else expectError(project, 'NOT_FOUND');
        expect((await data('ci', `{ design(id: "${id}") { id } }`)).design).toBeNull();
        const onward = `mutation { createDesignShare(input: { designShare: { designId: "${id}", sharedWithId: "${users.member}" } }) { designShare { id } } }`;
        expectError(await ask('engineer', onward), 'FORBIDDEN');
      }
    });

    test('with a member gives only to read, whatever it says', async () => {
      const { id, comment } = await design();
      await share(id, 'member', 'EDIT');
      expect(await found('member', id)).toEqual({ ...ALL, designShares: 1 });
      expectError(await change('member', 'Design', id, { name: 'x' }), 'FORBIDDEN');
      expectError(await change('member', 'Comment', comment, { body: 'x' }), 'FORBIDDEN');
    });

    test('that has expired takes everything away at once, and its own row', async () => {
      const { id, comment, resource } = await design();
      const shareId = await share(id, 'engineer', 'EDIT', { expiresAt: new Date(Date.now() + 3_600_000).toISOString() });
      expect(await found('engineer', id)).toEqual({ ...ALL, designShares: 1 });
      const own = await make('engineer', 'Comment', { designId: id, body: 'Mine' });
      await database.operator.query(`update ${home}.design_shares set expires_at = now() - interval '1 second' where id = $1`, [shareId]);
      expect(await found('engineer', id)).toEqual(NOTHING);
      for (const [type, row] of [
        ['design', id],
        ['comment', comment],
        ['comment', own],
        ['resource', resource],
        ['designShare', shareId],
      ]) {
        expect(await data('engineer', `{ row: ${type}(id: "${row}") { id } }`)).toEqual({ row: null });
      }
      expect(
        await data(
          'engineer',
          `{ designVersionByNumber(designId: "${id}", versionNumber: 1) { id } designDiff(designId: "${id}", from: 1, to: 1) { patch } }`,
        ),
      ).toEqual({ designVersionByNumber: null, designDiff: null });
      expectError(await change('engineer', 'Design', id, { name: 'x' }), 'NOT_FOUND');
      expectError(await change('engineer', 'Comment', own, { body: 'x' }), 'NOT_FOUND');
      expectError(await change('engineer', 'Resource', resource, { name: 'x' }), 'NOT_FOUND');
      expectError(await ask('engineer', `mutation { deleteComment(input: { id: "${own}" }) { id } }`), 'NOT_FOUND');
      expectError(
        await ask('engineer', `mutation { restoreDesignVersion(input: { designId: "${id}", versionNumber: 1 }) { design { id } } }`),
        'NOT_FOUND',
      );
      expectError(
        await ask('engineer', `mutation { createComment(input: { comment: { designId: "${id}", body: "x" } }) { comment { id } } }`),
        'FORBIDDEN',
      );
      // The rows are there, for those who may see them.
      expect(await found('developer', id)).toEqual({ ...ALL, comments: 2, designShares: 1 });
    });

    test('that has expired on a design for the organization takes away what it gave, and its own row', async () => {
      const { id } = await design({ visibility: 'ORGANIZATION' });
      const shareId = await share(id, 'engineer', 'EDIT');
      expect((await change('engineer', 'Design', id, { name: 'Edited' })).errors).toEqual([]);
      await database.operator.query(`update ${home}.design_shares set expires_at = now() where id = $1`, [shareId]);
      expect(await found('engineer', id)).toEqual({ ...ALL, designShares: 0 });
      expectError(await change('engineer', 'Design', id, { name: 'x' }), 'NOT_FOUND');
      expect((await found('developer', id)).designShares).toBe(1);
    });

    test('is bounded by the clock of the transaction, to the moment', async () => {
      const { id } = await design();
      const shareId = await share(id, 'engineer', 'VIEW');
      const seen = async (moment: string) => {
        await database.operator.query(`update ${home}.design_shares set expires_at = null where id = $1`, [shareId]);
        return database.as(persona(organization, 'engineer'), async (client) => {
          // As the creator in the same transaction, whose time stands still.
          const { rows } = await client.query(`select ${moment} as at`);
          await database.operator.query(`update ${home}.design_shares set expires_at = $2 where id = $1`, [shareId, rows[0].at]);
          return (await client.query('select from designs where id = $1', [id])).rowCount;
        });
      };
      expect(await seen('now()::text')).toBe(0);
      expect(await seen("(now() + interval '1 microsecond')::text")).toBe(1);
    });

    test('is made, changed and taken away by the creator and admins, who alone may with designs:share', async () => {
      const { id } = await design();
      const shareId = await share(id, 'engineer', 'EDIT');
      expectError(await change('engineer', 'DesignShare', shareId, { expiresAt: null }), 'NOT_FOUND');
      expectError(await remove('engineer', 'DesignShare', shareId), 'NOT_FOUND');
      expect((await change('developer', 'DesignShare', shareId, { permission: 'VIEW' })).errors).toEqual([]);
      expect((await change('admin', 'DesignShare', shareId, { permission: 'COMMENT' })).errors).toEqual([]);
      const scoped = { ...persona(organization, 'developer'), scopes: ['designs:read', 'designs:write'] };
      for (const mutation of [
        `updateDesignShare(input: { id: "${shareId}", patch: { permission: VIEW } }) { clientMutationId }`,
        `deleteDesignShare(input: { id: "${shareId}" }) { clientMutationId }`,
      ]) {
        expectError(await server.query(scoped, `mutation { ${mutation} }`), 'NOT_FOUND');
      }
      for (const mutation of [
        `createDesignShare(input: { designShare: { designId: "${id}", sharedWithId: "${users.member}" } }) { clientMutationId }`,
        `createDesign(input: { design: { name: "x", visibility: ORGANIZATION } }) { clientMutationId }`,
        `updateDesign(input: { id: "${id}", patch: { visibility: ORGANIZATION } }) { clientMutationId }`,
      ]) {
        expectError(await server.query(scoped, `mutation { ${mutation} }`), 'FORBIDDEN');
      }
      expect(
        (await server.query(scoped, `mutation { updateDesign(input: { id: "${id}", patch: { name: "y" } }) { clientMutationId } }`)).errors,
      ).toEqual([]);
      expect((await remove('developer', 'DesignShare', shareId)).errors).toEqual([]);
      expect(await found('engineer', id)).toEqual(NOTHING);
    });

    test('is seen by who may edit the design, and by whom it is with', async () => {
      const { id } = await design();
      await share(id, 'engineer', 'VIEW');
      const shareId = await share(id, 'member', 'VIEW');
      const shares = async (role: BaseRole) =>
        (await data(role, `{ design(id: "${id}") { shares { nodes { id } } } }`)).design.shares.nodes.length;
      expect([
        await shares('developer'),
        await shares('admin'),
        await shares('auditor'),
        await shares('engineer'),
        await shares('member'),
      ]).toEqual([2, 2, 2, 1, 1]);
      expect(await data('engineer', `{ designShare(id: "${shareId}") { id } }`)).toEqual({ designShare: null });
      expectError(await ask('ci', '{ designShares { totalCount } }'), 'FORBIDDEN');
    });

    test('with who has it anyway is refused, with a sentence that says so', async () => {
      const { id } = await design();
      const shared = (role: BaseRole, person: string, fields = '') =>
        ask(
          role,
          `mutation { createDesignShare(input: { designShare: { designId: "${id}", sharedWithId: "${person}" ${fields} } }) { designShare { id } } }`,
        );
      expect(expectError(await shared('developer', users.developer), 'BAD_USER_INPUT').message).toBe(
        'You cannot share a design with yourself.',
      );
      expect(expectError(await shared('admin', users.admin), 'BAD_USER_INPUT').message).toBe('You cannot share a design with yourself.');
      const { message, extensions } = expectError(await shared('admin', users.developer), 'BAD_USER_INPUT');
      expect([message, extensions.fields]).toEqual(["A design is its creator's anyway: share it with somebody else.", ['sharedWithId']]);
      expect(
        expectError(await shared('developer', users.engineer, 'expiresAt: "2020-01-01T00:00:00Z"'), 'BAD_USER_INPUT').message,
      ).toContain('in the future');
      await share(id, 'engineer', 'VIEW');
      expect(expectError(await shared('developer', users.engineer), 'BAD_USER_INPUT').message).toContain('shared with this person already');
      // Of a design that is not the caller's to share nothing is said.
      expectError(await shared('engineer', users.developer), 'FORBIDDEN');
      expectError(await shared('developer', other.users.developer), 'BAD_USER_INPUT');
    });
  });

  test('the audit trail has every change, and nothing that a private design says', async () => {
    const words = [
      'Secret plan',
      'secret description',
      'secret canvas',
      'secret changelog',
      'secret comment',
      'secret_resource',
      'secret config',
      'secret place',
    ];
    const id = await make('admin', 'Design', {
      name: words[0],
      description: words[1],
      canvas: { text: words[2] },
      changelog: words[3],
    });
    await make('admin', 'Comment', { designId: id, body: words[4], position: { node: words[7] } });
    await make('admin', 'Resource', { designId: id, name: words[5], resourceType: words[5], config: JSON.stringify(words[6]) });
    await change('admin', 'Design', id, { canvas: { text: `${words[2]} 2` } });
    const { rows } = await database.operator.query<{ row: string; target_type: string; action: string }>(
      `select target_type, action, concat(old_values, new_values, details) as row from ${home}.audit_logs
       where organization_id = $1 and (target_id = $2 or new_values ->> 'design_id' = $2)`,
      [organization.id, id],
    );
    expect(rows.map(({ target_type, action }) => `${action} ${target_type}`).sort()).toEqual([
      'insert comments',
      'insert design_versions',
      'insert design_versions',
      'insert designs',
      'insert resources',
      'update designs',
    ]);
    for (const { row } of rows) {
      expect(row).toContain('digest:');
      for (const word of words) expect(row.toLowerCase()).not.toContain(word.toLowerCase());
    }
  });

  test('of other organizations nothing can be named', async () => {
    const { id } = await design();
    for (const field of ['templateId', 'projectId'] as const) {
      const foreign = field === 'templateId' ? other.designs.template : other.project;
      const never = '018f0000-0000-7000-8000-000000000000';
      const answers = [foreign, never].map((value) =>
        ask('developer', `mutation { createDesign(input: { design: { name: "x", ${field}: "${value}" } }) { clientMutationId } }`),
      );
      const [of, none] = (await Promise.all(answers)).map((answer) => expectError(answer, 'BAD_USER_INPUT').message);
      expect(of).toBe(none);
    }
    expect(
      await data('admin', `{ design(id: "${other.designs.engineer}") { id } template(id: "${other.designs.template}") { id } }`),
    ).toEqual({
      design: null,
      template: null,
    });
    expectError(await ask('admin', `mutation { deleteDesign(input: { id: "${other.designs.engineer}" }) { id } }`), 'NOT_FOUND');
    expectError(
      await ask(
        'admin',
        `mutation { restoreDesignVersion(input: { designId: "${other.designs.engineer}", versionNumber: 1 }) { design { id } } }`,
      ),
      'NOT_FOUND',
    );
    const elsewhere = await asking(server, other).data('admin', `{ design(id: "${id}") { id } }`);
    expect(elsewhere).toEqual({ design: null });
  });

  test('what a resource is configured with is JSON, stored encrypted and masked by role', async () => {
    const { id } = await design({ visibility: 'ORGANIZATION' });
    const config = '{"password": "hunter2-hunter2", "size": 3}';
    const resource = await make('developer', 'Resource', { designId: id, name: 'cache', resourceType: 'redis', config });
    const read = async (role: BaseRole) => (await data(role, `{ resource(id: "${resource}") { config } }`)).resource.config as string;
    expect(await read('admin')).toBe(config);
    expect(await read('developer')).not.toContain('hunter2');
    expect(await read('developer')).toContain('"<value>"');
    for (const role of ['auditor', 'member'] as const) expect(await read(role)).toMatch(/^masked:/);
    const { rows } = await database.operator.query(`select config from ${home}.resources where id = $1`, [resource]);
    expect(rows[0].config).toMatch(/^dx1\./);
    const { message, extensions } = expectError(await change('developer', 'Resource', resource, { config: '{not json' }), 'BAD_USER_INPUT');
    expect([message, extensions.fields]).toEqual(['The configuration is a JSON document.', ['config']]);
  });
});
