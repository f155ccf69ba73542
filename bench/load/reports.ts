/** A result as a report holds it; the same in GraphQL and, as JUnit XML, in a file. */
export interface ReportedResult {
  readonly name: string;
  readonly suite: string;
  readonly file: string;
  readonly outcome: 'PASSED' | 'FAILED';
  readonly durationMs: number;
  readonly failure?: { readonly type: string; readonly message: string; readonly details: string };
}

/** What a report is made of. */
export interface ReportContent {
  /** What tells its new defects from those of other reports: a few letters and digits. */
  readonly name: string;
  readonly results: number;
  /** Every n-th result is a failure, each a defect of its own. */
  readonly failing: number;
  /** Of its failures every n-th has never been seen; the others are those of every report. */
  readonly unknown: number;
}

/** The results of a report, tests of the same names each time. */
export function* reportedResults({ name, results, failing, unknown }: ReportContent): Generator<ReportedResult> {
  for (let n = 0; n < results; n += 1) {
    const suite = `suite ${Math.floor(n / 50)}`;
    const test = { name: `handles case ${letters(n)}`, suite, file: `test/suite-${Math.floor(n / 50)}.test.ts`, durationMs: 1 + (n % 900) };
    if (n % failing !== 0) yield { ...test, outcome: 'PASSED' };
    else yield { ...test, outcome: 'FAILED', failure: failure((n / failing) % unknown === 0 ? `${name}${letters(n)}` : letters(n)) };
  }
}

/** A failure with a stack trace of about 2 kB. */
function failure(what: string): NonNullable<ReportedResult['failure']> {
  const type = `Case${what}Error`;
  const message = `Expected the total of ${what} to be 100, but it was 99`;
  const frames = Array.from(
    { length: 28 },
    (_, n) => `    at ${what}Step${letters(n)} (/srv/app/src/${what}/step-${letters(n)}.ts:${10 + n}:7)`,
  );
  return { type, message, details: [`${type}: ${message}`, ...frames].join('\n') };
}

/** A number without digits: those of messages are left out of fingerprints. */
function letters(n: number): string {
  return String(n).replace(/\d/g, (digit) => 'abcdefghij'[Number(digit)] as string);
}

/** The same results as a JUnit XML file, piece by piece. */
export function* junit(content: ReportContent): Generator<string> {
  yield '<testsuites>\n';
  let suite = '';
  for (const { name, suite: of, file, durationMs, failure } of reportedResults(content)) {
    if (of !== suite) yield `${suite === '' ? '' : '</testsuite>\n'}<testsuite name="${of}">\n`;
    suite = of;
    const failed = failure && `<failure type="${failure.type}" message="${failure.message}">${failure.details}</failure>`;
    yield `<testcase name="${name}" file="${file}" time="${durationMs / 1_000}">${failed ?? ''}</testcase>\n`;
  }
  yield '</testsuite>\n</testsuites>\n';
}
