import {
  type GraphQLScalarType,
  type GraphQLSchema,
  isNonNullType,
  isScalarType,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  parse,
  Source,
  type Token,
  TokenKind,
  TypeInfo,
  type ValueNode,
  visit,
  visitWithTypeInfo,
} from 'postgraphile/graphql';
import { DocumentCache } from './document-cache.ts';

/** An operation as it was sent, or as it is run. */
export interface Asked {
  readonly query: string;
  readonly variables?: Record<string, unknown> | null | undefined;
}

/** A document with variables where others of its shape have values. */
interface Template {
  readonly query: string;
  /** What each value is of, in the order of the text. */
  readonly types: readonly GraphQLScalarType[];
}

/** A text as it is run. */
interface Lifted {
  readonly query: string;
  readonly values: Readonly<Record<string, unknown>>;
}

const PREFIX = 'inlined_';
const MAX_CHARACTERS = 10_000;
const MAX_VALUES = 100;
const KEPT_FIELDS = 10_000;
const VALUES = new Set<string>([TokenKind.STRING, TokenKind.BLOCK_STRING, TokenKind.INT, TokenKind.FLOAT]);

/**
 * Takes values that a client has written into a document out of it: `defect(id: "…")` becomes `defect(id: $inlined_0)`. Documents that
 * differ in nothing else are then one, which is parsed, validated and planned once; each costs some milliseconds else.
 *
 * Only what means the same either way is taken out: strings and numbers that stand for one scalar, in a document of one
 * operation. What cannot be parsed, or would not be valid, is left as it was sent, and so are its errors.
 */
export class InlinedValues {
  readonly #schema: GraphQLSchema;
  readonly #isValid: (query: string) => boolean;
  /** By what is left of a text without its values; null where they must stay. */
  readonly #templates = new DocumentCache<Template | null>(KEPT_FIELDS);
  /** Texts that are sent again and again: they need not be looked through. */
  readonly #texts = new DocumentCache<Lifted | null>(KEPT_FIELDS);

  /** @param isValid whether a document may be run, as it is asked of all. */
  constructor(schema: GraphQLSchema, isValid: (query: string) => boolean) {
    this.#schema = schema;
    this.#isValid = isValid;
  }

  /** The operation as it is to be run. */
  lift<T extends Asked>(asked: T): T {
    const { query, variables } = asked;
    let lifted = this.#texts.get(query);
    if (lifted === undefined) {
      lifted = query.length > MAX_CHARACTERS || query.includes(PREFIX) ? null : this.#lifted(query);
      this.#texts.set(query, 1, lifted);
    }
    return lifted === null ? asked : { ...asked, query: lifted.query, variables: { ...variables, ...lifted.values } };
  }

  #lifted(query: string): Lifted | null {
    const tokens = tokensOf(query);
    const values = tokens.filter(({ kind }) => VALUES.has(kind));
    if (values.length === 0 || values.length > MAX_VALUES) return null;
    const shape = tokens.map((token) => (VALUES.has(token.kind) ? `${token.kind}?` : (token.value ?? token.kind))).join(' ');
    let template = this.#templates.get(shape);
    if (template === undefined) {
      template = templateOf(this.#schema, query);
      // Two values in one place are one field twice where they are written alike, not where they are two variables.
      if (template !== null && !this.#isValid(template.query)) template = null;
      this.#templates.set(shape, values.length, template);
    }
    if (template === null) return null;
    const found: [string, unknown][] = [];
    for (const [n, token] of values.entries()) {
      const value = variableOf(token, template.types[n] as GraphQLScalarType);
      if (value === undefined) return null;
      found.push([`${PREFIX}${n}`, value]);
    }
    return { query: template.query, values: Object.fromEntries(found) };
  }
}

/** The words of a text, without comments; none where it is not GraphQL. */
function tokensOf(query: string): Token[] {
  const tokens: Token[] = [];
  const lexer = new Lexer(new Source(query));
  try {
    for (let token = lexer.advance(); token.kind !== TokenKind.EOF; token = lexer.advance()) tokens.push(token);
    return tokens;
  } catch {
    return [];
  }
}

/** What a token says as a variable; nothing where the literal would be something else, or is none of the type. */
function variableOf({ kind, value }: Token, type: GraphQLScalarType): unknown {
  const isText = kind === TokenKind.STRING || kind === TokenKind.BLOCK_STRING;
  const literal = { kind: isText ? Kind.STRING : kind === TokenKind.INT ? Kind.INT : Kind.FLOAT, value } as ValueNode;
  const variable = isText ? value : Number(value);
  try {
    return Object.is(type.parseLiteral(literal), type.parseValue(variable)) ? variable : undefined;
  } catch {
    return undefined;
  }
}

/** The document with a variable for each value; null where one of them must stay. */
function templateOf(schema: GraphQLSchema, query: string): Template | null {
  let document: ReturnType<typeof parse>;
  try {
    document = parse(query);
  } catch {
    return null;
  }
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operations.length !== 1 || operation === undefined || operation.directives?.length !== 0) return null;
  // Its variables are declared where the text before them is as it was.
  if (document.definitions[0] !== operation) return null;
  const types: GraphQLScalarType[] = [];
  const declared: string[] = [];
  let text = '';
  let copied = 0;
  let stays = false;
  const info = new TypeInfo(schema);
  const take = ({ loc }: ValueNode) => {
    const type = info.getInputType();
    const scalar = isNonNullType(type) ? type.ofType : type;
    // Null or a default in place of a value is not told from it by its type alone.
    if (loc === undefined || !isScalarType(scalar) || info.getDirective() !== null) stays = true;
    else {
      const name = `$${PREFIX}${types.length}`;
      declared.push(`${name}: ${type}`);
      types.push(scalar);
      text += query.slice(copied, loc.start) + name;
      copied = loc.end;
    }
  };
  visit(
    document,
    visitWithTypeInfo(info, {
      VariableDefinition: ({ defaultValue }) => {
        if (defaultValue !== undefined) stays = true;
        return undefined;
      },
      StringValue: take,
      IntValue: take,
      FloatValue: take,
    }),
  );
  if (stays) return null;
  text += query.slice(copied);
  return { query: withVariables(text, operation, declared), types };
}

/** Declares variables of the operation that a text begins with; its values, now replaced, come after that place. */
function withVariables(
  text: string,
  { loc, variableDefinitions, selectionSet, name }: OperationDefinitionNode,
  declared: string[],
): string {
  const first = variableDefinitions?.[0]?.loc;
  if (first !== undefined) return `${text.slice(0, first.start)}${declared.join(', ')}, ${text.slice(first.start)}`;
  const start = loc?.start ?? 0;
  const isShort = name === undefined && selectionSet.loc?.start === start;
  const at = isShort ? start : (selectionSet.loc?.start ?? 0);
  return `${text.slice(0, at)}${isShort ? 'query ' : ''}(${declared.join(', ')}) ${text.slice(at)}`;
}
