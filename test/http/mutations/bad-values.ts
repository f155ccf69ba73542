import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'postgraphile/graphql';

/** A value that may be wrong: as JSON text, since JSON has numbers that JavaScript has not. */
export interface Attempt {
  readonly what: string;
  readonly json: string;
  /** Whether no mutation may take it, whatever it means by the field. */
  readonly refused: boolean;
}

const attempt = (refused: boolean) => (what: string, value: unknown) => ({ what, json: JSON.stringify(value), refused });
const wrong = attempt(true);
const odd = attempt(false);
const number = (text: string): Attempt => ({ what: text.length > 20 ? '10^400' : text, json: text, refused: false });

/** Ten times what the longest texts may have. A body may have 1 MB: test/http/requests.test.ts. */
const OVERLONG = 'x'.repeat(300_000);

const TEXTS: readonly Attempt[] = [
  odd('an empty text', ''),
  odd('one character', 'x'),
  odd('100,000 characters', 'y'.repeat(100_000)),
  wrong('300,000 characters', OVERLONG),
  wrong('a NUL', 'a\u0000b'),
  { what: 'half of a surrogate pair', json: '"a\\ud800b"', refused: true },
  odd('control characters', 'a\u0001\u001b[31m\r\n\u007f\u0085b'),
  odd('right to left, and emoji', '\u202eabc\u202c \u05e9\u05dc\u05d5\u05dd 👩‍👩‍👧‍👦🏳️‍🌈'),
  odd('markup', "'); drop table x; -- <img src=x onerror=alert(1)> %s%n{{7*7}}$1"),
  wrong('a number', 7),
];

const WHOLE: readonly Attempt[] = [
  number('-1'),
  number('0'),
  number('2147483647'),
  { ...number('2147483648'), refused: true },
  { ...number(`1${'0'.repeat(400)}`), refused: true },
  { ...number('1.5'), refused: true },
  wrong('a text', 'NaN'),
];

const LARGE: readonly Attempt[] = [
  odd('-1', '-1'),
  odd('0', '0'),
  odd('2^63 - 1', '9223372036854775807'),
  wrong('2^63', '9223372036854775808'),
  wrong('10^400', `1${'0'.repeat(400)}`),
  wrong('1.5', '1.5'),
  wrong('NaN', 'NaN'),
  wrong('a word', 'x'),
  wrong('nothing', ''),
];

const DECIMAL: readonly Attempt[] = [
  odd('-1', '-1'),
  odd('0', '0'),
  odd('a small fraction', '0.00000000000000000001'),
  odd('10^30', `1${'0'.repeat(30)}`),
  wrong('10^400', `1${'0'.repeat(400)}`),
  wrong('1e308', '1e308'),
  wrong('NaN', 'NaN'),
  wrong('Infinity', 'Infinity'),
  wrong('a word', 'x'),
  wrong('nothing', ''),
  wrong('an object', {}),
];

const DAYS: readonly Attempt[] = [
  odd('the first day', '0001-01-01'),
  odd('the last day of four digits', '9999-12-31'),
  wrong('year 0', '0000-01-01'),
  wrong('before Christ', '0044-03-15 BC'),
  wrong('294277', '294277-01-01'),
  wrong('infinity', 'infinity'),
  wrong('now', 'now'),
  wrong('30 February', '2026-02-30'),
  wrong('nothing', ''),
  wrong('a number', 20260101),
];

const TIMES: readonly Attempt[] = [
  odd('the first moment', '0001-01-01T00:00:00Z'),
  odd('the last moment of four digits', '9999-12-31T23:59:59.999999Z'),
  ...DAYS.filter(({ refused }) => refused).map(({ what, json, refused }) => ({
    what,
    refused,
    json: /^"\d+-\d\d-\d\d"$/.test(json) ? `${json.slice(0, -1)}T00:00:00Z"` : json,
  })),
  wrong('hour 25', '2026-01-01T25:00:00Z'),
  wrong('an offset of 99 hours', '2026-01-01T00:00:00+99:00'),
];

const IDS: readonly Attempt[] = [wrong('a word', 'x'), wrong('nothing', ''), wrong('a number', 1), wrong('too long', '0'.repeat(100_000))];

const DEEP = 10_000;

const DOCUMENTS: readonly Attempt[] = [
  odd('null', null),
  odd('a text', 'x'),
  odd('a number', 7),
  odd('true', true),
  odd('a list', [1, [2, [3]]]),
  odd('an object of odd keys', { '': 1, __proto__: 2, 'a b': { "'": [] }, constructor: null }),
  { what: 'nested 10,000 deep', json: `${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`, refused: true },
  { what: 'lists 10,000 deep', json: `${'['.repeat(DEEP)}${']'.repeat(DEEP)}`, refused: true },
  odd('nested 150 deep', JSON.parse(`${'{"a":'.repeat(150)}1${'}'.repeat(150)}`)),
  odd('a key of 100,000 characters', { ['k'.repeat(100_000)]: 1 }),
  odd('a key of 300,000 characters', { [OVERLONG]: 1 }),
  wrong('NUL in a value', { a: '\u0000' }),
  wrong('NUL in a key', { '\u0000': 1 }),
  { what: 'a number of 400 digits', json: `{"a":1${'0'.repeat(400)}}`, refused: false },
];

const MANY = 20_000;

/** What may be wrong at a place of a type, other than that it is missing or names another's row. */
export function attemptsFor(type: GraphQLInputType, valid: unknown): readonly Attempt[] {
  const nullable = isNonNullType(type) ? type.ofType : type;
  if (isListType(nullable)) {
    const item = Array.isArray(valid) ? (valid[0] ?? null) : valid;
    return [
      odd('an empty list', []),
      odd('the same twice', [item, item]),
      odd('a null in a list', [item, null]),
      wrong(
        `${MANY} of the same`,
        Array.from({ length: MANY }, () => item),
      ),
      wrong('a list of lists', [[[[item]]]]),
    ];
  }
  if (isInputObjectType(nullable)) return [wrong('a text for an object', 'x'), wrong('a field that there is not', { noSuchField: 1 })];
  if (isEnumType(nullable))
    return [wrong('no value of it', 'NO_SUCH_VALUE'), wrong('in small letters', 'low'), wrong('a number', 1), wrong('nothing', '')];
  switch (nullable.name) {
    case 'String':
    case 'ID':
      return TEXTS;
    case 'Int':
      return WHOLE;
    case 'Float':
      return WHOLE.map((each) => ({ ...each, refused: each.refused && !/^-?[\d.e]+$/.test(each.json) }));
    case 'BigInt':
      return LARGE;
    case 'BigFloat':
      return DECIMAL;
    case 'Date':
      return DAYS;
    case 'Datetime':
      return TIMES;
    case 'UUID':
      return IDS;
    case 'JSON':
      return DOCUMENTS;
    case 'Boolean':
      return [wrong('a text', 'true'), wrong('a number', 1)];
    default:
      throw new Error(`Nothing says what is wrong for the type ${nullable.name}: add it to bad-values.ts.`);
  }
}
