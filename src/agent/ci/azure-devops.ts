import { branchOf, type CiRun, runKey, shardName, tagOf, type Variables } from './ci-run.ts';

/** What Agent.JobName says of a job that is not one of a matrix. */
const NO_CONFIGURATION = new Set(['Job', '__default']);

/**
 * Azure Pipelines. `Build.SourceVersion` of a pull request is a merge: the head is `System.PullRequest.SourceCommitId`.
 * Jobs that are retried keep the build and count `System.JobAttempt`. `Agent.JobName` is the configuration of a matrix.
 *
 * https://learn.microsoft.com/azure/devops/pipelines/build/variables
 * https://learn.microsoft.com/azure/devops/pipelines/test/parallel-testing-any-test-runner
 */
export function azureDevops(variable: Variables): CiRun | null {
  if (variable('TF_BUILD')?.toLowerCase() !== 'true') return null;
  const build = variable('BUILD_BUILDID');
  const collection = (variable('SYSTEM_COLLECTIONURI') ?? variable('SYSTEM_TEAMFOUNDATIONCOLLECTIONURI'))?.replace(/\/*$/, '/');
  const project = variable('SYSTEM_TEAMPROJECT');
  const ref = variable('BUILD_SOURCEBRANCH');
  const configuration = variable('AGENT_JOBNAME');
  const job = [variable('SYSTEM_STAGENAME'), variable('SYSTEM_PHASENAME'), configuration]
    .filter((part) => part !== null && !NO_CONFIGURATION.has(part))
    .filter((part, index, parts) => parts.indexOf(part) === index)
    .join(' ');
  const place = variable('SYSTEM_JOBPOSITIONINPHASE');
  const located = collection !== undefined && project !== null && build !== null;
  return {
    provider: 'azure-devops',
    runKey: runKey('azure', build, variable('SYSTEM_JOBATTEMPT') ?? '1'),
    shard: shardName(job || null, place === null ? null : Number(place), variable('SYSTEM_TOTALJOBSINPHASE')),
    commit: variable('SYSTEM_PULLREQUEST_SOURCECOMMITID') ?? variable('BUILD_SOURCEVERSION'),
    branch: branchOf(variable('SYSTEM_PULLREQUEST_SOURCEBRANCH') ?? ref),
    tag: tagOf(ref),
    runUrl: located ? `${collection}${encodeURIComponent(project)}/_build/results?buildId=${build}` : null,
    runner: variable('AGENT_NAME'),
  };
}
