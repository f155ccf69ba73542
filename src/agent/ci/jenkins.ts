import { type CiRun, runKey, shardName, type Variables } from './ci-run.ts';

/**
 * Jenkins. `BUILD_TAG` holds job and number, and each build is another: there are no attempts. `BRANCH_NAME` of a change
 * request is arbitrary (`PR-7`), its branch is `CHANGE_BRANCH`. `GIT_COMMIT` and `GIT_BRANCH` are the Git plugin's; in a
 * change request that is merged before it is built they are of the merge, and nothing names the head.
 *
 * https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables, and the controller's own
 * /env-vars.html and /pipeline-syntax/globals; https://plugins.jenkins.io/git/#plugin-content-environment-variables
 */
export function jenkins(variable: Variables): CiRun | null {
  if (variable('JENKINS_URL') === null || variable('BUILD_TAG') === null) return null;
  const tag = variable('TAG_NAME');
  const checkedOut = variable('GIT_LOCAL_BRANCH') ?? variable('GIT_BRANCH')?.replace(/^(?:refs\/heads\/|origin\/)/, '') ?? null;
  const detached = checkedOut === 'detached' || checkedOut === 'HEAD' ? null : checkedOut;
  const change = variable('CHANGE_ID') === null ? variable('BRANCH_NAME') : null;
  return {
    provider: 'jenkins',
    runKey: runKey('jenkins', (variable('BUILD_TAG') ?? '').replace(/^jenkins-/, ''), null),
    shard: shardName(variable('STAGE_NAME'), null, null),
    commit: variable('GIT_COMMIT'),
    branch: tag === null ? (variable('CHANGE_BRANCH') ?? change ?? detached) : null,
    tag,
    runUrl: variable('BUILD_URL'),
    runner: variable('NODE_NAME'),
  };
}
