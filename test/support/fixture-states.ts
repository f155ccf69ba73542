import type pg from 'pg';
import type { FixtureDesigns } from './fixture-designs.ts';

/** A Terraform state with a secret in it. */
export function terraformState(serial: number, lineage = '6a1e1a4c-0000-4000-8000-00000000f1f1'): string {
  return JSON.stringify({
    version: 4,
    terraform_version: '1.11.4',
    serial,
    lineage,
    outputs: { password: { value: 's3cr3t-0123456789abcdef', type: 'string', sensitive: true } },
    resources: [
      {
        mode: 'managed',
        type: 'aws_db_instance',
        name: 'orders',
        provider: 'provider["registry.terraform.io/hashicorp/aws"]',
        instances: [{ schema_version: 0, attributes: { username: 'alice@example.com', password: 's3cr3t-0123456789abcdef' } }],
      },
    ],
    check_results: null,
  });
}

/** A state, drift, a pipeline and an execution of each design, as the organization that the connection works for. */
export async function makeStates(client: pg.Client, engineer: string | undefined, designs: FixtureDesigns): Promise<void> {
  for (const design of [designs.admin, designs.developer, designs.engineer]) {
    const state = await one(
      client,
      // Not locked: what is locked is not to be removed.
      `insert into states (design_id, serial, lineage, state, checksum, size_bytes)
       values ($1, 1, 'fixture', $2, 'fixture', 100) returning id`,
      [design, terraformState(1)],
    );
    await client.query(
      `insert into state_versions (design_id, state_id, serial, lineage, state, checksum, size_bytes, created_by)
       values ($1, $2, 1, 'fixture', $3, 'fixture', 100, $4)`,
      [design, state, terraformState(1), engineer],
    );
    await client.query("insert into drift_logs (state_id, resource_address, kind) values ($1, 'aws_db_instance.orders', 'changed')", [
      state,
    ]);
    const pipeline = await one(
      client,
      `insert into pipelines (design_id, name, definition) values ($1, 'Apply', '{"stages": [{"name": "plan"}, {"name": "apply"}]}') returning id`,
      [design],
    );
    await client.query('insert into pipeline_executions (pipeline_id, triggered_by) values ($1, $2)', [pipeline, engineer]);
  }
}

async function one(client: pg.Client, text: string, values: unknown[] = []): Promise<string> {
  const { rows } = await client.query<{ id: string }>(text, values);
  return (rows[0] as { id: string }).id;
}
