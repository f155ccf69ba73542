import type pg from 'pg';

export const EVIDENCE =
  '{"bucket": "s3://logs", "policy": "public-read", "owner": "alice@example.com", "token": "s3cr3t-0123456789abcdef"}';
export const REMEDIATION = 'aws s3api put-public-access-block --bucket logs --token s3cr3t-0123456789abcdef # ask alice@example.com';

/** A row or more in every table of the compliance group, as the organization that the connection works for. */
export async function makeCompliance(client: pg.Client, assessor: string | undefined): Promise<void> {
  const framework = await one(
    client,
    `insert into compliance_frameworks (framework_name, framework_version, requirements_met, total_requirements, gaps_identified, next_review_date)
     values ('SOC 2', '2017', 45, 64, '{"CC6.1: keys are not rotated"}', '2027-03-01') returning id`,
  );
  const assessment = await one(
    client,
    "insert into assessments (name, scope, framework_id, assessor_id) values ('Storage review', 'Buckets', $1, $2) returning id",
    [framework, assessor ?? null],
  );
  for (const title of ['A bucket is public', 'Another bucket is public']) {
    await client.query(
      `insert into assessment_results (assessment_id, finding_type, severity, title, evidence_data, remediation_script, financial_exposure)
       values ($1, 'misconfiguration', 'high', $2, $3, $4, 1200.50)`,
      [assessment, title, EVIDENCE, REMEDIATION],
    );
  }
  await client.query(
    `insert into threat_indicators (indicator_type, indicator_value, threat_level, source, confidence_score, first_seen_at, last_seen_at)
     values ('ipv4-addr', '198.51.100.7', 'high', 'fixture', 80, '2026-01-01', '2026-02-01')`,
  );
  await client.query("insert into regional_data (data_type) values ('backups')");
}

async function one(client: pg.Client, text: string, values: unknown[] = []): Promise<string> {
  const { rows } = await client.query<{ id: string }>(text, values);
  return (rows[0] as { id: string }).id;
}
