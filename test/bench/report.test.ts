import { readFileSync } from 'node:fs';
import { SaxesParser } from 'saxes';
import { expect, test } from 'vitest';
import { GOALS, judge } from '../../bench/goals.ts';
import { reasonFor } from '../../bench/reasons.ts';
import { COMMANDS, chartsOf, filledIn } from '../../bench/report/document.ts';
import { DOCUMENT, documentedResult } from '../../bench/report/write.ts';
import { RESULTS } from '../../bench/result.ts';
import { smallResult } from './small-result.ts';

const verdict = (id: string) => judge(smallResult).find(({ goal }) => goal.id === id);

test('a goal is judged by the median of its rounds, on its side of the limit', () => {
  expect(verdict('w1-stock')?.measured).toEqual({ median: 2.2, least: 1.9, greatest: 2.4, rounds: 3, isMet: true });
  expect(verdict('w2-stock')?.measured).toMatchObject({ median: 1.5, isMet: false });
  expect(verdict('w1-stock-p99')?.measured).toMatchObject({ median: 12 / 18, isMet: true });
  expect(verdict('steady-growth')?.measured).toMatchObject({ median: 1.2, isMet: false });
  expect(verdict('start')?.measured).toMatchObject({ median: 1.25, isMet: true });
});

test('a goal whose measurement or contender is missing is not measured, rather than met or missed', () => {
  expect(verdict('w6-stock')?.measured).toBeUndefined();
  expect(verdict('w2-hand-written')?.measured).toBeUndefined();
  expect(verdict('w2-limit')?.measured).toBeDefined();
});

test('a round without a figure that a goal needs is an error', () => {
  const measurements = { start: { at: '', conditions: {}, rounds: [{ product: {} }] } };
  expect(() => judge({ measurements })).toThrow('A round has no readySeconds of product.');
});

test('goals have ids of their own, one limit each, and measurements that a command makes', () => {
  expect(new Set(GOALS.map(({ id }) => id)).size).toBe(GOALS.length);
  for (const goal of GOALS) {
    expect([goal.atLeast, goal.atMost].filter((limit) => limit !== undefined)).toHaveLength(1);
    expect(COMMANDS).toHaveProperty(goal.measurement);
  }
});

test('what stands between the marks is made from the result, and the rest stays', () => {
  const sections = ['machine', 'goals', 'missed', 'w1', 'w2', 'w6', 'start', 'steady'].map(
    (name) => `<!-- measured: ${name} -->\nold\n<!-- /measured -->`,
  );
  const filled = filledIn(`# Title\n\nProse.\n\n${sections.join('\n\n')}\n\nMore.\n`, smallResult);
  expect(filled).toMatchSnapshot();
  expect(filledIn(filled, smallResult)).toBe(filled);
  expect(() => filledIn('<!-- measured: w7 -->\n<!-- /measured -->', smallResult)).toThrow('"w7"');
});

test('a reason stands at a goal that is missed, and at no other', () => {
  const missed = filledIn('<!-- measured: missed -->\n<!-- /measured -->', smallResult);
  expect(missed).toContain('- **W2 against stock, requests/s** (1.5×, not ≥ 2×). Stock looks up who is calling');
  expect(missed).not.toContain('W1 against stock');
  expect(reasonFor({ id: 'row-security-w2' })).toContain('policy');
  expect(reasonFor({ id: 'w1-stock-p99' })).toBe(reasonFor({ id: 'w1-stock' }));
});

test('charts are well-formed SVG, with a title and a drawing for the dark', () => {
  const charts = chartsOf(smallResult);
  expect(Object.keys(charts)).toEqual(['goals.svg', 'throughput.svg', 'latency.svg', 'steady.svg']);
  for (const chart of Object.values(charts)) {
    const { elements, text } = parsed(chart);
    expect(elements[0]).toBe('svg');
    expect(elements).toContain('title');
    expect(text).toContain('prefers-color-scheme: dark');
    expect(chart).not.toMatch(/NaN|Infinity|undefined/);
  }
  expect(parsed(charts['goals.svg'] as string).text).toContain('2.2× (≥ 2×)');
});

test('docs/performance.md and the charts are what the results give', () => {
  const result = documentedResult();
  if (result === undefined) throw new Error('There is no result in bench/results: npm run bench -- --quick');
  const document = readFileSync(DOCUMENT, 'utf8');
  expect(document).toBe(filledIn(document, result));
  for (const [name, chart] of Object.entries(chartsOf(result))) expect(readFileSync(new URL(name, RESULTS), 'utf8')).toBe(chart);
  // Each measurement has its place in the document.
  for (const name of Object.keys(COMMANDS)) expect(document).toContain(`<!-- measured: ${name} -->`);
});

/** Parses XML strictly. */
function parsed(xml: string): { elements: string[]; text: string } {
  const elements: string[] = [];
  let text = '';
  const parser = new SaxesParser({ xmlns: true });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('opentag', ({ name }) => void elements.push(name));
  parser.on('text', (more) => void (text += more));
  parser.write(xml).close();
  return { elements, text };
}
