import { sideEffectWithPgClientTransaction } from 'postgraphile/@dataplan/pg';
import type { Step } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';

/** The mutation by which an administrator has the residency register verified now. */
export const ResidencyPlugin = extendSchema((build) => {
  const { residency_entries: regionalData } = build.pgResources;
  if (regionalData === undefined) throw new Error('The database has no regional_data: run `defectxray migrate`.');
  return {
    typeDefs: /* GraphQL */ `
      """What to verify: all there is."""
      input VerifyResidencyInput {
        """Given back as it is."""
        clientMutationId: String
      }

      """The answer to a verified register."""
      type VerifyResidencyPayload {
        """What was given."""
        clientMutationId: String
        """How many tables were counted."""
        tables: Int!
      }

      extend type Mutation {
        """
        Counts the organization's rows by table and region, and writes it into the residency register (\`residencyEntries\`). A kind of
        data that an administrator has entered, and that is no table, stays as it is.
        """
        verifyResidency(
          """What to verify."""
          input: VerifyResidencyInput!
        ): VerifyResidencyPayload
      }
    `,
    objects: {
      Mutation: {
        plans: {
          verifyResidency: (_root, fieldArgs) =>
            sideEffectWithPgClientTransaction(regionalData.executor, fieldArgs.getRaw('input') as Step, async (client, input) => {
              const { rows } = await client.query<{ tables: number }>({ text: 'select verify_residency() as tables' });
              return { tables: rows[0]?.tables, clientMutationId: (input as Record<string, unknown>).clientMutationId };
            }),
        },
      },
    },
  };
}, 'ResidencyPlugin');
