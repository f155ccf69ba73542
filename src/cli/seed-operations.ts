import type pg from 'pg';

/** A deployment of the demo data. */
export interface DemoDeployment {
  readonly version: string;
  readonly environment: string;
  /** The name of who deploys; null where CI does. */
  readonly by: string | null;
  /** How it ended; null while it is under way. */
  readonly outcome: string | null;
}

/** A maintenance request of the demo data, by the names of people. */
export interface DemoRequest {
  readonly title: string;
  /** Its slug. */
  readonly project: string | null;
  readonly requestedBy: string;
  readonly assignedTo: string | null;
  readonly priority: string;
  readonly dueInDays: number;
  /** What its status becomes, one after the other, by who is assigned. */
  readonly statuses: readonly string[];
  readonly work: readonly { readonly by: string; readonly description: string; readonly hours: string }[];
}

/** Does something as a member, by name, or as CI for null; in one transaction. */
export type ActAs = (person: string | null, work: () => Promise<unknown>) => Promise<void>;

/** Makes a deployment, and ends it, unless there is one of the version in the environment. */
export async function makeDeployment(client: pg.Client, act: ActAs, project: string, deployment: DemoDeployment): Promise<void> {
  const { version, environment, by, outcome } = deployment;
  await act(by, async () => {
    const { rowCount } = await client.query(
      'select from deployments where project_id = (select id from projects where slug = $1) and version = $2 and environment = $3',
      [project, version, environment],
    );
    if (rowCount !== 0) return;
    await client.query('select start_deployment($1, $2, $3)', [project, version, environment]);
    const ends = outcome === 'rolled_back' ? ['success', 'rolled_back'] : outcome === null ? [] : [outcome];
    for (const end of ends) await client.query('select finish_deployment(null, $1, $2, $3, $4)', [project, environment, version, end]);
  });
}

/** Makes a maintenance request with its history and the work on it, as far as they are not there. */
export async function makeRequest(client: pg.Client, act: ActAs, request: DemoRequest): Promise<void> {
  const { title, project, requestedBy, assignedTo, priority, dueInDays, statuses, work } = request;
  await act(requestedBy, () =>
    client.query(
      `insert into maintenance_requests (title, project_id, priority, due_date)
       select $1, (select id from projects where slug = $2), $3, current_date + $4::integer
       where not exists (select from maintenance_requests where title = $1)`,
      [title, project, priority, dueInDays],
    ),
  );
  if (assignedTo === null) return;
  await act(assignedTo, async () => {
    const { rowCount } = await client.query(
      'update maintenance_requests set assigned_to = (select id from people where name = $2) where title = $1 and assigned_to is null',
      [title, assignedTo],
    );
    if (rowCount === 0) return;
    for (const status of statuses) await client.query('update maintenance_requests set status = $2 where title = $1', [title, status]);
  });
  for (const { by, description, hours } of work) {
    await act(by, () =>
      client.query(
        `insert into maintenance_work_logs (maintenance_request_id, work_description, hours_spent)
         select r.id, $2, $3 from maintenance_requests as r
         where r.title = $1 and not exists (
           select from maintenance_work_logs as w where w.maintenance_request_id = r.id and w.work_description = $2)`,
        [title, description, hours],
      ),
    );
  }
}
