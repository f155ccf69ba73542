import { afterAll, beforeAll, expect } from 'vitest';
import type { Principal } from '../../src/database/identity.ts';
import type { TestDatabase } from '../support/database.ts';
import { type TestServer, useServer } from '../support/server.ts';
import type { Plan } from './plan.ts';
import { PlanProxy } from './plan-proxy.ts';

/** How PostgreSQL plans a prepared statement: for the values that it is given, or, from the sixth time on, for any. */
export const PLAN_KINDS = ['custom', 'generic'] as const;
export type PlanKind = (typeof PLAN_KINDS)[number];

/** What was answered, and the plans of all that the server has run for it, its functions' own statements too. */
export interface Explained {
  // biome-ignore lint/suspicious/noExplicitAny: answers have the shape of the query that asked for them.
  readonly data: any;
  readonly plans: readonly Plan[];
}

/** Has the database tell the plan of whatever the API's login runs. */
const TELLING = {
  session_preload_libraries: 'auto_explain',
  'auto_explain.log_min_duration': '0',
  'auto_explain.log_nested_statements': 'on',
  'auto_explain.log_format': 'json',
  'auto_explain.log_level': 'notice',
  // To know what was not run.
  'auto_explain.log_analyze': 'on',
  'auto_explain.log_timing': 'off',
};

/** An operation may ask for many lists at once. */
const ANY_SIZE = { MAX_QUERY_ALIASES: '1000', MAX_QUERY_FIELDS: '100000', MAX_QUERY_COST: '1000000' };

/**
 * A server for each kind of plan, and the plans of what they run.
 *
 * @param prepare what is done to the database before they start.
 */
export function useExplainedServers(database: TestDatabase, prepare: () => Promise<void>) {
  const proxies = { custom: new PlanProxy(), generic: new PlanProxy() };
  beforeAll(async () => {
    await prepare();
    for (const [setting, value] of Object.entries(TELLING)) {
      await database.operator.query(`alter role app_user in database ${database.name} set ${setting} = '${value}'`);
    }
    for (const kind of PLAN_KINDS) {
      const url = new URL(database.url);
      url.searchParams.set('options', `-c plan_cache_mode=force_${kind}_plan`);
      await proxies[kind].open(url);
    }
  }, 120_000);
  afterAll(() => {
    for (const kind of PLAN_KINDS) proxies[kind].close();
  });
  const servers: Record<PlanKind, TestServer> = {
    custom: useServer(proxied('custom'), ANY_SIZE),
    generic: useServer(proxied('generic'), ANY_SIZE),
  };

  function proxied(kind: PlanKind): TestDatabase {
    return Object.create(database, { url: { get: () => proxies[kind].url } });
  }

  /** Asks the server of one kind. One at a time: plans do not say for whom they are. */
  return async function explain(
    kind: PlanKind,
    principal: Principal,
    query: string,
    variables: Record<string, unknown> = {},
    refusals: readonly string[] = [],
  ): Promise<Explained> {
    await proxies[kind].take();
    const { data, errors } = await servers[kind].query(principal, query, variables);
    expect(
      errors.filter(({ extensions }) => !refusals.includes(extensions.code)),
      `${query}\n${servers[kind].log.at(-1)}`,
    ).toEqual([]);
    return { data, plans: await proxies[kind].take() };
  };
}
