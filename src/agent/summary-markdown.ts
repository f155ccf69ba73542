import { appendFileSync, statSync } from 'node:fs';
import type { Outcome } from './outcome.ts';
import { many, printable, shortened } from './printable.ts';
import type { Sent } from './summary-text.ts';

/** What GitHub takes of a step: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#adding-a-job-summary */
export const SUMMARY_LIMIT = 1_048_576;
/** With less there is no room for the counts. */
const LEAST_ROOM = 4_096;
const ROWS = 200;
const CELL = 300;

/**
 * What became of a report, in GitHub's Markdown, of at most `limit` bytes (4,096 or more): rows that have no room are counted. Nothing of
 * a report is taken for markup.
 */
export function summaryMarkdown({ project, run, outcome }: Sent, limit = SUMMARY_LIMIT): string {
  const { counts, defects, flaky, flakyTests } = outcome;
  const link = run.runUrl === null ? '' : ` · [run](${run.runUrl.replace(/[<>()\s\\]/g, encodeURIComponent)})`;
  const head = [
    `### DefectXray: ${escaped(project)}, ${headline(outcome)}`,
    '',
    `${many(counts.results, 'result')}: ${counts.passed} passed, ${counts.failed} failed, ${counts.errored} errored, ${counts.skipped} skipped${link}`,
    '',
    '| new | known | regressed | muted | flaky |',
    '|---|---|---|---|---|',
    `| ${counts.newDefects} | ${counts.knownDefects} | ${counts.regressedDefects} | ${counts.mutedDefects} | ${flakyTests} |`,
    '',
  ].join('\n');
  const defectRows = defects.map(
    ({ id, title, severity, state, isMuted, occurrences, test }) =>
      `| ${isMuted ? 'muted' : state.toLowerCase()} | ${severity.toLowerCase()} | ${escaped(title)} | ${escaped(test ?? '')} | ${occurrences} | ${escaped(id)} |`,
  );
  const flakyRows = flaky.map(({ name, suite, score }) => `| ${escaped(name)} | ${escaped(suite)} | ${score.toFixed(2)} |`);
  let text = `${head}\n`;
  text += table(
    '| defect | severity | title | test | times | id |\n|---|---|---|---|---|---|',
    defectRows,
    limit - Buffer.byteLength(text),
  );
  text += table('| flaky test | suite | score |\n|---|---|---|', flakyRows, limit - Buffer.byteLength(text));
  return text;
}

/** Appends the summary to the file that GitHub shows, within the limit of all that the step has written. */
export function appendSummary(path: string, sent: Sent): void {
  const written = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  const room = SUMMARY_LIMIT - written - 1;
  if (room >= LEAST_ROOM) appendFileSync(path, `${summaryMarkdown(sent, room)}\n`);
}

function headline(outcome: Outcome): string {
  const { newDefects, regressedDefects, knownDefects } = outcome.counts;
  if (outcome.isInfrastructureFailure) return 'a failure of the machine';
  if (newDefects + regressedDefects > 0) {
    return [newDefects > 0 ? many(newDefects, 'new defect') : null, regressedDefects > 0 ? `${regressedDefects} regressed` : null]
      .filter((part) => part !== null)
      .join(', ');
  }
  return knownDefects > 0
    ? many(knownDefects, 'known defect')
    : outcome.flakyTests > 0
      ? many(outcome.flakyTests, 'flaky test')
      : 'no defects';
}

/** As many rows as there is room for, and how many there are more; nothing where there is none. */
function table(head: string, rows: readonly string[], limit: number): string {
  const REST = 100;
  let text = `${head}\n`;
  let shown = 0;
  for (const row of rows.slice(0, ROWS)) {
    if (Buffer.byteLength(text) + Buffer.byteLength(row) + REST > limit) break;
    text += `${row}\n`;
    shown += 1;
  }
  if (shown === 0) return '';
  return `${text}${shown < rows.length ? `\n… and ${rows.length - shown} more\n` : ''}\n`;
}

/** Text that Markdown, and HTML within it, show as it is, on one line and in one cell. */
function escaped(text: string): string {
  return printable(shortened(text, CELL))
    .replace(/[&<>]/g, (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[character] as string)
    .replace(/[\\`*_{}[\]()#+!|~$@:.-]/g, (character) => `&#${character.charCodeAt(0)};`);
}
