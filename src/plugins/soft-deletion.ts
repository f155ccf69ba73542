import { sideEffectWithPgClientTransaction } from 'postgraphile/@dataplan/pg';
import { access, type Step } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';

/** What is deleted by a function, and can be restored by another: GraphQL type and table. */
const SOFTLY_DELETED = [
  { type: 'Design', table: 'designs', whose: 'its creator and admins', left: 'All that hangs on it is gone with it.' },
  { type: 'Comment', table: 'comments', whose: 'its author and admins', left: 'Answers to it stay, without a parent.' },
] as const;

interface Input {
  readonly id: string;
  readonly clientMutationId?: string | null;
}

/** The mutations that delete what can be restored, and restore it. Nothing has both these and a delete of the row. */
export const SoftDeletionPlugin = extendSchema((build) => {
  const kinds = SOFTLY_DELETED.map((kind) => {
    const resource = build.pgResources[kind.table];
    if (resource === undefined) throw new Error(`The database has no ${kind.table}: run \`defectxray migrate\`.`);
    const field = kind.type.charAt(0).toLowerCase() + kind.type.slice(1);
    const called = (name: string) => (_root: Step, fieldArgs: { getRaw(name: string): Step }) =>
      sideEffectWithPgClientTransaction(resource.executor, fieldArgs.getRaw('input'), async (client, argument) => {
        const { id, clientMutationId } = argument as Input;
        await client.query({ text: `select ${name}($1)`, values: [id] });
        return { id, clientMutationId };
      });
    return { ...kind, resource, field, called };
  });
  return {
    typeDefs: kinds
      .map(
        ({ type, field, whose, left }) => /* GraphQL */ `
      """Which ${field} is deleted."""
      input Delete${type}Input {
        """Given back as it is."""
        clientMutationId: String
        """The ${field}."""
        id: UUID!
      }

      """The answer to a deleted ${field}."""
      type Delete${type}Payload {
        """What was given."""
        clientMutationId: String
        """The ${field} that is deleted, and that restore${type} brings back."""
        id: UUID!
      }

      """Which ${field} is restored."""
      input Restore${type}Input {
        """Given back as it is."""
        clientMutationId: String
        """The ${field}."""
        id: UUID!
      }

      """The answer to a restored ${field}."""
      type Restore${type}Payload {
        """What was given."""
        clientMutationId: String
        """The ${field} as it is now."""
        ${field}: ${type}
      }

      extend type Mutation {
        """Deletes a ${field}, for ${whose}: only admins see it then. ${left} It can be restored."""
        delete${type}(
          """Which ${field} is deleted."""
          input: Delete${type}Input!
        ): Delete${type}Payload
        """Brings back a deleted ${field}, for ${whose}."""
        restore${type}(
          """Which ${field} is restored."""
          input: Restore${type}Input!
        ): Restore${type}Payload
      }
    `,
      )
      .join('\n'),
    objects: Object.fromEntries([
      [
        'Mutation',
        {
          plans: Object.fromEntries(
            kinds.flatMap(({ type, field, called }) => [
              [`delete${type}`, called(`delete_${field}`)],
              [`restore${type}`, called(`restore_${field}`)],
            ]),
          ),
        },
      ],
      ...kinds.map(({ type, field, resource }) => [
        `Restore${type}Payload`,
        { plans: { [field]: ($payload: Step) => resource.get({ id: access($payload, ['id']) as never }) } },
      ]),
    ]),
  };
}, 'SoftDeletionPlugin');
