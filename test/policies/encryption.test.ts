import { expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { localEncryptionKey, PLATFORM } from '../../src/database/encryption-key.ts';
import { KeyEnvelopes, sealEnvelope } from '../../src/database/key-envelopes.ts';
import { persona, useDatabase } from '../support/database.ts';
import { DETAILS } from '../support/fixture.ts';

const { acme, initech } = inject('fixture');
const database = useDatabase();

async function dataKeyOf(organizationId: string): Promise<Buffer> {
  const { rows } = await database.operator.query('select wrapped_key from app_private.organization_keys where organization_id = $1', [
    organizationId,
  ]);
  return database.encryptionKey.unwrap(rows[0].wrapped_key, organizationId, 1);
}

/** Runs SQL as the operator working for an organization, with its keys. */
async function asOperator(organizationId: string, text: string, values: unknown[] = []) {
  await database.operator.query('begin');
  try {
    await database.operator.query("select set_config('search_path', app_private.work_for($1, $2), true)", [
      organizationId,
      await database.keys.of(organizationId),
    ]);
    return await database.operator.query(text, values);
  } finally {
    await database.operator.query('rollback');
  }
}

test('a changed byte, another key or another organization is an error, never garbage', async () => {
  const { rows } = await database.operator.query<{ failure_details: string }>('select failure_details from app.defects where id = $1', [
    acme.defect,
  ]);
  const ciphertext = rows[0]?.failure_details as string;
  const decrypt = (text: string, organization: string) =>
    asOperator(organization, 'select app_private.decrypt_sensitive_data($1, $2, $$defects.failure_details$$) as clear', [
      text,
      organization,
    ]);
  expect((await decrypt(ciphertext, acme.id)).rows[0].clear).toBe(DETAILS);
  const [head, , , body] = ciphertext.split('.') as [string, string, string, string];
  const bytes = Buffer.from(body, 'base64');
  for (const position of [12, Math.floor(bytes.length / 2), bytes.length - 1]) {
    const changed = Buffer.from(bytes);
    changed[position] = (changed[position] as number) ^ 1;
    await expect(decrypt([head, '1', 'x', changed.toString('base64')].join('.'), acme.id)).rejects.toThrow();
  }
  await expect(decrypt(ciphertext, initech.id)).rejects.toThrow();
  await expect(
    asOperator(initech.id, 'select app_private.decrypt_sensitive_data($1, $2, $$defects.failure_details$$)', [ciphertext, acme.id]),
  ).rejects.toMatchObject({
    code: 'DX500',
  });
});

test('clear text cannot be stored, even where the trigger is gone', async () => {
  await expect(
    asOperator(
      acme.id,
      "set local session_replication_role = replica; insert into defects (project_id, title, failure_details) values ((select id from projects limit 1), 'x', 'clear')",
    ),
  ).rejects.toMatchObject({ code: '23514', constraint: 'defects_failure_details_check' });
});

test("an update keeps a ciphertext only where the organization's key opens it", async () => {
  const update = (value: string) =>
    asOperator(
      acme.id,
      `update defects set failure_details = $1 where id = '${acme.defect}' returning failure_details, app_private.decrypt_sensitive_data(failure_details, organization_id, 'defects.failure_details') as clear`,
      [value],
    );
  const { rows } = await database.operator.query<{ failure_details: string }>('select failure_details from app.defects where id = $1', [
    acme.otherDefect,
  ]);
  const own = rows[0]?.failure_details as string;
  expect((await update(own)).rows[0]).toEqual({ failure_details: own, clear: DETAILS });
  const foreign = await asOperator(initech.id, 'select app_private.encrypt_sensitive_data($1, $2, $$defects.failure_details$$) as text', [
    'theirs',
    initech.id,
  ]);
  const [updated] = (await update(foreign.rows[0].text)).rows;
  expect(updated.failure_details).not.toBe(foreign.rows[0].text);
  expect(updated.clear).toBe(foreign.rows[0].text);
});

test('nothing that a request role can look at shows a key', async () => {
  const keys = await Promise.all([dataKeyOf(acme.id), dataKeyOf(PLATFORM)]);
  const visible = await database.as(persona(acme, 'admin'), async (client) => {
    const settings = await client.query("select name, setting from pg_settings union all select 'app.keys', current_setting('app.keys')");
    const activity = await client.query('select * from pg_stat_activity');
    return JSON.stringify([settings.rows, activity.rows]);
  });
  expect(visible).toContain('app.keys');
  for (const key of keys)
    for (const encoding of ['hex', 'base64', 'base64url'] as const) expect(visible).not.toContain(key.toString(encoding));
});

test.each([
  'app_private.envelope_secret()',
  "app_private.open_key('00000000-0000-0000-0000-000000000000', 1)",
  "app_private.decrypt_sensitive_data('dx1.1.x.y', '00000000-0000-0000-0000-000000000000', 'x.y')",
  "app_private.reveal('dx1.1.x.y', '00000000-0000-0000-0000-000000000000', 'x.y', 'none')",
  "app_private.work_for('00000000-0000-0000-0000-000000000000')",
  "app_private.wrapped_keys('00000000-0000-0000-0000-000000000000')",
  "app_private.pgp_sym_decrypt('x', 'y')",
])('a request role may not call %s', async (call) => {
  await expect(database.as(persona(acme, 'admin'), (client) => client.query(`select ${call}`))).rejects.toMatchObject({ code: '42501' });
});

test('an envelope that was not sealed for this database opens nothing', async () => {
  const forged = sealEnvelope(Buffer.alloc(64, 7), acme.id, 1, await dataKeyOf(acme.id));
  const read = (keys: string) =>
    database.as(persona(acme, 'admin'), async (client) => {
      await client.query("select set_config('app.keys', $1, true)", [keys]);
      return client.query('select defects_failure_details(d) from defects as d');
    });
  await expect(read(forged)).rejects.toMatchObject({ code: 'DX500' });
  await expect(read('AAAA')).rejects.toMatchObject({ code: 'DX500' });
});

test('another key-encryption key unwraps nothing, and says so without the key', async () => {
  const other = localEncryptionKey({ DATA_DIR: '', ENCRYPTION_KEY: Buffer.alloc(32, 1).toString('base64') });
  const keys = new KeyEnvelopes(database.api, other);
  await expect(asPrincipal(database.api, keys, persona(acme, 'admin'), async () => undefined)).rejects.toThrow(
    `The data key of organization ${PLATFORM} was not wrapped by this key-encryption key.`,
  );
});

test('a ciphertext opens in its own column only', async () => {
  const me = acme.users.member;
  const made = (column: string) =>
    database.as(persona(acme, 'member'), (client) =>
      client.query(
        `select people_email(row(d.organization_id, $1::uuid, 'x', d.${column}, 'x', null, now(), now(), 1)::people) as seen from defects as d`,
        [me],
      ),
    );
  for (const column of ['failure_details', 'stack_trace'])
    for (const { seen } of (await made(column)).rows) expect(seen).toMatch(/^masked:/);
  // Nor does one's own id in a row that was made up show another's address.
  const others = await database.as(persona(acme, 'member'), (client) =>
    client.query(
      "select users_email(jsonb_populate_record(u, jsonb_build_object('id', $1::text))) as seen from users as u where id::text <> $1",
      [me],
    ),
  );
  for (const { seen } of others.rows) expect(seen).toMatch(/^masked:/);
  // What a developer copies from another column is text like any other.
  const [copied] = (
    await database.as(persona(acme, 'developer'), (client) =>
      client.query(
        `update defects set failure_details = stack_trace where id = $1 returning failure_details <> stack_trace as encrypted_again`,
        [acme.defect],
      ),
    )
  ).rows;
  expect(copied).toEqual({ encrypted_again: true });
});

test('tokens of one text in two columns tell nothing', async () => {
  const { rows } = await asOperator(
    acme.id,
    "insert into defects (project_id, title, failure_details, stack_trace) values ((select id from projects where slug = 'shop' limit 1), 'x', 'same', 'same') returning split_part(failure_details, '.', 3) as a, split_part(stack_trace, '.', 3) as b",
  );
  expect(rows[0].a).not.toBe(rows[0].b);
});
