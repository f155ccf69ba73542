import { readFileSync } from 'node:fs';
import type pg from 'pg';
import type { ActAs } from './seed-operations.ts';

interface DemoStates {
  readonly design: string;
  readonly workspace: string;
  readonly states: readonly { readonly serial: number }[];
  readonly drift: readonly {
    readonly address: string;
    readonly kind: string;
    readonly severity: string;
    readonly expected?: unknown;
    readonly actual?: unknown;
    readonly isResolved: boolean;
  }[];
  readonly pipeline: {
    readonly name: string;
    readonly definition: unknown;
    /** Of each, how its stages ended, one after the other; the rest are still to run. */
    readonly executions: readonly { readonly outcomes: readonly string[]; readonly error?: string }[];
  };
}

/** Makes the Terraform state of a design of the demo data, what drifted from it, and a pipeline with executions that CI ran. */
export async function makeStates(client: pg.Client, act: ActAs, organization: string): Promise<void> {
  const demo = JSON.parse(readFileSync(new URL('../../db/seeds/states.json', import.meta.url), 'utf8')) as DemoStates;
  const { design, workspace, states, drift, pipeline } = demo;
  await act(`${organization} Engineer`, async () => {
    const { rows } = await client.query<{ id: string }>(
      'select id from designs as d where name = $1 and not exists (select from states as s where s.design_id = d.id)',
      [design],
    );
    const id = rows[0]?.id;
    if (id === undefined) return;
    for (const state of states) await client.query('select write_state($1, $2, $3)', [id, workspace, JSON.stringify(state, null, 2)]);
    for (const { address, kind, severity, expected, actual, isResolved } of drift) {
      const made = await client.query<{ id: string }>(
        `insert into drift_logs (state_id, resource_address, kind, severity, expected, actual)
         select id, $2, $3, $4, $5, $6 from states where design_id = $1 returning id`,
        [id, address, kind, severity, expected, actual],
      );
      if (isResolved) await client.query('update drift_logs set resolved_at = now() where id = $1', [made.rows[0]?.id]);
    }
    await client.query('insert into pipelines (design_id, name, definition) values ($1, $2, $3)', [id, pipeline.name, pipeline.definition]);
  });
  await act(null, async () => {
    const { rows } = await client.query<{ id: string }>(
      'select id from pipelines as p where name = $1 and not exists (select from pipeline_executions as e where e.pipeline_id = p.id)',
      [pipeline.name],
    );
    if (rows[0] === undefined) return;
    for (const { outcomes, error } of pipeline.executions) {
      const started = await client.query<{ id: string }>('select start_pipeline_execution($1) as id', [rows[0].id]);
      const execution = started.rows[0]?.id;
      for (const [index, outcome] of outcomes.entries()) {
        for (const status of ['running', outcome]) {
          await client.query('update pipeline_stages set status = $3 where execution_id = $1 and position = $2', [
            execution,
            index + 1,
            status,
          ]);
        }
      }
      if (error !== undefined) await client.query('update pipeline_executions set error = $2 where id = $1', [execution, error]);
    }
  });
}
