import { describe, expect, inject, test } from 'vitest';
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
])('comments in $organization.slug', ({ organization, other }) => {
  const { ask, data, make, change } = asking(server, organization);
  const { users } = organization;
  const design = (fields: Record<string, unknown> = {}) =>
    make('developer', 'Design', { name: 'Discussed', visibility: 'ORGANIZATION', ...fields });
  const say = (role: BaseRole, designId: string, fields: Record<string, unknown> = {}) =>
    make(role, 'Comment', { designId, body: `by ${role}`, ...fields });
  const answer = (role: BaseRole, designId: string, parentId: string) =>
    ask(
      role,
      `mutation { createComment(input: { comment: { designId: "${designId}", parentId: "${parentId}", body: "x" } }) { comment { id } } }`,
    );

  test('are made in the name of who makes them', async () => {
    const id = await design();
    const comment = await say('engineer', id, { position: { x: 1.5 } });
    expect(await data('member', `{ comment(id: "${comment}") { body position author { id } design { id } } }`)).toEqual({
      comment: { body: 'by engineer', position: { x: 1.5 }, author: { id: users.engineer }, design: { id } },
    });
    await database.as(persona(organization, 'engineer'), (client) =>
      expect(
        client.query("insert into comments (design_id, body, author_id) values ($1, 'x', $2)", [id, users.developer]),
      ).rejects.toMatchObject({
        code: '42501',
      }),
    );
  });

  test('are threads one level deep, of one design', async () => {
    const [id, another] = [await design(), await design()];
    const [first, elsewhere] = [await say('engineer', id), await say('engineer', another)];
    const reply = await say('developer', id, { parentId: first });
    expect(
      await data(
        'member',
        `{ design(id: "${id}") { comments(filter: { parentId: { isNull: true } }) { nodes { id replies { nodes { id parent { id } } } } } } }`,
      ),
    ).toEqual({
      design: { comments: { nodes: [{ id: first, replies: { nodes: [{ id: reply, parent: { id: first } }] } }] } },
    });
    const { message, extensions } = expectError(await answer('engineer', id, reply), 'BAD_USER_INPUT');
    expect([message, extensions.fields]).toEqual([
      'An answer is not answered itself: name the first comment of the thread as parentId.',
      ['parentId'],
    ]);
    const foreign = other.designs.engineer;
    const words = [];
    for (const parent of [elsewhere, foreign]) words.push(expectError(await answer('engineer', id, parent), 'BAD_USER_INPUT').message);
    expect(words).toEqual(Array(2).fill('The parentId names no comment of this design.'));
  });

  test('say what their author says, and are resolved by the author and by who may edit the design', async () => {
    const id = await design();
    const comment = await say('engineer', id);
    expect((await change('engineer', 'Comment', comment, { body: 'better', expectedVersion: 1 })).errors).toEqual([]);
    for (const role of ['developer', 'admin'] as const) {
      expect(expectError(await change(role, 'Comment', comment, { body: 'worse' }), 'FORBIDDEN').message).toBe(
        'What a comment says is changed by its author alone.',
      );
      expect((await change(role, 'Comment', comment, { resolvedAt: '2026-06-01T00:00:00Z' })).errors).toEqual([]);
      expect((await change(role, 'Comment', comment, { resolvedAt: null })).errors).toEqual([]);
    }
    expect((await change('engineer', 'Comment', comment, { resolvedAt: '2026-06-01T00:00:00Z' })).errors).toEqual([]);
    const own = await say('developer', id);
    expectError(await change('engineer', 'Comment', own, { resolvedAt: '2026-06-01T00:00:00Z' }), 'NOT_FOUND');
    const reply = await say('engineer', id, { parentId: comment });
    expect(expectError(await change('engineer', 'Comment', reply, { resolvedAt: '2026-06-01T00:00:00Z' }), 'BAD_USER_INPUT').message).toBe(
      'A thread is resolved by its first comment.',
    );
    expect((await data('member', `{ comment(id: "${comment}") { body } }`)).comment.body).toBe('better');
  });

  test('that are deleted are gone but for admins, their answers stay, and they come back', async () => {
    const id = await design();
    const comment = await say('engineer', id);
    const reply = await say('developer', id, { parentId: comment });
    const act = (role: BaseRole, verb: string) =>
      ask(role, `mutation { ${verb}Comment(input: { id: "${comment}" }) { clientMutationId } }`);
    const seen = (role: BaseRole) =>
      data(
        role,
        `{ comment(id: "${comment}") { body } reply: comment(id: "${reply}") { body parent { id } } comments(condition: { designId: "${id}" }) { totalCount } }`,
      );
    // Who may edit the design deletes nobody else's words.
    expectError(await act('developer', 'delete'), 'NOT_FOUND');
    expectError(await act('engineer', 'restore'), 'NOT_FOUND');
    expectError(await act('member', 'delete'), 'FORBIDDEN');
    expect((await act('engineer', 'delete')).errors).toEqual([]);
    for (const role of ['engineer', 'developer', 'auditor', 'member'] as const) {
      expect(await seen(role)).toEqual({ comment: null, reply: { body: 'by developer', parent: null }, comments: { totalCount: 1 } });
    }
    expect(await seen('admin')).toEqual({
      comment: { body: 'by engineer' },
      reply: { body: 'by developer', parent: { id: comment } },
      comments: { totalCount: 2 },
    });
    expectError(await answer('engineer', id, comment), 'BAD_USER_INPUT');
    expectError(await change('engineer', 'Comment', comment, { body: 'x' }), 'NOT_FOUND');
    expectError(await act('engineer', 'delete'), 'NOT_FOUND');
    expectError(await act('developer', 'restore'), 'NOT_FOUND');
    expect((await act('engineer', 'restore')).errors).toEqual([]);
    expect((await seen('member')).comments.totalCount).toBe(2);
    expect((await act('admin', 'delete')).errors).toEqual([]);
    expect((await act('admin', 'restore')).errors).toEqual([]);
    expect((await seen('member')).comment.body).toBe('by engineer');
  });
});
