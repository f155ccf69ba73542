import { execute } from 'grafast';
import { type GraphQLSchema, type OperationDefinitionNode, parse } from 'postgraphile/graphql';

/** How many plans one operation may have: they differ by variables such as those of `@include`. */
const PLANS_AN_OPERATION = 2;

/**
 * Has the plan of an operation kept as long as its parsed document is, and no longer: Grafast keeps the latest 500, and a
 * plan can have 10 MB. Grafast's cache has no name that others may use; it is found where the first operation puts it.
 *
 * @throws Error where Grafast has no such cache any more.
 */
export async function keepPlansWithDocuments(schema: GraphQLSchema): Promise<void> {
  await execute({ schema, document: parse('{ __typename }'), contextValue: {} });
  const grafast = schema.extensions.grafast as Record<symbol, unknown> & { operationOperationPlansCacheMaxLength?: number };
  const name = Object.getOwnPropertySymbols(grafast ?? {}).find(({ description }) => description === 'cacheByOperation');
  if (name === undefined) throw new Error("Grafast's cache of plans has changed: keepPlansWithDocuments must follow.");
  grafast[name] = new WeakMap<OperationDefinitionNode, unknown>();
  grafast.operationOperationPlansCacheMaxLength = PLANS_AN_OPERATION;
}
