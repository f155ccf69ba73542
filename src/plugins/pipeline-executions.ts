import { sideEffectWithPgClientTransaction } from 'postgraphile/@dataplan/pg';
import { access, type Step } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';

interface StartInput {
  readonly clientMutationId?: string | null;
  readonly pipelineId: string;
}

interface CancelInput {
  readonly clientMutationId?: string | null;
  readonly id: string;
}

/**
 * The mutations by which executions of pipelines begin and are given up. The functions give the id: of a row that a function gives
 * PostgreSQL could not tell, in a tenant's schema, whose it is.
 */
export const PipelineExecutionsPlugin = extendSchema((build) => {
  const { pipeline_executions: executions } = build.pgResources;
  if (executions === undefined) throw new Error('The database has no pipeline_executions: run `defectxray migrate`.');
  const executionOf = ($payload: Step) => executions.get({ id: access($payload, ['id']) as never });
  return {
    typeDefs: /* GraphQL */ `
      """Which pipeline to start."""
      input StartPipelineExecutionInput {
        """Given back as it is."""
        clientMutationId: String
        """The pipeline."""
        pipelineId: UUID!
      }

      """The answer to a started execution."""
      type StartPipelineExecutionPayload {
        """What was given."""
        clientMutationId: String
        """The execution as it is now, with its stages."""
        pipelineExecution: PipelineExecution
      }

      """Which execution to cancel."""
      input CancelPipelineExecutionInput {
        """Given back as it is."""
        clientMutationId: String
        """The execution."""
        id: UUID!
      }

      """The answer to a cancelled execution."""
      type CancelPipelineExecutionPayload {
        """What was given."""
        clientMutationId: String
        """The execution as it is now."""
        pipelineExecution: PipelineExecution
      }

      extend type Mutation {
        """
        Starts an execution of a pipeline, with the stages that the pipeline is defined by, all pending. Whoever runs it says how they
        go by updatePipelineStage; where the execution stands follows from them. An inactive pipeline starts none.
        """
        startPipelineExecution(
          """Which pipeline to start."""
          input: StartPipelineExecutionInput!
        ): StartPipelineExecutionPayload
        """
        Cancels the stages of an execution that have not ended, and so the execution. The same again changes nothing; of one that has
        succeeded there is nothing to cancel.
        """
        cancelPipelineExecution(
          """Which execution to cancel."""
          input: CancelPipelineExecutionInput!
        ): CancelPipelineExecutionPayload
      }
    `,
    objects: {
      Mutation: {
        plans: {
          startPipelineExecution(_root, fieldArgs) {
            return sideEffectWithPgClientTransaction(executions.executor, fieldArgs.getRaw('input') as Step, async (client, argument) => {
              const { pipelineId, clientMutationId } = argument as StartInput;
              const { rows } = await client.query<{ id: string }>({
                text: 'select start_pipeline_execution($1) as id',
                values: [pipelineId],
              });
              return { id: rows[0]?.id, clientMutationId };
            });
          },
          cancelPipelineExecution(_root, fieldArgs) {
            return sideEffectWithPgClientTransaction(executions.executor, fieldArgs.getRaw('input') as Step, async (client, argument) => {
              const { id, clientMutationId } = argument as CancelInput;
              const { rows } = await client.query<{ id: string }>({
                text: 'select cancel_pipeline_execution($1) as id',
                values: [id],
              });
              return { id: rows[0]?.id, clientMutationId };
            });
          },
        },
      },
      StartPipelineExecutionPayload: { plans: { pipelineExecution: ($payload) => executionOf($payload as Step) } },
      CancelPipelineExecutionPayload: { plans: { pipelineExecution: ($payload) => executionOf($payload as Step) } },
    },
  };
}, 'PipelineExecutionsPlugin');
