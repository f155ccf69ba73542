import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  type GraphQLSchema,
  getOperationAST,
  Kind,
  Lexer,
  NoSchemaIntrospectionCustomRule,
  type OperationDefinitionNode,
  Source,
  TokenKind,
} from 'postgraphile/graphql';
import { refuseCost } from './operation-cost.ts';
import { refuseSize, type SizeLimits } from './operation-size.ts';
import { tooComplex } from './too-complex.ts';

/** What an operation may ask for. */
export interface OperationLimits extends SizeLimits {
  readonly maxPageSize: number;
  readonly maxCost: number;
  /** Whether the schema may be asked for. */
  readonly introspection: boolean;
}

/** Words, numbers and signs of a document: parsing and validating more takes longer than answering. */
export const MAX_TOKENS = 10_000;
/** Characters of a document, were they but one name. */
export const MAX_CHARACTERS = 100_000;

/** Refuses operations that are too large before they are validated, and those that could answer too much before they are planned. */
export function operationLimitsPlugin(limits: OperationLimits): GraphileConfig.Plugin {
  return {
    name: 'OperationLimitsPlugin',
    description: 'Bounds the size and the cost of an operation',
    version: '1.0.0',
    grafserv: {
      middleware: {
        setPreset(next, { validationRules }) {
          validationRules.unshift((context) => {
            const refusal = refuseSize(context.getDocument(), limits);
            // Reported, it would only join what the other rules find.
            if (refusal !== null) throw refusal;
            return {};
          });
          if (!limits.introspection) validationRules.push(NoSchemaIntrospectionCustomRule);
          return next();
        },
      },
    },
    grafast: {
      middleware: {
        execute(next, { args }) {
          const operation = getOperationAST(args.document, args.operationName);
          if (operation === null || operation === undefined) return next();
          if (operation.operation === 'subscription') {
            return {
              errors: [
                new GraphQLError('Subscriptions are asked over a WebSocket at this same address, in the protocol graphql-transport-ws.'),
              ],
            };
          }
          const refusal = refuseOperation(args.schema, args.document, operation, args.variableValues ?? {}, limits);
          return refusal === null ? next() : { errors: [refusal] };
        },
      },
    },
  };
}

/** Why an operation could answer too much, or null; of a subscription, of one event. */
export function refuseOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  { maxPageSize, maxCost }: Pick<OperationLimits, 'maxPageSize' | 'maxCost'>,
): GraphQLError | null {
  return refuseCost({ schema, operation, fragments: fragmentsOf(document), variables, maxPageSize }, maxCost);
}

/** Why a text is too long to be parsed, or null. */
export function refuseLength(query: string): GraphQLError | null {
  if (query.length > MAX_CHARACTERS) {
    const message = `The document has more than ${MAX_CHARACTERS} characters: send long values as variables.`;
    return tooComplex(message, query.length, MAX_CHARACTERS);
  }
  if (query.length <= MAX_TOKENS) return null;
  const lexer = new Lexer(new Source(query));
  try {
    for (let tokens = 0; lexer.advance().kind !== TokenKind.EOF; tokens += 1) {
      if (tokens === MAX_TOKENS) return tooComplex(`The document has more than ${MAX_TOKENS} tokens.`, MAX_TOKENS + 1, MAX_TOKENS);
    }
  } catch {
    // Not GraphQL: the parser says where.
  }
  return null;
}

function fragmentsOf({ definitions }: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  return new Map(
    definitions.flatMap((definition) => (definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [])),
  );
}
