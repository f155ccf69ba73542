// The server as it is, or, with the port of a Redis, as the best cache would have it: statements on templates and designs are answered
// from Redis at the same time as the identity goes to the database, and pass through GraphQL like rows. Nothing is ever invalidated:
// what a real cache must do beside (ask for the version of the permissions, watch for changes) is left out in its favour.
//
//   DATA_DIR=… DATABASE_URL=… node bench/cached-server.ts [<port of Redis>]
import '../src/graphile-env.ts';
import { Redis } from 'ioredis';
import pg from 'pg';
import { pino } from 'pino';
import { startServer } from '../server.ts';
import { parseConfig } from '../src/config.ts';

const CACHED = /from "app"\."(templates|designs)"/;

const [redisPort] = process.argv.slice(2);
if (redisPort !== undefined) answerFromRedis(new Redis(Number(redisPort), '127.0.0.1'));
const config = parseConfig(process.env);
const { url } = await startServer({ ...config, DATABASE_URL: config.DATABASE_URL as string }, pino({ level: 'silent' }));
console.log(`ready at ${url}`);
// Whoever started it asks how many microseconds of a processor it has used.
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  process.send?.(user + system);
});
process.once('disconnect', () => process.exit());

/** Has each connection take the rows of such statements from Redis, but for the first time that one is asked. */
function answerFromRedis(redis: Redis): void {
  const client = pg.Client.prototype as unknown as { query(statement: unknown, ...rest: unknown[]): unknown };
  const send = client.query;
  const filled = new Set<string>();
  client.query = function (this: unknown, statement: unknown, ...rest: unknown[]): unknown {
    const { text, values } = statement as { text?: string; values?: unknown[] };
    if (text === undefined || !CACHED.test(text)) return send.call(this, statement, ...rest);
    const key = JSON.stringify([text, values]);
    if (filled.has(key)) return redis.get(key).then((rows) => ({ rows: JSON.parse(rows as string), rowCount: null }));
    const answer = send.call(this, statement, ...rest) as Promise<pg.QueryResult>;
    answer.then(
      async ({ rows }) => {
        await redis.set(key, JSON.stringify(rows));
        filled.add(key);
      },
      () => undefined,
    );
    return answer;
  };
}
