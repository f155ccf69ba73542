import { createHash } from 'node:crypto';
import { sideEffectWithPgClientTransaction } from 'postgraphile/@dataplan/pg';
import { access } from 'postgraphile/grafast';
import { extendSchema } from 'postgraphile/utils';
import { defectTitle, FailureIdentity, type FingerprintRules } from '../ingest/fingerprint.ts';
import { normalizeMessage } from '../ingest/normalize.ts';
import { stableName } from '../ingest/stable-name.ts';
import { badUserInput } from './errors.ts';
import { inTurns } from './in-turns.ts';

/** How many results one report may hold; a larger run is sent in several reports with the same run key. */
export const MAX_RESULTS = 10_000;
const MAX_ATTEMPTS = 1_000;
const MAX_FAILURE_CHARACTERS = 131_072;

interface ReportInput {
  readonly project: string;
  readonly results: readonly ResultInput[];
  readonly [field: string]: unknown;
}

interface ResultInput {
  readonly name: string;
  readonly framework?: string | null;
  readonly suite?: string | null;
  readonly outcome: string;
  readonly failure?: { readonly type?: string | null; readonly message?: string | null; readonly details?: string | null } | null;
  readonly severity?: string | null;
  readonly [field: string]: unknown;
}

/** How a project groups failures now, and before. */
interface GroupingRules {
  readonly rules: FingerprintRules;
  readonly older: readonly FingerprintRules[];
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
        """Which part of the run this is, where it is split. A number after # at its end tells repetitions of that part apart, as in "unit 1/3 #4711"."""
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
        """
        Whether so much failed that it says nothing of the tests: such a report opens no defects. Without it that is so where
        there are ten results or more and over 80 % of them failed, skipped ones left out.
        """
        isInfrastructureFailure: Boolean
        """The results, at most 10,000 in one report."""
        results: [TestRunResultInput!]!
      }

      """The result of one test."""
      input TestRunResultInput {
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
        """
        Which execution of the test in the run it is, where there are several, such as one a browser: stored once, whatever
        reports it is in. Without it the n-th result of a test in a report is its n-th execution.
        """
        executionId: String
        """How it ended; of several attempts the last."""
        outcome: TestOutcome!
        """How long it took, in milliseconds."""
        durationMs: Int
        """The attempts before the last, where the runner repeated it."""
        attempts: [TestAttemptInput!]
        """When it began; when the run began, if it is not said."""
        startedAt: Datetime
        """How bad a failure of it is, where no severity rule says so; worked out from where it failed, if it is not said."""
        severity: Severity
        """What failed; for tests that failed or errored."""
        failure: TestFailureInput
      }

      """An attempt that was not the last."""
      input TestAttemptInput {
        """How it ended."""
        outcome: TestOutcome!
        """How long it took, in milliseconds."""
        durationMs: Int
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
        """How many results were left out, since another report of the run had said what became of the same execution."""
        alreadyStored: Int!
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
        """How many defects are muted, or were seen in muted tests only."""
        mutedDefects: Int!
        """How many flaky tests failed, or passed after a failed attempt."""
        flakyTests: Int!
        """Whether the report was taken for an infrastructure failure, and so opened no defects."""
        isInfrastructureFailure: Boolean!
        """What the run says, as far as it has been reported."""
        verdict: RunVerdict!
        """The defects that the report shows, new and regressed ones first."""
        defects: [ReportedDefect!]!
        """The flaky tests that failed, or passed after a failed attempt: at most 100, the flakiest first."""
        flaky: [ReportedTest!]!
      }

      """A defect as a report shows it."""
      type ReportedDefect {
        """Identifies the defect."""
        id: UUID!
        """What it is, in one line."""
        title: String!
        """How bad it is."""
        severity: Severity!
        """Whether the run is the first to show it, or shows it again after it was resolved."""
        state: ReportedDefectState!
        """Whether it is muted, or was seen in muted tests only."""
        isMuted: Boolean!
        """How often it occurred in the report."""
        occurrences: Int!
        """The test that first showed it."""
        test: String
      }

      """A flaky test as a report shows it."""
      type ReportedTest {
        """Identifies the test."""
        id: UUID!
        """What it is called."""
        name: String!
        """The suite that it is in."""
        suite: String!
        """How flaky it is, from 0 to 1."""
        score: Float!
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
              const report = input as ReportInput;
              const rules = await client.query<{ rules: FingerprintRules; older: FingerprintRules[] }>({
                text: 'select fingerprint_rules as rules, older_fingerprint_rules as older from projects where slug = $1',
                values: [report.project],
              });
              const { rows } = await client.query<{ receipt: Record<string, unknown> }>({
                text: 'select report_test_run($1::json) as receipt',
                values: [JSON.stringify(await prepareReport(report, rules.rows[0]))],
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
 * A report as the database takes it: each failure with the fingerprint by which it is grouped, those that older rules of
 * the project would give it, and a title without anything sensitive.
 *
 * @throws badUserInput naming the result that is wrong.
 */
export async function prepareReport(
  report: ReportInput,
  rules: GroupingRules = { rules: {}, older: [] },
): Promise<Record<string, unknown>> {
  if (report.results.length > MAX_RESULTS) {
    throw badUserInput(
      `A report holds at most ${MAX_RESULTS} results, this one has ${report.results.length}: send several with the same runKey.`,
      ['results'],
    );
  }
  const began =
    report.startedAt instanceof Date || typeof report.startedAt === 'string' ? new Date(report.startedAt).getTime() : Number.NaN;
  const now = Number.isNaN(began) ? Date.now() : began;
  const results = await inTurns(report.results, (result, index) => prepareResult(withStableNames(result, now), index, rules));
  return { ...report, results };
}

const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');

/**
 * A result under names that are the same in each run. Two that become one test are executions of it: an id that was given is told
 * apart by the name that it was given with.
 */
function withStableNames(result: ResultInput, now: number): ResultInput {
  const given = [result.name, result.suite, result.parameters];
  const [name, suite, parameters] = given.map((text) => (typeof text === 'string' ? stableName(text, now) : text));
  if (name === result.name && suite === result.suite && parameters === result.parameters) return result;
  const executionId =
    typeof result.executionId === 'string' && result.executionId !== ''
      ? `${result.executionId}~${createHash('sha256').update(JSON.stringify(given)).digest('base64url').slice(0, 12)}`
      : null;
  return { ...result, name: name as string, suite: suite as string | null, parameters, executionId };
}

function prepareResult({ failure, ...result }: ResultInput, index: number, { rules, older }: GroupingRules): Record<string, unknown> {
  if (Array.isArray(result.attempts) && result.attempts.length > MAX_ATTEMPTS) {
    throw badUserInput(
      `Result ${index} has ${result.attempts.length} attempts; at most ${MAX_ATTEMPTS} are stored: send the last of them.`,
      [`results.${index}.attempts`],
    );
  }
  if (result.outcome !== 'failed' && result.outcome !== 'errored') return result;
  const { type, message, details } = { type: failure?.type ?? '', message: failure?.message ?? '', details: failure?.details ?? '' };
  const length = type.length + message.length + details.length;
  if (length > MAX_FAILURE_CHARACTERS) {
    const parts = Object.entries({ type, message, details });
    const longest = parts.reduce((longest, part) => (part[1].length > longest[1].length ? part : longest))[0];
    throw badUserInput(
      `The failure of "${result.name.slice(0, 100)}" (result ${index}) has ${length} characters; at most ${MAX_FAILURE_CHARACTERS} are stored: shorten it.`,
      [`results.${index}.failure.${longest}`],
    );
  }
  // Everyone may read the type, and some reporters put a whole message there.
  const told = { type: normalizeMessage(type).slice(0, 300), message, details };
  const test = { framework: result.framework ?? '', suite: result.suite ?? '', name: result.name };
  const identity = new FailureIdentity(told, test);
  return {
    ...result,
    fingerprint: hex(identity.fingerprint(rules)),
    olderFingerprints: older.map((one) => hex(identity.fingerprint(one))),
    fingerprintExplanation: identity.explanation(rules),
    title: defectTitle(told),
    errorType: told.type,
    failureDetails: message === '' ? null : message,
    stackTrace: details === '' ? null : details,
  };
}
