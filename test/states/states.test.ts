import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, inject, test } from 'vitest';
import { expectError } from '../http/answers.ts';
import { asking } from '../operations/asking.ts';
import { persona, useDatabase } from '../support/database.ts';
import { terraformState } from '../support/fixture-states.ts';
import { useServer } from '../support/server.ts';
import { backendAt, basic } from '../terraform/backend.ts';
import { makeDesign } from './designs.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const SECRETS = /s3cr3t|alice/;

describe.each([acme, globex])('states of $slug', (organization) => {
  const { ask, data, change, remove, make } = asking(server, organization);
  let design: string;
  let hidden: string;
  let state: string;

  const store = async (id: string, text: string, workspace = 'default') => {
    const token = await server.token(persona(organization, 'admin'));
    expect((await backendAt(`${server.url}/terraform/states/${id}/${workspace}`, basic(token)).post(text)).status).toBe(200);
  };

  beforeAll(async () => {
    design = await makeDesign(database, organization, {}, { developer: 'edit', engineer: 'view' });
    hidden = await makeDesign(database, organization);
    for (const id of [design, hidden]) await store(id, terraformState(1));
    state = (await data('admin', `{ design(id: "${design}") { states { nodes { id } } } }`)).design.states.nodes[0].id;
  });

  const read = async (role: Parameters<typeof data>[0]) =>
    (await data(role, `{ state(id: "${state}") { state versions { nodes { state } } } }`)).state;

  test('are clear to admins', async () => {
    expect(await read('admin')).toEqual({ state: terraformState(1), versions: { nodes: [{ state: terraformState(1) }] } });
  });

  test.each(['developer', 'engineer'] as const)('are an outline without any value to a %s', async (role) => {
    const { state: outline, versions } = await read(role);
    expect(JSON.parse(outline)).toEqual({
      version: 4,
      terraform_version: '1.11.4',
      serial: 1,
      lineage: expect.any(String),
      outputs: { password: { type: 'string', sensitive: true } },
      resources: [
        {
          mode: 'managed',
          type: 'aws_db_instance',
          name: 'orders',
          provider: 'provider["registry.terraform.io/hashicorp/aws"]',
          instances: [{}],
        },
      ],
    });
    expect(versions.nodes[0].state).toBe(outline);
    expect(outline).not.toMatch(SECRETS);
  });

  test('are metadata to auditors, of private designs too', async () => {
    const { states } = await data(
      'auditor',
      '{ states { nodes { designId workspace serial lineage sizeBytes lockId versions { nodes { serial sizeBytes } } } } }',
    );
    for (const id of [design, hidden]) {
      const metadata = {
        designId: id,
        workspace: 'default',
        serial: '1',
        sizeBytes: terraformState(1).length,
        versions: { nodes: [{ serial: '1' }] },
      };
      expect(states.nodes).toContainEqual(
        expect.objectContaining({ ...metadata, versions: { nodes: [{ serial: '1', sizeBytes: metadata.sizeBytes }] } }),
      );
    }
    for (const field of ['state', 'checksum', 'versions { nodes { state } }', 'versions { nodes { checksum } }']) {
      const answer = await ask('auditor', `{ state(id: "${state}") { ${field} } }`);
      expect(answer.errors[0]?.extensions.code).toBe('FORBIDDEN');
      expect(JSON.stringify(answer.data)).not.toMatch(/masked:|"state":"/);
    }
    const tried = [
      'select state from states',
      'select states_state(s) from states as s',
      'select s from states as s',
      'select checksum from state_versions',
    ];
    for (const text of [...tried, `select read_state('${design}', 'default')`]) {
      await database.as(persona(organization, 'auditor'), async (client) => {
        await expect(client.query(text)).rejects.toMatchObject({ code: '42501' });
      });
    }
  });

  test('are shown as the organization’s masking policy says, and never to an auditor', async () => {
    const create = (field: string, role: string, mode: string) =>
      data(
        'admin',
        `mutation { createMaskingPolicy(input: { maskingPolicy: { field: ${field}, role: ${role}, mode: ${mode} } }) { maskingPolicy { id } } }`,
      );
    const made = [
      await create('STATES_STATE', 'DEVELOPER', 'NONE'),
      await create('STATE_VERSIONS_STATE', 'ENGINEER', 'FULL'),
      await create('STATES_STATE', 'AUDITOR', 'NONE'),
    ];
    expect((await read('developer')).state).toBe(terraformState(1));
    expect((await read('engineer')).versions.nodes[0].state).toMatch(/^masked:[0-9a-f]{32}$/);
    expect((await ask('auditor', `{ state(id: "${state}") { state } }`)).errors[0]?.extensions.code).toBe('FORBIDDEN');
    for (const { createMaskingPolicy } of made) {
      await data(
        'admin',
        `mutation { deleteMaskingPolicy(input: { id: "${createMaskingPolicy.maskingPolicy.id}" }) { clientMutationId } }`,
      );
    }
  });

  test('are bounded by the design: seen where it is visible, changed where it may be edited', async () => {
    const workspaces = async (role: Parameters<typeof data>[0]) =>
      (await data(role, '{ states { nodes { designId } } }')).states.nodes.map(({ designId }: { designId: string }) => designId);
    for (const role of ['developer', 'engineer'] as const) {
      expect(await workspaces(role)).toContain(design);
      expect(await workspaces(role)).not.toContain(hidden);
      expect(await data(role, `{ design(id: "${hidden}") { id } }`)).toEqual({ design: null });
      expectError(
        await ask(role, `mutation { createState(input: { state: { designId: "${hidden}" } }) { clientMutationId } }`),
        'FORBIDDEN',
      );
    }
    const made = await make('developer', 'State', { designId: design, workspace: 'made' });
    expect((await change('developer', 'State', made, { workspace: 'renamed' })).errors).toEqual([]);
    expectError(await change('engineer', 'State', made, { workspace: 'x' }), 'NOT_FOUND');
    expectError(await remove('engineer', 'State', made), 'NOT_FOUND');
    expectError(
      await ask('engineer', `mutation { createState(input: { state: { designId: "${design}", workspace: "x" } }) { clientMutationId } }`),
      'FORBIDDEN',
    );
    expect((await remove('developer', 'State', made)).errors).toEqual([]);
  });

  test('have a checksum by which no guess at a value that is not shown can be tried', async () => {
    const seen = (await data('engineer', `{ state(id: "${state}") { state checksum versions { nodes { checksum } } } }`)).state;
    expect(seen.state).not.toMatch(SECRETS);
    expect(seen.checksum).toMatch(/^[0-9a-f]{64}$/);
    expect(seen.versions.nodes).toEqual([{ checksum: seen.checksum }]);
    expect(seen.checksum).not.toBe(createHash('sha256').update(terraformState(1)).digest('hex'));
    // Nor by storing the guess as a state of one's own.
    const own = await makeDesign(database, organization, { creator: 'engineer' });
    await store(own, terraformState(1));
    const [{ checksum }] = (await data('engineer', `{ design(id: "${own}") { states { nodes { checksum } } } }`)).design.states.nodes;
    expect(checksum).not.toBe(seen.checksum);
  });

  test('that are locked are neither removed nor renamed, by nobody, so that who holds the lock can store theirs', async () => {
    const locked = await makeDesign(database, organization, { creator: 'engineer' });
    const token = await server.token(persona(organization, 'engineer'));
    const client = backendAt(`${server.url}/terraform/states/${locked}/default`, basic(token));
    expect((await client.post(terraformState(1))).status).toBe(200);
    expect((await client.lock('held')).status).toBe(200);
    const [{ id }] = (await data('engineer', `{ design(id: "${locked}") { states { nodes { id } } } }`)).design.states.nodes;
    for (const role of ['engineer', 'admin'] as const) {
      expect(expectError(await remove(role, 'State', id), 'CONFLICT').message).toContain('The state is locked');
      expectError(await change(role, 'State', id, { workspace: 'elsewhere' }), 'CONFLICT');
    }
    expect((await client.post(terraformState(2), 'held')).status).toBe(200);
    expect((await client.unlock('held')).status).toBe(200);
    expect((await change('engineer', 'State', id, { workspace: 'elsewhere' })).errors).toEqual([]);
    expect((await remove('engineer', 'State', id)).errors).toEqual([]);
  });

  test('are written by the backend only', async () => {
    for (const column of ['state', 'serial', 'lineage', 'checksum', 'lock_id', 'locked_by']) {
      for (const text of [
        `insert into states (design_id, ${column}) values ('${design}', null)`,
        `update states set ${column} = null where id = '${state}'`,
      ]) {
        await database.as(persona(organization, 'admin'), async (client) => {
          await expect(client.query(text), text).rejects.toMatchObject({ code: '42501' });
        });
      }
    }
    await database.as(persona(organization, 'admin'), async (client) => {
      await expect(client.query('delete from state_versions')).rejects.toMatchObject({ code: '42501' });
    });
  });

  test('of many megabytes are listed without being looked at, and given whole to Terraform alone', async () => {
    const instances = Array.from({ length: 30_000 }, (_, index) => ({
      index_key: index,
      attributes: { password: `s3cr3t-${index}`, id: 'x'.repeat(100) },
    }));
    const large = JSON.stringify({
      version: 4,
      serial: 1,
      lineage: 'large',
      resources: [{ type: 'null_resource', name: 'many', instances }],
    });
    for (const workspace of ['one', 'two', 'three', 'four']) await store(design, large, workspace);
    const before = performance.now();
    const { states } = await data('developer', '{ states { nodes { id workspace serial sizeBytes checksum lockInfo } } }');
    const took = performance.now() - before;
    const { id } = states.nodes.find(({ workspace }: { workspace: string }) => workspace === 'one');
    const started = performance.now();
    const outline = await data('developer', `{ state(id: "${id}") { state } }`);
    // Not even one of them was opened for the list.
    expect(took).toBeLessThan(performance.now() - started);
    expect(JSON.parse(outline.state.state).resources[0].instances).toHaveLength(30_000);
    expect(outline.state.state).not.toContain('s3cr3t');
    const answer = await ask('admin', `{ state(id: "${id}") { state } }`);
    expect(expectError(answer, 'BAD_USER_INPUT').message).toContain('/terraform/states/');
  });

  test('have drift, which is bounded by the design as well', async () => {
    const drift = {
      stateId: state,
      resourceAddress: 'aws_db_instance.orders',
      kind: 'CHANGED',
      severity: 'HIGH',
      expected: { size: 1 },
      actual: { size: 2 },
    };
    const id = await make('developer', 'DriftLog', drift);
    expect(
      await data('auditor', `{ driftLog(id: "${id}") { kind severity expected design { id } state { workspace } resolvedAt } }`),
    ).toEqual({
      driftLog: {
        kind: 'CHANGED',
        severity: 'HIGH',
        expected: { size: 1 },
        design: { id: design },
        state: { workspace: 'default' },
        resolvedAt: null,
      },
    });
    // The engineer sees the design, and may not edit it.
    expectError(await change('engineer', 'DriftLog', id, { resolvedAt: '2030-01-01T00:00:00Z' }), 'NOT_FOUND');
    expectError(await change('developer', 'DriftLog', id, { resolvedAt: '2030-01-01T00:00:00Z' }), 'FORBIDDEN');
    expectError(await change('admin', 'DriftLog', id, { resolvedAt: '2000-01-01T00:00:00Z' }), 'BAD_USER_INPUT');
    expect((await change('admin', 'DriftLog', id, { resolvedAt: '2030-01-01T00:00:00Z' })).errors).toEqual([]);
    const theirs = (await data('admin', `{ design(id: "${hidden}") { states { nodes { id } } } }`)).design.states.nodes[0].id;
    const report = (stateId: string) =>
      ask('developer', 'mutation ($row: DriftLogInput!) { createDriftLog(input: { driftLog: $row }) { clientMutationId } }', {
        row: { ...drift, stateId },
      });
    const [unseen, nothing] = [await report(theirs), await report('00000000-0000-7000-8000-000000000000')];
    expectError(unseen, 'FORBIDDEN');
    expect(unseen.errors.map(({ message }) => message)).toEqual(nothing.errors.map(({ message }) => message));
  });
});
