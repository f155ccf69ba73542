/** A plan as auto_explain tells it. */
export interface Plan {
  readonly 'Query Text': string;
  readonly Plan: PlanNode;
}

/** A node of a plan: of what it says, what is looked at. */
export interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Parent Relationship'?: string;
  readonly 'Subplan Name'?: string;
  readonly 'Relation Name'?: string;
  readonly 'Index Name'?: string;
  readonly 'Index Cond'?: string;
  readonly 'Scan Direction'?: string;
  readonly 'Join Type'?: string;
  readonly 'Function Name'?: string;
  readonly Filter?: string;
  readonly 'Sort Key'?: readonly string[];
  readonly Operation?: string;
  readonly 'Actual Loops'?: number;
  /** Of one loop. */
  readonly 'Actual Rows'?: number;
  /** Of one loop. */
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

/** A node's own nodes, without those that were not run: the branch of `current_org_id` for logins of analytics. */
export function partsOf(node: PlanNode): readonly PlanNode[] {
  return (node.Plans ?? []).filter((part) => part['Parent Relationship'] !== 'InitPlan' || part['Actual Loops'] !== 0);
}

/** Whether a plan reads a table. */
export function readsTable(node: PlanNode): boolean {
  return node['Relation Name'] !== undefined || partsOf(node).some(readsTable);
}

/** How many rows of a table a plan has read from it. */
export function rowsRead(node: PlanNode, table: string): number {
  const own = ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 0);
  return partsOf(node).reduce((sum, part) => sum + rowsRead(part, table), node['Relation Name'] === table ? own : 0);
}

/** What a plan does, without figures: one line a node, indented below the one that it is a part of. */
export function shapeOf(node: PlanNode, depth = 0): string[] {
  // A Result reads nothing, and versions of PostgreSQL differ in where they need one.
  const isShown = node['Node Type'] !== 'Result';
  const parts = partsOf(node).flatMap((part) => shapeOf(part, isShown ? depth + 1 : depth));
  return isShown ? [`${'  '.repeat(depth)}${describe(node)}`, ...parts] : parts;
}

function describe(node: PlanNode): string {
  const parts = [node.Operation ?? node['Node Type']];
  if (node['Join Type'] !== undefined && node['Join Type'] !== 'Inner') parts.push(node['Join Type'].toLowerCase());
  if (node['Scan Direction'] === 'Backward') parts.push('backward');
  if (node['Index Name'] !== undefined) parts.push(`using ${node['Index Name']}`);
  if (node['Relation Name'] !== undefined) parts.push(`on ${node['Relation Name']}`);
  if (node['Function Name'] !== undefined) parts.push(`of ${node['Function Name']}`);
  if (node['Sort Key'] !== undefined) parts.push(`by ${node['Sort Key'].map(withoutValues).join(', ')}`);
  if (node['Index Cond'] !== undefined) parts.push(`where ${withoutValues(node['Index Cond'])}`);
  if (node.Filter !== undefined) parts.push(`filter ${withoutValues(node.Filter)}`);
  return parts.join(' ');
}

/** A condition with `?` for what is given to it, and without parentheses and casts, in which versions of PostgreSQL differ. */
function withoutValues(condition: string): string {
  return condition
    .replaceAll(/\(InitPlan \d+\)\.col\d+|\$\d+/g, '?')
    .replaceAll(/'(?:[^']|'')*'/g, '?')
    .replaceAll(/\(?(?:hashed )?SubPlan \d+\)?(?:\.col\d+)?/g, 'SubPlan')
    .replaceAll(/::[a-z_]+(?: with(?:out)? time zone)?(?:\[\])?|[()]/g, '');
}

/**
 * What stands in an index condition that keeps a scan to one organization (none has what is built in), or to rows whose ids are known:
 * none, where a column that is never null is asked for null.
 */
const BOUND = /(?<![.\w])(?:(?:id|\w+_id|\w+_by) = |(?:id|organization_id|role_id|user_id) IS NULL)/;
/**
 * Indexes over organizations: by them sign-in finds a provider or a CI trust, and a foreign key its rows. They serve a list that is
 * filtered by the same column only where the statistics say that few rows of all have the value.
 */
const OVER_ORGANIZATIONS = new Set(['ci_trusts_issuer_idx', 'identity_providers_issuer_idx', 'role_permissions_permission_idx']);

/**
 * The scans of a plan that read rows of others than the caller: a table from its beginning to its end, or an index of which no
 * condition says whose rows are meant.
 *
 * @param shared the tables in which the rows of many organizations are.
 */
export function unboundScans(node: PlanNode, shared: ReadonlySet<string>): string[] {
  const found = partsOf(node).flatMap((part) => unboundScans(part, shared));
  const table = node['Relation Name'];
  return table !== undefined && shared.has(table) && !isBound(node) ? [describe(node), ...found] : found;
}

function isBound(node: PlanNode): boolean {
  switch (node['Node Type']) {
    case 'Index Scan':
    case 'Index Only Scan':
    case 'Bitmap Index Scan':
      return BOUND.test(withoutValues(node['Index Cond'] ?? '')) || isOverOrganizations(node);
    case 'Bitmap Heap Scan':
    case 'BitmapAnd':
      return partsOf(node).some((part) => part['Node Type'].startsWith('Bitmap') && isBound(part));
    case 'BitmapOr':
      return partsOf(node).every(isBound);
    case 'ModifyTable':
      return true;
    default:
      return false;
  }
}

function isOverOrganizations(node: PlanNode): boolean {
  return OVER_ORGANIZATIONS.has(node['Index Name'] ?? '') && / = | IS NULL/.test(node['Index Cond'] ?? '');
}
