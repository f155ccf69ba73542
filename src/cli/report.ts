import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { glob } from 'node:fs/promises';
import { readJunit } from '../ingest/junit.ts';
import type { ReportProblem, TestResult } from '../ingest/report.ts';
import { CommandError, type Output } from './output.ts';
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

/** Results in one request, and characters of them: well below what the server takes. */
const BATCH_RESULTS = 2_000;
const BATCH_CHARACTERS = 4_000_000;

/** The sum of what the server answered. */
type Totals = Omit<Receipt, 'reportId' | 'replayed'> & { files: number; batches: number; replayedBatches: number };

/**
 * Reads test reports and sends them in batches, each of which is stored whole or not at all; what was stored before is
 * not stored again. What is wrong with a file or with the sending is said and, so that CI never breaks a build by
 * itself, does not fail the command unless it is strict (exit code 2).
 */
export async function report(output: Output, patterns: readonly string[], options: ReportOptions): Promise<void> {
  const problems: string[] = [];
  const files = await filesOf(patterns);
  if (files.length === 0) problems.push(`No file matches ${patterns.join(' ')}.`);
  const totals = files.length === 0 ? null : await send(files, options, output, problems);
  for (const problem of problems) output.progress(problem);
  output.result(totals === null ? 'Nothing was reported.' : summary(totals, options.project), { ...totals, problems });
  if (options.strict === true && problems.length > 0) throw new CommandError(`${problems.length} problems, and --strict asks for none.`, 2);
}

async function filesOf(patterns: readonly string[]): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    for await (const entry of glob(pattern, { withFileTypes: true })) {
      if (entry.isFile()) found.add(`${entry.parentPath}/${entry.name}`);
    }
  }
  return [...found].sort();
}

async function send(files: readonly string[], options: ReportOptions, output: Output, problems: string[]): Promise<Totals | null> {
  if (options.token === undefined) {
    problems.push('There is no credential: set DEFECTXRAY_TOKEN, or give --token.');
    return null;
  }
  const digest = await digestOf(files, options);
  const run = {
    project: options.project,
    runKey: options.runKey ?? `local-${digest.slice(0, 16)}`,
    shard: options.shard,
    commitSha: options.commit,
    branch: options.branch,
    runUrl: options.runUrl,
  };
  const totals: Totals = {
    files: files.length,
    batches: 0,
    replayedBatches: 0,
    results: 0,
    passed: 0,
    failed: 0,
    errored: 0,
    skipped: 0,
    newTests: 0,
    newDefects: 0,
    knownDefects: 0,
    regressedDefects: 0,
  };
  const onProblem = ({ file, line, column, message }: ReportProblem) => void problems.push(`${file}:${line}:${column}: ${message}`);
  try {
    for await (const batch of batches(files, onProblem)) {
      const receipt = await sendReport(options.server, options.token, {
        ...run,
        reportId: `${digest}-${totals.batches + 1}`,
        results: batch,
      });
      totals.batches += 1;
      if (receipt.replayed) totals.replayedBatches += 1;
      for (const count of [
        'results',
        'passed',
        'failed',
        'errored',
        'skipped',
        'newTests',
        'newDefects',
        'knownDefects',
        'regressedDefects',
      ] as const)
        totals[count] += receipt[count];
      output.progress(`${totals.results} results sent …`);
    }
  } catch (error) {
    problems.push(`The report was not sent${totals.batches > 0 ? ' further' : ''}: ${(error as Error).message}`);
    if (totals.batches === 0) return null;
  }
  return totals;
}

/** What makes this report the same report: the project, the run, and the content of the files. */
async function digestOf(files: readonly string[], options: ReportOptions): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify([options.project, options.runKey ?? '', options.shard ?? '']));
  for (const file of files) {
    const content = createHash('sha256');
    for await (const chunk of createReadStream(file)) content.update(chunk as Buffer);
    hash.update(content.digest());
  }
  return hash.digest('hex');
}

async function* batches(files: readonly string[], onProblem: (problem: ReportProblem) => void): AsyncGenerator<TestResult[]> {
  let batch: TestResult[] = [];
  let characters = 0;
  for (const file of files) {
    for await (const result of readJunit(createReadStream(file), file, onProblem)) {
      batch.push(result);
      characters += 300 + (result.failure === null ? 0 : result.failure.message.length + result.failure.details.length);
      if (batch.length >= BATCH_RESULTS || characters >= BATCH_CHARACTERS) {
        yield batch;
        batch = [];
        characters = 0;
      }
    }
  }
  if (batch.length > 0) yield batch;
}

function summary(totals: Totals, project: string): string {
  const again = totals.batches > 0 && totals.replayedBatches === totals.batches ? ' (reported before: nothing has changed)' : '';
  return [
    `${totals.results} results of ${totals.files} files reported for ${project}${again}.`,
    `  tests    ${totals.passed} passed, ${totals.failed} failed, ${totals.errored} errored, ${totals.skipped} skipped; ${totals.newTests} never seen before`,
    `  defects  ${totals.newDefects} new, ${totals.knownDefects} known, ${totals.regressedDefects} regressed`,
  ].join('\n');
}
