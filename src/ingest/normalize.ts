const INPUT_LIMIT = 2_000;
const OUTPUT_LIMIT = 500;

type Rule = readonly [pattern: RegExp, replacement: string | ((match: string) => string)];

const MONTH = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\\.?';
const DAY = '(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6},? )?';
const CLOCK = '\\d{1,2}:\\d{2}(?::\\d{2}(?:[.,]\\d{1,12})?)?(?: ?[ap]m\\b)?';
const ZONE = '(?: ?(?:z|utc|gmt)\\b)?(?: ?[+-]\\d{2}:?\\d{2}(?!\\d))?(?: \\([\\p{L} ]{1,60}\\))?';
const DATE = [
  '\\d{4}-\\d{2}-\\d{2}',
  `${DAY}(?:\\d{1,2} ${MONTH}|${MONTH} \\d{1,2}),? \\d{4}`,
  `\\d{4} ${MONTH} \\d{1,2}`,
  '\\d{1,2}/\\d{1,2}/\\d{2,4}',
  '\\d{4}/\\d{1,2}/\\d{1,2}',
  '\\d{1,2}\\.\\d{1,2}\\.\\d{4}',
].join('|');
const UNIT = '(?:[nµμum]s|(?:nano|micro|milli)?sec(?:ond)?s?|msecs?|s|m|mins?|minutes?|h|hrs?|hours?|d|days?)';
const PATH_CHARACTER = '[^\\s:;,()"\'<>|*?]';
const SEGMENT = '[\\p{L}\\p{N}_.@~+-]';

const CLEANING: readonly Rule[] = [
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal colours, also as pytest writes them
  [/(?:\u001b|#x1B)\[[0-9;]*[A-Za-z]/g, ''],
  [/&(?:quot|#34);/g, '"'],
  [/&(?:apos|#39);/g, "'"],
  [/&lt;/g, '<'],
  [/&gt;/g, '>'],
  [/&amp;/g, '&'],
  [/[\s\p{Cc}]+/gu, ' '],
  [/\p{Cf}/gu, ''],
  // GoogleTest quotes what an exception says, which is the message.
  [/C\+\+ exception with description "([^"]*)" thrown/g, 'C++ exception: $1, thrown'],
  // pytest leaves out the middle of a long value, and with it some quotes.
  [/^assert .*/s, (assertion) => assertion.replace(/(?<=[{}()[\]])[^{}()[\]]*\.{3}[^{}()[\]\s.][^{}()[\]]*/g, '<value>')],
  // Before the quotes: an apostrophe in an address opens none.
  [/(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/[^\s"]*[^\s"'`.,;:!?)\]}>»”’][.,;:!?]*/gi, '<url>'],
];

/**
 * The rules, in order. Each pattern is linear: its repetitions cannot match the same text in two ways, and one that
 * scans a run is anchored at the run's beginning.
 */
const RULES: readonly Rule[] = [
  // An apostrophe between letters is none; a quote that nothing closes hides what follows it.
  [
    /“[^”]*(?:”|$)|„[^“”]*(?:[“”]|$)|«[^»]*(?:»|$)|`[^`']*(?:[`']|$)|‘[^’]*(?:’(?=\p{L})[^’]*)*(?:’|$)|(?<!\p{L})[bBuUrRfFnNeExX]?'[^']*(?:'(?=\p{L})[^']*)*(?:'|$)/gu,
    '<value>',
  ],
  // JUnit's brackets around values may stand in the values too: the first hides the rest.
  [/\b(expected:? ?)<(?!value>).*$/is, '$1<value>'],
  [
    /((?:pass(?:word|wd|phrase)?|pwd|secret|token|(?:api|access)[-_ ]?key|authorization|credentials?|cookie|session[-_ ]?id) ?[:=] ?)(?:(?:bearer|basic|token) )?\S+/giu,
    '$1<secret>',
  ],
  [/\b(bearer|basic) [\w.~+/=-]{8,}/gi, '$1 <secret>'],
  [/(?<![a-z0-9+.-])[a-z][a-z0-9+.-]{0,30}:\/\/\S+/gi, '<url>'],
  // The hash of a Java object, `Cart@6d06d69c`, is no host.
  [/@(?=[a-f]*\d)[0-9a-f]{5,8}(?![\p{L}\p{N}.@-])/gu, '@<hex>'],
  // Jenkins numbers the directories of runs at the same time, `shop@2/src/cart.js`: no host either.
  [/@\d+(?=[\\/])/g, ''],
  [/(?:<value>|(?<![^\s"<>(),;:[\]\\])[^\s@"<>(),;:[\]\\]+)@[^\s"<>(),;[\]\\]+/gu, '<email>'],
  [/(?<![\p{L}\p{N}])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![\p{L}\p{N}])/giu, '<uuid>'],
  [new RegExp(`(?<![\\p{L}\\p{N}_.<>/~-])(?:~|\\.{1,2})?/(?!/)${PATH_CHARACTER}+(?::\\d+){0,2}`, 'gu'), '<path>'],
  [new RegExp(`(?<![\\p{L}\\p{N}])[a-z]:[\\\\/]${PATH_CHARACTER}*(?::\\d+){0,2}`, 'giu'), '<path>'],
  [new RegExp(`\\\\\\\\${PATH_CHARACTER}+`, 'gu'), '<path>'],
  [
    new RegExp(`(?<!${SEGMENT}|[\\\\/<>])${SEGMENT}+(?:[\\\\/]${SEGMENT}+)+(?::\\d+){0,2}`, 'gu'),
    (path) => (/\.[A-Za-z][A-Za-z0-9]{0,5}(?::\d+){0,2}$/.test(path) ? '<path>' : path),
  ],
  [
    /\[?(?<![\p{L}\p{N}:])[0-9a-f:]{2,39}(?:\.\d{1,3}){0,3}(?:%\w{1,16})?(?![\p{L}\p{N}:])(?:\]:\d{1,5}|\])?/giu,
    (run) => (isIpv6(run) ? '<ip>' : run),
  ],
  [/(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]*\d)(?::\d{1,5})?/g, '<ip>'],
  [/(?<![\p{L}\p{N}])(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}(?![\p{L}\p{N}])/giu, '<hex>'],
  [new RegExp(`(?<!\\d)(?:${DATE})(?!\\d)(?:(?:,? |t| at )${CLOCK})?${ZONE}`, 'giu'), '<time>'],
  [new RegExp(`(?<![\\d:])${CLOCK}(?![\\d:])${ZONE}`, 'giu'), '<time>'],
  [/<time>(?:,? <time>)+/g, '<time>'],
  [new RegExp(`(?<![\\p{L}\\p{N}_.])\\d+(?:[.,]\\d+)* ?${UNIT}(?: ?\\d+(?:[.,]\\d+)* ?${UNIT})*(?![\\p{L}\\p{N}_])`, 'giu'), '<duration>'],
  [/0x[0-9a-f]+/gi, '<hex>'],
  [/(?<![\p{L}\p{N}])[0-9a-f]{7,}(?![\p{L}\p{N}])/giu, hexadecimal],
  [/(?<![\w+/=-])[\w+/=-]{16,}(?![\w+/=-])/g, secretLike],
  [/[-+]?\p{Nd}+(?:[.,]\p{Nd}+)*(?:e[-+]?\p{Nd}+)?/giu, '<number>'],
];

/**
 * What a failure's message says, without what differs from one run, machine or user to the next. One line, at most
 * 500 characters, of the first 2,000 of the message: a message that is longer than what is read must not depend on
 * where in it the reading ended. Nothing is kept that identifies a person or opens a door: titles that everyone may
 * read are made of it.
 *
 * | of the message                                        | becomes             |
 * |-------------------------------------------------------|---------------------|
 * | terminal colours, invisible characters                | (nothing)           |
 * | any run of white space and control characters         | one space           |
 * | a quoted value: `"…"`, `'…'`, `` `…` ``, `“…”`, `«…»` | `<value>`           |
 * | pytest's values in brackets, where it left some out   | `<value>`           |
 * | JUnit's `expected: <…> but was: <…>`, to the end      | `expected: <value>` |
 * | what follows `password=`, `token:`, `Bearer`, …       | `<secret>`          |
 * | URL, credentials included                             | `<url>`             |
 * | e-mail address                                        | `<email>`           |
 * | UUID                                                  | `<uuid>`            |
 * | path: absolute, of Windows, or relative to a file     | `<path>`            |
 * | IPv4 and IPv6 address, port included                  | `<ip>`              |
 * | date, time of day, both, with zone                    | `<time>`            |
 * | number with a unit of time: `30 s`, `1m30s`           | `<duration>`        |
 * | `0x…`, 7 or more hexadecimal digits, MAC address      | `<hex>`             |
 * | 16 or more characters that no word has (keys, base64) | `<token>`           |
 * | any other number, inside of words too                 | `<number>`          |
 *
 * A number written with decimal digits alone is a number however long it is: an id of which only the digits vary
 * stays the same.
 */
export function normalizeMessage(message: string): string {
  const clean = applied(CLEANING, wholeCharacters(message.slice(0, INPUT_LIMIT)));
  const text = withoutQuoted(clean, message.length > INPUT_LIMIT);
  return wholeCharacters(applied(RULES, text).trim().slice(0, OUTPUT_LIMIT));
}

/**
 * Hides what stands in double quotes. Where their partners are in doubt, more is hidden, that a value is not taken for
 * the text between two values: with an odd number, all from the first on (where the text was cut, from the last on: its
 * partner was cut off); with a quote that has a letter on its outer side, all from the first to the last.
 */
function withoutQuoted(text: string, wasCut: boolean): string {
  const quotes = [...text.matchAll(/"/g)].map((match) => match.index);
  if (quotes.length % 2 === 1) return withoutQuoted(text.replace(wasCut ? /"[^"]*$/ : /".*$/s, '<value>'), wasCut);
  const misplaced = quotes.some((at, n) => /[\p{L}\p{N}]/u.test(text[n % 2 === 0 ? at - 1 : at + 1] ?? ''));
  return text.replace(misplaced ? /".*"/s : /"[^"]*"/g, '<value>');
}

function applied(rules: readonly Rule[], text: string): string {
  return rules.reduce(
    (before, [pattern, replacement]) =>
      typeof replacement === 'string' ? before.replace(pattern, replacement) : before.replace(pattern, replacement),
    text,
  );
}

function wholeCharacters(text: string): string {
  return text.replace(/[\ud800-\udbff]$/, '');
}

function isIpv6(run: string): boolean {
  const groups = run.replace(/^\[|\](?::\d+)?$|%.*$/g, '').split(':');
  if (groups.some((group) => group.length > 4 && !group.includes('.'))) return false;
  if (groups.length === (run.includes('.') ? 7 : 8)) return true;
  return groups.length > 2 && groups.length < 10 && run.includes('::');
}

/** Seven letters may be a word (`defaced`), eight or more of only `a` to `f` hardly are; digits alone are a number. */
function hexadecimal(run: string): string {
  if (/^\d+$/.test(run)) return run;
  return run.length > 7 || /\d/.test(run) ? '<hex>' : run;
}

/** Whether a long run is words and numbers joined by `_`, `-` or `/` (`test_pays_2_items`), or rather a key. */
function secretLike(run: string): string {
  const joined = run.split(/[_+/=-]+/).every((part) => part.length < 40 && /^(?:[A-Za-z]*|\d*)$/.test(part));
  return joined ? run : '<token>';
}
