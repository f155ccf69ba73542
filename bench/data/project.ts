import { createHash } from 'node:crypto';
import { defectStory, SEVERITIES } from './defect-story.ts';
import type { Failures } from './failures.ts';
import { addOperations } from './operations.ts';
import { type ProjectPlan, SPAN_MS } from './plan.ts';
import { type Random, seeded } from './random.ts';
import { noRows, type TableRows } from './tables.ts';
import { ACTIONS, BRANCHES, CI, ENTITIES, LAYERS, SITUATIONS } from './vocabulary.ts';

/** What encrypts, by column of `defects`. */
export interface Sealers {
  readonly failure_details: (text: string) => string;
  readonly stack_trace: (text: string) => string;
  readonly fingerprint_explanation: (text: string) => string;
}

interface Run {
  readonly id: string;
  readonly key: string;
  readonly startedAt: number;
  readonly commit: string;
  readonly count: { passed: number; failed: number; errored: number; flaky: number };
}

interface Test {
  readonly id: string;
  readonly name: string;
  readonly identity: string;
}

const BATCH = 1_000;
const TESTS_A_DEFECT = 1 / 3;
/** Occurrences in a run, on average. */
const FAILURES_A_RUN = 20;
const OCCURRENCES_A_DEFECT = 5;
const PASSED_A_RUN = 10;
const FLAKY_EVERY = 25;
const ENVIRONMENTS = [
  { os: 'ubuntu-24.04', runtime: 'node 24.1' },
  { os: 'windows-2025', runtime: 'node 24.1' },
  { os: 'macos-15', runtime: 'node 22.9' },
] as const;
const DAY_MS = 24 * 60 * 60 * 1_000;

/**
 * All rows of a project, in batches of about 1,000 defects, as the functions and triggers of the product would have left them:
 * counters, first and last occurrences, daily counts, one result for each occurrence and half as many of tests that passed.
 *
 * @param now what all times go up to, in milliseconds since the epoch.
 */
export function* projectRows(plan: ProjectPlan, failures: Failures, seal: Sealers, now: number): Generator<TableRows> {
  const random = seeded(`${plan.seed}/rows`);
  const rows = noRows();
  const runs = makeRuns(random, Math.max(10, Math.ceil((plan.defects * OCCURRENCES_A_DEFECT) / FAILURES_A_RUN)), now);
  const tests = makeTests(random, plan, failures, now, rows);
  const days = new Map<string, { opened: number; resolved: number; occurrences: number }>();
  const count = (at: number, severity: string, what: 'opened' | 'resolved' | 'occurrences') => {
    const key = `${new Date(at).toISOString().slice(0, 10)} ${severity}`;
    let day = days.get(key);
    if (day === undefined) days.set(key, (day = { opened: 0, resolved: 0, occurrences: 0 }));
    day[what] += 1;
  };
  const { organizationId, id: projectId } = plan;
  const firstFailure = random.below(1_000);
  for (let n = 0; n < plan.defects; n += 1) {
    const failure = failures.at((firstFailure + n) % Math.max(failures.kept, plan.defects));
    const test = tests[n % tests.length] as Test;
    const execution = String(Math.floor(n / tests.length) + 1);
    const story = defectStory(random, {
      runs: runs.length,
      first: Math.floor((n / plan.defects) * runs.length),
      timeOf: (run) => (runs[run] as Run).startedAt,
      now,
    });
    const offset = 1_000 + random.below(600_000);
    const severity = random.pick(SEVERITIES);
    const environment = JSON.stringify(random.pick(ENVIRONMENTS));
    const outcome = /Assertion/.test(failure.errorType) ? 'failed' : 'errored';
    const at = (run: Run) => Math.min(run.startedAt + offset, now);
    const seen = story.runs.map((run) => runs[run] as Run);
    const [first, last] = [seen[0] as Run, seen.at(-1) as Run];
    const defectId = random.uuid(at(first));
    for (const run of seen) {
      const [time, duration] = [new Date(at(run)), 5 + random.below(20_000)];
      rows.defect_occurrences.add([
        organizationId,
        random.uuid(at(run)),
        projectId,
        defectId,
        test.id,
        run.id,
        time,
        duration,
        environment,
        time,
      ]);
      rows.test_results.add([
        organizationId,
        random.uuid(at(run)),
        projectId,
        run.id,
        test.id,
        execution,
        1,
        true,
        outcome,
        duration,
        time,
        time,
      ]);
      run.count[outcome] += 1;
      count(at(run), severity, 'occurrences');
    }
    count(at(first), severity, 'opened');
    const resolvedAt = story.resolvedAt === null ? null : Math.min(story.resolvedAt + offset, now);
    for (const time of [
      ...(resolvedAt === null ? [] : [resolvedAt]),
      ...(story.isRegressed ? [Math.max(at(first), at(last) - DAY_MS)] : []),
    ]) {
      count(time, severity, 'resolved');
    }
    const isTouched = story.status !== 'open';
    rows.defects.add([
      ...[organizationId, defectId, projectId, test.id, `\\x${failure.fingerprint}`, failure.title, failure.errorType],
      ...[seal.failure_details(failure.failureDetails), seal.stack_trace(failure.stackTrace)],
      ...[seal.fingerprint_explanation(failure.fingerprintExplanation), environment, severity, story.status],
      story.isAssigned ? random.pick(plan.workers) : null,
      ...[seen.length, new Date(at(first)), new Date(at(last)), first.id, last.id],
      ...[`${first.key}\x01\x01${test.name.slice(0, 100)}\x01${test.identity}\x01${execution}`, `${last.key}\x01`],
      resolvedAt === null ? null : new Date(resolvedAt),
      ...(story.isRegressed ? [new Date(at(last)), last.id, 1] : [null, null, 0]),
      ...[new Date(at(first)), new Date(resolvedAt ?? at(first)), isTouched ? 2 : 1],
    ]);
    if (rows.defects.count >= BATCH) yield rows;
  }
  for (const [n, run] of runs.entries()) {
    addPassed(random, plan, tests, n, run, rows);
    addRun(random, plan, run, rows);
    if (rows.test_results.count > BATCH * OCCURRENCES_A_DEFECT) yield rows;
  }
  for (const [key, { opened, resolved, occurrences }] of days) {
    const [day, severity] = key.split(' ') as [string, string];
    rows.defect_daily_stats.add([organizationId, projectId, day, severity, opened, resolved, occurrences, new Date(now)]);
  }
  addOperations(random, plan, now, rows);
  yield rows;
}

function makeRuns(random: Random, count: number, now: number): readonly Run[] {
  return Array.from({ length: count }, (_, n) => {
    // The last ones have ended by now.
    const startedAt = Math.floor(now - 900_000 - SPAN_MS * (1 - (n + random.number()) / count));
    return {
      id: random.uuid(startedAt),
      key: `build-${n + 1}`,
      startedAt,
      commit: random.hex(40),
      count: { passed: 0, failed: 0, errored: 0, flaky: 0 },
    };
  });
}

function makeTests(random: Random, plan: ProjectPlan, { language }: Failures, now: number, rows: TableRows): readonly Test[] {
  const made = new Date(now - SPAN_MS);
  return Array.from({ length: Math.ceil(plan.defects * TESTS_A_DEFECT) }, (_, n) => {
    const [entity, layer] = [random.pick(ENTITIES), random.pick(LAYERS)];
    const name = `${random.pick(ACTIONS)} ${random.pick(ENTITIES)} ${random.pick(SITUATIONS)} (${n + 1})`;
    const [suite, file] = [`${entity}${layer}`, language.file(entity, layer)];
    const id = random.uuid(made.getTime());
    rows.tests.add([plan.organizationId, id, plan.id, name, suite, file, language.framework, made, made]);
    return { id, name, identity: identityOf([language.framework, suite, name, '']) };
  });
}

/** As app_private.test_identity has it. */
function identityOf(parts: readonly string[]): string {
  return createHash('sha256')
    .update(parts.map((part) => `${part.length}:${part}`).join(''))
    .digest('hex');
}

function addPassed(random: Random, plan: ProjectPlan, tests: readonly Test[], n: number, run: Run, rows: TableRows): void {
  const count = Math.min(PASSED_A_RUN, tests.length);
  for (let k = 0; k < count; k += 1) {
    const index = (n * PASSED_A_RUN + k) % tests.length;
    const test = tests[index] as Test;
    const at = new Date(run.startedAt + k * 1_000);
    const isFlaky = index % FLAKY_EVERY === 0 && random.chance(0.5);
    const result = (attempt: number, isFinal: boolean, outcome: string) =>
      rows.test_results.add([
        ...[plan.organizationId, random.uuid(at.getTime()), plan.id, run.id, test.id, 'headless', attempt, isFinal, outcome],
        ...[5 + random.below(5_000), at, at],
      ]);
    if (isFlaky) {
      result(1, false, 'failed');
      run.count.flaky += 1;
      const id = random.uuid(at.getTime());
      rows.test_flakes.add([plan.organizationId, id, plan.id, test.id, 'retry', `${run.id}/headless`, run.commit, at, at]);
    }
    result(isFlaky ? 2 : 1, true, 'passed');
    run.count.passed += 1;
  }
}

function addRun(random: Random, plan: ProjectPlan, run: Run, rows: TableRows): void {
  const at = new Date(run.startedAt);
  rows.test_runs.add([
    ...[plan.organizationId, run.id, plan.id, run.key, run.commit, random.pick(BRANCHES), random.pick(CI)],
    ...[`https://ci.example.com/${plan.slug}/${run.key}`, random.pick(ENVIRONMENTS), at, 60_000 + random.below(840_000)],
    ...[run.count.passed, run.count.failed, run.count.errored, run.count.flaky, at, at],
  ]);
}
