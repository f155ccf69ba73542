import { readFileSync } from 'node:fs';
import type pg from 'pg';

interface DemoCompliance {
  readonly frameworks: readonly {
    readonly name: string;
    readonly version: string;
    /** Requirements met, and of how many, one after the other. */
    readonly scores: readonly (readonly [number, number])[];
    readonly gaps: readonly string[];
    /** From the day on which it is made; negative for a review that is overdue. */
    readonly reviewInDays: number;
  }[];
  readonly assessments: readonly {
    readonly name: string;
    readonly scope: string;
    readonly framework: string;
    readonly status: string;
    readonly results: readonly {
      readonly type: string;
      readonly severity: string;
      readonly title: string;
      readonly description: string;
      readonly evidence: unknown;
      readonly remediation: string;
      readonly impact: string;
      readonly exposure: string;
      readonly violations: readonly string[];
    }[];
  }[];
  readonly indicators: readonly unknown[];
}

/** Makes the compliance part of the demo data, under an administrator's identity, unless it is there. */
export async function makeCompliance(client: pg.Client, assessor: string): Promise<void> {
  const { rows } = await client.query<{ there: boolean }>('select exists (select from compliance_frameworks) as there');
  if (rows[0]?.there === true) return;
  const demo = JSON.parse(readFileSync(new URL('../../db/seeds/compliance.json', import.meta.url), 'utf8')) as DemoCompliance;
  for (const { name, version, scores, gaps, reviewInDays } of demo.frameworks) {
    await client.query(
      `insert into compliance_frameworks (framework_name, framework_version, gaps_identified, next_review_date)
       values ($1, $2, $3, current_date + $4::integer)`,
      [name, version, gaps, reviewInDays],
    );
    for (const [met, total] of scores) {
      await client.query('update compliance_frameworks set requirements_met = $2, total_requirements = $3 where framework_name = $1', [
        name,
        met,
        total,
      ]);
    }
  }
  for (const { name, scope, framework, status, results } of demo.assessments) {
    const made = await client.query<{ id: string }>(
      `insert into assessments (name, scope, status, framework_id, assessor_id)
       values ($1, $2, $3, (select id from compliance_frameworks where framework_name = $4), (select id from people where name = $5)) returning id`,
      [name, scope, status, framework, assessor],
    );
    for (const result of results) {
      await client.query(
        `insert into assessment_results (assessment_id, finding_type, severity, title, description, evidence_data, remediation_script,
           business_impact, financial_exposure, compliance_violations)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          made.rows[0]?.id,
          result.type,
          result.severity,
          result.title,
          result.description,
          JSON.stringify(result.evidence),
          result.remediation,
          result.impact,
          result.exposure,
          result.violations,
        ],
      );
    }
  }
  await client.query('select import_threat_indicators($1::jsonb)', [JSON.stringify(demo.indicators)]);
  await client.query('select verify_residency()');
}
