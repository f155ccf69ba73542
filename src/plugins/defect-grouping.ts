import { sideEffectWithPgClientTransaction } from 'postgraphile/@dataplan/pg';
import { access, type Step } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';

/**
 * The mutations by which people say which failures are one defect. The functions give the id: of a row that a function
 * gives PostgreSQL could not tell, in a tenant's schema, whose masking functions are meant.
 */
export const DefectGroupingPlugin = extendSchema((build) => {
  const { defects } = build.pgResources;
  if (defects === undefined) throw new Error('The database has no defects: run `defectxray migrate`.');
  const grouped = (text: string, list: 'otherIds' | 'testIds') => ($input: Step) =>
    sideEffectWithPgClientTransaction(defects.executor, $input, async (client, argument) => {
      const input = argument as Record<string, unknown>;
      const { rows } = await client.query<{ id: string }>({ text, values: [input.id, input[list]] });
      return { id: rows[0]?.id, clientMutationId: input.clientMutationId };
    });
  const merge = grouped('select merge_defects($1, $2) as id', 'otherIds');
  const split = grouped('select split_defect($1, $2) as id', 'testIds');
  const defectOf = ($payload: Step) => defects.get({ id: access($payload, ['id']) as never });
  return {
    typeDefs: /* GraphQL */ `
      """Which defects are one."""
      input MergeDefectsInput {
        """Given back as it is."""
        clientMutationId: String
        """The defect that the others become part of."""
        id: UUID!
        """The defects that become part of it; they are gone then."""
        otherIds: [UUID!]!
      }

      """The answer to merged defects."""
      type MergeDefectsPayload {
        """What was given."""
        clientMutationId: String
        """The defect as it is now."""
        defect: Defect
      }

      """Which occurrences of a defect are another."""
      input SplitDefectInput {
        """Given back as it is."""
        clientMutationId: String
        """The defect."""
        id: UUID!
        """The tests whose occurrences become a defect of their own: some of those that it occurred in."""
        testIds: [UUID!]!
      }

      """The answer to a split defect."""
      type SplitDefectPayload {
        """What was given."""
        clientMutationId: String
        """The defect that was made."""
        defect: Defect
      }

      extend type Mutation {
        """
        Makes other defects of the project part of one, with their occurrences. It is remembered: failures like theirs belong to it
        from now on.
        """
        mergeDefects(
          """Which defects are one."""
          input: MergeDefectsInput!
        ): MergeDefectsPayload
        """
        Makes the occurrences of some of its tests a defect of their own. It is remembered: such failures of these tests belong to
        the new one from now on.
        """
        splitDefect(
          """Which occurrences are another defect."""
          input: SplitDefectInput!
        ): SplitDefectPayload
      }
    `,
    objects: {
      Mutation: {
        plans: {
          mergeDefects: (_root, fieldArgs) => merge(fieldArgs.getRaw('input') as Step),
          splitDefect: (_root, fieldArgs) => split(fieldArgs.getRaw('input') as Step),
        },
      },
      MergeDefectsPayload: { plans: { defect: ($payload) => defectOf($payload as Step) } },
      SplitDefectPayload: { plans: { defect: ($payload) => defectOf($payload as Step) } },
    },
  };
}, 'DefectGroupingPlugin');
