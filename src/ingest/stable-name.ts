const NEAR_MS = 2 * 24 * 60 * 60 * 1_000;

const DATE_TIME = /(?<!\d)\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?/g;
const EPOCH_MS = /(?<!\d)1\d{12}(?!\d)/g;

/** What is another in each run. Each pattern is linear: none begins within what another match of it could hold. */
const DYNAMIC: readonly (readonly [RegExp, string])[] = [
  [/(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])/gi, '<uuid>'],
  [/(?<![0-9a-z])0x[0-9a-f]{6,16}(?![0-9a-z])/gi, '<address>'],
  // The hash of a Java object.
  [/@(?=[a-f]*\d)[0-9a-f]{6,8}(?![0-9a-z])/gi, '@<address>'],
  [/(?<![^\s'"(=[])(?:\/tmp|\/var\/folders|\/private\/var\/folders)\/[^\s'")\]]*/g, '<path>'],
  [/((?:localhost|127\.0\.0\.1|\[::1\]):)\d{4,5}(?!\d)/g, '$1<port>'],
];

/**
 * The name of a test, suite or data set without what is another in each run: UUIDs, addresses in memory, temporary paths, ports
 * of this machine, and times within two days of `now`. Other times and numbers are what tells one test from another.
 *
 * @param now milliseconds since the epoch: when the run began.
 */
export function stableName(name: string, now: number): string {
  const isNear = (time: number) => Math.abs(time - now) < NEAR_MS;
  const timeless = name
    .replaceAll(DATE_TIME, (text) => (isNear(Date.parse(text.replace(' ', 'T').replace(',', '.'))) ? '<time>' : text))
    .replaceAll(EPOCH_MS, (text) => (isNear(Number(text)) ? '<time>' : text));
  return DYNAMIC.reduce((text, [pattern, replacement]) => text.replaceAll(pattern, replacement), timeless);
}
