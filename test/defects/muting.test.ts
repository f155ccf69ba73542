import { describe, expect, inject, test } from 'vitest';
import { expectError } from '../http/answers.ts';
import { useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { failed, reporter } from './reporting.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);

describe.each([acme, globex])('muting in $slug', (organization) => {
  const { ask, report, data } = reporter(server, organization);
  const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();
  const mute = (type: 'Defect' | 'Test', id: string, until: string | null) =>
    `mutation { update${type}(input: { id: "${id}", patch: { mutedUntil: ${until === null ? null : `"${until}"`}, mutedReason: "known" } }) { clientMutationId } }`;

  test('a defect is of no account until then, and again after', async () => {
    const first = await report('mute 1', [failed('muted', 'Muted')]);
    const id = first.newDefectIds[0];
    await data('developer', mute('Defect', id, inDays(1)));
    expect(await report('mute 2', [failed('muted', 'Muted')])).toMatchObject({
      mutedDefects: 1,
      defects: [{ isMuted: true, state: 'KNOWN' }],
    });
    await data('developer', `mutation { updateDefect(input: { id: "${id}", patch: { status: RESOLVED } }) { clientMutationId } }`);
    expect(await report('mute 3', [failed('muted', 'Muted')])).toMatchObject({
      verdict: 'KNOWN',
      regressedDefects: 1,
      defects: [{ isMuted: true }],
    });
    await data('developer', mute('Defect', id, inDays(-1)));
    expect(await report('mute 4', [failed('muted', 'Muted')])).toMatchObject({ mutedDefects: 0, defects: [{ isMuted: false }] });
  });

  test('whatever a muted test shows is of no account, but for what others show of it', async () => {
    const first = await report('test 1', [failed('quiet', 'Quiet')]);
    const { tests } = await data('developer', '{ tests(filter: { name: { equalTo: "quiet" } }) { nodes { id } } }');
    await data('developer', mute('Test', tests.nodes[0].id, inDays(1)));
    expect(await report('test 2', [failed('quiet', 'Other')])).toMatchObject({
      verdict: 'KNOWN',
      newDefects: 1,
      mutedDefects: 1,
      defects: [{ isMuted: true, state: 'NEW' }],
    });
    expect(await report('test 3', [failed('quiet', 'Quiet'), failed('loud', 'Quiet')])).toMatchObject({
      mutedDefects: 0,
      defects: [{ id: first.newDefectIds[0], isMuted: false }],
    });
  });

  test('is for administrators and developers', async () => {
    for (const role of ['engineer', 'auditor', 'analyst', 'member', 'ci'] as const) {
      expectError(await ask(role, mute('Defect', organization.defect, inDays(1))), 'FORBIDDEN');
    }
  });
});
