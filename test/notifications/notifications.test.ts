import { describe, expect, inject, test } from 'vitest';
import type { BaseRole } from '../../src/database/identity.ts';
import { expectError } from '../http/answers.ts';
import { asking } from '../operations/asking.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

describe.each([{ organization: acme }, { organization: globex }])('notifications of $organization.slug', ({ organization }) => {
  const { ask, data, make, change } = asking(server, organization);
  const { users } = organization;
  interface Note {
    readonly kind: string;
    readonly title: string;
    readonly body: string;
    readonly targetType: string;
    readonly targetId: string;
  }
  /** What a role is told of a target, oldest first. */
  const told = async (role: BaseRole, target: string): Promise<Note[]> => {
    const { notifications } = await data(
      role,
      '{ notifications(orderBy: ID_ASC, first: 1000) { nodes { kind title body targetType targetId } } }',
    );
    return (notifications.nodes as Note[]).filter(({ targetId }) => targetId === target);
  };
  const kinds = async (role: BaseRole, target: string) => (await told(role, target)).map(({ kind }) => kind);

  test('who is assigned a defect is told, but not by themselves, and not again by other changes', async () => {
    const id = await make('admin', 'Defect', {
      projectId: organization.project,
      title: 'Totals are wrong',
      failureDetails: 'password=hunter2',
      assigneeId: users.engineer,
    });
    expect(await told('engineer', id)).toEqual([
      { kind: 'DEFECT_ASSIGNED', title: 'A defect was assigned to you', body: 'Totals are wrong', targetType: 'Defect', targetId: id },
    ]);
    await change('admin', 'Defect', id, { severity: 'LOW' });
    await change('engineer', 'Defect', id, { assigneeId: users.developer });
    await change('developer', 'Defect', id, { assigneeId: null });
    await change('developer', 'Defect', id, { assigneeId: users.developer });
    expect([await kinds('engineer', id), await kinds('developer', id), await kinds('admin', id)]).toEqual([
      ['DEFECT_ASSIGNED'],
      ['DEFECT_ASSIGNED'],
      [],
    ]);
  });

  test('one statement tells of each row, whoever reports', async () => {
    await database.as(persona(organization, 'admin'), async (client) => {
      await client.query("insert into defects (project_id, title) select $1, 'bulk ' || n from generate_series(1, 50) as n", [
        organization.project,
      ]);
      await client.query("update defects set assignee_id = $1 where title like 'bulk %'", [users.engineer]);
      await client.query("select set_config('app.user_id', $1, true)", [users.engineer]);
      const { rows } = await client.query(
        "select count(*)::int as n, count(distinct target_id)::int as d from notifications where body like 'bulk %'",
      );
      expect(rows).toEqual([{ n: 50, d: 50 }]);
    });
  });

  test('of a maintenance request its assignee, and of its status its requester and its assignee, but not who changes it', async () => {
    const id = await make('member', 'MaintenanceRequest', { title: 'Renew', projectId: organization.project });
    await change('admin', 'MaintenanceRequest', id, { assignedToId: users.engineer });
    expect([await kinds('member', id), await kinds('engineer', id), await kinds('admin', id)]).toEqual([[], ['MAINTENANCE_ASSIGNED'], []]);
    await change('engineer', 'MaintenanceRequest', id, { status: 'IN_PROGRESS' });
    expect(await told('member', id)).toEqual([
      {
        kind: 'MAINTENANCE_STATUS_CHANGED',
        title: 'A maintenance request is now in progress',
        body: 'Renew',
        targetType: 'MaintenanceRequest',
        targetId: id,
      },
    ]);
    expect(await kinds('engineer', id)).toEqual(['MAINTENANCE_ASSIGNED']);
    await change('admin', 'MaintenanceRequest', id, { status: 'COMPLETED' });
    await change('admin', 'MaintenanceRequest', id, { description: 'x' });
    expect(await kinds('member', id)).toEqual(['MAINTENANCE_STATUS_CHANGED', 'MAINTENANCE_STATUS_CHANGED']);
    expect(await kinds('engineer', id)).toEqual(['MAINTENANCE_ASSIGNED', 'MAINTENANCE_STATUS_CHANGED']);
    expect(await kinds('admin', id)).toEqual([]);
  });

  test('whom a design is shared with', async () => {
    const design = await make('developer', 'Design', { name: 'Network' });
    await make('developer', 'DesignShare', { designId: design, sharedWithId: users.member });
    expect(await told('member', design)).toEqual([
      { kind: 'DESIGN_SHARED', title: 'A design was shared with you', body: '', targetType: 'Design', targetId: design },
    ]);
    expect(await kinds('developer', design)).toEqual([]);
  });

  test('nobody who has left', async () => {
    await database.operator.query(`update ${organization.home}.people set removed_at = now() where organization_id = $1 and id = $2`, [
      organization.id,
      users.auditor,
    ]);
    const id = await make('admin', 'Defect', { projectId: organization.project, title: 'x', assigneeId: users.auditor });
    await database.operator.query(`update ${organization.home}.people set removed_at = null where organization_id = $1 and id = $2`, [
      organization.id,
      users.auditor,
    ]);
    expect(await kinds('auditor', id)).toEqual([]);
  });

  test('are marked as read by who they are for, some or all, once', async () => {
    const MARK = 'mutation ($ids: [UUID!]) { markNotificationsRead(input: { ids: $ids }) { marked } }';
    const unread = async (role: BaseRole) =>
      (await data(role, '{ notifications(filter: { readAt: { isNull: true } }) { totalCount nodes { id } } }')).notifications;
    for (const title of ['a', 'b', 'c'])
      await make('admin', 'Defect', { projectId: organization.project, title, assigneeId: users.member });
    const before = await unread('member');
    expect(before.totalCount).toBeGreaterThanOrEqual(4);
    const ids = before.nodes.map(({ id }: { id: string }) => id);
    // Another's ids are nothing.
    expect((await data('developer', MARK, { ids })).markNotificationsRead.marked).toBe(0);
    expect((await data('member', MARK, { ids: ids.slice(0, 2) })).markNotificationsRead.marked).toBe(2);
    expect((await data('member', MARK, { ids: ids.slice(0, 3) })).markNotificationsRead.marked).toBe(1);
    expect((await data('member', MARK, { ids: [] })).markNotificationsRead.marked).toBe(0);
    expect((await data('member', MARK)).markNotificationsRead.marked).toBe(before.totalCount - 3);
    expect((await unread('member')).totalCount).toBe(0);
    expect((await unread('developer')).totalCount).toBeGreaterThan(0);
    expectError(await ask('ci', MARK), 'FORBIDDEN');
    expectError(await ask('ci', '{ notifications { totalCount } }'), 'FORBIDDEN');
  });

  test('when it was read is said by the database, and stays', async () => {
    await database.as(persona(organization, 'analyst'), async (client) => {
      const read = (at: string) => client.query(`update notifications set read_at = ${at} returning read_at = now() as now`);
      expect((await read("'2000-01-01'")).rows).toContainEqual({ now: true });
      expect((await read("'2030-01-01'")).rows).toContainEqual({ now: true });
      expect((await read('null')).rows).toContainEqual({ now: null });
    });
  });
});
