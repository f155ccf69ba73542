/** The arguments of lookups by key (`project(id:)`) are described as the columns that they are. */
export const LookupDescriptionsPlugin: GraphileConfig.Plugin = {
  name: 'LookupDescriptionsPlugin',
  description: 'Describes the arguments of lookups by key',
  version: '1.0.0',
  schema: {
    hooks: {
      GraphQLObjectType_fields_field_args_arg(argument, build, { scope }) {
        const { argName, isPgRowByUniqueConstraintField, pgFieldResource, pgFieldResourceUnique } = scope;
        const codec = pgFieldResource?.codec;
        if (isPgRowByUniqueConstraintField !== true || codec?.attributes === undefined) return argument;
        const attributeName = pgFieldResourceUnique?.attributes.find(
          (name) => build.inflection.attribute({ attributeName: name, codec }) === argName,
        );
        const description = attributeName === undefined ? undefined : codec.attributes[attributeName]?.description;
        return description === undefined ? argument : { ...argument, description };
      },
    },
  },
};
