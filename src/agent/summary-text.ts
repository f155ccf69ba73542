import type { Run } from './detect-run.ts';
import type { Outcome } from './outcome.ts';
import { many, printable, shortened } from './printable.ts';
import type { ReportedDefect } from './receipt.ts';

const LISTED = 30;
const TITLE = 120;

/** A report that was sent: for which project, from where, with what outcome. */
export interface Sent {
  readonly project: string;
  readonly files: number;
  readonly run: Run;
  readonly runKey: string;
  readonly outcome: Outcome;
}

/** What became of a report, for a person at a terminal or in a log. */
export function summaryText({ project, files, run, runKey, outcome }: Sent): string {
  const { counts, defects, flaky, flakyTests } = outcome;
  const again = counts.batches > 0 && counts.replayedBatches === counts.batches ? ' (reported before: nothing has changed)' : '';
  const muted = counts.mutedDefects > 0 ? ` (${counts.mutedDefects} muted)` : '';
  const lines = [
    `${many(counts.results, 'result')} of ${many(files, 'file')} reported for ${printable(project)}${again}.`,
    `  run      ${printable([runKey, run.shard].filter((part) => part !== null).join(', '))}${placeOf(run)}`,
    `  tests    ${counts.passed} passed, ${counts.failed} failed, ${counts.errored} errored, ${counts.skipped} skipped; ${counts.newTests} never seen before`,
    `  defects  ${counts.newDefects} new, ${counts.knownDefects} known, ${counts.regressedDefects} regressed${muted}`,
    ...(flakyTests > 0 ? [`  flaky    ${many(flakyTests, 'test')}`] : []),
    ...(outcome.isInfrastructureFailure ? ['  Nearly everything failed: taken for a failure of the machine, no defect was opened.'] : []),
    ...listed(defects.map(defectLine)),
    ...listed(
      flaky.map(({ name, suite, score }) => `  flaky      ${score.toFixed(2)}      ${printable(shortened(`${suite} › ${name}`, TITLE))}`),
    ),
    ...(run.runUrl === null ? [] : [`  ${printable(run.runUrl)}`]),
  ];
  return lines.join('\n');
}

function placeOf({ branch, commitSha }: Run): string {
  const place = [branch, commitSha?.slice(0, 12)].filter((part) => part != null).join(' at ');
  return place === '' ? '' : `: ${printable(place)}`;
}

function defectLine({ id, title, severity, state, isMuted, occurrences, test }: ReportedDefect): string {
  const what = printable(shortened(title, TITLE));
  const where = test === null ? '' : ` in ${printable(shortened(test, TITLE))}`;
  const times = occurrences === 1 ? '' : `, ${occurrences} times`;
  return `  ${(isMuted ? 'muted' : state.toLowerCase()).padEnd(9)}  ${severity.toLowerCase().padEnd(8)}  ${what}${where}${times}  ${id}`;
}

function listed(lines: readonly string[]): string[] {
  if (lines.length <= LISTED) return [...lines];
  return [...lines.slice(0, LISTED), `  … and ${lines.length - LISTED} more`];
}
