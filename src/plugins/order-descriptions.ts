const WITHOUT_ATTRIBUTE: Readonly<Record<string, string>> = {
  NATURAL: 'In the order in which they are found, which may be another each time.',
  PRIMARY_KEY_ASC: 'By what identifies them, ascending.',
  PRIMARY_KEY_DESC: 'By what identifies them, descending.',
};

/** Describes the values by which lists are ordered and aggregates are grouped: the fields that they are named after. */
export const OrderDescriptionsPlugin: GraphileConfig.Plugin = {
  name: 'OrderDescriptionsPlugin',
  description: 'Describes the orders of lists and the groupings of aggregates',
  version: '1.0.0',
  schema: {
    hooks: {
      GraphQLEnumType_values_value(value, build, { scope: { valueName }, Self }) {
        if (value.description != null || !/(OrderBy|GroupBy)$/.test(Self.name)) return value;
        const [, name = valueName, direction] = /^(.*)_(ASC|DESC)$/.exec(valueName) ?? [];
        const field = build.inflection.camelCase(name.toLowerCase());
        const how = direction === undefined ? '' : direction === 'ASC' ? ', ascending' : ', descending';
        return { ...value, description: WITHOUT_ATTRIBUTE[valueName] ?? `By \`${field}\`${how}.` };
      },
    },
  },
};
