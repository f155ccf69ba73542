import { CommandError, type Output } from './output.ts';
import { batches, digestOf, filesOf } from './report-files.ts';
import { type Receipt, sendReport } from './send-report.ts';

export interface ReportOptions {
  readonly project: string;
  readonly server: string;
  readonly token?: string;
  readonly runKey?: string;
  readonly shard?: string;
  readonly commit?: string;
  readonly branch?: string;
  readonly runUrl?: string;
  readonly strict?: boolean;
}

const COUNTS = [
  'results',
  'passed',
  'failed',
  'errored',
  'skipped',
  'newTests',
  'newDefects',
  'knownDefects',
  'regressedDefects',
] as const satisfies (keyof Receipt)[];

/** The sum of what the server answered. */
type Totals = Record<(typeof COUNTS)[number] | 'files' | 'batches' | 'replayedBatches', number>;

/**
 * Reads test reports and sends them in batches, each of which is stored whole or not at all; what was stored before is
 * not stored again. What is wrong with a file or with the sending is said and, so that CI never breaks a build by
 * itself, does not fail the command unless it is strict (exit code 2).
 */
export async function report(output: Output, patterns: readonly string[], options: ReportOptions): Promise<void> {
  const problems: string[] = [];
  const files = await filesOf(patterns, (pattern) => void problems.push(`No file matches ${pattern}.`));
  const totals = files.length === 0 ? null : await send(files, options, output, problems);
  for (const problem of problems) output.progress(problem);
  output.result(totals === null ? 'Nothing was reported.' : summary(totals, options.project), { ...totals, problems });
  if (options.strict === true && problems.length > 0) {
    throw new CommandError(`${many(problems.length, 'problem')}, and --strict asks for none.`, 2);
  }
}

/** What was stored; null where nothing was, or could be. */
async function send(files: readonly string[], options: ReportOptions, output: Output, problems: string[]): Promise<Totals | null> {
  const { project, server, token, runKey, shard, commit, branch, runUrl } = options;
  if (token === undefined) {
    problems.push('There is no credential: set DEFECTXRAY_TOKEN, or give --token.');
    return null;
  }
  // It would become part of a header, and of what the runtime says of a header that is none.
  if (!/^[!-~]+$/.test(token)) {
    problems.push('The credential holds characters that no credential has: copy it whole, and nothing else with it.');
    return null;
  }
  const zero = [...COUNTS, 'batches', 'replayedBatches'].map((name) => [name, 0]);
  const totals: Totals = { files: files.length, ...Object.fromEntries(zero) };
  try {
    const digest = await digestOf([project, runKey, shard, commit, branch, runUrl], files);
    const run = { project, runKey: runKey ?? `local-${digest.slice(0, 16)}`, shard, commitSha: commit, branch, runUrl };
    const read = batches(files, ({ file, line, column, message }) => void problems.push(`${file}:${line}:${column}: ${message}`));
    for await (const results of read) {
      const receipt = await sendReport(server, token, { ...run, reportId: `${digest}-${totals.batches + 1}`, results });
      totals.batches += 1;
      if (receipt.replayed) totals.replayedBatches += 1;
      for (const count of COUNTS) totals[count] += receipt[count];
      output.progress(`${many(totals.results, 'result')} sent …`);
    }
  } catch (error) {
    problems.push(`The report was not sent${totals.batches > 0 ? ' further' : ''}: ${(error as Error).message}`);
    if (totals.batches === 0) return null;
  }
  return totals;
}

function summary(totals: Totals, project: string): string {
  const again = totals.batches > 0 && totals.replayedBatches === totals.batches ? ' (reported before: nothing has changed)' : '';
  return [
    `${many(totals.results, 'result')} of ${many(totals.files, 'file')} reported for ${project}${again}.`,
    `  tests    ${totals.passed} passed, ${totals.failed} failed, ${totals.errored} errored, ${totals.skipped} skipped; ${totals.newTests} never seen before`,
    `  defects  ${totals.newDefects} new, ${totals.knownDefects} known, ${totals.regressedDefects} regressed`,
  ].join('\n');
}

function many(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
