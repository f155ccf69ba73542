import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { z } from 'zod';

const url = (protocols: readonly string[], what: string) =>
  z.string().refine((value) => URL.canParse(value) && protocols.includes(new URL(value).protocol), {
    error: `must be ${what}`,
  });
const postgresUrl = url(['postgres:', 'postgresql:'], 'a connection string such as postgres://user:password@host/database');
const integer = (min: number, max: number) =>
  z.coerce
    .number({ error: `must be a whole number from ${min} to ${max}` })
    .int()
    .min(min)
    .max(max);
const listed = (value: string) => value.split(',').map((part) => part.trim());
const isOrigin = (value: string) => URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).origin === value;

/**
 * Every environment variable that the product reads, with its default and what it is for; docs/configuration.md is made
 * from this.
 */
export const settings = {
  NODE_ENV: z
    .enum(['development', 'test', 'production'], { error: 'must be development, test or production' })
    .default('development')
    .describe('What this is run for. In production the GraphQL IDE, development tokens and demo data are off.'),
  WORKERS: integer(1, 128)
    .default(1)
    .describe('How many processes serve the port, of up to 600 MB each; as many as there are cores where nothing else needs them.'),
  HOST: z.string().min(1).default('127.0.0.1').describe('The address to listen on; 0.0.0.0 for every interface.'),
  PORT: integer(0, 65_535).default(5678).describe('The port to listen on; 0 for any free one.'),
  DATABASE_URL: postgresUrl
    .optional()
    .describe("The API's connection, as `app_user`. Without it an embedded PostgreSQL is started (not in production)."),
  OPERATOR_DATABASE_URL: postgresUrl
    .optional()
    .describe("The operator's connection: used by `migrate` and the operator's commands only, never by `serve`."),
  WORKER_DATABASE_URL: postgresUrl
    .optional()
    .describe(
      'The connection of background jobs, as `app_worker`. Without it `serve` runs none, unless the database is the embedded one; `worker` needs it.',
    ),
  JOBS: z
    .enum(['on', 'off'], { error: 'must be on or off' })
    .default('on')
    .describe('Whether `serve` runs background jobs itself; off where `defectxray worker` does.'),
  JOB_CONCURRENCY: integer(1, 100).default(10).describe('How many background jobs run at once in one process.'),
  ALLOW_LOOPBACK_WEBHOOKS: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .describe('Whether webhooks are sent to this machine and by http as well, for development. Refused in production.'),
  METRICS_TOKEN: z
    .string()
    .refine((value) => /^[!-~]{16,500}$/.test(value), { error: 'must be 16 to 500 characters without blanks (openssl rand -hex 32)' })
    .optional()
    .describe('Who sends it as a bearer token may read `/health/metrics`. Without it nobody may.'),
  METRICS_PORT: integer(0, 65_535)
    .optional()
    .describe('The port at which `defectxray worker` answers `/health/*`, metrics among them; 0 for any free one. Without it at none.'),
  DATA_DIR: z.string().min(1).default('.data').describe('Where the embedded PostgreSQL and the key files made at first start are kept.'),
  ENCRYPTION_KEY: z
    .string()
    .refine((value) => Buffer.from(value, 'base64').length === 32, { error: 'must be 32 bytes in base64 (openssl rand -base64 32)' })
    .optional()
    .describe(
      'The key-encryption key: 32 bytes in base64. Without it the file `encryption.key` in DATA_DIR is used, and made at first start.',
    ),
  JWT_PRIVATE_KEY: z
    .string()
    .refine((value) => value.includes('-----BEGIN PRIVATE KEY-----'), { error: 'must be an Ed25519 private key in PEM (PKCS #8)' })
    .optional()
    .describe(
      'The Ed25519 key that signs tokens, PEM (PKCS #8). Without it the file `jwt.key` in DATA_DIR is used, and made at first start.',
    ),
  JWT_ISSUER: z.string().min(1).default('defectxray').describe('The `iss` of tokens: others are refused.'),
  JWT_AUDIENCE: z.string().min(1).default('defectxray').describe('The `aud` of tokens: others are refused.'),
  ALLOW_LOOPBACK_ISSUERS: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .describe(
      'Whether the keys of outside issuers are fetched from this machine and by http as well, for development. Refused in production.',
    ),
  SESSION_DAYS: integer(1, 365).default(30).describe('How many days a session can be refreshed before one has to sign in again.'),
  SIGN_IN_ATTEMPTS_PER_ACCOUNT: integer(1, 1_000)
    .default(5)
    .describe(
      'How many attempts to sign in to an account may fail before the next has to wait: 15 seconds, then twice as long each time, up to 15 minutes.',
    ),
  SIGN_IN_ATTEMPTS_PER_ADDRESS: integer(1, 100_000).default(100).describe('The same, for all attempts from one network address.'),
  DATABASE_POOL_SIZE: integer(1, 1_000).default(20).describe('How many database connections requests have at most, all WORKERS together.'),
  STATEMENT_TIMEOUT_MS: integer(100, 3_600_000)
    .default(10_000)
    .describe('How long one statement of a request may run, in milliseconds; all of them together twice that.'),
  INGEST_TIMEOUT_MS: integer(100, 3_600_000).default(60_000).describe('The same, for a reported test run and a Terraform state.'),
  MAX_BODY_BYTES: integer(1_024, 104_857_600).default(1_048_576).describe('The size of a request body at most.'),
  MAX_REPORT_BYTES: integer(1_024, 104_857_600)
    .default(10_485_760)
    .describe('The same, for the requests of identities that may report test runs.'),
  MAX_STATE_BYTES: integer(1_024, 67_108_864).default(16_777_216).describe('The size of a Terraform state at most.'),
  MAX_QUERY_DEPTH: integer(1, 100).default(15).describe('How deep the fields of an operation may be nested.'),
  MAX_QUERY_FIELDS: integer(1, 100_000)
    .default(500)
    .describe('How many fields an operation may ask for, fragments and aliases counted each time.'),
  MAX_PAGE_SIZE: integer(1, 100_000)
    .default(1_000)
    .describe('How many rows of a list a client may ask for at once; 100 are given if it does not say.'),
  MAX_QUERY_COST: integer(1, 100_000_000)
    .default(100_000)
    .describe('How many values an operation may answer at most, by the sizes of the pages it asks for (docs/limits.md).'),
  MAX_QUERY_ALIASES: integer(0, 100_000).default(50).describe('How many aliases an operation may have, fragments counted each time.'),
  MAX_QUERY_DIRECTIVES: integer(0, 100_000).default(50).describe('How many directives an operation may have, fragments counted each time.'),
  MAX_OPERATIONS: integer(1, 10_000).default(50).describe('How many operations one document may hold.'),
  RATE_LIMIT_PER_MINUTE: integer(1, 1_000_000)
    .default(100)
    .describe('How many requests a minute a user or key may send, where its organization has no limit of its own.'),
  MAX_RATE_LIMIT_PER_MINUTE: integer(1, 1_000_000)
    .default(1_000)
    .describe("The most that an organization's own limit (`requestsPerMinute`) may give a user or key."),
  ANONYMOUS_RATE_LIMIT_PER_MINUTE: integer(1, 1_000_000)
    .default(60)
    .describe('How many requests a minute without a credential may come from one address (of IPv6, from one /64).'),
  REFUSED_CREDENTIALS_PER_MINUTE: integer(1, 1_000_000)
    .default(30)
    .describe('How many credentials a minute may be refused to one address; after that none of it are looked at until the minute is over.'),
  REDIS_URL: url(['redis:', 'rediss:'], 'an address such as rediss://user:password@host:6379')
    .optional()
    .describe(
      'The Redis through which servers share what they count, with TLS (rediss://) in production. Without it each server counts in memory.',
    ),
  TRUSTED_PROXIES: z
    .string()
    .refine((value) => /^\d{1,2}$/.test(value) || listed(value).every((part) => isIP(part) !== 0 || ipaddr.isValidCIDR(part)), {
      error: 'must be addresses and networks such as 10.0.0.0/8, by commas, or how many proxies there are',
    })
    .transform((value) => (/^\d+$/.test(value) ? Number(value) : listed(value)))
    .optional()
    .describe(
      'The proxies in front: addresses and networks by commas, or how many there are. Only they are believed about `X-Forwarded-For` and `X-Request-Id`.',
    ),
  CORS_ORIGINS: z
    .string()
    .refine((value) => listed(value).every(isOrigin), { error: 'must be origins such as https://app.example.com, by commas' })
    .transform(listed)
    .optional()
    .describe('The origins whose pages may ask this server from a browser, by commas. Without it none.'),
  INTROSPECTION: z
    .enum(['on', 'off'], { error: 'must be on or off' })
    .optional()
    .describe(
      'Whether the schema may be asked for and mistyped names are answered with suggestions. Without it: off in production, else on.',
    ),
  TRUSTED_DOCUMENTS: z
    .string()
    .optional()
    .describe(
      'A directory of `<sha256>.graphql` files, or a JSON file of texts by SHA-256: documents that may be asked for by their hash.',
    ),
  TRUSTED_DOCUMENTS_ONLY: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('false')
    .describe('Whether nothing but trusted documents may be asked.'),
  RECEIVE_TIMEOUT_MS: integer(100, 3_600_000)
    .default(30_000)
    .describe('How long a request may take to arrive whole, in milliseconds; a connection that is slower is closed.'),
  MAX_CONNECTIONS: integer(1, 100_000)
    .default(2_000)
    .describe('How many connections are held at once, all WORKERS together; further ones are closed.'),
  MAX_SOCKETS_PER_CALLER: integer(1, 100_000)
    .default(20)
    .describe('How many WebSockets a user or key may hold open for subscriptions on one server.'),
  MAX_SOCKETS_PER_ADDRESS: integer(1, 100_000)
    .default(200)
    .describe('How many WebSockets may be open from one address (of IPv6, from one /64) on one server, signed in or not yet.'),
  MAX_SUBSCRIPTIONS_PER_SOCKET: integer(1, 10_000).default(50).describe('How many subscriptions one WebSocket may have at once.'),
  MAX_SOCKET_MESSAGE_BYTES: integer(1_024, 10_485_760)
    .default(131_072)
    .describe('The size of a message that a client may send over a WebSocket.'),
  MAX_SOCKET_MESSAGES_PER_MINUTE: integer(1, 1_000_000)
    .default(600)
    .describe('How many messages a minute a client may send over one WebSocket, pings and answers to pings counted.'),
  SOCKET_INIT_TIMEOUT_MS: integer(100, 60_000)
    .default(5_000)
    .describe('How long a WebSocket may stay open before its client has signed in, in milliseconds.'),
  SOCKET_PING_MS: integer(100, 3_600_000)
    .default(30_000)
    .describe('How often a WebSocket is pinged, in milliseconds; one that has not answered until the next ping is closed.'),
  MAX_WAITING_RESULTS: integer(1, 100_000)
    .default(1_000)
    .describe(
      'How many results of a subscription wait for a slow client; a WebSocket that is slower is closed, and its client goes on from its last cursor.',
    ),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'must be fatal, error, warn, info, debug, trace or silent',
    })
    .default('info')
    .describe('How much is logged.'),
} as const;

const schema = z.object(settings);

/** The environment, parsed. */
export type Config = z.infer<typeof schema>;

/** A setting that is missing or wrong; the message is one sentence that names it. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * Parses the environment; a variable that is set to nothing counts as not set.
 *
 * @throws ConfigError naming the first variable that is wrong.
 */
export function parseConfig(environment: Record<string, string | undefined>): Config {
  const given = Object.fromEntries(Object.keys(settings).map((name) => [name, environment[name] === '' ? undefined : environment[name]]));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new ConfigError(`The setting ${issue?.path.join('.')} ${issue?.message}.`);
  }
  const config = parsed.data;
  if (config.TRUSTED_DOCUMENTS_ONLY === 'true' && config.TRUSTED_DOCUMENTS === undefined) {
    throw new ConfigError('The setting TRUSTED_DOCUMENTS must be set where TRUSTED_DOCUMENTS_ONLY is true.');
  }
  for (const name of ['DATABASE_POOL_SIZE', 'MAX_CONNECTIONS'] as const) {
    if (config[name] < config.WORKERS)
      throw new ConfigError(`The setting ${name} must be at least ${config.WORKERS}, one for each of WORKERS.`);
  }
  if (config.NODE_ENV === 'production') {
    if (config.ALLOW_LOOPBACK_ISSUERS === 'true')
      throw new ConfigError('The setting ALLOW_LOOPBACK_ISSUERS must not be true in production.');
    if (config.ALLOW_LOOPBACK_WEBHOOKS === 'true')
      throw new ConfigError('The setting ALLOW_LOOPBACK_WEBHOOKS must not be true in production.');
    for (const name of ['DATABASE_URL', 'WORKER_DATABASE_URL', 'OPERATOR_DATABASE_URL'] as const) {
      if (config[name] !== undefined && new URL(config[name]).searchParams.get('sslmode') === 'disable') {
        throw new ConfigError(`The setting ${name} must not turn off TLS (sslmode=disable) in production.`);
      }
    }
    if (config.REDIS_URL !== undefined && !isPrivate(new URL(config.REDIS_URL))) {
      throw new ConfigError('The setting REDIS_URL must use TLS (rediss://) in production, except on this machine.');
    }
  }
  return config;
}

/** Whether what goes there cannot be read on the way: it is encrypted, or does not leave this machine. */
function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'rediss:' || hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}
