import { type Attributes, type JunitSuite, testIdentity } from './junit-identity.ts';
import { JunitTest } from './junit-test.ts';
import type { TestResult } from './report.ts';
import type { XmlContent } from './xml-report.ts';

const TELLING_PROPERTIES = new Set(['go.version', 'java.version']);
/**
 * Reads JUnit XML: `testsuites` or a `testsuite` alone, and suites in suites. A result is there when its test ends; the
 * elements after it, such as the suite's output, are of no consequence.
 */
export class JunitReader implements XmlContent {
  #path: string[] = [];
  #root: Attributes | null = null;
  #suites: JunitSuite[] = [];
  #test: JunitTest | null = null;
  #results: TestResult[] = [];

  take(): TestResult[] {
    return this.#results.splice(0);
  }

  open(name: string, attributes: Attributes): void {
    const parent = this.#path.at(-1);
    this.#path.push(name);
    const inSuite = parent === 'testsuites' || parent === 'testsuite';
    if (name === 'testsuites' && parent === undefined) this.#root = attributes;
    else if (name === 'testsuite' && (inSuite || parent === undefined)) {
      this.#suites.push({ attributes, properties: new Set() });
    } else if (name === 'property' && parent === 'properties' && TELLING_PROPERTIES.has(attributes.name ?? '')) {
      this.#suites.at(-1)?.properties.add(attributes.name ?? '');
    } else if (name === 'testcase' && inSuite) {
      this.#test = new JunitTest(attributes);
    } else if (this.#test !== null) {
      if (parent === 'testcase') this.#test.open(name, attributes);
      else this.#test.openWithin(name);
    }
  }

  text(text: string): void {
    this.#test?.text(text);
  }

  close(name: string): void {
    this.#path.pop();
    const parent = this.#path.at(-1);
    const inSuite = parent === 'testsuites' || parent === 'testsuite';
    if (name === 'testsuite' && (inSuite || parent === undefined)) this.#suites.pop();
    else if (name === 'testcase' && inSuite && this.#test !== null) {
      this.#results.push(this.#result(this.#test));
      this.#test = null;
    } else if (parent === 'testcase') this.#test?.close();
    else this.#test?.closeWithin();
  }

  #result(test: JunitTest): TestResult {
    const suites = this.#suites;
    const testcase = test.attributes;
    const identity = testIdentity({ root: this.#root, suites, testcase });
    // Node 24 escapes quotes twice.
    const read = (text: string): string => (identity.framework === 'node' ? text.replaceAll('&quot;', '"') : text);
    const startedAt = instant([testcase, ...suites.map((suite) => suite.attributes).toReversed()]);
    return { ...identity, ...test.ending(read), startedAt };
  }
}

/**
 * The nearest timestamp, in UTC. One without a zone is read as UTC, whatever the zone of the machine that reads; the
 * epoch is what Jest writes for a suite that never began.
 */
function instant(elements: readonly Attributes[]): string | null {
  const written = elements.find((element) => element.timestamp)?.timestamp?.trim();
  if (written === undefined || !/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}/.test(written)) return null;
  const date = new Date(/(?:Z|[+-]\d{2}:?\d{2})$/i.test(written) ? written : `${written}Z`);
  return date.getTime() > 0 ? date.toISOString() : null;
}
