import { cutName } from './bounded-text.ts';
import type { TestResult } from './report.ts';

export type Attributes = Readonly<Record<string, string | undefined>>;

export interface JunitSuite {
  attributes: Attributes;
  /** Names of the suite's properties that tell the framework. */
  properties: Set<string>;
}

/** The elements around a test: the root's attributes (empty without `testsuites`), the suites from the outermost in. */
export interface JunitContext {
  root: Attributes | null;
  suites: readonly JunitSuite[];
  testcase: Attributes;
}

export type TestIdentity = Pick<TestResult, 'framework' | 'suite' | 'file' | 'name' | 'parameters'>;

const ROOT_NAMES: Readonly<Record<string, string>> = {
  'vitest tests': 'vitest',
  'jest tests': 'jest',
  'Mocha Tests': 'mocha',
  'pytest tests': 'pytest',
  'nextest-run': 'nextest',
  AllTests: 'gtest',
};

export const SOURCE_FILE = /\.(?:[cm]?[jt]sx?|py|rb|php|go|java|kt|cs|rs|vue|svelte|feature|bats|robot)$/i;

/**
 * The framework that wrote a test, from what it alone writes; '' when nothing tells. It depends on the test's own
 * ancestors only, so that it is the same in whatever order tests are reported.
 *
 * | framework  | what tells it                                                                  |
 * |------------|--------------------------------------------------------------------------------|
 * | vitest, jest, mocha, pytest, nextest, gtest | the root's name                                |
 * | cypress    | Mocha's root, and a file or name below `cypress/`                              |
 * | pytest     | a suite named `pytest`                                                         |
 * | rspec      | a suite named `rspec`                                                          |
 * | phpunit    | `assertions` and `class` on a test                                             |
 * | go         | the property `go.version`                                                      |
 * | junit      | the property `java.version`, or Surefire's schema                              |
 * | dotnet     | a suite named after a `.dll`                                                   |
 * | bats       | a suite named after a `.bats`                                                  |
 * | catch2     | a suite on the host `tbd`                                                      |
 * | ctest      | no root, a `status`, and the test's name as its class                          |
 * | playwright | a root with an `id`, and tests whose class is a suite named after a script     |
 * | jasmine    | a root without a name that counts `disabled`, and suites on `localhost`        |
 * | node       | a root without attributes around suites with `disabled`, or the class `test`   |
 */
export function detectFramework({ root, suites, testcase }: JunitContext): string {
  const suite = suites.at(-1)?.attributes ?? {};
  const named = ROOT_NAMES[root?.name ?? ''];
  if (named === 'mocha' && suites.some((s) => /(?:^|[\\/])cypress[\\/]/.test(s.attributes.file ?? ''))) return 'cypress';
  if (named !== undefined) return named;
  const outermost = suites[0]?.attributes.name ?? '';
  if (outermost === 'pytest' || outermost === 'rspec') return outermost;
  if (testcase.assertions !== undefined && testcase.class !== undefined) return 'phpunit';
  if (suites.some((s) => s.properties.has('go.version'))) return 'go';
  const schema = suites[0]?.attributes['xsi:noNamespaceSchemaLocation'] ?? '';
  if (suites.some((s) => s.properties.has('java.version')) || schema.includes('surefire')) return 'junit';
  if (/\.dll$/i.test(outermost)) return 'dotnet';
  if (outermost.endsWith('.bats')) return 'bats';
  if (suite.hostname === 'tbd') return 'catch2';
  if (root === null && testcase.status !== undefined && testcase.classname === testcase.name) return 'ctest';
  if (root?.id !== undefined && testcase.classname === suite.name && /\.[cm]?[jt]sx?$/.test(suite.name ?? '')) {
    return 'playwright';
  }
  if (root?.disabled !== undefined && root.name === undefined && suite.hostname === 'localhost') return 'jasmine';
  const bare = root !== null && Object.keys(root).length === 0;
  if (bare && (testcase.classname === 'test' || (suite.disabled !== undefined && suite.hostname !== undefined))) {
    return 'node';
  }
  return '';
}

/**
 * Who a test is.
 *
 * - suite: the test's class; where that only repeats the name (Jest, Mocha) or says nothing (Node), the names of the
 *   suites around it, joined by ` > `. None of CTest's, whose suite is the machine's name for the build.
 * - file: of the test or the nearest suite around it; else its class or suite if that is a source file's name.
 * - parameters: what pytest writes in brackets, PHPUnit's data set, Playwright's project (the same test once for each
 *   browser). Of other frameworks they stay in the name, as do Go's subtests: only the runner knows where they begin.
 */
export function testIdentity(context: JunitContext): TestIdentity {
  const framework = detectFramework(context);
  // Node 24 escapes quotes twice.
  const read = (value: string | undefined): string => (framework === 'node' ? value?.replaceAll('&quot;', '"') : value)?.trim() ?? '';
  const { testcase } = context;
  const suites = context.suites.map((suite) => suite.attributes);
  const nearest = suites.at(-1);
  const path = suites.map((suite) => read(suite.name)).filter((name) => name !== '');
  const wholeName = read(testcase.name);
  const className = read(testcase.classname) || read(testcase.class);
  const repeats = framework === 'node' || className === wholeName || (framework === 'mocha' && wholeName.endsWith(className));
  const suite = framework === 'ctest' ? '' : className === '' || repeats ? path.join(' > ') : className;
  const { name, parameters } = splitParameters(framework, wholeName, nearest);
  const file =
    [testcase.file, testcase.filepath, ...suites.toReversed().flatMap((s) => [s.file, s.filepath])].find(Boolean) ??
    [className, read(nearest?.name)].find((candidate) => SOURCE_FILE.test(candidate) && !candidate.includes(' '));
  return {
    framework,
    suite: cutName(suite, 300),
    file: cutName(file ?? '', 500),
    name: cutName(name || className || '(no name)', 500),
    parameters: cutName(parameters, 500),
  };
}

function splitParameters(framework: string, name: string, suite: Attributes | undefined) {
  if (framework === 'playwright') return { name, parameters: suite?.hostname ?? '' };
  const pattern = { pytest: /^([^[]+)\[(.*)\]$/s, phpunit: /^(.+?) with data set (?:"(.*)"|(#\d+))(?: \(.*\))?$/s }[framework];
  const match = pattern?.exec(name);
  return match ? { name: match[1] ?? name, parameters: match[2] ?? match[3] ?? '' } : { name, parameters: '' };
}
