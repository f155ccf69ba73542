import type { HandWrittenTransaction } from './hand-written-transaction.ts';

/** What resolvers are given. */
export interface Context {
  readonly transaction: HandWrittenTransaction;
}

interface Defect {
  readonly id: string;
  readonly test_id: string | null;
  readonly project_id: string;
  readonly assignee_id: string | null;
  /** last_seen_at as text: a Date has no microseconds. */
  readonly seen: string;
}

/** The part of the product's schema that the benchmark asks. */
export const typeDefs = /* GraphQL */ `
  scalar UUID
  scalar Cursor
  scalar Datetime
  scalar Date
  enum Severity { LOW MEDIUM HIGH CRITICAL }
  enum DefectStatus { OPEN TRIAGED IN_PROGRESS RESOLVED IGNORED }
  enum DefectOrderBy { LAST_SEEN_AT_DESC }
  type Test { id: UUID! name: String! suite: String! flakiness: Flakiness }
  type Flakiness { score: Float }
  type Project { id: UUID! name: String! slug: String! }
  type Person { id: UUID! name: String! }
  type Defect {
    id: UUID!
    title: String!
    severity: Severity!
    status: DefectStatus!
    occurrenceCount: Int!
    firstSeenAt: Datetime!
    lastSeenAt: Datetime!
    updatedAt: Datetime!
    errorType: String!
    version: Int!
    test: Test
    project: Project
    assignee: Person
  }
  type PageInfo { hasNextPage: Boolean! endCursor: Cursor }
  type DefectConnection { nodes: [Defect!]! pageInfo: PageInfo! }
  type TrendDay { day: Date severity: Severity opened: Int resolved: Int occurrences: Int }
  type ProjectSummary {
    id: UUID!
    name: String
    openCriticalDefects: Int
    openHighDefects: Int
    openMediumDefects: Int
    openLowDefects: Int
    totalDeployments: Int
    openMaintenanceRequests: Int
  }
  type ProjectSummaryConnection { nodes: [ProjectSummary!]! }
  type TestConnection { nodes: [Test!]! }
  input DefectCondition { status: DefectStatus severity: Severity }
  input DefectPatch { status: DefectStatus }
  input UpdateDefectInput { id: UUID! patch: DefectPatch! }
  type UpdateDefectPayload { defect: Defect }
  type Query {
    defect(id: UUID!): Defect
    defects(condition: DefectCondition!, orderBy: [DefectOrderBy!], first: Int!, after: Cursor): DefectConnection
    trend(days: Int): [TrendDay!]
    projectSummaries(first: Int!): ProjectSummaryConnection
    flakiestTests(first: Int!): TestConnection
  }
  type Mutation { updateDefect(input: UpdateDefectInput!): UpdateDefectPayload }
`;

const DEFECT = `id, title, severity, status, occurrence_count as "occurrenceCount", first_seen_at as "firstSeenAt",
  last_seen_at as "lastSeenAt", updated_at as "updatedAt", error_type as "errorType", version, test_id, project_id, assignee_id,
  last_seen_at::text as seen`;

const page = (after: string) => `select ${DEFECT} from defects where status = $1 and severity = $2${after}
  order by last_seen_at desc, id desc limit $3`;
const FIRST_PAGE = page('');
const NEXT_PAGE = page(' and (last_seen_at, id) < ($4::timestamptz, $5::uuid)');

const SUMMARIES = `select id, name, open_critical_defects as "openCriticalDefects", open_high_defects as "openHighDefects",
  open_medium_defects as "openMediumDefects", open_low_defects as "openLowDefects", total_deployments as "totalDeployments",
  open_maintenance_requests as "openMaintenanceRequests"
from project_summary_view order by id limit $1`;

interface PageArguments {
  readonly condition: { readonly status: string; readonly severity: string };
  readonly first: number;
  readonly after: string | null;
}

const upper = (values: readonly string[]) => Object.fromEntries(values.map((value) => [value.toUpperCase(), value]));

export const resolvers = {
  Severity: upper(['low', 'medium', 'high', 'critical']),
  DefectStatus: upper(['open', 'triaged', 'in_progress', 'resolved', 'ignored']),
  Defect: {
    test: ({ test_id }: Defect, _: unknown, { transaction }: Context) => (test_id === null ? null : transaction.tests.load(test_id)),
    project: ({ project_id }: Defect, _: unknown, { transaction }: Context) => transaction.projects.load(project_id),
    assignee: ({ assignee_id }: Defect, _: unknown, { transaction }: Context) =>
      assignee_id === null ? null : transaction.people.load(assignee_id),
  },
  Query: {
    defect: async (_: unknown, { id }: { id: string }, { transaction }: Context) =>
      (await transaction.rows<Defect>('defect', `select ${DEFECT} from defects where id = $1`, [id]))[0],
    async defects(_: unknown, { condition, first, after }: PageArguments, { transaction }: Context) {
      const values = [condition.status, condition.severity, first + 1];
      const rows =
        after === null || after === undefined
          ? await transaction.rows<Defect>('first', FIRST_PAGE, values)
          : await transaction.rows<Defect>('next', NEXT_PAGE, [...values, ...JSON.parse(Buffer.from(after, 'base64url').toString())]);
      const nodes = rows.slice(0, first);
      const last = nodes.at(-1);
      const endCursor = last === undefined ? null : Buffer.from(JSON.stringify([last.seen, last.id])).toString('base64url');
      return { nodes, pageInfo: { hasNextPage: rows.length > first, endCursor } };
    },
    trend: (_: unknown, { days }: { days: number }, { transaction }: Context) =>
      transaction.rows('trend', 'select day::text, severity, opened, resolved, occurrences from unnest(trend(null, $1))', [days]),
    projectSummaries: async (_: unknown, { first }: { first: number }, { transaction }: Context) => ({
      nodes: await transaction.rows('summaries', SUMMARIES, [first]),
    }),
    flakiestTests: async (_: unknown, { first }: { first: number }, { transaction }: Context) => ({
      nodes: await transaction.rows(
        'flakiest',
        "select t.id, t.name, t.suite, json_build_object('score', (tests_flakiness(t)).score) as flakiness from flakiest_tests() as t limit $1",
        [first],
      ),
    }),
  },
  Mutation: {
    async updateDefect(_: unknown, { input }: { input: { id: string; patch: { status: string } } }, { transaction }: Context) {
      const text = `update defects set status = $2 where id = $1 returning ${DEFECT}`;
      const [defect] = await transaction.rows<Defect>('update', text, [input.id, input.patch.status]);
      if (defect === undefined) throw new Error('There is no such defect.');
      return { defect };
    },
  },
};
