import { batchesOf } from '../agent/batches.ts';
import { type Delivery, deliver } from '../agent/deliver.ts';
import { describeRun, type Run, type SaidOfRun } from '../agent/detect-run.ts';
import { type FailOn, Outcome } from '../agent/outcome.ts';
import { many, printable } from '../agent/printable.ts';
import { filesOf } from '../agent/report-files.ts';
import { reportIdOf } from '../agent/report-id.ts';
import { keepHeapSmall } from '../agent/small-heap.ts';
import { Spool } from '../agent/spool.ts';
import { appendSummary } from '../agent/summary-markdown.ts';
import { type Sent, summaryText } from '../agent/summary-text.ts';
import { type Survey, surveyOf } from '../agent/survey.ts';
import type { ReportFormat } from '../ingest/report-parser.ts';
import { connectionOf } from './connection-of.ts';
import { CommandError, type Output, progressBar } from './output.ts';
import type { ServerOptions } from './server-options.ts';

export interface ReportOptions extends SaidOfRun, ServerOptions {
  readonly project: string;
  readonly format: ReportFormat | 'auto';
  readonly failOn?: readonly FailOn[];
  readonly openDefects?: boolean;
  readonly spool?: string;
  readonly strict?: boolean;
}

/**
 * Reads test reports and sends them in batches, each of which is stored whole or not at all; what was stored before is
 * not stored again. What is wrong with a file or with the sending is said and, so that reporting never breaks a build by
 * itself, does not fail the command unless it is strict.
 *
 * @throws CommandError with exit code 1 where what was found is what --fail-on names, with 2 where it is strict and
 * something was wrong.
 */
export async function report(output: Output, patterns: readonly string[], options: ReportOptions): Promise<void> {
  keepHeapSmall();
  const problems: string[] = [];
  const onProblem = (sentence: string) => void problems.push(printable(sentence));
  const files = await filesOf(patterns, (pattern) => onProblem(`No file matches ${pattern}.`));
  const [survey, run] = await Promise.all([surveyOf(files, options.format, onProblem), describeRun(options, process.env, process.cwd())]);
  const outcome = new Outcome(options.failOn ?? []);
  const { runKey, delivery } = await send(survey, run, outcome, { options, output, onProblem });
  for (const problem of problems) output.progress(problem);
  if (outcome.counts.batches === 0) {
    output.result(delivery?.kept ? 'Nothing was reported yet.' : 'Nothing was reported.', { ...delivery, problems });
  } else {
    const sent: Sent = { project: options.project, files: survey.files.length, run, runKey, outcome };
    output.result(summaryText(sent), { ...documentOf(sent), ...delivery, problems });
    summarize(sent, output);
  }
  const failing = outcome.failing;
  if (failing.length > 0) throw new CommandError(`The report has what --fail-on asks for: ${failing.join(', ')}.`, 1);
  if (options.strict === true && problems.length > 0) {
    throw new CommandError(`${many(problems.length, 'problem')}, and --strict asks for none.`, 2);
  }
}

interface Sending {
  readonly options: ReportOptions;
  readonly output: Output;
  readonly onProblem: (sentence: string) => void;
}

async function send(
  survey: Survey,
  run: Run,
  outcome: Outcome,
  { options, output, onProblem }: Sending,
): Promise<{ readonly runKey: string; readonly delivery: Delivery | null }> {
  const { startedAt, durationMs } = survey;
  const report = {
    ...run,
    project: options.project,
    startedAt,
    durationMs,
    isInfrastructureFailure: survey.isInfrastructureFailure && options.openDefects !== true,
  };
  const { reportId, runKey } = reportIdOf(report, survey.digest);
  const nothing = survey.results === 0 && options.spool === undefined;
  if (nothing) return { runKey, delivery: null };
  try {
    const connection = connectionOf(options, onProblem);
    const progress = progressBar(output, 'Results sent');
    const delivery = await deliver({ ...report, reportId, runKey }, batchesOf(survey), {
      ...connection,
      spool: options.spool === undefined ? null : new Spool(options.spool),
      onProblem,
      onProgress: (sentence) => output.progress(printable(sentence)),
      onReceipt(receipt) {
        outcome.add(receipt);
        progress(outcome.counts.results, survey.results);
      },
    });
    return { runKey, delivery };
  } catch (error) {
    onProblem(`The report was not sent${outcome.counts.batches > 0 ? ' further' : ''}: ${(error as Error).message}`);
    return { runKey, delivery: null };
  }
}

function documentOf({ project, files, run, runKey, outcome }: Sent): Record<string, unknown> {
  const { counts, verdict, isInfrastructureFailure, flakyTests, defects, flaky } = outcome;
  return { project, files, ...counts, verdict, isInfrastructureFailure, flakyTests, defects, flaky, run: { ...run, runKey } };
}

/** The page that GitHub shows of a job. That it cannot be written is no fault of the tests. */
function summarize(sent: Sent, output: Output): void {
  const path = process.env.GITHUB_STEP_SUMMARY;
  if (!path) return;
  try {
    appendSummary(path, sent);
  } catch (error) {
    output.progress(`The step's summary cannot be written (${(error as Error).message}).`);
  }
}
