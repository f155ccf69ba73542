import { describe, expect, inject, test } from 'vitest';
import type { BaseRole } from '../../src/database/identity.ts';
import { reporter } from '../defects/reporting.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { EVIDENCE, REMEDIATION } from '../support/fixture-compliance.ts';
import { useServer } from '../support/server.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const SECRETS = ['alice', 's3cr3t'];
const TOKEN = /^masked:[0-9a-f]{32}$/;

describe.each([acme, globex])('findings of $slug', (organization) => {
  const { ask, data } = reporter(server, organization);
  const read = async (role: BaseRole, list = 'assessmentResults') => {
    const answer = await data(role, `{ list: ${list} { nodes { id title evidenceData remediationScript assessment { name } } } }`);
    expect(answer.list.nodes).toHaveLength(2);
    return answer.list.nodes as { evidenceData: string; remediationScript: string }[];
  };

  test('are clear to admins', async () => {
    for (const node of await read('admin')) {
      expect(node).toMatchObject({ evidenceData: EVIDENCE, remediationScript: REMEDIATION, assessment: { name: 'Storage review' } });
    }
  });

  test.each(['developer', 'engineer'] as const)('are without their secrets to a %s', async (role) => {
    for (const node of await read(role)) {
      for (const secret of SECRETS) expect(JSON.stringify(node)).not.toContain(secret);
      expect(node.remediationScript).toContain('put-public-access-block --bucket logs --token');
    }
  });

  test.each([
    ['auditor', 'assessmentResults'],
    ['analyst', 'maskedAssessmentResults'],
  ] as const)('are tokens to an %s, equal for equal values', async (role, list) => {
    const nodes = await read(role, list);
    for (const { evidenceData, remediationScript } of nodes) {
      expect(evidenceData).toMatch(TOKEN);
      expect(remediationScript).toMatch(TOKEN);
      expect(evidenceData).not.toBe(remediationScript);
    }
    expect(new Set(nodes.map(({ evidenceData }) => evidenceData)).size).toBe(1);
  });

  test('are shown as the organization’s masking policy says, from the next statement on', async () => {
    const { createMaskingPolicy } = await data(
      'admin',
      `mutation { createMaskingPolicy(input: { maskingPolicy: { field: ASSESSMENT_RESULTS_EVIDENCE_DATA, role: ANALYST, mode: NONE } }) {
        maskingPolicy { id } } }`,
    );
    for (const node of await read('analyst', 'maskedAssessmentResults')) {
      expect(node.evidenceData).toBe(EVIDENCE);
      expect(node.remediationScript).toMatch(TOKEN);
    }
    await data('admin', `mutation { deleteMaskingPolicy(input: { id: "${createMaskingPolicy.maskingPolicy.id}" }) { clientMutationId } }`);
    for (const node of await read('analyst', 'maskedAssessmentResults')) expect(node.evidenceData).toMatch(TOKEN);
  });

  test('cannot be guessed by a filter, an order or a sum', async () => {
    for (const query of [
      '{ assessmentResults(filter: { evidenceData: { startsWith: "{" } }) { totalCount } }',
      '{ maskedAssessmentResults(filter: { remediationScript: { equalTo: "x" } }) { totalCount } }',
      '{ maskedAssessmentResults(orderBy: [EVIDENCE_DATA_ASC]) { totalCount } }',
      '{ maskedAssessmentResults { groupedAggregates(groupBy: [EVIDENCE_DATA]) { keys } } }',
    ]) {
      expectError(await ask('analyst', query), 'BAD_USER_INPUT');
    }
  });

  test('are nothing to an analyst but through the view, nor to who lacks the permission', async () => {
    expectError(await ask('analyst', '{ assessmentResults { totalCount } }'), 'FORBIDDEN');
    const narrowed = { ...persona(organization, 'analyst'), scopes: ['defects:read'] };
    const answer = await server.query(narrowed, '{ maskedAssessmentResults { totalCount } assessments { totalCount } }');
    expect(answer.errors).toEqual([]);
    expect(answer.data).toEqual({ maskedAssessmentResults: { totalCount: 0 }, assessments: { totalCount: 0 } });
  });

  test('are stored as ciphertext only, and stand in the trail as digests', async () => {
    const { assessments } = await data('admin', '{ assessments { nodes { id } } }');
    const { createAssessmentResult } = await data(
      'admin',
      `mutation ($result: AssessmentResultInput!) { createAssessmentResult(input: { assessmentResult: $result }) { assessmentResult {
        id evidenceData remediationScript } } }`,
      {
        result: {
          assessmentId: assessments.nodes[0].id,
          findingType: 'leak',
          title: 'Written',
          evidenceData: '{"leaked": "carol@example.com"}',
          remediationScript: 'dx1.1.looks.like-ciphertext',
        },
      },
    );
    const { id, ...written } = createAssessmentResult.assessmentResult;
    expect(written).toEqual({ evidenceData: '{"leaked": "carol@example.com"}', remediationScript: 'dx1.1.looks.like-ciphertext' });
    const stored = await database.operator.query(
      `select evidence_data, remediation_script from ${organization.home}.assessment_results where id = $1`,
      [id],
    );
    for (const value of Object.values(stored.rows[0])) expect(value).toMatch(/^dx1\.1\.[0-9a-f]{32}\.[A-Za-z0-9+/=]+$/);
    const trail = await database.operator.query(`select new_values from ${organization.home}.audit_logs where target_id = $1`, [id]);
    expect(trail.rows[0].new_values).toMatchObject({
      evidence_data: expect.stringMatching(/^digest:/),
      remediation_script: expect.stringMatching(/^digest:/),
    });
    expect(JSON.stringify(trail.rows)).not.toMatch(/carol|looks/);
    await data('admin', `mutation { deleteAssessmentResult(input: { id: "${id}" }) { clientMutationId } }`);
  });

  test('hold evidence that is JSON, and the refusal repeats nothing of it', async () => {
    const { assessmentResults } = await data('admin', '{ assessmentResults { nodes { id } } }');
    const answer = await ask(
      'admin',
      'mutation ($id: UUID!, $evidence: String!) { updateAssessmentResult(input: { id: $id, patch: { evidenceData: $evidence } }) { clientMutationId } }',
      { id: assessmentResults.nodes[0].id, evidence: '{"s3cr3t": ' },
    );
    const error = expectError(answer, 'BAD_USER_INPUT');
    expect(error.extensions.fields).toEqual(['evidenceData']);
    expect(JSON.stringify(error)).not.toContain('s3cr3t');
  });
});
