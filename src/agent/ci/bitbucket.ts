import { type CiRun, fromZero, runKey, shardName, type Variables } from './ci-run.ts';

/**
 * Bitbucket Pipelines. A step that is run again stays in its pipeline and counts `BITBUCKET_STEP_RUN_NUMBER`. In a pull
 * request's pipeline branch and commit are the source's. Steps have no name here, only their place in a parallel group.
 *
 * https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
 */
export function bitbucket(variable: Variables): CiRun | null {
  const number = variable('BITBUCKET_BUILD_NUMBER');
  const repository = variable('BITBUCKET_REPO_FULL_NAME');
  if (number === null || repository === null) return null;
  const place = fromZero(variable('BITBUCKET_PARALLEL_STEP'));
  return {
    provider: 'bitbucket',
    runKey: runKey('bitbucket', `${repository}-${number}`, variable('BITBUCKET_STEP_RUN_NUMBER') ?? '1'),
    shard: shardName(null, place, variable('BITBUCKET_PARALLEL_STEP_COUNT')),
    commit: variable('BITBUCKET_COMMIT'),
    branch: variable('BITBUCKET_BRANCH'),
    tag: variable('BITBUCKET_TAG'),
    runUrl: `https://bitbucket.org/${repository}/pipelines/results/${number}`,
    runner: null,
  };
}
