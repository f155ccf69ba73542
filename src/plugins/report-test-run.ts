import { sideEffectWithPgClientTransaction } from 'postgraphile/@dataplan/pg';
import { access } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';
import { defectTitle, fingerprint, normalizeMessage } from '../ingest/fingerprint.ts';
import { badUserInput } from './errors.ts';

/** How many results one report may hold; a larger run is sent in several reports with the same run key. */
export const MAX_RESULTS = 10_000;
const MAX_FAILURE_CHARACTERS = 131_072;

interface ReportInput {
  readonly results: readonly ResultInput[];
  readonly [field: string]: unknown;
}

interface ResultInput {
  readonly name: string;
  readonly outcome: string;
  readonly failure?: { readonly type?: string | null; readonly message?: string | null; readonly details?: string | null } | null;
  readonly severity?: string | null;
  readonly [field: string]: unknown;
}

/** The mutation by which CI reports the results of a test run. */
export const ReportTestRunPlugin = extendSchema((build) => {
  const { test_runs: testRuns } = build.pgResources;
  if (testRuns === undefined) throw new Error('The database has no test_runs: run `defectxray migrate`.');
  return {
    typeDefs: /* GraphQL */ `
      """A run of a project's tests with its results, or a part of one (see shard, and several reports with the same runKey)."""
      input ReportTestRunInput {
        """The slug of the project."""
        project: String!
        """What the sender calls this report: the same id again is answered with the first receipt and changes nothing. Without it the content identifies the report."""
        reportId: String
        """What CI calls the run."""
        runKey: String!
        """Which part of the run this is, where it is split."""
        shard: String
        """The commit that was tested, in hexadecimal."""
        commitSha: String
        """The branch that it was on."""
        branch: String
        """The CI system that ran it."""
        ciProvider: String
        """Where CI shows the run."""
        runUrl: String
        """Where it ran: operating system, versions and the like, as an object."""
        environment: JSON
        """When the run began; now, if it is not said."""
        startedAt: Datetime
        """How long it took, in milliseconds."""
        durationMs: Int
        """The results, at most 10,000 in one report."""
        results: [TestResultInput!]!
      }

      """The result of one test."""
      input TestResultInput {
        """What the test is called."""
        name: String!
        """The suite that it is in."""
        suite: String
        """The file that it is in."""
        file: String
        """The framework that ran it."""
        framework: String
        """What it was run with, for a parametrised test."""
        parameters: String
        """How it ended."""
        outcome: TestOutcome!
        """How long it took, in milliseconds."""
        durationMs: Int
        """When it began; when the run began, if it is not said."""
        startedAt: Datetime
        """How bad a failure of it is; medium, if it is not said."""
        severity: Severity
        """What failed; for tests that failed or errored."""
        failure: TestFailureInput
      }

      """What failed."""
      input TestFailureInput {
        """The type of the error, as the test's language calls it."""
        type: String
        """What the error says."""
        message: String
        """The whole of it, the stack trace included; at most 131,072 characters."""
        details: String
      }

      """What became of a report."""
      type ReportReceipt {
        """What the sender called the report."""
        reportId: String
        """Whether the report had been stored before, and this is the answer of then."""
        replayed: Boolean!
        """How many results were stored."""
        results: Int!
        """How many tests passed."""
        passed: Int!
        """How many tests failed by an assertion."""
        failed: Int!
        """How many tests ended by any other error."""
        errored: Int!
        """How many tests were skipped."""
        skipped: Int!
        """How many tests had never been reported before."""
        newTests: Int!
        """How many defects were seen for the first time."""
        newDefects: Int!
        """How many defects had been seen before."""
        knownDefects: Int!
        """How many resolved defects have come back."""
        regressedDefects: Int!
        """The defects seen for the first time."""
        newDefectIds: [UUID!]!
        """The defects that have come back."""
        regressedDefectIds: [UUID!]!
      }

      """The answer to a reported test run."""
      type ReportTestRunPayload {
        """What became of the report."""
        receipt: ReportReceipt!
        """The run as it is stored."""
        testRun: TestRun
      }

      extend type Mutation {
        """Reports the results of a test run: stores its tests, groups failures into defects and counts them, all in one transaction."""
        reportTestRun(
          """The run and its results."""
          input: ReportTestRunInput!
        ): ReportTestRunPayload
      }
    `,
    objects: {
      Mutation: {
        plans: {
          reportTestRun(_root, fieldArgs) {
            const $input = fieldArgs.getRaw('input');
            return sideEffectWithPgClientTransaction(testRuns.executor, $input, async (client, input) => {
              const { rows } = await client.query<{ receipt: Record<string, unknown> }>({
                text: 'select report_test_run($1::json) as receipt',
                values: [JSON.stringify(prepareReport(input as ReportInput))],
              });
              return { receipt: rows[0]?.receipt };
            });
          },
        },
      },
      ReportTestRunPayload: {
        plans: {
          testRun($payload) {
            return testRuns.get({ id: access($payload, ['receipt', 'testRunId']) as never });
          },
        },
      },
    },
  };
}, 'ReportTestRunPlugin');

/**
 * A report as the database takes it: each failure with the fingerprint by which it is grouped and a title without
 * anything sensitive.
 *
 * @throws badUserInput naming the result that is wrong.
 */
export function prepareReport(report: ReportInput): Record<string, unknown> {
  if (report.results.length > MAX_RESULTS) {
    throw badUserInput(
      `A report holds at most ${MAX_RESULTS} results, this one has ${report.results.length}: send several with the same runKey.`,
      ['results'],
    );
  }
  return { ...report, results: report.results.map(prepareResult) };
}

function prepareResult({ failure, ...result }: ResultInput, index: number): Record<string, unknown> {
  if (result.outcome !== 'failed' && result.outcome !== 'errored') return result;
  const { type, message, details } = { type: failure?.type ?? '', message: failure?.message ?? '', details: failure?.details ?? '' };
  if (message.length + details.length > MAX_FAILURE_CHARACTERS) {
    throw badUserInput(
      `The failure of "${result.name.slice(0, 100)}" (result ${index}) has ${message.length + details.length} characters; at most ${MAX_FAILURE_CHARACTERS} are stored: shorten it.`,
      [`results.${index}.failure.details`],
    );
  }
  // Everyone may read the type, and some reporters put a whole message there.
  const told = { type: normalizeMessage(type).slice(0, 300), message, details };
  return {
    ...result,
    fingerprint: Buffer.from(fingerprint(told)).toString('hex'),
    title: defectTitle(told),
    errorType: told.type,
    failureDetails: message === '' ? null : message,
    stackTrace: details === '' ? null : details,
  };
}
