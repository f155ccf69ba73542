import './src/graphile-env.ts';
import { createServer, type ServerOptions } from 'node:http';
import { availableParallelism } from 'node:os';
import type { Express, Request, Response } from 'express';
import { grafserv } from 'grafserv/express/v4';
import { type Logger, pino } from 'pino';
import { postgraphile } from 'postgraphile';
import type { GraphQLError } from 'postgraphile/graphql';
import type { Registry } from 'prom-client';
import { schemaPreset } from './graphile.config.ts';
import { Accounts } from './src/auth/accounts.ts';
import { IssuerKeys } from './src/auth/issuer-keys.ts';
import { Passwords } from './src/auth/passwords.ts';
import { newSecret, secretHash } from './src/auth/secret-tokens.ts';
import { loadSigningKey } from './src/auth/signing-key.ts';
import { VerifiedTokens } from './src/auth/verified-tokens.ts';
import type { PrimaryLink } from './src/cluster/primary-link.ts';
import type { Config } from './src/config.ts';
import { type ApiDatabase, openApiDatabase } from './src/database/api-database.ts';
import { localEncryptionKey } from './src/database/encryption-key.ts';
import { ANONYMOUS } from './src/database/identity.ts';
import { KeyEnvelopes } from './src/database/key-envelopes.ts';
import { OrganizationRates } from './src/database/organization-rates.ts';
import { readinessCheck } from './src/database/readiness.ts';
import { createApp } from './src/http/app.ts';
import { guardParsing } from './src/http/guard-parsing.ts';
import { signInBarPlugin } from './src/http/ide.ts';
import { InlinedValues } from './src/http/inlined-values.ts';
import { RefusalLimit } from './src/http/limit-rate.ts';
import { close, listen } from './src/http/listen.ts';
import { loggable } from './src/http/loggable.ts';
import { RateLimits } from './src/http/rate-limits.ts';
import { countOperationsPlugin, measurePool, newRegistry, RequestMetrics, sharedRegistry } from './src/http/request-metrics.ts';
import { serveSubscriptions } from './src/http/subscription-server.ts';
import { readTrustedDocuments } from './src/http/trusted-documents.ts';
import type { JobRunner } from './src/jobs/job-runner.ts';
import { fetchPublicJson } from './src/outbound/public-fetch.ts';
import { errorTranslator, withoutSuggestion } from './src/plugins/errors.ts';
import { operationLimitsPlugin } from './src/plugins/operation-limits.ts';
import { keepPlansWithDocuments } from './src/plugins/plan-cache.ts';
import { rememberStatements } from './src/plugins/remembered-statements.ts';
import { requestTransactionPlugin } from './src/plugins/request-transaction.ts';
import { SubscriptionHub } from './src/plugins/subscription-hub.ts';

/** A running server. */
export interface RunningServer {
  readonly url: string;
  /** Stops accepting, closes WebSockets (1001), lets requests under way finish (10 s at most), closes the pool. */
  stop(): Promise<void>;
}

/**
 * Puts the server together: configuration → database → GraphQL → HTTP.
 *
 * @param processes where this is one of several processes that serve: what they have in common.
 * @param opened the database, where the caller has opened it; it is closed with the server, and where the start fails.
 * @throws ListenError, or what the database says where it cannot be reached.
 */
export async function startServer(
  config: Config & { DATABASE_URL: string },
  log: Logger = pino({ level: config.LOG_LEVEL }),
  processes?: PrimaryLink,
  opened?: ApiDatabase,
): Promise<RunningServer> {
  const database = opened ?? (await openApiDatabase(config, log));
  const { pool } = database;
  const rates = new RateLimits(config.REDIS_URL, log, processes);
  const registry = processes === undefined ? newRegistry() : sharedRegistry(processes);
  processes?.measuredBy(() => registry.getMetricsAsJSON());
  const metrics = new RequestMetrics(registry);
  measurePool(registry, pool);
  let jobs: JobRunner | undefined;
  try {
    const keys = new KeyEnvelopes(pool, localEncryptionKey(config));
    const tokens = { key: await loadSigningKey(config), issuer: config.JWT_ISSUER, audience: config.JWT_AUDIENCE };
    const accounts = new Accounts({
      pool,
      keys,
      tokens,
      // One core is left to everything else.
      passwords: new Passwords(Math.max(1, Math.floor((availableParallelism() - 1) / config.WORKERS))),
      sessionDays: config.SESSION_DAYS,
      attemptsPerAccount: config.SIGN_IN_ATTEMPTS_PER_ACCOUNT,
      attemptsPerAddress: config.SIGN_IN_ATTEMPTS_PER_ADDRESS,
    });
    const allowLoopback = config.ALLOW_LOOPBACK_ISSUERS === 'true';
    const issuerKeys = new IssuerKeys((address) => fetchPublicJson(address, { allowLoopback }));
    const constraints = await database.constraints;
    const introspection = (config.INTROSPECTION ?? (config.NODE_ENV === 'production' ? 'off' : 'on')) === 'on';
    const translateAny = errorTranslator(constraints, (id, error) => log.error({ id, ...loggable(error) }, 'request failed'));
    const translate = (error: GraphQLError) => {
      const translated = translateAny(error);
      metrics.erred(String(translated.extensions.code));
      return introspection ? translated : withoutSuggestion(translated);
    };
    const instance = postgraphile({
      extends: [schemaPreset(pool, database.introspection)],
      plugins: [
        ...(config.NODE_ENV === 'production' ? [] : [signInBarPlugin()]),
        operationLimitsPlugin({
          maxDepth: config.MAX_QUERY_DEPTH,
          maxFields: config.MAX_QUERY_FIELDS,
          maxAliases: config.MAX_QUERY_ALIASES,
          maxDirectives: config.MAX_QUERY_DIRECTIVES,
          maxOperations: config.MAX_OPERATIONS,
          maxPageSize: config.MAX_PAGE_SIZE,
          maxCost: config.MAX_QUERY_COST,
          introspection,
        }),
        requestTransactionPlugin({
          pool,
          keys,
          statementTimeoutMs: config.STATEMENT_TIMEOUT_MS,
          ingestTimeoutMs: config.INGEST_TIMEOUT_MS,
        }),
        countOperationsPlugin(metrics),
      ],
      grafserv: {
        graphqlPath: '/graphql',
        graphiql: config.NODE_ENV !== 'production',
        graphiqlPath: '/',
        graphiqlOnGraphQLGET: false,
        // Documents are kept by guardParsing.
        parseAndValidateCacheSize: 0,
        maskError: translate,
      },
      grafast: {
        context: (requestContext) => {
          const { req: request, res: response } = (requestContext as { expressv4?: { req: Request; res: Response } }).expressv4 ?? {};
          return {
            onAbandoned: (abandon: () => void) => response?.once('close', () => response.writableFinished || abandon()),
            principal: request?.principal ?? ANONYMOUS,
            origin: request?.origin ?? { requestId: '', ipAddress: null, userAgent: null },
            accounts,
            newSecret: oneTimeSecret,
          };
        },
      },
    });
    rememberStatements();
    await keepPlansWithDocuments(await instance.getSchema());
    const graphql = instance.createServ(grafserv);
    await graphql.ready();
    const isValid = await guardParsing(graphql, translate);
    const { schema, resolvedPreset, parseAndValidate: parse } = await graphql.getExecutionConfig({} as never);
    const parts = {
      config,
      log,
      credentials: { tokens, verified: new VerifiedTokens(), database: pool, keys, issuerKeys },
      readiness: readinessCheck(pool),
      rates,
      refusals: new RefusalLimit(rates, config.REFUSED_CREDENTIALS_PER_MINUTE, processes),
      trusted: await readTrustedDocuments(config),
      inlined: new InlinedValues(schema, isValid),
      organizationRates: new OrganizationRates(pool),
      registry,
      metrics,
      states: { pool, keys, constraints, maxStateBytes: config.MAX_STATE_BYTES, timeoutMs: config.INGEST_TIMEOUT_MS },
    };
    const app = createApp(parts, (express: Express) => void graphql.addTo(express, null, false));
    const hub = new SubscriptionHub({
      pool,
      keys,
      resolvedPreset,
      translate,
      log,
      databaseUrl: config.DATABASE_URL,
      statementTimeoutMs: config.STATEMENT_TIMEOUT_MS,
      maxWaiting: config.MAX_WAITING_RESULTS,
      // Most of the pool is left to those who wait for an answer.
      maxReaders: Math.max(1, Math.floor(config.DATABASE_POOL_SIZE / 4)),
    });
    const server = createServer(arrival(config), app);
    server.maxConnections = config.MAX_CONNECTIONS;
    const subscriptions = serveSubscriptions(server, app, { ...parts, hub, translate, schema, parse }, processes);
    jobs = await startJobs(config, log, registry);
    const url = await listen(server, config.HOST, config.PORT);
    return {
      url,
      async stop() {
        // Jobs and requests at once: each has a time of its own to finish.
        const closed = Promise.all([close(server), jobs?.stop()]);
        await subscriptions.close();
        await hub.close();
        await closed;
        await instance.release();
        rates.close();
        await database.close();
      },
    };
  } catch (error) {
    await jobs?.stop();
    rates.close();
    await database.close();
    throw error;
  }
}

/** Background jobs in this process, unless they run elsewhere. */
async function startJobs(config: Config, log: Logger, registry: Registry): Promise<JobRunner | undefined> {
  if (config.JOBS === 'off') return undefined;
  if (config.WORKER_DATABASE_URL === undefined) {
    log.info('WORKER_DATABASE_URL is not set: background jobs are not run here, but by "defectxray worker"');
    return undefined;
  }
  const { JobRunner } = await import('./src/jobs/job-runner.ts');
  return JobRunner.start({
    url: config.WORKER_DATABASE_URL,
    encryptionKey: localEncryptionKey(config),
    concurrency: config.JOB_CONCURRENCY,
    outbound: { allowLoopback: config.ALLOW_LOOPBACK_WEBHOOKS === 'true' },
    registry,
    log,
  });
}

function oneTimeSecret(kind: 'apiKey' | 'invitation' | 'webhook') {
  const secret = newSecret(kind);
  return { secret, hash: secretHash(secret), prefix: secret.slice(0, 8) };
}

/** How long a request may take to arrive: who sends a header or body by drops holds a connection no longer than this. */
function arrival({ RECEIVE_TIMEOUT_MS }: Config): ServerOptions {
  return {
    requestTimeout: RECEIVE_TIMEOUT_MS,
    headersTimeout: Math.min(RECEIVE_TIMEOUT_MS, 10_000),
    connectionsCheckingInterval: Math.min(RECEIVE_TIMEOUT_MS, 1_000),
    // Longer than load balancers keep theirs (60 s), or they would send into one that is just being closed.
    keepAliveTimeout: 65_000,
    maxHeaderSize: 16_384,
    // Whoever offers HTTP/2 or the like is answered as if they had not.
    shouldUpgradeCallback: ({ headers }) => headers.upgrade?.toLowerCase() === 'websocket',
  };
}
