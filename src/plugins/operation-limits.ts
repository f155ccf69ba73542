import {
  type DocumentNode,
  type FieldNode,
  GraphQLError,
  getOperationAST,
  type IntValueNode,
  Kind,
  Lexer,
  type OperationDefinitionNode,
  type SelectionSetNode,
  Source,
  TokenKind,
  visit,
} from 'postgraphile/graphql';

/** What an operation may ask for. */
export interface OperationLimits {
  readonly maxDepth: number;
  readonly maxFields: number;
  readonly maxPageSize: number;
}

/** Words, numbers and signs of a document: parsing and validating more takes longer than answering. */
export const MAX_TOKENS = 10_000;

const PAGE_ARGUMENTS = new Set(['first', 'last']);

/**
 * Refuses operations that are nested too deep, ask for too many fields, or for too large a page: the first two before
 * validation, whose work can grow with the square of the document.
 */
export function operationLimitsPlugin(limits: OperationLimits): GraphileConfig.Plugin {
  return {
    name: 'OperationLimitsPlugin',
    description: 'Bounds the depth, the number of fields and the page size of an operation',
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
          return next();
        },
      },
    },
    grafast: {
      middleware: {
        execute(next, { args }) {
          const operation = getOperationAST(args.document, args.operationName);
          if (operation === null || operation === undefined) return next();
          // Validation lets them pass, though the schema has none.
          if (operation.operation === 'subscription') return { errors: [new GraphQLError('Subscriptions are not offered.')] };
          const refusal = refusePages(args.document, operation, args.variableValues ?? {}, limits.maxPageSize);
          return refusal === null ? next() : { errors: [refusal] };
        },
      },
    },
  };
}

/** Why a text is too long to be parsed, or null. */
export function refuseLength(query: string): GraphQLError | null {
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

/** Why a document is too deep or asks for too many fields, or null. Fragments count as often as they are used. */
export function refuseSize(document: DocumentNode, { maxDepth, maxFields }: OperationLimits): GraphQLError | null {
  for (const { depth, fields } of measure(document)) {
    if (depth > maxDepth)
      return tooComplex(`The operation is nested ${depth} levels deep; at most ${maxDepth} are allowed.`, depth, maxDepth);
    if (fields > maxFields)
      return tooComplex(`The operation asks for ${fields} fields; at most ${maxFields} are allowed.`, fields, maxFields);
  }
  return null;
}

/** Why a page of an operation is too large, or null. */
export function refusePages(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  variables: Readonly<Record<string, unknown>>,
  maxPageSize: number,
): GraphQLError | null {
  for (const { field, name, size } of pageSizes(document, operation, variables)) {
    if (size < 0 || size > maxPageSize) {
      return new GraphQLError(`The argument "${name}" must be from 0 to ${maxPageSize}; page by cursor for more.`, {
        nodes: field,
        extensions: { code: 'BAD_USER_INPUT', fields: [name] },
      });
    }
  }
  return null;
}

/** The error of an operation that asks for too much. */
export function tooComplex(message: string, cost: number, limit: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX', cost, limit } });
}

interface Size {
  readonly depth: number;
  readonly fields: number;
}

/** The size of each operation and fragment; each fragment is measured once, so the work is linear in the document. */
function measure(document: DocumentNode): Size[] {
  const fragments = new Map(
    document.definitions.flatMap((definition) =>
      definition.kind === Kind.FRAGMENT_DEFINITION ? [[definition.name.value, definition]] : [],
    ),
  );
  const measured = new Map<string, Size>();
  const ofFragment = (name: string): Size => {
    let size = measured.get(name);
    if (size === undefined) {
      // A fragment that contains itself is refused by validation; here it must only not loop.
      measured.set(name, { depth: 0, fields: 0 });
      const fragment = fragments.get(name);
      size = fragment === undefined ? { depth: 0, fields: 0 } : of(fragment.selectionSet);
      measured.set(name, size);
    }
    return size;
  };
  const of = (selectionSet: SelectionSetNode): Size => {
    let depth = 0;
    let fields = 0;
    for (const selection of selectionSet.selections) {
      const inner =
        selection.kind === Kind.FRAGMENT_SPREAD
          ? ofFragment(selection.name.value)
          : selection.selectionSet === undefined
            ? { depth: 0, fields: 0 }
            : of(selection.selectionSet);
      const own = selection.kind === Kind.FIELD ? 1 : 0;
      depth = Math.max(depth, inner.depth + own);
      // Fragments within fragments double and double; JSON has no infinity.
      fields = Math.min(fields + inner.fields + own, Number.MAX_SAFE_INTEGER);
    }
    return { depth, fields };
  };
  return document.definitions.flatMap((definition) => {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) return [ofFragment(definition.name.value)];
    return definition.kind === Kind.OPERATION_DEFINITION ? [of(definition.selectionSet)] : [];
  });
}

function pageSizes(document: DocumentNode, operation: OperationDefinitionNode, variables: Readonly<Record<string, unknown>>) {
  const defaults = new Map(operation.variableDefinitions?.map(({ variable, defaultValue }) => [variable.name.value, defaultValue]));
  const sizes: { field: FieldNode; name: string; size: number }[] = [];
  visit(document, {
    Field(field) {
      for (const { name, value } of field.arguments ?? []) {
        if (!PAGE_ARGUMENTS.has(name.value)) continue;
        const given = value.kind === Kind.VARIABLE ? (variables[value.name.value] ?? defaults.get(value.name.value)) : value;
        const size = isNode(given) ? given.value : given;
        if (size !== undefined && size !== null) sizes.push({ field, name: name.value, size: Number(size) });
      }
    },
  });
  return sizes;
}

function isNode(given: unknown): given is IntValueNode {
  return (given as { kind?: unknown } | null | undefined)?.kind === Kind.INT;
}
