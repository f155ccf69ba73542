import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { clearAway, run, temporaryDirectory } from './command-line.ts';

function directory(): string {
  const path = temporaryDirectory();
  onTestFinished(() => clearAway(path, []));
  return path;
}

/** Everything below a directory, with sizes and times. */
function listing(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((entry) => `${entry} ${statSync(join(path, entry)).size} ${statSync(join(path, entry)).mtimeMs}`);
}

describe('a setting that is wrong is named, and nothing is started or made', () => {
  test.each([
    [{ PORT: 'abc' }, 'The setting PORT must be a whole number from 0 to 65535.'],
    [{ PORT: '65536' }, 'The setting PORT must be a whole number from 0 to 65535.'],
    [{ ENCRYPTION_KEY: 'short' }, 'The setting ENCRYPTION_KEY must be 32 bytes in base64 (openssl rand -base64 32).'],
    [{ NODE_ENV: 'production' }, 'The setting DATABASE_URL must be set in production.'],
    [{ NODE_ENV: 'staging' }, 'The setting NODE_ENV must be development, test or production.'],
    [{ DATABASE_URL: 'mysql://x/y' }, /^The setting DATABASE_URL must be a connection string such as postgres:/],
    [
      { NODE_ENV: 'production', DATABASE_URL: 'postgres://a@db.example/x?sslmode=disable' },
      /^The setting DATABASE_URL must not turn off TLS/,
    ],
    [{ JWT_PRIVATE_KEY: 'none' }, /^The setting JWT_PRIVATE_KEY must be an Ed25519 private key/],
  ])('%o', async (settings, sentence) => {
    const path = directory();
    const { code, stdout, stderr } = await run(['serve'], { DATA_DIR: join(path, 'data'), PORT: '0', ...settings });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.trim()).toMatch(sentence);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(readdirSync(path)).toEqual([]);
  });
});

test('a database that another version of PostgreSQL made is left untouched', async () => {
  const path = directory();
  mkdirSync(join(path, 'postgres', 'global'), { recursive: true });
  writeFileSync(join(path, 'postgres', 'global', 'pg_control'), 'of another version');
  writeFileSync(join(path, 'postgres', 'PG_VERSION'), '16\n');
  const before = listing(path);
  const { code, stdout, stderr } = await run(['serve'], { DATA_DIR: path, PORT: '0' });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^The database in .*postgres was made by PostgreSQL 16 and cannot be read by PostgreSQL 18.*\n$/);
  expect(listing(path)).toEqual(before);
});

test('a directory that is no whole database is left untouched', async () => {
  const path = directory();
  mkdirSync(join(path, 'postgres', 'base'), { recursive: true });
  const before = listing(path);
  const { code, stdout, stderr } = await run(['serve'], { DATA_DIR: path, PORT: '0' });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^The directory .*postgres is not a whole PostgreSQL database: .*\n$/);
  expect(listing(path)).toEqual(before);
});

test.each([
  [
    'does not answer',
    'postgres://app_user@127.0.0.1:1/x',
    /^The database cannot be reached \(connect ECONNREFUSED 127\.0\.0\.1:1\): .*\n$/,
  ],
  ['has no address', 'postgres://app_user@no-such-host.invalid/x', /^The database cannot be reached \(.*ENOTFOUND.*|EAI_AGAIN.*\): .*\n$/],
])('a database that %s: one sentence', async (_, url, sentence) => {
  const { code, stdout, stderr } = await run(['serve'], { DATA_DIR: directory(), PORT: '0', DATABASE_URL: url });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(sentence);
});
