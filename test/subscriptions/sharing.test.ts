import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, inject, test, vi } from 'vitest';
import type { Principal } from '../../src/database/identity.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { subscribers, type TestSubscription } from '../support/subscriber.ts';
import { writer } from './writing.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { MAX_SOCKET_MESSAGES_PER_MINUTE: '10000' });
const { as, now } = subscribers(server);
afterEach(() => void vi.restoreAllMocks());

const DEFECTS = 'subscription ($after: Cursor) { defectReported(after: $after) { defect { id title project { name } } } }';

/** Looks at the statements that the server, which runs in this process, sends while something is done. */
async function statements(work: () => Promise<unknown>): Promise<string[]> {
  const sent: string[] = [];
  const query = pg.Client.prototype.query;
  vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (this: pg.Client, ...args: unknown[]) {
    const [first] = args as [string | { text: string }];
    sent.push(typeof first === 'string' ? first : first.text);
    return (query as (...given: unknown[]) => unknown).apply(this, args) as never;
  });
  await work();
  vi.restoreAllMocks();
  return sent;
}

describe.each([{ organization: acme }, { organization: globex }])('many followers in $organization.slug', ({ organization }) => {
  let write: Awaited<ReturnType<typeof writer>>;
  beforeAll(async () => {
    write = await writer(database, organization);
  });
  afterAll(() => write.end());

  /** Subscriptions that have been told of something once, so that they follow live from there on. */
  const following = async (principal: Principal, sockets: number, each: number): Promise<TestSubscription[]> => {
    const after = await now(principal);
    const open = [];
    for (let socket = 0; socket < sockets; socket += 1) {
      const subscriber = await as(principal);
      for (let index = 0; index < each; index += 1) open.push(subscriber.subscribe(DEFECTS, { after }));
    }
    await write.write();
    await Promise.all(open.map((subscription) => subscription.next()));
    return open;
  };

  test('of one identity cost no more statements than one, and all are told', { timeout: 60_000 }, async () => {
    const developer = persona(organization, 'developer');
    const sentFor = async (open: readonly TestSubscription[]) => {
      const sent = await statements(async () => {
        const [id] = await write.write();
        const told = await Promise.all(open.map((subscription) => subscription.next()));
        expect(new Set(told.map(({ defect }) => defect.id))).toEqual(new Set([id]));
      });
      for (const subscription of open) subscription.stop();
      return sent;
    };
    const one = await sentFor(await following(developer, 1, 1));
    const many = await following(developer, 5, 40);
    expect(many).toHaveLength(200);
    expect(await sentFor(many)).toEqual(one);
    // The writer's own, the page of events, what may be seen of them, and the operation itself.
    expect(one.filter((text) => text.includes('defects where') || text.includes('"defects"'))).toHaveLength(2);
  });

  test('of several identities are told what each may see', async () => {
    const after = await now(persona(organization, 'admin'));
    const roles = ['admin', 'member', 'auditor', 'ci'] as const;
    const open = await Promise.all(roles.map(async (role) => (await as(persona(organization, role))).subscribe(DEFECTS, { after })));
    const ids = await write.write(2);
    for (const subscription of open) {
      const told = [await subscription.next(), await subscription.next()].map(({ defect }) => defect.id);
      expect(told.sort()).toEqual(ids.toSorted());
    }
  });
});
