import { type CiRun, fromZero, runKey, shardName, type Variables } from './ci-run.ts';

/**
 * CircleCI. A workflow that is rerun is another workflow, with another id. A pull request is built as its branch; the
 * branch of one from a fork is called `pull/<number>`.
 *
 * https://circleci.com/docs/reference/variables/#built-in-environment-variables
 */
export function circleci(variable: Variables): CiRun | null {
  if (variable('CIRCLECI') !== 'true') return null;
  return {
    provider: 'circleci',
    runKey: runKey('circleci', variable('CIRCLE_WORKFLOW_ID') ?? variable('CIRCLE_BUILD_NUM'), null),
    shard: shardName(variable('CIRCLE_JOB'), fromZero(variable('CIRCLE_NODE_INDEX')), variable('CIRCLE_NODE_TOTAL')),
    commit: variable('CIRCLE_SHA1'),
    branch: variable('CIRCLE_TAG') === null ? variable('CIRCLE_BRANCH') : null,
    tag: variable('CIRCLE_TAG'),
    runUrl: variable('CIRCLE_BUILD_URL'),
    runner: null,
  };
}
