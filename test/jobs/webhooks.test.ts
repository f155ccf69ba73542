import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import type { BaseRole } from '../../src/database/identity.ts';
import { expectError } from '../http/answers.ts';
import { asking } from '../operations/asking.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { type Receiver, receive } from './receiver.ts';
import { comeDue, runJobs } from './running.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const PATIENCE = { timeout: 20_000, interval: 20 };

const CREATE = `mutation ($input: CreateWebhookInput!) { createWebhook(input: $input) { secret webhook { id state isEnabled eventKinds } } }`;
const DELIVERIES = `query ($id: UUID!) { webhook(id: $id) { state isEnabled lastDeliveredAt failingSince deliveries(orderBy: ID_ASC) { nodes {
  id status attemptCount nextAttemptAt deliveredAt kind targetId eventId attempts(orderBy: ID_ASC) { nodes { httpStatus answer error durationMs } } } } } }`;
let made = 0;

describe.each([
  { organization: acme, other: initech },
  { organization: globex, other: acme },
])('webhooks of $organization.slug', ({ organization, other }) => {
  const { ask, data, make, change, remove } = asking(server, organization);
  const reportDefect = (title = 'Broken') => make('admin', 'Defect', { projectId: organization.project, title });
  async function create(receiver: Pick<Receiver, 'url'>, eventKinds = ['DEFECT_REPORTED']): Promise<{ id: string; secret: string }> {
    const { createWebhook } = await data('admin', CREATE, { input: { name: `hook ${(made += 1)}`, url: receiver.url, eventKinds } });
    return { id: createWebhook.webhook.id, secret: createWebhook.secret };
  }
  const look = async (id: string) => (await data('admin', DELIVERIES, { id })).webhook;
  const adminsNotes = async (kind: string) =>
    (
      await data('admin', '{ notifications(orderBy: ID_ASC) { nodes { kind title body targetType targetId } } }')
    ).notifications.nodes.filter((note: { kind: string }) => note.kind === kind);

  test('what happens is told by ids, signed with the secret, and to no one else', async () => {
    const [mine, others] = [await receive(), await receive()];
    const { id, secret } = await create(mine);
    await data('admin', CREATE, { input: { name: `designs ${(made += 1)}`, url: others.url, eventKinds: ['DESIGN_CHANGED'] } });
    await asking(server, other).data('admin', CREATE, {
      input: { name: `other ${(made += 1)}`, url: others.url, eventKinds: ['DEFECT_REPORTED'] },
    });
    await runJobs(database);
    const defect = await reportDefect('Card number 4111111111111111 refused');
    await vi.waitFor(() => expect(mine.received).toHaveLength(1), PATIENCE);
    const [request] = mine.received as [(typeof mine.received)[0]];
    expect(request.event).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      kind: 'DEFECT_REPORTED',
      occurredAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      organization: { id: organization.id, slug: organization.slug },
      target: { type: 'Defect', id: defect },
    });
    expect(request.body).not.toContain('4111');
    expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'defectxray' });
    const [, seconds, digest] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(request.headers['x-defectxray-signature'])) ?? [];
    expect(digest).toBe(createHmac('sha256', secret).update(`${seconds}.${request.body}`).digest('hex'));
    expect(Math.abs(Number(seconds) - Date.now() / 1_000)).toBeLessThan(60);
    expect(verifier()(request.body, request.headers['x-defectxray-signature'], secret)).toBe(true);

    await vi.waitFor(async () => expect((await look(id)).state).toBe('WORKING'), PATIENCE);
    const webhook = await look(id);
    expect(webhook.deliveries.nodes).toEqual([
      {
        id: request.delivery,
        status: 'DELIVERED',
        attemptCount: 1,
        nextAttemptAt: null,
        deliveredAt: expect.any(String),
        kind: 'DEFECT_REPORTED',
        targetId: defect,
        eventId: request.event.id,
        attempts: { nodes: [{ httpStatus: 204, answer: '', error: null, durationMs: expect.any(Number) }] },
      },
    ]);
    expect(others.received).toEqual([]);
  });

  test('what fails is tried again, later each time, until it is dead; then it can be sent again', async () => {
    const receiver = await receive();
    receiver.answer = (response) => void response.writeHead(500).end(`${'é'.repeat(999)}😀\0 and more`);
    const { id } = await create(receiver);
    const { registry } = await runJobs(database);
    await reportDefect();
    const delays = (await database.operator.query<{ s: number[] }>(DELAYS)).rows[0]?.s as number[];
    for (const [index, seconds] of [...delays, null].entries()) {
      await vi.waitFor(() => expect(receiver.received).toHaveLength(index + 1), PATIENCE);
      await vi.waitFor(async () => expect((await look(id)).deliveries.nodes[0].attempts.nodes).toHaveLength(index + 1), PATIENCE);
      const [delivery] = (await look(id)).deliveries.nodes;
      expect(delivery.attemptCount).toBe(index + 1);
      expect(delivery.attempts.nodes.at(-1)).toMatchObject({ httpStatus: 500, answer: `${'é'.repeat(999)}😀`, error: null });
      if (seconds === null) expect(delivery).toMatchObject({ status: 'DEAD', nextAttemptAt: null });
      else {
        expect(delivery.status).toBe('PENDING');
        const wait = (Date.parse(delivery.nextAttemptAt) - Date.now()) / 1_000;
        expect(wait).toBeGreaterThan(0.8 * seconds - 5);
        expect(wait).toBeLessThan(1.2 * seconds + 1);
        expect(await adminsNotes('WEBHOOK_FAILED')).toEqual([]);
        await comeDue(database, organization, id);
      }
    }
    expect(await look(id)).toMatchObject({ state: 'FAILING', isEnabled: true, failingSince: expect.any(String) });
    const told = await adminsNotes('WEBHOOK_FAILED');
    expect(told).toEqual([expect.objectContaining({ targetType: 'Webhook', targetId: id })]);
    const text = await registry.metrics();
    expect(text).toMatch(/defectxray_webhook_attempts_total\{outcome="dead"\} 1\n/);
    expect(Number(/defectxray_webhook_attempts_total\{outcome="failed"\} (\d+)\n/.exec(text)?.[1])).toBeGreaterThanOrEqual(9);

    // A second one that dies while it fails is told of no more.
    await reportDefect();
    await vi.waitFor(() => expect(receiver.received).toHaveLength(11), PATIENCE);
    await vi.waitFor(async () => expect((await look(id)).deliveries.nodes[1].attempts.nodes).toHaveLength(1), PATIENCE);
    await database.operator.query(
      `update ${organization.home}.webhook_deliveries set attempt_count = 9 where webhook_id = $1 and status = 'pending'`,
      [id],
    );
    await comeDue(database, organization, id);
    await vi.waitFor(async () => expect((await look(id)).deliveries.nodes[1].status).toBe('DEAD'), PATIENCE);
    expect(await adminsNotes('WEBHOOK_FAILED')).toEqual(told);

    receiver.answer = (response) => void response.writeHead(200).end('thanks');
    const [dead] = (await look(id)).deliveries.nodes;
    const REPLAY = `mutation { replayWebhookDelivery(input: { id: "${dead.id}" }) { webhookDelivery { id status attemptCount } } }`;
    for (const role of ['developer', 'engineer', 'auditor', 'analyst', 'member', 'ci'] as BaseRole[])
      expectError(await ask(role, REPLAY), 'FORBIDDEN');
    expectError(await asking(server, other).ask('admin', REPLAY), 'NOT_FOUND');
    expect((await data('admin', REPLAY)).replayWebhookDelivery.webhookDelivery).toEqual({
      id: dead.id,
      status: 'PENDING',
      attemptCount: 0,
    });
    await vi.waitFor(async () => expect((await look(id)).deliveries.nodes[0].status).toBe('DELIVERED'), PATIENCE);
    // The same delivery, to the letter.
    expect(new Set(receiver.received.filter(({ delivery }) => delivery === dead.id).map(({ body }) => body)).size).toBe(1);
    expect(await look(id)).toMatchObject({ state: 'WORKING', failingSince: null });
    const { rows } = await database.operator.query(
      `select action, user_id from ${organization.home}.audit_logs where target_type = 'webhook_deliveries' and target_id = $1`,
      [dead.id],
    );
    expect(rows).toEqual([{ action: 'update', user_id: organization.users.admin }]);
  });

  test('an endpoint that answers 410 is switched off, and can be switched on again', async () => {
    const receiver = await receive();
    receiver.answer = (response) => void response.writeHead(410).end();
    const { id } = await create(receiver);
    await runJobs(database);
    await reportDefect();
    await vi.waitFor(async () => expect((await look(id)).state).toBe('GONE'), PATIENCE);
    expect(await look(id)).toMatchObject({ isEnabled: false, deliveries: { nodes: [{ status: 'DEAD', attemptCount: 1 }] } });
    expect(await adminsNotes('WEBHOOK_DISABLED')).toContainEqual(expect.objectContaining({ targetId: id }));
    const [dead] = (await look(id)).deliveries.nodes;
    const REPLAY = `mutation { replayWebhookDelivery(input: { id: "${dead.id}" }) { clientMutationId } }`;
    expect(expectError(await ask('admin', REPLAY), 'BAD_USER_INPUT').message).toBe('The webhook is switched off: switch it on first.');
    // What happens meanwhile is not sent, not even later.
    const missed = await reportDefect();
    await new Promise((resolve) => setTimeout(resolve, 500));
    receiver.answer = (response) => void response.writeHead(200).end();
    expect((await change('admin', 'Webhook', id, { isEnabled: true })).errors).toEqual([]);
    expect((await look(id)).state).toBe('WAITING');
    const after = await reportDefect();
    await vi.waitFor(() => expect(receiver.received.at(-1)?.event.target.id).toBe(after), PATIENCE);
    expect(receiver.received.map(({ event }) => event.target.id)).not.toContain(missed);
  });

  test('redirects are not followed, and what does not answer is an attempt that failed', async () => {
    const [receiver, elsewhere] = [await receive(), await receive()];
    receiver.answer = (response) => void response.writeHead(302, { location: elsewhere.url }).end();
    const broken = await receive();
    broken.answer = (response) => void response.destroy();
    const [moved, mute] = [await create(receiver), await create(broken)];
    await runJobs(database);
    await reportDefect();
    await vi.waitFor(async () => expect((await look(moved.id)).state).toBe('FAILING'), PATIENCE);
    expect((await look(moved.id)).deliveries.nodes[0].attempts.nodes).toMatchObject([{ httpStatus: 302 }]);
    expect(elsewhere.received).toEqual([]);
    await vi.waitFor(async () => expect((await look(mute.id)).state).toBe('FAILING'), PATIENCE);
    expect((await look(mute.id)).deliveries.nodes[0].attempts.nodes).toMatchObject([
      { httpStatus: null, answer: null, error: 'Nothing answers at the address.' },
    ]);
  });

  test('a new secret is shown once, and for a day the one before signs as well', async () => {
    const receiver = await receive();
    const { id, secret } = await create(receiver);
    const ROTATE = `mutation { rotateWebhookSecret(input: { id: "${id}" }) { secret webhook { id } } }`;
    expectError(await ask('developer', ROTATE), 'FORBIDDEN');
    expectError(await asking(server, other).ask('admin', ROTATE), 'NOT_FOUND');
    const next = (await data('admin', ROTATE)).rotateWebhookSecret.secret;
    expect(next).not.toBe(secret);
    await runJobs(database);
    await reportDefect();
    await vi.waitFor(() => expect(receiver.received).toHaveLength(1), PATIENCE);
    const [request] = receiver.received as [(typeof receiver.received)[0]];
    for (const known of [secret, next]) expect(verifier()(request.body, request.headers['x-defectxray-signature'], known)).toBe(true);
    await database.operator.query(
      "update app_private.webhook_secrets set previous_until = now() - interval '1 second' where webhook_id = $1",
      [id],
    );
    await reportDefect();
    await vi.waitFor(() => expect(receiver.received).toHaveLength(2), PATIENCE);
    const second = receiver.received[1] as (typeof receiver.received)[0];
    expect(verifier()(second.body, second.headers['x-defectxray-signature'], next)).toBe(true);
    expect(verifier()(second.body, second.headers['x-defectxray-signature'], secret)).toBe(false);
  });

  test('the secret is kept encrypted, goes with its webhook, and nobody reads it', async () => {
    const { id, secret } = await create({ url: 'https://hooks.example/x' });
    expect(secret).toMatch(/^dxw_[0-9A-Za-z]{46}$/);
    const stored = async () =>
      (await database.operator.query('select secret from app_private.webhook_secrets where webhook_id = $1', [id])).rows;
    expect((await stored())[0].secret).toMatch(/^dx1\./);
    for (const role of ['admin', 'developer', 'engineer', 'auditor', 'analyst', 'member', 'ci'] as BaseRole[]) {
      await database.as(persona(organization, role), async (client) => {
        await expect(client.query('select secret from app_private.webhook_secrets')).rejects.toMatchObject({ code: '42501' });
      });
    }
    const { rows } = await database.operator.query(
      `select coalesce(new_values::text, '') as text from ${organization.home}.audit_logs where target_id = $1`,
      [id],
    );
    expect(rows.map(({ text }) => text).join()).toContain('digest:');
    for (const { text } of rows) expect(text).not.toContain(secret);
    expect((await remove('admin', 'Webhook', id)).errors).toEqual([]);
    expect(await stored()).toEqual([]);
  });

  test.each([
    ['another than https', { url: 'ftp://hooks.example/' }, 'The address begins with https://'],
    ['http elsewhere', { url: 'http://hooks.example/' }, 'The address begins with https://'],
    ['a user name', { url: 'https://a:b@hooks.example/' }, 'The address begins with https://'],
    ['no kind', { eventKinds: [] }, 'A webhook is told of defects'],
    ['what is somebody’s own', { eventKinds: ['NOTIFICATION_RECEIVED'] }, 'A webhook is told of defects'],
    ['a name that is there', { name: 'Chat' }, 'There is a webhook of this name already.'],
  ])('is refused with %s', async (_what, fields, sentence) => {
    const input = { name: `bad ${(made += 1)}`, url: 'https://hooks.example/', eventKinds: ['DEFECT_REPORTED'], ...fields };
    expect(expectError(await ask('admin', CREATE, { input }), 'BAD_USER_INPUT').message).toContain(sentence);
  });

  test.each(['developer', 'engineer', 'auditor', 'analyst', 'member', 'ci'] as BaseRole[])('is made by no %s', async (role) => {
    expectError(
      await ask(role, CREATE, { input: { name: 'mine', url: 'https://hooks.example/', eventKinds: ['DEFECT_REPORTED'] } }),
      'FORBIDDEN',
    );
  });

  test('nothing is sent to this machine, or to a private address', async () => {
    const receiver = await receive();
    const here = await create(receiver);
    const hooks = [here];
    // What would be heard of, were it connected to.
    let connections = 0;
    const inside = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void inside.close());
    const { port } = inside.address() as AddressInfo;
    for (const url of [
      `https://127.0.0.1:${port}/`,
      `https://localhost:${port}/`,
      'https://10.1.2.3/',
      'https://169.254.169.254/latest',
      'https://localhost/',
      'https://[::1]/',
      'https://168.63.129.16/',
    ]) {
      hooks.push(await create({ url }));
    }
    await runJobs(database, { allowLoopback: false });
    await reportDefect();
    for (const [index, { id }] of hooks.entries()) {
      await vi.waitFor(async () => expect((await look(id)).deliveries.nodes[0]?.attempts.nodes).toHaveLength(1), PATIENCE);
      const [attempt] = (await look(id)).deliveries.nodes[0].attempts.nodes;
      expect(attempt).toMatchObject({
        httpStatus: null,
        answer: null,
        error: index === 0 ? expect.stringMatching(/^The address must be https/) : 'Nothing answers at the address.',
      });
    }
    expect([receiver.received, connections]).toEqual([[], 0]);
    for (const { id } of hooks) await remove('admin', 'Webhook', id);
  });
});

const DELAYS = 'select array(select extract(epoch from d)::int from unnest(app_private.webhook_delays()) as d) as s';

/** The receiver's side, as docs/webhooks.md shows it. */
function verifier(): (body: string, header: string | string[] | undefined, secret: string) => boolean {
  const docs = readFileSync(new URL('../../docs/webhooks.md', import.meta.url), 'utf8');
  const [, code] = /```js\n([\s\S]*?)```/.exec(docs) ?? [];
  const body = (code as string).replace(/^import .*$/gm, '').replace('export function', 'return function');
  return new Function('createHmac', 'timingSafeEqual', body)(createHmac, (a: Buffer, b: Buffer) => a.equals(b));
}
