import pg from 'pg';
import { asPrincipal } from '../../src/database/as-principal.ts';
import { connectionOptions } from '../../src/database/connection.ts';
import { localEncryptionKey } from '../../src/database/encryption-key.ts';
import type { Principal } from '../../src/database/identity.ts';
import { KeyEnvelopes } from '../../src/database/key-envelopes.ts';
import { prepareReport } from '../../src/plugins/report-test-run.ts';
import { type Bench, type Measured, measurement } from '../bench.ts';
import type { DataSet } from '../data/data-set.ts';
import { PROJECTS, withGuest } from '../guest-organization.ts';
import { type ReportedResult, reportedResults } from '../load/reports.ts';
import { alternate } from '../measurement.ts';
import type { Server } from '../servers.ts';

const RESULTS = 1_000;
/** Every fifth result fails, and of the failures every tenth is a defect that nobody has seen. */
const FAILING = 5;
const UNKNOWN = 10;

/**
 * W4: reports of 1,000 results, 200 of them failures, one after the other: by HTTP, and the function that the product calls for them
 * from one database session with the same identity, given what the product gives it. Either tells defects a second, a known
 * one that occurred again counted like a new one.
 */
export async function measureIngest({ data, size, rounds, say }: Bench, product: Server): Promise<Measured> {
  const reports = size === 'quick' ? 3 : 15;
  const defects = (reports * RESULTS) / FAILING;
  return withGuest(data, async (principal, token) => {
    const sql = await SqlReporter.open(data, principal);
    try {
      const content = (round: number, contender: string, n: number) => ({
        name: `${contender}${letter(round + 1)}x${letter(n)}`,
        ...{ results: RESULTS, failing: FAILING, unknown: UNKNOWN },
      });
      const timed = async (report: (n: number) => Promise<void>) => {
        const began = performance.now();
        for (let n = 0; n < reports; n += 1) await report(n);
        return { defectsPerSecond: defects / ((performance.now() - began) / 1_000) };
      };
      const all = await alternate(
        [
          {
            name: 'http',
            run: (round) => {
              const runs = Array.from({ length: reports }, (_, n) => [...reportedResults(content(round, 'h', n))]);
              return timed((n) => byHttp(product.url, token, `http-${round}-${n}`, runs[n] as ReportedResult[]));
            },
          },
          {
            name: 'sql',
            async run(round) {
              const runs = await Promise.all(
                Array.from({ length: reports }, (_, n) =>
                  prepared({ project: PROJECTS[1], runKey: `sql-${round}-${n}` }, [...reportedResults(content(round, 's', n))]),
                ),
              );
              return timed((n) => sql.report(runs[n] as string, RESULTS));
            },
          },
        ],
        rounds,
        (text) => say(`W4, ${text}`),
      );
      return { w4: measurement({ 'results a report': RESULTS, failures: RESULTS / FAILING, 'reports a round': reports }, all) };
    } finally {
      await sql.close();
    }
  });
}

const letter = (n: number) => String.fromCharCode(97 + n);

async function byHttp(url: string, token: string, runKey: string, results: readonly ReportedResult[]): Promise<void> {
  const query = 'mutation Report($input: ReportTestRunInput!) { reportTestRun(input: $input) { receipt { results } } }';
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables: { input: { project: PROJECTS[0], runKey, results } } }),
  });
  const answer = (await response.json()) as { data?: { reportTestRun?: { receipt: { results: number } } } };
  if (answer.data?.reportTestRun?.receipt.results !== results.length) throw new Error(`W4 was refused: ${JSON.stringify(answer)}`);
}

/** A report as the product hands it to the database. */
export async function prepared(
  run: { project: string; runKey: string; commitSha?: string },
  results: readonly ReportedResult[],
): Promise<string> {
  // GraphQL's enums are the database's words in capitals.
  const words = results.map((result) => ({ ...result, outcome: result.outcome.toLowerCase() }));
  return JSON.stringify(await prepareReport({ ...run, results: words }));
}

/** One session that reports as the product does, without the product. */
export class SqlReporter {
  readonly #client: pg.Client;
  readonly #keys: KeyEnvelopes;
  readonly #principal: Principal;

  private constructor(client: pg.Client, keys: KeyEnvelopes, principal: Principal) {
    this.#client = client;
    this.#keys = keys;
    this.#principal = principal;
  }

  static async open(data: DataSet, principal: Principal): Promise<SqlReporter> {
    const client = new pg.Client(connectionOptions(data.apiUrl));
    await client.connect();
    return new SqlReporter(
      client,
      new KeyEnvelopes(client, localEncryptionKey({ DATA_DIR: data.directory, ENCRYPTION_KEY: undefined })),
      principal,
    );
  }

  /** @param results how many must be stored. */
  async report(report: string, results: number): Promise<void> {
    await asPrincipal(this.#client, this.#keys, this.#principal, async () => {
      const { rows } = await this.#client.query<{ receipt: { results: number } }>('select report_test_run($1::json) as receipt', [report]);
      if (rows[0]?.receipt.results !== results) throw new Error(`W4 by SQL stored ${JSON.stringify(rows[0])}.`);
    });
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}
