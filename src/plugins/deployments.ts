import { sideEffectWithPgClientTransaction } from 'postgraphile/@dataplan/pg';
import { access, type Step } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';

interface StartInput {
  readonly clientMutationId?: string | null;
  readonly project: string;
  readonly version: string;
  readonly environment: string;
  readonly commitSha?: string | null;
  readonly notes?: string | null;
}

interface FinishInput {
  readonly clientMutationId?: string | null;
  readonly id?: string | null;
  readonly project?: string | null;
  readonly environment?: string | null;
  readonly version?: string | null;
  readonly status: string;
  readonly notes?: string | null;
}

/**
 * The mutations by which CI says that it deploys. The functions give the id: of a row that a function gives PostgreSQL could
 * not tell, in a tenant's schema, whose it is.
 */
export const DeploymentsPlugin = extendSchema((build) => {
  const { deployments } = build.pgResources;
  if (deployments === undefined) throw new Error('The database has no deployments: run `defectxray migrate`.');
  const deploymentOf = ($payload: Step) => deployments.get({ id: access($payload, ['id']) as never });
  return {
    typeDefs: /* GraphQL */ `
      """How a deployment ended."""
      enum DeploymentOutcome {
        """It is there."""
        SUCCESS
        """It is not."""
        FAILED
        """It was a success, and was taken back."""
        ROLLED_BACK
      }

      """What is being deployed where."""
      input StartDeploymentInput {
        """Given back as it is."""
        clientMutationId: String
        """The slug of the project."""
        project: String!
        """The version that is deployed."""
        version: String!
        """Where it is deployed to."""
        environment: DeploymentEnvironment!
        """The commit that is deployed, in hexadecimal."""
        commitSha: String
        """What there is to say of it."""
        notes: String
      }

      """The answer to a started deployment."""
      type StartDeploymentPayload {
        """What was given."""
        clientMutationId: String
        """The deployment as it is now."""
        deployment: Deployment
        """Whether it was made: false where one of this version to this environment was pending or in progress."""
        isNew: Boolean!
      }

      """Which deployment ended how: it is named either by its id, or by project, environment and version."""
      input FinishDeploymentInput {
        """Given back as it is."""
        clientMutationId: String
        """The deployment."""
        id: UUID
        """The slug of the project."""
        project: String
        """Where it was deployed to."""
        environment: DeploymentEnvironment
        """The version that was deployed."""
        version: String
        """How it ended."""
        status: DeploymentOutcome!
        """What there is to say of it, beside what was said before."""
        notes: String
      }

      """The answer to a deployment that ended."""
      type FinishDeploymentPayload {
        """What was given."""
        clientMutationId: String
        """The deployment as it is now."""
        deployment: Deployment
      }

      extend type Mutation {
        """
        Says that a version of a project is being deployed to an environment. While it is, the same again gives the same deployment;
        one that is pending begins.
        """
        startDeployment(
          """What is being deployed where."""
          input: StartDeploymentInput!
        ): StartDeploymentPayload
        """
        Says how a deployment ended, or that it was rolled back. The same again changes nothing. Of several of the version to the
        environment the one that is under way ends, and the last one that has ended is rolled back.
        """
        finishDeployment(
          """Which deployment ended how."""
          input: FinishDeploymentInput!
        ): FinishDeploymentPayload
      }
    `,
    objects: {
      Mutation: {
        plans: {
          startDeployment(_root, fieldArgs) {
            return sideEffectWithPgClientTransaction(deployments.executor, fieldArgs.getRaw('input') as Step, async (client, argument) => {
              const { project, version, environment, commitSha, notes, clientMutationId } = argument as StartInput;
              const { rows } = await client.query<{ started: { id: string; isNew: boolean } }>({
                text: 'select start_deployment($1, $2, $3, $4, $5) as started',
                values: [project, version, environment, commitSha, notes],
              });
              return { ...rows[0]?.started, clientMutationId };
            });
          },
          finishDeployment(_root, fieldArgs) {
            return sideEffectWithPgClientTransaction(deployments.executor, fieldArgs.getRaw('input') as Step, async (client, argument) => {
              const { id, project, environment, version, status, notes, clientMutationId } = argument as FinishInput;
              const { rows } = await client.query<{ id: string }>({
                text: 'select finish_deployment($1, $2, $3, $4, $5, $6) as id',
                values: [id, project, environment, version, status.toLowerCase(), notes],
              });
              return { id: rows[0]?.id, clientMutationId };
            });
          },
        },
      },
      StartDeploymentPayload: { plans: { deployment: ($payload) => deploymentOf($payload as Step) } },
      FinishDeploymentPayload: { plans: { deployment: ($payload) => deploymentOf($payload as Step) } },
    },
  };
}, 'DeploymentsPlugin');
