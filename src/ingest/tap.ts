import { BoundedText, cutName, DETAILS_LIMIT } from './bounded-text.ts';
import { SOURCE_FILE } from './junit-identity.ts';
import type { TestOutcome, TestResult } from './report.ts';
import { ReportBreak } from './report-break.ts';
import type { Note, ReportParser } from './report-parser.ts';
import { type TapDiagnostics, tapDiagnostics, tapFailure, YAML_LIMIT } from './tap-diagnostics.ts';
import { type TapPoint, tapLine } from './tap-line.ts';
import { TapSubtests } from './tap-subtests.ts';

const MAX_LINE = 65_536;
const MAX_DEPTH = 200;

/** A test point whose diagnostics may follow. */
interface PendingPoint extends TapPoint {
  readonly level: number;
  /** Whether there were points in the subtest that it ends, and whether one of them failed; the subtest's name. */
  readonly subtest: { readonly points: number; readonly failed: boolean; readonly name: string } | null;
  readonly comments: BoundedText;
  diagnostics: TapDiagnostics | null;
}

/** A YAML block that has begun. */
interface OpenBlock {
  readonly indent: number;
  readonly line: number;
  text: string;
  isWhole: boolean;
}

/**
 * Reads TAP (https://testanything.org) of versions 12, 13 and 14. A subtest is a suite; the test point that ends it is a
 * test only where it failed and none within it did. A plan that was not kept, a block that is no YAML and what the strict
 * pragma forbids are noted, and reading goes on; after `Bail out!` it does not.
 */
export class TapParser implements ReportParser {
  readonly #note: Note;
  readonly #subtests: TapSubtests;
  #results: TestResult[] = [];
  #line = '';
  #number = 0;
  #point: PendingPoint | null = null;
  #block: OpenBlock | null = null;
  #isStrict = false;

  constructor(note: Note) {
    this.#note = note;
    this.#subtests = new TapSubtests(note, (result) => void this.#results.push(result));
  }

  write(text: string): void {
    const [first = '', ...lines] = text.split('\n');
    this.#line += first.slice(0, Math.max(0, MAX_LINE - this.#line.length));
    for (const next of lines) {
      this.#readLine();
      this.#line = next.slice(0, MAX_LINE);
    }
  }

  end(): void {
    if (this.#line !== '') this.#readLine();
    this.#endBlock(false);
    this.#flush();
    this.#subtests.end(this.#number);
  }

  take(): TestResult[] {
    return this.#results.splice(0);
  }

  /** After a break, the last test point and the subtests that are still open have waited in vain for their end. */
  rest(): TestResult[] {
    this.#flush();
    this.#subtests.release();
    return this.take();
  }

  dispose(): void {}

  #readLine(): void {
    this.#number += 1;
    const line = this.#line.replace(/\r$/, '');
    const text = line.trimStart();
    const indent = line.length - text.length;
    if (this.#block !== null && this.#readBlock(this.#block, line, text, indent)) return;
    if (text === '') return;
    if (this.#point !== null && text === '---' && indent > this.#point.level * 4) {
      this.#block = { indent, line: this.#number, text: '', isWhole: true };
      return;
    }
    const read = tapLine(text);
    const level = indent / 4;
    const fits = Number.isInteger(level) && level <= this.#subtests.depth + 1;
    if (read.kind === 'comment') this.#point?.comments.add(`${read.text}\n`);
    else if (read.kind === 'bail')
      throw new ReportBreak(`the run bailed out: ${read.text || 'no reason is given'}`, this.#number, indent + 1);
    else if (read.kind === 'pragma') this.#isStrict = read.text === '+strict' || (this.#isStrict && read.text !== '-strict');
    else if (read.kind === 'other' || !fits) {
      if (this.#isStrict) this.#note(this.#number, indent + 1, 'this line is no TAP, and the pragma strict asks for nothing else');
    } else if (read.kind !== 'version') {
      this.#flush();
      if (level > MAX_DEPTH) throw new ReportBreak(`subtests are nested more than ${MAX_DEPTH} deep`, this.#number, indent + 1);
      if (read.kind === 'subtest') this.#subtests.announce(level, read.text);
      else if (read.kind === 'plan') this.#subtests.plan(level, read.count, this.#number);
      else if (read.kind === 'point') this.#openPoint(read, level);
    }
  }

  #openPoint(point: TapPoint, level: number): void {
    const subtest = this.#subtests.point(level, point.name, !point.isOk && point.directive !== 'todo' && point.directive !== 'skip');
    this.#point = { ...point, level, subtest, comments: new BoundedText(DETAILS_LIMIT), diagnostics: null };
  }

  /** Whether the line belongs to the block. */
  #readBlock(block: OpenBlock, line: string, text: string, indent: number): boolean {
    if (text.trimEnd() === '...' && indent === block.indent) this.#endBlock(true);
    else if (text !== '' && indent < block.indent) {
      this.#endBlock(false);
      return false;
    } else if (block.text.length + line.length <= YAML_LIMIT) block.text += `${line.slice(block.indent)}\n`;
    else block.isWhole = false;
    return true;
  }

  #endBlock(isEnded: boolean): void {
    const block = this.#block;
    if (block === null || this.#point === null) return;
    this.#block = null;
    if (!isEnded) this.#note(block.line, block.indent + 1, 'a YAML block begins here and has no end');
    if (isEnded && block.isWhole) {
      try {
        this.#point.diagnostics = tapDiagnostics(block.text);
        return;
      } catch (error) {
        const [sentence] = (error as Error).message.split('\n');
        this.#note(block.line, block.indent + 1, `the block that begins here is no YAML: ${sentence}`);
      }
    }
    this.#point.comments.add(block.text);
  }

  #flush(): void {
    const point = this.#point;
    this.#point = null;
    if (point === null) return;
    const { subtest, diagnostics, level } = point;
    const outcome = outcomeOf(point);
    if (diagnostics?.isSuite && outcome === 'passed') return;
    if (subtest !== null && subtest.points > 0 && (outcome === 'passed' || subtest.failed)) return;
    const path = this.#subtests.known(level);
    // The test around it has thrown, and the point is called like its message, which is another in each run.
    const around = diagnostics?.isCaught && path.length > 0 ? path[path.length - 1] : undefined;
    const name = around ?? (point.name || subtest?.name || '(no name)');
    const failure =
      outcome === 'failed' || outcome === 'errored' ? tapFailure(point.name, diagnostics, point.comments.toString().trim()) : null;
    this.#subtests.add(level - (around === undefined ? 0 : 1), {
      framework: diagnostics?.isOfNode ? 'node' : '',
      suite: '',
      file: cutName(path.find((part) => SOURCE_FILE.test(part)) ?? diagnostics?.file ?? '', 500),
      name: cutName(name, 500),
      parameters: '',
      outcome,
      durationMs: diagnostics?.durationMs ?? point.durationMs,
      startedAt: null,
      failure,
      attempts: [],
    });
  }
}

/** What is to be done, or was left out, is skipped, whether it worked or not. */
function outcomeOf({ isOk, directive, diagnostics }: PendingPoint): TestOutcome {
  if (directive === 'skip' || directive === 'todo') return 'skipped';
  if (directive === 'timeout' || diagnostics?.isTimeout) return 'errored';
  return isOk ? 'passed' : 'failed';
}
