import { describe, expect, inject, test } from 'vitest';
import { BASE_ROLES } from '../../src/database/identity.ts';
import { expectError } from '../http/answers.ts';
import { useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';
import { failed, passed, reporter } from './reporting.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const MERGE =
  'mutation ($id: UUID!, $otherIds: [UUID!]!) { mergeDefects(input: { id: $id, otherIds: $otherIds }) { defect { id occurrenceCount } } }';
const SPLIT =
  'mutation ($id: UUID!, $testIds: [UUID!]!) { splitDefect(input: { id: $id, testIds: $testIds }) { defect { id occurrenceCount failureDetails } } }';

describe.each([
  { organization: acme, other: globex },
  { organization: globex, other: acme },
])('grouping by hand in $organization.slug', ({ organization, other }) => {
  const { ask, report, data } = reporter(server, organization);
  const idOf = async (type: string) =>
    (await data('developer', `{ defects(filter: { errorType: { equalTo: "${type}" } }) { nodes { id } } }`)).defects.nodes.map(
      ({ id }: { id: string }) => id,
    );
  const testId = async (name: string) =>
    (await data('developer', `{ tests(filter: { name: { equalTo: "${name}" } }) { nodes { id } } }`)).tests.nodes[0].id;
  const counted = async () =>
    (
      await database.operator.query(
        `select sum(opened)::int as opened, sum(occurrences)::int as occurrences from ${organization.home}.defect_daily_stats where project_id = $1`,
        [organization.project],
      )
    ).rows[0];

  test('makes defects one, and remembers it', async () => {
    const before = await counted();
    await report('merge 1', [failed('m a', 'MergeA'), failed('m b', 'MergeB'), failed('m c', 'MergeC')]);
    const [[a], [b], [c]] = [await idOf('MergeA'), await idOf('MergeB'), await idOf('MergeC')];
    const merged = await data('developer', MERGE, { id: a, otherIds: [b, c] });
    expect(merged.mergeDefects.defect).toEqual({ id: a, occurrenceCount: 3 });
    expect([await idOf('MergeB'), await idOf('MergeC')]).toEqual([[], []]);
    expect(await counted()).toEqual({ opened: before.opened + 1, occurrences: before.occurrences + 3 });
    expect(await report('merge 2', [failed('m b', 'MergeB'), failed('elsewhere', 'MergeC')])).toMatchObject({
      newDefects: 0,
      knownDefects: 1,
      defects: [{ id: a, occurrences: 2 }],
    });
    // What was merged into what is merged stays together.
    await report('merge 3', [failed('m d', 'MergeD')]);
    const [d] = await idOf('MergeD');
    await data('admin', MERGE, { id: d, otherIds: [a] });
    expect(await report('merge 4', [failed('m a', 'MergeA'), failed('m b', 'MergeB'), failed('m d', 'MergeD')])).toMatchObject({
      newDefects: 0,
      defects: [{ id: d, occurrences: 3 }],
    });
  });

  test('makes the occurrences of a test a defect of their own, and remembers it', async () => {
    const before = await counted();
    await report('split 1', [failed('s a', 'Split'), failed('s b', 'Split'), failed('s c', 'Split')]);
    const [whole] = await idOf('Split');
    const made = (await data('developer', SPLIT, { id: whole, testIds: [await testId('s b')] })).splitDefect.defect;
    expect(made).toMatchObject({ occurrenceCount: 1, failureDetails: 'Split of something' });
    expect((await data('developer', `{ defect(id: "${whole}") { occurrenceCount } }`)).defect.occurrenceCount).toBe(2);
    expect(await counted()).toEqual({ opened: before.opened + 2, occurrences: before.occurrences + 3 });
    const receipt = await report('split 2', [failed('s a', 'Split'), failed('s b', 'Split'), failed('s new', 'Split')]);
    expect(receipt.newDefects).toBe(0);
    expect(
      Object.fromEntries(receipt.defects.map(({ id, occurrences }: { id: string; occurrences: number }) => [id, occurrences])),
    ).toEqual({
      [whole]: 2,
      [made.id]: 1,
    });
    // And back again.
    await data('developer', MERGE, { id: whole, otherIds: [made.id] });
    expect(await report('split 3', [failed('s b', 'Split')])).toMatchObject({ defects: [{ id: whole }] });
  });

  test('is done by administrators and developers, within their organization', async () => {
    await report('rights', [failed('r a', 'RightsA'), failed('r b', 'RightsB')]);
    const [[a], [b]] = [await idOf('RightsA'), await idOf('RightsB')];
    for (const role of BASE_ROLES.filter((one) => one !== 'admin' && one !== 'developer')) {
      expectError(await ask(role, MERGE, { id: a, otherIds: [b] }), 'FORBIDDEN');
      expectError(await ask(role, SPLIT, { id: a, testIds: [await testId('r a')] }), 'FORBIDDEN');
    }
    for (const otherIds of [[other.defect], [b, other.defect], [a], []])
      expectError(await ask('admin', MERGE, { id: a, otherIds }), 'NOT_FOUND');
    expectError(await ask('admin', MERGE, { id: other.defect, otherIds: [a] }), 'NOT_FOUND');
    expectError(await ask('admin', MERGE, { id: a, otherIds: [organization.otherDefect] }), 'BAD_USER_INPUT');
    expectError(await ask('admin', SPLIT, { id: other.defect, testIds: [await testId('r a')] }), 'NOT_FOUND');
    for (const testIds of [[await testId('r a')], [await testId('r b')], []])
      expectError(await ask('admin', SPLIT, { id: a, testIds }), 'BAD_USER_INPUT');
    expect([await idOf('RightsA'), await idOf('RightsB')]).toEqual([[a], [b]]);
  });

  test('is explained', async () => {
    const receipt = await report('explained', [failed('e a', 'Explained')]);
    const explanation = async (role: 'admin' | 'member') =>
      (await data(role, `{ defect(id: "${receipt.newDefectIds[0]}") { fingerprintExplanation } }`)).defect.fingerprintExplanation;
    expect(await explanation('admin')).toBe('version 1\ntype Explained\nmessage Explained of something\nframe it (src/Explained.ts)');
    expect(await explanation('member')).toMatch(/^masked:[0-9a-f]{32}$/);
  });
});

describe.each([acme, globex])('the fingerprint rules of a project of $slug', (organization) => {
  const { ask, report } = reporter(server, organization);
  const setRules = (rules: unknown) =>
    ask(
      'developer',
      'mutation ($id: UUID!, $rules: JSON!) { updateProject(input: { id: $id, patch: { fingerprintRules: $rules } }) { project { id } } }',
      {
        id: organization.project,
        rules,
      },
    );
  const failure = (type: string, message: string, file = 'a') => ({
    name: `${type} ${message} ${file}`,
    outcome: 'FAILED',
    failure: { type, message, details: `${type}\n    at it (/srv/shop/src/${file}.ts:1:2)` },
  });

  test('change how failures are grouped, and what was grouped stays', async () => {
    const old = await report('rules 1', [failure('Ruled', 'one thing'), failure('Ruled', 'other thing')]);
    expect(old.newDefects).toBe(2);
    expect((await setRules({ message: false })).errors).toEqual([]);
    const known = await report('rules 2', [failure('Ruled', 'one thing')]);
    expect(known).toMatchObject({ newDefects: 0, knownDefects: 1 });
    expect(old.newDefectIds).toContain(known.defects[0].id);
    expect(
      await report('rules 3', [failure('Anew', 'one thing'), failure('Anew', 'other thing'), failure('Anew', 'third', 'b')]),
    ).toMatchObject({
      newDefects: 2,
    });
    expect((await setRules({ frames: 0, ignore: ['in tenant *', 'took * today'] })).errors).toEqual([]);
    expect(
      await report('rules 4', [
        failure('Later', 'it broke in tenant alpha', 'c'),
        failure('Later', 'it broke in tenant beta, badly', 'd'),
        failure('Later', 'it took no time today and more', 'e'),
        failure('Later', 'it took ages today and more', 'f'),
      ]),
    ).toMatchObject({ newDefects: 2 });
    // By the rules before last.
    expect(await report('rules 5', [failure('Ruled', 'other thing'), failure('Anew', 'third', 'b'), passed('ok')])).toMatchObject({
      newDefects: 0,
    });
    expect((await setRules({})).errors).toEqual([]);
    expect(await report('rules 6', [failure('Later', 'it broke in tenant gamma', 'c')])).toMatchObject({ newDefects: 0 });
  });

  test.each([{ frames: 11 }, { frames: '5' }, { message: 1 }, { ignore: 'x' }, { ignore: [''] }, { ignore: [1] }, { other: 1 }, [], 'x'])(
    'are not %j',
    async (rules) => {
      expectError(await setRules(rules), 'BAD_USER_INPUT');
    },
  );
});
