import { describe, expect, inject, test } from 'vitest';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { DETAILS } from '../support/fixture.ts';
import { useServer } from '../support/server.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const TOKEN = /^masked:[0-9a-f]{32}$/;
const CREATE = `mutation ($field: SensitiveField!, $role: BaseRole!, $mode: MaskingMode!) {
  createMaskingPolicy(input: { maskingPolicy: { field: $field, role: $role, mode: $mode } }) { maskingPolicy { id mode version } }
}`;

/** What a role sees of a defect's details. */
async function details(organization: typeof acme, role: Parameters<typeof persona>[1]): Promise<string> {
  const { data } = await server.query(persona(organization, role), `{ defect(id: "${organization.defect}") { failureDetails } }`);
  return data.defect.failureDetails;
}

describe.each([
  { organization: acme, other: initech },
  { organization: globex, other: acme },
])('masking policies of $organization.slug', ({ organization, other }) => {
  const admin = persona(organization, 'admin');

  test('hold from the next statement on, for that field and role of that organization', async () => {
    expect(await details(organization, 'member')).toMatch(TOKEN);
    const created = await server.query(admin, CREATE, { field: 'DEFECTS_FAILURE_DETAILS', role: 'MEMBER', mode: 'NONE' });
    expect(created.errors).toEqual([]);
    const { id, version } = created.data.createMaskingPolicy.maskingPolicy;
    expect(await details(organization, 'member')).toBe(DETAILS);
    expect(await details(organization, 'auditor')).toMatch(TOKEN);
    expect(await details(other, 'member')).toMatch(TOKEN);

    const changed = await server.query(
      admin,
      `mutation { updateMaskingPolicy(input: { id: "${id}", patch: { mode: PARTIAL, expectedVersion: ${version} } }) { maskingPolicy { mode } } }`,
    );
    expect(changed.errors).toEqual([]);
    expect(await details(organization, 'member')).toMatch(/^Expected total of "<value>"/);

    const removed = await server.query(admin, `mutation { deleteMaskingPolicy(input: { id: "${id}" }) { maskingPolicy { id } } }`);
    expect(removed.errors).toEqual([]);
    expect(await details(organization, 'member')).toMatch(TOKEN);
  });

  test('can hide from admins, too', async () => {
    const created = await server.query(admin, CREATE, { field: 'DEFECTS_FAILURE_DETAILS', role: 'ADMIN', mode: 'FULL' });
    expect(created.errors).toEqual([]);
    expect(await details(organization, 'admin')).toMatch(TOKEN);
    await database.operator.query('delete from app.masking_policies where id = $1', [created.data.createMaskingPolicy.maskingPolicy.id]);
  });

  test('stand in the organization’s trail, with who changed them and what', async () => {
    const { data } = await server.query(admin, CREATE, { field: 'DEFECTS_STACK_TRACE', role: 'ENGINEER', mode: 'FULL' });
    const { id } = data.createMaskingPolicy.maskingPolicy;
    await server.query(admin, `mutation { deleteMaskingPolicy(input: { id: "${id}" }) { clientMutationId } }`);
    const { rows } = await database.operator.query(
      `select action, user_id, new_values ->> 'mode' as mode from ${organization.home}.audit_logs where target_id = $1 order by created_at, id`,
      [id],
    );
    expect(rows).toEqual([
      { action: 'insert', user_id: organization.users.admin, mode: 'full' },
      { action: 'delete', user_id: organization.users.admin, mode: null },
    ]);
  });

  test('are one a field and role', async () => {
    const answer = await server.query(admin, CREATE, { field: 'INVITATIONS_EMAIL', role: 'AUDITOR', mode: 'NONE' });
    expectError(answer, 'BAD_USER_INPUT');
    expect(answer.errors[0]?.message).toBe('The field is shown to this role in a way of its own already: change that.');
  });

  test('are not made by who lacks the permission', async () => {
    for (const role of ['developer', 'engineer', 'auditor', 'analyst', 'member', 'ci'] as const) {
      const answer = await server.query(persona(organization, role), CREATE, { field: 'USERS_EMAIL', role: 'MEMBER', mode: 'NONE' });
      expectError(answer, 'FORBIDDEN');
    }
    const narrowed = { ...admin, scopes: ['defects:read', 'members:write'] };
    await expect(
      database.as(narrowed, (client) =>
        client.query("insert into masking_policies (field, role, mode) values ('users.email', 'member', 'none')"),
      ),
    ).rejects.toMatchObject({ code: '42501' });
    const { rowCount } = await database.as(narrowed, (client) => client.query("update masking_policies set mode = 'none'"));
    expect(rowCount).toBe(0);
  });
});

test('every encrypted column that somebody may read can be named, and nothing else', async () => {
  const { rows } = await database.operator.query<{ encrypted: string[]; nameable: string }>(
    `select array(
       select distinct c.relname || '.' || argument
       from pg_trigger as t join pg_class as c on c.oid = t.tgrelid and c.relnamespace = 'app'::regnamespace
       cross join unnest(string_to_array(encode(t.tgargs, 'escape'), '\\000')) as argument
       where t.tgfoid in ('app_private.encrypt_columns'::regproc, 'app_private.encrypt_state'::regproc) and argument <> '') as encrypted,
     pg_get_constraintdef(oid) as nameable from pg_constraint where conname = 'sensitive_field_check'`,
  );
  const [row] = rows;
  const nameable = [...(row?.nameable.matchAll(/'([a-z_.]+)'/g) ?? [])].map(([, name]) => name);
  expect(nameable.toSorted()).toEqual(row?.encrypted.toSorted());
});
