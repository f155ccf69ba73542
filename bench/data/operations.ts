import { type ProjectPlan, SPAN_MS } from './plan.ts';
import type { Random } from './random.ts';
import type { TableRows } from './tables.ts';
import { ACTIONS, ENTITIES } from './vocabulary.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const ENVIRONMENTS = ['production', 'staging', 'development'] as const;
const DEPLOYMENT_STATUSES = ['success', 'success', 'success', 'success', 'success', 'failed', 'rolled_back'] as const;
/** Only the newest state: what led to it is in no history, which no dashboard shows. */
const REQUEST_STATUSES = ['open', 'in_progress', 'completed', 'completed', 'completed', 'cancelled'] as const;

/** Deployments and maintenance requests of a project, as many as its dashboards would have to count. */
export function addOperations(random: Random, plan: ProjectPlan, now: number, rows: TableRows): void {
  const deployments = Math.min(2_000, Math.max(5, Math.round(plan.defects / 5)));
  for (let n = 0; n < deployments; n += 1) {
    const time = Math.floor(now - 3_600_000 - SPAN_MS * (1 - (n + random.number()) / deployments));
    const at = new Date(time);
    rows.deployments.add([
      ...[plan.organizationId, random.uuid(time), plan.id, `1.${n}.0`, random.pick(ENVIRONMENTS), random.pick(DEPLOYMENT_STATUSES)],
      ...[random.pick(plan.workers), at, 30 + random.below(900), random.hex(40), at, at],
    ]);
  }
  const requests = Math.min(500, Math.max(2, Math.round(plan.defects / 50)));
  for (let n = 0; n < requests; n += 1) {
    const time = Math.floor(now - SPAN_MS * random.number());
    const at = new Date(time);
    rows.maintenance_requests.add([
      ...[plan.organizationId, random.uuid(time), plan.id, random.pick(plan.workers), random.pick(plan.workers)],
      `${random.pick(ACTIONS)} ${random.pick(ENTITIES)}`,
      ...[random.pick(['low', 'medium', 'high', 'critical']), random.pick(REQUEST_STATUSES)],
      ...[new Date(time + 30 * DAY_MS).toISOString().slice(0, 10), at, at],
    ]);
  }
}
