/** Arguments that libraries give to many fields, in words of this API: theirs tell of arguments that are not offered, or nothing. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  offset: 'How many to leave out, from the start or from `after`.',
  after: 'Where to read on: the `endCursor` of an earlier page in the same order.',
  condition: 'Which to read: those whose fields have these values.',
  filter: 'Which to read: those that fit.',
  input: 'What is to be done, and with what.',
};

/** Fields of every mutation's input and payload. */
const INPUT_FIELDS: Readonly<Record<string, string>> = { clientMutationId: 'Given back as it is.' };
const PAYLOAD_FIELDS: Readonly<Record<string, string>> = {
  clientMutationId: 'What was given.',
  query: 'Whatever else is to be read, as it is after the mutation.',
};

/** Says of the arguments and fields that libraries add everywhere what they are here. */
export const LibraryDescriptionsPlugin: GraphileConfig.Plugin = {
  name: 'LibraryDescriptionsPlugin',
  description: 'Describes arguments and fields that libraries add, in words of this API',
  version: '1.0.0',
  after: ['PgFirstLastBeforeAfterArgsPlugin', 'PgConditionArgumentPlugin', 'PgConnectionArgFilterPlugin'],
  schema: {
    hooks: {
      GraphQLObjectType_fields_field_args_arg(argument, _build, { Self, scope: { argName } }) {
        const description = ARGUMENTS[argName];
        // Where a plugin of ours says it more closely, it stays.
        const isOurs = argName === 'input' && argument.description?.startsWith('The exclusive input') !== true;
        return description === undefined || isOurs || (argName === 'input') !== (Self.name === 'Mutation')
          ? argument
          : { ...argument, description };
      },
      GraphQLInputObjectType_fields_field(field, _build, { Self, scope: { fieldName } }) {
        const description = INPUT_FIELDS[fieldName];
        return description === undefined || !Self.name.endsWith('Input') ? field : { ...field, description };
      },
      GraphQLObjectType_fields_field(field, _build, { Self, scope: { fieldName } }) {
        const description = PAYLOAD_FIELDS[fieldName];
        return description === undefined || !Self.name.endsWith('Payload') ? field : { ...field, description };
      },
    },
  },
};
