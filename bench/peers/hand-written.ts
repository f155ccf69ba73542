// What a good engineer would write by hand for the benchmark's four operations: GraphQL Yoga, whose parsed and validated documents
// are kept, over `pg` with prepared statements in pipeline mode; a transaction for each request under the same identity as the
// product's, begun with its first statement in one flight; test, project and assignee by DataLoader, one statement for each kind.
import { createServer, type IncomingMessage } from 'node:http';
import { createSchema, createYoga, type Plugin } from 'graphql-yoga';
import pg from 'pg';
import { connectionOptions } from '../../src/database/connection.ts';
import { readCallers } from './callers.ts';
import { type Context, resolvers, typeDefs } from './hand-written-schema.ts';
import { HandWrittenTransaction } from './hand-written-transaction.ts';
import { close, listen, type PeerOptions, type RunningPeer } from './peer.ts';
import { PlanNames } from './plan-names.ts';

/** The product's questions as they are: its names were given to this schema. */
export { PRODUCT as documents } from '../documents.ts';

/** Ends the transaction of a request: an error in a mutation rolls it back. */
const TransactionPlugin: Plugin<Context> = {
  onExecute: ({ args }) => ({
    async onExecuteDone({ result }) {
      const failed = 'errors' in result && result.errors !== undefined;
      await args.contextValue.transaction.end(!failed);
    },
  }),
};

/** Starts it. */
export async function startHandWritten(options: PeerOptions): Promise<RunningPeer> {
  const pool = new pg.Pool({ ...connectionOptions(options.databaseUrl), max: options.poolSize, pipeline: true });
  pool.on('error', () => {});
  const callers = await readCallers(pool, options);
  const names = new PlanNames();
  const yoga = createYoga<{ req: IncomingMessage }, Context>({
    schema: createSchema<{ req: IncomingMessage } & Context>({ typeDefs, resolvers }),
    graphqlEndpoint: '/graphql',
    graphiql: false,
    landingPage: false,
    logging: false,
    plugins: [TransactionPlugin],
    async context({ req, params }) {
      const principal = await callers.of(req);
      const isMutation = /^\s*mutation\b/.test(params.query ?? '');
      return {
        transaction: new HandWrittenTransaction(pool, { principal, identity: () => callers.identity(principal), names }, isMutation),
      };
    },
  });
  const server = createServer(yoga as Parameters<typeof createServer>[1]);
  const url = await listen(server, options.port);
  return {
    url,
    async stop() {
      await close(server);
      await pool.end();
    },
  };
}
