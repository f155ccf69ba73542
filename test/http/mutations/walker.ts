import {
  type GraphQLInputObjectType,
  type GraphQLInputType,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
} from 'postgraphile/graphql';
import type { BaseRole } from '../../../src/database/identity.ts';
import { persona } from '../../support/database.ts';
import type { FixtureOrganization } from '../../support/fixture.ts';
import type { GraphQLAnswer, TestServer } from '../../support/server.ts';
import { NEEDED, PATCHED, ROLES, VALUES } from './hints.ts';
import { documentOf, inputOf, kindOf, listOf, MUTATIONS, type Place, rowOf } from './schema.ts';

type Input = Record<string, unknown>;

/** Builds valid inputs of mutations from their types, and carries mutations out, as an organization. */
export class Walker {
  private readonly server: TestServer;
  readonly organization: FixtureOrganization;
  private readonly known = new Map<string, Promise<readonly string[]>>();
  private readonly made = new Map<string, Promise<string>>();
  private readonly tokens = new Map<string, Promise<string>>();
  private n = 0;

  constructor(server: TestServer, organization: FixtureOrganization) {
    this.server = server;
    this.organization = organization;
  }

  /** The session of a person in a role. */
  async session(role: BaseRole): Promise<string> {
    const { data } = await this.server.query(persona(this.organization, 'admin'), '{ sessions { nodes { id userId } } }');
    return data.sessions.nodes.find(({ userId }: { userId: string }) => userId === this.organization.users[role]).id;
  }

  /** Carries a mutation out, by who may. */
  async run(mutation: string, input: unknown): Promise<GraphQLAnswer> {
    return this.runText(mutation, JSON.stringify(input));
  }

  /** As `run`, with the input as JSON: that has values that JavaScript has not. */
  async runText(mutation: string, input: string): Promise<GraphQLAnswer> {
    const role = ROLES[mutation] ?? 'admin';
    const headers: Record<string, string> = role === 'anonymous' ? {} : { authorization: `Bearer ${await this.token(role)}` };
    return this.server.post(headers, `{"query":${JSON.stringify(documentOf(mutation))},"variables":{"input":${input}}}`);
  }

  /** Signed in: some mutations are for who has a session. */
  private token(role: BaseRole): Promise<string> {
    const mint = async () =>
      this.server.token({
        ...persona(this.organization, role),
        credential: role === 'ci' ? null : { kind: 'session', id: await this.session(role) },
      });
    const token = this.tokens.get(role) ?? mint();
    this.tokens.set(role, token);
    return token;
  }

  /** A valid input: what must be given, and of a patch one field. */
  async validInput(mutation: string): Promise<Input> {
    return this.object(mutation, inputOf(mutation), []);
  }

  private async object(mutation: string, type: GraphQLInputObjectType, path: Place['path']): Promise<Input> {
    const object: Input = {};
    const fields = Object.values(type.getFields());
    const texts = fields.filter((field) => getNamedType(field.type).name === 'String');
    const patched = type.name.endsWith('Patch')
      ? (PATCHED[type.name] ?? (texts[0] ?? fields.find(({ name }) => name !== 'expectedVersion'))?.name)
      : undefined;
    for (const field of fields) {
      const required = isNonNullType(field.type) && field.defaultValue === undefined;
      if (!required && field.name !== patched && NEEDED[type.name]?.includes(field.name) !== true) continue;
      const place = { path: [...path, field.name], name: field.name, type: field.type, required, owner: type.name };
      object[field.name] = await this.validValue(mutation, place);
    }
    return object;
  }

  async validValue(mutation: string, place: Place): Promise<unknown> {
    const type: GraphQLInputType = isNonNullType(place.type) ? place.type.ofType : place.type;
    const hint =
      typeof place.path.at(-1) === 'number'
        ? undefined
        : (VALUES[`${place.owner}.${place.name}`] ??
          (type.toString() === 'String' || /Code$|^(expiresAt|financialExposure)$/.test(place.name) ? VALUES[place.name] : undefined));
    this.n += 1;
    if (hint !== undefined) return hint(this.organization, this.n, this);
    if (isListType(type)) return [await this.validValue(mutation, { ...place, path: [...place.path, 0], type: type.ofType })];
    if (isInputObjectType(type)) return this.object(mutation, type, place.path);
    if (isEnumType(type)) return type.getValues()[0]?.name;
    switch (type.name) {
      case 'String':
      case 'ID':
        return /ur[li]$/i.test(place.name) ? `https://example.com/${this.n}` : `x${this.n}`;
      case 'Int':
      case 'Float':
        return 1;
      case 'BigInt':
      case 'BigFloat':
        return '1';
      case 'Boolean':
        return true;
      case 'Date':
        return '2026-01-01';
      case 'Datetime':
        return '2026-01-01T00:00:00Z';
      case 'JSON':
        return {};
      case 'UUID':
        return this.ownId(mutation, place);
      default:
        throw new Error(`${mutation}: nothing says what is valid for ${place.path.join('.')}, a ${type}: add it to hints.ts.`);
    }
  }

  /** The id of a row of the right kind: a new one for what the mutation changes, one that exists for what it refers to. */
  private async ownId(mutation: string, place: Place): Promise<string> {
    const kind = kindOf(mutation, place);
    if (kind === null) throw new Error(`${mutation}: nothing says what ${place.path.join('.')} is the id of: add it to hints.ts.`);
    const create = `create${kind}`;
    if (!MUTATIONS.includes(create) || !(place.name === 'id' || /Ids$/.test(place.name))) return this.anyId(kind);
    // What is changed again and again is one row; what is ended is another each time.
    if (!mutation.startsWith('update')) return this.make(create);
    const made = this.made.get(mutation) ?? this.make(create);
    this.made.set(mutation, made);
    return made;
  }

  /** Makes a row by its mutation, and gives its id. */
  async make(mutation: string): Promise<string> {
    const answer = await this.run(mutation, await this.validInput(mutation));
    const id = answer.data?.answer?.[rowOf(mutation)?.field ?? '']?.id;
    if (typeof id !== 'string')
      throw new Error(`${mutation} makes nothing: ${JSON.stringify(answer.errors)}: add to hints.ts what it needs.`);
    return id;
  }

  /** The id of a row that the organization has. */
  async anyId(kind: string): Promise<string> {
    const [id] = await this.ids(kind);
    if (id === undefined) throw new Error(`The organization has no ${kind}: add one to the fixture.`);
    return id;
  }

  /** The id of a row that the organization has and another has not. */
  async idBeyond(kind: string, other: Walker): Promise<string> {
    const known = await other.ids(kind);
    const id = (await this.ids(kind)).find((each) => !known.includes(each));
    if (id === undefined) throw new Error(`The organization has no ${kind} of its own: add one to the fixture.`);
    return id;
  }

  /** The ids of rows that the organization has, or had when they were first asked for. */
  ids(kind: string): Promise<readonly string[]> {
    const list = listOf(kind);
    if (list === null) throw new Error(`There is no list of ${kind}: add its ids to hints.ts.`);
    const ask = async () => {
      const query = `{ list: ${list}(first: 20) { nodes { id: ${kind === 'Member' ? 'userId' : 'id'} } } }`;
      const { data, errors } = await this.server.query(persona(this.organization, 'admin'), query);
      if (errors.length > 0) throw new Error(`The administrator reads no ${list}: ${JSON.stringify(errors)}`);
      return data.list.nodes.map(({ id }: { id: string }) => id);
    };
    const ids = this.known.get(kind) ?? ask();
    this.known.set(kind, ids);
    return ids;
  }
}

/** An input as JSON, with other values at some places; undefined leaves a value out. Lists and objects on the way are made. */
export function withValues(input: Input, values: readonly { path: Place['path']; json: string | undefined }[]): string {
  const copy = structuredClone(input);
  const texts = new Map<string, string>();
  for (const { path, json } of values) {
    let at: Record<string | number, unknown> = copy;
    for (const [index, key] of path.slice(0, -1).entries()) {
      if (typeof at[key] !== 'object' || at[key] === null) at[key] = typeof path[index + 1] === 'number' ? [] : {};
      at = at[key] as Record<string | number, unknown>;
    }
    const last = path.at(-1) as string | number;
    // JSON has values that JavaScript has not, so they are put in as text.
    const mark = `mark ${texts.size}`;
    if (json === undefined) delete at[last];
    else {
      texts.set(`"${mark}"`, json);
      at[last] = mark;
    }
  }
  return JSON.stringify(copy).replace(/"mark \d+"/g, (mark) => texts.get(mark) as string);
}
