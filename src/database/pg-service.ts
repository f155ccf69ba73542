import type { MakePgServiceOptions, PgClient, WithPgClient } from '@dataplan/pg';
import type pg from 'pg';
import { makeIntrospectionQuery } from 'pg-introspection';
import type { Queryable } from './key-envelopes.ts';

declare global {
  namespace GraphileConfig {
    interface PgAdaptors {
      defectxray: { adaptorSettings: undefined; makePgServiceOptions: MakePgServiceOptions; client: PgClient };
    }
  }
  namespace Grafast {
    interface Context {
      /** Set by RequestTransactionPlugin: the transaction of the request. */
      withPgClient: WithPgClient;
    }
  }
}

const EVERY_SCHEMA = "where nspname <> 'information_schema'\n  )";
const ONLY_APP = "where nspname in ('app', 'pg_catalog')\n  )";

/**
 * PostGraphile's introspection, of schema `app` alone: it would otherwise read every table of every tenant's schema
 * (300 of them: 17 s and 1.2 GB).
 *
 * @throws Error where the library's query has changed its shape.
 */
export function narrowIntrospection(query: string): string {
  const narrowed = query.replace(EVERY_SCHEMA, ONLY_APP);
  if (narrowed === query) throw new Error('The introspection query of pg-introspection has changed: narrowIntrospection must follow.');
  return narrowed;
}

/** The one row of the library's query. */
export type IntrospectionResult = Awaited<ReturnType<Queryable['query']>>;

/** Asks for what PostGraphile makes a schema from, as the one row that its own query would give. */
export function readIntrospection(database: Queryable): Promise<IntrospectionResult> {
  return database.query(narrowIntrospection(makeIntrospectionQuery()));
}

/**
 * The database as PostGraphile sees it. What it runs by itself is introspection, without an identity; requests bring the
 * `withPgClient` of their own transaction (RequestTransactionPlugin).
 *
 * @param asked the introspection, where it has been asked for already.
 */
export function pgService(pool: pg.Pool, asked?: Promise<IntrospectionResult>): GraphileConfig.PgServiceConfiguration<'defectxray'> {
  const introspection = makeIntrospectionQuery();
  const client: PgClient = {
    async query({ text, values }) {
      return (text === introspection ? (asked ?? readIntrospection(pool)) : pool.query(text, values)) as never;
    },
    async withTransaction() {
      throw new Error('Only requests have transactions.');
    },
  };
  const withPgClient: WithPgClient = async (_settings, callback) => callback(client);
  return {
    name: 'main',
    schemas: ['app'],
    withPgClientKey: 'withPgClient',
    adaptor: { createWithPgClient: () => withPgClient, makePgService: () => pgService(pool, asked) },
  };
}
