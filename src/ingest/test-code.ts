/**
 * What a frame is of: the product; test code, and it names the test or a helper; or test code that names nothing, as the
 * callbacks of `it` and `describe` do.
 */
export type FrameKind = 'product' | 'named test code' | 'nameless test code';

const DIRECTORY = /(?:^|\/)(?:tests?|specs?|__tests__|e2e|cypress|[\w-]+[-_.]tests?)\//i;

/** A file that a test runner takes for tests, by its language's custom. */
const FILE =
  /(?:^|\/)(?:[^/]*(?:[._](?:tests?|specs?|e2e|cy)|-test)\.[\w.]{1,16}|test_[^/]*\.\w+|conftest\.py|tests?\.\w+|[^/]*(?:Tests?|TestCase|Specs?|Cest)\.\w+|[^/]*IT\.(?:java|kt)|Test[A-Z][^/]*\.(?:java|kt))$/;

/** A class of tests, where a frame has no file. */
const CLASS = /^Test[A-Z_]|(?:^|[.\\$])\w*(?:Tests?|TestCase|Specs?|IT)(?:[.$+:]|->)/;

/** The functions by which tests are defined, and assertions: they say nothing of which test it is. */
const SAYS_NOTHING =
  /(?:^|[.#:>])(?:(?:it|test|describe|context|suite|specify|(?:before|after)(?:Each|All|_each|_all)?)(?:\.\w+)?|(?:assert|expect|should)(?:[A-Z_\d]\w*)?|to[A-Z]\w*)$/;

/** What a frame is of, by its path in the project (`test/cart.test.js`) and the name of its function, '' if it has none. */
export function frameKind(path: string, name: string): FrameKind {
  const isTestFile = FILE.test(path) || (path === '' && CLASS.test(name));
  if (!isTestFile && !DIRECTORY.test(path)) return 'product';
  if (name === '' || SAYS_NOTHING.test(name)) return 'nameless test code';
  // Where Jest maps sources, a callback has the name of what it calls: `Object.toBe`.
  return isTestFile && /^Object\./.test(name) && /\.[cm]?[jt]sx?$/.test(path) ? 'nameless test code' : 'named test code';
}
