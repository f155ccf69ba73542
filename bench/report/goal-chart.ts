import type { Verdict } from '../goals.ts';
import { bar, drawing, rule, text } from './svg.ts';
import { limitOf, withUnit } from './words.ts';

const WIDTH = 900;
const LABELS = 480;
const VALUES = 150;
const ROW = 24;
/** What is further beyond its goal than this is drawn to the edge. */
const FURTHEST = 3;

/**
 * A bar for each goal: how far the median reaches towards the goal or beyond it, so that one line is the goal of all of them. Where
 * less is better the bar is the goal through what was measured.
 */
export function goalChart(verdicts: readonly Verdict[]): string {
  const measured = verdicts.filter(({ measured }) => measured !== undefined);
  const height = ROW * measured.length + 44;
  const scale = (WIDTH - LABELS - VALUES) / FURTHEST;
  const rows = measured.flatMap(({ goal, measured }, index) => {
    if (measured === undefined) return [];
    const reached = goal.atLeast === undefined ? (goal.atMost as number) / Math.max(measured.median, 1e-9) : measured.median / goal.atLeast;
    const y = 30 + ROW * index;
    return [
      text(LABELS - 8, y + 13, goal.what, 'end'),
      bar(LABELS, y + 2, scale * Math.min(reached, FURTHEST), ROW - 8, measured.isMet ? 'met' : 'missed'),
      text(WIDTH - VALUES + 6, y + 13, `${withUnit(measured.median, goal.unit)} (${limitOf(goal)})`, 'small'),
    ];
  });
  const line = LABELS + scale;
  return drawing(WIDTH, height, 'Goals', 'How far each figure reaches towards its goal, or beyond it.', [
    text(line, 16, 'goal', 'small middle'),
    ...rows,
    rule(line, 22, line, height - 12, 'goal'),
  ]);
}
