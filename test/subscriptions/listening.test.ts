import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, describe, expect, inject, test } from 'vitest';
import { connectionOptions } from '../../src/database/connection.ts';
import { grantSqlLogin, revokeSqlLogin } from '../../src/database/sql-logins.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { subscribers } from '../support/subscriber.ts';
import { writer } from './writing.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const { as, now } = subscribers(server);
const logins: string[] = [];
// Roles are the whole server's.
afterAll(async () => {
  for (const login of logins) await revokeSqlLogin(database.operatorUrl, login);
});

describe.each([
  { organization: acme, others: [initech, globex] },
  { organization: globex, others: [acme] },
])('a login with direct SQL of $organization.slug', ({ organization, others }) => {
  test('that listens learns nothing', async () => {
    const login = `listens_${randomBytes(4).toString('hex')}`;
    const { password } = await grantSqlLogin(database.operatorUrl, () => database.encryptionKey, {
      login,
      organization: organization.slug,
      role: 'auditor',
      user: null,
      connections: 3,
      timeout: '60s',
      validUntil: null,
      newPassword: false,
    });
    logins.push(login);
    const url = new URL(database.url);
    [url.username, url.password] = [login, password as string];
    const client = new pg.Client(connectionOptions(url.toString()));
    await client.connect();
    try {
      const heard: unknown[] = [];
      client.on('notification', (notification) => heard.push(notification));
      for (const { id, slug } of [organization, ...others]) {
        for (const channel of [id, slug, `events_${id}`, `events_${id.replaceAll('-', '')}`, 'events', 'defects']) {
          await client.query(`listen ${client.escapeIdentifier(channel)}`);
        }
      }
      for (const refused of [
        `select app_private.event_channel('${organization.id}')`,
        `select app_private.events_between('${organization.id}', '3:3:', '9999:9999:', '0', '${organization.id}', 10)`,
        "select value from app_private.secrets where name = 'events'",
        `select * from ${organization.home}.events`,
        'select * from app.events',
      ]) {
        await expect(client.query(refused)).rejects.toMatchObject({ code: '42501' });
      }
      // The API's own listening is a statement of another login.
      const admin = persona(organization, 'admin');
      const subscription = (await as(admin)).subscribe('subscription ($after: Cursor) { defectReported(after: $after) { eventId } }', {
        after: await now(admin),
      });
      const writers = await Promise.all([organization, ...others].map((other) => writer(database, other)));
      for (const { write, end } of writers) await write().finally(end);
      await subscription.next();
      await client.query('select 1');
      expect(heard).toEqual([]);
      const { rows } = await client.query("select query from pg_stat_activity where query ilike '%listen%' and pid <> pg_backend_pid()");
      expect(rows).toEqual([]);
    } finally {
      await client.end();
    }
  });
});

test('a notification is empty, one a transaction, and there is none where nothing happened', async () => {
  const { rows } = await database.operator.query<{ channel: string }>('select app_private.event_channel($1) as channel', [acme.id]);
  const channel = rows[0]?.channel as string;
  expect(channel).toMatch(/^events_[0-9a-f]{40}$/);
  expect(channel).not.toContain(acme.id.replaceAll('-', '').slice(0, 8));
  const heard: { channel: string; payload?: string | undefined }[] = [];
  const client = new pg.Client(connectionOptions(database.operatorUrl));
  await client.connect();
  const { write, begin, end } = await writer(database, acme);
  try {
    client.on('notification', (notification) => heard.push({ channel: notification.channel, payload: notification.payload }));
    await client.query(`listen ${channel}`);
    await write(1_000);
    const undone = await begin(3);
    await undone.end('rollback');
    await database.operator.query('update app.defects set occurrence_count = occurrence_count + 1 where organization_id = $1', [acme.id]);
    await client.query('select 1');
    expect(heard).toEqual([{ channel, payload: '' }]);
    const { rows: events } = await database.operator.query<{ count: number }>(
      "select count(*)::int as count from app.events where organization_id = $1 and created_at > now() - interval '1 minute' and target_id in (select id from app.defects where title like 'written %')",
      [acme.id],
    );
    expect(events[0]?.count).toBeGreaterThanOrEqual(1_000);
  } finally {
    await end();
    await client.end();
  }
});
