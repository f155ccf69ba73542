import { cutName } from '../ingest/bounded-text.ts';
import { azureDevops } from './ci/azure-devops.ts';
import { bitbucket } from './ci/bitbucket.ts';
import { buildkite } from './ci/buildkite.ts';
import { type CiDetector, type CiRun, variablesOf } from './ci/ci-run.ts';
import { circleci } from './ci/circleci.ts';
import { githubActions } from './ci/github-actions.ts';
import { gitlab } from './ci/gitlab.ts';
import { jenkins } from './ci/jenkins.ts';
import { checkoutOf } from './git.ts';

const DETECTORS: readonly CiDetector[] = [githubActions, gitlab, azureDevops, circleci, buildkite, bitbucket, jenkins];
const SYSTEMS: Readonly<Record<string, string>> = { linux: 'Linux', darwin: 'macOS', win32: 'Windows' };

/** What a person has said of the run, which goes before what is detected. */
export interface SaidOfRun {
  readonly ciProvider?: string | undefined;
  readonly runKey?: string | undefined;
  readonly shard?: string | undefined;
  readonly commit?: string | undefined;
  readonly branch?: string | undefined;
  readonly runUrl?: string | undefined;
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** A run, as `reportTestRun` takes it. */
export interface Run {
  readonly ciProvider: string | null;
  /** Null where nothing names the run. */
  readonly runKey: string | null;
  readonly shard: string | null;
  readonly commitSha: string | null;
  readonly branch: string | null;
  readonly runUrl: string | null;
  readonly environment: Readonly<Record<string, string>>;
}

/** What the environment says of the run; null outside of the CI systems that are known. */
export function detectCi(environment: Readonly<Record<string, string | undefined>>): CiRun | null {
  const variable = variablesOf(environment);
  for (const detect of DETECTORS) {
    const run = detect(variable);
    if (run !== null) return run;
  }
  return null;
}

/**
 * The run that results belong to: what was said, else what the CI's environment says, else, of commit and branch, what
 * Git says of the directory. What is detected is made to fit the server's limits; what was said is left as it is, so that
 * who said it hears of it.
 */
export async function describeRun(
  said: SaidOfRun,
  environment: Readonly<Record<string, string | undefined>>,
  directory: string,
): Promise<Run> {
  const ci = detectCi(environment);
  const unknown = (said.commit ?? hexadecimal(ci?.commit)) === null || (said.branch ?? ci?.branch ?? ci?.tag ?? null) === null;
  const git = unknown ? await checkoutOf(directory) : { commit: null, branch: null };
  const machine = { os: SYSTEMS[process.platform] ?? process.platform, arch: process.arch };
  const detected = Object.entries({ runner: ci?.runner, tag: ci?.tag }).flatMap(([name, value]) =>
    value ? [[name, value.slice(0, 500)]] : [],
  );
  return {
    ciProvider: said.ciProvider ?? ci?.provider ?? null,
    runKey: said.runKey ?? (ci === null ? null : cutName(ci.runKey, 200)),
    shard: said.shard ?? (ci?.shard ? cutName(ci.shard, 100) : null),
    commitSha: said.commit ?? hexadecimal(ci?.commit) ?? hexadecimal(git.commit),
    branch: said.branch ?? bounded(ci?.branch ?? (ci?.tag ? null : git.branch), 500),
    runUrl: said.runUrl ?? address(ci?.runUrl),
    environment: { ...machine, ...Object.fromEntries(detected), ...said.environment },
  };
}

function hexadecimal(commit: string | null | undefined): string | null {
  return commit && /^[0-9a-f]{7,64}$/i.test(commit) ? commit.toLowerCase() : null;
}

function bounded(text: string | null, limit: number): string | null {
  return text === null ? null : cutName(text, limit);
}

function address(url: string | null | undefined): string | null {
  return url && /^https?:\/\/\S+$/.test(url) && url.length <= 2_000 ? url : null;
}
