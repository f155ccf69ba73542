import { createHash, randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, inject, test } from 'vitest';
import type { Principal } from '../../src/database/identity.ts';
import { asking } from '../operations/asking.ts';
import { persona, useDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';
import { terraformState } from '../support/fixture-states.ts';
import { useServer } from '../support/server.ts';
import { backendAt, basic, lockInfo } from '../terraform/backend.ts';
import { makeDesign } from './designs.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { MAX_STATE_BYTES: '6000000' });

/** A client of a workspace, as the bearer of a token for a principal. */
async function backend(principal: Principal, design: string, workspace = 'default') {
  return backendAt(`${server.url}/terraform/states/${design}/${workspace}`, basic(await server.token(principal)));
}

/** A state of a new design of an engineer's, and its client. */
async function newState(organization: FixtureOrganization) {
  const design = await makeDesign(database, organization, { creator: 'engineer' });
  return { design, client: await backend(persona(organization, 'engineer'), design) };
}

/** What the owner sees of a state. */
async function stored(organization: FixtureOrganization, design: string) {
  const { rows } = await database.operator.query<{
    id: string;
    serial: string;
    lock_id: string | null;
    locked_by: string | null;
    state: string;
  }>(`select id, serial, lock_id, locked_by, state from ${organization.home}.states where design_id = $1`, [design]);
  return rows;
}

describe.each([acme, globex])('the state backend of $slug', (organization) => {
  test('gives what was stored, byte for byte, and nothing where there is none', async () => {
    const { client } = await newState(organization);
    expect(await client.get()).toMatchObject({ status: 204, bytes: Buffer.alloc(0) });
    const odd = `{ "serial": 1,\n"lineage":"x", "version": 4, "outputs": {"a": {"value": "ü € 🙂 \\u0000 \\\\u0000 'dx1.'", "type": "string"}} }\n\n`;
    expect((await client.post(odd)).status).toBe(200);
    const answer = await client.get();
    expect(answer.bytes.toString()).toBe(odd);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('content-md5')).toBe(createHash('md5').update(odd).digest('base64'));
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  test('takes one of 5 MB', async () => {
    const { client, design } = await newState(organization);
    const attributes = Array.from({ length: 50_000 }, (_, index) => ({
      index,
      id: randomUUID(),
      password: createHash('md5').update(`${index}`).digest('hex'),
    }));
    const large = JSON.stringify({ version: 4, serial: 1, lineage: 'large', resources: [{ instances: attributes }] });
    expect(Buffer.byteLength(large)).toBeGreaterThan(5_000_000);
    expect((await client.post(large)).status).toBe(200);
    expect((await client.get()).bytes.equals(Buffer.from(large))).toBe(true);
    expect((await stored(organization, design))[0]?.state).toMatch(/^dx1\.\d+\.[0-9a-f]{32}\./);
    const tooLarge = await client.post(JSON.stringify({ version: 4, serial: 2, lineage: 'large', padding: 'x'.repeat(6_000_000) }));
    expect([tooLarge.status, tooLarge.code]).toEqual([413, 'BAD_USER_INPUT']);
  });

  test('goes by serial and lineage, and says the same twice', async () => {
    const { client, design } = await newState(organization);
    expect((await client.post(terraformState(5))).status).toBe(200);
    expect((await client.post(terraformState(5))).status).toBe(200);
    const refused = [
      await client.post(terraformState(5).replace('alice', 'mallory')),
      await client.post(terraformState(4)),
      await client.post(terraformState(6, 'another')),
    ];
    expect(refused.map(({ status, code }) => [status, code])).toEqual(Array(3).fill([409, 'CONFLICT']));
    expect(refused[1]?.bytes.toString()).toContain('the serial 5');
    expect((await client.get()).bytes.toString()).toBe(terraformState(5));
    expect((await client.post(terraformState(7))).status).toBe(200);
    const { rows } = await database.operator.query(
      `select v.serial from ${organization.home}.state_versions as v where v.design_id = $1 order by v.serial`,
      [design],
    );
    expect(rows).toEqual([{ serial: '5' }, { serial: '7' }]);
  });

  test.each([
    ['no JSON', 'a state'],
    ['a list', '[]'],
    ['without a version', '{"serial": 1, "lineage": "x"}'],
    ['without a serial', '{"version": 4, "lineage": "x"}'],
    ['with a serial that is no number', '{"version": 4, "serial": "one", "lineage": "x"}'],
    ['with a negative serial', '{"version": 4, "serial": -1, "lineage": "x"}'],
    ['without a lineage', '{"version": 4, "serial": 1}'],
    ['nothing', ''],
    ['with a byte order mark', `\ufeff${terraformState(1)}`],
  ])('refuses what is no state: %s', async (_what, body) => {
    const { client, design } = await newState(organization);
    const answer = await client.post(body);
    expect([answer.status, answer.code]).toEqual([400, 'BAD_USER_INPUT']);
    expect(answer.bytes.toString()).toContain('A Terraform state is a JSON object');
    expect(await stored(organization, design)).toEqual([]);
  });

  test('refuses a body that was changed on the way, or is not UTF-8', async () => {
    const { client, design } = await newState(organization);
    const md5 = createHash('md5').update('another').digest('base64');
    expect(await client.post(terraformState(1), undefined, { 'content-md5': md5 })).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    const latin = Buffer.from(terraformState(1).replace('alice', '\u00fc'), 'latin1');
    expect(await client.post(latin)).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
    expect(await stored(organization, design)).toEqual([]);
  });

  test('takes a body that is compressed, within the same bound', async () => {
    const { client, design } = await newState(organization);
    const send = (bytes: Buffer, encoding: string) => client.send('POST', { body: bytes, headers: { 'content-encoding': encoding } });
    expect((await send(gzipSync(terraformState(1)), 'gzip')).status).toBe(200);
    expect((await client.get()).bytes.toString()).toBe(terraformState(1));
    const bomb = gzipSync(JSON.stringify({ version: 4, serial: 2, lineage: 'x', padding: ' '.repeat(50_000_000) }));
    expect(bomb.length).toBeLessThan(100_000);
    expect(await send(bomb, 'gzip')).toMatchObject({ status: 413, code: 'BAD_USER_INPUT' });
    const unknown = await send(gzipSync(terraformState(2)), 'zip');
    expect([unknown.status, unknown.bytes.toString()]).toEqual([415, expect.stringContaining('The Content-Encoding is not known')]);
    expect((await stored(organization, design)).map(({ serial }) => serial)).toEqual(['1']);
  });

  test.each(['%ff', 'a%00b', '..%2Fdefault', 'x'.repeat(5_000)])(
    'an address that names no workspace stores nothing: %s',
    async (workspace) => {
      const design = await makeDesign(database, organization, { creator: 'engineer' });
      const client = await backend(persona(organization, 'engineer'), design, workspace);
      for (const answer of [await client.post(terraformState(1)), await client.lock('x'), await client.remove()]) {
        expect([answer.status, answer.code]).toEqual([400, 'BAD_USER_INPUT']);
        if (workspace === '%ff') expect(answer.bytes.toString()).toContain('The address cannot be read');
      }
      expect(await stored(organization, design)).toEqual([]);
    },
  );

  test('deletes a state and keeps its versions; another may begin then', async () => {
    const { client, design } = await newState(organization);
    await client.post(terraformState(3));
    expect((await client.remove()).status).toBe(200);
    expect((await client.remove()).status).toBe(200);
    expect((await client.get()).status).toBe(204);
    expect((await client.post(terraformState(1, 'another'))).status).toBe(200);
    const { data } = asking(server, organization);
    const { design: seen } = await data(
      'engineer',
      `{ design(id: "${design}") { states { nodes { serial lineage versions(orderBy: [CREATED_AT_ASC]) { nodes { serial lineage } } } } } }`,
    );
    expect(seen.states.nodes).toEqual([
      {
        serial: '1',
        lineage: 'another',
        versions: {
          nodes: expect.arrayContaining([
            { serial: '3', lineage: expect.any(String) },
            { serial: '1', lineage: 'another' },
          ]),
        },
      },
    ]);
  });

  test.each(['new', 'known'])('of twenty who lock a %s state at once one holds the lock, and the others are told who', async (state) => {
    const { client, design } = await newState(organization);
    if (state === 'known') await client.post(terraformState(1));
    const ids = Array.from({ length: 20 }, () => randomUUID());
    const answers = await Promise.all(ids.map((id) => client.lock(id)));
    const holders = ids.filter((_, index) => answers[index]?.status === 200);
    expect(holders).toHaveLength(1);
    for (const { status, bytes } of answers.filter(({ status }) => status !== 200)) {
      expect([status, JSON.parse(bytes.toString())]).toEqual([423, JSON.parse(lockInfo(holders[0] as string))]);
    }
    expect(await stored(organization, design)).toMatchObject([{ lock_id: holders[0], locked_by: organization.users.engineer }]);
  });

  test.each(['new', 'known'])('of twenty who store the next state of a %s one at once one does', async (state) => {
    const { client } = await newState(organization);
    if (state === 'known') await client.post(terraformState(0));
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, index) => client.post(terraformState(1).replace('alice', `alice-${index}`))),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 409]));
  });

  test('a lock is for who holds it', async () => {
    const { client } = await newState(organization);
    expect((await client.lock('mine')).status).toBe(200);
    // The answer was lost.
    expect((await client.lock('mine')).status).toBe(200);
    for (const refused of [await client.post(terraformState(1)), await client.post(terraformState(1), 'other'), await client.remove()]) {
      expect([refused.status, JSON.parse(refused.bytes.toString()).ID]).toEqual([423, 'mine']);
    }
    // Who only reads need not wait.
    expect((await client.get()).status).toBe(204);
    expect((await client.post(terraformState(1), 'mine')).status).toBe(200);
    expect(await client.unlock('other')).toMatchObject({ status: 409, code: 'CONFLICT' });
    expect((await client.unlock('mine')).status).toBe(200);
    expect((await client.unlock('mine')).status).toBe(200);
    // It was forced open in between: what was planned under it may be stale.
    expect(await client.post(terraformState(2), 'mine')).toMatchObject({ status: 409, code: 'CONFLICT' });
    expect((await client.post(terraformState(2))).status).toBe(200);
  });

  test('a lock is forced open by naming none', async () => {
    const { client, design } = await newState(organization);
    await client.lock('left behind');
    expect((await client.unlock(null)).status).toBe(200);
    expect(await stored(organization, design)).toMatchObject([{ lock_id: null, locked_by: null }]);
  });

  test.each(['no lock info', '{}', '[]', '{"ID": ""}', ''])('refuses to lock by "%s"', async (body) => {
    const { client } = await newState(organization);
    expect(await client.send('LOCK', { body })).toMatchObject({ status: 400, code: 'BAD_USER_INPUT' });
  });

  test('locks at an address of its own too, by the methods that a configuration may name', async () => {
    const { client } = await newState(organization);
    for (const [lock, unlock] of [
      ['POST', 'DELETE'],
      ['PUT', 'DELETE'],
      ['LOCK', 'UNLOCK'],
    ] as const) {
      expect((await client.send(lock, { path: '/lock', body: lockInfo(lock) })).status).toBe(200);
      expect((await client.lock('another')).status).toBe(423);
      expect((await client.send(unlock, { path: '/lock', body: lockInfo(lock) })).status).toBe(200);
    }
    expect((await client.send('PUT', { body: terraformState(1) })).status).toBe(200);
    const other = await client.send('PATCH', { body: '{}' });
    expect([other.status, other.headers.get('allow')]).toEqual([405, 'GET, POST, PUT, DELETE, LOCK, UNLOCK']);
  });

  test('a workspace is a state of its own, by a name that can stand in an address', async () => {
    const design = await makeDesign(database, organization, { creator: 'engineer' });
    const [staging, production, bad] = await Promise.all(
      ['staging', 'production', 'a%20b'].map((workspace) => backend(persona(organization, 'engineer'), design, workspace)),
    );
    expect((await staging?.post(terraformState(1)))?.status).toBe(200);
    expect((await production?.get())?.status).toBe(204);
    const refused = await bad?.post(terraformState(1));
    expect([refused?.status, refused?.bytes.toString()]).toEqual([400, expect.stringContaining('The name of a workspace')]);
  });

  test('is for who may edit the design, whatever the masking policy says', async () => {
    const design = await makeDesign(database, organization, { creator: 'engineer' }, { developer: 'edit' });
    const viewed = await makeDesign(database, organization, { creator: 'engineer' }, { developer: 'view' });
    const commented = await makeDesign(database, organization, { creator: 'engineer' }, { developer: 'comment' });
    const open = await makeDesign(database, organization, { creator: 'engineer', visibility: 'organization' });
    const hidden = await makeDesign(database, organization, { creator: 'engineer' });
    for (const each of [design, viewed, commented, open, hidden]) {
      await (await backend(persona(organization, 'engineer'), each)).post(terraformState(1));
    }
    const outcome = async (role: Parameters<typeof persona>[1], id: string) => {
      const client = await backend(persona(organization, role), id);
      const answers = [
        await client.get(),
        await client.post(terraformState(2)),
        await client.lock('x'),
        await client.unlock('x'),
        await client.remove('y'),
      ];
      return answers.map(({ status }) => status);
    };
    const refused = (status: number) => Array(5).fill(status);
    expect(await outcome('developer', viewed)).toEqual(refused(403));
    expect(await outcome('developer', commented)).toEqual(refused(403));
    expect(await outcome('developer', open)).toEqual(refused(403));
    expect(await outcome('developer', hidden)).toEqual(refused(404));
    for (const role of ['auditor', 'analyst', 'member'] as const) {
      expect(await outcome(role, open)).toEqual(refused(403));
      expect(await outcome(role, hidden)).toEqual(refused(403));
    }
    // Removed under a lock that is not held.
    expect(await outcome('developer', design)).toEqual([200, 200, 200, 200, 409]);
    expect(await outcome('admin', hidden)).toEqual([200, 200, 200, 200, 409]);
    expect((await (await backend(persona(organization, 'developer'), design)).get()).bytes.toString()).toBe(terraformState(2));
  });

  test('of a deleted design there is none, for administrators neither', async () => {
    const { client, design } = await newState(organization);
    await client.post(terraformState(1));
    await database.operator.query(`update ${organization.home}.designs set deleted_at = now() where id = $1`, [design]);
    for (const role of ['engineer', 'admin'] as const) {
      const answer = await (await backend(persona(organization, role), design)).get();
      expect([answer.status, answer.code]).toEqual([404, 'NOT_FOUND']);
    }
  });

  test('another organization’s design is like one that never existed', async () => {
    const others = [acme, initech, globex].filter(({ id }) => id !== organization.id);
    const admin = persona(organization, 'admin');
    for (const other of others) {
      const { rows } = await database.operator.query<{ design_id: string }>(
        `select design_id from ${other.home}.states where organization_id = $1 and state is not null`,
        [other.id],
      );
      expect(rows.length).toBeGreaterThan(0);
      const theirs = await backend(admin, rows[0]?.design_id as string);
      const nobodys = await backend(admin, '00000000-0000-7000-8000-000000000000');
      for (const ask of ['get', 'remove'] as const) {
        const [one, another] = [await theirs[ask](), await nobodys[ask]()];
        expect([one.status, one.bytes.toString()]).toEqual([404, another.bytes.toString()]);
      }
      expect((await theirs.post(terraformState(9))).status).toBe(404);
      expect((await theirs.lock('x')).status).toBe(404);
      expect((await theirs.unlock(null)).status).toBe(404);
    }
    expect((await (await backend(admin, 'no-uuid')).get()).status).toBe(400);
  });

  test('what is read and written is audited, without content', async () => {
    const { client, design } = await newState(organization);
    await client.post(terraformState(1));
    await client.get();
    const [row] = await stored(organization, design);
    const { rows } = await database.operator.query<{ action: string; user_id: string; actor: string; details: unknown; all: string }>(
      `select action, user_id, actor, details, to_jsonb(a)::text as all from ${organization.home}.audit_logs as a
       where target_type = 'states' and target_id = $1 order by id`,
      [row?.id],
    );
    expect(rows.map(({ action }) => action)).toEqual(['insert', 'update', 'read']);
    expect(rows.at(-1)).toMatchObject({ user_id: organization.users.engineer, details: { designId: design, serial: 1 } });
    for (const { all } of rows) {
      expect(all).not.toMatch(/s3cr3t|alice|dx1\./);
      expect(all).not.toContain(createHash('sha256').update(terraformState(1)).digest('hex'));
    }
  });
});

test('a state of another organization is not opened, wherever its ciphertext gets to', async () => {
  const { client: mine, design } = await newState(acme);
  const { client: theirs, design: other } = await newState(initech);
  for (const client of [mine, theirs]) expect((await client.post(terraformState(1))).status).toBe(200);
  await database.operator.query('begin');
  await database.operator.query('set local session_replication_role = replica');
  await database.operator.query(
    'update app.states set state = (select s.state from app.states as s where s.design_id = $1) where design_id = $2',
    [design, other],
  );
  await database.operator.query('commit');
  const answer = await theirs.get();
  expect([answer.status, answer.code]).toEqual([500, 'INTERNAL']);
  expect(answer.bytes.toString()).not.toMatch(/s3cr3t|serial|dx1\.|key/i);
  expect((await mine.get()).bytes.toString()).toBe(terraformState(1));
});
