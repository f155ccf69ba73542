// What PostgreSQL can do at most: the very statements that the product sends, with the same role and settings, sent by pgbench in one
// flight from prepared statements. They are written down while the product answers, so that nothing of them is made up.
import { execFile } from 'node:child_process';
import { existsSync, globSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { BASE_ROLES } from '../../src/database/identity.ts';
import type { DataSet } from '../data/data-set.ts';
import { SEED } from '../data/identity.ts';
import { seeded } from '../data/random.ts';
import { capture, type Question } from './captured.ts';
import type { PeerDocuments } from './peer.ts';
import { type PgbenchScript, pgbenchScript } from './pgbench-script.ts';

export interface PgbenchOptions {
  readonly clients: number;
  readonly seconds: number;
}

export interface PgbenchFigures {
  readonly transactionsPerSecond: number;
  /** Of a transaction, on average, in milliseconds. */
  readonly latencyMs: number;
}

const QUESTIONS = 40;
const READERS = BASE_ROLES.filter((role) => role !== 'analyst');

/**
 * The scripts of a workload: of 40 requests, their organizations as likely as they are large, their roles and rows at random.
 *
 * @param documents what the product is asked.
 */
export async function limitScripts(
  data: DataSet,
  workload: 'point' | 'list',
  documents: Pick<PeerDocuments, 'point' | 'list'>,
): Promise<readonly PgbenchScript[]> {
  const random = seeded(`${SEED}/limit/${workload}`);
  const questions = Array.from({ length: QUESTIONS }, (): Question => {
    let drawn = random.number();
    const organization =
      data.organizations.find(({ weight }) => (drawn -= weight) < 0) ?? (data.organizations[0] as DataSet['organizations'][number]);
    const variables: Question['variables'] =
      workload === 'point'
        ? { id: random.pick(organization.sampleDefectIds) }
        : { severity: random.pick(['LOW', 'MEDIUM', 'HIGH', 'CRITICAL']), after: null };
    return { principal: organization.principals[random.pick(READERS)], query: documents[workload], variables };
  });
  return (await capture(data, questions)).map((statements, n) => pgbenchScript(statements, `t${n}`));
}

/**
 * Runs scripts in turn, as the API's login.
 *
 * @throws Error where there is no pgbench, or a transaction failed.
 */
export async function runPgbench(
  apiUrl: string,
  scripts: readonly PgbenchScript[],
  { clients, seconds }: PgbenchOptions,
): Promise<PgbenchFigures> {
  const directory = mkdtempSync(join(tmpdir(), 'defectxray-pgbench-'));
  try {
    const url = new URL(apiUrl);
    const threads = Math.min(clients, availableParallelism());
    const files = scripts.map(({ text }, n) => {
      const file = join(directory, `${n}.sql`);
      writeFileSync(file, text);
      return file;
    });
    const variables = scripts.flatMap((script) => Object.entries(script.variables)).flatMap(([name, value]) => ['-D', `${name}=${value}`]);
    const { stdout } = await promisify(execFile)(
      pgbench(),
      [
        ...['--no-vacuum', '--protocol=prepared', `--client=${clients}`, `--jobs=${threads}`, `--time=${seconds}`],
        ...['-h', url.hostname, '-p', url.port || '5432', '-U', decodeURIComponent(url.username)],
        ...files.flatMap((file) => ['-f', file]),
        ...variables,
        url.pathname.slice(1),
      ],
      {
        env: {
          PATH: process.env.PATH ?? '',
          LC_ALL: 'C',
          PGPASSWORD: decodeURIComponent(url.password),
          // It prepares statements before the first transaction, in which they would find their tables; where the identity sets
          // another path they are prepared again by PostgreSQL.
          PGOPTIONS: '-c search_path=app,pg_temp',
        },
        maxBuffer: 16_777_216,
      },
    ).catch(({ stderr }: { stderr: string }) => {
      throw new Error(`pgbench could not run the transactions: ${stderr.slice(0, 500)}`);
    });
    return figuresOf(stdout);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

function figuresOf(said: string): PgbenchFigures {
  const number = (pattern: RegExp) => Number(pattern.exec(said)?.[1]);
  const [transactionsPerSecond, latencyMs] = [number(/^tps = ([\d.]+) \(without/m), number(/^latency average = ([\d.]+) ms/m)];
  const failed = /^number of failed transactions: ([1-9]\d*)/m.exec(said);
  if (!(transactionsPerSecond > 0) || failed !== null) throw new Error(`pgbench could not run the transactions:\n${said}`);
  return { transactionsPerSecond, latencyMs };
}

/** From PATH, else from where Debian's packages put it, the newest first. */
function pgbench(): string {
  const directories = [...(process.env.PATH ?? '').split(delimiter), ...globSync('/usr/lib/postgresql/*/bin').sort().reverse()];
  const found = directories.map((directory) => join(directory, 'pgbench')).find((file) => existsSync(file));
  if (found === undefined) {
    throw new Error('There is no pgbench: install PostgreSQL with its client programs (Debian: postgresql-contrib), or put it into PATH.');
  }
  return found;
}
