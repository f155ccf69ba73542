/** What the environment of a CI job says of the run; null where it says nothing. */
export interface CiRun {
  /** The CI system, as `github-actions`. */
  readonly provider: string;
  /**
   * One run of one pipeline: the CI's own id with its attempt, where it counts attempts. So a report that is sent twice
   * from one run is the same report, and the run that somebody starts again is another: a test that fails in the first
   * and passes in the second is flaky, not mended.
   */
  readonly runKey: string;
  /** Which part of the run this is: the job, and its place among those that it is split into, as `unit 1/3`. */
  readonly shard: string | null;
  /** Of a pull request the head's, not the merge's, where the environment tells. */
  readonly commit: string | null;
  readonly branch: string | null;
  readonly tag: string | null;
  /** Where the CI shows the run. */
  readonly runUrl: string | null;
  /** The machine, as the CI calls it. */
  readonly runner: string | null;
}

/** Looks up a variable; null where it is not set, or to nothing, which CI systems do for what does not apply. */
export type Variables = (name: string) => string | null;

/** Whether this is its job, and what it says. */
export type CiDetector = (variable: Variables) => CiRun | null;

export function variablesOf(environment: Readonly<Record<string, string | undefined>>): Variables {
  return (name) => environment[name]?.trim() || null;
}

/** `<id>-<attempt>` of a CI system, the first attempt being 1. */
export function runKey(provider: string, id: string | null, attempt: string | number | null): string {
  return [provider, id ?? 'unknown', attempt].filter((part) => part !== null).join('-');
}

/** The name of a job with its place (from 1) among those that it is split into; a job that is not split has no place. */
export function shardName(job: string | null, place: number | null, total: string | null): string | null {
  const split = place !== null && Number.isInteger(place) && Number(total) > 1 ? `${place}/${total}` : null;
  // GitLab's names end in the place already: "unit 1/3".
  if (split !== null && job?.endsWith(split)) return job;
  return [job, split].filter((part) => part !== null).join(' ') || null;
}

/** A place that is counted from 0. */
export function fromZero(index: string | null): number | null {
  return index === null ? null : Number(index) + 1;
}

/** A ref without `refs/heads/`; null for a tag's or a pull request's. */
export function branchOf(ref: string | null): string | null {
  if (ref === null) return null;
  if (ref.startsWith('refs/heads/')) return ref.slice('refs/heads/'.length);
  return ref.startsWith('refs/') ? null : ref;
}

/** The name of a tag's ref; null for any other. */
export function tagOf(ref: string | null): string | null {
  return ref?.startsWith('refs/tags/') ? ref.slice('refs/tags/'.length) : null;
}
