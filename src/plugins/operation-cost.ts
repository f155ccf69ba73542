import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  GraphQLError,
  type GraphQLField,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  SchemaMetaFieldDef,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from 'postgraphile/graphql';
import { tooComplex } from './too-complex.ts';

/** An operation that validation has let pass, with what it is asked with. */
export interface AskedOperation {
  readonly schema: GraphQLSchema;
  readonly operation: OperationDefinitionNode;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly maxPageSize: number;
}

/** How many things a list without pages is taken to have: what it has is known by the database only. */
export const UNPAGED_LIST_SIZE = 100;

/** How many things the lists of introspection have of one type, about; `types` are counted. */
const INTROSPECTION_LISTS: Readonly<Record<string, number>> = {
  fields: 10,
  args: 3,
  inputFields: 5,
  enumValues: 5,
  interfaces: 1,
  possibleTypes: 2,
  directives: 5,
};

/**
 * What counts for more than one value, since it may have a megabyte (a canvas), a quarter of one (what is decrypted), or takes some 50 ms
 * of the one thread (a patch). Of each a page of the usual 100 is allowed, of patches a few.
 */
export const LARGE_VALUES: Readonly<Record<string, number>> = {
  'Design.canvas': 900,
  'DesignVersion.canvas': 900,
  'Template.canvas': 900,
  'Resource.config': 200,
  'State.state': 200,
  'StateVersion.state': 200,
  'DesignDiff.patch': 10_000,
};

const PAGE_ARGUMENTS = new Set(['first', 'last']);
/** The fields of a connection that hold its page. */
const PAGE_FIELDS = new Set(['nodes', 'edges']);

/** What a selection costs: once, and besides for each row of the page, where it is of a connection. */
interface Cost {
  readonly once: number;
  readonly perRow: number;
}

/** Costs that were found: only the sizes of pages can change them while an operation is the same. */
interface KnownCosts {
  readonly sizes: readonly string[];
  readonly bySizes: Map<string, number>;
}

/** With how many sizes of pages an operation's cost is remembered. */
const KEPT_SIZES = 20;
const known = new WeakMap<OperationDefinitionNode, KnownCosts>();

/** Why an operation could answer too much, or has a page that is too large; null where it may run. */
export function refuseCost(asked: AskedOperation, maxCost: number): GraphQLError | null {
  try {
    const cost = rememberedCost(asked);
    if (cost <= maxCost) return null;
    return tooComplex(`The operation could answer ${cost} values; at most ${maxCost} are allowed: ask for smaller pages.`, cost, maxCost);
  } catch (error) {
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

/** The cost of an operation, looked for once in all requests that ask it with the same sizes of pages. */
function rememberedCost(asked: AskedOperation): number {
  const { operation, variables, maxPageSize } = asked;
  const costs = known.get(operation);
  const sizesKey = (sizes: readonly string[]) => JSON.stringify([maxPageSize, ...sizes.map((name) => variables[name])]);
  const remembered = costs?.bySizes.get(sizesKey(costs.sizes));
  if (remembered !== undefined) return remembered;
  const sizes = new Set<string>();
  const cost = operationCost(asked, sizes);
  const { bySizes } = costs ?? { bySizes: new Map<string, number>() };
  if (bySizes.size < KEPT_SIZES) bySizes.set(sizesKey([...sizes]), cost);
  if (costs === undefined) known.set(operation, { sizes: [...sizes], bySizes });
  return cost;
}

/**
 * The cost of an operation: how many values it answers at most. A field counts as often as the pages that it is in have
 * rows; of introspection only the lists' entries count. Each fragment is looked at once, so the work is linear in the
 * document.
 *
 * @param sizes is given the names of the variables that pages have their size from.
 * @throws GraphQLError where a page is larger than is allowed.
 */
function operationCost({ schema, operation, fragments, variables, maxPageSize }: AskedOperation, sizes: Set<string>): number {
  const defaults = new Map(operation.variableDefinitions?.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]));
  const ofFragments = new Map<string, Cost>();

  function ofFragment(name: string): Cost {
    let cost = ofFragments.get(name);
    if (cost === undefined) {
      const fragment = fragments.get(name) as FragmentDefinitionNode;
      cost = ofSelections(fragment.selectionSet, schema.getType(fragment.typeCondition.name.value) as GraphQLCompositeType);
      ofFragments.set(name, cost);
    }
    return cost;
  }

  function ofSelections({ selections }: SelectionSetNode, type: GraphQLCompositeType): Cost {
    let once = 0;
    let perRow = 0;
    for (const selection of selections) {
      let cost: Cost;
      if (selection.kind === Kind.FIELD) {
        const value = ofField(selection, type);
        cost = isConnection(type) && PAGE_FIELDS.has(selection.name.value) ? { once: 0, perRow: value } : { once: value, perRow: 0 };
      } else if (selection.kind === Kind.FRAGMENT_SPREAD) {
        cost = ofFragment(selection.name.value);
      } else {
        const condition = selection.typeCondition?.name.value;
        cost = ofSelections(selection.selectionSet, condition === undefined ? type : (schema.getType(condition) as GraphQLCompositeType));
      }
      once = Math.min(once + cost.once, Number.MAX_SAFE_INTEGER);
      perRow = Math.min(perRow + cost.perRow, Number.MAX_SAFE_INTEGER);
    }
    return { once, perRow };
  }

  /** What a field costs for one of what it is a field of; of a page's fields, for one of its rows. */
  function ofField(node: FieldNode, parent: GraphQLCompositeType): number {
    const field = fieldOf(schema, node, parent);
    const page = pageOf(node, field);
    if (field === undefined || node.selectionSet === undefined) {
      return isIntrospectionType(parent) ? 0 : (LARGE_VALUES[`${parent.name}.${node.name.value}`] ?? 1);
    }
    const type = getNamedType(field.type);
    if (!isCompositeType(type)) return 1;
    const { once, perRow } = ofSelections(node.selectionSet, type);
    // The entries of an introspection list count themselves, its fields do not.
    const own = isIntrospectionType(type) && !isList(field.type) ? 0 : 1;
    const each = own + once + perRow * page;
    const entries = isConnection(parent) || !isList(field.type) ? 1 : entriesOf(node, parent, field, page);
    return Math.min(each * entries, Number.MAX_SAFE_INTEGER);
  }

  function entriesOf(node: FieldNode, parent: GraphQLCompositeType, field: GraphQLField<unknown, unknown>, page: number): number {
    if (field.args.some(({ name }) => PAGE_ARGUMENTS.has(name))) return page;
    if (!isIntrospectionType(parent)) return UNPAGED_LIST_SIZE;
    return node.name.value === 'types' ? Object.keys(schema.getTypeMap()).length : (INTROSPECTION_LISTS[node.name.value] ?? 1);
  }

  /** How many rows a field's page has at most; 1 where it has no page. */
  function pageOf(node: FieldNode, field: GraphQLField<unknown, unknown> | undefined): number {
    const pages = field?.args.flatMap(({ name, defaultValue }) => {
      if (!PAGE_ARGUMENTS.has(name)) return [];
      const value = node.arguments?.find((argument) => argument.name.value === name)?.value;
      if (value?.kind === Kind.VARIABLE) sizes.add(value.name.value);
      const asked =
        value?.kind === Kind.VARIABLE ? (variables[value.name.value] ?? literal(defaults.get(value.name.value))) : literal(value);
      const size = asked ?? defaultValue;
      return size === undefined || size === null ? [] : [pageSize(size, name, node)];
    });
    return pages === undefined || pages.length === 0 ? 1 : Math.min(...pages);
  }

  function pageSize(size: unknown, name: string, node: FieldNode): number {
    // What is no number is refused where variables are read; until then it counts as the most there may be.
    if (typeof size !== 'number' || Number.isNaN(size)) return maxPageSize;
    if (size >= 0 && size <= maxPageSize) return size;
    throw new GraphQLError(`The argument "${name}" must be from 0 to ${maxPageSize}; page by cursor for more.`, {
      nodes: node,
      extensions: { code: 'BAD_USER_INPUT', fields: [name] },
    });
  }

  return ofSelections(operation.selectionSet, schema.getRootType(operation.operation) as GraphQLCompositeType).once;
}

function literal(value: { readonly kind: Kind; readonly value?: unknown } | undefined): number | undefined {
  return value?.kind === Kind.INT ? Number(value.value) : undefined;
}

function fieldOf(schema: GraphQLSchema, { name }: FieldNode, parent: GraphQLCompositeType): GraphQLField<unknown, unknown> | undefined {
  if (parent === schema.getQueryType()) {
    if (name.value === SchemaMetaFieldDef.name) return SchemaMetaFieldDef;
    if (name.value === TypeMetaFieldDef.name) return TypeMetaFieldDef;
  }
  return isUnionType(parent) ? undefined : parent.getFields()[name.value];
}

function isConnection(type: GraphQLCompositeType): boolean {
  return isObjectType(type) && 'pageInfo' in type.getFields();
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(isNonNullType(type) ? type.ofType : type);
}
