import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, inject, onTestFinished, test } from 'vitest';
import { RULES } from '../../src/database/doctor/doctor.ts';
import { useDatabase } from '../support/database.ts';
import { clearAway, run, temporaryDirectory } from './command-line.ts';

const { globex } = inject('fixture');
const database = useDatabase();
const environment = () => ({ DATA_DIR: inject('dataDirectory'), OPERATOR_DATABASE_URL: database.operatorUrl });
const doctor = (...args: string[]) => run(['doctor', ...args], environment());

afterEach(() =>
  database.operator.query(
    "alter table app.defects force row level security; delete from app_private.sql_principals where login_role = 'doctor_gone'",
  ),
);

test('finds nothing in a sound database, and does not change it', async () => {
  // As on a server that keeps clients' values out of its log; the tests may run on another.
  const logged = ['log_parameter_max_length = 0', 'log_parameter_max_length_on_error = 0', "log_error_verbosity = 'terse'"];
  for (const setting of logged) await database.operator.query(`alter database ${database.name} set ${setting}`);
  expect(await doctor('--strict')).toEqual({
    code: 0,
    stdout: `Looked at 3 schemas by ${RULES.length} rules.\nNothing was found.\n`,
    stderr: '',
  });
});

test('an error is told with what to do, and ends with 1; programs get the rules as well', async () => {
  await database.operator.query('alter table app.defects no force row level security');
  const people = await doctor();
  expect([people.code, people.stderr]).toEqual([1, '']);
  expect(people.stdout).toMatch(/^error rls_not_forced: each of these .*:\n {2}app\.defects\nWhat to do: alter table/);
  const programs = await doctor('--json');
  expect([programs.code, programs.stderr]).toEqual([1, '']);
  const { schemas, rules, findings } = JSON.parse(programs.stdout);
  expect(schemas).toEqual(['app_private', 'app', globex.home]);
  expect(rules.map(({ name }: { name: string }) => name)).toEqual(RULES.map(({ name }) => name));
  expect(findings).toContainEqual({ rule: 'rls_not_forced', severity: 'error', object: 'app.defects' });
});

test('warnings alone end with 0, but not where that is asked for', async () => {
  await database.operator.query(
    `insert into app_private.sql_principals (login_role, organization_id, base_role) values ('doctor_gone', '${globex.id}', 'analyst')`,
  );
  const [lenient, strict] = await Promise.all([doctor('--json'), doctor('--json', '--strict')]);
  expect([lenient.code, strict.code]).toEqual([0, 1]);
  expect(JSON.parse(lenient.stdout).findings).toEqual([{ rule: 'sql_login_missing', severity: 'warning', object: 'doctor_gone' }]);
});

test('where there is no key-encryption key it says so, and makes none', async () => {
  const directory = temporaryDirectory();
  onTestFinished(() => clearAway(directory, []));
  const { code, stdout } = await run(['doctor', '--json'], { ...environment(), DATA_DIR: directory });
  expect([code, JSON.parse(stdout).findings]).toEqual([
    0,
    [{ rule: 'key_encryption_key_unknown', severity: 'warning', object: 'the key-encryption key' }],
  ]);
  expect(existsSync(join(directory, 'encryption.key'))).toBe(false);
});

test.each([
  ['no database there', () => 'postgres://nobody@127.0.0.1:1/none', /^The database cannot be reached/],
  ['a database that was not migrated', () => inject('serverUrl'), /^The database is not migrated: run "defectxray migrate"\.$/m],
  ["the API's login", () => database.url, /^This login may not look: set OPERATOR_DATABASE_URL/],
])('%s: it could not look, and ends with 2', async (_, url, sentence) => {
  const { code, stdout, stderr } = await run(['doctor'], { ...environment(), OPERATOR_DATABASE_URL: url() });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(sentence);
});
