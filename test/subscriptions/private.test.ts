import { describe, expect, inject, test } from 'vitest';
import { inTransaction } from '../../src/database/connection.ts';
import type { BaseRole } from '../../src/database/identity.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { subscribers, type TestSubscription } from '../support/subscriber.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const { as, now } = subscribers(server);

type Three = [TestSubscription, TestSubscription, TestSubscription];
type Four = [...Three, TestSubscription];

const DESIGNS =
  'subscription ($after: Cursor, $designId: UUID) { designChanged(after: $after, designId: $designId) { eventId design { id name } } }';
const NOTIFICATIONS = 'subscription ($after: Cursor) { notificationReceived(after: $after) { eventId notification { kind targetId } } }';

describe.each([{ organization: acme }, { organization: globex }])('what is not for everyone in $organization.slug', ({ organization }) => {
  const ask = async (role: BaseRole, query: string, variables: Record<string, unknown> = {}) => {
    const { data, errors } = await server.query(persona(organization, role), query, variables);
    expect(errors).toEqual([]);
    return data;
  };
  const make = async (role: BaseRole, name: string, visibility: 'PRIVATE' | 'ORGANIZATION'): Promise<string> =>
    (
      await ask(role, 'mutation ($design: DesignInput!) { createDesign(input: { design: $design }) { design { id } } }', {
        design: { name, visibility },
      })
    ).createDesign.design.id;
  /** Changes something as the operator does, who leaves the same events. */
  const operate = (text: string, values: unknown[]) =>
    inTransaction(database.operator, async () => {
      await database.operator.query("select set_config('search_path', app_private.work_for($1), true)", [organization.id]);
      await database.operator.query(text, values);
    });
  const follow = async (role: BaseRole, query: string, variables: Record<string, unknown> = {}) =>
    (await as(persona(organization, role))).subscribe(query, { after: await now(persona(organization, role)), ...variables });

  test('a private design is told of to its creator, to admins and to whom it is shared with', async () => {
    const [creator, admin, engineer, member] = (await Promise.all(
      (['developer', 'admin', 'engineer', 'member'] as const).map((role) => follow(role, DESIGNS)),
    )) as Four;
    const hidden = await make('developer', 'Hidden', 'PRIVATE');
    await operate('insert into design_shares (design_id, shared_with) values ($1, $2)', [hidden, organization.users.engineer]);
    await ask('developer', `mutation { updateDesign(input: { id: "${hidden}", patch: { name: "Shared" } }) { clientMutationId } }`);
    const open = await make('developer', 'Open', 'ORGANIZATION');
    for (const seeing of [creator, admin]) {
      expect([(await seeing.next()).design.id, (await seeing.next()).design.id, (await seeing.next()).design.id]).toEqual([
        hidden,
        hidden,
        open,
      ]);
    }
    // When it was made it may have been looked at before or after it was shared.
    let told = (await engineer.next()).design;
    expect(told.id).toBe(hidden);
    while (told.id === hidden) told = (await engineer.next()).design;
    expect(told.id).toBe(open);
    expect((await member.next()).design).toEqual({ id: open, name: 'Open' });
  });

  test('of one design only what happens to it is told, its end to admins alone', async () => {
    const [one, other] = [await make('developer', 'One', 'ORGANIZATION'), await make('developer', 'Other', 'ORGANIZATION')];
    const narrowed = await follow('admin', DESIGNS, { designId: one });
    const developer = await follow('developer', DESIGNS);
    const change = (id: string, name: string) =>
      ask('developer', `mutation { updateDesign(input: { id: "${id}", patch: { name: "${name}" } }) { clientMutationId } }`);
    await change(other, 'Other still');
    await change(one, 'One still');
    expect((await narrowed.next()).design.id).toBe(one);
    expect([(await developer.next()).design.id, (await developer.next()).design.id]).toEqual([other, one]);
    await operate('update designs set deleted_at = now() where id = $1', [one]);
    expect((await narrowed.next()).design.id).toBe(one);
    await change(other, 'Other again');
    // The deleted one would have come first.
    expect((await developer.next()).design.id).toBe(other);
  });

  test('a notification is told of to whom it is for', async () => {
    const [assignee, bystander, admin] = (await Promise.all(
      (['developer', 'engineer', 'admin'] as const).map((role) => follow(role, NOTIFICATIONS)),
    )) as Three;
    const assign = (role: BaseRole, defect: string) =>
      ask(
        'admin',
        `mutation { updateDefect(input: { id: "${defect}", patch: { assigneeId: "${organization.users[role]}" } }) { clientMutationId } }`,
      );
    await assign('developer', organization.defect);
    await assign('engineer', organization.otherDefect);
    expect((await assignee.next()).notification).toMatchObject({ targetId: organization.defect });
    expect((await bystander.next()).notification).toMatchObject({ targetId: organization.otherDefect });
    await expect(admin.next(500)).rejects.toThrow('Nothing was told');
  });

  test('who has no notifications follows none', async () => {
    expect(await (await as(persona(organization, 'ci'))).subscribe(NOTIFICATIONS).ended()).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ]);
  });
});
