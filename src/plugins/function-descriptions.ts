/** What the arguments and results of the database's functions are; they have no comments of their own in PostgreSQL. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  id: 'Its id.',
  userId: 'The person.',
  roleId: 'The role.',
  permissions: 'The names of the permissions; those that the role had and that are not named are taken away.',
  member: 'The membership as it is now.',
  role: 'The role as it is now.',
  session: 'The session as it is now.',
  apiKey: 'The key as it is now.',
  signedOut: 'Whether there was a session to end.',
  endedSessions: 'How many sessions were ended.',
  projectId: 'The project; the whole organization, if it is not given.',
  frameworkId: 'The framework; all of them, if it is not given.',
  maintenanceRequestId: 'The maintenance request; all of them, if it is not given.',
  since: 'The first day that counts.',
  until: 'The last day that counts.',
  ids: 'Which; all of them, if they are not given.',
  marked: 'How many were unread until now.',
  days: 'How many days, today included: 30, if it is not said; 366 at most.',
};

/** Describes the arguments and results of queries and mutations that are functions of the database, by their names. */
export const FunctionDescriptionsPlugin: GraphileConfig.Plugin = {
  name: 'FunctionDescriptionsPlugin',
  description: 'Describes the arguments and results of queries and mutations that are functions of the database',
  version: '1.0.0',
  schema: {
    hooks: {
      GraphQLInputObjectType_fields_field(field, _build, { scope: { fieldName }, Self }) {
        const description = DESCRIPTIONS[fieldName];
        return field.description != null || !Self.name.endsWith('Input') || description === undefined ? field : { ...field, description };
      },
      GraphQLObjectType_fields_field_args_arg(arg, _build, { Self, scope: { argName } }) {
        const description = DESCRIPTIONS[argName];
        return arg.description != null || Self.name !== 'Query' || description === undefined ? arg : { ...arg, description };
      },
      GraphQLObjectType_fields_field(field, _build, { scope: { fieldName }, Self }) {
        const description = DESCRIPTIONS[fieldName];
        return field.description != null || !Self.name.endsWith('Payload') || description === undefined ? field : { ...field, description };
      },
    },
  },
};
