import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'postgraphile/graphql';
import { tooComplex } from './too-complex.ts';

/** How large an operation may be, whatever it answers. */
export interface SizeLimits {
  readonly maxDepth: number;
  readonly maxFields: number;
  readonly maxAliases: number;
  readonly maxDirectives: number;
  /** Of one document. */
  readonly maxOperations: number;
}

interface Size {
  readonly depth: number;
  readonly fields: number;
  readonly aliases: number;
  readonly directives: number;
}

const NOTHING: Size = { depth: 0, fields: 0, aliases: 0, directives: 0 };

/**
 * Why a document is too large, or null: asked before validation, whose work can grow with the square of the document.
 * Fragments count as often as they are used, operations that are not run as well.
 */
export function refuseSize(document: DocumentNode, limits: SizeLimits): GraphQLError | null {
  const operations = document.definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION).length;
  if (operations > limits.maxOperations) {
    return tooComplex(
      `The document has ${operations} operations; at most ${limits.maxOperations} are allowed.`,
      operations,
      limits.maxOperations,
    );
  }
  for (const { depth, fields, aliases, directives } of measure(document)) {
    if (depth > limits.maxDepth) {
      return tooComplex(`The operation is nested ${depth} levels deep; at most ${limits.maxDepth} are allowed.`, depth, limits.maxDepth);
    }
    const counts: [number, number, string][] = [
      [fields, limits.maxFields, 'asks for {} fields'],
      [aliases, limits.maxAliases, 'has {} aliases'],
      [directives, limits.maxDirectives, 'has {} directives'],
    ];
    for (const [count, limit, words] of counts) {
      if (count > limit)
        return tooComplex(`The operation ${words.replace('{}', String(count))}; at most ${limit} are allowed.`, count, limit);
    }
  }
  return null;
}

/** How many fields a document asks for in all, fragments counted each time. */
export function countFields(document: DocumentNode): number {
  return measure(document).reduce((sum, { fields }) => sum + fields, 0);
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
      measured.set(name, NOTHING);
      const fragment = fragments.get(name);
      size = fragment === undefined ? NOTHING : ofDefinition(fragment);
      measured.set(name, size);
    }
    return size;
  };
  const ofDefinition = (definition: OperationDefinitionNode | FragmentDefinitionNode): Size => {
    const inner = ofSelections(definition.selectionSet);
    const variables = definition.variableDefinitions?.flatMap(({ directives }) => directives ?? []) ?? [];
    return { ...inner, directives: bounded(inner.directives + count(definition.directives) + variables.length) };
  };
  const ofSelections = ({ selections }: SelectionSetNode): Size => {
    let { depth, fields, aliases, directives } = NOTHING;
    for (const selection of selections) {
      const inner = below(selection);
      const isField = selection.kind === Kind.FIELD;
      depth = Math.max(depth, inner.depth + (isField ? 1 : 0));
      fields = bounded(fields + inner.fields + (isField ? 1 : 0));
      aliases = bounded(aliases + inner.aliases + (isField && selection.alias !== undefined ? 1 : 0));
      directives = bounded(directives + inner.directives + count(selection.directives));
    }
    return { depth, fields, aliases, directives };
  };
  const below = (selection: SelectionNode): Size => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value);
    return selection.selectionSet === undefined ? NOTHING : ofSelections(selection.selectionSet);
  };
  return document.definitions.flatMap((definition) => {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) return [ofFragment(definition.name.value)];
    return definition.kind === Kind.OPERATION_DEFINITION ? [ofDefinition(definition)] : [];
  });
}

function count(directives: readonly DirectiveNode[] | undefined): number {
  return directives?.length ?? 0;
}

/** Fragments within fragments double and double; JSON has no infinity. */
function bounded(sum: number): number {
  return Math.min(sum, Number.MAX_SAFE_INTEGER);
}
