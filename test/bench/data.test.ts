import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, inject, test } from 'vitest';
import { copyIn, Rows } from '../../bench/data/copy-in.ts';
import { Failures, LANGUAGES, type Language } from '../../bench/data/failures.ts';
import type { ProjectPlan } from '../../bench/data/plan.ts';
import { projectRows, type Sealers } from '../../bench/data/project.ts';
import { textSealer } from '../../bench/data/sealed-text.ts';
import { apportion, zipfWeights } from '../../bench/data/sizes.ts';
import { TABLES } from '../../bench/data/tables.ts';
import { withClient } from '../../src/database/connection.ts';
import { persona, useDatabase } from '../support/database.ts';
import type { FixtureOrganization } from '../support/fixture.ts';

const DEFECTS = 30;
const NOW = Date.now();

const database = useDatabase();

const planOf = (organization: FixtureOrganization): ProjectPlan => ({
  id: '01890000-0000-7000-8000-000000000001',
  organizationId: organization.id,
  home: organization.home,
  slug: 'generated',
  name: 'Generated',
  seed: 'test',
  language: 0,
  defects: DEFECTS,
  workers: [organization.users.developer],
});

const failures = () => new Failures(LANGUAGES[0] as Language, DEFECTS);
const clear: Sealers = { failure_details: (text) => text, stack_trace: (text) => text, fingerprint_explanation: (text) => text };

test('the same rows follow from the same seed', () => {
  const plan = planOf(inject('fixture').acme);
  const made = () => [...projectRows(plan, failures(), clear, NOW)].map((rows) => TABLES.map((table) => rows[table].take()));
  expect(made()).toEqual(made());
});

test.each(['acme', 'globex'] as const)('what is loaded for %s is as the product would have stored it', async (slug) => {
  const organization = inject('fixture')[slug];
  const plan = planOf(organization);
  const { rows: keys } = await database.operator.query<{ key_version: number; wrapped_key: Buffer }>(
    'select key_version, wrapped_key from app_private.wrapped_keys($1) where organization_id = $1',
    [organization.id],
  );
  const { key_version: version, wrapped_key: wrapped } = keys[0] as { key_version: number; wrapped_key: Buffer };
  const dataKey = database.encryptionKey.unwrap(wrapped, organization.id, version);
  const sealer = (column: string) => textSealer(dataKey, version, `defects.${column}`);
  const sealers = {
    failure_details: sealer('failure_details'),
    stack_trace: sealer('stack_trace'),
    fingerprint_explanation: sealer('fingerprint_explanation'),
  };
  await withClient(database.operatorUrl, async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query(`insert into ${plan.home}.projects (organization_id, id, name, slug) values ($1, $2, $3, $4)`, [
      plan.organizationId,
      plan.id,
      plan.name,
      plan.slug,
    ]);
    for (const rows of projectRows(plan, failures(), sealers, NOW))
      for (const table of TABLES) await copyIn(client, plan.home, rows[table]);
  });

  await database.as(persona(organization, 'admin'), async (client) => {
    const one = async (text: string) => (await client.query({ text, values: [plan.id], rowMode: 'array' })).rows[0]?.map(Number);
    const [defects, occurrences] = (await one('select count(*), sum(occurrence_count) from defects where project_id = $1')) ?? [];
    expect(defects).toBe(DEFECTS);
    expect(await one('select count(*) from defect_occurrences where project_id = $1')).toEqual([occurrences]);
    expect(await one('select sum(opened), sum(occurrences) from defect_daily_stats where project_id = $1')).toEqual([defects, occurrences]);
    expect(await one('select sum(failed_count + errored_count) from test_runs where project_id = $1')).toEqual([occurrences]);
    // References that no foreign key was asked about, and the digest that the database makes of a test's names.
    const strays = `select count(*) from defects as d where project_id = $1 and (
      not exists (select from tests as t where t.id = d.test_id and d.first_key like '%' || encode(t.identity, 'hex') || '%')
      or not exists (select from test_runs as r where r.id = d.first_run_id and r.started_at <= d.first_seen_at)
      or not exists (select from test_runs as r where r.id = d.last_run_id and r.started_at <= d.last_seen_at)
      or d.first_seen_at <> (select min(o.occurred_at) from defect_occurrences as o where o.defect_id = d.id)
      or d.last_seen_at <> (select max(o.occurred_at) from defect_occurrences as o where o.defect_id = d.id)
      or (d.status = 'resolved') <> (d.resolved_at is not null))`;
    expect(await one(strays)).toEqual([0]);
  });
  const read = async (role: 'admin' | 'developer' | 'auditor') =>
    database.as(persona(organization, role), async (client) => {
      const { rows } = await client.query<{ trace: string; explanation: string }>(
        'select defects_stack_trace(d) as trace, defects_fingerprint_explanation(d) as explanation from defects as d where project_id = $1 order by id',
        [plan.id],
      );
      return rows;
    });
  const [mine] = await read('admin');
  expect(mine?.trace.length).toBeGreaterThan(2_000);
  expect(mine?.trace).toContain('https://build:');
  expect(mine?.explanation).toMatch(/^version \d+\ntype /);
  const traces = (await read('developer')).map(({ trace }) => trace);
  expect(traces.every((trace) => trace.includes('https://<credentials>@') && !/build:|@example\.com/.test(trace))).toBe(true);
  expect((await read('auditor')).every(({ trace }) => /^masked:[0-9a-f]{32}$/.test(trace))).toBe(true);
});

test('a text that was encrypted with another key is not read', async () => {
  const { acme } = inject('fixture');
  const sealed = textSealer(randomBytes(32), 1, 'defects.stack_trace')('Error');
  await withClient(database.operatorUrl, async (client) => {
    await client.query('set session_replication_role = replica');
    await client.query('update app.defects set stack_trace = $1 where id = $2', [sealed, acme.defect]);
  });
  const read = database.as(persona(acme, 'admin'), (client) =>
    client.query('select defects_stack_trace(d) from defects as d where id = $1', [acme.defect]),
  );
  await expect(read).rejects.toThrow();
});

test('COPY takes any text as it is', async () => {
  await withClient(database.operatorUrl, async (client) => {
    await client.query('create temporary table texts (n integer, value text, bytes bytea)');
    const texts = fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', ''));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.option(texts)), async (values) => {
        await client.query('truncate texts');
        const rows = new Rows('texts', ['n', 'value', 'bytes']);
        for (const [n, value] of values.entries()) rows.add([n, value, Buffer.from(value ?? '')]);
        await copyIn(client, 'pg_temp', rows);
        const stored = await client.query<{ value: string; bytes: Buffer }>('select value, bytes from texts order by n');
        expect(stored.rows.map(({ value }) => value)).toEqual(values);
        expect(stored.rows.map(({ bytes }) => bytes.toString())).toEqual(values.map((value) => value ?? ''));
      }),
      { numRuns: 50 },
    );
  });
});

test('defects are apportioned whole, the largest first', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 0, max: 100_000 }), (count, more) => {
      const parts = apportion(count * 5 + more, zipfWeights(count));
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(count * 5 + more);
      expect(Math.min(...parts)).toBeGreaterThan(0);
      expect(parts[0]).toBe(Math.max(...parts));
    }),
  );
});
