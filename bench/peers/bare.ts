// The least that a Node.js server must do: verify the token, send begin, identity, one statement and commit in one flight, and write the
// JSON itself. It knows W1 and W2 by their operations' names, and nothing of GraphQL: what lies between it and a server that does is
// what GraphQL costs.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import pg from 'pg';
import { connectionOptions } from '../../src/database/connection.ts';
import type { Principal } from '../../src/database/identity.ts';
import { PRODUCT } from '../documents.ts';
import { type Callers, readCallers } from './callers.ts';
import { close, listen, type PeerDocuments, type PeerOptions, type RunningPeer } from './peer.ts';
import { PlanNames } from './plan-names.ts';

/** W1 and W2 only; the rest it refuses. */
export const documents: PeerDocuments = PRODUCT;

const COLUMNS = `d.id, d.title, d.severity, d.status, d.occurrence_count, to_json(d.first_seen_at) #>> '{}', to_json(d.last_seen_at) #>> '{}',
  t.id, t.name, p.id, p.name`;
const JOINED = `defects as d
  left join tests as t on t.organization_id = d.organization_id and t.id = d.test_id
  left join projects as p on p.organization_id = d.organization_id and p.id = d.project_id`;

const POINT = { name: 'point', text: `select ${COLUMNS}, d.error_type, d.version, t.suite, p.slug from ${JOINED} where d.id = $1` };

const page = (after: string) => `select ${COLUMNS}, a.id, a.name, d.last_seen_at::text from ${JOINED}
  left join people as a on a.organization_id = d.organization_id and a.id = d.assignee_id
  where d.status = 'open' and d.severity = $1${after} order by d.last_seen_at desc, d.id desc limit 21`;
const FIRST_PAGE = { name: 'first', text: page('') };
const NEXT_PAGE = { name: 'next', text: page(' and (d.last_seen_at, d.id) < ($2::timestamptz, $3::uuid)') };

interface Statement {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
}

interface Question {
  readonly query: string;
  readonly variables: Readonly<Record<string, string | null>>;
}

type Row = readonly (string | number | null)[];

/** Starts it. */
export async function startBare(options: PeerOptions): Promise<RunningPeer> {
  const pool = new pg.Pool({ ...connectionOptions(options.databaseUrl), max: options.poolSize, pipeline: true });
  pool.on('error', () => {});
  const callers = await readCallers(pool, options);
  const names = new PlanNames();
  const server = createServer((request, response) => {
    answer(pool, callers, names, request).then(
      (data) => write(response, 200, { data }),
      (error: Error) => write(response, 400, { errors: [{ message: error.message }] }),
    );
  });
  const url = await listen(server, options.port);
  return {
    url,
    async stop() {
      await close(server);
      await pool.end();
    },
  };
}

function write(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'content-length': Buffer.byteLength(text) }).end(text);
}

async function answer(pool: pg.Pool, callers: Callers, names: PlanNames, request: IncomingMessage): Promise<object> {
  const [principal, text] = await Promise.all([callers.of(request), bodyOf(request)]);
  const { query, variables } = JSON.parse(text) as Question;
  const rowsOf = async (statement: Statement) => flight(pool, await callers.identity(principal), names, principal, statement);
  if (query.startsWith('query Point')) {
    const [row] = await rowsOf({ ...POINT, values: [variables.id ?? null] });
    return { defect: row === undefined ? null : point(row) };
  }
  if (query.startsWith('query List')) {
    const severity = variables.severity?.toLowerCase() ?? null;
    const seen = variables.after == null ? null : (JSON.parse(Buffer.from(variables.after, 'base64url').toString()) as string[]);
    const rows = await rowsOf(seen === null ? { ...FIRST_PAGE, values: [severity] } : { ...NEXT_PAGE, values: [severity, ...seen] });
    return { defects: list(rows) };
  }
  throw new Error('This server answers the operations Point and List only.');
}

/** Sends all four statements without waiting for an answer. */
async function flight(
  pool: pg.Pool,
  identity: pg.QueryConfig,
  names: PlanNames,
  principal: Principal,
  { name, text, values }: Statement,
): Promise<Row[]> {
  const client = await pool.connect();
  const sent = [
    client.query('begin isolation level repeatable read read only'),
    client.query<{ search_path: string }>(identity),
    client.query<(string | number | null)[]>({ name: names.of(name, principal), text, values: [...values], rowMode: 'array' }),
    client.query('commit'),
  ] as const;
  try {
    const [, who, { rows }] = await Promise.all(sent);
    client.release();
    names.learn(principal, who.rows[0]?.search_path ?? '');
    return rows;
  } catch (error) {
    await Promise.allSettled(sent);
    client.release();
    throw error;
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

const upper = (value: Row[number] | undefined) => (value as string).toUpperCase();

function listed(row: Row) {
  const [id, title, severity, status, occurrenceCount, firstSeenAt, lastSeenAt] = row;
  return { id, title, severity: upper(severity), status: upper(status), occurrenceCount, firstSeenAt, lastSeenAt };
}

function point(row: Row): object {
  const [testId, test, projectId, project, errorType, version, suite, slug] = row.slice(7);
  return {
    ...listed(row),
    errorType,
    version,
    test: testId === null ? null : { id: testId, name: test, suite },
    project: projectId === null ? null : { id: projectId, name: project, slug },
  };
}

function list(rows: readonly Row[]): object {
  const nodes = rows.slice(0, 20).map((row) => {
    const [testId, test, projectId, project, assigneeId, assignee] = row.slice(7);
    return {
      ...listed(row),
      test: testId === null ? null : { id: testId, name: test },
      project: projectId === null ? null : { id: projectId, name: project },
      assignee: assigneeId === null ? null : { id: assigneeId, name: assignee },
    };
  });
  const last = rows[Math.min(rows.length, 20) - 1];
  const endCursor = last === undefined ? null : Buffer.from(JSON.stringify([last[13], last[0]])).toString('base64url');
  return { nodes, pageInfo: { hasNextPage: rows.length > 20, endCursor } };
}
