/** A line of TAP by what it says; `other` is what a program printed. */
export type TapLine =
  | { readonly kind: 'version' | 'other' }
  | { readonly kind: 'plan'; readonly count: number }
  | TapPoint
  | { readonly kind: 'bail' | 'subtest' | 'comment' | 'pragma'; readonly text: string };

/** A test point; `directive` is what its end says after a `#`. */
export interface TapPoint {
  readonly kind: 'point';
  readonly isOk: boolean;
  readonly name: string;
  readonly directive: 'skip' | 'todo' | 'timeout' | null;
  readonly durationMs: number | null;
}

const POINT = /^(not )?ok(?=\s|$)(?:\s+\d+)?(?:\s+-(?=\s|$))?\s*(.*)$/;
const DIRECTIVE = /(?:^|\s)#\s*(skip|todo|timeout)/i;
const TIME = /\s*#\s*time=([\d.]{1,20})\s*(ms|s)$/;
const MILLISECONDS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, sec: 1_000 };

/** Reads a line without its indentation, of TAP 12, 13 or 14. */
export function tapLine(line: string): TapLine {
  const text = line.trimEnd();
  const point = POINT.exec(text);
  if (point) return tapPoint(point[1] === undefined, point[2] ?? '');
  const plan = /^1\.\.(\d{1,9})(?=\s|$)/.exec(text);
  if (plan) return { kind: 'plan', count: Number(plan[1]) };
  const subtest = /^# Subtest:? ?(.*)$/.exec(text);
  if (subtest) return { kind: 'subtest', text: withoutEscapes(subtest[1] ?? '') };
  if (text.startsWith('#')) return { kind: 'comment', text: text.replace(/^# ?/, '') };
  const bail = /^Bail out!\s*(.*)$/i.exec(text);
  if (bail) return { kind: 'bail', text: bail[1] ?? '' };
  if (/^pragma [+-]\w+/.test(text)) return { kind: 'pragma', text: text.slice(7) };
  return { kind: /^TAP version \d+$/i.test(text) ? 'version' : 'other' };
}

function tapPoint(isOk: boolean, description: string): TapPoint {
  const time = TIME.exec(description);
  const told = time ? description.slice(0, time.index) : description;
  const found = DIRECTIVE.exec(told);
  const directive = (found?.[1]?.toLowerCase() ?? null) as TapPoint['directive'];
  let name = told.slice(0, found?.index ?? told.length).trim();
  // What bats writes when it is asked for times: left in, it would make another test of each run.
  const timing = time ?? / in ([\d.]{1,20})(ms|s|sec)$/.exec(name);
  if (timing && timing !== time) name = name.slice(0, timing.index);
  const ms = timing ? Math.round(Number(timing[1]) * (MILLISECONDS[timing[2] ?? ''] ?? 1)) : Number.NaN;
  return { kind: 'point', isOk, name: withoutEscapes(name), directive, durationMs: Number.isSafeInteger(ms) ? ms : null };
}

function withoutEscapes(text: string): string {
  return text.replace(/\\([#\\])/g, '$1').trim();
}
