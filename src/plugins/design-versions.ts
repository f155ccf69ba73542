import { sideEffectWithPgClientTransaction } from 'postgraphile/@dataplan/pg';
import { access, inhibitOnNull, lambda, object, type Step } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';
import { canvasPatch } from './canvas-patch.ts';

interface RestoreInput {
  readonly clientMutationId?: string | null;
  readonly designId: string;
  readonly versionNumber: number;
  readonly expectedVersion?: number | null;
}

/**
 * The way back to a version of a design, and what is between two of them. The function gives the id: of a row that a function
 * gives PostgreSQL could not tell, in a tenant's schema, whose it is.
 */
export const DesignVersionsPlugin = extendSchema((build) => {
  const { designs, design_versions: versions } = build.pgResources;
  if (designs === undefined || versions === undefined) throw new Error('The database has no designs: run `defectxray migrate`.');
  return {
    typeDefs: /* GraphQL */ `
      """What a design's canvas is set back to."""
      input RestoreDesignVersionInput {
        """Given back as it is."""
        clientMutationId: String
        """The design."""
        designId: UUID!
        """The number of the version."""
        versionNumber: Int!
        """The design's version that you have seen: if it has changed since, nothing is restored and the error is CONFLICT."""
        expectedVersion: Int
      }

      """The answer to a restored version of a design."""
      type RestoreDesignVersionPayload {
        """What was given."""
        clientMutationId: String
        """The design as it is now."""
        design: Design
      }

      """What is between two versions of a design."""
      type DesignDiff {
        """The version that it begins with."""
        from: DesignVersion!
        """The version that it ends with."""
        to: DesignVersion!
        """
        A JSON Patch (RFC 6902) that makes the one's canvas the other's. What differs in too many places is replaced as a whole.
        """
        patch: JSON!
      }

      extend type Query {
        """What is between two versions of a design, in either direction; null where there are no such versions that you may see."""
        designDiff(
          """The design."""
          designId: UUID!
          """The number of the version that it begins with."""
          from: Int!
          """The number of the version that it ends with."""
          to: Int!
        ): DesignDiff
      }

      extend type Mutation {
        """
        Sets a design's canvas to what it was in a version, for who may change the design. That makes a new version, with the changelog
        "Restored version N", unless the canvas is so already.
        """
        restoreDesignVersion(
          """What the canvas is set back to."""
          input: RestoreDesignVersionInput!
        ): RestoreDesignVersionPayload
      }
    `,
    objects: {
      Query: {
        plans: {
          designDiff(_root, fieldArgs) {
            const version = (argument: 'from' | 'to') =>
              versions.get({ design_id: fieldArgs.getRaw('designId'), version_number: fieldArgs.getRaw(argument) } as never);
            const [$from, $to] = [version('from'), version('to')];
            // Where one is not there, nothing is.
            const [$fromId, $toId] = [inhibitOnNull($from.get('id')), inhibitOnNull($to.get('id'))];
            return object({ from: $from, to: $to, ids: object({ $fromId, $toId }) });
          },
        },
      },
      DesignDiff: {
        plans: {
          patch($diff) {
            const canvas = (name: 'from' | 'to') =>
              ($diff as Step & { get(name: string): Step & { get(name: string): Step } }).get(name).get('canvas');
            return lambda([canvas('from'), canvas('to')], ([from, to]) => canvasPatch(from, to));
          },
        },
      },
      Mutation: {
        plans: {
          restoreDesignVersion(_root, fieldArgs) {
            return sideEffectWithPgClientTransaction(designs.executor, fieldArgs.getRaw('input') as Step, async (client, argument) => {
              const { designId, versionNumber, expectedVersion, clientMutationId } = argument as RestoreInput;
              const { rows } = await client.query<{ id: string }>({
                text: 'select restore_design_version($1, $2, $3) as id',
                values: [designId, versionNumber, expectedVersion],
              });
              return { id: rows[0]?.id, clientMutationId };
            });
          },
        },
      },
      RestoreDesignVersionPayload: {
        plans: { design: ($payload) => designs.get({ id: access($payload as Step, ['id']) as never }) },
      },
    },
  };
}, 'DesignVersionsPlugin');
