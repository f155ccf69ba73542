import fc from 'fast-check';
import { beforeEach, describe, expect, inject, test } from 'vitest';
import { reporter } from '../defects/reporting.ts';
import { expectError } from '../http/answers.ts';
import { persona, useDatabase } from '../support/database.ts';
import { useServer } from '../support/server.ts';

const { acme, initech, globex } = inject('fixture');
const database = useDatabase();
const server = useServer(database, { MAX_BODY_BYTES: '10000000' });
const IMPORT = `mutation ($indicators: [ThreatIndicatorSighting!]!) { importThreatIndicators(input: { indicators: $indicators }) {
  created updated unchanged } }`;

interface Sighting {
  readonly type: string;
  readonly value: string;
  readonly level?: string;
  readonly source?: string;
  readonly confidence?: number;
  readonly firstSeenAt?: string;
  readonly lastSeenAt: string;
}

const bad: Sighting = { type: 'domain-name', value: 'bad.example', lastSeenAt: '2026-03-01T00:00:00Z' };

describe.each([
  { organization: acme, other: initech },
  { organization: globex, other: acme },
])('threat indicators of $organization.slug', ({ organization, other }) => {
  const { ask, data } = reporter(server, organization);
  const send = (...indicators: readonly object[]) => ask('admin', IMPORT, { indicators });
  const imported = async (...indicators: readonly object[]) => (await data('admin', IMPORT, { indicators })).importThreatIndicators;
  const stored = async () => {
    const { rows } = await database.operator.query(
      `select indicator_type, indicator_value, threat_level, source, confidence_score, first_seen_at, last_seen_at, region_code
       from ${organization.home}.threat_indicators where organization_id = $1 order by 1, 2`,
      [organization.id],
    );
    return rows;
  };

  beforeEach(async () => {
    await database.operator.query(`delete from ${organization.home}.threat_indicators where organization_id = $1`, [organization.id]);
  });

  test('are created, then unchanged, then updated by what is newer', async () => {
    const late = { ...bad, value: 'late.example', level: 'LOW', confidence: 90, source: 'a' };
    expect(await imported(bad, late, bad)).toEqual({ created: 2, updated: 0, unchanged: 1 });
    expect(await imported(late, bad)).toEqual({ created: 0, updated: 0, unchanged: 2 });
    const newer = {
      ...late,
      level: 'CRITICAL',
      confidence: 20,
      source: 'b',
      firstSeenAt: '2026-01-01T00:00:00Z',
      lastSeenAt: '2026-04-01T00:00:00Z',
    };
    expect(await imported(newer, bad)).toEqual({ created: 0, updated: 1, unchanged: 1 });
    // Of an older sighting only the time counts.
    expect(await imported({ ...late, level: 'HIGH', confidence: 100, firstSeenAt: '2025-01-01T00:00:00Z' })).toMatchObject({ updated: 1 });
    const [, row] = await stored();
    expect(row).toEqual({
      indicator_type: 'domain-name',
      indicator_value: 'late.example',
      threat_level: 'critical',
      source: 'b',
      confidence_score: 20,
      first_seen_at: new Date('2025-01-01'),
      last_seen_at: new Date('2026-04-01'),
      region_code: 'eu-central',
    });
  });

  test('are the same in any order, in any parts, and however often they come', async () => {
    const day = fc.integer({ min: 1, max: 5 }).map((n) => `2026-02-0${n}T00:00:00Z`);
    const sighting = fc
      .record({
        type: fc.constantFrom('url', 'domain-name'),
        value: fc.constantFrom('a', 'b', 'C'),
        level: fc.constantFrom('LOW', 'MEDIUM', 'HIGH', 'CRITICAL'),
        source: fc.constantFrom('', 'x', 'É', 'z'),
        confidence: fc.integer({ min: 0, max: 2 }),
        days: fc.tuple(day, day),
      })
      .map(({ days, ...rest }) => {
        const [firstSeenAt, lastSeenAt] = days.toSorted() as [string, string];
        return { ...rest, firstSeenAt, lastSeenAt };
      });
    const clear = () =>
      database.operator.query(`delete from ${organization.home}.threat_indicators where organization_id = $1`, [organization.id]);
    await fc.assert(
      fc.asyncProperty(
        fc
          .array(sighting, { minLength: 1, maxLength: 12 })
          .chain((sightings) =>
            fc.tuple(
              fc.constant(sightings),
              fc.shuffledSubarray([...sightings, ...sightings], { minLength: 2 * sightings.length }),
              fc.integer({ min: 1, max: 5 }),
            ),
          ),
        async ([sightings, shuffled, size]) => {
          await clear();
          await imported(...sightings);
          const once = await stored();
          expect(await imported(...sightings)).toEqual({ created: 0, updated: 0, unchanged: sightings.length });
          await clear();
          for (let at = 0; at < shuffled.length; at += size) await imported(...shuffled.slice(at, at + size));
          expect(await stored()).toEqual(once);
        },
      ),
      { numRuns: 25 },
    );
  });

  test.each([
    [{ type: 'Not a type' }, 'its type has 1 to 100 lower-case letters, digits, :, ., _ and -, and begins with a letter or a digit.'],
    [{ value: '' }, 'its value has 1 to 2,000 bytes.'],
    [{ value: 'é'.repeat(1001) }, 'its value has 1 to 2,000 bytes.'],
    [{ confidence: 101 }, 'its confidence is a whole number from 0 to 100.'],
    [{ confidence: -1 }, 'its confidence is a whole number from 0 to 100.'],
    [{ source: 'x'.repeat(201) }, 'its source has at most 200 characters.'],
    [{ lastSeenAt: '2999-01-01T00:00:00Z' }, 'it was last seen in the future.'],
    [{ firstSeenAt: '2026-03-02T00:00:00Z' }, 'it was last seen after it was first seen.'],
  ])('%j is refused with its place, and nothing of its import is stored', async (fields, sentence) => {
    const error = expectError(await send(bad, { ...bad, ...fields }), 'BAD_USER_INPUT');
    expect(error.message).toBe(`Indicator 1: ${sentence}`);
    expect(error.extensions.fields).toEqual([`indicators.1.${Object.keys(fields)[0]}`]);
    expect(await stored()).toEqual([]);
  });

  test('come ten thousand at a time, and no more', async () => {
    const many = Array.from({ length: 10_001 }, (_, index) => ({ ...bad, value: `host-${index}.example` }));
    const error = expectError(await send(...many), 'BAD_USER_INPUT');
    expect(error.message).toBe('An import holds at most 10000 indicators, this one has 10001: send several.');
    expect(await imported(...many.slice(0, 10_000))).toEqual({ created: 10_000, updated: 0, unchanged: 0 });
  });

  test('are imported by admins only, into their own organization only', async () => {
    for (const role of ['developer', 'engineer', 'auditor', 'analyst', 'member', 'ci'] as const) {
      expectError(await ask(role, IMPORT, { indicators: [bad] }), 'FORBIDDEN');
    }
    const narrowed = { ...persona(organization, 'admin'), scopes: ['compliance:read'] };
    expectError(await server.query(narrowed, IMPORT, { indicators: [bad] }), 'FORBIDDEN');
    const theirs = `select count(*)::int as count from ${other.home}.threat_indicators where organization_id = '${other.id}'`;
    const before = (await database.operator.query(theirs)).rows;
    // What the other has already is new here.
    await reporter(server, other).data('admin', IMPORT, { indicators: [{ ...bad, value: 'shared.example' }] });
    expect(await imported({ ...bad, value: 'shared.example', confidence: 1 })).toMatchObject({ created: 1 });
    const { rows } = await database.operator.query(
      `select confidence_score from ${other.home}.threat_indicators where organization_id = '${other.id}' and indicator_value = 'shared.example'`,
    );
    expect(rows).toEqual([{ confidence_score: 50 }]);
    expect(before[0].count).toBeGreaterThanOrEqual(0);
  });

  test('stand in the trail, one entry for each that has changed', async () => {
    const trail = async () =>
      (
        await database.operator.query(
          `select action from ${organization.home}.audit_logs where organization_id = $1 and target_type = 'threat_indicators' and action <> 'delete'
           and created_at >= $2 order by created_at, id`,
          [organization.id, began],
        )
      ).rows.map(({ action }) => action);
    const began = (await database.operator.query('select clock_timestamp() as now')).rows[0].now;
    await imported(bad, { ...bad, value: 'two.example' });
    await imported(bad, { ...bad, lastSeenAt: '2026-03-05T00:00:00Z' });
    await imported(bad);
    expect(await trail()).toEqual(['insert', 'insert', 'update']);
  });
});

test('two imports of the same indicators at the same time end with the same rows, and neither fails', async () => {
  const { ask } = reporter(server, acme);
  const many = Array.from({ length: 500 }, (_, index) => ({ ...bad, value: `race-${index}.example` }));
  const answers = await Promise.all(
    [many, many.toReversed(), many, many.toReversed()].map((indicators) => ask('admin', IMPORT, { indicators })),
  );
  for (const { errors } of answers) expect(errors).toEqual([]);
  const created = answers.map(({ data }) => data.importThreatIndicators.created as number).reduce((sum, n) => sum + n, 0);
  expect(created).toBe(500);
});
