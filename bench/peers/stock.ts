// PostGraphile 5 as its own documentation sets it up, on the product's database: the Amber preset, `makePgService` with a pool,
// Grafserv on Node's own HTTP server (which is faster than with Express), the caller's verified token turned into `pgSettings`, the
// connection filter and the simpler names that the documentation recommends, in production mode without GraphiQL.
//
// So that it answers the same questions with the same values, two things more: defects are found by their id (the smart tag
// `@unique`), and domains that list their values are enums as in the product's schema. Identity costs it less than the product:
// it is looked up once a minute, not in each transaction.
import '../../src/graphile-env.ts';
import { createServer, type IncomingMessage } from 'node:http';
import { PgSimplifyInflectionPreset } from '@graphile/simplify-inflection';
import pg from 'pg';
import { postgraphile } from 'postgraphile';
import { makePgService } from 'postgraphile/adaptors/pg';
import { grafserv } from 'postgraphile/grafserv/node';
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber';
import { jsonPgSmartTags } from 'postgraphile/utils';
import { PostGraphileConnectionFilterPreset } from 'postgraphile-plugin-connection-filter';
import { connectionOptions } from '../../src/database/connection.ts';
import { TransactionIdsPlugin } from '../../src/plugins/transaction-ids.ts';
import { VocabularyEnumsPlugin } from '../../src/plugins/vocabulary-enums.ts';
import { KnownSettings, readCallers } from './callers.ts';
import { close, listen, type PeerDocuments, type PeerOptions, type RunningPeer } from './peer.ts';

const LISTED = 'id: rowId title severity status occurrenceCount firstSeenAt lastSeenAt';

/** The same questions in the names of its schema. */
export const documents: PeerDocuments = {
  point: `query Point($id: UUID!) {
  defect: defectByRowId(rowId: $id) { ${LISTED} errorType version test: organizationTest { id: rowId name suite } project: organizationProject { id: rowId name slug } }
}`,
  list: `query List($severity: Severity!, $after: Cursor) {
  defects(condition: { status: OPEN, severity: $severity }, orderBy: [LAST_SEEN_AT_DESC], first: 20, after: $after) {
    nodes { ${LISTED} test: organizationTest { id: rowId name } project: organizationProject { id: rowId name } assignee { id: rowId name } }
    pageInfo { hasNextPage endCursor }
  }
}`,
  dashboard: `query Dashboard {
  trend(days: 30) { day severity opened resolved occurrences }
  projectSummaries(first: 20) {
    nodes { id: rowId name openCriticalDefects openHighDefects openMediumDefects openLowDefects totalDeployments openMaintenanceRequests }
  }
  flakiestTests(first: 10) { nodes { id: rowId name suite flakiness { score } } }
}`,
  update: `mutation Update($id: UUID!, $status: DefectStatus!) {
  updateDefect: updateDefectByRowId(input: { rowId: $id, patch: { status: $status } }) { defect { id: rowId status version updatedAt } }
}`,
};

/** `us-east` is US_EAST, as in the product's schema. */
const UppercaseEnumsPlugin: GraphileConfig.Plugin = {
  name: 'UppercaseEnumsPlugin',
  version: '1.0.0',
  inflection: { replace: { enumValue: (_previous, _options, value) => value.toUpperCase().replace(/[^A-Z0-9]+/g, '_') } },
};

const SmartTagsPlugin = jsonPgSmartTags({ version: 1, config: { class: { 'app.defects': { tags: { unique: 'id' } } } } });

/** The preset, but for who is calling. */
function presetOf(pool: pg.Pool) {
  return {
    extends: [PostGraphileAmberPreset, PgSimplifyInflectionPreset, PostGraphileConnectionFilterPreset],
    plugins: [VocabularyEnumsPlugin, TransactionIdsPlugin, UppercaseEnumsPlugin, SmartTagsPlugin],
    pgServices: [makePgService({ pool, schemas: ['app'] })],
    gather: {
      // Organizations with a schema of their own find their tables by the search path.
      pgIdentifiers: 'unqualified' as const,
      // Views say which ids they refer to, of which the database knows within an organization only that they are unique.
      pgFakeConstraintsAutofixForeignKeyUniqueness: true,
    },
    grafserv: { graphqlPath: '/graphql', graphiql: false, watch: false },
    grafast: { explain: false },
  } satisfies GraphileConfig.Preset;
}

/** Starts it. */
export async function startStock(options: PeerOptions): Promise<RunningPeer> {
  const pool = new pg.Pool({ ...connectionOptions(options.databaseUrl), max: options.poolSize });
  pool.on('error', () => {});
  const callers = await readCallers(pool, options);
  const settings = new KnownSettings(pool, callers);
  const instance = postgraphile({
    extends: [presetOf(pool)],
    grafast: {
      async context(requestContext) {
        const request = (requestContext as { node?: { req: IncomingMessage } }).node?.req;
        return { pgSettings: await settings.of(await callers.of(request as IncomingMessage)) };
      },
    },
  });
  const serv = instance.createServ(grafserv);
  const server = createServer();
  await serv.addTo(server);
  await serv.ready();
  const url = await listen(server, options.port);
  return {
    url,
    async stop() {
      await close(server);
      await instance.release();
      await pool.end();
    },
  };
}
