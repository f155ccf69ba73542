import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type FlightResult, type FlightStatement, fly } from '../../src/database/flight.ts';
import { useDatabase } from '../support/database.ts';

const BEGIN: FlightStatement = { name: 'begin', text: 'begin', isCommand: true };
const COMMIT: FlightStatement = { name: 'commit', text: 'commit', isCommand: true };

describe('a flight', () => {
  const database = useDatabase();
  let client: pg.Client;
  beforeAll(async () => {
    client = new pg.Client({ connectionString: database.url, pipeline: true } as pg.ClientConfig);
    client.on('error', () => undefined);
    await client.connect();
  });
  afterAll(() => client.end());

  async function flown(...statements: FlightStatement[]): Promise<readonly FlightResult[]> {
    const landed = await fly(client, statements);
    if ('error' in landed) throw landed.error;
    return landed;
  }

  const VALUES = `select 1 as int, 2::bigint as bigint, 1.5::numeric as numeric, true as bool, null::text as nothing, 'ä€😀' as text,
    '{"a":[1]}'::jsonb as json, timestamptz '2026-01-01T00:00:00Z' as at, array['x', null] as list, '\\x00ff'::bytea as bytes, $1::text as given`;

  test('gives the values that pg gives, the first time and when the columns are known', async () => {
    const expected = await client.query({ text: VALUES, values: ['v'] });
    const asArrays = await client.query({ text: VALUES, values: ['v'], rowMode: 'array' });
    for (let time = 0; time < 3; time += 1) {
      const [objects] = await flown({ name: 'objects', text: VALUES, values: ['v'] });
      expect(objects).toEqual({ rows: expected.rows, rowCount: 1 });
      const [arrays] = await flown({ name: 'arrays', text: VALUES, values: ['v'], rowMode: 'array' });
      expect(arrays?.rows).toEqual(asArrays.rows);
      const [unnamed] = await flown({ text: VALUES, values: ['v'], rowMode: 'array' });
      expect(unnamed?.rows).toEqual(asArrays.rows);
    }
  });

  test('says what each of its statements did', async () => {
    const results = await flown(
      BEGIN,
      { name: 'three', text: 'select n from generate_series(1, 3) as n', rowMode: 'array' },
      { name: 'none', text: 'select 1 where false' },
      { name: 'set', text: "set local application_name = 'flight'", isCommand: true },
      COMMIT,
    );
    expect(results.map(({ rows, rowCount }) => [rows, rowCount])).toEqual([
      [[], null],
      [[[1], [2], [3]], 3],
      [[], 0],
      [[], null],
      [[], null],
    ]);
  });

  test('runs nothing after a statement that failed, and says which it was', async () => {
    const late: FlightStatement = { name: 'late', text: "select set_config('test.late', 'run', false)" };
    for (let time = 0; time < 2; time += 1) {
      const landed = await fly(client, [BEGIN, { name: 'zero', text: 'select 1 / $1::int', values: [0] }, late, COMMIT]);
      expect(landed).toMatchObject({ index: 1, error: { code: '22012' } });
      // Still open, and failed.
      await expect(client.query('select 1')).rejects.toMatchObject({ code: '25P02' });
      await client.query('rollback');
    }
    const { rows } = await client.query("select coalesce(current_setting('test.late', true), '') as late");
    expect(rows).toEqual([{ late: '' }]);
    // What was skipped was not parsed, and is the next time.
    const [, , ran] = await flown(BEGIN, { name: 'one', text: 'select 1' }, late, COMMIT);
    expect(ran?.rows).toEqual([{ set_config: 'run' }]);
  });

  test('fails as a whole where its text is none, and the connection goes on', async () => {
    expect(await fly(client, [{ name: 'odd', text: 'selec 1' }, COMMIT])).toMatchObject({ index: 0, error: { code: '42601' } });
    expect((await flown({ name: 'odd', text: 'select 1 as one' }))[0]?.rows).toEqual([{ one: 1 }]);
    const unreadable = {
      toPostgres: () => {
        throw new Error('no value');
      },
    };
    expect(await fly(client, [{ name: 'v', text: 'select $1::text', values: [unreadable] }])).toMatchObject({
      error: { message: 'no value' },
    });
    expect((await flown({ name: 'v', text: 'select $1::text as v', values: ['x'] }))[0]?.rows).toEqual([{ v: 'x' }]);
  });

  test('keeps its place among the statements of the connection', async () => {
    const [before, inFlight, after] = await Promise.all([
      client.query('select 1 as n'),
      flown({ name: 'n', text: 'select 2 as n' }, { name: 'm', text: 'select 3 as n' }),
      client.query('select 4 as n'),
    ]);
    expect([before.rows, inFlight.map(({ rows }) => rows), after.rows]).toEqual([[{ n: 1 }], [[{ n: 2 }], [{ n: 3 }]], [{ n: 4 }]]);
  });

  test('fails with its connection', async () => {
    const lost = new pg.Client({ connectionString: database.url, pipeline: true } as pg.ClientConfig);
    lost.on('error', () => undefined);
    await lost.connect();
    const pid = (await lost.query<{ pid: number }>('select pg_backend_pid() as pid')).rows[0]?.pid;
    const flying = fly(lost, [BEGIN, { name: 'slow', text: 'select pg_sleep(60)' }, COMMIT]);
    await expect
      .poll(async () => (await database.operator.query('select state from pg_stat_activity where pid = $1', [pid])).rows[0]?.state)
      .toBe('active');
    await database.operator.query('select pg_terminate_backend($1)', [pid]);
    expect(await flying).toMatchObject({ index: 1, error: expect.any(Error) });
    expect(await fly(lost, [BEGIN, COMMIT])).toMatchObject({ index: 0, error: expect.any(Error) });
  });
});
