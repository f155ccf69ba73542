import { Rows } from './copy-in.ts';

/** The tables that are filled, each with the columns that are given. */
const COLUMNS = {
  tests: ['organization_id', 'id', 'project_id', 'name', 'suite', 'file', 'framework', 'created_at', 'updated_at'],
  test_runs: [
    ...['organization_id', 'id', 'project_id', 'run_key', 'commit_sha', 'branch', 'ci_provider', 'run_url', 'environment', 'started_at'],
    ...['duration_ms', 'passed_count', 'failed_count', 'errored_count', 'flaky_count', 'created_at', 'updated_at'],
  ],
  test_results: [
    ...['organization_id', 'id', 'project_id', 'test_run_id', 'test_id', 'execution_id', 'attempt', 'is_final', 'outcome', 'duration_ms'],
    ...['occurred_at', 'created_at'],
  ],
  test_flakes: ['organization_id', 'id', 'project_id', 'test_id', 'reason', 'scope', 'commit_sha', 'occurred_at', 'created_at'],
  defects: [
    ...['organization_id', 'id', 'project_id', 'test_id', 'fingerprint', 'title', 'error_type', 'failure_details', 'stack_trace'],
    ...['fingerprint_explanation', 'environment', 'severity', 'status', 'assignee_id', 'occurrence_count', 'first_seen_at', 'last_seen_at'],
    ...['first_run_id', 'last_run_id', 'first_key', 'last_key', 'resolved_at', 'regressed_at', 'regressed_run_id', 'regression_count'],
    ...['created_at', 'updated_at', 'version'],
  ],
  defect_occurrences: [
    ...[
      'organization_id',
      'id',
      'project_id',
      'defect_id',
      'test_id',
      'test_run_id',
      'occurred_at',
      'duration_ms',
      'environment',
      'created_at',
    ],
  ],
  defect_daily_stats: ['organization_id', 'project_id', 'day', 'severity', 'opened', 'resolved', 'occurrences', 'created_at'],
  deployments: [
    ...[
      'organization_id',
      'id',
      'project_id',
      'version',
      'environment',
      'status',
      'deployed_by',
      'deployed_at',
      'duration_seconds',
      'commit_sha',
    ],
    ...['created_at', 'updated_at'],
  ],
  maintenance_requests: [
    ...[
      'organization_id',
      'id',
      'project_id',
      'requested_by',
      'assigned_to',
      'title',
      'priority',
      'status',
      'due_date',
      'created_at',
      'updated_at',
    ],
  ],
} as const;

export type TableName = keyof typeof COLUMNS;
export const TABLES = Object.keys(COLUMNS) as readonly TableName[];
export type TableRows = Readonly<Record<TableName, Rows>>;

/** Nothing yet in any table. */
export function noRows(): TableRows {
  return Object.fromEntries(TABLES.map((table) => [table, new Rows(table, COLUMNS[table])])) as unknown as TableRows;
}
