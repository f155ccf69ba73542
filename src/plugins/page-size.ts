/** How many rows a list gives where the client does not say. */
export const DEFAULT_PAGE_SIZE = 100;

/** Lists give 100 rows unless asked for another number; "all" cannot be asked for. */
export const PageSizePlugin: GraphileConfig.Plugin = {
  name: 'PageSizePlugin',
  description: 'Gives the argument "first" a default and makes it non-null',
  version: '1.0.0',
  after: ['PgFirstLastBeforeAfterArgsPlugin'],
  schema: {
    hooks: {
      GraphQLObjectType_fields_field_args_arg(argument, build, { scope: { argName, isPgFieldConnection, isPgFieldSimpleCollection } }) {
        if (argName !== 'first' || (isPgFieldConnection !== true && isPgFieldSimpleCollection !== true)) return argument;
        const { GraphQLInt, GraphQLNonNull } = build.graphql;
        return {
          ...argument,
          type: new GraphQLNonNull(GraphQLInt),
          defaultValue: DEFAULT_PAGE_SIZE,
          description: 'How many to read at most, from the start or from `after`.',
        };
      },
    },
  },
};
