import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { CiRun } from '../../src/agent/ci/ci-run.ts';
import { detectCi } from '../../src/agent/detect-run.ts';

type Environment = Record<string, string>;

const HEAD = 'c3a1f0e2b4d6879a5b3c1d0e9f8a7b6c5d4e3f2a';
const MERGE = 'ffac537e6cbbf934b08745a378932722df287a53';
const directory = mkdtempSync(join(tmpdir(), 'defectxray-ci-'));

afterAll(() => rmSync(directory, { recursive: true }));

/** The payload that GitHub writes for an event. */
function payload(name: string, event: unknown): string {
  const path = join(directory, `${name}.json`);
  writeFileSync(path, typeof event === 'string' ? event : JSON.stringify(event));
  return path;
}

const github: Environment = {
  CI: 'true',
  GITHUB_ACTIONS: 'true',
  GITHUB_EVENT_NAME: 'push',
  GITHUB_JOB: 'unit',
  GITHUB_REF: 'refs/heads/main',
  GITHUB_REF_NAME: 'main',
  GITHUB_REF_TYPE: 'branch',
  GITHUB_REPOSITORY: 'acme/web',
  GITHUB_RUN_ATTEMPT: '1',
  GITHUB_RUN_ID: '1658821493',
  GITHUB_RUN_NUMBER: '3',
  GITHUB_SERVER_URL: 'https://github.com',
  GITHUB_SHA: HEAD,
  RUNNER_ARCH: 'X64',
  RUNNER_NAME: 'GitHub Actions 4',
  RUNNER_OS: 'Linux',
};
const githubRun: CiRun = {
  provider: 'github-actions',
  runKey: 'github-1658821493-1',
  shard: 'unit',
  commit: HEAD,
  branch: 'main',
  tag: null,
  runUrl: 'https://github.com/acme/web/actions/runs/1658821493/attempts/1',
  runner: 'GitHub Actions 4',
};
const githubPull: Environment = {
  ...github,
  GITHUB_BASE_REF: 'main',
  GITHUB_EVENT_NAME: 'pull_request',
  GITHUB_HEAD_REF: 'cart',
  GITHUB_REF: 'refs/pull/7/merge',
  GITHUB_REF_NAME: '7/merge',
  GITHUB_SHA: MERGE,
};
const pull = payload('pull', { number: 7, pull_request: { head: { ref: 'cart', sha: HEAD }, base: { ref: 'main', sha: MERGE } } });
const workflowRun = {
  id: 1658821400,
  run_attempt: 2,
  head_branch: 'cart',
  head_sha: HEAD,
  html_url: 'https://github.com/acme/web/actions/runs/1658821400',
};

const gitlab: Environment = {
  CI: 'true',
  CI_COMMIT_BRANCH: 'main',
  CI_COMMIT_REF_NAME: 'main',
  CI_COMMIT_SHA: HEAD,
  CI_JOB_ID: '50',
  CI_JOB_NAME: 'unit',
  CI_NODE_TOTAL: '1',
  CI_PIPELINE_ID: '1000',
  CI_PIPELINE_IID: '10',
  CI_PIPELINE_SOURCE: 'push',
  CI_PIPELINE_URL: 'https://gitlab.com/acme/web/-/pipelines/1000',
  CI_RUNNER_DESCRIPTION: 'saas-linux-small-amd64',
  GITLAB_CI: 'true',
};
const gitlabRun: CiRun = {
  provider: 'gitlab',
  runKey: 'gitlab-1000',
  shard: 'unit #50',
  commit: HEAD,
  branch: 'main',
  tag: null,
  runUrl: 'https://gitlab.com/acme/web/-/pipelines/1000',
  runner: 'saas-linux-small-amd64',
};
const { CI_COMMIT_BRANCH: _branch, ...gitlabWithoutBranch } = gitlab;

const azure: Environment = {
  AGENT_JOBNAME: 'Job',
  AGENT_NAME: 'Hosted Agent',
  BUILD_BUILDID: '77',
  BUILD_BUILDNUMBER: '20261121.3',
  BUILD_REASON: 'IndividualCI',
  BUILD_SOURCEBRANCH: 'refs/heads/main',
  BUILD_SOURCEBRANCHNAME: 'main',
  BUILD_SOURCEVERSION: HEAD,
  SYSTEM_COLLECTIONURI: 'https://dev.azure.com/acme/',
  SYSTEM_JOBATTEMPT: '1',
  SYSTEM_JOBPOSITIONINPHASE: '1',
  SYSTEM_PHASENAME: 'unit',
  SYSTEM_STAGENAME: '__default',
  SYSTEM_TEAMPROJECT: 'Web Shop',
  SYSTEM_TOTALJOBSINPHASE: '1',
  TF_BUILD: 'True',
};
const azureRun: CiRun = {
  provider: 'azure-devops',
  runKey: 'azure-77-1',
  shard: 'unit',
  commit: HEAD,
  branch: 'main',
  tag: null,
  runUrl: 'https://dev.azure.com/acme/Web%20Shop/_build/results?buildId=77',
  runner: 'Hosted Agent',
};

const jenkins: Environment = {
  BRANCH_NAME: 'main',
  BUILD_ID: '153',
  BUILD_NUMBER: '153',
  BUILD_TAG: 'jenkins-acme-web-main-153',
  BUILD_URL: 'https://jenkins.example/job/acme/job/web/job/main/153/',
  CI: 'true',
  GIT_BRANCH: 'main',
  GIT_COMMIT: HEAD,
  JENKINS_URL: 'https://jenkins.example/',
  JOB_NAME: 'acme/web/main',
  NODE_NAME: 'linux-1',
  STAGE_NAME: 'Unit tests',
};
const jenkinsRun: CiRun = {
  provider: 'jenkins',
  runKey: 'jenkins-acme-web-main-153',
  shard: 'Unit tests',
  commit: HEAD,
  branch: 'main',
  tag: null,
  runUrl: 'https://jenkins.example/job/acme/job/web/job/main/153/',
  runner: 'linux-1',
};
const { BRANCH_NAME: _name, ...jenkinsFreestyle } = jenkins;

const circle: Environment = {
  CI: 'true',
  CIRCLECI: 'true',
  CIRCLE_BRANCH: 'main',
  CIRCLE_BUILD_NUM: '42',
  CIRCLE_BUILD_URL: 'https://circleci.com/gh/acme/web/42',
  CIRCLE_JOB: 'unit',
  CIRCLE_NODE_INDEX: '0',
  CIRCLE_NODE_TOTAL: '1',
  CIRCLE_SHA1: HEAD,
  CIRCLE_WORKFLOW_ID: '3bd6f0a4-1d2c-4b5e-9f70-8a1b2c3d4e5f',
};
const circleRun: CiRun = {
  provider: 'circleci',
  runKey: 'circleci-3bd6f0a4-1d2c-4b5e-9f70-8a1b2c3d4e5f',
  shard: 'unit',
  commit: HEAD,
  branch: 'main',
  tag: null,
  runUrl: 'https://circleci.com/gh/acme/web/42',
  runner: null,
};

const buildkite: Environment = {
  BUILDKITE: 'true',
  BUILDKITE_AGENT_NAME: 'linux-1',
  BUILDKITE_BRANCH: 'main',
  BUILDKITE_BUILD_ID: '9e08ef3c-d6e6-4a86-91dd-577ce5205b8e',
  BUILDKITE_BUILD_NUMBER: '1514',
  BUILDKITE_BUILD_URL: 'https://buildkite.com/acme-inc/web/builds/1514',
  BUILDKITE_COMMIT: HEAD,
  BUILDKITE_LABEL: ':hammer: Unit',
  BUILDKITE_PULL_REQUEST: 'false',
  BUILDKITE_RETRY_COUNT: '0',
  BUILDKITE_STEP_KEY: 'unit',
  BUILDKITE_TAG: '',
  CI: 'true',
};
const buildkiteRun: CiRun = {
  provider: 'buildkite',
  runKey: 'buildkite-9e08ef3c-d6e6-4a86-91dd-577ce5205b8e-1',
  shard: ':hammer: Unit',
  commit: HEAD,
  branch: 'main',
  tag: null,
  runUrl: 'https://buildkite.com/acme-inc/web/builds/1514',
  runner: 'linux-1',
};

const bitbucket: Environment = {
  BITBUCKET_BRANCH: 'main',
  BITBUCKET_BUILD_NUMBER: '12',
  BITBUCKET_COMMIT: HEAD,
  BITBUCKET_PIPELINE_UUID: '{8d1b9b0c-9a52-4d1f-8f3e-3d1c2b4a5f60}',
  BITBUCKET_REPO_FULL_NAME: 'acme/web',
  BITBUCKET_STEP_RUN_NUMBER: '1',
  BITBUCKET_WORKSPACE: 'acme',
  CI: 'true',
};
const bitbucketRun: CiRun = {
  provider: 'bitbucket',
  runKey: 'bitbucket-acme/web-12-1',
  shard: null,
  commit: HEAD,
  branch: 'main',
  tag: null,
  runUrl: 'https://bitbucket.org/acme/web/pipelines/results/12',
  runner: null,
};

describe.each<[string, Environment, CiRun]>([
  ['GitHub Actions: a push', github, githubRun],
  ['GitHub Actions: a pull request', { ...githubPull, GITHUB_EVENT_PATH: pull }, { ...githubRun, branch: 'cart' }],
  [
    'GitHub Actions: a pull request whose payload is not there',
    { ...githubPull, GITHUB_EVENT_PATH: '/nowhere' },
    { ...githubRun, branch: 'cart', commit: MERGE },
  ],
  [
    'GitHub Actions: a pull request whose payload is cut off',
    { ...githubPull, GITHUB_EVENT_PATH: payload('cut', '{"pull_request": {') },
    { ...githubRun, branch: 'cart', commit: MERGE },
  ],
  [
    'GitHub Actions: the head of a pull_request_target, not the base that it runs on',
    { ...githubPull, GITHUB_EVENT_NAME: 'pull_request_target', GITHUB_REF: 'refs/heads/main', GITHUB_EVENT_PATH: pull },
    { ...githubRun, branch: 'cart' },
  ],
  [
    'GitHub Actions: a tag',
    { ...github, GITHUB_REF: 'refs/tags/v1.2', GITHUB_REF_NAME: 'v1.2', GITHUB_REF_TYPE: 'tag' },
    { ...githubRun, branch: null, tag: 'v1.2' },
  ],
  ['GitHub Actions: a schedule', { ...github, GITHUB_EVENT_NAME: 'schedule', GITHUB_EVENT_PATH: payload('schedule', {}) }, githubRun],
  [
    'GitHub Actions: a re-run',
    { ...github, GITHUB_RUN_ATTEMPT: '2' },
    { ...githubRun, runKey: 'github-1658821493-2', runUrl: githubRun.runUrl?.replace(/1$/, '2') ?? null },
  ],
  [
    'GitHub Actions: a job of a matrix, as action.yml says it',
    { ...github, STRATEGY_JOB_INDEX: '0', STRATEGY_JOB_TOTAL: '3' },
    { ...githubRun, shard: 'unit 1/3' },
  ],
  ['GitHub Actions: no matrix', { ...github, STRATEGY_JOB_INDEX: '0', STRATEGY_JOB_TOTAL: '1' }, githubRun],
  [
    'GitHub Actions: the run that a workflow_run reports',
    { ...github, GITHUB_EVENT_NAME: 'workflow_run', GITHUB_SHA: MERGE, GITHUB_EVENT_PATH: payload('run', { workflow_run: workflowRun }) },
    { ...githubRun, runKey: 'github-1658821400-2', branch: 'cart', runUrl: workflowRun.html_url },
  ],
  [
    'GitHub Enterprise Server',
    { ...github, GITHUB_SERVER_URL: 'https://github.acme.example' },
    { ...githubRun, runUrl: 'https://github.acme.example/acme/web/actions/runs/1658821493/attempts/1' },
  ],

  ['GitLab: a push', gitlab, gitlabRun],
  [
    'GitLab: a merge request',
    {
      ...gitlabWithoutBranch,
      CI_COMMIT_REF_NAME: 'cart',
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'cart',
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: '',
      CI_PIPELINE_SOURCE: 'merge_request_event',
    },
    { ...gitlabRun, branch: 'cart' },
  ],
  [
    'GitLab: merged results',
    {
      ...gitlabWithoutBranch,
      CI_COMMIT_SHA: MERGE,
      CI_MERGE_REQUEST_EVENT_TYPE: 'merged_result',
      CI_MERGE_REQUEST_SOURCE_BRANCH_NAME: 'cart',
      CI_MERGE_REQUEST_SOURCE_BRANCH_SHA: HEAD,
      CI_PIPELINE_SOURCE: 'merge_request_event',
    },
    { ...gitlabRun, branch: 'cart' },
  ],
  [
    'GitLab: a tag',
    { ...gitlabWithoutBranch, CI_COMMIT_REF_NAME: 'v1.2', CI_COMMIT_TAG: 'v1.2' },
    { ...gitlabRun, branch: null, tag: 'v1.2' },
  ],
  ['GitLab: a schedule', { ...gitlab, CI_PIPELINE_SOURCE: 'schedule' }, gitlabRun],
  ['GitLab: a job that is retried has another id', { ...gitlab, CI_JOB_ID: '51' }, { ...gitlabRun, shard: 'unit #51' }],
  [
    'GitLab: parallel jobs',
    { ...gitlab, CI_JOB_NAME: 'unit 2/3', CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3' },
    { ...gitlabRun, shard: 'unit 2/3 #50' },
  ],
  [
    'GitLab: a matrix',
    { ...gitlab, CI_JOB_NAME: 'unit: [firefox]', CI_NODE_INDEX: '2', CI_NODE_TOTAL: '3' },
    { ...gitlabRun, shard: 'unit: [firefox] 2/3 #50' },
  ],

  ['Azure DevOps: a push', azure, azureRun],
  [
    'Azure DevOps: a pull request',
    {
      ...azure,
      BUILD_REASON: 'PullRequest',
      BUILD_SOURCEBRANCH: 'refs/pull/7/merge',
      BUILD_SOURCEVERSION: MERGE,
      SYSTEM_PULLREQUEST_PULLREQUESTID: '7',
      SYSTEM_PULLREQUEST_SOURCEBRANCH: 'refs/heads/users/contributor/cart',
      SYSTEM_PULLREQUEST_SOURCECOMMITID: HEAD,
    },
    { ...azureRun, branch: 'users/contributor/cart' },
  ],
  [
    'Azure DevOps: a pull request on GitHub, whose branch has no refs/heads/',
    { ...azure, BUILD_SOURCEBRANCH: 'refs/pull/7/merge', SYSTEM_PULLREQUEST_SOURCEBRANCH: 'cart', SYSTEM_PULLREQUEST_SOURCECOMMITID: HEAD },
    { ...azureRun, branch: 'cart' },
  ],
  ['Azure DevOps: a tag', { ...azure, BUILD_SOURCEBRANCH: 'refs/tags/v1.2' }, { ...azureRun, branch: null, tag: 'v1.2' }],
  ['Azure DevOps: a schedule', { ...azure, BUILD_REASON: 'Schedule' }, azureRun],
  ['Azure DevOps: a job that is retried', { ...azure, SYSTEM_JOBATTEMPT: '2' }, { ...azureRun, runKey: 'azure-77-2' }],
  [
    'Azure DevOps: a matrix in a stage',
    {
      ...azure,
      AGENT_JOBNAME: 'unit firefox',
      SYSTEM_JOBPOSITIONINPHASE: '2',
      SYSTEM_STAGENAME: 'test',
      SYSTEM_TOTALJOBSINPHASE: '3',
    },
    { ...azureRun, shard: 'test unit unit firefox 2/3' },
  ],

  ['Jenkins: a branch', jenkins, jenkinsRun],
  [
    'Jenkins: a change request',
    { ...jenkins, BRANCH_NAME: 'PR-7', CHANGE_BRANCH: 'cart', CHANGE_ID: '7', CHANGE_TARGET: 'main', GIT_BRANCH: 'PR-7' },
    { ...jenkinsRun, branch: 'cart' },
  ],
  ['Jenkins: a tag', { ...jenkins, BRANCH_NAME: 'v1.2', TAG_NAME: 'v1.2' }, { ...jenkinsRun, branch: null, tag: 'v1.2' }],
  [
    'Jenkins: a freestyle job',
    { ...jenkinsFreestyle, GIT_BRANCH: 'origin/release/2.0', STAGE_NAME: '' },
    { ...jenkinsRun, branch: 'release/2.0', shard: null },
  ],
  ['Jenkins: a detached head', { ...jenkinsFreestyle, GIT_BRANCH: 'detached' }, { ...jenkinsRun, branch: null }],
  [
    'Jenkins: the next build, a schedule',
    { ...jenkins, BUILD_NUMBER: '154', BUILD_TAG: 'jenkins-acme-web-main-154' },
    { ...jenkinsRun, runKey: 'jenkins-acme-web-main-154' },
  ],

  ['CircleCI: a push', circle, circleRun],
  [
    "CircleCI: a fork's pull request",
    { ...circle, CIRCLE_BRANCH: 'pull/7', CIRCLE_PR_NUMBER: '7', CIRCLE_PULL_REQUEST: 'https://github.com/acme/web/pull/7' },
    { ...circleRun, branch: 'pull/7' },
  ],
  ['CircleCI: a tag', { ...circle, CIRCLE_BRANCH: '', CIRCLE_TAG: 'v1.2' }, { ...circleRun, branch: null, tag: 'v1.2' }],
  ['CircleCI: parallelism', { ...circle, CIRCLE_NODE_INDEX: '3', CIRCLE_NODE_TOTAL: '4' }, { ...circleRun, shard: 'unit 4/4' }],
  [
    'CircleCI: a workflow that is rerun, or scheduled, is another',
    { ...circle, CIRCLE_WORKFLOW_ID: '5f4e3d2c-0000-4b5e-9f70-8a1b2c3d4e5f' },
    { ...circleRun, runKey: 'circleci-5f4e3d2c-0000-4b5e-9f70-8a1b2c3d4e5f' },
  ],

  ['Buildkite: a push', buildkite, buildkiteRun],
  [
    "Buildkite: a fork's pull request",
    { ...buildkite, BUILDKITE_BRANCH: 'contributor:cart', BUILDKITE_PULL_REQUEST: '7' },
    { ...buildkiteRun, branch: 'contributor:cart' },
  ],
  ['Buildkite: a tag', { ...buildkite, BUILDKITE_BRANCH: 'v1.2', BUILDKITE_TAG: 'v1.2' }, { ...buildkiteRun, branch: null, tag: 'v1.2' }],
  ['Buildkite: a build by hand, of whatever is there', { ...buildkite, BUILDKITE_COMMIT: 'HEAD' }, { ...buildkiteRun, commit: null }],
  [
    'Buildkite: a job that is retried',
    { ...buildkite, BUILDKITE_RETRY_COUNT: '1' },
    { ...buildkiteRun, runKey: buildkiteRun.runKey.replace(/1$/, '2') },
  ],
  [
    'Buildkite: parallel jobs, without a label',
    { ...buildkite, BUILDKITE_LABEL: '', BUILDKITE_PARALLEL_JOB: '0', BUILDKITE_PARALLEL_JOB_COUNT: '5' },
    { ...buildkiteRun, shard: 'unit 1/5' },
  ],

  ['Bitbucket: a push', bitbucket, bitbucketRun],
  [
    'Bitbucket: a pull request',
    { ...bitbucket, BITBUCKET_BRANCH: 'cart', BITBUCKET_PR_DESTINATION_BRANCH: 'main', BITBUCKET_PR_ID: '7' },
    { ...bitbucketRun, branch: 'cart' },
  ],
  ['Bitbucket: a tag', { ...bitbucket, BITBUCKET_BRANCH: '', BITBUCKET_TAG: 'v1.2' }, { ...bitbucketRun, branch: null, tag: 'v1.2' }],
  [
    'Bitbucket: a step that is run again',
    { ...bitbucket, BITBUCKET_STEP_RUN_NUMBER: '2' },
    { ...bitbucketRun, runKey: 'bitbucket-acme/web-12-2' },
  ],
  [
    'Bitbucket: parallel steps',
    { ...bitbucket, BITBUCKET_PARALLEL_STEP: '0', BITBUCKET_PARALLEL_STEP_COUNT: '5' },
    { ...bitbucketRun, shard: '1/5' },
  ],
])('%s', (_, environment, expected) => {
  test('says what the run is', () => expect(detectCi(environment)).toEqual(expected));
});

test('outside of a CI system nothing is detected', () => {
  expect(detectCi({ CI: 'true', HOME: '/root', JENKINS_HOME: '/var/jenkins', GITHUB_ACTIONS: '', GITLAB_CI: 'false' })).toBeNull();
});
