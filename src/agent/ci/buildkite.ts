import { type CiRun, fromZero, runKey, shardName, type Variables } from './ci-run.ts';

/**
 * Buildkite. A job that is retried stays in its build and counts `BUILDKITE_RETRY_COUNT`; a rebuild is another build.
 * `BUILDKITE_COMMIT` may be the word HEAD, in a build that somebody started by hand.
 *
 * https://buildkite.com/docs/pipelines/configure/environment-variables
 */
export function buildkite(variable: Variables): CiRun | null {
  if (variable('BUILDKITE') !== 'true') return null;
  const tag = variable('BUILDKITE_TAG');
  const commit = variable('BUILDKITE_COMMIT');
  const job = variable('BUILDKITE_LABEL') ?? variable('BUILDKITE_STEP_KEY');
  return {
    provider: 'buildkite',
    runKey: runKey('buildkite', variable('BUILDKITE_BUILD_ID'), fromZero(variable('BUILDKITE_RETRY_COUNT') ?? '0')),
    shard: shardName(job, fromZero(variable('BUILDKITE_PARALLEL_JOB')), variable('BUILDKITE_PARALLEL_JOB_COUNT')),
    commit: commit === 'HEAD' ? null : commit,
    // A fork's branch is written as owner:branch.
    branch: tag === null ? variable('BUILDKITE_BRANCH') : null,
    tag,
    runUrl: variable('BUILDKITE_BUILD_URL'),
    runner: variable('BUILDKITE_AGENT_NAME'),
  };
}
