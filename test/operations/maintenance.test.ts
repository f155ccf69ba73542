import { describe, expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import type { BaseRole } from '../../src/database/identity.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { asking, type Machine, steps, wayTo } from './asking.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

const MACHINE: Machine = {
  OPEN: ['IN_PROGRESS', 'CANCELLED'],
  IN_PROGRESS: ['OPEN', 'COMPLETED', 'CANCELLED'],
  COMPLETED: [],
  CANCELLED: [],
};

describe.each([
  { organization: acme, others: [initech, globex] },
  { organization: globex, others: [acme] },
])('maintenance in $organization.slug', ({ organization, others }) => {
  const { ask, data, make, change, remove } = asking(server, organization);
  const { users } = organization;
  const request = (role: BaseRole, fields: Record<string, unknown> = {}) => make(role, 'MaintenanceRequest', { title: 'To do', ...fields });
  const set = (role: BaseRole, id: string, patch: Record<string, unknown>) => change(role, 'MaintenanceRequest', id, patch);
  const go = async (id: string, ...states: string[]) => {
    for (const status of states) expect((await set('admin', id, { status })).errors).toEqual([]);
    return id;
  };
  const history = async (id: string, role: BaseRole = 'engineer') =>
    (
      await data(
        role,
        `{ maintenanceRequest(id: "${id}") { status statusHistory(orderBy: ID_ASC) { nodes { oldStatus newStatus changedById notes } } } }`,
      )
    ).maintenanceRequest;

  describe('its states', () => {
    test.each(steps(MACHINE))('$from → $to: $allowed', async ({ from, to, allowed }) => {
      const id = await go(await request('engineer'), ...wayTo(MACHINE, 'OPEN', from));
      const before = await history(id);
      const answer = await set('engineer', id, { status: to });
      const after = await history(id);
      if (allowed) {
        expect(answer.errors).toEqual([]);
        expect(after.status).toBe(to);
        expect(after.statusHistory.nodes.slice(before.statusHistory.nodes.length)).toEqual([
          { oldStatus: from, newStatus: to, changedById: users.engineer, notes: null },
        ]);
      } else {
        const next = MACHINE[from]?.map((state) => state.toLowerCase()) ?? [];
        const { message } = expectError(answer, 'BAD_USER_INPUT');
        if (next.length === 0) expect(message).toContain(`that is ${from.toLowerCase()} stays so`);
        else
          expect(message).toBe(
            `A maintenance request that is ${from.toLowerCase()} becomes ${next.join(' or ')}, not ${to.toLowerCase()}.`,
          );
        expect(after).toEqual(before);
      }
    });

    test('every one begins open', async () => {
      const table = `${organization.home}.maintenance_requests`;
      const insert = `insert into ${table} (organization_id, title, status) values ('${organization.id}', 'x', 'in_progress')`;
      await expect(database.operator.query(insert)).rejects.toMatchObject({
        code: 'DX400',
        message: 'A new maintenance request is open, not in_progress.',
      });
    });
  });

  describe('its history', () => {
    test('says who really changed it, and why', async () => {
      const id = await request('member', { projectId: organization.project });
      await set('engineer', id, { assignedToId: users.developer });
      await set('developer', id, { status: 'IN_PROGRESS', statusNotes: 'on it' });
      await set('admin', id, { status: 'OPEN' });
      await set('engineer', id, { status: 'CANCELLED', statusNotes: 'twice' });
      const expected = {
        status: 'CANCELLED',
        statusHistory: {
          nodes: [
            { oldStatus: 'OPEN', newStatus: 'IN_PROGRESS', changedById: users.developer, notes: 'on it' },
            { oldStatus: 'IN_PROGRESS', newStatus: 'OPEN', changedById: users.admin, notes: null },
            { oldStatus: 'OPEN', newStatus: 'CANCELLED', changedById: users.engineer, notes: 'twice' },
          ],
        },
      };
      expect(await history(id)).toEqual(expected);
      // The requester reads it too.
      expect(await history(id, 'member')).toEqual(expected);
    });

    test('has a row for each request that one statement changes, and none for those that it leaves', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => request('engineer', { description: 'bulk' })));
      await go(ids[0] as string, 'IN_PROGRESS');
      await database.as(persona(organization, 'engineer'), async (client) => {
        const updated = await client.query(
          "update maintenance_requests set status = 'in_progress', priority = 'high' where id = any ($1)",
          [ids],
        );
        expect(updated.rowCount).toBe(20);
        const { rows } = await client.query(
          `select maintenance_request_id::text as id, old_status, new_status, changed_by::text from maintenance_status_history
           where maintenance_request_id = any ($1) and changed_by = $2 order by 1`,
          [ids, users.engineer],
        );
        expect(rows).toEqual(
          ids
            .slice(1)
            .sort()
            .map((id) => ({ id, old_status: 'open', new_status: 'in_progress', changed_by: users.engineer })),
        );
      });
      // One that may not change refuses the whole statement.
      await go(ids[1] as string, 'CANCELLED');
      await database.as(persona(organization, 'engineer'), async (client) => {
        await expect(
          client.query("update maintenance_requests set status = 'in_progress' where id = any ($1)", [ids]),
        ).rejects.toMatchObject({
          code: 'DX400',
        });
      });
      expect((await history(ids[2] as string)).status).toBe('OPEN');
    });

    test('is in the order in which it happened, where one who began earlier changes it later', async () => {
      const id = await request('engineer');
      await asPrincipal(database.api, database.keys, persona(organization, 'admin'), async () => {
        await go(id, 'IN_PROGRESS');
        await database.api.query("update maintenance_requests set status = 'completed' where id = $1", [id]);
      });
      const { maintenanceRequest } = await data(
        'engineer',
        `{ maintenanceRequest(id: "${id}") { statusHistory(orderBy: CREATED_AT_ASC) { nodes { newStatus } } } }`,
      );
      expect(maintenanceRequest.statusHistory.nodes.map(({ newStatus }: { newStatus: string }) => newStatus)).toEqual([
        'IN_PROGRESS',
        'COMPLETED',
      ]);
    });

    test('is written by nobody', async () => {
      for (const role of ['admin', 'engineer'] as const) {
        for (const text of [
          "update maintenance_status_history set notes = 'x'",
          'delete from maintenance_status_history',
          "insert into maintenance_status_history (maintenance_request_id, old_status, new_status) select id, 'open', 'completed' from maintenance_requests",
        ]) {
          await database.as(persona(organization, role), (client) => expect(client.query(text)).rejects.toMatchObject({ code: '42501' }));
        }
      }
    });
  });

  describe('whose it is', () => {
    test('a member sees and changes their own, while it is open, and may cancel it', async () => {
      const id = await request('member', { priority: 'HIGH', dueDate: '2031-01-31' });
      expect(await data('member', `{ maintenanceRequest(id: "${id}") { priority requestedBy { id } } }`)).toEqual({
        maintenanceRequest: { priority: 'HIGH', requestedBy: { id: users.member } },
      });
      expect((await set('member', id, { title: 'Better' })).errors).toEqual([]);
      expectError(await set('member', id, { status: 'IN_PROGRESS' }), 'FORBIDDEN');
      expectError(await set('member', id, { assignedToId: users.engineer }), 'FORBIDDEN');
      await go(id, 'IN_PROGRESS');
      expectError(await set('member', id, { title: 'Late' }), 'NOT_FOUND');
      await go(id, 'OPEN');
      expect((await set('member', id, { status: 'CANCELLED', statusNotes: 'not needed' })).errors).toEqual([]);
      expectError(await set('member', id, { status: 'OPEN' }), 'NOT_FOUND');
      expect(await history(id)).toMatchObject({ status: 'CANCELLED', statusHistory: { nodes: { length: 3 } } });
      expectError(await remove('member', 'MaintenanceRequest', id), 'FORBIDDEN');
    });

    test('a member sees nothing of those of others, until they are assigned', async () => {
      const id = await request('engineer');
      await go(id, 'IN_PROGRESS', 'OPEN');
      const seen = () =>
        data(
          'member',
          `{ maintenanceRequest(id: "${id}") { id } maintenanceStatusChanges(filter: { maintenanceRequestId: { equalTo: "${id}" } }) { totalCount } }`,
        );
      expect(await seen()).toEqual({ maintenanceRequest: null, maintenanceStatusChanges: { totalCount: 0 } });
      expectError(await set('member', id, { title: 'x' }), 'NOT_FOUND');
      await set('engineer', id, { assignedToId: users.member });
      expect(await seen()).toEqual({ maintenanceRequest: { id }, maintenanceStatusChanges: { totalCount: 2 } });
      expect((await set('member', id, { title: 'Mine now' })).errors).toEqual([]);
    });

    test('a developer reads all and changes their own, in any state, and may hand it over', async () => {
      const id = await request('engineer', { assignedToId: users.developer });
      for (const patch of [{ status: 'IN_PROGRESS' }, { title: 'x' }, { assignedToId: users.engineer }])
        expect((await set('developer', id, patch)).errors).toEqual([]);
      expectError(await set('developer', id, { title: 'y' }), 'NOT_FOUND');
      expect(await data('developer', `{ maintenanceRequest(id: "${id}") { title } }`)).toEqual({ maintenanceRequest: { title: 'x' } });
      expectError(await remove('developer', 'MaintenanceRequest', id), 'FORBIDDEN');
    });

    test('developers and members ask in their own name only', async () => {
      const create =
        'mutation ($row: MaintenanceRequestInput!) { createMaintenanceRequest(input: { maintenanceRequest: $row }) { clientMutationId } }';
      const inNameOf = (role: BaseRole, requestedById: string) => ask(role, create, { row: { title: 'x', requestedById } });
      for (const role of ['developer', 'member'] as const) {
        expectError(await inNameOf(role, users.admin), 'FORBIDDEN');
        expect((await inNameOf(role, users[role])).errors).toEqual([]);
      }
      expect((await inNameOf('engineer', users.member)).errors).toEqual([]);
    });

    test('what is of another organization is not there, to be named neither', async () => {
      for (const other of others) {
        const { rows } = await database.operator.query<{ id: string }>(
          `select id from ${other.home}.maintenance_requests where organization_id = $1`,
          [other.id],
        );
        const id = rows[0]?.id as string;
        expectError(await set('admin', id, { title: 'x' }), 'NOT_FOUND');
        expectError(await remove('admin', 'MaintenanceRequest', id), 'NOT_FOUND');
        expect(await data('admin', `{ maintenanceRequest(id: "${id}") { id } }`)).toEqual({ maintenanceRequest: null });
        const refused = async (type: string, row: object) => {
          const field = type.charAt(0).toLowerCase() + type.slice(1);
          return ask('admin', `mutation ($row: ${type}Input!) { create${type}(input: { ${field}: $row }) { clientMutationId } }`, { row });
        };
        for (const [type, field, theirs, rest] of [
          ['MaintenanceRequest', 'projectId', other.project, { title: 'x' }],
          ['MaintenanceRequest', 'assignedToId', other.users.engineer, { title: 'x' }],
          ['MaintenanceRequest', 'requestedById', other.users.engineer, { title: 'x' }],
          ['MaintenanceWorkLog', 'maintenanceRequestId', id, { workDescription: 'x', hoursSpent: '1' }],
        ] as const) {
          const answers = [
            await refused(type, { ...rest, [field]: theirs }),
            await refused(type, { ...rest, [field]: '00000000-0000-7000-8000-000000000000' }),
          ];
          for (const answer of answers) expectError(answer, 'BAD_USER_INPUT');
          expect(new Set(answers.map(({ errors }) => errors[0]?.message)).size).toBe(1);
        }
      }
    });
  });

  describe('what is overdue', () => {
    const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
    const overdue = async (role: BaseRole, equalTo: boolean) =>
      (await data(role, `{ maintenanceRequests(first: 1000, filter: { isOverdue: { equalTo: ${equalTo} } }) { nodes { id isOverdue } } }`))
        .maintenanceRequests.nodes as { id: string; isOverdue: boolean }[];

    test('is open or in progress after its day', async () => {
      const own = await go(await request('member', { dueDate: day(-9) }), 'IN_PROGRESS');
      const late = [await request('engineer', { dueDate: day(-1) }), own];
      const others = [
        await request('engineer', { dueDate: day(1) }),
        await request('engineer'),
        await go(await request('engineer', { dueDate: day(-1) }), 'CANCELLED'),
      ];
      const found = await overdue('engineer', true);
      expect(found.map(({ id }) => id).sort()).toEqual(late.sort());
      expect(found.every(({ isOverdue }) => isOverdue)).toBe(true);
      const not = (await overdue('engineer', false)).map(({ id }) => id);
      expect(not).toEqual(expect.arrayContaining(others));
      expect(not.filter((id) => late.includes(id))).toEqual([]);
      // A member's own only.
      expect((await overdue('member', true)).map(({ id }) => id)).toEqual([own]);
    });
  });

  describe('work logs', () => {
    test('engineers log their own work, and change and remove no other', async () => {
      const id = await request('member');
      const log = (role: BaseRole, fields: object = {}) =>
        make(role, 'MaintenanceWorkLog', { maintenanceRequestId: id, workDescription: 'w', hoursSpent: '1.25', ...fields });
      const [own, other] = [await log('engineer'), await log('admin')];
      expect((await change('engineer', 'MaintenanceWorkLog', own, { hoursSpent: '2' })).errors).toEqual([]);
      expectError(await change('engineer', 'MaintenanceWorkLog', other, { hoursSpent: '2' }), 'NOT_FOUND');
      expectError(await remove('engineer', 'MaintenanceWorkLog', other), 'NOT_FOUND');
      await expect(log('engineer', { userId: users.admin })).rejects.toThrow('FORBIDDEN');
      await expect(log('developer')).rejects.toThrow('FORBIDDEN');
      expectError(await ask('member', '{ maintenanceWorkLogs { totalCount } }'), 'FORBIDDEN');
      expect((await remove('engineer', 'MaintenanceWorkLog', own)).errors).toEqual([]);
      for (const hoursSpent of ['0', '-1', '1000']) await expect(log('engineer', { hoursSpent })).rejects.toThrow('BAD_USER_INPUT');
    });

    test('are summed by request, person and month', async () => {
      const [one, two] = [await request('engineer'), await request('engineer')];
      const logs = [
        ['engineer', one, '2026-01-01', '1.25'],
        ['engineer', one, '2026-01-31', '2.5'],
        ['engineer', one, '2026-02-01', '4'],
        ['admin', one, '2026-01-15', '0.01'],
        ['engineer', two, '2026-01-15', '8'],
      ] as const;
      for (const [role, maintenanceRequestId, workDate, hoursSpent] of logs) {
        await make(role, 'MaintenanceWorkLog', { maintenanceRequestId, workDate, hoursSpent, workDescription: 'w' });
      }
      const totals = async (parameters: string) => {
        const { workLogTotals } = await data(
          'analyst',
          `{ workLogTotals(${parameters}) { totalCount nodes { month hours logCount userId user { name } maintenanceRequest { id } } } }`,
        );
        expect(workLogTotals.totalCount).toBe(workLogTotals.nodes.length);
        return workLogTotals.nodes.map(
          (node: { month: string; userId: string; hours: string; logCount: number; maintenanceRequest: { id: string } }) =>
            [
              node.month,
              node.maintenanceRequest.id === one ? 1 : 2,
              node.userId === users.engineer ? 'engineer' : 'admin',
              node.hours,
              node.logCount,
            ].join(' '),
        );
      };
      expect((await totals(`maintenanceRequestId: "${one}"`)).sort()).toEqual([
        '2026-01-01 1 admin 0.01 1',
        '2026-01-01 1 engineer 3.75 2',
        '2026-02-01 1 engineer 4.00 1',
      ]);
      expect((await totals(`userId: "${users.engineer}", since: "2026-01-02", until: "2026-01-31"`)).sort()).toEqual([
        '2026-01-01 1 engineer 2.50 1',
        '2026-01-01 2 engineer 8.00 1',
      ]);
      expectError(await ask('member', '{ workLogTotals { totalCount } }'), 'FORBIDDEN');
    });
  });

  test('what is done to a request is in the audit trail, its history too', async () => {
    await asPrincipal(database.api, database.keys, persona(organization, 'engineer'), async () => {
      const { rows } = await database.api.query<{ id: string }>("insert into maintenance_requests (title) values ('audited') returning id");
      await database.api.query("update maintenance_requests set status = 'in_progress' where id = $1", [rows[0]?.id]);
    });
    const { rows } = await database.operator.query(
      `select action, target_type, user_id from ${organization.home}.audit_logs where organization_id = $1 order by id desc limit 3`,
      [organization.id],
    );
    expect(rows.map(({ action, target_type }) => `${action} ${target_type}`).sort()).toEqual([
      'insert maintenance_requests',
      'insert maintenance_status_history',
      'update maintenance_requests',
    ]);
    expect(rows.every(({ user_id }) => user_id === users.engineer)).toBe(true);
  });
});
