import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { withClient } from '../../src/database/connection.ts';
import { encodeEventCursor } from '../../src/plugins/event-cursor.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { subscribers, type TestSubscription } from '../support/subscriber.ts';
import { writer } from './writing.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const { as, now } = subscribers(server);

const DEFECTS = 'subscription ($after: Cursor) { defectReported(after: $after) { cursor eventId defect { id } } }';
const LISTENING =
  "select pid from pg_stat_activity where application_name = 'defectxray events' and usename = 'app_user' and datname = current_database()";

const letConnect = (allowed: boolean) =>
  withClient(inject('serverUrl'), (client) => client.query(`alter database ${database.name} allow_connections ${allowed}`));

const take = async (subscription: TestSubscription, count: number) => {
  const told = [];
  for (let index = 0; index < count; index += 1) told.push(await subscription.next());
  return told;
};
const idsOf = (told: readonly { defect: { id: string } }[]) => told.map(({ defect }) => defect.id);

describe.each([
  { organization: acme, other: initech },
  { organization: globex, other: acme },
])('what a follower of $organization.slug has missed', ({ organization, other }) => {
  const admin = persona(organization, 'admin');
  const writers: Awaited<ReturnType<typeof writer>>[] = [];
  beforeAll(async () => {
    for (const [index] of Array.from({ length: 6 }).entries()) writers.push(await writer(database, index === 5 ? other : organization));
  });
  afterAll(() => Promise.all(writers.map((open) => open.end())));
  const [one, two] = [() => writers[0] as (typeof writers)[0], () => writers[1] as (typeof writers)[0]];

  test('is told in order where it goes on, from the middle of a transaction as well, each once', async () => {
    const first = (await as(admin)).subscribe(DEFECTS, { after: await now(admin) });
    const written = [...(await one().write(7)), ...(await two().write(2))];
    const told = await take(first, 9);
    expect(idsOf(told).sort()).toEqual(written.toSorted());
    for (const come of [0, 2, 6, 7, 8]) {
      const again = (await as(admin)).subscribe(DEFECTS, { after: told[come].cursor });
      const last = await one().write();
      const rest = await take(again, 9 - come);
      // A later one is no longer in this list: each turn writes one more.
      expect(rest.slice(0, 8 - come)).toEqual(told.slice(come + 1).map((event) => ({ ...event, cursor: expect.any(String) })));
      expect(written).not.toContain(last[0]);
    }
  });

  test('is told although another transaction, that began later, was told before it', async () => {
    const live = (await as(admin)).subscribe(DEFECTS, { after: await now(admin) });
    const late = await one().begin(1);
    const early = await two().write();
    const [told] = await take(live, 1);
    expect(idsOf([told])).toEqual(early);
    await late.end('commit');
    expect(idsOf(await take(live, 1))).toEqual(late.ids);
    const resumed = (await as(admin)).subscribe(DEFECTS, { after: told.cursor });
    expect(idsOf(await take(resumed, 1))).toEqual(late.ids);
  });

  test('is not what was read beside the cursor, though others are only now told of it', async () => {
    // The feed of the organization stands where it was opened.
    const other = (await as(persona(organization, 'auditor'))).subscribe('subscription { deploymentChanged { eventId } }');
    other.next(30_000).catch(() => {});
    await expect.poll(async () => (await database.operator.query(LISTENING)).rowCount).toBe(1);
    for (let turn = 0; turn < 20; turn += 1) {
      await one().write();
      const subscriber = await as(admin);
      const live = subscriber.subscribe(DEFECTS, { after: await now(admin) });
      const written = await two().write();
      expect(idsOf(await take(live, 1))).toEqual(written);
      subscriber.cut();
      await subscriber.closed;
    }
  });

  test('is told where the connection that listens was lost meanwhile', async () => {
    const live = (await as(admin)).subscribe(DEFECTS, { after: await now(admin) });
    expect(idsOf(await take(live, (await one().write()).length))).toHaveLength(1);
    const before = await database.operator.query(LISTENING);
    expect(before.rowCount).toBe(1);
    // Nobody can connect until all is written: of that no notification comes in.
    await letConnect(false);
    let written: string[];
    try {
      await database.operator.query(`select pg_terminate_backend(pid, 5000) from (${LISTENING}) as listening`);
      written = [...(await one().write()), ...(await two().write(3))];
    } finally {
      await letConnect(true);
    }
    expect(idsOf(await take(live, 4)).sort()).toEqual(written.toSorted());
    expect((await database.operator.query(LISTENING)).rowCount).toBe(1);
    expect((await database.operator.query(LISTENING)).rows).not.toEqual(before.rows);
    const after = await one().write();
    expect(idsOf(await take(live, 1))).toEqual(after);
  });

  test('is told in the end, however often it is cut off and however others write', { timeout: 60_000 }, async () => {
    const expected = new Set<string>();
    let after = await now(admin);
    let busy = true;
    const writing = Promise.all(
      writers.map(async ({ begin }, index) => {
        for (let turn = 0; turn < 25; turn += 1) {
          const open = await begin(1 + Math.floor(Math.random() * 4), Math.random() * 0.03);
          const rolledBack = Math.random() < 0.2;
          await open.end(rolledBack ? 'rollback' : 'commit');
          if (index < 5 && !rolledBack) for (const id of open.ids) expected.add(id);
        }
      }),
    ).finally(() => {
      busy = false;
    });
    const told: string[] = [];
    const events: string[] = [];
    while (busy || told.length < expected.size) {
      const subscriber = await as(admin);
      const subscription = subscriber.subscribe(DEFECTS, { after });
      for (let count = Math.floor(Math.random() * 12); count >= 0 && (busy || told.length < expected.size); count -= 1) {
        const event = await subscription.next(5_000).catch((error: Error) => {
          if (busy) return null;
          throw error;
        });
        if (event === null) break;
        told.push(event.defect.id);
        events.push(event.eventId);
        after = event.cursor;
      }
      subscriber.cut();
    }
    await writing;
    expect(new Set(told)).toEqual(expected);
    // Each once: with few transactions at a time a cursor names them all.
    expect(told.toSorted()).toEqual([...expected].sort());
    expect(new Set(events).size).toBe(told.length);
  });
});

describe('a cursor', () => {
  const admin = persona(acme, 'admin');
  const NEVER = { until: '3:3:', rest: null };
  const refused = async (after: string) => (await as(admin)).subscribe(DEFECTS, { after }).ended();

  test('that is too old is refused, and says so', async () => {
    const after = encodeEventCursor({ ...NEVER, at: Date.now() - 8 * 24 * 60 * 60 * 1_000 });
    expect(await refused(after)).toMatchObject([
      { message: expect.stringContaining('too old'), extensions: { code: 'BAD_USER_INPUT', fields: ['after'] } },
    ]);
  });

  test.each([
    ['nonsense', 'nonsense'],
    ['of a list', Buffer.from('["natural", 1]').toString('base64')],
    ['of a snapshot that there is none', encodeEventCursor({ at: Date.now(), until: '9:3:', rest: null })],
    ['of another database', encodeEventCursor({ at: Date.now(), until: '900000000000:900000000000:', rest: null })],
  ])('%s is refused', async (_what, after) => {
    expect(await refused(after)).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT', fields: ['after'] } }]);
  });

  test('that is made up gives nothing of another organization, nor what its caller may not see', async () => {
    const after = encodeEventCursor({ ...NEVER, at: Date.now() });
    const ci = persona(acme, 'ci');
    const { rows } = await database.operator.query<{ id: string }>(
      'select id from app.defects where organization_id = $1 and project_id = $2',
      [acme.id, acme.project],
    );
    const subscription = (await as(ci)).subscribe(DEFECTS, { after });
    const { rows: events } = await database.operator.query(
      "select from app.events where organization_id = $1 and kind = 'defect_reported' and target_id = any ($2)",
      [acme.id, rows.map(({ id }) => id)],
    );
    expect(events.length).toBeGreaterThan(0);
    const told = idsOf(await take(subscription, events.length));
    expect(told.sort()).toEqual(rows.map(({ id }) => id).sort());
    expect(told).not.toContain(acme.otherDefect);
  });
});
