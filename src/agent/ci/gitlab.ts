import { type CiRun, runKey, shardName, type Variables } from './ci-run.ts';

/**
 * GitLab CI/CD. A job that is retried stays in its pipeline and gets another id, and there is no count of attempts: the
 * id is part of the shard, so that the results of the second attempt do not mix with those of the first. Of a merged
 * results pipeline the head is `CI_MERGE_REQUEST_SOURCE_BRANCH_SHA`, which is empty in other pipelines.
 *
 * https://docs.gitlab.com/ci/variables/predefined_variables/
 */
export function gitlab(variable: Variables): CiRun | null {
  if (variable('GITLAB_CI') !== 'true') return null;
  const index = variable('CI_NODE_INDEX');
  const job = shardName(variable('CI_JOB_NAME'), index === null ? null : Number(index), variable('CI_NODE_TOTAL'));
  const id = variable('CI_JOB_ID');
  return {
    provider: 'gitlab',
    runKey: runKey('gitlab', variable('CI_PIPELINE_ID'), null),
    shard: [job, id === null ? null : `#${id}`].filter((part) => part !== null).join(' ') || null,
    commit:
      variable('CI_MERGE_REQUEST_SOURCE_BRANCH_SHA') ?? variable('CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_SHA') ?? variable('CI_COMMIT_SHA'),
    branch:
      variable('CI_MERGE_REQUEST_SOURCE_BRANCH_NAME') ??
      variable('CI_EXTERNAL_PULL_REQUEST_SOURCE_BRANCH_NAME') ??
      variable('CI_COMMIT_BRANCH'),
    tag: variable('CI_COMMIT_TAG'),
    runUrl: variable('CI_PIPELINE_URL'),
    runner: variable('CI_RUNNER_DESCRIPTION'),
  };
}
