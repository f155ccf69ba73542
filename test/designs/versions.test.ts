import fc from 'fast-check';
import pg from 'pg';
import { applyPatch } from 'rfc6902';
import { describe, expect, inject, test } from 'vitest';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { connectionOptions } from '../../src/database/connection.ts';
import type { BaseRole } from '../../src/database/identity.ts';
import { KeyEnvelopes } from '../../src/database/key-envelopes.ts';
import { expectError } from '../http/answers.ts';
import { asking } from '../operations/asking.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

describe.each([acme, globex])('versions of designs in $slug', (organization) => {
  const { ask, data, make, change } = asking(server, organization);
  const { users, home } = organization;
  const design = (fields: Record<string, unknown> = {}) =>
    make('developer', 'Design', { name: 'Versioned', visibility: 'ORGANIZATION', canvas: { n: 1 }, ...fields });
  const draw = async (id: string, patch: Record<string, unknown>, role: BaseRole = 'developer') =>
    expect((await change(role, 'Design', id, patch)).errors).toEqual([]);
  const history = async (id: string) =>
    (
      await data(
        'member',
        `{ design(id: "${id}") { changelog version canvas versions(orderBy: ID_ASC) { nodes { versionNumber canvas changelog createdById } } } }`,
      )
    ).design;
  const restore = (role: BaseRole, id: string, versionNumber: number, expectedVersion = '') =>
    ask(
      role,
      `mutation { restoreDesignVersion(input: { designId: "${id}", versionNumber: ${versionNumber} ${expectedVersion} }) { design { canvas changelog version } } }`,
    );

  test('are written for the first canvas and each other, with who really drew it and why', async () => {
    const id = await design({ changelog: 'Begun' });
    await make('developer', 'DesignShare', { designId: id, sharedWithId: users.engineer, permission: 'EDIT' });
    await draw(id, { canvas: { n: 2 }, changelog: 'Two' }, 'engineer');
    await draw(id, { canvas: { n: 3 } }, 'admin');
    await draw(id, { canvas: { n: 4 }, changelog: 'Again' });
    await draw(id, { canvas: { n: 5 }, changelog: 'Again' });
    const versions = [
      { versionNumber: 1, canvas: { n: 1 }, changelog: 'Begun', createdById: users.developer },
      { versionNumber: 2, canvas: { n: 2 }, changelog: 'Two', createdById: users.engineer },
      { versionNumber: 3, canvas: { n: 3 }, changelog: null, createdById: users.admin },
      { versionNumber: 4, canvas: { n: 4 }, changelog: 'Again', createdById: users.developer },
      { versionNumber: 5, canvas: { n: 5 }, changelog: 'Again', createdById: users.developer },
    ];
    expect(await history(id)).toEqual({ changelog: 'Again', version: 5, canvas: { n: 5 }, versions: { nodes: versions } });
    // What leaves the canvas as it was is no version, and its changelog none either.
    await draw(id, { canvas: { n: 5.0 }, changelog: 'Nothing', name: 'Renamed' });
    await draw(id, { changelog: 'Nothing' });
    await draw(id, { description: 'x' });
    expect(await history(id)).toEqual({ changelog: 'Again', version: 8, canvas: { n: 5 }, versions: { nodes: versions } });
  });

  test('are written by nobody', async () => {
    for (const text of ["update design_versions set canvas = '{}'", 'delete from design_versions']) {
      for (const role of ['admin', 'developer'] as const) {
        await database.as(persona(organization, role), (client) => expect(client.query(text)).rejects.toMatchObject({ code: '42501' }));
      }
    }
  });

  test('are numbered without gaps or doubles, however many draw at once', async () => {
    const id = await design();
    const clients = Array.from({ length: 8 }, () => new pg.Client(connectionOptions(database.url)));
    await Promise.all(clients.map((client) => client.connect()));
    try {
      await Promise.all(
        clients.map(async (client, painter) => {
          const keys = new KeyEnvelopes(client, database.encryptionKey);
          for (let stroke = 0; stroke < 10; stroke++) {
            await asPrincipal(client, keys, persona(organization, 'developer'), () =>
              client.query('update designs set canvas = $2, changelog = $3 where id = $1', [
                id,
                { painter, stroke },
                `${painter}.${stroke}`,
              ]),
            );
          }
        }),
      );
    } finally {
      await Promise.all(clients.map((client) => client.end()));
    }
    const { rows } = await database.operator.query(
      `select version_number, canvas, changelog from ${home}.design_versions where design_id = $1 order by version_number`,
      [id],
    );
    expect(rows.map(({ version_number }) => version_number)).toEqual(Array.from({ length: 81 }, (_, index) => index + 1));
    expect(new Set(rows.slice(1).map(({ canvas }) => `${canvas.painter}.${canvas.stroke}`)).size).toBe(80);
    for (const { canvas, changelog } of rows.slice(1)) expect(changelog).toBe(`${canvas.painter}.${canvas.stroke}`);
    expect((await history(id)).canvas).toEqual(rows.at(-1).canvas);
  });

  test('are not written for a change that comes too late', async () => {
    const id = await design();
    const answers = await Promise.all([2, 3].map((n) => change('developer', 'Design', id, { canvas: { n }, expectedVersion: 1 })));
    expect(answers.map(({ errors }) => errors[0]?.extensions.code).sort()).toEqual(['CONFLICT', undefined]);
    expect((await history(id)).versions.nodes).toHaveLength(2);
  });

  test('are restored by who may change the design, as a new version', async () => {
    const id = await design();
    await draw(id, { canvas: { n: 2 }, changelog: 'Two' });
    expectError(await restore('developer', id, 1, ', expectedVersion: 1'), 'CONFLICT');
    const { data: answer, errors } = await restore('developer', id, 1, ', expectedVersion: 2');
    expect(errors).toEqual([]);
    expect(answer.restoreDesignVersion.design).toEqual({ canvas: { n: 1 }, changelog: 'Restored version 1', version: 3 });
    const { versions } = await history(id);
    expect(versions.nodes.at(-1)).toEqual({
      versionNumber: 3,
      canvas: { n: 1 },
      changelog: 'Restored version 1',
      createdById: users.developer,
    });
    // It is so already: no version.
    expect((await restore('developer', id, 1)).errors).toEqual([]);
    expect((await history(id)).versions.nodes).toHaveLength(3);
    expectError(await restore('developer', id, 4), 'NOT_FOUND');
    // An engineer sees the design, and may not change it.
    expectError(await restore('engineer', id, 2), 'NOT_FOUND');
    expectError(await restore('member', id, 2), 'FORBIDDEN');
    expect((await restore('admin', id, 2)).errors).toEqual([]);
  });

  test('what is between two of them is a JSON Patch, in both directions, for who sees the design', async () => {
    const id = await design({ canvas: { nodes: [{ id: 'a' }, { id: 'b', size: 1 }] } });
    await draw(id, { canvas: { nodes: [{ id: 'b', size: 2 }], zoom: 1.5 } });
    const diff = (role: BaseRole, from: number, to: number) =>
      ask(role, `{ designDiff(designId: "${id}", from: ${from}, to: ${to}) { from { canvas } to { canvas changelog } patch } }`);
    for (const [from, to] of [
      [1, 2],
      [2, 1],
    ] as const) {
      const { data: answer, errors } = await diff('member', from, to);
      expect(errors).toEqual([]);
      const canvas = structuredClone(answer.designDiff.from.canvas);
      applyPatch(canvas, answer.designDiff.patch);
      expect(canvas).toEqual(answer.designDiff.to.canvas);
      expect(answer.designDiff.patch.length).toBeGreaterThan(1);
    }
    expect((await diff('member', 1, 1)).data.designDiff.patch).toEqual([]);
    expect((await diff('member', 1, 3)).data).toEqual({ designDiff: null });
    expect((await diff('member', 3, 1)).data).toEqual({ designDiff: null });
    await draw(id, { visibility: 'PRIVATE' });
    expect((await diff('member', 1, 2)).data).toEqual({ designDiff: null });
    expectError(await diff('analyst', 1, 2), 'FORBIDDEN');
  });

  test('of any canvas come back as they were given', async () => {
    const id = await design();
    const key = fc.string({ unit: 'grapheme-ascii', maxLength: 6 }).filter((text) => text !== '__proto__');
    const canvas = fc.dictionary(key, fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), key, fc.array(key), fc.dictionary(key, key)));
    let number = (await history(id)).versions.nodes.length as number;
    await fc.assert(
      fc.asyncProperty(canvas, async (drawn) => {
        const before = (await history(id)).canvas;
        await draw(id, { canvas: drawn });
        const after = await history(id);
        expect(after.canvas).toEqual({ ...drawn });
        if (after.versions.nodes.length === number) {
          expect(before).toEqual({ ...drawn });
          return;
        }
        expect(after.versions.nodes).toHaveLength(++number);
        const { designDiff } = await data('developer', `{ designDiff(designId: "${id}", from: ${number - 1}, to: ${number}) { patch } }`);
        const document = { canvas: before };
        const within = designDiff.patch.map((operation: { path: string }) => ({ ...operation, path: `/canvas${operation.path}` }));
        expect(applyPatch(document, within).filter((error) => error !== null)).toEqual([]);
        expect(document.canvas).toEqual({ ...drawn });
      }),
      { numRuns: 25 },
    );
  });
});
