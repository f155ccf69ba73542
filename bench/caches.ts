// Whether a cache in Redis would pay for what Board3 kept in one (sessions, users, templates, designs): what a request takes that reads
// it from the database, and one that has it from Redis. Both begin with the identity, since only the database knows whether a session has
// ended, and a cache is keyed by the version of the permissions, which is read there, too. First the bare flight to the database, then
// whole requests over HTTP. In alternating rounds of one run.
//
//   npm run -s bench:caches [-- <rounds>]
import '../src/graphile-env.ts';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { loadSigningKey } from '../src/auth/signing-key.ts';
import { mintToken } from '../src/auth/tokens.ts';
import { parseConfig } from '../src/config.ts';
import { connectionOptions, withClient } from '../src/database/connection.ts';
import { databaseUrls } from '../src/database/development.ts';
import { localEncryptionKey } from '../src/database/encryption-key.ts';
import { ANONYMOUS, identityStatement, type Principal } from '../src/database/identity.ts';
import { KeyEnvelopes } from '../src/database/key-envelopes.ts';
import { compareOverHttp } from './caches-over-http.ts';
import { ready, serve, stop } from './served.ts';

const REQUESTS = 300;
const DESIGNS = 10_000;
const TEMPLATES = 200;
/** A canvas of about 20 kB. */
const CANVAS = `(select jsonb_build_object('nodes', jsonb_agg(jsonb_build_object('id', n, 'kind', 'aws_instance', 'label', md5(n::text)))) from generate_series(1, 250) as n)`;

const rounds = Number(process.argv[2] ?? 7);
const directory = mkdtempSync(join(tmpdir(), 'defectxray-bench-'));
const server = serve(directory);
const redisServer = await startRedis();
const redis = new Redis(redisServer.port, '127.0.0.1');
try {
  await ready(server);
  const config = { DATA_DIR: directory, DATABASE_URL: undefined, OPERATOR_DATABASE_URL: undefined };
  const { databaseUrl, operatorUrl } = databaseUrls(config);
  const { principal, session, design } = await fill(operatorUrl as string);
  const client = new pg.Client({ ...connectionOptions(databaseUrl as string), pipeline: true } as pg.ClientConfig);
  await client.connect();
  const keys = new KeyEnvelopes(client, localEncryptionKey({ DATA_DIR: directory, ENCRYPTION_KEY: undefined }));
  const sealed = await keys.of(principal.organizationId as string);
  const reads: Record<string, { name: string; text: string; values: unknown[] }> = {
    'the caller': { name: 'caller', text: 'select id, name, is_active from app.users where id = $1', values: [principal.userId] },
    'a page of 20 templates': {
      name: 'templates',
      text: "select id, name, description, category from app.templates where category = 'web' order by name limit 20",
      values: [],
    },
    'a design with a canvas of 20 kB': {
      name: 'design',
      text: 'select id, name, canvas, updated_at from app.designs where id = $1',
      values: [design],
    },
  };
  const withSession: Principal = { ...principal, credential: { kind: 'session', id: session } };

  /** Begin, identity, perhaps a statement, and commit leave together. */
  const flight = async (as: Principal, statement: { name: string; text: string; values: unknown[] } | null) => {
    const sent = [
      client.query('begin isolation level repeatable read read only'),
      client.query(identityStatement(as, { requestId: 'bench', ipAddress: null, userAgent: null }, sealed, 10_000)),
      ...(statement === null ? [] : [client.query(statement)]),
      client.query('commit'),
    ];
    return JSON.stringify(((await Promise.all(sent)) as pg.QueryResult[]).at(-2)?.rows);
  };
  console.log(`Median microseconds a request, of ${rounds} alternating rounds of ${REQUESTS}; spread in brackets.`);
  await compare('whether the session stands', [
    ['asked with the identity', () => flight(withSession, null)],
    ['not asked at all', () => flight(principal, null)],
    [
      'from Redis, then the identity',
      async () => {
        await redis.get(`session:${session}`);
        return flight(principal, null);
      },
    ],
  ]);
  for (const [what, statement] of Object.entries(reads)) {
    await redis.set(what, await flight(withSession, statement));
    await compare(what, [
      ['from the database', () => flight(withSession, statement)],
      [
        'from Redis, after the identity',
        async () => {
          await flight(withSession, null);
          return redis.get(what);
        },
      ],
      ['from Redis, at the same time as the identity', async () => (await Promise.all([flight(withSession, null), redis.get(what)]))[1]],
    ]);
  }
  await client.end();
  const settings = parseConfig({ DATA_DIR: directory });
  const tokens = { key: await loadSigningKey(settings), issuer: settings.JWT_ISSUER, audience: settings.JWT_AUDIENCE };
  const token = await mintToken(tokens, withSession, 7_200);
  await compareOverHttp({ directory, databaseUrl: databaseUrl as string, token, design, redisPort: redisServer.port }, rounds);
} finally {
  redis.disconnect();
  redisServer.child.kill();
  await stop(server);
  rmSync(directory, { recursive: true, force: true });
}

/** Runs the ways in turn and prints the median time of each, and its ratio to the first. */
async function compare(what: string, ways: [string, () => Promise<unknown>][]): Promise<void> {
  const times = ways.map((): number[] => []);
  for (let round = -1; round < rounds; round += 1) {
    for (const [index, [, run]] of ways.entries()) {
      const began = performance.now();
      for (let n = 0; n < REQUESTS; n += 1) await run();
      // The first round warms up.
      if (round >= 0) times[index]?.push(((performance.now() - began) / REQUESTS) * 1_000);
    }
  }
  console.log(what);
  const medians = times.map((each) => each.sort((a, b) => a - b)[Math.floor(each.length / 2)] as number);
  for (const [index, [way]] of ways.entries()) {
    const each = times[index] as number[];
    const ratio = (medians[index] as number) / (medians[0] as number);
    console.log(
      `  ${way.padEnd(46)} ${(medians[index] as number).toFixed(0).padStart(6)} ×${ratio.toFixed(2)} [${each[0]?.toFixed(0)}–${each.at(-1)?.toFixed(0)}]`,
    );
  }
}

/** Templates, designs and a session in the demo organization acme. */
async function fill(operatorUrl: string): Promise<{ principal: Principal; session: string; design: string }> {
  return withClient(operatorUrl, async (client) => {
    const one = async (text: string, values: unknown[] = []) => (await client.query<{ id: string }>(text, values)).rows[0]?.id as string;
    const organization = await one("select id from app.organizations where slug = 'acme'");
    const user = await one("select id from app.people where organization_id = $1 and role_name = 'engineer'", [organization]);
    await client.query('begin');
    await client.query('set local session_replication_role = replica');
    await client.query(
      `insert into app.templates (organization_id, name, category, canvas)
       select $1, 'Template ' || n, (array['web', 'data', 'network'])[1 + n % 3], '{}' from generate_series(1, ${TEMPLATES}) as n`,
      [organization],
    );
    await client.query(
      `insert into app.designs (organization_id, name, creator_id, visibility, canvas)
       select $1, 'Design ' || n, $2, (array['private', 'organization'])[1 + n % 2], c.canvas
       from generate_series(1, ${DESIGNS}) as n, (select ${CANVAS} as canvas) as c`,
      [organization, user],
    );
    const session = await one(
      "insert into app.sessions (user_id, organization_id, expires_at) values ($1, $2, now() + interval '1 day') returning id",
      [user, organization],
    );
    const design = await one("select id from app.designs where organization_id = $1 and name = 'Design 5000'", [organization]);
    await client.query('commit');
    await client.query('vacuum analyze');
    const principal: Principal = { ...ANONYMOUS, role: 'engineer', organizationId: organization, userId: user, actor: `user:${user}` };
    return { principal, session, design };
  });
}

async function startRedis(): Promise<{ port: number; child: ChildProcess }> {
  const probe = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => probe.once('listening', resolve));
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  const child = spawn('redis-server', ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise<void>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`redis-server ended with ${code}.`)));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      if (text.includes('Ready to accept connections')) resolve();
    });
  });
  return { port, child };
}
