import fc from 'fast-check';
import { describe, expect, inject, test } from 'vitest';
import { reporter } from '../defects/reporting.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const CREATE = `mutation ($framework: ComplianceFrameworkInput!) { createComplianceFramework(input: { complianceFramework: $framework }) {
  complianceFramework { id complianceScore version } } }`;
const UPDATE = `mutation ($id: UUID!, $patch: ComplianceFrameworkPatch!) { updateComplianceFramework(input: { id: $id, patch: $patch }) {
  complianceFramework { complianceScore version lastAssessmentAt } } }`;
let frameworks = 0;

describe.each([
  { organization: acme, other: initech },
  { organization: globex, other: acme },
])('frameworks of $organization.slug', ({ organization, other }) => {
  const { ask, data } = reporter(server, organization);
  const create = async (fields: object): Promise<{ id: string; complianceScore: number | null; version: number }> => {
    frameworks += 1;
    const made = await data('admin', CREATE, { framework: { frameworkName: `Framework ${frameworks}`, ...fields } });
    return made.createComplianceFramework.complianceFramework;
  };
  const update = async (id: string, patch: object) =>
    (await data('admin', UPDATE, { id, patch })).updateComplianceFramework.complianceFramework;
  const history = async (id: string) => {
    const { complianceFramework } = await data(
      'analyst',
      `{ complianceFramework(id: "${id}") { scores(orderBy: [SCORED_AT_ASC, PRIMARY_KEY_ASC]) { nodes { score requirementsMet totalRequirements } } } }`,
    );
    return complianceFramework.scores.nodes.map(({ score }: { score: number | null }) => score) as (number | null)[];
  };

  test.each([
    [0, 0, null],
    [0, 7, 0],
    [1, 3, 33.3],
    [2, 3, 66.6],
    [45, 64, 70.3],
    [2999, 3000, 99.9],
    [3000, 3000, 100],
  ])('with %i of %i requirements score %s', async (requirementsMet, totalRequirements, score) => {
    expect((await create({ requirementsMet, totalRequirements })).complianceScore).toBe(score);
  });

  test('score what no client can write', async () => {
    const { id } = await create({ requirementsMet: 1, totalRequirements: 2 });
    expectError(await ask('admin', UPDATE, { id, patch: { complianceScore: 100 } }), 'BAD_USER_INPUT');
    for (const text of [
      'update compliance_frameworks set compliance_score = 100',
      "insert into compliance_frameworks (framework_name, compliance_score) values ('x', 100)",
      'update framework_scores set score = 100',
      'insert into framework_scores (framework_id, score, requirements_met, total_requirements) select id, 100, 1, 1 from compliance_frameworks',
      'delete from framework_scores',
    ]) {
      await expect(
        database.as(persona(organization, 'admin'), (client) => client.query(text)),
        text,
        // Of a computed column PostgreSQL says so before it asks who wants to write it (generated_always).
      ).rejects.toMatchObject({ code: text.includes('compliance_score') ? '428C9' : '42501' });
    }
  });

  test('are met by no more requirements than they have', async () => {
    const answer = await ask('admin', CREATE, { framework: { frameworkName: 'Too many', requirementsMet: 3, totalRequirements: 2 } });
    expect(expectError(answer, 'BAD_USER_INPUT').message).toBe('The number of requirements met is from 0 to the number of requirements.');
  });

  test.each([[[['']]], [[['x'.repeat(1001)]]], [[Array.from({ length: 501 }, () => 'x')]], [[[null]]]])(
    'gaps are not %j',
    async ([gaps]) => {
      const answer = await ask('admin', CREATE, { framework: { frameworkName: 'Gaps', gapsIdentified: gaps } });
      expectError(answer, 'BAD_USER_INPUT');
    },
  );

  test('keep the history of their scores: one entry for each change, and none for any other', async () => {
    const { id } = await create({ totalRequirements: 0 });
    expect(await history(id)).toEqual([]);
    await update(id, { totalRequirements: 4, requirementsMet: 1 });
    await update(id, { gapsIdentified: ['Access is not reviewed'], nextReviewDate: '2027-01-01' });
    // The same share of twice as many is the same score.
    await update(id, { totalRequirements: 8, requirementsMet: 2 });
    await update(id, { requirementsMet: 8 });
    await update(id, { requirementsMet: 0, totalRequirements: 0 });
    expect(await history(id)).toEqual([25, 100, null]);
  });

  test('have a history that ends with their score, whatever was changed', async () => {
    const counts = fc
      .tuple(fc.nat(20), fc.nat(20))
      .map(([a, b]) => ({ requirementsMet: Math.min(a, b), totalRequirements: Math.max(a, b) }));
    await fc.assert(
      fc.asyncProperty(fc.array(counts, { minLength: 1, maxLength: 6 }), async (changes) => {
        const { id } = await create({});
        const scores: (number | null)[] = [null];
        for (const change of changes) {
          const { complianceScore } = await update(id, change);
          expect(complianceScore).toBe(
            change.totalRequirements === 0 ? null : Math.floor((change.requirementsMet * 1000) / change.totalRequirements) / 10,
          );
          if (scores.at(-1) !== complianceScore) scores.push(complianceScore);
        }
        expect(await history(id)).toEqual(scores.slice(1));
      }),
      { numRuns: 15 },
    );
  });

  test('know when they were last assessed, and no conflict comes of it', async () => {
    const { id, version } = await create({});
    const assess = (status: string, completedAt: string | null) =>
      data(
        'admin',
        'mutation ($assessment: AssessmentInput!) { createAssessment(input: { assessment: $assessment }) { assessment { id startedAt completedAt } } }',
        { assessment: { name: 'x', frameworkId: id, status, completedAt } },
      );
    const { createAssessment: running } = await assess('IN_PROGRESS', null);
    expect(running.assessment.startedAt).not.toBeNull();
    expect(running.assessment.completedAt).toBeNull();
    const read = async () =>
      (await data('analyst', `{ complianceFramework(id: "${id}") { lastAssessmentAt version } }`)).complianceFramework;
    expect(await read()).toEqual({ lastAssessmentAt: null, version });
    await assess('COMPLETED', '2026-05-01T00:00:00Z');
    await assess('COMPLETED', '2026-03-01T00:00:00Z');
    const { lastAssessmentAt } = await read();
    expect(new Date(lastAssessmentAt).toISOString()).toBe('2026-05-01T00:00:00.000Z');
    expect((await update(id, { gapsIdentified: [], expectedVersion: version })).version).toBe(version + 1);
    expectError(await ask('admin', UPDATE, { id, patch: { gapsIdentified: ['x'], expectedVersion: version } }), 'CONFLICT');
  });

  test('of which a review is overdue, or comes up, are found by its date', async () => {
    const late = await create({ nextReviewDate: '2020-06-01' });
    const soon = await create({ nextReviewDate: '2020-06-15' });
    const found = async (filter: string) => {
      const answer = await data(
        'auditor',
        `{ complianceFrameworks(filter: { nextReviewDate: { ${filter} } }, orderBy: [NEXT_REVIEW_DATE_ASC]) { nodes { id } } }`,
      );
      return answer.complianceFrameworks.nodes.map(({ id }: { id: string }) => id);
    };
    expect(await found('lessThan: "2020-06-10"')).toEqual([late.id]);
    expect(await found('greaterThanOrEqualTo: "2020-06-10", lessThan: "2020-07-10"')).toEqual([soon.id]);
  });

  test('of another organization have no scores here, and no assessment is of them', async () => {
    const { rows } = await database.operator.query(
      `select id from ${other.home}.compliance_frameworks where organization_id = '${other.id}'`,
    );
    const foreign = rows[0].id;
    expect((await data('admin', `{ complianceFramework(id: "${foreign}") { id } }`)).complianceFramework).toBeNull();
    expectError(await ask('admin', UPDATE, { id: foreign, patch: { requirementsMet: 0 } }), 'NOT_FOUND');
    const answer = await ask(
      'admin',
      `mutation { createAssessment(input: { assessment: { name: "x", frameworkId: "${foreign}" } }) { clientMutationId } }`,
    );
    expect(expectError(answer, 'BAD_USER_INPUT').message).toBe('The frameworkId names nothing that exists.');
  });
});

test('names and reviews are looked up by their indexes', async () => {
  await database.as(persona(acme, 'admin'), async (client) => {
    await client.query(
      "insert into compliance_frameworks (framework_name, next_review_date) select 'many ' || n, date '2030-01-01' + n from generate_series(1, 5000) as n",
    );
    await client.query('set local enable_seqscan = off');
    for (const [condition, index] of [
      ["next_review_date < '2029-01-01'", 'compliance_frameworks_next_review_date_idx'],
      ["framework_name = 'many 7'", 'compliance_frameworks_name_key'],
      ["region_code = 'eu-central'", 'compliance_frameworks_region_code_idx'],
    ]) {
      const { rows } = await client.query(`explain select * from compliance_frameworks where ${condition}`);
      const plan = rows.map((row) => row['QUERY PLAN']).join('\n');
      expect(plan).toContain(index);
      // In the index, not as a filter above it: row-level security lets leakproof operators pass only.
      expect(plan).toMatch(new RegExp(`Index Cond: .*${condition?.split(' ')[0]}`));
    }
  });
});
