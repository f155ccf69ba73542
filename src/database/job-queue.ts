import { Logger, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { connectionOptions } from './connection.ts';
import { newestQueueVersion } from './expected-versions.ts';

/** Says nothing: what fails is thrown. */
const SILENT = new Logger(() => () => {});

/**
 * Installs the queue of background jobs (graphile-worker, schema graphile_worker) as `app_worker`, or brings it up to date. For
 * that time app_worker may create in the database, and the operator may become app_worker; a superuser may anyway.
 *
 * @param operator a connection of the operator.
 * @param operatorUrl where that is.
 */
export async function migrateJobQueue(operator: pg.ClientBase, operatorUrl: string): Promise<void> {
  const { rows } = await operator.query<{ version: number }>('select app_private.job_queue_version() as version').catch((error) => {
    // An operator who is no superuser, and whose app_owner has not been given the function.
    if ((error as { code?: string }).code === '42501') return { rows: [] };
    throw error;
  });
  if ((rows[0]?.version ?? 0) >= newestQueueVersion()) return;
  const isMember = await maySetRole(operator);
  const { rows: names } = await operator.query<{ database: string; operator: string }>(
    'select quote_ident(current_database()) as database, quote_ident(current_user) as operator',
  );
  const { database, operator: login } = names[0] as { database: string; operator: string };
  await operator.query(`grant create on database ${database} to app_worker`);
  if (!isMember.already)
    await operator.query(`grant app_worker to ${login}${isMember.knowsSetOption ? ' with inherit false, set true' : ''}`);
  const pool = new pg.Pool({ ...connectionOptions(operatorUrl), max: 1, options: '-c role=app_worker' });
  // The library wants them: what is lost is reported by the next statement.
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  try {
    // Functions are executable by PUBLIC unless their maker says otherwise beforehand.
    await pool.query('alter default privileges revoke execute on functions from public');
    await runMigrations({ pgPool: pool, logger: SILENT });
    // What asks for the version is a function of app_definer (57_jobs.sql).
    await pool.query('grant usage on schema graphile_worker to app_definer; grant select on graphile_worker.migrations to app_definer');
  } finally {
    await pool.end();
    await operator.query(`revoke create on database ${database} from app_worker`);
    if (!isMember.already) await operator.query(`revoke app_worker from ${login}${isMember.knowsSetOption ? ` granted by ${login}` : ''}`);
  }
}

/** Whether the operator may become app_worker as it is. Since PostgreSQL 16 a member may be one without that right. */
async function maySetRole(operator: pg.ClientBase): Promise<{ already: boolean; knowsSetOption: boolean }> {
  const { rows } = await operator.query<{ knows: boolean }>("select current_setting('server_version_num')::int >= 160000 as knows");
  const knowsSetOption = rows[0]?.knows === true;
  const { rows: asked } = await operator.query<{ already: boolean }>('select pg_has_role(current_user, $1, $2) as already', [
    'app_worker',
    knowsSetOption ? 'SET' : 'MEMBER',
  ]);
  return { already: asked[0]?.already === true, knowsSetOption };
}
