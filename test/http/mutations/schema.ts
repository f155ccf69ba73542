import { readFileSync } from 'node:fs';
import {
  buildSchema,
  type GraphQLField,
  type GraphQLInputObjectType,
  type GraphQLInputType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'postgraphile/graphql';
import { KINDS } from './hints.ts';

/** The committed schema, which a test holds to be the server's. */
export const schema: GraphQLSchema = buildSchema(readFileSync(new URL('../../../schema.graphql', import.meta.url), 'utf8'));

const mutationType = schema.getMutationType() as GraphQLObjectType;

/** Every mutation: what makes rows first, what ends things last. */
export const MUTATIONS: readonly string[] = Object.keys(mutationType.getFields()).sort(
  (a, b) => Number(ends(a)) - Number(ends(b)) || (a < b ? -1 : 1),
);

function ends(name: string): boolean {
  return /^(delete|remove|revoke|signOut|reset|leave|disconnect)/.test(name);
}

/** A place in a mutation's input: its keys, its type, and whether it must be given. */
export interface Place {
  readonly path: readonly (string | number)[];
  /** The field's name, for a list's item the list's. */
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly required: boolean;
  /** The input type that the field belongs to. */
  readonly owner: string;
}

export function mutationNamed(name: string): GraphQLField<unknown, unknown> {
  const field = mutationType.getFields()[name];
  if (field === undefined) throw new Error(`There is no mutation ${name}.`);
  return field;
}

export function inputOf(name: string): GraphQLInputObjectType {
  const [argument, ...others] = mutationNamed(name).args;
  const type = argument === undefined ? undefined : getNullableType(argument.type);
  if (argument?.name !== 'input' || others.length > 0 || !isInputObjectType(type)) throw new Error(`${name} takes more than one input.`);
  return type;
}

/** Every place of an input at which a value can be wrong, those within lists and objects too. */
export function placesOf(type: GraphQLInputObjectType, path: Place['path'] = [], within: readonly string[] = []): Place[] {
  if (within.includes(type.name)) return [];
  return Object.values(type.getFields()).flatMap((field) => {
    const place = {
      path: [...path, field.name],
      name: field.name,
      type: getNullableType(field.type) as GraphQLInputType,
      required: isNonNullType(field.type) && field.defaultValue === undefined,
      owner: type.name,
    };
    return [place, ...inner(place, [...within, type.name])];
  });
}

function inner(place: Place, within: readonly string[]): Place[] {
  if (isInputObjectType(place.type)) return placesOf(place.type, place.path, within);
  if (!isListType(place.type)) return [];
  const item = {
    ...place,
    path: [...place.path, 0],
    type: getNullableType(place.type.ofType) as GraphQLInputType,
    required: isNonNullType(place.type.ofType),
  };
  return [item, ...inner(item, within)];
}

/** The field of a payload that is the row: its name and type. */
export function rowOf(name: string): { field: string; type: GraphQLObjectType } | null {
  const payload = getNamedType(mutationNamed(name).type);
  if (!isObjectType(payload)) return null;
  for (const { name: field, type } of Object.values(payload.getFields())) {
    if (isObjectType(type) && type.name !== 'Query' && 'id' in type.getFields()) return { field, type };
  }
  return null;
}

/** A document that carries a mutation out and reads back what it answers. */
export function documentOf(name: string): string {
  const payload = getNamedType(mutationNamed(name).type);
  const row = rowOf(name);
  const read = Object.values((payload as GraphQLObjectType).getFields())
    .filter(({ type }) => isLeafType(getNamedType(type)))
    .map((field) => field.name);
  return `mutation ($input: ${inputOf(name).name}!) { answer: ${name}(input: $input) { ${[...read, row === null ? '__typename' : `${row.field} { id }`].join(' ')} } }`;
}

/** The list that has rows of a type; null where there is none. */
export function listOf(kind: string): string | null {
  const fields = Object.values((schema.getQueryType() as GraphQLObjectType).getFields());
  return fields.find(({ type }) => getNamedType(type).name === `${kind}Connection`)?.name ?? null;
}

/** The type of the rows that an id at a place names; null where the schema does not tell. */
export function kindOf(mutation: string, place: Place): string | null {
  const row = rowOf(mutation)?.type;
  const said = KINDS[`${place.owner}.${place.name}`];
  if (said !== undefined) return said;
  if (place.name === 'id') return row?.name ?? null;
  const relation = place.name.replace(/Ids?$/, '');
  const of = (owner: string) => {
    const type = schema.getType(owner.replace(/(Input|Patch)$/, ''));
    if (!isObjectType(type)) return null;
    const field = type.getFields()[relation];
    return field === undefined ? null : getNamedType(field.type).name;
  };
  const name = relation.charAt(0).toUpperCase() + relation.slice(1);
  return of(place.owner) ?? (relation === 'other' ? (row?.name ?? null) : schema.getType(name) === undefined ? null : name);
}

/** Every kind of row that some mutation takes the id of. */
export function kindsNamed(): string[] {
  const kinds = MUTATIONS.flatMap((mutation) =>
    placesOf(inputOf(mutation))
      .filter(({ type }) => getNamedType(type).name === 'UUID')
      .map((place) => kindOf(mutation, place)),
  );
  return [...new Set(kinds.filter((kind) => kind !== null))];
}
