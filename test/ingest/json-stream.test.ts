import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type JsonScalar, JsonStream } from '../../src/ingest/json-stream.ts';
import type { JsonValue } from '../../src/ingest/json-value.ts';
import { ReportBreak } from '../../src/ingest/report-break.ts';

/** What the stream reads, put together; the break, where there is one. */
function parse(text: string, size = text.length || 1): { value?: JsonValue; broke?: ReportBreak } {
  const open: JsonValue[] = [];
  let root: JsonValue = null;
  let keys: string[] = [];
  const put = (value: JsonValue): void => {
    const parent = open.at(-1);
    if (Array.isArray(parent)) parent.push(value);
    else if (typeof parent === 'object' && parent !== null) {
      Object.defineProperty(parent, keys.at(-1) ?? '', { value, enumerable: true, configurable: true, writable: true });
    } else root = value;
  };
  const json = new JsonStream({
    open(kind) {
      const value: JsonValue = kind === 'array' ? [] : {};
      put(value);
      open.push(value);
      keys.push('');
    },
    key: (name) => void (keys = [...keys.slice(0, -1), name]),
    value: (value: JsonScalar) => put(value),
    close() {
      open.pop();
      keys.pop();
    },
  });
  try {
    for (let start = 0; start < text.length; start += size) json.write(text.slice(start, start + size));
    json.end();
    return { value: root };
  } catch (error) {
    if (!(error instanceof ReportBreak)) throw error;
    return { broke: error };
  }
}

function oracle(text: string): unknown {
  try {
    return { value: JSON.parse(text) };
  } catch {
    return 'broken';
  }
}

// What a report may hold: no control characters, which are taken out, and no halves of characters.
const clean = fc.string({ unit: 'grapheme', maxLength: 30 });

describe('JsonStream', () => {
  it('reads what JSON.parse reads, in pieces of any size', () => {
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: 'grapheme', maxDepth: 6 }),
        fc.nat({ max: 4 }),
        fc.integer({ min: 1, max: 9 }),
        (value, indent, size) => {
          const text = JSON.stringify(value, null, indent);
          expect(parse(text, size)).toEqual({ value: JSON.parse(text) });
        },
      ),
    );
  });

  it('breaks where JSON.parse does, and nowhere else', () => {
    const token = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '"\\u00e9"',
        '"\\x"',
        '\\',
        '1',
        '-0.5e+3',
        '01',
        '+1',
        '1.',
        'true',
        'nul',
        'null',
        ' ',
        '\n',
        '\t',
        '\u00a0',
        'é',
      ],
    );
    fc.assert(
      fc.property(fc.array(token, { maxLength: 9 }), fc.integer({ min: 1, max: 5 }), (tokens, size) => {
        const text = tokens.join('');
        const { value, broke } = parse(text, size);
        expect(broke === undefined ? { value } : 'broken', text).toEqual(oracle(text));
      }),
      { numRuns: 5_000 },
    );
  });

  it('breaks at one place, however the text comes', () => {
    fc.assert(
      fc.property(
        fc.array(clean, { maxLength: 4 }),
        fc.nat({ max: 60 }),
        fc.constantFrom('{', '"', '\n', ']', '\\', 'x'),
        (strings, at, noise) => {
          const whole = JSON.stringify(strings, null, 1);
          const text = whole.slice(0, at) + noise + whole.slice(at);
          const [once, again] = [parse(text), parse(text, 1)];
          expect([again.broke?.message, again.broke?.line, again.broke?.column]).toEqual([
            once.broke?.message,
            once.broke?.line,
            once.broke?.column,
          ]);
        },
      ),
    );
  });

  it.each([
    ['{"a": 1,}', 1, 9, 'a key is expected, not }'],
    ['[1\n 2]', 2, 2, 'a comma or the end is expected, not 2'],
    ['{"a" 1}', 1, 6, 'a colon is expected, not 1'],
    ['{\n\n "a": tru }', 3, 10, 'tru is no value'],
    ['["a\nb"]', 1, 4, 'a line ends, or a tab stands, inside a string'],
    ['["\\q"]', 1, 4, '\\q is no escape sequence'],
    ['{} {}', 1, 4, 'nothing more is expected, not {'],
    ['{"a": ["b"', 1, 11, 'the file ends inside an array'],
    ['"a', 1, 3, 'the file ends inside a string'],
    ['', 1, 1, 'the file is empty'],
    [`[${'1'.repeat(5_000)}]`, 1, 2, 'a number or word is too long'],
    ['['.repeat(10_000), 1, 201, 'values are nested more than 200 deep'],
  ])('%j', (text, line, column, message) => {
    expect(parse(text, 7_000).broke).toMatchObject({ line, column, message });
  });

  it('leaves out what cannot be stored: control characters, colours, halves of characters', () => {
    expect(parse('["a\\u0000b\\u001b[31mc\\ud800d", "\\ud83d\\uded2"]')).toEqual({ value: ['abc\ufffdd', '🛒'] });
  });

  it('keeps the beginning and end of a long string', () => {
    const { value } = parse(`"begin${'x'.repeat(3_000_000)}end"`, 16_384);
    expect(String(value).length).toBeLessThanOrEqual(65_536);
    expect(value).toMatch(/^begin.*\n… \d+ characters left out …\n.*end$/s);
  });
});
