import type { Step } from 'postgraphile/grafast';

/** Steps whose result follows from that of their dependencies, and from the plan, which stays the same. */
const FOLLOWING = new Set([
  'ApplyInputStep',
  'BakedInputStep',
  'ConstantStep',
  'ListStep',
  'ObjectStep',
  'PgSelectInlineApplyStep',
  '__InputDefaultStep',
  '__InputDynamicScalarStep',
  '__InputListStep',
  '__InputObjectStep',
  '__InputStaticLeafStep',
]);

/** What of a step is private to the library. */
interface Dependent extends Step {
  readonly dependencies: readonly Dependent[];
  readonly path?: readonly (string | number | symbol)[];
}

/**
 * The names of the operation's variables that the results of some steps follow from.
 *
 * @param variables the step that has the values of all variables.
 * @returns nothing where anything else may go into them: the context, rows, or a step that is not known here.
 */
export function variablesOf(steps: readonly Step[], variables: Step): readonly string[] | undefined {
  const names = new Set<string>();
  const seen = new Set<Dependent>();
  const waiting = [...steps] as Dependent[];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    if (seen.has(step)) continue;
    seen.add(step);
    const { name } = step.constructor;
    const [first] = step.dependencies;
    if (name === 'AccessStep' && first?.id === variables.id && typeof step.path?.[0] === 'string') names.add(step.path[0]);
    else if (FOLLOWING.has(name)) waiting.push(...step.dependencies);
    else return undefined;
  }
  return [...names];
}
