import { describe, expect, inject, test } from 'vitest';
import { reporter } from '../defects/reporting.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database);
const TYPES = [
  ['Assessment', 'assessments', "(name, region_code) values ('x', $1)", { name: 'x' }],
  [
    'AssessmentResult',
    'assessment_results',
    "(assessment_id, finding_type, title, region_code) values ((select id from assessments limit 1), 'x', 'x', $1)",
    { findingType: 'x', title: 'x' },
  ],
  ['ComplianceFramework', 'compliance_frameworks', "(framework_name, region_code) values ('x', $1)", { frameworkName: 'x' }],
  [
    'ThreatIndicator',
    'threat_indicators',
    "(indicator_type, indicator_value, region_code) values ('url', 'x', $1)",
    { indicatorType: 'url', indicatorValue: 'x' },
  ],
  ['ResidencyEntry', 'regional_data', "(data_type, region_code) values ('x', $1)", { dataType: 'x' }],
] as const;

describe.each([acme, globex])('in $slug, which is in eu-central', (organization) => {
  const { ask, data } = reporter(server, organization);
  const admin = persona(organization, 'admin');

  describe.each(TYPES)('%s', (type, table, insert, fields) => {
    const field = type[0]?.toLowerCase() + type.slice(1);
    const create = async (given: object) => {
      const { assessments } = await data('admin', '{ assessments { nodes { id } } }');
      const parent = type === 'AssessmentResult' ? { assessmentId: assessments.nodes[0].id } : {};
      return ask(
        'admin',
        `mutation ($row: ${type}Input!) { create${type}(input: { ${field}: $row }) { row: ${field} { id regionCode } } }`,
        { row: { ...fields, ...parent, ...given } },
      );
    };

    test('is of the organization’s region, which need not be given', async () => {
      for (const given of [{}, { regionCode: null }, { regionCode: 'EU_CENTRAL' }]) {
        const answer = await create(given);
        expect(answer.errors).toEqual([]);
        const { id, regionCode } = answer.data[`create${type}`].row;
        expect(regionCode).toBe('EU_CENTRAL');
        await data('admin', `mutation { delete${type}(input: { id: "${id}" }) { clientMutationId } }`);
      }
    });

    test('of another region is refused, and the right one is named: by GraphQL', async () => {
      const made = expectError(await create({ regionCode: 'US_EAST' }), 'WRONG_REGION');
      expect(made.message).toBe("The organization's data stays in eu-central: a row of us-east is refused.");
      expect(made.extensions).toMatchObject({ region: 'eu-central', fields: ['regionCode'] });

      const { rows } = await database.operator.query(`select id from ${organization.home}.${table} where organization_id = $1`, [
        organization.id,
      ]);
      const changed = await ask(
        'admin',
        `mutation { update${type}(input: { id: "${rows[0].id}", patch: { regionCode: JAPAN_EAST } }) { clientMutationId } }`,
      );
      expect(expectError(changed, 'WRONG_REGION').extensions.region).toBe('eu-central');
    });

    test('of another region is refused: by SQL', async () => {
      const refusal = { code: 'DX421', detail: 'eu-central', column: 'region_code' };
      await expect(database.as(admin, (client) => client.query(`insert into ${table} ${insert}`, ['us-east']))).rejects.toMatchObject(
        refusal,
      );
      await expect(database.as(admin, (client) => client.query(`update ${table} set region_code = 'us-east'`))).rejects.toMatchObject(
        refusal,
      );
      const { rowCount } = await database.as(admin, (client) => client.query(`insert into ${table} ${insert}`, ['eu-central']));
      expect(rowCount).toBe(1);
    });
  });

  test('the endpoint of the right region is told, where it is known', async () => {
    await database.operator.query("update app.regions set endpoint = 'https://eu.defectxray.example' where code = 'eu-central'");
    const answer = await ask(
      'admin',
      'mutation { createAssessment(input: { assessment: { name: "x", regionCode: ISRAEL } }) { clientMutationId } }',
    );
    expect(expectError(answer, 'WRONG_REGION').extensions.endpoint).toBe('https://eu.defectxray.example');
    await database.operator.query("update app.regions set endpoint = null where code = 'eu-central'");
  });
});
