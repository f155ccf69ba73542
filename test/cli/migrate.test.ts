import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { beforeAll, expect, inject, onTestFinished, test } from 'vitest';
import { createOrganization } from '../../src/database/organizations.ts';
import { useDatabase } from '../support/database.ts';
import { run, start } from './command-line.ts';

const ORGANIZATIONS = 50;
const database = useDatabase();
const schemas: string[] = [];

beforeAll(async () => {
  const began = performance.now();
  const slugs = Array.from({ length: ORGANIZATIONS }, (_, n) => `many_${String(n + 1).padStart(2, '0')}`);
  const waiting = [...slugs];
  const make = async () => {
    for (let slug = waiting.shift(); slug !== undefined; slug = waiting.shift()) {
      await createOrganization(database.operatorUrl, database.encryptionKey, {
        slug,
        name: slug,
        region: 'us-east',
        isolation: 'schema',
        members: [{ email: `admin@${slug}.example`, name: 'Admin', role: 'admin' }],
      });
    }
  };
  await Promise.all([make(), make(), make()]);
  const { rows } = await database.operator.query<{ name: string }>(
    "select name from app_private.tenant_schemas where name like 'tenant_many%' order by name",
  );
  schemas.push(...rows.map(({ name }) => name));
  console.info(`${ORGANIZATIONS} organizations with a schema each, three at a time, were made in ${since(began)} s`);
}, 120_000);

const since = (began: number) => ((performance.now() - began) / 1000).toFixed(1);

function environment() {
  return { DATA_DIR: inject('dataDirectory'), OPERATOR_DATABASE_URL: database.operatorUrl };
}

/** Every tenant schema, `app` included, as `migrate --json` speaks of it. */
async function current(policies: Record<string, number> = {}) {
  const { rows } = await database.operator.query<{ name: string }>(
    "select name from app_private.tenant_schemas order by name = 'app', name",
  );
  return rows.map(({ name }) => ({ schema: name, policies: policies[name] ?? 0, error: null }));
}

test('where nothing has changed nothing is done, and the password is in no process list', { timeout: 60_000 }, async () => {
  const { password } = new URL(database.operatorUrl);
  expect(password).not.toBe('');
  // So that dbmate is asked about each schema, and there is something to look at.
  await database.operator.query("update app_private.tenant_schemas set version = '0' where name <> 'app'");
  const began = performance.now();
  const command = start(['migrate', '--json'], environment());
  const seen = new Set<string>();
  while (command.child.exitCode === null && command.child.signalCode === null) {
    for (const line of commandLines()) if (/dbmate|main\.ts/.test(line)) seen.add(line);
    await Promise.race([command.ended, delay(20)]);
  }
  const { code, stdout, stderr } = await command.ended;
  console.info(`a migrate of ${ORGANIZATIONS + 2} schemas without a change took ${since(began)} s`);
  expect([code, stderr]).toEqual([0, '']);
  const { schemas: results } = JSON.parse(stdout);
  expect(results).toEqual(await current());
  expect(results).toHaveLength(ORGANIZATIONS + 2);
  expect([...seen].some((line) => line.includes('dbmate') && line.includes('migrate'))).toBe(true);
  expect([...seen].filter((line) => line.includes(password))).toEqual([]);
});

test('the doctor looks at all of them in seconds', { timeout: 60_000 }, async () => {
  const began = performance.now();
  const { code, stdout, stderr } = await run(['doctor', '--json'], environment());
  console.info(`a doctor's look at ${ORGANIZATIONS + 2} schemas took ${since(began)} s`);
  const { schemas: seen, findings } = JSON.parse(stdout);
  expect([code, stderr, findings.filter(({ rule }: { rule: string }) => !/logged/.test(rule))]).toEqual([expect.any(Number), '', []]);
  expect(seen).toHaveLength(ORGANIZATIONS + 3);
  expect(performance.now() - began).toBeLessThan(30_000);
});

test('one schema that fails is named with its reason; the others are upgraded, and so is it when it is mended', {
  timeout: 120_000,
}, async () => {
  const [broken, behind] = [schemas[24] as string, schemas[40] as string];
  // Both have a section to apply; in one of them its table is gone.
  await database.operator.query(
    "delete from app_private.applied_policies where schema_name = any ($1) and section = '30_defects.sql#defects'",
    [[broken, behind]],
  );
  await database.operator.query(`alter table ${broken}.defects rename to elsewhere`);
  const mend = () => database.operator.query(`alter table if exists ${broken}.elsewhere rename to defects`);
  onTestFinished(async () => void (await mend()));

  const failed = await run(['migrate'], environment());
  expect(failed.code).toBe(1);
  const total = ORGANIZATIONS + 2;
  expect(failed.stdout).toBe(`${total - 1} of ${total} schemas are current.\n`);
  expect(failed.stderr).toMatch(
    new RegExp(`^${broken} stays at its old version: \\S+\\.sql#defects: relation "${broken}.defects" does not exist$`, 'm'),
  );
  expect(failed.stderr).toMatch(/^1 of 52 schemas failed; the others are current\. Run it again when the reason is gone\.$/m);
  expect(failed.stderr.match(/stays at its old version/g)).toHaveLength(1);
  const { rows } = await database.operator.query<{ schema: string }>(
    "select distinct schema_name as schema from app_private.applied_policies where section = '30_defects.sql#defects' and schema_name = any ($1)",
    [[broken, behind]],
  );
  expect(rows).toEqual([{ schema: behind }]);

  await mend();
  const mended = await run(['migrate', '--json'], environment());
  expect([mended.code, mended.stderr]).toEqual([0, '']);
  const { schemas: results } = JSON.parse(mended.stdout);
  expect(results).toEqual(await current({ [broken]: expect.any(Number) as never }));
  expect(results.find(({ schema }: { schema: string }) => schema === broken).policies).toBeGreaterThan(0);
});

/** What everyone on the machine can read of its processes. */
function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        // It has ended.
        return '';
      }
    });
}
