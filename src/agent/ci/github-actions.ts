import { readFileSync } from 'node:fs';
import { branchOf, type CiRun, runKey, shardName, tagOf, type Variables } from './ci-run.ts';

/** What is read of an event's payload: https://docs.github.com/en/webhooks/webhook-events-and-payloads */
interface Event {
  readonly pull_request?: { readonly head?: { readonly sha?: string; readonly ref?: string } };
  readonly workflow_run?: {
    readonly id?: number;
    readonly run_attempt?: number;
    readonly head_sha?: string;
    readonly head_branch?: string;
    readonly html_url?: string;
  };
}

/**
 * GitHub Actions. `GITHUB_SHA` of a pull request is a merge that nobody has: the head stands in the event's payload, as
 * does the run whose results a `workflow_run` workflow reports. A job does not know its place in a matrix: action.yml
 * gives it as `STRATEGY_JOB_INDEX` (from 0) and `STRATEGY_JOB_TOTAL`.
 *
 * https://docs.github.com/en/actions/reference/workflows-and-actions/variables#default-environment-variables
 * https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#pull_request
 */
export function githubActions(variable: Variables): CiRun | null {
  if (variable('GITHUB_ACTIONS') !== 'true') return null;
  const event = eventAt(variable('GITHUB_EVENT_PATH'));
  const reported = variable('GITHUB_EVENT_NAME') === 'workflow_run' ? event.workflow_run : undefined;
  const head = event.pull_request?.head;
  const ref = variable('GITHUB_REF');
  const id = reported?.id === undefined ? variable('GITHUB_RUN_ID') : String(reported.id);
  const attempt = reported === undefined ? variable('GITHUB_RUN_ATTEMPT') : String(reported.run_attempt ?? 1);
  const run = `${variable('GITHUB_SERVER_URL')}/${variable('GITHUB_REPOSITORY')}/actions/runs/${id}`;
  const index = variable('STRATEGY_JOB_INDEX');
  return {
    provider: 'github-actions',
    runKey: runKey('github', id, attempt ?? '1'),
    shard: shardName(variable('GITHUB_JOB'), index === null ? null : Number(index) + 1, variable('STRATEGY_JOB_TOTAL')),
    commit: reported?.head_sha ?? head?.sha ?? variable('GITHUB_SHA'),
    branch: reported?.head_branch ?? head?.ref ?? variable('GITHUB_HEAD_REF') ?? branchOf(ref),
    tag: reported === undefined ? tagOf(ref) : null,
    runUrl: reported?.html_url ?? `${run}/attempts/${attempt ?? '1'}`,
    runner: variable('RUNNER_NAME'),
  };
}

function eventAt(path: string | null): Event {
  if (path === null) return {};
  try {
    return (JSON.parse(readFileSync(path, 'utf8')) as Event | null) ?? {};
  } catch {
    // A container may not have the file: the variables still tell the run.
    return {};
  }
}
