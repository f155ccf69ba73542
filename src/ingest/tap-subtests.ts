import { cutName } from './bounded-text.ts';
import type { TestResult } from './report.ts';
import type { Note } from './report-parser.ts';

const MAX_HELD = 1_000;

interface HeldResult {
  readonly result: TestResult;
  /** The names of the subtests around it, as far as they are known. */
  readonly path: string[];
}

interface Level {
  /** Null until the test point after it says it. */
  name: string | null;
  points: number;
  failed: boolean;
  plan: { readonly count: number; readonly line: number } | null;
  held: HeldResult[];
}

/**
 * The subtests of TAP that are open, by their indentation: level 0 is the report itself. A comment before a subtest
 * names it; of one that is not announced, the test point after it does. Until then its results are held, at most 1,000
 * of them: then it stays without a name, and that is noted.
 */
export class TapSubtests {
  readonly #note: Note;
  readonly #emit: (result: TestResult) => void;
  readonly #levels: Level[] = [newLevel('')];
  #announced: { readonly level: number; readonly name: string } | null = null;

  constructor(note: Note, emit: (result: TestResult) => void) {
    this.#note = note;
    this.#emit = emit;
  }

  get depth(): number {
    return this.#levels.length - 1;
  }

  /** A comment names a subtest: as most have it, in the indentation of what is around it; in old Perl, in its own. */
  announce(level: number, name: string): void {
    if (level > this.depth && this.#announced?.level !== level - 1) this.#levels.push(newLevel(name));
    else {
      this.#reach(level);
      this.#announced = { level, name };
    }
  }

  plan(level: number, count: number, line: number): void {
    this.#reach(level);
    const open = this.#levels[level];
    if (open !== undefined) open.plan ??= { count, line };
  }

  /** Counts a test point; of the subtest that it ends, how many there were in it, and whether one failed. */
  point(level: number, name: string, failed: boolean): { points: number; failed: boolean; name: string } | null {
    this.#reach(level);
    const ended = this.#levels[level + 1];
    const subtest = ended === undefined ? null : { points: ended.points, failed: ended.failed, name: ended.name ?? '' };
    while (this.depth > level) this.#close(this.depth === level + 1 ? name : '');
    const open = this.#levels[level];
    if (open !== undefined) {
      open.points += 1;
      open.failed ||= failed;
    }
    this.#announced = null;
    return subtest;
  }

  /** The names around a test of that level, as far as they are known. */
  known(level: number): string[] {
    return this.#levels.slice(1, level + 1).flatMap(({ name }) => (name ? [name] : []));
  }

  add(level: number, result: TestResult): void {
    this.#pass(level, { result, path: [] });
  }

  /** Ends the report, after so many lines. */
  end(lines: number): void {
    this.release();
    const [report] = this.#levels;
    if (report === undefined) return;
    if (report.plan === null) this.#note(lines, 1, 'the report has no plan: it may be cut off');
    else this.#check(report);
  }

  /** Gives out what is held, without the names that never came. */
  release(): void {
    while (this.depth > 0) this.#close('');
  }

  #reach(level: number): void {
    if (level <= this.depth) return;
    this.#levels.push(newLevel(this.#announced?.level === level - 1 ? this.#announced.name : null));
    this.#announced = null;
  }

  #close(name: string): void {
    const level = this.#levels.pop();
    if (level === undefined) return;
    this.#check(level);
    for (const { result, path } of level.held) this.#pass(this.depth, { result, path: name === '' ? path : [name, ...path] });
  }

  #check({ plan, points }: Level): void {
    if (plan !== null && plan.count !== points) {
      this.#note(plan.line, 1, `the plan is for ${plan.count} test${plan.count === 1 ? '' : 's'}, and there are ${points}`);
    }
  }

  /** Hands a result outward, to the first subtest whose name is not known, or out. */
  #pass(from: number, { result, path }: HeldResult): void {
    const names = [...path];
    for (let at = from; at > 0; at -= 1) {
      const level = this.#levels[at];
      if (level === undefined) continue;
      if (level.name === null) {
        if (level.held.length < MAX_HELD) {
          level.held.push({ result, path: names });
          return;
        }
        this.#note(1, 1, `a subtest has more than ${MAX_HELD} tests before its name: they are reported without it`);
        level.name = '';
        for (const held of level.held.splice(0)) this.#pass(at, held);
      }
      if (level.name !== '') names.unshift(level.name);
    }
    this.#emit({ ...result, suite: cutName(names.join(' > '), 300) });
  }
}

function newLevel(name: string | null): Level {
  return { name, points: 0, failed: false, plan: null, held: [] };
}
