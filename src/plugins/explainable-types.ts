import type { NodeIdHandler } from 'postgraphile/grafast';
import 'graphile-build';
import 'graphile-build-pg';

/** A GraphQL type whose rows are those of a table or view. */
export interface ExplainableType {
  readonly table: string;
  /** The field of each column that clients know, masked ones among them. */
  readonly fields: ReadonlyMap<string, string>;
  readonly nodeIds: NodeIdHandler | undefined;
}

/** A row by its type and the columns of its key. */
export interface RowReference {
  readonly type: string;
  readonly key: Readonly<Record<string, unknown>>;
}

/** The types of a schema whose rows access can be explained for, by name. */
export function explainableTypes(build: GraphileBuild.Build): ReadonlyMap<string, ExplainableType> {
  const types = new Map<string, ExplainableType>();
  for (const resource of Object.values(build.pgResources)) {
    const { codec, parameters } = resource;
    if (codec.attributes === undefined || codec.isAnonymous === true || parameters !== undefined) continue;
    const type = build.inflection.tableType(codec as never);
    const table = codec.extensions?.pg?.name;
    if (table === undefined || build.getTypeByName(type) === undefined) continue;
    const fields = new Map<string, string>();
    for (const name of Object.keys(codec.attributes)) {
      const attribute = [codec, name] as never;
      const isField = SHOWN.some((behavior) => build.behavior.pgCodecAttributeMatches(attribute, behavior));
      const isMasked = `${table}_${name}` in build.pgResources;
      if (isField || isMasked) fields.set(name, build.inflection.attribute({ codec, attributeName: name } as never));
    }
    types.set(type, { table, fields, nodeIds: build.getNodeIdHandler?.(type) });
  }
  return types;
}

const SHOWN = ['attribute:select', 'attribute:insert', 'attribute:update'] as const;

/** The row that a globally unique identifier names; null where it names none that there could be. */
export function referenceOf(types: ReadonlyMap<string, ExplainableType>, nodeId: string): RowReference | null {
  for (const [type, { nodeIds }] of types) {
    if (nodeIds === undefined) continue;
    const specifier = decode(nodeIds, nodeId);
    if (specifier !== null && nodeIds.match(specifier)) return { type, key: { id: nodeIds.getIdentifiers(specifier)[0] } };
  }
  return null;
}

function decode({ codec }: NodeIdHandler, nodeId: string): unknown {
  try {
    return codec.decode(nodeId);
  } catch {
    return null;
  }
}
