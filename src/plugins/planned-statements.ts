import type { OperationPlan } from 'postgraphile/grafast';

/** Steps that send one statement each, whatever they are asked for. */
const ONE_STATEMENT = new Set(['PgSelectStep', 'PgInsertSingleStep', 'PgUpdateSingleStep', 'PgDeleteSingleStep']);
/** Steps that carry what is in the context to others, and use none of it. */
const CARRIERS = new Set(['AccessStep', 'ObjectStep']);

/** What is looked at of a plan as JSON (its version 1, which the library does not export by name). */
interface PlanOfBuckets {
  readonly buckets: readonly { readonly steps: readonly PlannedStep[] }[];
}
interface PlannedStep {
  readonly id: string | number;
  readonly stepClass: string;
  readonly metaString: string | null;
  readonly dependencyIds: readonly (string | number)[];
}

const known = new WeakMap<OperationPlan, boolean>();

/**
 * Whether a plan sends one statement at most: then the transaction may end in the flight that it begins in. Looked for in
 * what depends on the context, since the database is reached through that alone.
 */
export function sendsOneStatement(plan: OperationPlan): boolean {
  let answer = known.get(plan);
  if (answer === undefined) known.set(plan, (answer = countsOne(plan)));
  return answer;
}

function countsOne(plan: OperationPlan): boolean {
  const steps = (plan.generatePlanJSON() as unknown as PlanOfBuckets).buckets.flatMap((bucket) => bucket.steps);
  const carriers = new Set(
    steps.filter(({ metaString, stepClass }) => stepClass === '__ValueStep' && metaString === 'context').map(({ id }) => id),
  );
  let statements = 0;
  // Steps stand after what they depend on; what is not found in one round is in the next.
  for (let before = -1; before !== carriers.size; ) {
    before = carriers.size;
    statements = 0;
    for (const { id, stepClass, dependencyIds } of steps) {
      if (!dependencyIds.some((dependency) => carriers.has(dependency))) continue;
      if (CARRIERS.has(stepClass)) carriers.add(id);
      else if (ONE_STATEMENT.has(stepClass)) statements += 1;
      else return false;
    }
  }
  return statements <= 1;
}
