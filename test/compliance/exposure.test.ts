import { describe, expect, inject, test } from 'vitest';
import { reporter } from '../defects/reporting.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const EXPOSURES = 'regionCode low medium high critical financialExposure framework { frameworkName }';

describe.each([acme, globex])('exposure in $slug', (organization) => {
  const { ask, data } = reporter(server, organization);
  const make = async (frameworkId: string | null, findings: readonly [severity: string, exposure: string | null][]) => {
    const { createAssessment } = await data(
      'admin',
      'mutation ($assessment: AssessmentInput!) { createAssessment(input: { assessment: $assessment }) { assessment { id } } }',
      { assessment: { name: 'x', frameworkId } },
    );
    for (const [severity, financialExposure] of findings) {
      await data(
        'admin',
        'mutation ($result: AssessmentResultInput!) { createAssessmentResult(input: { assessmentResult: $result }) { clientMutationId } }',
        {
          result: { assessmentId: createAssessment.assessment.id, findingType: 'counted', title: 'x', severity, financialExposure },
        },
      );
    }
  };

  test('is summed up by framework and region, over every assessment, the most costly first', async () => {
    const { createComplianceFramework } = await data(
      'admin',
      'mutation { createComplianceFramework(input: { complianceFramework: { frameworkName: "PCI DSS" } }) { complianceFramework { id } } }',
    );
    const { id } = createComplianceFramework.complianceFramework;
    await make(id, [
      ['CRITICAL', '9999999999999.99'],
      ['LOW', null],
    ]);
    await make(id, [
      ['CRITICAL', '0.02'],
      ['MEDIUM', '0'],
    ]);
    await make(null, [['HIGH', '10.5']]);
    const expected = [
      { framework: { frameworkName: 'PCI DSS' }, low: 1, medium: 1, high: 0, critical: 2, financialExposure: '10000000000000.01' },
      { framework: { frameworkName: 'SOC 2' }, low: 0, medium: 0, high: 2, critical: 0, financialExposure: '2401.00' },
      { framework: null, low: 0, medium: 0, high: 1, critical: 0, financialExposure: '10.50' },
    ].map((row) => ({ ...row, regionCode: 'EU_CENTRAL' }));
    for (const role of ['admin', 'developer', 'engineer', 'auditor', 'analyst'] as const) {
      expect((await data(role, `{ complianceExposures { ${EXPOSURES} } }`)).complianceExposures).toEqual(expected);
    }
    const { complianceExposures } = await data('analyst', `{ complianceExposures(frameworkId: "${id}") { ${EXPOSURES} } }`);
    expect(complianceExposures).toEqual(expected.slice(0, 1));
  });

  test('is nothing to who has no right to findings', async () => {
    for (const role of ['member', 'ci'] as const) expectError(await ask(role, '{ complianceExposures { low } }'), 'FORBIDDEN');
    const narrowed = { ...persona(organization, 'analyst'), scopes: ['defects:read'] };
    const answer = await server.query(narrowed, '{ complianceExposures { low } }');
    expect(answer.errors).toEqual([]);
    expect(answer.data.complianceExposures).toEqual([]);
  });

  test('is counted by severity and kind, through the masked list as well', async () => {
    for (const [role, list] of [
      ['auditor', 'assessmentResults'],
      ['analyst', 'maskedAssessmentResults'],
    ] as const) {
      const answer = await data(
        role,
        `{ list: ${list}(condition: { findingType: "misconfiguration" }) { groupedAggregates(groupBy: [SEVERITY]) { keys distinctCount { id } } } }`,
      );
      expect(answer.list.groupedAggregates).toEqual([{ keys: ['high'], distinctCount: { id: '2' } }]);
    }
  });
});
