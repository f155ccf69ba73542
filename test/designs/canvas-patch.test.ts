import fc from 'fast-check';
import { applyPatch, type Operation } from 'rfc6902';
import { describe, expect, test } from 'vitest';
import { canvasPatch } from '../../src/plugins/canvas-patch.ts';

/** What a patch makes of a document. rfc6902 cannot replace a document as a whole: it is put into another. */
function patched(canvas: unknown, patch: readonly Operation[]): unknown {
  const document = { canvas };
  const within = patch.map((operation) => ({ ...operation, path: `/canvas${operation.path}` }));
  expect(applyPatch(document, within).filter((error) => error !== null)).toEqual([]);
  return document.canvas;
}

const applied = (from: unknown, to: unknown) => patched(structuredClone(from), structuredClone(canvasPatch(from, to)));

/** What rfc6902 can put into a document: of a value it loses members of this name. */
const json = fc.jsonValue({ maxDepth: 5 }).filter((value) => !JSON.stringify(value).includes('__proto__'));

const range = (length: number, of: (index: number) => unknown) => Array.from({ length }, (_, index) => of(index));
/** Nested arrays that are different in every leaf. */
const nested = (depth: number, width: number, leaf: number): unknown =>
  depth === 0 ? leaf : range(width, (index) => nested(depth - 1, width, leaf * width + index));

describe('a patch', () => {
  test('makes one document of another, whatever they are', () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        expect(applied(from, to)).toEqual(to);
      }),
      { numRuns: 1_000 },
    );
  });

  test('makes one canvas of another with which it has much in common', () => {
    const node = fc.record({ id: fc.integer({ min: 0, max: 9 }), tags: fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 4 }) });
    const canvas = fc.record(
      { nodes: fc.array(node, { maxLength: 45 }), edges: fc.dictionary(fc.constantFrom('a/b', 'c~d', '', '-', '0', 'constructor'), node) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(canvas, canvas, (from, to) => {
        expect(applied(from, to)).toEqual(to);
      }),
      { numRuns: 1_000 },
    );
  });

  test('of equal documents is empty, in whatever order their keys are', () => {
    expect(canvasPatch({ a: [1, { b: 2, c: null }], d: 'x' }, { d: 'x', a: [1, { c: null, b: 2 }] })).toEqual([]);
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(canvasPatch(value, structuredClone(value))).toEqual([]);
      }),
    );
  });

  test('says what was done, and no more', () => {
    const nodes = range(500, (index) => ({ id: `n${index}`, position: { x: index, y: 0 }, tags: ['a', 'b'] })) as { id: string }[];
    const moved = nodes.map((node, index) => (index === 77 ? { ...node, position: { x: 0, y: 0 } } : node));
    expect(canvasPatch({ nodes }, { nodes: moved })).toEqual([{ op: 'replace', path: '/nodes/77/position/x', value: 0 }]);
    expect(canvasPatch({ nodes }, { nodes: nodes.toSpliced(77, 1) })).toEqual([{ op: 'remove', path: '/nodes/77' }]);
    const added = { id: 'new' };
    expect(canvasPatch({ nodes }, { nodes: nodes.toSpliced(77, 0, added) })).toEqual([{ op: 'add', path: '/nodes/77', value: added }]);
    expect(canvasPatch({ nodes }, { nodes: [...nodes, added], a: 1 })).toEqual([
      { op: 'add', path: '/nodes/500', value: added },
      { op: 'add', path: '/a', value: 1 },
    ]);
    // Two changes that are apart from each other.
    expect(canvasPatch({ nodes }, { nodes: nodes.toSpliced(10, 1).toSpliced(30, 0, added) })).toEqual([
      { op: 'remove', path: '/nodes/10' },
      { op: 'add', path: '/nodes/30', value: added },
    ]);
    expect(canvasPatch({ 'a/b': { '~': 1 } }, { 'a/b': { '~': 2 } })).toEqual([{ op: 'replace', path: '/a~1b/~0', value: 2 }]);
  });

  test('does not go by names that lead out of the document', () => {
    const from = JSON.parse('{"a": {"__proto__": {"x": 1}, "b": 1}}');
    const to = JSON.parse('{"a": {"__proto__": {"x": 2}, "b": 1}}');
    expect(canvasPatch(from, to)).toEqual([{ op: 'replace', path: '/a', value: to.a }]);
  });
});

describe('of hostile canvases', () => {
  const keys = (length: number, value: number, prefix = 'k') =>
    Object.fromEntries(range(length, (index) => [`${prefix}${index}`, value]) as [string, number][]);
  const deep = (leaf: number, of: (inner: unknown) => unknown) => range(5_000, () => 0).reduce((inner) => of(inner), leaf as unknown);
  const HOSTILE: Readonly<Record<string, readonly [unknown, unknown]>> = {
    'long arrays': [range(150_000, (index) => index), range(150_000, (index) => index + 1)],
    'some hundred numbers': [range(400, (index) => index), range(400, (index) => -index - 1)],
    'long arrays of short ones': [range(20_000, (index) => [index, 1]), range(20_000, (index) => [index, 2])],
    'arrays in arrays': [nested(3, 30, 1), nested(3, 30, 7)],
    'arrays in arrays of two': [nested(16, 2, 1), nested(16, 2, 7)],
    'many keys': [keys(80_000, 1), keys(80_000, 2)],
    'many other keys': [keys(80_000, 1), keys(80_000, 1, 'l')],
    'depth in arrays': [deep(1, (inner) => [inner]), deep(2, (inner) => [inner])],
    'depth in objects': [deep(1, (inner) => ({ inner })), deep(2, (inner) => ({ inner }))],
    'depth and width': [
      range(60, () => 0).reduce((inner) => [...range(29, (index) => index), inner], 1 as unknown),
      range(60, () => 0).reduce((inner) => [...range(29, (index) => -index), inner], 2 as unknown),
    ],
    'long texts': [range(30, (index) => `${'x'.repeat(30_000)}${index}`), range(30, (index) => `${'x'.repeat(30_000)}${index + 50}`)],
  };

  test.each(Object.entries(HOSTILE))('%s: bounded, and right', (_name, [from, to]) => {
    canvasPatch({ from }, { to });
    const before = process.cpuUsage();
    const patch = canvasPatch({ canvas: from }, { canvas: to });
    const { user, system } = process.cpuUsage(before);
    // Without bounds it is seconds for some kilobytes, and no end for a megabyte.
    expect((user + system) / 1_000).toBeLessThan(500);
    expect(patch.length).toBeGreaterThan(0);
    expect(patch.length).toBeLessThanOrEqual(2_000);
    // Texts: comparing values of such depth is too much for a call stack.
    const text = (value: unknown): string => {
      try {
        return JSON.stringify(value);
      } catch {
        let [inner, depth] = [value, 0];
        for (; typeof inner === 'object' && inner !== null; depth++) [inner] = Object.values(inner);
        return `${depth} ${inner}`;
      }
    };
    expect(text(patched({ canvas: from }, patch)) === text({ canvas: to })).toBe(true);
  });
});
