/** How Grafast's input fields are given what they do; GraphQL's own type does not know of it. */
interface WithApply {
  readonly apply?: (parent: object, value: unknown, info: never) => unknown;
}

/**
 * Names as a frontend developer would guess them: `id` is the row's own id, `nodeId` the global one; an update says
 * `expectedVersion` for the version that it starts from.
 */
export const NamingPlugin: GraphileConfig.Plugin = {
  name: 'NamingPlugin',
  description: 'Gives the GraphQL schema the names that its users would guess',
  version: '1.0.0',
  after: ['PgAttributesPlugin', 'PgSimplifyInflectionPlugin'],
  inflection: {
    add: {
      // NodeAccessorPlugin, which has this, is left out; simplify-inflection warns where it finds nothing to simplify.
      nodeById: (_options, typeName: string) => `${typeName}ByNodeId`,
    },
    replace: {
      nodeIdFieldName: () => 'nodeId',
      _attributeName(previous, _options, details) {
        const name = previous?.(details) ?? details.attributeName;
        const attribute = details.codec.attributes[details.attributeName];
        const own = attribute?.extensions?.tags?.name ?? details.attributeName;
        return name === 'row_id' && own === 'id' ? 'id' : name;
      },
      // us-east → US_EAST, in_progress → IN_PROGRESS: GraphQL's own custom for enums.
      enumValue: (_previous, _options, value) => value.toUpperCase().replace(/[^A-Z0-9]+/g, '_'),
    },
  },
  schema: {
    hooks: {
      GraphQLInputObjectType_fields(fields, build, { scope: { isPgPatch }, Self }) {
        // A deployment's version is that of what is deployed: its changes are counted by rowVersion.
        const counter = fields.rowVersion === undefined ? 'version' : 'rowVersion';
        const { [counter]: version, ...others } = fields;
        if (isPgPatch !== true || version === undefined) return fields;
        return build.extend(
          others,
          {
            expectedVersion: {
              ...version,
              // A null is no expectation; written to the column it would be a version that no row has.
              apply: (parent: object, value: unknown, info: never) =>
                value === null ? undefined : (version as WithApply).apply?.(parent, value, info),
              description: 'The version that you have seen: if the row has changed since, nothing is updated and the error is CONFLICT.',
            },
          },
          `Renaming version of ${Self.name}`,
        );
      },
    },
  },
};
