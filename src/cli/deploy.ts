import { describeRun } from '../agent/detect-run.ts';
import { printable } from '../agent/printable.ts';
import { withRetries } from '../agent/retry.ts';
import { type Deployment, sendFinish, sendStart } from '../agent/send-deployment.ts';
import type { Destination } from '../agent/send-mutation.ts';
import { connectionOf } from './connection-of.ts';
import { CommandError, type Output } from './output.ts';
import type { ServerOptions } from './server-options.ts';

interface DeployOptions extends ServerOptions {
  readonly notes?: string;
  readonly strict?: boolean;
}

export interface StartOptions extends DeployOptions {
  readonly project: string;
  readonly environment: string;
  readonly commit?: string;
}

export interface FinishOptions extends DeployOptions {
  readonly project?: string;
  readonly environment?: string;
  readonly id?: string;
  readonly status: string;
}

/**
 * Says that a version is being deployed. A record that cannot be made is said, and fails no deployment.
 *
 * @throws CommandError with exit code 2 where it cannot be made, with --strict.
 */
export async function startDeployment(output: Output, version: string, options: StartOptions): Promise<void> {
  const { commitSha } = await describeRun({ commit: options.commit }, process.env, process.cwd());
  const { project, environment, notes = null } = options;
  const input = { project, version, environment: environment.toUpperCase(), commitSha, notes };
  await say(output, options, async (destination, token, patienceMs) => {
    const { deployment, isNew } = await sendStart(destination, token, input, patienceMs);
    return { deployment, isNew, text: `${textOf(deployment)}${isNew ? '' : ', as it was before'}` };
  });
}

/**
 * Says how a deployment ended, named by its id or by version, project and environment. A record that cannot be made is said,
 * and fails no deployment.
 *
 * @throws CommandError with exit code 1 where it is not named, with 2 where the record cannot be made, with --strict.
 */
export async function finishDeployment(output: Output, version: string | undefined, options: FinishOptions): Promise<void> {
  const { id = null, project = null, environment = null, notes = null } = options;
  const named = [version, project, environment].filter((value) => value != null).length;
  if (id === null ? named < 3 : named > 0) {
    throw new CommandError('Say which deployment: either its version with --project and --environment, or --id.');
  }
  const status = options.status.toUpperCase().replace('-', '_');
  const input = { id, project, version: version ?? null, environment: environment?.toUpperCase() ?? null, status, notes };
  await say(output, options, async (destination, token, patienceMs) => {
    const deployment = await sendFinish(destination, token, input, patienceMs);
    return { deployment, text: textOf(deployment) };
  });
}

interface Said {
  readonly deployment: Deployment;
  readonly isNew?: boolean;
  readonly text: string;
}

async function say(
  output: Output,
  options: DeployOptions,
  send: (destination: Destination, token: string, patienceMs: number) => Promise<Said>,
): Promise<void> {
  const problems: string[] = [];
  const onProblem = (sentence: string) => void problems.push(printable(sentence));
  let said: Said | null = null;
  try {
    const connection = connectionOf(options, onProblem);
    const credential = connection.credential();
    said = await withRetries(async (patienceMs) => send(connection, await credential.token(), patienceMs), {
      deadline: connection.deadline,
      onWait: (error, waitMs) =>
        output.progress(printable(`${error.message} Trying again in ${Math.max(1, Math.round(waitMs / 1_000))} s …`)),
    });
  } catch (error) {
    onProblem(`The deployment was not recorded: ${(error as Error).message}`);
  }
  for (const problem of problems) output.progress(problem);
  if (said === null) output.result('Nothing was recorded.', { deployment: null, problems });
  else {
    const { text, ...document } = said;
    output.result(printable(text), { ...document, problems });
  }
  if (options.strict === true && problems.length > 0) {
    throw new CommandError(
      said === null ? 'The deployment was not recorded, and --strict asks for it.' : 'There was a problem, and --strict asks for none.',
      2,
    );
  }
}

function textOf({ id, version, environment, status, durationSeconds, project }: Deployment): string {
  const time = durationSeconds === null ? '' : ` after ${durationSeconds} s`;
  return `${project?.slug ?? 'project'} ${version} to ${environment.toLowerCase()}: ${status.toLowerCase().replace('_', ' ')}${time} (${id})`;
}
