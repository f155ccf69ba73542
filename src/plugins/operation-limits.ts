import { type DocumentNode, type FieldNode, GraphQLError, getOperationAST, Kind, type SelectionSetNode, visit } from 'postgraphile/graphql';

/** What an operation may ask for. */
export interface OperationLimits {
  readonly maxDepth: number;
  readonly maxFields: number;
  readonly maxPageSize: number;
}

const PAGE_ARGUMENTS = new Set(['first', 'last']);

/** Refuses operations that are nested too deep, ask for too many fields, or for too large a page. */
export function operationLimitsPlugin(limits: OperationLimits): GraphileConfig.Plugin {
  return {
    name: 'OperationLimitsPlugin',
    description: 'Bounds the depth, the number of fields and the page size of an operation',
    version: '1.0.0',
    grafast: {
      middleware: {
        execute(next, { args }) {
          const message = refusal(args.document, args.operationName, args.variableValues ?? {}, limits);
          return message === null ? next() : { errors: [message] };
        },
      },
    },
  };
}

/**
 * Why an operation is refused, or null. Fields are counted as often as they are asked for, fragments included; each
 * fragment is measured once, so the work is linear in the size of the document.
 */
export function refusal(
  document: DocumentNode,
  operationName: string | null | undefined,
  variables: Readonly<Record<string, unknown>>,
  limits: OperationLimits,
): GraphQLError | null {
  const operation = getOperationAST(document, operationName);
  if (operation === null || operation === undefined) return null;
  const { depth, fields } = measure(document, operation.selectionSet);
  if (depth > limits.maxDepth) {
    return tooComplex(`The operation is nested ${depth} levels deep; at most ${limits.maxDepth} are allowed.`, depth, limits.maxDepth);
  }
  if (fields > limits.maxFields) {
    return tooComplex(`The operation asks for ${fields} fields; at most ${limits.maxFields} are allowed.`, fields, limits.maxFields);
  }
  for (const { field, name, size } of pageSizes(document, variables)) {
    if (size < 0 || size > limits.maxPageSize) {
      return new GraphQLError(`The argument "${name}" must be from 0 to ${limits.maxPageSize}; page by cursor for more.`, {
        nodes: field,
        extensions: { code: 'BAD_USER_INPUT', fields: [name] },
      });
    }
  }
  return null;
}

function tooComplex(message: string, cost: number, limit: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'QUERY_TOO_COMPLEX', cost, limit } });
}

interface Size {
  readonly depth: number;
  readonly fields: number;
}

function measure(document: DocumentNode, root: SelectionSetNode): Size {
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
      fields += inner.fields + own;
    }
    return { depth, fields };
  };
  return of(root);
}

function pageSizes(document: DocumentNode, variables: Readonly<Record<string, unknown>>) {
  const sizes: { field: FieldNode; name: string; size: number }[] = [];
  visit(document, {
    Field(field) {
      for (const { name, value } of field.arguments ?? []) {
        if (!PAGE_ARGUMENTS.has(name.value)) continue;
        const given = value.kind === Kind.INT ? value.value : value.kind === Kind.VARIABLE ? variables[value.name.value] : undefined;
        if (given !== undefined && given !== null) sizes.push({ field, name: name.value, size: Number(given) });
      }
    },
  });
  return sizes;
}
