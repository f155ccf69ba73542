import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'postgraphile/graphql';

const schema = buildSchema(readFileSync(new URL('../../schema.graphql', import.meta.url), 'utf8'));
const query = schema.getQueryType() as GraphQLObjectType;

/** A way to ask for something: GraphQL of one field, to stand beside others under an alias. */
export type Asking = string;

/** A list of the API: what it can be asked for, and whether a role must read what is masked. */
export interface List {
  readonly name: string;
  readonly askings: readonly Asking[];
}

const idNumber = (n: number) => `01936ee8-0000-7000-8000-${String(n).padStart(12, '0')}`;
/** Of each kind of value one, as GraphQL writes it. */
const VALUES: Readonly<Record<string, string>> = {
  UUID: `"${idNumber(1)}"`,
  String: '"a"',
  Datetime: '"2026-06-01T00:00:00Z"',
  Date: '"2026-06-01"',
  Int: '1',
  BigInt: '"1"',
  BigFloat: '"1"',
  Float: '1',
  Boolean: 'true',
  Cursor: 'null',
};
/** Of the operators of a filter one of each kind: what an index serves, and what none does. */
const OPERATORS = ['equalTo', 'notEqualTo', 'in', 'greaterThan', 'isNull', 'startsWith', 'includesInsensitive'];

const PAGE = 'nodes { __typename } pageInfo { hasNextPage endCursor }';

/** Every list that can be asked for by itself. */
export const LISTS: readonly List[] = Object.values(query.getFields())
  .filter(isList)
  .map((field) => ({ name: field.name, askings: askingsOf(field) }));

/** Everything that is found by a key. */
export const LOOKUPS: readonly Asking[] = Object.values(query.getFields())
  .filter((field) => isObjectType(getNamedType(field.type)) && !isList(field) && field.args.length > 0 && field.name !== 'explainAccess')
  .map((field) => {
    const given = field.args.filter(isRequired).map((argument) => `${argument.name}: ${literalOf(argument.type)}`);
    return `${field.name}${given.length > 0 ? `(${given.join(', ')})` : ''} { __typename }`;
  });

/** Every list within a thing that is found by its id, in each of its orders. */
export const INNER_LISTS: readonly List[] = Object.values(query.getFields())
  .filter((field) => field.args.length === 1 && field.args[0]?.name === 'id')
  .flatMap((field) => {
    const type = getNamedType(field.type) as GraphQLObjectType;
    return Object.values(type.getFields())
      .filter(isList)
      .map((inner) => ({
        name: `${type.name}.${inner.name}`,
        // Each of another thing: what is asked of the same one is read together.
        askings: [...ordersOf(inner), ''].map(
          (order, n) => `${field.name}(id: "${idNumber(n + 1)}") { ${inner.name}(first: 2 ${order}) { totalCount ${PAGE} } }`,
        ),
      }));
  });

function isList(field: GraphQLField<unknown, unknown>): boolean {
  const type = getNamedType(field.type);
  return isObjectType(type) && 'totalCount' in type.getFields();
}

/** A list as it comes, with its count, in each order, by each filter, and grouped. */
function askingsOf(field: GraphQLField<unknown, unknown>): Asking[] {
  const filter = field.args.find(({ name }) => name === 'filter');
  const filters = filter === undefined ? [] : filtersOf(getNamedType(filter.type) as GraphQLInputObjectType);
  const group = (getNamedType(field.type) as GraphQLObjectType).getFields().groupedAggregates;
  const groupBy =
    group?.args
      .map(({ type }) => getNamedType(type))
      .find(isEnumType)
      ?.getValues() ?? [];
  return [
    `${field.name}(first: 2) { totalCount ${PAGE} }`,
    ...ordersOf(field).map((order) => `${field.name}(first: 2 ${order}) { ${PAGE} }`),
    ...filters.map((condition) => `${field.name}(first: 2, filter: { ${condition} }) { totalCount ${PAGE} }`),
    ...groupBy.map(({ name }) => `${field.name}(first: 2) { groupedAggregates(groupBy: [${name}]) { keys distinctCount { id } } }`),
  ];
}

function ordersOf(field: GraphQLField<unknown, unknown>): string[] {
  const orders = field.args.filter(({ name }) => name === 'orderBy').map(({ type }) => getNamedType(type));
  return orders.filter(isEnumType).flatMap((order) => order.getValues().map(({ name }) => `orderBy: [${name}]`));
}

/** A filter's fields with each operator; of those about related rows, that one is there and that one has an id. */
function filtersOf(type: GraphQLInputObjectType): string[] {
  return Object.values(type.getFields()).flatMap((field) => {
    if (['and', 'or', 'not'].includes(field.name)) return [];
    const kind = getNamedType(field.type);
    if (!isInputObjectType(kind)) return [`${field.name}: true`];
    const inner = kind.getFields();
    const operators = OPERATORS.filter((operator) => operator in inner);
    if (operators.length > 0) {
      return operators.map((operator) => `${field.name}: { ${operator}: ${literalOf(inner[operator]?.type as GraphQLInputType)} }`);
    }
    const related = ['some', 'none', 'every'].filter((quantifier) => quantifier in inner);
    if (related.length === 0) return [`${field.name}: { ${idFilterOf(kind)} }`];
    return related.map(
      (quantifier) => `${field.name}: { ${quantifier}: { ${idFilterOf(getNamedType(inner[quantifier]?.type as GraphQLInputType))} } }`,
    );
  });
}

function idFilterOf(type: GraphQLNamedType): string {
  const fields = (type as GraphQLInputObjectType).getFields();
  const [name, field] = Object.entries(fields).find(([name]) => name === 'id' || /Id$|^name$|^code$/.test(name)) ?? [];
  if (field === undefined) throw new Error(`${type.name} has no id.`);
  const inner = (getNamedType(field.type) as GraphQLInputObjectType).getFields();
  return `${name}: { equalTo: ${literalOf(inner.equalTo?.type as GraphQLInputType)} }`;
}

function isRequired({ type }: { readonly type: GraphQLInputType }): boolean {
  return isNonNullType(type);
}

function literalOf(type: GraphQLInputType): string {
  const named = getNamedType(type);
  const value = isEnumType(named) ? named.getValues()[0]?.name : isScalarType(named) ? VALUES[named.name] : undefined;
  if (value === undefined) throw new Error(`There is no value of ${named.name}.`);
  return isListType(isNonNullType(type) ? type.ofType : type) ? `[${value}]` : value;
}
